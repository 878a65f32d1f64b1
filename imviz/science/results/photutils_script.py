"""A measured row as a short photutils script that gives the same sum, error, area and AB magnitude.

For reading, checking, and taking along; what photutils has no shape for is refused by name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from astropy import units as u
from regions import CompoundPixelRegion, PixelRegion, PolygonPixelRegion

from imviz.errors import InputError
from imviz.science.calibration.units import calibrate
from imviz.science.photometry.background import PLANE, region_of
from imviz.science.photometry.clipping import error_factor
from imviz.science.photometry.flags import Flag
from imviz.science.photometry.recipe import Recipe
from imviz.science.results.receipts import region_of_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.science.calibration.units import Calibration

__all__ = ["as_python"]

_ESTIMATORS = {
    "median": ("np.median(sky)", "np.sqrt(np.pi / 2)"),
    "mean": ("np.mean(sky)", "1"),
    "mode": ("3 * np.median(sky) - 2 * np.mean(sky)", "np.sqrt(9 * np.pi / 2 - 8)"),
    "sextractor": ("SExtractorBackground(sigma_clip=None)(sky)", "np.sqrt(6.25 * np.pi / 2 - 5.25)"),
    "biweight": ("biweight_location(sky)", repr(float(error_factor("biweight")))),
}


def as_python(row: Mapping[str, Any], unit: u.UnitBase | None = None, source: str | None = None) -> str:
    """The script.

    Parameters
    ----------
    row : mapping
        A row of results.
    unit : Unit, optional
        Of the image.
    source : str, optional
        The Python expression that gives the pixels. Default: ``data``, and for errors ``error``, are there.

    Raises
    ------
    InputError
        A polygon or composite, a plane, masked neighbours or a saturation, which need more than ten lines.
    """
    recipe, notes = Recipe.from_json(str(row["recipe"])), json.loads(str(row["recipe"]))
    region = region_of_row(row)
    more = recipe.background_estimator == PLANE or recipe.mask_sources or recipe.pixel_area_map
    more = more or recipe.scale_errors or int(row["flags"]) & Flag.BACKGROUND_FALLBACK
    if more or int(row["n_masked"]):
        raise InputError(
            "A plane, masked neighbours, pixel areas, scaled errors and excluded pixels take more than a few "
            "lines."
        )
    where = region_of(recipe.background, region)
    shapes = [_aperture(region), *([] if where is None else [_aperture(where)])]
    names = sorted({shape.partition("(")[0] for shape in shapes})
    lines = ["import numpy as np", f"from photutils.aperture import {', '.join(names)}"]
    if where is not None:
        lines.append("from astropy.stats import SigmaClip, biweight_location, mad_std")
        lines.append("from photutils.background import SExtractorBackground")
    if source is not None:
        lines.append(f"data = {source}")
    if shapes[0].startswith("Rectangular"):
        lines.append(
            "# photutils samples rectangles by 32 x 32 points a pixel; the areas here differ by that"
        )
    lines += [f"aperture = {shapes[0]}", "mask = aperture.to_mask(method='exact')"]
    lines.append("w = mask.cutout(np.ones(data.shape)) * mask.data  # 0 off the image")
    lines += _background(recipe, shapes, row, unit)
    calibration = calibrate(unit, recipe)
    factor = calibration.sum_factor
    times = "" if factor == 1 else f" * {factor!r}"
    lines.append(f"total = np.sum(w * (mask.cutout(data) - background)){times}")
    lines.append("area = np.sum(w)")
    variance = _variance(notes.get("error"), recipe)
    if variance:
        lines.append(f"variance = {variance}")
        lines.append(f"total_err = np.sqrt(np.sum(w**2 * variance) + (area * background_err) ** 2){times}")
    lines += _magnitude(calibration, with_error=bool(variance))
    return "\n".join(lines) + "\n"


def _magnitude(calibration: Calibration, *, with_error: bool) -> list[str]:
    """The AB magnitude with the error by the sum's own; that of the zero point stands beside it."""
    if calibration.zero_point is None:
        return []
    factor = calibration.sum_factor if calibration.zero_point_is_raw else 1.0
    per = "" if factor == 1 else f" / {factor!r}"
    beside = "" if calibration.zero_point_err is None else f"  # ± {calibration.zero_point_err!r} besides"
    lines = [f"mag_ab = {calibration.zero_point!r} - 2.5 * np.log10(total{per}){beside}"]
    return lines + (["mag_ab_err = 2.5 / np.log(10) * total_err / total"] if with_error else [])


def _background(
    recipe: Recipe, shapes: list[str], row: Mapping[str, Any], unit: u.UnitBase | None
) -> list[str]:
    if len(shapes) == 1:
        value = recipe.background
        if isinstance(value, u.Quantity):
            value = value.to_value(unit or u.dimensionless_unscaled)
        assert not isinstance(value, PixelRegion)  # noqa: S101  there would be a second shape
        return [f"background, background_err = {value!r}, 0.0"]
    function, factor = _ESTIMATORS[recipe.background_estimator]
    lines = [f"sky = {shapes[1]}.to_mask(method='center').get_values(data)"]
    if recipe.sigma_clip:
        lines.append(f"sky = SigmaClip(sigma={recipe.sigma_clip!r}, maxiters=10)(sky, masked=False)")
    lines.append(f"background = {function}")
    if recipe.sigma_clip:  # what it does to them is undone, which takes more than a few lines
        std, err = (
            float(getattr(row[name], "value", row[name])) for name in ("background_std", "background_err")
        )
        return [*lines, f"background_std, background_err = {std!r}, {err!r}  # as of uncut noise"]
    lines.append("background_std = mad_std(sky)")
    lines.append(f"background_err = {factor} * background_std / np.sqrt(sky.size)")
    return lines


def _variance(source: str | None, recipe: Recipe) -> str:
    if source == "uncertainty":
        return "mask.cutout(error) ** 2"
    if source == "background scatter":
        return "background_std**2"
    if source != "ccd":
        return ""
    noise = f"{recipe.dark or 0.0!r} + {recipe.read_noise or 0.0!r}**2"
    step = f" + {recipe.digitization!r}**2 / 12" if recipe.digitization else ""
    return f"(np.maximum(mask.cutout(data) * {recipe.gain!r}, 0) + {noise}) / {recipe.gain!r}**2{step}"


def _aperture(region: Any) -> str:
    """A photutils aperture as code."""
    if isinstance(region, PolygonPixelRegion | CompoundPixelRegion):
        raise InputError(
            "A polygon or composite takes more than a few lines of photutils; use a simple shape."
        )
    kind = type(region).__name__.removesuffix("PixelRegion")
    center = f"({float(region.center.x)!r}, {float(region.center.y)!r})"
    theta = f", theta={float(region.angle.to_value(u.rad))!r}" if hasattr(region, "angle") else ""

    def sizes(*names: str, by: float = 1.0) -> str:
        return ", ".join(repr(float(getattr(region, name)) * by) for name in names)

    return {
        "Circle": lambda: f"CircularAperture({center}, {sizes('radius')})",
        "CircleAnnulus": lambda: f"CircularAnnulus({center}, {sizes('inner_radius', 'outer_radius')})",
        "Ellipse": lambda: f"EllipticalAperture({center}, {sizes('width', 'height', by=0.5)}{theta})",
        "Rectangle": lambda: f"RectangularAperture({center}, {sizes('width', 'height')}{theta})",
        "EllipseAnnulus": lambda: (
            f"EllipticalAnnulus({center}, {sizes('inner_width', 'outer_width', 'outer_height', by=0.5)}, "
            f"b_in={float(region.inner_height) / 2!r}{theta})"
        ),
        "RectangleAnnulus": lambda: (
            f"RectangularAnnulus({center}, {sizes('inner_width', 'outer_width', 'outer_height')}, "
            f"h_in={float(region.inner_height)!r}{theta})"
        ),
    }[kind]()
