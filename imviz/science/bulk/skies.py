"""The background of each of many apertures, in arrays: one for all, or one around each.

What a background is stands in `imviz.science.photometry.background`; nothing is subtracted here. Annuli
whose pixels are not searched for sources are estimated together, others one by one, to the same numbers.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from regions import PixelRegion

from imviz.errors import InputError
from imviz.science.bulk.ellipses import Ellipses
from imviz.science.bulk.statistics import in_order
from imviz.science.bulk.windows import THREADS, Boxes, Source
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.apertures import box_of, centers_inside
from imviz.science.photometry.background import may_overlap, region_of
from imviz.science.photometry.cutout import check_image
from imviz.science.photometry.errors_model import SkyCheck
from imviz.science.photometry.estimators import ESTIMATORS, PLANE, method_of
from imviz.science.photometry.fingerprints import each, joined
from imviz.science.photometry.nearest_sky import FEWEST, sky_for
from imviz.science.photometry.samples import Samples
from imviz.science.photometry.statistics import middle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.nddata import NDData
    from numpy.typing import NDArray

    from imviz.science.photometry.level import Background
    from imviz.science.photometry.recipe import Recipe

    Floats = NDArray[np.float64]

__all__ = ["Skies"]

_COLUMNS = 8
_TOGETHER = tuple(ESTIMATORS)
"""Estimators that are statistics of a block."""


@dataclass(frozen=True, slots=True)
class Skies:
    """Of each region's background: value, error, scatter (NaN if unknown), step or 0, flags, slope, method.

    ``check`` holds the scatter against what errors say of it; ``pixels`` are fingerprints of what each was
    measured in.
    """

    value: Floats
    err: Floats
    std: Floats
    step: Floats
    complete: NDArray[np.bool_]
    overlaps: NDArray[np.bool_]
    fallback: NDArray[np.bool_]
    slope: Floats
    pixels: NDArray[np.object_]
    method: NDArray[np.object_]
    check: SkyCheck

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
        """Backgrounds of the regions not to ``skip``, as one alone has it (`sky_for`).

        ``failed`` takes the numbers of those that have none, with the reason; without it that is an error.
        """
        n = len(regions)
        rows, complete = np.full((n, _COLUMNS), np.nan), np.ones(n, dtype=bool)
        fallback = np.zeros(n, dtype=bool)
        pixels, method = np.full(n, "", dtype=object), np.full(n, "", dtype=object)
        if isinstance(recipe.background, Annulus) or recipe.background_estimator == PLANE:
            left = ~skip
            if _is_simple(recipe) and left.any():
                region_of(recipe.background, regions[0])  # which refuses an annulus that is none
                rows, complete, pixels = _annuli(image, Ellipses.of(regions), recipe, skip)
                left &= np.isnan(rows[:, 0])  # too few of its pixels can be used
                method[:] = f"annulus, {method_of(recipe.background_estimator, recipe.sigma_clip)}"
            for i in np.flatnonzero(left).tolist():
                try:
                    sky = sky_for(image, regions[i], recipe)
                except InputError as error:
                    if failed is None:
                        raise
                    failed[i] = str(error)
                else:
                    rows[i], complete[i] = _numbers(sky), sky.complete
                    fallback[i], method[i], pixels[i] = sky.fallback, sky.method, sky.pixels
        elif n:
            sky = sky_for(image, regions[0], recipe)
            rows[:], complete[:], method[:] = _numbers(sky), sky.complete, sky.method
            pixels[:] = sky.pixels
        overlaps = np.zeros(n, dtype=bool)
        for i in _candidates(recipe.background, boxes, skip).tolist():
            box, where = boxes.one(i), region_of(recipe.background, regions[i])
            if where is not None and may_overlap(recipe.background, regions[i]):
                overlaps[i] = (centers_inside(where, box) & centers_inside(regions[i], box)).any()
        value, err, std, n_pixels, variance, step = rows[:, :6].T
        check = SkyCheck.of(std, n_pixels, value, variance, recipe, step)
        flags = complete, overlaps, fallback
        return cls(value, err, std, step, *flags, rows[:, 6:], pixels, method, check)

    def take(self, index: NDArray[np.int_]) -> Skies:
        """Those of ``index``."""
        value, err, std, step = self.value[index], self.err[index], self.std[index], self.step[index]
        flags = self.complete[index], self.overlaps[index], self.fallback[index]
        told = self.pixels[index], self.method[index]
        return Skies(value, err, std, step, *flags, self.slope[index], *told, self.check.take(index))

    def level(self, dx: Floats, dy: Floats) -> Floats:
        """Of each pixel, ``dx`` (n, width) and ``dy`` (n, height) from the aperture's center."""
        level = self.value[:, None, None]
        if not self.slope.any():
            return level
        return level + self.slope[:, :1, None] * dx[:, None, :] + self.slope[:, 1:, None] * dy[:, :, None]


def _is_simple(recipe: Recipe) -> bool:
    can_clip = recipe.sigma_clip is None or recipe.sigma_clip > 0
    plain = recipe.mask_sources is None and recipe.background_estimator in _TOGETHER
    return isinstance(recipe.background, Annulus) and plain and can_clip


def _annuli(
    image: NDData, ellipses: Ellipses, recipe: Recipe, skip: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.object_]]:
    """As `_numbers` of an annulus around each; whether it is complete; fingerprints."""
    inner, outer = _edges(ellipses, recipe.background)
    shape = check_image(image)
    boxes, source = Boxes.around(outer, shape), Source(image, shape, recipe)
    rows, complete = np.full((len(ellipses), _COLUMNS), np.nan), ~boxes.partial
    prints = np.full(len(ellipses), "", dtype=object)

    def work(group: tuple[NDArray[np.int_], int, int]) -> None:
        index, width, height = group
        around = outer.take(index)
        x0, y0, dx, dy = boxes.take(index).windows(around, shape, (width, height))
        inside = around.centers_inside(dx, dy) & ~inner.take(index).centers_inside(dx, dy)
        raw, bad = source.pixels((y0, x0), (height, width))
        used = inside.copy()
        for pixels in bad.values():
            used &= ~pixels
        with np.errstate(all="ignore"):  # each thread has its own
            nothing = np.full(len(index), np.nan)
            variance = source.variance(raw, nothing, (y0, x0), nothing)
            rows[index], count = _estimates(
                np.where(used, raw, 0.0), used, variance if source.has_uncertainty else None, recipe
            )
        complete[index] &= count == inside.sum(axis=(1, 2))
        errors = source.uncertainty((y0, x0), (height, width))
        parts = each(raw, used | ~inside if bad else None, errors, inside)
        prints[index] = [joined(one) for one in parts]
        rows[index[(rows[index, 3] < FEWEST) & ~complete[index]]] = np.nan

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, list(boxes.groups(skip | (boxes.nx <= 0) | (boxes.ny <= 0)))))
    return rows, complete, prints


def _estimates(
    data: Floats, used: NDArray[np.bool_], variance: Floats | None, recipe: Recipe
) -> tuple[Floats, NDArray[np.int_]]:
    """As `_numbers` of the pixels ``used`` in each window, NaN without any; how many these are, unclipped."""
    ordered, count = in_order(data, used)
    sky, name = Samples.of(ordered, count, recipe.sigma_clip), recipe.background_estimator
    value = np.where(sky.n_kept > 0, ESTIMATORS[name](sky), np.nan)
    known = np.full(len(count), np.nan)
    if variance is not None:
        ordered, n_valid = in_order(variance, used & np.isfinite(variance) & (variance > 0))
        known = np.where(n_valid > 0, middle(ordered, n_valid), 0.0)
    flat = np.zeros(len(count))
    return np.column_stack([value, sky.err(name), sky.std, sky.n_kept, known, sky.step, flat, flat]), count


def _edges(ellipses: Ellipses, annulus: Any) -> tuple[Ellipses, Ellipses]:
    """Inner and outer edges, as `imviz.science.photometry.annuli.annulus_region` has them."""
    x, y, angle, is_circle = ellipses.x, ellipses.y, ellipses.angle, ellipses.a == ellipses.b
    scale = annulus.inner_radius / np.maximum(ellipses.a, ellipses.b)
    a, b = (np.where(is_circle, annulus.inner_radius, half * scale) for half in (ellipses.a, ellipses.b))
    return Ellipses(x, y, a, b, angle), Ellipses(x, y, a + annulus.width, b + annulus.width, angle)


def _numbers(sky: Background) -> tuple[float, ...]:
    """Value, error, scatter, pixels, variance by the uncertainty, step, slope (x, y); NaN if unknown."""
    std, variance = (np.nan if number is None else number for number in (sky.std, sky.variance))
    return sky.value, sky.err, std, sky.n_pixels, variance, sky.step, *sky.slope


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
