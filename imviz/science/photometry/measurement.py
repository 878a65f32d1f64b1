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

from imviz.errors import InputError
from imviz.science.bulk.sums import Measurements, measure_many, off_image
from imviz.science.calibration.units import Calibration, calibrate, with_unit
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.apertures import box_of, center_of
from imviz.science.photometry.cutout import LARGEST, check_image, check_size
from imviz.science.photometry.derived import sums
from imviz.science.photometry.doubts import doubts_of
from imviz.science.photometry.errors_model import SkyCheck
from imviz.science.photometry.fingerprints import pixel_hash
from imviz.science.photometry.flags import Flag, decode_flags
from imviz.science.photometry.nearest_sky import sky_for
from imviz.science.photometry.patch import Patch, Scene, Worked, work_on
from imviz.science.photometry.receipt import receipt, shared_part
from imviz.science.photometry.recipe import Recipe
from imviz.science.photometry.statistics import with_units
from imviz.science.photometry.strips import work_in_strips
from imviz.science.regions.text import record_text, to_ds9
from imviz.science.results.row import COLUMNS, EXTRA_COLUMNS, SHAPE_UNITS, make_row
from imviz.science.sky.geometry import sky_positions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from astropy.nddata import NDData
    from astropy.table import QTable
    from regions import PixelRegion

    from imviz.science.photometry.level import Background

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
class Measurement:
    """One measurement: its values in the table's order, and what profiles need to follow it up.

    ``centroid`` is (x, y) in the image, not finite when undefined; ``calibration`` holds the units.
    """

    values: Mapping[str, Any] = field(repr=False)
    region: PixelRegion
    recipe: Recipe
    background: Background
    calibration: Calibration
    centroid: tuple[float, float]
    held: Patch | None = field(repr=False)
    """The pixels, unless they are too many to be held; see `patch`."""

    @property
    def patch(self) -> Patch:
        """The pixels; `InputError` where they were too many, for profiles and fits that need them all."""
        if self.held is None:
            raise InputError(self.not_held)
        return self.held

    @property
    def not_held(self) -> str:
        """What an aperture of too many pixels has not got, in a sentence."""
        return (
            f"The aperture's box has more than {LARGEST / 1e6:.0f} million pixels: it was measured strip by "
            "strip; profile, fit and radii need a smaller one, or a binned image."
        )

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
    box = box_of(region).clip(shape)
    if box is None:
        raise off_image(region, region_label, shape)
    background = sky_for(image, region, recipe)
    scene = Scene(image, region, box, recipe, background, calibration.mapped_area)
    if quick:
        check_size(box.nx, box.ny)
    worked = work_in_strips(scene) if scene.is_large else work_on(scene, quick=quick)
    if worked is None:
        raise off_image(region, region_label, shape)
    centroid = worked.shape.x, worked.shape.y
    parts = (*worked.parts, background.pixels) if worked.parts else ()
    raw_err = None if worked.variance is None else float(np.sqrt(worked.variance))
    values = {
        "id": 1,
        **_statistics(worked, calibration.unit),
        **sums(worked.raw, raw_err, worked.area, calibration),
        **_positions(image, region, centroid),
        **_background_columns(background, calibration.unit),
        "data_label": image_label,
        "subset_label": region_label,
        "timestamp": Time(Time(Time.now(), precision=6).isot, precision=6),
        **worked.counts,
        "aperture": to_ds9(region),
        "recipe": receipt(
            shared_part(recipe, worked.error_source, None if quick else image), record_text(region), parts
        ),
        "pixel_hash": pixel_hash(parts) if parts else "",
        "seal": "",
    }
    flags = worked.flags | _numbers_flags(values, background, recipe) | doubts_of(image.meta, calibration)
    values["flags"] = int(flags)
    ordered = MappingProxyType({name: values[name] for name in (*COLUMNS, *EXTRA_COLUMNS)})
    return Measurement(ordered, region, recipe, background, calibration, centroid, worked.patch)


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


def _statistics(worked: Worked, unit: u.UnitBase | None) -> dict[str, Any]:
    """Statistics, shape and centroid of D over C; all NaN when C is empty."""
    shape = worked.shape
    row = {"xcentroid": shape.x * u.pix, "ycentroid": shape.y * u.pix, **with_units(worked.statistics, unit)}
    for name, shape_unit in SHAPE_UNITS.items():
        row[name] = u.Quantity(getattr(shape, name), shape_unit)
    return row


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
