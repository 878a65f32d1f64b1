"""What a document's regions can be asked and told: where they lie, and every change a hand or a script makes.

The floor of `Session` that is about regions. It turns what comes in, in pixels of any image, into the
anchor each region has, and what goes out into pixels of the image asked for; the list itself is
`region_list`'s, the rule `placing`'s. Images, alignment and results are `document`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import CallbackProperty

from imviz.errors import InputError
from imviz.science.regions.trees import joined
from imviz.science.sky import geometry
from imviz.session import regions
from imviz.session.placing import meets_on_sky, place, place_all
from imviz.session.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from threading import RLock

    from regions import PixelRegion

    from imviz.session.history import History
    from imviz.session.orientations import Orientations
    from imviz.session.placing import Ground, RegionRecord
    from imviz.session.region_list import RegionList

__all__ = ["COMBINE_MODES", "Drawing"]

COMBINE_MODES = ("replace", "or", "and", "xor", "remove")


class Drawing(Selection):
    """The regions of a document.

    Attributes
    ----------
    region_list : RegionList
        All regions with their anchor and style; what has changed since when.
    combine : {'new', 'replace', 'or', 'and', 'xor', 'remove'}
        What a newly drawn shape does to the selected region.
    """

    region_list: RegionList
    history: History
    lock: RLock
    alignment: str
    images: tuple[str, ...]
    orientations: Orientations
    seen_image: Any
    _grounds: dict[str, Ground]

    combine = CallbackProperty("new", docstring="What a drawn shape does to the selected region.")

    def ground(self, label: str | None = None) -> Ground:
        """The image (or orientation) called `label` as regions know it; default: the first one.

        Raises
        ------
        InputError
            If there is none.
        """
        if label is None and not self.images:
            raise InputError("A region needs an image to lie on; load one first.")
        label = self.images[0] if label is None else label
        if label in self.orientations:
            return self.orientations[label].ground
        if label not in self._grounds:
            loaded = ", ".join(self.images)[:120] or "none yet"
            raise InputError(f"There is no image {str(label)[:60]!r}; loaded: {loaded}.")
        return self._grounds[label]

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
        record = self.region_list[label]
        if on is not None:
            return self._placed(record, self.ground(on))
        if record.ground.loaded or not self.images:
            return self._placed(record, record.ground)
        return self._placed(record, self.ground())

    def outlines(self, labels: Iterable[str], on: str | Ground) -> dict[str, PixelRegion | InputError]:
        """Regions by label in pixels of image `on`, to be looked at and not changed; or why one has no place.

        Many are placed together, through the sky by a few calls of the WCS.
        """
        records = [self.region_list[label] for label in labels]
        ground = self.ground(on) if isinstance(on, str) else on
        placed = place_all(records, ground, self.alignment, tuple(self._grounds.values()))
        return {record.label: outline for record, outline in zip(records, placed, strict=True)}

    def region_image(self, label: str) -> str | None:
        """The image a region was made on; when that is gone the first one, or None when every image is."""
        ground = self.region_list[label].ground
        return ground.label if ground.loaded else next(iter(self.images), None)

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
        with self.lock:
            ground = self.ground(on)
            kept = [regions.kept_shape(shape, ground.wcs, ground.label) for shape in shapes]
            if on is not None and on in self.orientations:
                kept, ground = self._brought_home(kept, on)
            return self.region_list.add(kept, ground, labels, **style)

    def draw_region(self, region: PixelRegion, on: str) -> str:
        """Add a drawn shape: a new region, or combined with the selected one as `combine` says."""
        with self.lock:
            if self.combine == "new" or self.selected_region is None:
                self.selected_region = self.add_region(region, on)
            else:
                self.combine_region(self.selected_region, region, self.combine, on)
            return str(self.selected_region)

    def combine_region(self, label: str, region: PixelRegion, mode: str, on: str | None = None) -> None:
        """Replace a region by its combination with another shape, in pixels of `on`.

        Raises
        ------
        InputError
            If `mode` is not one of `COMBINE_MODES`.
        """
        if mode not in COMBINE_MODES:
            raise InputError(f"Regions cannot be combined by {mode!r:.60}; use: {', '.join(COMBINE_MODES)}.")
        with self.lock:
            on = on or self.region_image(label)
            record, ground = self.region_list[label], self.ground(on)
            shape = regions.in_pixels(region, ground.wcs, ground.label)
            regions.check(shape)
            if mode == "replace":
                outline = self._anchored(record, shape, ground)
            elif record.on_sky:
                outline = self._anchored(record, _combined(self.region(label, on), shape, mode), ground)
            else:
                outline = _combined(record.outline, self._anchored(record, shape, ground), mode)
            self.region_list.update({label: outline}, title=f"{mode.capitalize()} {label}")

    def update_region(self, label: str, region: Any, on: str | None = None) -> None:
        """Replace a region by a moved, resized or other shape, in the pixels of image `on`."""
        self.update_regions({label: region}, on)

    def update_regions(self, shapes: Mapping[str, Any], on: str | None = None) -> None:
        """Replace regions by other shapes as one change, each in the pixels of `on` (default: its image).

        Each keeps its anchor: one on the sky stays on the sky, one in pixels of another image in those.
        """
        with self.lock:
            outlines = {}
            for label, shape in shapes.items():
                record = self.region_list[label]
                ground = self.ground(on or self.region_image(label))
                kept = regions.kept_shape(shape, ground.wcs, ground.label)
                outlines[label] = self._anchored(record, kept, ground)
            self.region_list.update(outlines)

    def remove_region(self, label: str) -> None:
        """Delete a region."""
        self.remove_regions([label])

    def remove_regions(self, labels: Iterable[str]) -> None:
        """Delete regions as one change: all, or none if one is not there or locked."""
        with self.lock:
            self.region_list.remove(labels)

    def anchor_region(self, label: str, to: str) -> None:
        """Anchor a region to the "sky", or to the pixels of an image; it does not move on its image.

        Raises
        ------
        InputError
            If there is no such image, or no WCS that leads to the sky.
        """
        with self.lock:
            record = self.region_list[label]
            if to != "sky" or to in self._grounds:
                ground = self.ground(to)
                self.region_list.anchor(label, self._placed(record, ground), ground)
            elif not record.on_sky:
                self.region_list.anchor(
                    label, geometry.pixel_to_sky(record.outline, record.ground.wcs), record.ground
                )

    def anchored(self, label: str, shape: Any, on: str | None) -> Any:
        """A shape in pixels of `on` (or on the sky), at the same place in the anchor that a region has."""
        return self._anchored(self.region_list[label], shape, self.ground(on))

    # ---- inside

    def _brought_home(self, shapes: list[Any], orientation: str) -> tuple[list[Any], Ground]:
        """Shapes in a display frame, in the pixels of the image that is on top there."""
        frame = self.orientations[orientation]
        offered = (self.seen_image, frame.image, *self.images)
        ground = self._grounds[next(label for label in offered if label in self._grounds)]
        if not meets_on_sky(frame.ground.sky, ground.sky, self.alignment):
            return shapes, ground
        here, there = frame.coords, ground.wcs
        on_sky = [not hasattr(shape, "to_sky") for shape in shapes]
        moved = [
            s if sky else geometry.to_image(s, here, there) for s, sky in zip(shapes, on_sky, strict=True)
        ]
        return moved, ground

    def _placed(self, record: RegionRecord, target: Ground) -> PixelRegion:
        return place(record, target, self.alignment, self._grounds.values())

    def _anchored(self, record: RegionRecord, shape: Any, ground: Ground) -> Any:
        """A shape in pixels of `ground` (or on the sky), as the anchor of `record` has it."""
        sky_given = not hasattr(shape, "to_sky")
        home = record.ground
        if record.outline is None:
            return shape
        if record.on_sky:
            if sky_given:
                return shape
            by_home = self.alignment != "wcs" and home.loaded and home.wcs is not None
            return geometry.pixel_to_sky(shape, home.wcs if by_home else ground.wcs or home.wcs)
        if sky_given:
            shape = geometry.sky_to_pixel(shape, ground.wcs)
        if ground is home or not meets_on_sky(ground.sky, home.sky, self.alignment):
            return shape
        return geometry.to_image(shape, ground.wcs, home.wcs)


def _combined(first: PixelRegion, second: PixelRegion, mode: str) -> Any:
    new = regions.removed(first, second) if mode == "remove" else joined(first, second, mode)
    new.meta.update(first.meta)
    new.visual.update(first.visual)
    return new
