"""AB zero points that headers publish, by mission or survey, and by the names that many programs write.

Each is the AB magnitude of a sum of 1 in the image's own unit, with the sentence that says where it comes
from. Vega zero points are brought to AB where the survey and band are known, and left out otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import astropy.units as u
import numpy as np

if TYPE_CHECKING:
    from imviz.science.header import Cards

    Found = tuple[float, str] | None

__all__ = ["zero_point"]

_COUNTS = (u.electron, u.ct, u.adu, u.DN, u.ph)
# AB minus Vega: 2MASS by Blanton & Roweis 2007 (AJ 133, 734), WFCAM by Hewett et al. 2006 (MNRAS 367, 454)
_2MASS = {"J": 0.91, "H": 1.39, "K": 1.85, "KS": 1.85}
_WFCAM = {"Z": 0.528, "Y": 0.634, "J": 0.938, "H": 1.379, "K": 1.900}
_GENERIC = ("MAGZERO", "ZEROPOINT", "MAGZPT", "MAGZP", "ZEROPNT", "PHOTZP")


def zero_point(header: Cards, unit: u.UnitBase | None) -> Found:
    """AB zero point of data in ``unit`` and its source; `None` where the header does not tell."""
    if unit is not None and unit.is_equivalent(u.mgy):
        return float(-2.5 * np.log10(unit.to(u.mgy))), f"AB zero point of data in {unit}"
    if not (unit is None or counts_per(unit) is not None):
        return None
    for find in (_hubble, _roman, _sloan, _two_mass, _wfcam, _decam, _rubin, _ztf, _named):
        found = find(header, unit)
        if found is not None:
            return found
    return None


def counts_per(unit: u.UnitBase | None) -> str | None:
    """``exposure`` or ``second`` for data in counts or electrons of any name; `None` for anything else."""
    if unit is None:
        return None
    if any(unit.is_equivalent(count) for count in _COUNTS):
        return "exposure"
    return "second" if any(unit.is_equivalent(count / u.s) for count in _COUNTS) else None


def exposure(header: Cards) -> float | None:
    """Exposure time [s]."""
    return header.number("EXPTIME") or header.number("EXP_TIME") or header.number("EXPOSURE")


def _of_exposure(per_second: float, header: Cards, unit: u.UnitBase | None) -> float | None:
    """A zero point of counts per second, for the data's own unit."""
    if counts_per(unit) == "second":
        return per_second
    time = exposure(header)
    return None if time is None else float(per_second + 2.5 * np.log10(time))


def _hubble(header: Cards, unit: u.UnitBase | None) -> Found:
    """PHOTFLAM and PHOTPLAM are for counts per second (ACS data handbook, 5.1)."""
    flam, pivot = header.number("PHOTFLAM"), header.number("PHOTPLAM")
    if flam is None or pivot is None or unit is None:
        return None
    value = _of_exposure(float(-2.5 * np.log10(flam) - 5 * np.log10(pivot) - 2.408), header, unit)
    return None if value is None else (value, "AB zero point from PHOTFLAM and PHOTPLAM")


def _roman(header: Cards, unit: u.UnitBase | None) -> Found:
    """Counts per second, by the surface brightness of one and the area of a pixel."""
    if header.word("TELESCOP", "telescope", "meta.telescope") != "ROMAN" or counts_per(unit) != "second":
        return None
    for path in (("photometry",), ("meta", "photometry"), ("roman", "meta", "photometry")):
        factor = header.number(*path, "conversion_megajanskys")
        area = header.number(*path, "pixel_area") or header.number(*path, "pixelarea_steradians")
        if factor is not None and area is not None:
            value = float(-2.5 * np.log10(factor * area * 1e6 / 3631))
            return value, "AB zero point from conversion_megajanskys and the pixel's steradians"
    return None


def _sloan(header: Cards, _unit: u.UnitBase | None) -> Found:
    if header.word("BUNIT").startswith("NANOMAGG"):
        return 22.5, "AB zero point of nanomaggies (BUNIT)"
    flux20 = header.number("FLUX20")
    if flux20 is None:
        return None
    return float(20 + 2.5 * np.log10(flux20)), "AB zero point from FLUX20, the counts of magnitude 20"


def _two_mass(header: Cards, _unit: u.UnitBase | None) -> Found:
    value, band = header.number("MAGZP"), header.word("FILTER")
    if value is None or "2MASS" not in header.word("ORIGIN", "SURVEY", "TELESCOP") or band not in _2MASS:
        return None
    return value + _2MASS[band], f"AB zero point from MAGZP (Vega) + {_2MASS[band]} mag for 2MASS {band}"


def _wfcam(header: Cards, unit: u.UnitBase | None) -> Found:
    """MAGZPT is for one count per second at the zenith's distance of airmass 1."""
    value, band = header.number("MAGZPT"), header.word("FILTER")
    if value is None or header.word("INSTRUME") != "WFCAM" or band not in _WFCAM:
        return None
    start, end = header.number("AMSTART"), header.number("AMEND")
    airmass = 1.0 if start is None or end is None else (start + end) / 2
    value -= (header.number("EXTINCT") or 0.0) * (airmass - 1)
    exposed = _of_exposure(value + _WFCAM[band], header, unit)
    note = f"AB zero point from MAGZPT (Vega, airmass 1) + {_WFCAM[band]} mag for WFCAM {band}"
    return None if exposed is None else (exposed, note)


def _decam(header: Cards, unit: u.UnitBase | None) -> Found:
    """MAGZERO is for one count of the exposure, MAGZPT for one a second."""
    if header.word("INSTRUME") != "DECAM":
        return None
    per_exposure, per_second = header.number("MAGZERO"), header.number("MAGZPT")
    if per_exposure is not None and counts_per(unit) != "second":
        return per_exposure, "AB zero point from MAGZERO"
    value = None if per_second is None else _of_exposure(per_second, header, unit)
    return None if value is None else (value, "AB zero point from MAGZPT and the exposure time")


def _rubin(header: Cards, _unit: u.UnitBase | None) -> Found:
    flux = header.number("FLUXMAG0")
    if flux is None:
        return None
    return float(2.5 * np.log10(flux)), "AB zero point from FLUXMAG0, the counts of magnitude 0"


def _ztf(header: Cards, _unit: u.UnitBase | None) -> Found:
    value = header.number("MAGZP")
    if value is None or not header.word("INSTRUME").startswith("ZTF"):
        return None
    return value, "AB zero point from MAGZP (ZTF, without its color term)"


def _named(header: Cards, _unit: u.UnitBase | None) -> Found:
    """What many programs write; refused when the header calls it anything but AB."""
    system = header.word("MAGSYS", "PHOTSYS", "ZPSYS", "MAGTYPE")
    if system not in {"", "AB"} or "2MASS" in header.word("ORIGIN") or header.word("INSTRUME") == "WFCAM":
        return None
    for name in _GENERIC:
        value = header.number(name)
        if value is not None:
            doubt = "" if system else "; the header does not say that it is AB"
            return value, f"zero point from {name}{doubt}"
    return None
