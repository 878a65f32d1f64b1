"""The options of one measurement: everything that, with an image and a region, fixes the row."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

import astropy.units as u
import numpy as np
from regions import PixelRegion

from imviz.errors import InputError
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.estimators import ESTIMATORS, PLANE
from imviz.science.regions.records import from_record, to_record

__all__ = ["Recipe"]

_NOT_NEGATIVE = (
    *("pixel_area", "beam_area", "counts_factor", "flux_scaling", "zero_point_err"),
    *("gain", "read_noise", "dark", "digitization"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to measure; `None` and 0 both mean that a factor is not set.

    Parameters
    ----------
    background : float, Quantity, Annulus or regions.PixelRegion
        A value per pixel (a bare number is in the data unit), or where to measure it.
    background_estimator, sigma_clip, mask_sources
        See `imviz.science.photometry.background.estimate`.
    pixel_area : float or Quantity, optional
        Area of one pixel; a bare number is in arcsec².
    beam_area : float or Quantity, optional
        Solid angle of the beam, for data per beam; a bare number is in arcsec². With the pixel's area the sum
        is of all the beams, without a beam in its unit.
    counts_factor : float or Quantity, optional
        Data unit per count.
    flux_scaling : float or Quantity, optional
        The raw sum that has magnitude 0. A bare number is in the data unit; a quantity without
        steradian is divided by the pixel's solid angle when the data are per steradian.
    zero_point : float, optional
        AB magnitude of a raw sum of 1 data unit; 0 is a zero point, only `None` is not set.
    zero_point_err : float, optional
        Standard error of the zero point [mag]. It is common to all rows of an image, so it stands beside the
        magnitudes and is never part of their errors; without a zero point it is of nothing.
    gain, read_noise : float, optional
        Electrons per data unit, and electrons, for the CCD equation.
    dark, digitization : float, optional
        Electrons per pixel already subtracted, and the converter's step [data unit], for the same: see
        `imviz.science.photometry.errors_model.ccd_variance`.
    scale_errors : bool, optional
        Whether errors by an uncertainty or the CCD equation are brought to the scatter that the sky has: see
        `imviz.science.photometry.errors_model.SkyCheck`.
    saturation : float, optional
        Pixels at this value [data unit] and above are excluded, counted and flagged.
    pixel_area_map : bool, optional
        Whether each pixel counts by its own area on the sky, in units of ``pixel_area`` (else of that at the
        WCS's reference point): right for images whose pixels hold surface brightness over a distorted field.
    recentred, follow_distortion : str, bool, optional
        How the aperture came to its place, for the receipt only: the method by which it was moved onto its
        source first, and whether its outline was taken through the whole WCS. Both are in the aperture
        already.

    Raises
    ------
    InputError
        A factor is negative or not finite, or an estimator is unknown.
    """

    background: float | u.Quantity | Annulus | PixelRegion = 0.0
    background_estimator: str = "median"
    sigma_clip: float | None = None
    pixel_area: float | u.Quantity | None = None
    beam_area: float | u.Quantity | None = None
    counts_factor: float | u.Quantity | None = None
    flux_scaling: float | u.Quantity | None = None
    zero_point: float | None = None
    zero_point_err: float | None = None
    gain: float | None = None
    read_noise: float | None = None
    dark: float | None = None
    digitization: float | None = None
    saturation: float | None = None
    mask_sources: float | None = None
    pixel_area_map: bool | None = None
    recentred: str | None = None
    follow_distortion: bool | None = None
    scale_errors: bool | None = None

    def __post_init__(self) -> None:
        if self.background_estimator not in (*ESTIMATORS, PLANE):
            known = ", ".join((*ESTIMATORS, PLANE))
            raise InputError(
                f"Unknown background estimator {self.background_estimator!r}; choose from {known}."
            )
        if not isinstance(self.background, Annulus | PixelRegion):
            _check_number("background", self.background, negative=True)
        for name in (*_NOT_NEGATIVE, "zero_point", "saturation", "sigma_clip", "mask_sources"):
            _check_number(name, getattr(self, name), negative=name not in _NOT_NEGATIVE)

    def to_json(self, **notes: Any) -> str:
        """JSON of every option that is not its default, and of ``notes``; see `from_json`."""
        options = {
            field.name: _encode(getattr(self, field.name))
            for field in fields(self)
            if field.name in {"background", "background_estimator"} or getattr(self, field.name) is not None
        }
        return json.dumps({**options, **notes})

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """The recipe of a ``recipe`` column; notes in it are passed over."""
        try:
            content = json.loads(text)
            known = {field.name for field in fields(cls)}
            return cls(**{name: _decode(value) for name, value in content.items() if name in known})
        except (ValueError, TypeError, AttributeError) as error:
            raise InputError(f"Not a photometry recipe: {text[:80]!r} ({error})."[:240]) from error


def _check_number(name: str, value: Any, *, negative: bool) -> None:
    if value is None:
        return
    label = name.replace("_", " ")
    number = value.value if isinstance(value, u.Quantity) else value
    if isinstance(number, bool | str) or np.ndim(number) or not np.isreal(number) or not np.isfinite(number):
        raise InputError(f"The {label} is {value!r}; it must be a finite number, or None for none."[:240])
    if number < 0 and not negative:
        raise InputError(f"The {label} is {value}; it must not be negative.")


def _encode(value: Any) -> Any:
    if isinstance(value, u.Quantity):
        return {"value": float(value.value), "unit": value.unit.to_string()}
    if isinstance(value, Annulus):
        return {"annulus": [float(value.inner_radius), float(value.width)]}
    if isinstance(value, PixelRegion):
        return {"region": to_record(value, look=False)}
    return value if isinstance(value, str | bool | None) else float(value)


def _decode(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "annulus" in value:
        return Annulus(*value["annulus"])
    if "region" in value:
        return from_record(value["region"])
    return u.Quantity(value["value"], value["unit"])
