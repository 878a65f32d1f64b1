"""Sums, errors, areas, centroids and flags of very many circles and ellipses at once.

The numbers are those of `imviz.science.photometry.measure`, to rounding, without its statistics and
profiles and without a table per row: apertures of similar size are cut out together, in blocks that fit
a processor's cache. An aperture off the image does not stop the others. Annuli as backgrounds are
estimated one by one, which then takes most of the time.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.table import QTable
from regions import PixelRegion

from imviz.science.apertures import box_of, centers_inside
from imviz.science.background import PLANE, Annulus, find_background, region_of
from imviz.science.calibration import calibrate
from imviz.science.cutout import check_image
from imviz.science.ellipses import Ellipses
from imviz.science.flags import Flag
from imviz.science.windows import Boxes, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.nddata import NDData
    from numpy.typing import NDArray
    from regions import CirclePixelRegion, EllipsePixelRegion

    from imviz.science.background import Background
    from imviz.science.recipe import Recipe

    Floats = NDArray[np.float64]

__all__ = ["Measurements", "measure_many"]

_THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Measurements:
    """One entry for each region, in order; arrays of shape (n,).

    ``sum`` and ``sum_err`` are in ``unit`` (`None` for an image without one) as in the table of one
    measurement, ``sum_err`` NaN without a noise estimate; ``area`` in pix²; ``xcentroid`` and
    ``ycentroid`` in pixels of the image; ``background`` and ``background_err`` per pixel in the
    image's unit; ``flags`` as `imviz.science.flags.decode_flags` reads them; ``off_image`` marks
    apertures without any pixel on the image, whose sums are NaN.
    """

    sum: Floats
    sum_err: Floats
    area: Floats
    xcentroid: Floats
    ycentroid: Floats
    background: Floats
    background_err: Floats
    n_masked: NDArray[np.int_]
    flags: NDArray[np.int_]
    off_image: NDArray[np.bool_]
    unit: u.UnitBase | None

    def __len__(self) -> int:
        return int(self.sum.size)

    def table(self) -> QTable:
        """All as one `~astropy.table.QTable`, with the column names of a single measurement's."""
        flux = u.dimensionless_unscaled if self.unit is None else self.unit
        return QTable(
            {
                "id": np.arange(1, len(self) + 1),
                "xcentroid": self.xcentroid * u.pix,
                "ycentroid": self.ycentroid * u.pix,
                "sum": self.sum if self.unit is None else self.sum * flux,
                "sum_err": self.sum_err if self.unit is None else self.sum_err * flux,
                "sum_aper_area": self.area * u.pix**2,
                "n_masked": self.n_masked,
                "flags": self.flags,
            }
        )


@np.errstate(all="ignore")  # as in `measure`: overflow and 0/0 become inf and NaN
def measure_many(
    image: NDData, regions: Sequence[CirclePixelRegion | EllipsePixelRegion], recipe: Recipe
) -> Measurements:
    """Measure every one of ``regions`` on ``image``.

    Parameters
    ----------
    image : astropy.nddata.NDData
        As for `imviz.science.photometry.measure`.
    regions : sequence of regions.CirclePixelRegion or regions.EllipsePixelRegion
        In 0-based pixels of ``image``.
    recipe : Recipe
        Background, factors and error model, as for one.

    Raises
    ------
    InputError
        As `imviz.science.photometry.measure`, or a region of another shape.
    """
    shape = check_image(image)
    calibration = calibrate(image.unit, recipe)
    ellipses = Ellipses.of(regions)
    boxes = Boxes.around(ellipses, shape)
    off_image = (boxes.nx <= 0) | (boxes.ny <= 0)
    skies = _Skies.find(image, regions, recipe, boxes, off_image)
    columns = {name: np.full(len(ellipses), np.nan) for name in ("sum", "err", "area", "x", "y")}
    n_masked, flags = np.zeros(len(ellipses), dtype=int), np.zeros(len(ellipses), dtype=int)
    source = Source(image, shape, recipe)

    def work(group: tuple[NDArray[np.int_], int, int]) -> None:
        index, width, height = group
        found = _measure_block(
            source, ellipses.take(index), boxes.take(index), (width, height), skies.take(index)
        )
        for name, column in columns.items():
            column[index] = found[name]
        n_masked[index], flags[index] = found["n_masked"], found["flags"]
        off_image[index] = ~found["touched"]

    with ThreadPoolExecutor(_THREADS) as threads:  # numpy lets others run while it works
        list(threads.map(work, list(boxes.groups(off_image))))
    columns["area"][off_image] = 0.0
    columns["err"][off_image] = np.nan
    flags[off_image] = (
        Flag.PARTIAL_OVERLAP | Flag.NO_USABLE_PIXEL | Flag.NO_PIXEL_CENTER | Flag.CENTROID_OUTSIDE
    )
    factor = calibration.sum_factor
    return Measurements(
        sum=columns["sum"] * factor,
        sum_err=columns["err"] * factor,
        area=columns["area"],
        xcentroid=columns["x"],
        ycentroid=columns["y"],
        background=skies.value,
        background_err=skies.err,
        n_masked=n_masked,
        flags=flags,
        off_image=off_image,
        unit=calibration.sum_unit,
    )


@dataclass(frozen=True, slots=True)
class _Skies:
    """The background of each region: value, error, scatter (NaN if unknown), two flags, slopes (n, 2)."""

    value: Floats
    err: Floats
    std: Floats
    complete: NDArray[np.bool_]
    overlaps: NDArray[np.bool_]
    slope: Floats

    @classmethod
    def find(
        cls, image: NDData, regions: Sequence[Any], recipe: Recipe, boxes: Boxes, skip: NDArray[np.bool_]
    ) -> _Skies:
        n = len(regions)
        rows, complete = np.full((n, 5), np.nan), np.ones(n, dtype=bool)
        if isinstance(recipe.background, Annulus) or recipe.background_estimator == PLANE:
            for i in map(int, np.flatnonzero(~skip)):
                sky = find_background(image, regions[i], recipe)
                rows[i], complete[i] = _numbers(sky), sky.complete
        elif n:
            sky = find_background(image, regions[0], recipe)
            rows[:], complete[:] = _numbers(sky), sky.complete
        overlaps = np.zeros(n, dtype=bool)
        for i in _candidates(recipe.background, boxes, skip):
            box, where = boxes.one(i), region_of(recipe.background, regions[i])
            if where is not None:
                overlaps[i] = (centers_inside(where, box) & centers_inside(regions[i], box)).any()
        return cls(rows[:, 0], rows[:, 1], rows[:, 2], complete, overlaps, rows[:, 3:])

    def take(self, index: NDArray[np.int_]) -> _Skies:
        value, err, std = self.value[index], self.err[index], self.std[index]
        return _Skies(value, err, std, self.complete[index], self.overlaps[index], self.slope[index])

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


@np.errstate(all="ignore")  # each thread has its own
def _measure_block(
    source: Source, ellipses: Ellipses, boxes: Boxes, size: tuple[int, int], skies: _Skies
) -> dict[str, Any]:
    """Raw sums and the rest for apertures whose clipped boxes fit a window of ``size`` (width, height)."""
    width, height = size
    x0 = np.minimum(boxes.x0, source.shape[1] - width)
    y0 = np.minimum(boxes.y0, source.shape[0] - height)
    dx = x0[:, None] + np.arange(width) - ellipses.x[:, None]
    dy = y0[:, None] + np.arange(height) - ellipses.y[:, None]
    raw, bad = source.pixels((y0, x0), (height, width))
    weights, center = ellipses.coverage(dx, dy), ellipses.centers_inside(dx, dy)
    touched = weights.any(axis=(1, 2))
    n_masked, flags = (
        np.zeros(len(ellipses), dtype=int),
        np.where(boxes.partial, int(Flag.PARTIAL_OVERLAP), 0),
    )
    if bad:
        unusable = np.logical_or.reduce(list(bad.values()))
        n_masked = np.count_nonzero(unusable & (weights > 0), axis=(1, 2))
        for flag, pixels in bad.items():
            flags |= np.where((pixels & (weights > 0)).any(axis=(1, 2)), int(flag), 0)
        raw[unusable], weights[unusable] = 0.0, 0.0
        center &= ~unusable
    # unusable pixels are 0 less the background here, but have neither weight nor center
    data = raw - skies.level(dx, dy)
    area = weights.sum(axis=(1, 2))
    found = {"sum": np.einsum("nij,nij->n", data, weights), "area": area, "n_masked": n_masked}
    found["sum"][area == 0] = np.nan
    found["err"] = _errors(source, raw, weights, skies, (y0, x0))
    found["x"], found["y"] = _centroids(data, center, x0, y0)
    inside = (
        (found["x"] >= boxes.x0 - 0.5)
        & (found["x"] <= boxes.x0 + boxes.nx - 0.5)
        & (found["y"] >= boxes.y0 - 0.5)
        & (found["y"] <= boxes.y0 + boxes.ny - 0.5)
    )
    causes = {
        Flag.NO_USABLE_PIXEL: area == 0,
        Flag.NO_PIXEL_CENTER: ~center.any(axis=(1, 2)),
        Flag.CENTROID_OUTSIDE: ~inside,
        Flag.BACKGROUND_INCOMPLETE: ~skies.complete,
        Flag.BACKGROUND_OVERLAP: skies.overlaps,
    }
    if found["err"] is None:
        found["err"] = np.full(len(ellipses), np.nan)
    else:
        causes[Flag.INVALID_ERROR] = ~np.isfinite(found["err"])
    for flag, is_set in causes.items():
        flags |= np.where(is_set, int(flag), 0)
    return {**found, "flags": flags, "touched": touched}


def _errors(
    source: Source, raw: Floats, weights: Floats, skies: _Skies, corners: tuple[NDArray[Any], ...]
) -> Floats | None:
    """Standard errors of the raw sums: `imviz.science.errors_model.sum_variance` for each."""
    variance = source.variance(raw, skies.std, corners)
    if variance is None:
        return None
    if source.has_uncertainty:  # elsewhere it is finite; NaN x 0 would be NaN
        variance = np.where(weights > 0, variance, 0.0)
    total = np.einsum("nij,nij,nij->n", weights, weights, variance)
    return np.sqrt(total + (weights.sum(axis=(1, 2)) * skies.err) ** 2)


def _centroids(
    data: Floats, center: NDArray[np.bool_], x0: NDArray[np.int_], y0: NDArray[np.int_]
) -> tuple[Floats, Floats]:
    """First moments over the pixels of ``center``; NaN where the values add up to 0."""
    values = np.where(center, data, 0.0)
    rows, columns = values.sum(axis=2), values.sum(axis=1)
    total = rows.sum(axis=1)
    total[(total == 0) | ~np.isfinite(total)] = np.nan
    x = columns @ np.arange(columns.shape[1]) / total + x0
    return x, rows @ np.arange(rows.shape[1]) / total + y0
