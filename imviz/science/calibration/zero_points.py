"""AB zero points that headers publish, by mission or survey, and by the names that many programs write.

Each is the AB magnitude of a sum of 1 in the image's own unit, with the sentence that says where it comes
from. Vega zero points are brought to AB where the survey and band are known, and left out otherwise. What a
keyword means is said at each function, with the document it was checked against; a convention for which none
was found is not used. What is doubtful about a zero point is told with it: of which photometry it is, and
that the scatter of its stars is not its error.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import astropy.units as u
import numpy as np

from imviz.science.calibration.found import Found

if TYPE_CHECKING:
    from imviz.science.calibration.cards import Cards

__all__ = ["ZTF_APERTURES", "counts_per", "exposure", "zero_point", "zero_point_err"]

_COUNTS = (u.electron, u.ct, u.adu, u.DN, u.ph)
_2MASS = {"J": 0.91, "H": 1.39, "K": 1.85, "KS": 1.85}
"""AB minus Vega: Blanton & Roweis 2007, AJ 133, 734, table 1."""
_WFCAM = {"Z": 0.528, "Y": 0.634, "J": 0.938, "H": 1.379, "K": 1.900}
"""AB minus Vega: Hewett et al. 2006, MNRAS 367, 454, table 7."""
_WISE = {1.0: 2.699, 2.0: 3.339, 3.0: 5.174, 4.0: 6.620}
"""AB minus Vega by band: WISE All-Sky Explanatory Supplement, IV.4.h.i.3."""
_NOT_GENERIC = ("WFCAM", "VIRCAM", "WFC", "DECAM")
"""Instruments whose pipelines mean Vega, an airmass or a second by names that others use otherwise."""
ZTF_APERTURES = (2.0, 3.0, 4.0, 6.0, 10.0, 14.0)
"""Diameters [pixels] of the apertures that APCOR1 to APCOR6 of ZTF are for (Explanatory Supplement)."""
_UNNAMED = {"", "NONE", "UNITLESS", "DIMENSIONLESS", "N/A", "UNKNOWN"}
_SCATTERS = ("MAGZPRMS", "MAGZPSIG", "MAGZSIG", "ZPRMS", "ZP_RMS", "PHOTRMS", "ZPSCAT")
_GENERIC = ("MAGZERO", "ZEROPOINT", "MAGZPT", "MAGZP", "ZEROPNT", "PHOTZP")


def zero_point(header: Cards, unit: u.UnitBase | None) -> Found | None:
    """AB zero point of data in ``unit`` and its source; `None` where the header does not tell."""
    if unit is not None and unit.is_equivalent(u.mgy):
        return Found(float(-2.5 * np.log10(unit.to(u.mgy))), f"AB zero point of data in {unit}")
    if unit is None and (found := _sloan(header, unit)) is not None:
        return found
    if counts_per(unit) is None and (unit is not None or header.word("BUNIT") not in _UNNAMED):
        return None
    for find in _FINDERS:
        found = find(header, unit)
        if found is not None:
            return replace(found, doubts=(*found.doubts, *_scatter(header)))
    return None


def zero_point_err(header: Cards, unit: u.UnitBase | None) -> Found | None:
    """Standard error of `zero_point` [mag], where there is one and the survey publishes its error.

    ``MAGZPUNC`` of ZTF (Masci et al. 2019, PASP 131, 018003) and WISE (Explanatory Supplement, IV.4.h);
    ``MAGZRR`` of CASU's pipeline for WFCAM, beside ``MAGZPT`` (Hodgkin et al. 2009, MNRAS 394, 675). A
    scatter (``MAGZPRMS``) is none.
    """
    is_uncertain = header.word("INSTRUME").startswith("ZTF") or header.word("TELESCOP") == "WISE"
    name = "MAGZPUNC" if is_uncertain else "MAGZRR" if header.word("INSTRUME") == "WFCAM" else ""
    value = header.number(name) if name else None
    if value is None or zero_point(header, unit) is None:
        return None
    return Found(value, f"error of the zero point from {name}", _scatter(header))


def _scatter(header: Cards) -> tuple[str, ...]:
    """What a header says of the scatter of the stars that a zero point is by."""
    for name in _SCATTERS:
        value = header.number(name)
        if value is not None:
            return (f"{name} = {value:g} mag is the scatter of single stars, not the zero point's error",)
    return ()


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


def _hubble(header: Cards, unit: u.UnitBase | None) -> Found | None:
    """PHOTFLAM (erg/s/cm²/Å of 1 count a second) and PHOTPLAM (Å); ACS Data Handbook, 5.1.1.

    -2.408 is 2.5 log10(c [Å/s]) - 48.60, Oke & Gunn's (1983) constant. WFPC2's calibrated images name no
    unit: they are DN of the exposure (WFPC2 Instrument Handbook, 8.7). Mosaics that old versions of
    MultiDrizzle made of them have another chip's PHOTFLAM (STScI's advisory of May 2010).
    """
    flam, pivot = header.number("PHOTFLAM"), header.number("PHOTPLAM")
    is_wfpc2 = header.word("INSTRUME") == "WFPC2"
    drizzled = header.word("DRIZCORR") == "COMPLETE" or header.find("NDRIZIM") is not None
    if flam is None or pivot is None or (unit is None and (drizzled or not is_wfpc2)):
        return None
    value = _of_exposure(float(-2.5 * np.log10(flam) - 5 * np.log10(pivot) - 2.408), header, unit)
    if value is None:
        return None
    source = "AB zero point from PHOTFLAM and PHOTPLAM"
    if is_wfpc2 and unit is None:
        source += ", per DN of the exposure as WFPC2's images are"
    doubt = "mosaics by MultiDrizzle before 3.3.7 have another chip's PHOTFLAM"
    return Found(value, source, (doubt,) if is_wfpc2 and drizzled else ())


def _roman(header: Cards, unit: u.UnitBase | None) -> Found | None:
    """Counts per second, by the surface brightness of one and the area of a pixel."""
    if header.word("TELESCOP", "telescope", "meta.telescope") != "ROMAN" or counts_per(unit) != "second":
        return None
    for path in (("photometry",), ("meta", "photometry"), ("roman", "meta", "photometry")):
        factor = header.number(*path, "conversion_megajanskys")
        area = header.number(*path, "pixel_area") or header.number(*path, "pixelarea_steradians")
        if factor is not None and area is not None:
            value = float(-2.5 * np.log10(factor * area * 1e6 / 3631))
            return Found(value, "AB zero point from conversion_megajanskys and the pixel's steradians")
    return None


def _sloan(header: Cards, _unit: u.UnitBase | None) -> Found | None:
    """Nanomaggies (magnitude 22.5), or fpC frames with the counts of magnitude 20 (SDSS DR7, fluxcal)."""
    if header.word("BUNIT").startswith("NANOMAGG"):
        return Found(22.5, "AB zero point of nanomaggies (BUNIT)")
    flux20 = header.number("FLUX20")
    if flux20 is None:
        return None
    return Found(float(20 + 2.5 * np.log10(flux20)), "AB zero point from FLUX20, the counts of magnitude 20")


def _two_mass(header: Cards, _unit: u.UnitBase | None) -> Found | None:
    """Vega: m = MAGZP - 2.5 log10(DN) less the sky (2MASS All-Sky Users' Guide II.4.a; LGA, calibration)."""
    value, band = header.number("MAGZP"), header.word("FILTER")
    if value is None or "2MASS" not in header.word("ORIGIN", "SURVEY", "TELESCOP") or band not in _2MASS:
        return None
    return Found(
        value + _2MASS[band], f"AB zero point from MAGZP (Vega) + {_2MASS[band]} mag for 2MASS {band}"
    )


def _wise(header: Cards, _unit: u.UnitBase | None) -> Found | None:
    """Vega: MAGZP of the image's DN (WISE All-Sky Explanatory Supplement, IV.4.h)."""
    value, band = header.number("MAGZP"), header.number("BAND")
    if value is None or header.word("TELESCOP") != "WISE" or band not in _WISE:
        return None
    shift = _WISE[band]
    return Found(value + shift, f"AB zero point from MAGZP (Vega) + {shift} mag for WISE W{band:g}")


def _wfcam(header: Cards, unit: u.UnitBase | None) -> Found | None:
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
    return None if exposed is None else Found(exposed, note)


def _decam(header: Cards, unit: u.UnitBase | None) -> Found | None:
    """AB: MAGZERO of the Community Pipeline is for one count of the exposure.

    As the Legacy Surveys use it: their own zero points, of a second, plus 2.5 log10(EXPTIME) are compared
    with it. MAGZPT is not used: no document was found that says what it is of.
    """
    value = header.number("MAGZERO")
    if header.word("INSTRUME") != "DECAM" or value is None or counts_per(unit) == "second":
        return None
    return Found(value, "AB zero point from MAGZERO")


def _rubin(header: Cards, _unit: u.UnitBase | None) -> Found | None:
    """FLUXMAG0 of the Science Pipelines (``Calib.setFluxMag0``): counts of AB magnitude 0."""
    flux = header.number("FLUXMAG0")
    if flux is None:
        return None
    return Found(float(2.5 * np.log10(flux)), "AB zero point from FLUXMAG0, the counts of magnitude 0")


def _ztf(header: Cards, _unit: u.UnitBase | None) -> Found | None:
    """AB (PanSTARRS 1): m = MAGZP + CLRCOEFF color - 2.5 log10(DN); Masci et al. 2019, PASP 131, 018003.

    For the flux of a PSF fit. APCOR1 to APCOR6 are to be added to magnitudes in apertures of 2, 3, 4, 6, 10
    and 14 pixels across.
    """
    value = header.number("MAGZP")
    if value is None or not header.word("INSTRUME").startswith("ZTF"):
        return None
    corrections = [(size, header.find(f"APCOR{n}")) for n, size in enumerate(ZTF_APERTURES, 1)]
    found = [f"{shift:+.3f} at {size:g}" for size, shift in corrections if isinstance(shift, int | float)]
    doubt = "it is for PSF photometry, an aperture holds less of a star"
    if found:
        doubt += f": by the header add {', '.join(found)} pixels across"
    return Found(value, "AB zero point from MAGZP (ZTF, without its color term)", (doubt,))


def _pan_starrs(header: Cards, unit: u.UnitBase | None) -> Found | None:
    """AB: FPA.ZP, 25 in stacks, is for one count per second; PS1 data archive, "PS1 Stack images"."""
    is_theirs = header.word("TELESCOP", "FPA.TELESCOPE").startswith(("PS1", "PS2"))
    value = header.number("FPA.ZP")
    if not is_theirs or (value is None and header.find("BSOFTEN") is None):
        return None
    exposed = _of_exposure(25.0 if value is None else value, header, unit)
    if exposed is None:
        return None
    source = f"AB zero point {25.0 if value is None else value:g} (FPA.ZP) and the exposure time"
    doubt = "the archive's catalogs were calibrated again since, by some hundredths of a magnitude"
    return Found(exposed, source, (doubt,))


def _named(header: Cards, unit: u.UnitBase | None) -> Found | None:
    """What many programs write; refused when the header calls it anything but AB."""
    system = header.word("MAGSYS", "PHOTSYS", "ZPSYS", "MAGTYPE")
    if system not in {"", "AB"} or "2MASS" in header.word("ORIGIN") or header.word("TELESCOP") == "WISE":
        return None
    if header.word("INSTRUME") in _NOT_GENERIC:
        return None
    for name in _GENERIC:
        value = header.number(name)
        if value is not None:
            doubts = [] if system else ["the header does not say that it is AB"]
            time = exposure(header)
            if time not in {None, 1.0} and counts_per(unit) != "second":
                doubts.append(f"nor of what time: taken as of the whole {time:g} s, not of a second")
            return Found(value, f"zero point from {name}", tuple(doubts))
    return None


_FINDERS = (*(_hubble, _roman, _sloan, _two_mass, _wise, _wfcam, _decam, _rubin, _ztf, _pan_starrs, _named),)
