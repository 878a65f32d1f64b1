"""Aperture photometry of one region on one image.

`measure` cuts the region's bounding box out of the image and works on nothing else, so its cost and memory
follow the aperture and never the image. D below is data - background, w the exact overlap of a pixel with
the aperture, C the usable pixels whose center is inside. Statistics of D over C are defined as in
`photutils.aperture.ApertureStats`; moments, and sums over w with their errors, where photutils releases
differ, are `moments`' and `errors_model`'s. Nothing is displayed, stored or logged here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.time import Time

from imviz.science.bulk.sums import Measurements, measure_many, off_image
from imviz.science.calibration.units import Calibration, calibrate, with_unit
from imviz.science.photometry.apertures import Box, box_of, center_of, centers_inside, coverage
from imviz.science.photometry.background import Annulus, Background, may_overlap, region_of
from imviz.science.photometry.cutout import Cutout, check_image, cut
from imviz.science.photometry.derived import sums
from imviz.science.photometry.doubts import doubts_of
from imviz.science.photometry.errors_model import SkyCheck, pixel_variance, sum_variance
from imviz.science.photometry.excluded import excluded
from imviz.science.photometry.fingerprints import HASHED, fingerprint, pixel_hash
from imviz.science.photometry.flags import Flag, decode_flags
from imviz.science.photometry.moments import shape_of
from imviz.science.photometry.nearest_sky import sky_for
from imviz.science.photometry.receipt import receipt, shared_part
from imviz.science.photometry.recipe import Recipe
from imviz.science.photometry.statistics import STATISTICS, statistics_of, with_units
from imviz.science.regions.text import record_text, to_ds9
from imviz.science.results.row import COLUMNS, EXTRA_COLUMNS, SHAPE_UNITS, make_row
from imviz.science.sky.geometry import sky_positions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from astropy.nddata import NDData
    from astropy.table import QTable
    from numpy.typing import NDArray
    from regions import PixelRegion

__all__ = [
    "COLUMNS",
    "EXTRA_COLUMNS",
    "Annulus",
    "Flag",
    "Measurement",
    "Measurements",
    "Patch",
    "Recipe",
    "decode_flags",
    "measure",
    "measure_many",
]


_ERROR = re.compile(r'"error": (null|"[^"]*")')


@dataclass(frozen=True, slots=True)
class Patch:
    """The pixels of one measurement; arrays of shape (ny, nx) in native float64 or bool.

    ``data`` is D in the image's unit (0 where unusable), ``weights`` w (0 where unusable), ``center`` C;
    ``areas`` what each pixel counts besides, where that is asked for.
    Add ``origin`` (x, y) to a pixel's position in the patch to get its position in the image.
    """

    data: NDArray[np.float64]
    weights: NDArray[np.float64]
    center: NDArray[np.bool_]
    origin: tuple[int, int]
    variance: NDArray[np.float64] | None
    areas: NDArray[np.float64] | None = None

    @property
    def factors(self) -> NDArray[np.float64]:
        """What D is multiplied by in the sum: w, times the pixel's own area where that counts."""
        return self.weights if self.areas is None else self.weights * self.areas


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement: its values in the table's order, and what profiles need to follow it up.

    ``centroid`` is (x, y) in the image, not finite when undefined; ``calibration`` holds the units.
    """

    values: Mapping[str, Any] = field(repr=False)
    patch: Patch = field(repr=False)
    region: PixelRegion
    recipe: Recipe
    background: Background
    calibration: Calibration
    centroid: tuple[float, float]

    @property
    def row(self) -> QTable:
        """A new one-row `~astropy.table.QTable`: the 31 columns of `COLUMNS`, then `EXTRA_COLUMNS`."""
        return make_row(self.values)

    @property
    def error_source(self) -> str | None:
        """Where the variance of the pixels came from; `None` without any."""
        found = _ERROR.search(self.values["recipe"])  # the text may hold ten thousands of vertices
        return json.loads(found[1]) if found else None

    @property
    def sky_check(self) -> str:
        """What the sky's scatter says of the error that was used, in a sentence; '' where they agree."""
        source = self.error_source or ""
        if self.recipe.scale_errors:
            return ""
        return SkyCheck.of_one(self.background, self.recipe).in_words(source)

    @property
    def flags(self) -> tuple[str, ...]:
        """What was unusual, in sentences."""
        return decode_flags(self.values["flags"])


@np.errstate(all="ignore")  # overflow and 0/0 in the pixels become inf and NaN in the row, not warnings
def measure(
    image: NDData,
    region: PixelRegion,
    recipe: Recipe | None = None,
    *,
    image_label: str = "",
    region_label: str = "",
    quick: bool = False,
) -> Measurement:
    """Measure ``region`` on ``image``.

    Parameters
    ----------
    image : astropy.nddata.NDData
        Two-dimensional, with optional unit, wcs, mask (`True` is excluded) and uncertainty. The data may
        be anything with ``shape``, ``dtype`` and slicing, of any byte order.
    region : regions.PixelRegion
        In 0-based pixels of ``image``; circle, ellipse, rectangle, annulus, polygon or composite.
    recipe : Recipe, optional
        Background, factors and error model; the default measures the raw sum without a background.
    image_label, region_label : str
        Names for the table and for messages.
    quick : bool
        For an aperture still in the hand: without the statistics (NaN) and the pixels' hash ('').

    Raises
    ------
    InputError
        The image is not a 2-D image in a linear unit, units do not fit each other, or the aperture or the
        background region lies off the image.
    """
    recipe = Recipe() if recipe is None else recipe
    shape = check_image(image)
    calibration = calibrate(image.unit, recipe, image.wcs)
    whole = box_of(region)
    box = whole.clip(shape)
    if box is None:
        raise off_image(region, region_label, shape)
    background = sky_for(image, region, recipe)
    pieces = cut(image, box, recipe.saturation, calibration.mapped_area)
    weights = coverage(region, box)
    touched = weights > 0
    if not touched.any():
        raise off_image(region, region_label, shape)
    inside = centers_inside(region, box)
    patch, error_source = make_patch(pieces, weights, inside, recipe, background)
    statistics, centroid = _statistics(patch, calibration.unit, quick=quick)
    flags = _flags(pieces, patch, touched, background, partial=box != whole)
    where = region_of(recipe.background, region) if may_overlap(recipe.background, region) else None
    if where is not None and (centers_inside(where, box) & inside).any():
        flags |= Flag.BACKGROUND_OVERLAP
    if not _is_in_box(centroid, box):
        flags |= Flag.CENTROID_OUTSIDE
    parts = () if quick else (*_fingerprints(pieces, weights, inside), background.pixels)
    values = {
        "id": 1,
        **statistics,
        **_sums(patch, background, calibration, error_source),
        **_positions(image, region, centroid),
        **_background_columns(background, calibration.unit),
        "data_label": image_label,
        "subset_label": region_label,
        "timestamp": Time(Time(Time.now(), precision=6).isot, precision=6),
        **excluded(pieces, weights, region),
        "aperture": to_ds9(region),
        "recipe": receipt(
            shared_part(recipe, error_source, None if quick else image), record_text(region), parts
        ),
        "pixel_hash": pixel_hash(parts) if parts else "",
        "seal": "",
    }
    flags |= _numbers_flags(values, background, recipe) | doubts_of(image.meta, calibration)
    values["flags"] = int(flags)
    values = {name: values[name] for name in (*COLUMNS, *EXTRA_COLUMNS)}
    return Measurement(MappingProxyType(values), patch, region, recipe, background, calibration, centroid)


def _numbers_flags(values: Mapping[str, Any], background: Background, recipe: Recipe) -> Flag:
    """What is wrong with the sum and its error themselves."""
    flags = Flag(0)
    if getattr(values["sum"], "value", values["sum"]) <= 0:
        flags |= Flag.NOT_POSITIVE
    if values["sum_err"] is not None and not np.isfinite(values["sum_err"]):
        flags |= Flag.INVALID_ERROR
    if not recipe.scale_errors and SkyCheck.of_one(background, recipe).differs:
        flags |= Flag.ERROR_DISAGREES
    return flags


def make_patch(
    pieces: Cutout,
    weights: NDArray[np.float64],
    center: NDArray[np.bool_],
    recipe: Recipe,
    background: Background,
) -> tuple[Patch, str | None]:
    """Background-subtracted pixels with unusable ones at weight 0, and the source of the variance."""
    variance, source = pixel_variance(pieces, recipe, background)
    patch = Patch(
        data=np.where(pieces.usable, pieces.data - background.level(pieces.box), 0.0),
        weights=np.where(pieces.usable, weights, 0.0),
        center=center & pieces.usable,
        origin=(pieces.box.x0, pieces.box.y0),
        variance=variance,
        areas=pieces.areas,
    )
    return patch, source


def weighted_sum(patch: Patch) -> float:
    """Raw sum of w D in the data unit; NaN when no pixel has weight."""
    if not patch.weights.any():
        return float("nan")
    factors = patch.factors
    total = float(np.sum(patch.data * factors))
    if not np.isfinite(total):  # perhaps only by pixels without weight: inf x 0 is NaN
        used = patch.weights > 0
        total = float(np.sum(patch.data[used] * factors[used]))
    return total


def _statistics(
    patch: Patch, unit: u.UnitBase | None, *, quick: bool
) -> tuple[dict[str, Any], tuple[float, float]]:
    """Statistics, shape and centroid of D over C; all NaN when C is empty."""
    numbers = dict.fromkeys(STATISTICS, float("nan")) if quick else statistics_of(patch.data[patch.center])
    shape = shape_of(patch.data, patch.center)
    x, y = shape.x + patch.origin[0], shape.y + patch.origin[1]
    row = {"xcentroid": x * u.pix, "ycentroid": y * u.pix, **with_units(numbers, unit)}
    for name, shape_unit in SHAPE_UNITS.items():
        row[name] = u.Quantity(getattr(shape, name), shape_unit)
    return row, (x, y)


def _sums(
    patch: Patch, background: Background, calibration: Calibration, error_source: str | None
) -> dict[str, Any]:
    """Sum, area, counts, magnitudes and errors."""
    raw_err = None
    if patch.variance is not None and error_source is not None:
        raw_err = float(np.sqrt(sum_variance(patch.factors, patch.variance, background.err)))
    return sums(weighted_sum(patch), raw_err, float(np.sum(patch.weights)), calibration)


def _positions(image: NDData, region: PixelRegion, centroid: tuple[float, float]) -> dict[str, Any]:
    center = center_of(region)
    sky_centroid, sky_center = sky_positions(image.wcs, centroid, center)
    return {
        "sky_centroid": sky_centroid,
        "xcenter": center[0] * u.pix,
        "ycenter": center[1] * u.pix,
        "sky_center": sky_center,
    }


def _background_columns(background: Background, unit: u.UnitBase | None) -> dict[str, Any]:
    return {
        "background": with_unit(background.value, unit),
        "background_err": with_unit(background.err, unit),
        "background_std": None if background.std is None else with_unit(background.std, unit),
        "background_method": background.method,
    }


def _is_in_box(position: tuple[float, float], box: Box) -> bool:
    xmin, xmax, ymin, ymax = box.edges
    return xmin <= position[0] <= xmax and ymin <= position[1] <= ymax


def _flags(
    pieces: Cutout, patch: Patch, touched: NDArray[np.bool_], background: Background, *, partial: bool
) -> Flag:
    causes = {
        Flag.PARTIAL_OVERLAP: partial,
        Flag.MASKED_PIXELS: pieces.masked is not None and bool((touched & pieces.masked).any()),
        Flag.NON_FINITE_PIXELS: bool((touched & ~pieces.finite).any()),
        Flag.SATURATED_PIXELS: pieces.saturated is not None and bool((touched & pieces.saturated).any()),
        Flag.NO_USABLE_PIXEL: not (patch.weights > 0).any(),
        Flag.NO_PIXEL_CENTER: not patch.center.any(),
        Flag.BACKGROUND_INCOMPLETE: not background.complete,
        Flag.BACKGROUND_FALLBACK: background.fallback,
    }
    flags = Flag(0)
    for flag, is_set in causes.items():
        if is_set:
            flags |= flag
    return flags


def _fingerprints(
    pieces: Cutout, weights: NDArray[np.float64], inside: NDArray[np.bool_]
) -> tuple[str, str, str]:
    """Of values, mask and uncertainties of the pixels with weight, and of those whose center is inside."""
    return fingerprint(pieces.data, pieces.usable, pieces.uncertainty, (weights > HASHED) | inside)
