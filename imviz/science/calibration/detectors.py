"""Gain, read noise and saturation that headers publish: what the CCD equation and the flags need.

Only for data that are still counts or electrons, in all or per second; of other data's noise a gain
says nothing. Sources are told by the name of the card.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import astropy.units as u
import numpy as np

from imviz.science.calibration.zero_points import counts_per, exposure

if TYPE_CHECKING:
    from imviz.science.calibration.header import Cards

__all__ = ["gain", "read_noise", "saturation"]

# a card, or the cards of several amplifiers
_GAINS = (("GAIN",), ("EGAIN",), ("GAINA", "GAINB"), ("ATODGAIN",))
_READ_NOISES = (
    *(("RDNOISE",), ("READNOIS",), ("READNOI",), ("READNOISE",), ("RON",), ("RDNOISEA", "RDNOISEB")),
    ("READNSEA", "READNSEB", "READNSEC", "READNSED"),
)
_SATURATIONS = (("SATURATE",), ("SATURAT",), ("SATLEVEL",), ("SATURATA", "SATURATB"))

Found = tuple[float, str] | None


def _cards(header: Cards, choices: tuple[tuple[str, ...], ...]) -> tuple[list[float], str] | None:
    """The first of ``choices`` that the header has, as numbers and in words."""
    for names in choices:
        values = [header.number(name) for name in names]
        found = [value for value in values if value is not None]
        if len(found) == len(names):
            return found, names[0] if len(names) == 1 else f"{names[0]} ... {names[-1]}"
    return None


def gain(header: Cards, unit: u.UnitBase | None) -> Found:
    """Electrons per data unit, the mean over amplifiers."""
    per = counts_per(unit)
    time = exposure(header) if per == "second" else 1.0
    if time is None or (per is None and unit is not None):
        return None
    note = " and the exposure time" if per == "second" else ""
    if unit is not None and (unit.is_equivalent(u.electron) or unit.is_equivalent(u.electron / u.s)):
        electrons = unit.to(u.electron if per == "exposure" else u.electron / u.s)
        return float(electrons * time), f"gain from data in {unit}{note}"
    found = _cards(header, _GAINS)
    return None if found is None else (float(np.mean(found[0]) * time), f"gain from {found[1]}{note}")


def read_noise(header: Cards, unit: u.UnitBase | None) -> Found:
    """Electrons, the root mean square over amplifiers."""
    found = _cards(header, _READ_NOISES)
    if found is None or (unit is not None and counts_per(unit) is None):
        return None
    return float(np.sqrt(np.mean(np.square(found[0])))), f"read noise from {found[1]}"


def saturation(header: Cards, unit: u.UnitBase | None) -> Found:
    """Data unit of a whole exposure, the lowest of the amplifiers."""
    found = _cards(header, _SATURATIONS)
    if found is None or counts_per(unit) == "second" or (unit is not None and counts_per(unit) is None):
        return None
    return min(found[0]), f"saturation from {found[1]}"
