"""What a document's regions can be asked and told: where they lie, and every change a hand or a script makes.

It turns what comes in, in pixels of any image, into the
anchor each region has, and what goes out into pixels of the image asked for; the list itself is
`region_list`'s, the rule `region_placement`'s. Where images lie is told by `alignment_state`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.errors import InputError
from imviz.science.regions.trees import joined
from imviz.science.sky import geometry
from imviz.session import glue_states
from imviz.session.region_placement import meets_on_sky, place, place_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from regions import PixelRegion

    from imviz.session.alignment_state import AlignmentState
    from imviz.session.interface import Document
    from imviz.session.region_placement import Ground, RegionRecord

__all__ = ["COMBINE_MODES", "RegionCommands"]

COMBINE_MODES = ("replace", "or", "and", "xor", "remove")


class RegionCommands:
    """The regions of a document: where they lie, and changes of them.

    Parameters
    ----------
    document : Document
        Whose regions they are.
    alignment : AlignmentState
        Where its images lie.
    """

    def __init__(self, document: Document, alignment: AlignmentState) -> None:
        self._document, self._alignment = document, alignment
        self._list = document.region_list

    def region(self, label: str, on: str | None = None) -> PixelRegion:
        """The region called `label`, in pixels.

        Parameters
        ----------
        label : str
            Its label.
        on : str, optional
            The image whose pixels to express it in. Default: the image it was made on or, when that is
            gone, the first one.

        Returns
        -------
        PixelRegion
            Aligned by pixels, a region has the same coordinates on every image: what lies under the
            outline is what is measured. Aligned by WCS, it goes through the sky. It is the caller's own.
        """
        record = self._list[label]
        if on is not None:
            return self._placed(record, self._alignment.ground(on))
        if record.ground.loaded or not self._document.images:
            return self._placed(record, record.ground)
        return self._placed(record, self._alignment.ground())

    def outlines(self, labels: Iterable[str], on: str | Ground) -> dict[str, PixelRegion | InputError]:
        """Regions by label in pixels of image `on`, to be looked at, not changed; or why one lies outside.

        Many are placed together, through the sky by a few calls of the WCS.
        """
        records = [self._list[label] for label in labels]
        ground = self._alignment.ground(on) if isinstance(on, str) else on
        placed = place_all(records, ground, self._document.alignment, tuple(self._alignment.grounds.values()))
        return {record.label: outline for record, outline in zip(records, placed, strict=True)}

    def region_image(self, label: str) -> str | None:
        """The image a region was made on; when that is gone the first one, or None when every image is."""
        ground = self._list[label].ground
        return ground.label if ground.loaded else next(iter(self._document.images), None)

    def add_region(self, region: Any, on: str | None = None, label: str | None = None) -> str:
        """Add a region whatever the combine mode is.

        Parameters
        ----------
        region : regions.Region or photutils aperture
            In pixels, or on the sky if the image has a celestial WCS; there it stays.
        on : str, optional
            The image whose pixels (or WCS) it refers to. Default: the first one.
        label : str, optional
            Default: "Subset 1", "Subset 2" …, never used twice.

        Returns
        -------
        str
            Its label.
        """
        return self.add_regions([region], on, [label])[0]

    def add_regions(
        self, shapes: Iterable[Any], on: str | None = None, labels: Sequence[str | None] = (), **style: Any
    ) -> list[str]:
        """Add several regions as one change, or none if one cannot be used; see `add_region`."""
        with self._document.lock:
            ground = self._alignment.ground(on)
            kept = [glue_states.kept_shape(shape, ground.wcs, ground.label) for shape in shapes]
            if on is not None and on in self._alignment.orientations:
                kept, ground = self._brought_home(kept, on)
            return self._list.add(kept, ground, labels, **style)

    def draw_region(self, region: PixelRegion, on: str) -> str:
        """Add a drawn shape: a new region, or combined with the selected one as `combine` says."""
        with self._document.lock:
            if self._document.combine == "new" or self._document.selected_region is None:
                self._document.selected_region = self.add_region(region, on)
            else:
                self.combine_region(self._document.selected_region, region, self._document.combine, on)
            return str(self._document.selected_region)

    def combine_region(self, label: str, region: PixelRegion, mode: str, on: str | None = None) -> None:
        """Replace a region by its combination with another shape, in pixels of `on`.

        Raises
        ------
        InputError
            If `mode` is not one of `COMBINE_MODES`.
        """
        if mode not in COMBINE_MODES:
            raise InputError(f"Regions cannot be combined by {mode!r:.60}; use: {', '.join(COMBINE_MODES)}.")
        with self._document.lock:
            on = on or self.region_image(label)
            record, ground = self._list[label], self._alignment.ground(on)
            shape = glue_states.in_pixels(region, ground.wcs, ground.label)
            glue_states.check(shape)
            if mode == "replace":
                outline = self._anchored(record, shape, ground)
            elif record.on_sky:
                outline = self._anchored(record, _combined(self.region(label, on), shape, mode), ground)
            else:
                outline = _combined(record.outline, self._anchored(record, shape, ground), mode)
            self._list.update({label: outline}, title=f"{mode.capitalize()} {label}")

    def update_region(self, label: str, region: Any, on: str | None = None) -> None:
        """Replace a region by a moved, resized or other shape, in the pixels of image `on`."""
        self.update_regions({label: region}, on)

    def update_regions(self, shapes: Mapping[str, Any], on: str | None = None) -> None:
        """Replace regions by other shapes as one change, each in the pixels of `on` (default: its image).

        Each keeps its anchor: one on the sky stays on the sky, one in pixels of another image in those.
        """
        with self._document.lock:
            outlines = {}
            for label, shape in shapes.items():
                record = self._list[label]
                ground = self._alignment.ground(on or self.region_image(label))
                kept = glue_states.kept_shape(shape, ground.wcs, ground.label)
                outlines[label] = self._anchored(record, kept, ground)
            self._list.update(outlines)

    def remove_region(self, label: str) -> None:
        """Delete a region."""
        self.remove_regions([label])

    def remove_regions(self, labels: Iterable[str]) -> None:
        """Delete regions as one change: all, or none if one is not there or locked."""
        with self._document.lock:
            self._list.remove(labels)

    def anchor_region(self, label: str, to: str) -> None:
        """Anchor a region to the "sky", or to the pixels of an image; it does not move on its image.

        Raises
        ------
        InputError
            If there is no such image, or no WCS that leads to the sky.
        """
        with self._document.lock:
            record = self._list[label]
            if to != "sky" or to in self._alignment.grounds:
                ground = self._alignment.ground(to)
                self._list.anchor(label, self._placed(record, ground), ground)
            elif not record.on_sky:
                self._list.anchor(
                    label, geometry.pixel_to_sky(record.outline, record.ground.wcs), record.ground
                )

    def anchored(self, label: str, shape: Any, on: str | None) -> Any:
        """A shape in pixels of `on` (or on the sky), at the same place in the anchor that a region has."""
        return self._anchored(self._list[label], shape, self._alignment.ground(on))

    # ---- inside

    def _brought_home(self, shapes: list[Any], orientation: str) -> tuple[list[Any], Ground]:
        """Shapes in a display frame, in the pixels of the image that is on top there."""
        frame = self._alignment.orientations[orientation]
        offered = (self._document.seen_image, frame.image, *self._document.images)
        ground = self._alignment.grounds[next(label for label in offered if label in self._alignment.grounds)]
        if not meets_on_sky(frame.ground.sky, ground.sky, self._document.alignment):
            return shapes, ground
        here, there = frame.coords, ground.wcs
        on_sky = [not hasattr(shape, "to_sky") for shape in shapes]
        moved = [
            s if sky else geometry.to_image(s, here, there) for s, sky in zip(shapes, on_sky, strict=True)
        ]
        return moved, ground

    def _placed(self, record: RegionRecord, target: Ground) -> PixelRegion:
        return place(record, target, self._document.alignment, self._alignment.grounds.values())

    def _anchored(self, record: RegionRecord, shape: Any, ground: Ground) -> Any:
        """A shape in pixels of `ground` (or on the sky), as the anchor of `record` has it."""
        sky_given = not hasattr(shape, "to_sky")
        home = record.ground
        if record.outline is None:
            return shape
        if record.on_sky:
            if sky_given:
                return shape
            by_home = self._document.alignment != "wcs" and home.loaded and home.wcs is not None
            return geometry.pixel_to_sky(shape, home.wcs if by_home else ground.wcs or home.wcs)
        if sky_given:
            shape = geometry.sky_to_pixel(shape, ground.wcs)
        if ground is home or not meets_on_sky(ground.sky, home.sky, self._document.alignment):
            return shape
        return geometry.to_image(shape, ground.wcs, home.wcs)


def _combined(first: PixelRegion, second: PixelRegion, mode: str) -> Any:
    new = glue_states.removed(first, second) if mode == "remove" else joined(first, second, mode)
    new.meta.update(first.meta)
    new.visual.update(first.visual)
    return new
