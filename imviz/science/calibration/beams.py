"""The beam of a radio image: pixels in Jy/beam add up to Jy once they are divided by its area.

A Gaussian beam's solid angle is pi BMAJ BMIN / (4 ln 2) with both widths at half maximum (AIPS, CASA). They
are in the header, in AIPS' history, or, for a cube whose planes have each their own (CASAMBM), in a table
that the reader looks up: it leaves the shown plane's under ``imviz_beam``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import astropy.units as u
import numpy as np

from imviz.science.calibration.found import Found

if TYPE_CHECKING:
    from imviz.science.calibration.cards import Cards

__all__ = ["beam_area", "is_per_beam"]

_IN_HISTORY = re.compile(
    r"BMAJ\s*=\s*([\d.]+(?:E[+-]?\d+)?)\s+BMIN\s*=\s*([\d.]+(?:E[+-]?\d+)?)", re.IGNORECASE
)
_MOST_PIXELS = 500  # across a beam; maps have some 3 to 20
_WIDEST = 5.0  # degrees: beyond it the number is more likely in arcseconds


def is_per_beam(unit: u.UnitBase | None) -> bool:
    """Whether a unit has one beam below the line."""
    if unit is None or not hasattr(unit, "bases"):  # a logarithmic unit is of no beam
        return False
    powers = dict(zip(unit.bases, unit.powers, strict=True))
    return bool(powers.get(u.beam, 0) == -1)


def beam_area(header: Cards, unit: u.UnitBase | None) -> Found | None:
    """Solid angle of the beam [arcsec²], for data per beam."""
    if not is_per_beam(unit):
        return None
    own = header.find("imviz_beam")
    if own is not None:
        return _gaussian(own[0], own[1], "beam of this plane from the table BEAMS")
    if header.find("CASAMBM") is True:
        return Found(None, "", ("each plane has a beam of its own (CASAMBM), and their table is not there",))
    told_by_cards = _by_cards(header)
    if told_by_cards is not None:
        return told_by_cards
    history = header.find("HISTORY")
    told = _IN_HISTORY.findall(history) if isinstance(history, str) else []
    if told:
        return _gaussian(
            float(told[-1][0]), float(told[-1][1]), "beam from the last BMAJ and BMIN of HISTORY"
        )
    return Found(None, "", ("the header has no BMAJ and BMIN: sums stay per beam",))


def _by_cards(header: Cards) -> Found | None:
    for names in (("BMAJ", "BMIN"), ("CLEANBMJ", "CLEANBMN")):
        major, minor = (_degrees(header, name) for name in names)
        if major is None or minor is None:
            continue
        source = f"beam from {' and '.join(names)}"
        if _is_impossibly_wide(header, minor):
            why = f"would be more than {_MOST_PIXELS} pixels wide (in arcseconds?); not used"
            return Found(None, "", (f"the {source} {why}",))
        return _gaussian(major, minor, source)
    return None


def _degrees(header: Cards, name: str) -> float | None:
    value = header.number(name)
    in_arcsec = value is not None and re.search(r"(?i)arc ?sec", header.comment(name))
    return value / 3600 if value is not None and in_arcsec else value


def _is_impossibly_wide(header: Cards, width: float) -> bool:
    """Whether a width [degree] is that of very many of the header's pixels, so hardly in degrees."""
    steps = [header.find(name) for name in ("CDELT2", "CD2_2", "CD2_1")]
    sizes = [abs(step) for step in steps if isinstance(step, int | float) and not isinstance(step, bool)]
    return 0 < max(sizes, default=0.0) * _MOST_PIXELS < width


def _gaussian(major: float, minor: float, source: str) -> Found:
    """The area of a beam by its widths at half maximum [degree]."""
    if not 0 < minor <= _WIDEST or not 0 < major <= _WIDEST:
        return Found(None, "", (f"the {source} would be {major:g} by {minor:g} degrees wide; not used",))
    area = np.pi / (4 * np.log(2)) * major * minor * 3600**2
    return Found(float(area), f"{source} ({major * 3600:.4g} by {minor * 3600:.4g} arcsec)")
