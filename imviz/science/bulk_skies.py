"""The background of each of many apertures, in arrays: one for all, or one around each.

What a background is stands in `imviz.science.background`; nothing is subtracted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from regions import PixelRegion

from imviz.errors import InputError
from imviz.science.apertures import box_of, centers_inside
from imviz.science.background import PLANE, Annulus, find_background, may_overlap, region_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.nddata import NDData
    from numpy.typing import NDArray

    from imviz.science.background import Background
    from imviz.science.recipe import Recipe
    from imviz.science.windows import Boxes

    Floats = NDArray[np.float64]

__all__ = ["Skies"]


@dataclass(frozen=True, slots=True)
class Skies:
    """The background of each region: value, error, scatter (NaN if unknown), two flags, slopes (n, 2)."""

    value: Floats
    err: Floats
    std: Floats
    complete: NDArray[np.bool_]
    overlaps: NDArray[np.bool_]
    slope: Floats
    method: str

    @classmethod
    def find(
        cls,
        image: NDData,
        regions: Sequence[Any],
        recipe: Recipe,
        boxes: Boxes,
        skip: NDArray[np.bool_],
        failed: dict[int, str] | None,
    ) -> Skies:
        """Backgrounds as `imviz.science.background.find_background` finds them, of regions not to ``skip``.

        ``failed`` takes the numbers of those that have none, with the reason; without it that is an error.
        """
        n = len(regions)
        rows, complete, method = np.full((n, 5), np.nan), np.ones(n, dtype=bool), ""
        if isinstance(recipe.background, Annulus) or recipe.background_estimator == PLANE:
            for i in np.flatnonzero(~skip).tolist():
                try:
                    sky = find_background(image, regions[i], recipe)
                except InputError as error:
                    if failed is None:
                        raise
                    failed[i] = str(error)
                else:
                    rows[i], complete[i], method = _numbers(sky), sky.complete, sky.method
        elif n:
            sky = find_background(image, regions[0], recipe)
            rows[:], complete[:], method = _numbers(sky), sky.complete, sky.method
        overlaps = np.zeros(n, dtype=bool)
        for i in _candidates(recipe.background, boxes, skip).tolist():
            box, where = boxes.one(i), region_of(recipe.background, regions[i])
            if where is not None and may_overlap(recipe.background, regions[i]):
                overlaps[i] = (centers_inside(where, box) & centers_inside(regions[i], box)).any()
        return cls(rows[:, 0], rows[:, 1], rows[:, 2], complete, overlaps, rows[:, 3:], method)

    def take(self, index: NDArray[np.int_]) -> Skies:
        """Those of ``index``."""
        value, err, std = self.value[index], self.err[index], self.std[index]
        complete, overlaps, slope = self.complete[index], self.overlaps[index], self.slope[index]
        return Skies(value, err, std, complete, overlaps, slope, self.method)

    def level(self, dx: Floats, dy: Floats) -> Floats:
        """Of each pixel, ``dx`` (n, width) and ``dy`` (n, height) from the aperture's center."""
        level = self.value[:, None, None]
        if not self.slope.any():
            return level
        return level + self.slope[:, :1, None] * dx[:, None, :] + self.slope[:, 1:, None] * dy[:, :, None]


def _numbers(sky: Background) -> tuple[float, ...]:
    return sky.value, sky.err, np.nan if sky.std is None else sky.std, *sky.slope


def _candidates(background: Any, boxes: Boxes, skip: NDArray[np.bool_]) -> NDArray[np.int_]:
    """Regions whose aperture may hold pixels that the background is measured in."""
    if isinstance(background, Annulus):
        return np.flatnonzero(~skip)
    if not isinstance(background, PixelRegion):
        return np.empty(0, dtype=int)
    box = box_of(background)
    apart = (boxes.x0 >= box.x0 + box.nx) | (boxes.x0 + boxes.nx <= box.x0)
    apart |= (boxes.y0 >= box.y0 + box.ny) | (boxes.y0 + boxes.ny <= box.y0)
    return np.flatnonzero(~(skip | apart))
