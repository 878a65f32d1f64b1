"""Doubts about an image that are about every sum on it: its unit, linearity, and noise shared by pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import astropy.units as u

from imviz.science.calibration.beams import is_per_beam
from imviz.science.photometry.flags import Flag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.science.calibration.units import Calibration

__all__ = ["doubts_of"]

_NO_UNIT = {"", "NONE", "UNITLESS", "DIMENSIONLESS", "N/A", "UNKNOWN"}
_PLACES = (u.beam, u.sr, u.pix, u.rad)


def doubts_of(meta: Mapping[str, Any] | None, calibration: Calibration) -> Flag:
    """The flags that every row of an image has, for its ``meta`` and the units of the sum."""
    flags = Flag(0)
    told = {} if meta is None else meta
    named = told.get("BUNIT")
    unknown = calibration.unit is None and isinstance(named, str) and named.strip().upper() not in _NO_UNIT
    if unknown or _is_still_per_place(calibration.sum_unit):
        flags |= Flag.DOUBTFUL_UNIT
    if told.get("imviz_nonlinear"):
        flags |= Flag.NONLINEAR_PIXELS
    if _shares_noise(calibration):
        flags |= Flag.CORRELATED_NOISE
    return flags


def _shares_noise(calibration: Calibration) -> bool:
    """Whether pixels are samples of a beam wider than themselves, as far as is known."""
    if not is_per_beam(calibration.unit):
        return False
    return is_per_beam(calibration.sum_unit) or calibration.sum_factor < 1


def _is_still_per_place(unit: u.UnitBase | None) -> bool:
    """Whether a sum over pixels is still per beam, solid angle or pixel, or is a radio telescope's kelvin."""
    if unit is None:
        return False
    return any(
        any(base.is_equivalent(place) for place in _PLACES) if power < 0 else base.is_equivalent(u.K)
        for base, power in zip(unit.bases, unit.powers, strict=True)
    )
