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
from imviz.science.sky import geometry, through_sky

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regions import PixelRegion, Region

__all__ = ["Ground", "RegionRecord", "meets_on_sky", "place", "place_all"]


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
    opacity : float
        How strongly, 0 to 1.
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
    opacity: float = 1.0
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
    """A region in the pixels of an image, the caller's own; see `place_all`.

    Raises
    ------
    InputError
        If it has no outline, or no place on that image.
    """
    (placed,) = place_all([record], target, alignment, grounds)
    if isinstance(placed, InputError):
        raise placed
    return geometry.copied(placed) if placed is record.outline else placed


def place_all(
    records: Sequence[RegionRecord], target: Ground, alignment: str, grounds: Iterable[Ground] = ()
) -> list[PixelRegion | InputError]:
    """Regions in the pixels of an image, to be looked at and not changed; for those without a place, why.

    Parameters
    ----------
    records
        The regions.
    target : Ground
        The image.
    alignment : {'pixels', 'wcs'}
        How images lie on each other.
    grounds : iterable of Ground
        The images there are: aligned by pixels, a region on the sky lies through the WCS of the image it
        was given for or, when that is gone, of the first of these that has one; so it is in the same pixels
        of all.
    """
    found: list[Any] = [None] * len(records)
    ways: dict[
        tuple[int, int], list[int]
    ] = {}  # from the pixels of a ground (0: the sky) to those of another
    known = {id(ground): ground for ground in (target, *grounds, *(record.ground for record in records))}
    spare = next((ground for ground in grounds if ground.wcs is not None), None)
    same = {key: not meets_on_sky(home.sky, target.sky, alignment) for key, home in known.items()}
    for n, record in enumerate(records):
        home = record.ground
        if record.outline is None:
            found[n] = InputError(f"{record.label!r} was selected by value and has no outline.")
        elif record.on_sky:
            by_target = alignment == "wcs" and target.wcs is not None
            shown_on = target if by_target else home if home.loaded else spare or home
            ways.setdefault((0, id(shown_on)), []).append(n)
        elif home is target or same[id(home)]:
            found[n] = record.outline
        else:
            ways.setdefault((id(home), id(target)), []).append(n)
    for (source, through), places in ways.items():
        outlines: list[Any] = [records[n].outline for n in places]
        there = known[through].wcs
        if source:
            moved = through_sky.to_image(outlines, known[source].wcs, there)
        elif geometry.has_celestial(there):
            moved = through_sky.sky_to_pixel(outlines, there)
        else:
            moved = [InputError("A region on the sky needs an image with a celestial WCS.")] * len(places)
        for n, placed in zip(places, moved, strict=True):
            found[n] = placed
    return found
