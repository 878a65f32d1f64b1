"""How the images of a session lie on each other: by pixels, or by their world coordinates.

Aligned by pixels, pixel (x, y) of one image is pixel (x, y) of every other. Aligned by WCS, two
images with celestial coordinates meet at the same place on the sky, exactly (no affine
approximation); an image without them stays aligned by pixels. This module makes glue's links; where
a region lies on another image is worked out in `document` with the same rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue.core.link_helpers import LinkSame
from glue.plugins.wcs_autolinking.wcs_autolinking import IncompatibleWCS, WCSLink

from imviz.errors import InputError

if TYPE_CHECKING:
    from glue.core import Data, DataCollection

__all__ = ["ALIGNMENTS", "link_last", "parse", "relink"]

ALIGNMENTS = ("pixels", "wcs")


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


def link_last(collection: DataCollection, by: str) -> None:
    """Lay the image added last on the first one."""
    if len(collection) > 1:
        collection.add_link(_links(collection[len(collection) - 1], collection[0], by))


def relink(collection: DataCollection, by: str) -> None:
    """Lay every image on the first one, instead of how they lay before."""
    if not len(collection):
        return
    first, *others = collection
    with collection.delay_link_manager_update():
        collection.set_links([])
        for image in others:
            collection.add_link(_links(image, first, by))


def _links(image: Data, reference: Data, by: str) -> list[Any]:
    """The glue links that lay `image` on `reference`."""
    if by == "wcs" and image.coords is not None and reference.coords is not None:
        try:
            return [WCSLink(reference, image)]
        except IncompatibleWCS:
            pass  # two skies that cannot be compared (galactic radio map, solar disk): pixels, as without WCS
    pixels = zip(reference.pixel_component_ids, image.pixel_component_ids, strict=True)
    return [LinkSame(there, here) for there, here in pixels]
