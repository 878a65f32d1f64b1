"""Sums, errors, areas, centroids and flags of very many circles and ellipses at once.

The numbers are those of `imviz.science.photometry.measurement.measure`, to rounding, without its statistics
and profiles and without a table per row: apertures of similar size are cut out together, in blocks that fit
a processor's cache. An aperture off the image does not stop the others.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.table import QTable

from imviz.errors import InputError
from imviz.science.bulk.ellipses import Ellipses
from imviz.science.bulk.skies import Skies
from imviz.science.bulk.windows import THREADS, Boxes, Source
from imviz.science.calibration.units import calibrate
from imviz.science.photometry.apertures import in_words
from imviz.science.photometry.cutout import LARGEST, check_image, check_size
from imviz.science.photometry.doubts import doubts_of
from imviz.science.photometry.fingerprints import HASHED
from imviz.science.photometry.flags import Flag

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from astropy.nddata import NDData
    from numpy.typing import NDArray
    from regions import CirclePixelRegion, EllipsePixelRegion, PixelRegion

    from imviz.science.photometry.recipe import Recipe

    Floats = NDArray[np.float64]

__all__ = ["Block", "Measurements", "measure_many", "off_image", "survey"]

_COUNTED = {
    Flag.MASKED_PIXELS: "",
    Flag.SATURATED_PIXELS: "n_saturated",
    Flag.NON_FINITE_PIXELS: "n_non_finite",
}


@dataclass(frozen=True, slots=True)
class Measurements:
    """One entry for each region, in order; arrays of shape (n,).

    ``sum`` and ``sum_err`` are in ``unit`` (`None` for an image without one) as in the table of one
    measurement, ``sum_err`` NaN without a noise estimate; ``area`` in pix²; ``xcentroid`` and
    ``ycentroid`` in pixels of the image; ``background`` and ``background_err`` per pixel in the
    image's unit; ``flags`` as `imviz.science.photometry.flags.decode_flags` reads them; ``off_image`` marks
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


def measure_many(
    image: NDData, regions: Sequence[CirclePixelRegion | EllipsePixelRegion], recipe: Recipe
) -> Measurements:
    """Measure every one of ``regions`` on ``image``.

    Parameters
    ----------
    image : astropy.nddata.NDData
        As for `imviz.science.photometry.measurement.measure`.
    regions : sequence of regions.CirclePixelRegion or regions.EllipsePixelRegion
        In 0-based pixels of ``image``.
    recipe : Recipe
        Background, factors and error model, as for one.

    Raises
    ------
    InputError
        As `imviz.science.photometry.measurement.measure`, or a region of another shape.
    """
    return survey(image, regions, recipe)[0]


@dataclass(frozen=True, slots=True)
class Block:
    """The pixels of some apertures, (n, height, width): ``raw``, and ``data`` less the background.

    Unusable pixels are not ``inside``; ``covered`` by the outline they may be. ``usable`` is `None` where all
    are, ``uncertainty``, the image's own, where it has none.
    """

    raw: Floats
    data: Floats
    inside: NDArray[np.bool_]
    covered: NDArray[np.bool_]
    usable: NDArray[np.bool_] | None
    uncertainty: NDArray[Any] | None


@np.errstate(all="ignore")  # as in `measure`: overflow and 0/0 become inf and NaN
def survey(
    image: NDData,
    regions: Sequence[CirclePixelRegion | EllipsePixelRegion],
    recipe: Recipe,
    also: Callable[[Block], dict[str, NDArray[Any]]] | None = None,
    failed: dict[int, str] | None = None,
) -> tuple[Measurements, dict[str, NDArray[Any]]]:
    """As `measure_many`, with more columns.

    Parameters
    ----------
    image, regions, recipe
        As there.
    also : callable, optional
        Gives more columns of each block.
    failed : dict, optional
        Takes the numbers of regions without a background, with the reason; without it that is an error.

    Returns
    -------
    Measurements
        Of all regions.
    dict
        The other columns: those of ``also``, ``raw`` sums and their ``err``, ``n_saturated``,
        ``n_non_finite``, ``background_std``, ``background_pixels`` (fingerprints), and
        ``background_method``.
    """
    shape = check_image(image)
    if recipe.pixel_area_map:
        raise InputError("Many at once have no map of pixel areas; measure them one by one.")
    calibration = calibrate(image.unit, recipe)
    ellipses = Ellipses.of(regions)
    boxes = Boxes.around(ellipses, shape)
    missed = (boxes.nx <= 0) | (boxes.ny <= 0)
    missed |= _too_large(boxes, failed)
    skies = Skies.find(image, regions, recipe, boxes, missed, failed)
    missed[list(failed or ())] = True
    n = len(ellipses)
    columns: dict[str, Any] = {name: np.full(n, np.nan) for name in ("sum", "err", "area", "x", "y")}
    columns |= {name: np.zeros(n, dtype=int) for name in ("n_masked", "n_saturated", "n_non_finite", "flags")}
    source = Source(image, shape, recipe)

    def work(group: tuple[NDArray[np.int_], int, int]) -> tuple[NDArray[np.int_], dict[str, Any]]:
        index, *size = group
        some = ellipses.take(index), boxes.take(index)
        return index, _measure_block(source, *some, (size[0], size[1]), skies.take(index), also)

    with ThreadPoolExecutor(THREADS) as threads:  # numpy lets others run while it works
        for index, found in threads.map(work, list(boxes.groups(missed))):
            missed[index] = ~found.pop("touched")
            for name, numbers in found.items():
                if name not in columns:
                    columns[name] = np.full(n, np.nan, dtype=object if numbers.dtype == object else float)
                columns[name][index] = numbers
    columns["area"][missed] = 0.0
    columns["err"][missed] = np.nan
    columns["flags"][missed] = (
        Flag.PARTIAL_OVERLAP | Flag.NO_USABLE_PIXEL | Flag.NO_PIXEL_CENTER | Flag.CENTROID_OUTSIDE
    )
    columns["flags"] |= int(doubts_of(image.meta, calibration))
    factor = calibration.sum_factor
    measurements = Measurements(
        sum=columns["sum"] * factor,
        sum_err=columns["err"] * factor,
        area=columns.pop("area"),
        xcentroid=columns.pop("x"),
        ycentroid=columns.pop("y"),
        background=skies.value,
        background_err=skies.err,
        n_masked=columns.pop("n_masked"),
        flags=columns.pop("flags"),
        off_image=missed,
        unit=calibration.sum_unit,
    )
    columns["raw"] = columns.pop("sum")
    told = {"background_std": skies.std, "background_pixels": skies.pixels, "background_method": skies.method}
    return measurements, {**columns, **told}


def _too_large(boxes: Boxes, failed: dict[int, str] | None) -> NDArray[np.bool_]:
    """Regions with more pixels on the image than are held at once; told in ``failed``, else an error."""
    found = boxes.nx * boxes.ny > LARGEST
    for i in np.flatnonzero(found).tolist():
        try:
            check_size(int(boxes.nx[i]), int(boxes.ny[i]))
        except InputError as error:
            if failed is None:
                raise
            failed[i] = str(error)
    return np.asarray(found)


def off_image(region: PixelRegion, label: str, shape: tuple[int, int]) -> InputError:
    """What is said of an aperture, by label or by shape, that has no pixel of an image of ``shape``."""
    size = f"{shape[1]} x {shape[0]} pixels"
    return InputError(
        f"The aperture {label[:100] or in_words(region)} lies off the image ({size}); move it onto the image."
    )


@np.errstate(all="ignore")  # each thread has its own
def _measure_block(
    source: Source,
    ellipses: Ellipses,
    boxes: Boxes,
    size: tuple[int, int],
    skies: Skies,
    also: Callable[[Block], dict[str, NDArray[Any]]] | None,
) -> dict[str, Any]:
    """Raw sums and the rest for apertures whose clipped boxes fit a window of ``size`` (width, height)."""
    x0, y0, dx, dy = boxes.windows(ellipses, source.shape, size)
    raw, bad = source.pixels((y0, x0), size[::-1])
    weights, center = ellipses.coverage(dx, dy), ellipses.centers_inside(dx, dy)
    touched = weights.any(axis=(1, 2))
    flags, counts = np.where(boxes.partial, int(Flag.PARTIAL_OVERLAP), 0), {}
    covered, unusable = (weights > HASHED) | center, None
    if bad:
        unusable = np.logical_or.reduce(list(bad.values()))
        counts["n_masked"] = np.count_nonzero(unusable & (weights > 0), axis=(1, 2))
        for flag, pixels in bad.items():
            counts[_COUNTED[flag]] = np.count_nonzero(pixels & (weights > 0), axis=(1, 2))
            flags |= np.where(counts[_COUNTED[flag]] > 0, int(flag), 0)
        counts.pop("", None)
        raw[unusable], weights[unusable] = 0.0, 0.0
        center &= ~unusable
    # unusable pixels are 0 less the background here, but have neither weight nor center
    data = raw - skies.level(dx, dy)
    area = weights.sum(axis=(1, 2))
    found = {"sum": np.einsum("nij,nij->n", data, weights), "area": area, **counts}
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
        Flag.NOT_POSITIVE: found["sum"] <= 0,
        Flag.ERROR_DISAGREES: skies.check.differs & (not source.recipe.scale_errors),
        Flag.NO_USABLE_PIXEL: area == 0,
        Flag.NO_PIXEL_CENTER: ~center.any(axis=(1, 2)),
        Flag.CENTROID_OUTSIDE: ~inside,
        Flag.BACKGROUND_INCOMPLETE: ~skies.complete,
        Flag.BACKGROUND_OVERLAP: skies.overlaps,
        Flag.BACKGROUND_FALLBACK: skies.fallback,
    }
    if found["err"] is None:
        found["err"] = np.full(len(ellipses), np.nan)
    else:
        causes[Flag.INVALID_ERROR] = ~np.isfinite(found["err"])
    for flag, is_set in causes.items():
        flags |= np.where(is_set, int(flag), 0)
    more = {}
    if also is not None:
        errors = source.uncertainty((y0, x0), size[::-1])
        more = also(Block(raw, data, center, covered, None if unusable is None else ~unusable, errors))
    return {**found, **more, "flags": flags, "touched": touched}


def _errors(
    source: Source, raw: Floats, weights: Floats, skies: Skies, corners: tuple[NDArray[Any], ...]
) -> Floats | None:
    """Standard errors of the raw sums: `imviz.science.photometry.errors_model.sum_variance` for each."""
    variance = source.variance(raw, skies.std, corners, skies.step)
    if variance is None:
        return None
    if source.recipe.scale_errors:
        check = skies.check
        variance = variance * check.factor[:, None, None] + check.extra[:, None, None]
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
