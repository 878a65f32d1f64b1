"""How the images of a session lie on each other: by pixels, or by their world coordinates.

Aligned by pixels, pixel (x, y) of one image is pixel (x, y) of every other. Aligned by WCS, two
images with celestial coordinates meet at the same place on the sky, exactly (no affine
approximation); an image without them, or whose coordinates are broken, stays aligned by pixels and
`Judge` says why. This module makes glue's links; where a region lies on another image is worked
out in `document` with the same rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from glue.core.link_helpers import LinkSame
from glue.plugins.wcs_autolinking.wcs_autolinking import IncompatibleWCS, WCSLink

from imviz.errors import InputError
from imviz.readers.quiet import quiet
from imviz.science.sky.geometry import has_celestial

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from astropy.nddata import NDData
    from glue.core import Data, DataCollection

__all__ = ["ALIGNMENTS", "Judge", "link_last", "parse", "relink"]

ALIGNMENTS = ("pixels", "wcs")
SMALLEST, LARGEST = 1e-9, 30.0  # degrees between neighbouring pixels of an image that can be aligned
CLOSED = 0.5  # pixels that there and back may be wrong by


def parse(by: str) -> str:
    """`by`, in lower case, if it names an alignment.

    Raises
    ------
    InputError
        For any other word.
    """
    if str(by).lower() not in ALIGNMENTS:
        raise InputError(f"Images cannot be aligned by {by!r}; use 'pixels' or 'wcs'.")
    return str(by).lower()


class Judge:
    """Says which images cannot be aligned by WCS. Each pair is looked at once, however many images come."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Any, ...]] = {}

    def unaligned(self, images: Mapping[str, NDData]) -> dict[str, str]:
        """Which images cannot be aligned, and why: label to sentence.

        Each must have a celestial WCS that is finite and invertible at its middle, and that middle must
        have a place in the pixels of the first image that has one (not so on the other half of the sky).
        """
        reasons: dict[str, str] = {}
        first = None
        for label, image in images.items():
            if image.wcs is not None and not has_celestial(image.wcs):
                reasons[label] = f"{label} has a WCS that leads nowhere on the sky; it lies by its pixels."
            elif image.wcs is None:
                reasons[label] = f"{label} has no celestial WCS; it lies by its pixels."
            elif not self._ask(_sound, image, image):
                reasons[label] = f"{label} has a broken WCS; it lies by its pixels."
            elif first is None:
                first = label
            elif not self._ask(_closed, image, images[first]):
                reasons[label] = f"{label} has no place in the pixels of {first}; it lies by its pixels."
        return reasons

    def _ask(self, question: Any, image: NDData, first: NDData) -> bool:
        key = id(image.wcs), id(first.wcs)
        if key not in self._known:
            middle = tuple((n - 1) / 2 for n in image.data.shape[::-1])
            self._known[key] = question(image.wcs, first.wcs, middle), image.wcs, first.wcs  # kept: ids stay
        return bool(self._known[key][0])


def _sound(wcs: Any, _: Any, at: tuple[float, float]) -> bool:
    """Whether a WCS has a finite and invertible place on the sky for a pixel."""
    try:
        with quiet():
            sky = wcs.pixel_to_world(*at)
            beside = [wcs.pixel_to_world(at[0] + dx, at[1] + dy) for dx, dy in ((1, 0), (0, 1))]
            steps = [sky.separation(other).deg for other in beside]
            back = np.subtract(wcs.world_to_pixel(sky), at)
    except (ValueError, NotImplementedError):  # singular, not converging, inconsistent; of one direction only
        return False
    return bool(all(SMALLEST < step < LARGEST for step in steps) and np.hypot(*back) < CLOSED)


def _closed(here: Any, there: Any, at: tuple[float, float]) -> bool:
    """Whether a pixel has a place in another image's pixels from where it comes back."""
    try:
        with quiet():
            over = there.world_to_pixel(here.pixel_to_world(*at))
            back = np.subtract(here.world_to_pixel(there.pixel_to_world(*over)), at)
    except ValueError:
        return False
    return bool(np.hypot(*back) < CLOSED)


def link_last(collection: DataCollection, by: str, apart: Container[str]) -> None:
    """Lay the image added last on the first one; those `apart` lie by their pixels."""
    if len(collection) > 1:
        collection.add_link(_links(collection[len(collection) - 1], collection[0], by, apart))


def relink(collection: DataCollection, by: str, apart: Container[str]) -> None:
    """Lay every image on the first one, instead of how they lay before; those `apart` lie by their pixels."""
    if not len(collection):
        return
    first, *others = collection
    with collection.delay_link_manager_update():
        collection.set_links([])
        for image in others:
            collection.add_link(_links(image, first, by, apart))


def _links(image: Data, reference: Data, by: str, apart: Container[str]) -> list[Any]:
    """The glue links that lay `image` on `reference`."""
    if by == "wcs" and image.label not in apart and reference.label not in apart:
        try:
            return [WCSLink(reference, image)]
        except IncompatibleWCS:
            pass  # two skies that cannot be compared (galactic radio map, solar disk): pixels, as without WCS
    pixels = zip(reference.pixel_component_ids, image.pixel_component_ids, strict=True)
    return [LinkSame(there, here) for there, here in pixels]
