"""What an extension of a FITS file is for, and which image it belongs to, by its name.

A name is a role (``ERR``), or a role beside a stem that the extensions of one detector share: ``3-4.F.SCI``
and ``3-4.F.RMS``, ``SCI_1`` and ``ERR_1``, ``CCD3.IMAGE`` and ``CCD3.WEIGHT``, ``CCD3`` and ``CCD3.DQ``.
"""

from __future__ import annotations

import re

from astropy.nddata import InverseVariance, NDUncertainty, StdDevUncertainty, VarianceUncertainty

__all__ = ["MASKS", "SCIENCE", "UNCERTAINTIES", "WEIGHTS", "is_auxiliary", "role_and_stem"]

SCIENCE = frozenset(
    {"", "COMPRESSED_IMAGE", "DATA", "FLUX", "IM", "IMAGE", "IMG", "PRIMARY", "SCI", "SCIENCE"}
)

UNCERTAINTIES: dict[str, type[NDUncertainty]] = {
    **dict.fromkeys(
        ("ERR", "ERROR", "ERRORS", "SIGMA", "STDDEV", "STD", "UNCERT", "UNC", "RMS"), StdDevUncertainty
    ),
    **dict.fromkeys(("VAR", "VARIANCE", "STAT"), VarianceUncertainty),
    **dict.fromkeys(("IVAR", "INVVAR"), InverseVariance),
}
"""By role, the first that is there wins. ``STAT`` is ESO's name for a variance (MUSE, Phase 3 cubes)."""

MASKS = ("DQ", "FLG", "FLAG", "FLAGS", "QUALITY", "QUAL", "MASK", "MSK", "BPM")
WEIGHTS = ("WHT", "WGT", "WEIGHT", "WEIGHTS")  # only their zeros are used, their scale differs by pipeline

_AUXILIARY = frozenset(
    {
        *UNCERTAINTIES,
        *MASKS,
        *WEIGHTS,
        *("NOISE", "VAR_POISSON", "VAR_RNOISE", "VAR_FLAT", "CON", "CTX", "SAMP", "TIME", "EXP"),
        *("AREA", "WAVELENGTH", "D2IMARR", "WCSDVARR", "HDRLET", "PSFIMAGE"),
    }
)
_OF_A_DETECTOR = frozenset({*UNCERTAINTIES, *MASKS, *WEIGHTS, *SCIENCE} - {"", "PRIMARY"})
_NUMBERED = re.compile(r"([A-Z]+?)[._\- ]?(\d+)$")


def role_and_stem(name: str) -> tuple[str, str]:
    """The role in an extension's name, and what is left of it; a name without a role is all stem.

    ``("ERR", "")`` of ``ERR``, ``("RMS", "3-4.F")`` of ``3-4.F.RMS``, ``("SCI", "1")`` of ``SCI_1`` and
    of ``SCI1``, ``("", "CCD3")`` of ``CCD3``.
    """
    if name in SCIENCE or name in _AUXILIARY:
        return name, ""
    numbered = _NUMBERED.match(name)
    if numbered and numbered[1] in _OF_A_DETECTOR:
        return numbered[1], numbered[2]
    for pattern in (r"(.+)[._\-: ]([A-Z]+)$", r"([A-Z]+)[._\-: ](.+)$"):
        parts = re.match(pattern, name)
        if parts is None:
            continue
        first, second = parts.groups()
        role, stem = (second, first) if pattern.startswith("(.+)") else (first, second)
        if role in _OF_A_DETECTOR:
            return role, stem
    return "", name


def is_auxiliary(name: str) -> bool:
    """Whether an extension describes another image: opened when asked for, never by default."""
    return role_and_stem(name)[0] in _AUXILIARY
