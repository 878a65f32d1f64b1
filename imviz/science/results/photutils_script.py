"""A measured row as a short photutils script that gives the same sum, error, area and AB magnitude.

For reading, checking, and taking along. Unusable pixels (NaN, saturated, masked) are left out as they were.
The sky's pixels and their plain statistic are there; the background itself is the row's number, since undoing
the steps of integers and what clipping cut, or masking neighbours, takes more than a script. What the script
could not repeat is refused by name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from astropy import units as u
from regions import CompoundPixelRegion, PixelRegion, PolygonPixelRegion

from imviz.errors import InputError
from imviz.science.calibration.units import calibrate
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.background import region_of
from imviz.science.photometry.estimators import PLANE
from imviz.science.photometry.flags import Flag
from imviz.science.photometry.recipe import Recipe
from imviz.science.results.again import region_of_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.science.calibration.units import Calibration

__all__ = ["as_python"]

_PLAIN = {
    "median": "np.median(sky)",
    "mean": "np.mean(sky)",
    "mode": "3 * np.median(sky) - 2 * np.mean(sky)",
    "sextractor": "2.5 * np.median(sky) - 1.5 * np.mean(sky)",
    "biweight": "biweight_location(sky)",
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
        The Python expression that gives the pixels. Default: ``data``, and for errors ``error`` (standard
        deviations), and for masked pixels ``mask`` (True is left out), are there.

    Raises
    ------
    InputError
        A polygon or composite, a plane, each pixel's own area or errors brought to the sky's scatter, of
        which a row does not hold enough; it is named.
    """
    recipe, notes = Recipe.from_json(str(row["recipe"])), json.loads(str(row["recipe"]))
    region = region_of_row(row)
    _refuse(recipe)
    where = _sky_region(row, recipe, region)
    shapes = [_aperture(region), *([] if where is None else [_aperture(where)])]
    names = sorted({shape.partition("(")[0] for shape in shapes})
    lines = ["import numpy as np", f"from photutils.aperture import {', '.join(names)}"]
    if where is not None and recipe.background_estimator == "biweight":
        lines.append("from astropy.stats import biweight_location")
    if where is not None and recipe.sigma_clip:
        lines.append("from astropy.stats import SigmaClip")
    if source is not None:
        lines.append(f"data = {source}")
    lines += _usable(row, recipe)
    if shapes[0].startswith("Rectangular"):
        lines.append(
            "# photutils samples rectangles by 32 x 32 points a pixel; the areas here differ by that"
        )
    lines += [f"aperture = {shapes[0]}", "overlap = aperture.to_mask(method='exact')"]
    lines.append("w = overlap.cutout(usable.astype(float)) * overlap.data  # 0 off the image")
    lines += _background(row, recipe, shapes, unit)
    calibration = calibrate(unit, recipe)
    factor = calibration.sum_factor
    times = "" if factor == 1 else f" * {factor!r}"
    lines.append("values = overlap.cutout(np.where(usable, data, 0.0))")
    lines.append(f"total = np.sum(w * (values - background)){times}")
    lines.append("area = np.sum(w)")
    variance = _variance(notes.get("error"), recipe)
    if variance:
        lines.append(f"variance = np.where(w > 0, {variance}, 0.0)")
        lines.append(f"total_err = np.sqrt(np.sum(w**2 * variance) + (area * background_err) ** 2){times}")
    lines += _magnitude(calibration, with_error=bool(variance))
    return "\n".join(lines) + "\n"


def _refuse(recipe: Recipe) -> None:
    reasons = {
        "a plane of background": recipe.background_estimator == PLANE,
        "each pixel's own area": recipe.pixel_area_map,
        "errors brought to the sky's scatter": recipe.scale_errors,
    }
    found = [reason for reason, is_so in reasons.items() if is_so]
    if found:
        raise InputError(
            f"A short script cannot repeat {' and '.join(found)}; verify measures the row again."
        )


def _sky_region(row: Mapping[str, Any], recipe: Recipe, region: PixelRegion) -> PixelRegion | None:
    """Where the background was measured; `None` for a value, and where another sky had to do."""
    if int(row["flags"]) & Flag.BACKGROUND_FALLBACK:
        return None
    return region_of(recipe.background, region)


def _usable(row: Mapping[str, Any], recipe: Recipe) -> list[str]:
    """Which pixels count."""
    lines = ["usable = np.isfinite(data)"]
    if recipe.saturation is not None:
        lines.append(f"usable &= ~(data >= {recipe.saturation!r})  # saturated")
    if int(row["flags"]) & Flag.MASKED_PIXELS:
        lines.append("usable &= ~np.asarray(mask, dtype=bool)  # the image's mask, True is left out")
    return lines


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
    row: Mapping[str, Any], recipe: Recipe, shapes: list[str], unit: u.UnitBase | None
) -> list[str]:
    """The background, its error and its scatter: as they were typed in, or the row's own."""
    value = recipe.background
    if not isinstance(value, PixelRegion | Annulus):
        if isinstance(value, u.Quantity):
            value = value.to_value(unit or u.dimensionless_unscaled)
        return [f"background, background_err = {value!r}, 0.0"]
    numbers = [_number(row[name]) for name in ("background", "background_err", "background_std")]
    told = f"background, background_err, background_std = {', '.join(map(repr, numbers))}"
    if len(shapes) == 1:  # the sky that had to do
        return [f"{told}  # {row['background_method']}"]
    lines = [f"sky = {shapes[1]}.to_mask(method='center').get_values(data, mask=~usable)"]
    if recipe.sigma_clip:
        lines.append(f"sky = SigmaClip(sigma={recipe.sigma_clip!r}, maxiters=10)(sky, masked=False)")
    lines.append(f"plain = {_PLAIN[recipe.background_estimator]}")
    undone = ["the steps of integers", *(["what clipping cut"] if recipe.sigma_clip else [])]
    undone += ["masked neighbours"] if recipe.mask_sources else []
    return [*lines, f"{told}  # plain, but for {' and '.join(undone)}"]


def _number(value: Any) -> float:
    return 0.0 if value is None else float(getattr(value, "value", value))


def _variance(source: str | None, recipe: Recipe) -> str:
    if source == "uncertainty":
        return "overlap.cutout(error) ** 2"
    if source == "background scatter":
        return "background_std**2"
    if source != "ccd":
        return ""
    noise = f"{recipe.dark or 0.0!r} + {recipe.read_noise or 0.0!r}**2"
    step = f" + {recipe.digitization!r}**2 / 12" if recipe.digitization else ""
    electrons = f"np.maximum(overlap.cutout(data) * {recipe.gain!r}, 0)"
    return f"({electrons} + {noise}) / {recipe.gain!r}**2{step}"


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
