"""AB zero points that headers publish, by mission or survey, and by the names that many programs write.

Each is the AB magnitude of a sum of 1 in the image's own unit, with the sentence that says where it comes
from. Vega zero points are brought to AB where the survey and band are known, and left out otherwise. What a
keyword means is said at each function, with the document it was checked against; a convention for which none
was found is not used. Aperture corrections are published with catalogs (``APCOR`` of CASU's), in no image's
header that is read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import astropy.units as u
import numpy as np

if TYPE_CHECKING:
    from imviz.science.calibration.header import Cards

    Found = tuple[float, str] | None

__all__ = ["zero_point", "zero_point_err"]

_COUNTS = (u.electron, u.ct, u.adu, u.DN, u.ph)
_2MASS = {"J": 0.91, "H": 1.39, "K": 1.85, "KS": 1.85}
"""AB minus Vega: Blanton & Roweis 2007, AJ 133, 734, table 1."""
_WFCAM = {"Z": 0.528, "Y": 0.634, "J": 0.938, "H": 1.379, "K": 1.900}
"""AB minus Vega: Hewett et al. 2006, MNRAS 367, 454, table 7."""
_WISE = {1.0: 2.699, 2.0: 3.339, 3.0: 5.174, 4.0: 6.620}
"""AB minus Vega by band: WISE All-Sky Explanatory Supplement, IV.4.h.i.3."""
_NOT_GENERIC = ("WFCAM", "VIRCAM", "WFC", "DECAM")
"""Instruments whose pipelines mean Vega, an airmass or a second by names that others use otherwise."""
_GENERIC = ("MAGZERO", "ZEROPOINT", "MAGZPT", "MAGZP", "ZEROPNT", "PHOTZP")


def zero_point(header: Cards, unit: u.UnitBase | None) -> Found:
    """AB zero point of data in ``unit`` and its source; `None` where the header does not tell."""
    if unit is not None and unit.is_equivalent(u.mgy):
        return float(-2.5 * np.log10(unit.to(u.mgy))), f"AB zero point of data in {unit}"
    if not (unit is None or counts_per(unit) is not None):
        return None
    for find in (_hubble, _roman, _sloan, _two_mass, _wise, _wfcam, _decam, _rubin, _ztf, _named):
        found = find(header, unit)
        if found is not None:
            return found
    return None


def zero_point_err(header: Cards, unit: u.UnitBase | None) -> Found:
    """Standard error of `zero_point` [mag], where there is one and the survey publishes its error.

    ``MAGZPUNC`` of ZTF (Masci et al. 2019, PASP 131, 018003) and WISE (Explanatory Supplement, IV.4.h);
    ``MAGZRR`` of CASU's pipeline for WFCAM, beside ``MAGZPT`` (Hodgkin et al. 2009, MNRAS 394, 675).
    """
    is_uncertain = header.word("INSTRUME").startswith("ZTF") or header.word("TELESCOP") == "WISE"
    name = "MAGZPUNC" if is_uncertain else "MAGZRR" if header.word("INSTRUME") == "WFCAM" else ""
    value = header.number(name) if name else None
    if value is None or zero_point(header, unit) is None:
        return None
    return value, f"error of the zero point from {name}"


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
    """PHOTFLAM (erg/s/cm²/Å of 1 count a second) and PHOTPLAM (Å); ACS Data Handbook, 5.1.1.

    -2.408 is 2.5 log10(c [Å/s]) - 48.60, Oke & Gunn's (1983) constant.
    """
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
    """Nanomaggies (magnitude 22.5), or fpC frames with the counts of magnitude 20 (SDSS DR7, fluxcal)."""
    if header.word("BUNIT").startswith("NANOMAGG"):
        return 22.5, "AB zero point of nanomaggies (BUNIT)"
    flux20 = header.number("FLUX20")
    if flux20 is None:
        return None
    return float(20 + 2.5 * np.log10(flux20)), "AB zero point from FLUX20, the counts of magnitude 20"


def _two_mass(header: Cards, _unit: u.UnitBase | None) -> Found:
    """Vega: m = MAGZP - 2.5 log10(DN) less the sky (2MASS All-Sky Users' Guide II.4.a; LGA, calibration)."""
    value, band = header.number("MAGZP"), header.word("FILTER")
    if value is None or "2MASS" not in header.word("ORIGIN", "SURVEY", "TELESCOP") or band not in _2MASS:
        return None
    return value + _2MASS[band], f"AB zero point from MAGZP (Vega) + {_2MASS[band]} mag for 2MASS {band}"


def _wise(header: Cards, _unit: u.UnitBase | None) -> Found:
    """Vega: MAGZP of the image's DN (WISE All-Sky Explanatory Supplement, IV.4.h)."""
    value, band = header.number("MAGZP"), header.number("BAND")
    if value is None or header.word("TELESCOP") != "WISE" or band not in _WISE:
        return None
    shift = _WISE[band]
    return value + shift, f"AB zero point from MAGZP (Vega) + {shift} mag for WISE W{band:g}"


def _wfcam(header: Cards, unit: u.UnitBase | None) -> Found:
    """Vega: MAGZPT is for one count per second at airmass 1, EXTINCT for one airmass more.

    WFCAM Science Archive, "Working with WFCAM flat files", and Hodgkin et al. 2009 (MNRAS 394, 675).
    """
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
    """AB: MAGZERO of the Community Pipeline is for one count of the exposure.

    As the Legacy Surveys use it: their own zero points, of a second, plus 2.5 log10(EXPTIME) are compared
    with it. MAGZPT is not used: no document was found that says what it is of.
    """
    value = header.number("MAGZERO")
    if header.word("INSTRUME") != "DECAM" or value is None or counts_per(unit) == "second":
        return None
    return value, "AB zero point from MAGZERO"


def _rubin(header: Cards, _unit: u.UnitBase | None) -> Found:
    """FLUXMAG0 of the Science Pipelines (``Calib.setFluxMag0``): counts of AB magnitude 0."""
    flux = header.number("FLUXMAG0")
    if flux is None:
        return None
    return float(2.5 * np.log10(flux)), "AB zero point from FLUXMAG0, the counts of magnitude 0"


def _ztf(header: Cards, _unit: u.UnitBase | None) -> Found:
    """AB (PanSTARRS 1): m = MAGZP + CLRCOEFF color - 2.5 log10(DN); Masci et al. 2019, PASP 131, 018003."""
    value = header.number("MAGZP")
    if value is None or not header.word("INSTRUME").startswith("ZTF"):
        return None
    return value, "AB zero point from MAGZP (ZTF, without its color term)"


def _named(header: Cards, _unit: u.UnitBase | None) -> Found:
    """What many programs write; refused when the header calls it anything but AB."""
    system = header.word("MAGSYS", "PHOTSYS", "ZPSYS", "MAGTYPE")
    if system not in {"", "AB"} or "2MASS" in header.word("ORIGIN") or header.word("TELESCOP") == "WISE":
        return None
    if header.word("INSTRUME") in _NOT_GENERIC:
        return None
    for name in _GENERIC:
        value = header.number(name)
        if value is not None:
            doubt = "" if system else "; the header does not say that it is AB"
            return value, f"zero point from {name}{doubt}"
    return None
