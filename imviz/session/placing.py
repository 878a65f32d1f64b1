"""What a region lies on, and where that is on any image: the one rule for display and measurement.

A region is kept in pixels of one image, or on the sky; its `Ground` is that image as regions know it: its
label and its WCS. The ground outlives the image, so no region is lost or moved when an image goes, the
reference too. Aligned by pixels, all images have the same pixels; aligned by WCS, those with a celestial
one meet on the sky.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from regions import SkyRegion

from imviz.errors import InputError
from imviz.science import geometry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regions import PixelRegion, Region

__all__ = ["Ground", "RegionRecord", "meets_on_sky", "place"]


@dataclass(eq=False, slots=True)
class Ground:
    """An image as regions know it.

    Attributes
    ----------
    label : str
        The image's label, or the last it had.
    wcs
        Its celestial WCS, or None.
    shape : tuple of int
        Rows and columns.
    loaded : bool
        Whether the image is there.
    apart : bool
        Whether it lies by its pixels however images are aligned: its WCS cannot be used.
    """

    label: str
    wcs: Any = field(repr=False)
    shape: tuple[int, ...]
    loaded: bool = True
    apart: bool = False

    @property
    def sky(self) -> Any:
        """The WCS it is aligned by; None if it lies by its pixels."""
        return None if self.apart else self.wcs


@dataclass(frozen=True, slots=True)
class RegionRecord:
    """A region of the document. Frozen: a change is another record under the same number.

    Attributes
    ----------
    number : int
        Its identity, for ever; the order they came in.
    label : str
        Its name; unique, may be changed.
    outline : regions.Region or None
        In pixels of the ground, or on the sky, with all its ``meta`` and ``visual`` attributes; None for a
        selection by value that other glue code made.
    ground : Ground
        The image whose pixels it is in; if on the sky, the one it was given for.
    color : str or None
        As ``#rrggbb``; None for the colour the viewer gives it.
    locked : bool
        Whether it refuses to be changed or deleted.
    visible : bool
        Whether it is drawn.
    state
        glue's state of a selection without outline; None for all others.
    """

    number: int
    label: str
    outline: Region | None
    ground: Ground
    color: str | None = None
    locked: bool = False
    visible: bool = True
    state: Any = None

    @property
    def on_sky(self) -> bool:
        """Whether it is anchored on the sky, not in pixels of an image."""
        return isinstance(self.outline, SkyRegion)

    @property
    def excluded(self) -> bool:
        """Whether it is written with a minus sign: ``-circle(…)``."""
        return self.outline is not None and not self.outline.meta.get("include", True)

    @property
    def anchor(self) -> str:
        """What it is anchored to, in words."""
        if self.on_sky:
            return "the sky"
        return f"pixels of {self.ground.label}" + ("" if self.ground.loaded else " (removed)")


def meets_on_sky(here: Any, there: Any, alignment: str) -> bool:
    """The one rule of alignment: by WCS, where both images have a celestial one."""
    return alignment == "wcs" and geometry.has_celestial(here) and geometry.has_celestial(there)


def place(
    record: RegionRecord, target: Ground, alignment: str, grounds: Iterable[Ground] = ()
) -> PixelRegion:
    """A region in the pixels of an image.

    Parameters
    ----------
    record
        The region.
    target : Ground
        The image.
    alignment : {'pixels', 'wcs'}
        How images lie on each other.
    grounds : iterable of Ground
        The images there are: aligned by pixels, a region on the sky lies through the WCS of the image it
        was given for or, when that is gone, of the first of these that has one; so it is in the same pixels
        of all.

    Raises
    ------
    InputError
        If it has no outline, or no place on that image.
    """
    outline, home = record.outline, record.ground
    if outline is None:
        raise InputError(f"{record.label!r} was selected by value and has no outline.")
    if not record.on_sky:
        if target is home or not meets_on_sky(home.sky, target.sky, alignment):
            return geometry.copied(outline)
        return geometry.to_image(outline, home.wcs, target.wcs)
    if alignment == "wcs" and target.wcs is not None:
        return geometry.sky_to_pixel(outline, target.wcs)
    if not home.loaded:
        home = next((ground for ground in grounds if ground.wcs is not None), home)
    return geometry.sky_to_pixel(outline, home.wcs)
