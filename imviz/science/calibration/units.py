"""Units of a measurement: what the image's unit and a recipe's factors make of a raw sum.

All unit decisions of the contract are here, taken once before any pixel is read, so that units which
do not fit are refused early, with both of them named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np

from imviz.errors import InputError
from imviz.science.calibration.header import wcs_pixel_area
from imviz.science.sky.geometry import has_celestial

if TYPE_CHECKING:
    from imviz.science.photometry.recipe import Recipe

__all__ = ["Calibration", "calibrate", "with_unit"]

_AB_ZERO = 3631 * u.Jy


@dataclass(frozen=True, slots=True)
class Calibration:
    """Factors of a raw sum (data unit x pixels), `None` where one does not apply.

    ``sum_factor`` brings the raw sum to ``sum_unit``; ``pixel_sr`` is the steradians of one pixel when
    that was applied; ``counts_factor`` and ``flux_scaling`` are in ``unit`` (per count); ``zero_point`` is
    the AB magnitude of one ``sum_unit``, or of one ``unit`` when ``zero_point_is_raw``, and
    ``zero_point_err`` [mag] its error; ``mapped_area`` [arcsec²] is what the area of each pixel is
    divided by, where each counts by its own.
    """

    unit: u.UnitBase | None
    sum_unit: u.UnitBase | None
    sum_factor: float = 1.0
    pixel_sr: float | None = None
    counts_factor: float | None = None
    flux_scaling: float | None = None
    zero_point: float | None = None
    zero_point_is_raw: bool = False
    zero_point_err: float | None = None
    mapped_area: float | None = None


def with_unit(value: Any, unit: u.UnitBase | None) -> Any:
    """A Quantity, or the bare number when there is no unit."""
    return value if unit is None else u.Quantity(value, unit)


def calibrate(unit: u.UnitBase | None, recipe: Recipe, wcs: Any = None) -> Calibration:
    """Resolve ``recipe`` for an image in ``unit``; `InputError` names units that do not fit.

    ``wcs`` is only needed for a map of pixel areas.
    """
    pixel_sr, beam_sr = _steradians("pixel", recipe.pixel_area), _steradians("beam", recipe.beam_area)
    per_solid_angle, without_angle = _without(u.sr, unit)
    per_beam, without_beam = _without(u.beam, unit)
    per_pixel, without_pixel = _without(u.pix, unit)
    factor, sum_unit = 1.0, unit
    if per_solid_angle and pixel_sr is not None and unit is not None:
        sum_unit = without_angle
        factor = pixel_sr * float((unit * u.sr).to(sum_unit))
    elif per_beam and pixel_sr is not None and beam_sr is not None:
        factor, sum_unit = pixel_sr / beam_sr, without_beam
    elif per_pixel:
        sum_unit = without_pixel
    zero_point = recipe.zero_point
    if zero_point is None and sum_unit is not None and sum_unit.is_equivalent(u.Jy):
        zero_point = float(-2.5 * np.log10((1 * sum_unit / _AB_ZERO).to_value(u.dimensionless_unscaled)))
    return Calibration(
        unit=unit,
        sum_unit=sum_unit,
        sum_factor=factor,
        pixel_sr=pixel_sr if per_solid_angle else None,
        counts_factor=_counts_factor(recipe.counts_factor, unit),
        flux_scaling=_flux_scaling(
            recipe.flux_scaling, unit, pixel_sr if per_solid_angle else None, (factor, sum_unit)
        ),
        zero_point=zero_point,
        zero_point_is_raw=recipe.zero_point is not None,
        zero_point_err=None if zero_point is None else recipe.zero_point_err,
        mapped_area=_mapped_area(pixel_sr, wcs) if recipe.pixel_area_map else None,
    )


def _mapped_area(pixel_sr: float | None, wcs: Any) -> float:
    if not has_celestial(wcs):
        raise InputError(
            "A map of pixel areas needs an image with a celestial WCS; switch it off for this one."
        )
    area = wcs_pixel_area(wcs) if pixel_sr is None else float((pixel_sr * u.sr).to_value(u.arcsec**2))
    if area is None:
        raise InputError("The image's WCS does not tell how large its pixels are; give the pixel area.")
    return area


def _without(place: u.UnitBase, unit: u.UnitBase | None) -> tuple[bool, u.UnitBase | None]:
    """Whether ``unit`` is per one ``place`` (sr, beam or pix), and the unit without it (MJy/sr: MJy).

    An angle squared is a solid angle, and a pixel squared a pixel: both are an area.
    """
    if unit is None:
        return False, None
    power, rest = 0.0, u.dimensionless_unscaled
    for base, exponent in zip(unit.bases, unit.powers, strict=True):
        if base.is_equivalent(place):
            power += float(exponent) / (2 if place == u.pix and exponent == -2 else 1)
        elif place == u.sr and base.is_equivalent(u.rad):
            power += float(exponent) / 2
        else:
            rest = rest * base**exponent
    return power == -1, rest * u.Unit(unit.scale) if unit.scale != 1 else rest


def _steradians(what: str, area: float | u.Quantity | None) -> float | None:
    """Steradians of a pixel or beam: a bare number is arcsec², ``.../pix²`` is the same as ``...``."""
    if not _is_set(area):
        return None
    quantity = u.Quantity(area)
    if not isinstance(area, u.Quantity):
        quantity = quantity * u.arcsec**2
    for unit in (u.sr, u.sr / u.pix, u.sr / u.pix**2):
        if quantity.unit.is_equivalent(unit):
            return float(quantity.to_value(unit))
    raise InputError(f"The {what} area is in {quantity.unit}; it must be a solid angle such as arcsec2.")


def _counts_factor(factor: float | u.Quantity | None, unit: u.UnitBase | None) -> float | None:
    if not _is_set(factor):
        return None
    if not isinstance(factor, u.Quantity):
        return float(factor or 0.0)
    target = (unit or u.dimensionless_unscaled) / u.ct
    if not factor.unit.is_equivalent(target):
        raise InputError(f"The counts conversion factor is in {factor.unit}; the image needs {target}.")
    return float(factor.to_value(target))


def _flux_scaling(
    scaling: float | u.Quantity | None,
    unit: u.UnitBase | None,
    pixel_sr: float | None,
    summed: tuple[float, u.UnitBase | None],
) -> float | None:
    """The flux scaling in the data unit; ``summed``: what brings a raw sum to the unit of the flux."""
    if not _is_set(scaling):
        return None
    if not isinstance(scaling, u.Quantity):
        return float(scaling or 0.0)
    target = unit or u.dimensionless_unscaled
    if scaling.unit.is_equivalent(target):
        return float(scaling.to_value(target))
    if (scaling.unit / u.sr).is_equivalent(target):
        if pixel_sr is None:
            raise InputError(
                f"A flux scaling in {scaling.unit} needs the pixel area, for an image in {unit}; set it."
            )
        return float((scaling / (pixel_sr * u.sr)).to_value(target))
    if summed[1] is not None and scaling.unit.is_equivalent(summed[1]):
        return float(scaling.to_value(summed[1])) / summed[0]
    image_unit = "no unit" if unit is None else f"unit {unit}"
    raise InputError(f"The flux scaling is in {scaling.unit}, which does not fit an image with {image_unit}.")


def _is_set(value: float | u.Quantity | None) -> bool:
    """Not `None` and not 0; never with a tolerance, as 1e-19 is a legitimate factor."""
    return value is not None and (value.value if isinstance(value, u.Quantity) else value) != 0
