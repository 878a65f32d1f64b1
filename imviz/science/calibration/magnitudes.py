"""The magnitudes of one measurement: instrumental, AB, ST, Vega, and surface brightness, with errors.

A magnitude is left out where nothing tells its zero point. The error of the sum and that of the zero
point are kept apart: the second is common to all rows of an image. A sum that is not above 0 has no
magnitude; its upper limit does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from astropy import units as u

if TYPE_CHECKING:
    from imviz.science.photometry.measurement import Measurement

__all__ = ["Limit", "Magnitude", "ZeroPoint", "limit_of", "magnitudes", "st_minus_ab"]

FAINT = 5.0
"""Signal to noise below which a limit says more than a value."""

_POGSON = 2.5 / np.log(10)
_C = 2.99792458e18  # angstrom / s


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroPoint:
    """What leads from AB to other systems; `None` where it is not known.

    ``pivot`` wavelength [angstrom], for ST magnitudes;
    ``ab_minus_vega`` [mag] of the band.
    """

    pivot: float | None = None
    ab_minus_vega: float | None = None


@dataclass(frozen=True, slots=True)
class Magnitude:
    """``value`` and its error by the sum's own, NaN where undefined; ``unit`` as text, mag or mag/arcsec²."""

    system: str
    value: float
    err: float
    unit: str = "mag"


def st_minus_ab(pivot: float) -> float:
    """ST minus AB magnitude at a pivot wavelength [angstrom].

    By f_lambda = f_nu c / pivot², ST = -2.5 log f_lambda - 21.10 and AB = -2.5 log f_nu - 48.60 (cgs).
    """
    return float(5 * np.log10(pivot) - 2.5 * np.log10(_C) - 21.10 + 48.60)


def magnitudes(m: Measurement, known: ZeroPoint | None = None) -> list[Magnitude]:
    """All magnitudes of ``m`` that are known, instrumental first."""
    known = ZeroPoint() if known is None else known
    calibration = m.calibration
    raw = _number(m.values["sum"]) / calibration.sum_factor
    raw_err = (
        float("nan") if m.values["sum_err"] is None else _number(m.values["sum_err"]) / calibration.sum_factor
    )
    err = _POGSON * raw_err / raw if raw > 0 else float("nan")
    found = [Magnitude("instrumental", _magnitude(raw), err)]
    if m.values["mag_ab"] is None:
        return found
    ab = float(m.values["mag_ab"].value)
    found.append(Magnitude("AB", ab, err))
    if known.pivot:
        found.append(Magnitude("ST", ab + st_minus_ab(known.pivot), err))
    if known.ab_minus_vega is not None:
        found.append(Magnitude("Vega", ab - known.ab_minus_vega, err))
    area = _square_arcsec(m)
    if area:
        found.append(Magnitude("AB surface brightness", ab + 2.5 * float(np.log10(area)), err, "mag/arcsec²"))
    return found


@dataclass(frozen=True, slots=True)
class Limit:
    """What the source is below, at ``n_sigma``: its ``sum`` [``unit``], and the magnitude it is fainter than.

    ``magnitude`` is in ``system`` ("AB", or "" for that of the flux scaling), NaN where nothing tells one.
    """

    snr: float
    sum: float
    unit: str
    magnitude: float
    system: str
    n_sigma: float

    def in_words(self) -> str:
        """One sentence."""
        value = f"{self.sum:.3g} {self.unit}".rstrip()
        fainter = "" if np.isnan(self.magnitude) else f", fainter than {self.magnitude:.2f} mag {self.system}"
        what = "Nothing is detected" if self.snr < self.n_sigma else "The source is hardly detected"
        return (
            f"{what} (S/N {self.snr:.1f}): at {self.n_sigma:g}σ the source's sum is below {value}"
            f"{fainter.rstrip()}."
        )


def limit_of(m: Measurement, n_sigma: float = 3.0) -> Limit | None:
    """The upper limit of a source of S/N below `FAINT`; `None` for a brighter one or without an error.

    Its sum is below the one measured, or 0 where that is negative, plus ``n_sigma`` errors.
    """
    if m.values["sum_err"] is None:
        return None
    c, total, err = m.calibration, _number(m.values["sum"]), _number(m.values["sum_err"])
    if not err > 0 or not np.isfinite(total) or total >= FAINT * err:
        return None
    limit = max(total, 0.0) + n_sigma * err
    raw, magnitude, system = limit / c.sum_factor, float("nan"), ""
    if c.zero_point is not None:
        magnitude, system = c.zero_point + _magnitude(raw if c.zero_point_is_raw else limit), "(AB)"
    elif c.flux_scaling is not None:
        magnitude = _magnitude(raw / c.flux_scaling)
    return Limit(total / err, limit, str(c.sum_unit or ""), magnitude, system, n_sigma)


def _square_arcsec(m: Measurement) -> float:
    """Area of the usable aperture on the sky [arcsec²]; 0 where the pixel's is not told."""
    pixel = m.recipe.pixel_area
    if pixel is None:
        return 0.0
    one = _arcsec2(pixel)
    return one * float(m.values["sum_aper_area"].value)


def _arcsec2(pixel_area: object) -> float:
    if isinstance(pixel_area, u.Quantity):
        for unit in (u.arcsec**2, u.arcsec**2 / u.pix, u.arcsec**2 / u.pix**2):
            if pixel_area.unit.is_equivalent(unit):
                return float(pixel_area.to_value(unit))
    return float(pixel_area)  # type: ignore[arg-type]


def _number(value: object) -> float:
    return float(getattr(value, "value", value))  # type: ignore[arg-type]


def _magnitude(ratio: float) -> float:
    return float(-2.5 * np.log10(ratio)) if ratio > 0 else float("nan")
