"""What a header's BUNIT means.

The FITS standard's spelling is tried first, then what pipelines write instead. A unit nobody knows is
kept as text and said in a note, never guessed and never an error.
"""

from __future__ import annotations

import re

from astropy import units as u

from imviz.readers.quiet import DAMAGED, quiet

__all__ = ["parse_unit"]

SPELLINGS: dict[str, u.UnitBase] = {
    "ADU": u.adu,
    "ADU/S": u.adu / u.s,
    "COUNT": u.ct,
    "COUNTS": u.ct,
    "COUNT/S": u.ct / u.s,
    "COUNTS/S": u.ct / u.s,
    "COUNTS/SEC": u.ct / u.s,
    "CPS": u.ct / u.s,
    "DN": u.DN,
    "DN/S": u.DN / u.s,
    "DN/SEC": u.DN / u.s,
    "E-": u.electron,
    "E-/S": u.electron / u.s,
    "E-/SEC": u.electron / u.s,
    "ELECTRON": u.electron,
    "ELECTRONS": u.electron,
    "ELECTRON/S": u.electron / u.s,
    "ELECTRONS/S": u.electron / u.s,
    "ELECTRONS/SEC": u.electron / u.s,
    "JY/BEAM": u.Jy / u.beam,
    "MJY/SR": u.MJy / u.sr,
    "NANOMAGGY": u.nmgy,
    "NANOMAGGIES": u.nmgy,
    "PHOTON/S": u.ph / u.s,
    "PHOTONS/S": u.ph / u.s,
}
"""Upper-cased, blanks removed. Found in real files; none is legal FITS as written."""

_DIMENSIONLESS = {"", "NONE", "UNITLESS", "DIMENSIONLESS", "N/A", "UNKNOWN"}


def parse_unit(text: object) -> tuple[u.UnitBase | None, str | None]:
    """The unit a BUNIT value stands for, and a note if it stands for none.

    Parameters
    ----------
    text
        The value of the keyword; anything but text is no unit.

    Returns
    -------
    unit, note
        ``(None, None)`` where the header names no unit.
    """
    if not isinstance(text, str):
        note = None if text is None else f"BUNIT = {text!r} is not a unit; pixel values have none"
        return None, note
    squeezed = re.sub(r"\s+", "", text).upper()
    if squeezed in _DIMENSIONLESS:
        return None, None
    if squeezed in SPELLINGS:
        return SPELLINGS[squeezed], None
    for spelling in ("fits", "generic"):
        try:
            with quiet():
                return u.Unit(_angstrom(text.strip()), format=spelling), None
        except DAMAGED:
            continue
    return None, f"unit {text.strip()!r} is not known; kept as text, pixel values have no unit"


def _angstrom(text: str) -> str:
    """In a spectral flux density an ``A`` is an ångström: no pipeline measures erg per ampere."""
    return re.sub(r"(?<![A-Za-z])A(?![A-Za-z])", "Angstrom", text) if "erg" in text.lower() else text
