"""Gain, read noise and saturation that headers publish: what the CCD equation and the flags need.

Only for data that are still counts or electrons, in all or per second; of other data's noise a gain
says nothing. Who wrote the file decides what a card means (`imviz.science.calibration.writers`). Of N frames
averaged into one, the gain is N times and the read noise sqrt(N) times that of each; of N summed only the
read noise grows (IRAF, ``nproto.findthresh``). Sources are told by the name of the card, doubts beside them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import astropy.units as u
import numpy as np

from imviz.science.calibration.found import Found
from imviz.science.calibration.writers import capture_program, rescaling_program
from imviz.science.calibration.zero_points import counts_per, exposure

if TYPE_CHECKING:
    from imviz.science.calibration.cards import Cards

__all__ = ["gain", "read_noise", "saturation"]

_GAINS = ("EGAIN", "GAIN", "ATODGAIN", "ATODGN", "ADCGAIN", "EPADU", "CELL.GAIN", "ESO DET OUT1 CONAD")
_READ_NOISES = (
    *("RDNOISE", "READNOIS", "READNOI", "READNOISE", "RDNOIS", "READNSE", "ENOISE", "RONOISE", "RON"),
    *("RO_NOISE", "RD_NOISE", "READ_NOI", "RNOISE", "EREADN", "CELL.READNOISE", "ESO DET OUT1 RON"),
)
_SATURATIONS = ("SATURATE", "SATURAT", "SATLEVEL", "CELL.SATURATION")
_AMPLIFIERS = (tuple("ABCDEFGH"), tuple("12345678"), tuple(f"{n:02d}" for n in range(1, 17)))
_NO_UNIT = {"", "NONE", "UNITLESS", "DIMENSIONLESS", "N/A", "UNKNOWN"}
_WFPC2 = {  # electrons per DN of PC1, WF2, WF3, WF4 by ATODGAIN: WFPC2 Instrument Handbook, table 4.2
    7.0: (7.12, 7.12, 6.90, 7.10),
    15.0: (13.99, 14.50, 13.95, 13.95),
}
_BIAS_GONE = ("ZEROCOR", "BIASCOR", "BIASSUB", "OVERSCAN", "BT-SUB", "OVSCCOR", "BIASCORR", "BLEVCORR")
_BIAS_LEVELS = ("BIASLVL", "BIASLEV", "BIASLEVL", "OVSCMEAN", "OVSCAN", "BIASMEAN", "MEANBIAS", "ZEROLVL")
_MANY = 50.0  # electrons per ADU that no amplifier of a science camera has
_TURNED = re.compile(r"(?i)(ADU|DN|counts?)\s*(/|per)\s*(e-?|electrons?|photo-?electrons?)(?![a-z])")
_NAMED_COUNT = re.compile(r"\b(ADU|DN|COUNTS?|CTS?)\b", re.IGNORECASE)
_NAMED_ELECTRON = re.compile(r"(?i)\be-?(?![a-z])|electron")


def gain(header: Cards, unit: u.UnitBase | None) -> Found | None:
    """Electrons per data unit, the mean over amplifiers."""
    if _is_foreign(header, unit):
        return None
    time, note = _exposed(header, unit)
    if time is None:
        return None
    frames, frames_note = _averaged(header, unit)
    if unit is not None and (unit.is_equivalent(u.electron) or unit.is_equivalent(u.electron / u.s)):
        per = u.electron if counts_per(unit) == "exposure" else u.electron / u.s
        source = f"gain from data in {unit}{note}"
        return Found(float(unit.to(per)) * time * frames, source, _texts(frames_note))
    found = _gain_card(header)
    if found is None:
        return _no_number(header, _GAINS, "no gain")
    if found.value is None:
        return found
    doubts = _texts(*found.doubts, frames_note, _unnamed(header, unit), _passed_over(header, _GAINS))
    return Found(found.value * time * frames, f"{found.source}{note}", doubts)


def read_noise(header: Cards, unit: u.UnitBase | None) -> Found | None:
    """Electrons, the root mean square over amplifiers."""
    found = _cards(header, _READ_NOISES)
    if _is_foreign(header, unit) or rescaling_program(header):
        return None
    if found is None:
        return _no_number(header, _READ_NOISES, "no read noise", zero=True)
    value, names = float(np.sqrt(np.mean(np.square(found[0])))), found[1]
    doubts: list[str] = list(_texts(_passed_over(header, _READ_NOISES)))
    comment = header.comment(found[2])
    if _NAMED_COUNT.search(comment) and not _NAMED_ELECTRON.search(comment):
        card = _gain_card(header)
        if card is None or card.value is None:
            return Found(None, "", (f"{names} is in ADU and no gain is told; no read noise",))
        value *= card.value
        doubts.append(f"{names} is in ADU, brought to electrons by the {card.source}")
    frames = _frames(header)
    if frames > 1:
        value *= float(np.sqrt(frames))
        doubts.append(f"times the root of {frames:g} frames combined")
    return Found(value, f"read noise from {names}", tuple(doubts))


def saturation(header: Cards, unit: u.UnitBase | None) -> Found | None:
    """Data unit, the lowest of the amplifiers; less the bias where that is gone, in the data's own scale."""
    found = _cards(header, _SATURATIONS)
    if found is None or _is_foreign(header, unit):
        return None
    value, source = min(found[0]), f"saturation from {found[1]}"
    program = rescaling_program(header)
    if program:
        return Found(None, "", (f"{found[1]} is not of these pixels, which {program} has rescaled",))
    doubts: list[str] = []
    level, told = _bias_gone(header)
    if told:
        value -= level
        doubts.append(told)
    if unit is not None and counts_per(unit) == "exposure" and unit.is_equivalent(u.electron):
        card, comment = _gain_card(header), header.comment(found[2])
        if _NAMED_COUNT.search(comment) and not _NAMED_ELECTRON.search(comment):
            if card is None or card.value is None:
                return Found(
                    None, "", (f"{found[1]} is in ADU, the pixels in electrons, and no gain is told",)
                )
            value, source = value * card.value, f"{source} (ADU) and the {card.source}"
        elif not comment:
            doubts.append(f"the header does not say that {found[1]} is in {unit}")
    if counts_per(unit) == "second":
        time = exposure(header)
        if time is None or (unit is not None and unit.is_equivalent(u.electron / u.s)):
            return None  # of one reading among many, in other units
        value, source = value / time, f"{source} and the exposure time"
    return Found(value, source, tuple(doubts)) if value > 0 else None


def _no_number(header: Cards, names: tuple[str, ...], so: str, *, zero: bool = False) -> Found | None:
    """What to say of the first card that is there and tells nothing; with ``zero`` a 0 does."""
    for name in names:
        told = _without_number(header, name)
        if told and not (zero and header.find(name) == 0):
            return Found(None, "", (f"{told} is not a number above 0: {so}",))
    return None


def _passed_over(header: Cards, names: tuple[str, ...]) -> str:
    """The cards that come before the one that is used and tell nothing, in words."""
    told: list[str] = []
    for name in names:
        if header.number(name) is not None:
            break
        told += _texts(_without_number(header, name))
    return f"{' and '.join(told)} {'is' if len(told) == 1 else 'are'} passed over" if told else ""


def _without_number(header: Cards, name: str) -> str:
    """A card that is there and tells no number above 0, as it stands; '' of any other."""
    value = header.find(name)
    empty = value is None or (isinstance(value, str) and value.strip().upper() in _NO_UNIT)
    return "" if empty or header.number(name) is not None else f"{name} = {str(value)[:40]}"


def _texts(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _is_foreign(header: Cards, unit: u.UnitBase | None) -> bool:
    """Whether the pixels are no counts, or in a unit that nobody knows."""
    if unit is not None:
        return counts_per(unit) is None
    return header.word("BUNIT") not in _NO_UNIT


def _unnamed(header: Cards, unit: u.UnitBase | None) -> str:
    if unit is not None or header.word("INSTRUME") == "WFPC2":
        return ""
    return "the header names no unit: the pixels are taken to be ADU"


def _exposed(header: Cards, unit: u.UnitBase | None) -> tuple[float | None, str]:
    """The seconds that one data unit stands for, and in words."""
    if counts_per(unit) != "second":
        return 1.0, ""
    return exposure(header), " and the exposure time"


def _frames(header: Cards) -> float:
    """How many frames were combined into one."""
    return next((n for name in ("NCOMBINE", "STACKCNT", "SNAPSHOT") if (n := header.number(name))), 1.0)


def _averaged(header: Cards, unit: u.UnitBase | None) -> tuple[float, str]:
    """What the gain of one frame is multiplied by, and in words; a rate is of the whole exposure already."""
    frames = _frames(header)
    if frames <= 1 or header.word("TELESCOP") in {"HST", "JWST"}:
        return 1.0, ""  # Hubble's pipelines add
    if counts_per(unit) == "second":
        return 1.0, f"the exposure time is taken to be that of all {frames:g} frames combined"
    method = header.word("COMBINE", "COMBTYPE", "STACKMTH", "IMCMBMET")
    if "SUM" in method:
        return 1.0, ""
    if "MEDIAN" in method:
        return 2 * frames / 3, f"times 2/3 of {frames:g} frames, their median"
    return frames, f"times {frames:g} frames combined, taken as their mean"


def _gain_card(header: Cards) -> Found | None:
    """Electrons per ADU of one frame, by the first card that says so."""
    found = _cards(header, _GAINS)
    if found is None:
        return None
    values, names, first = found
    value, source = float(np.mean(values)), f"gain from {names}"
    if names == "ATODGAIN" and header.word("INSTRUME") == "WFPC2":
        return _wfpc2_gain(value, header.number("DETECTOR"))
    if _TURNED.search(header.comment(first)):
        return Found(1 / value, source, (f"{names} is in ADU per electron, turned round",))
    said = "" if _NAMED_ELECTRON.search(header.comment(first)) else _no_gain(header, names, value)
    if said:
        return Found(None, "", (said,))
    doubt, dial = "", header.find("GAIN")
    if names == "EGAIN" and isinstance(dial, int | float) and dial != value:
        doubt = f"GAIN = {dial:g} is something else, such as the camera's setting"
    elif value >= _MANY:
        doubt = f"{value:g} electrons per ADU are many: perhaps a setting of the camera"
    return Found(value, source, _texts(doubt))


def _no_gain(header: Cards, names: str, value: float) -> str:
    """Why a card is no gain, by who wrote the file; '' where it may be one."""
    program = capture_program(header)
    if not program:
        return ""
    if rescaling := rescaling_program(header):
        return f"{names} is not of these pixels, which {rescaling} has rescaled: no gain"
    if names == "EGAIN":
        return ""
    egain = header.find("EGAIN")
    why = "EGAIN is missing" if egain is None else f"EGAIN = {str(egain)[:40]} is none, either"
    return f"{names} = {value:g} is a setting of the camera, as {program} writes it: no gain; {why}"


def _wfpc2_gain(setting: float, chip: float | None) -> Found:
    """What a setting of WFPC2's amplifiers is in electrons per DN."""
    chips = _WFPC2.get(setting)
    if chips is None or chip not in {1.0, 2.0, 3.0, 4.0}:
        return Found(setting, "gain from ATODGAIN")
    return Found(chips[int(chip) - 1], f"gain of WFPC2's chip {chip:g} at ATODGAIN = {setting:g}")


def _bias_gone(header: Cards) -> tuple[float, str]:
    """By how much less a pixel saturates without its bias, and in words; 0 and '' if that is in it."""
    pedestal = header.find("PEDESTAL")
    if isinstance(pedestal, int | float) and not isinstance(pedestal, bool) and pedestal:
        return float(pedestal), f"less {pedestal:g}, the PEDESTAL"
    card = next((name for name in _BIAS_GONE if _was_done(header.find(name))), "")
    if not card:
        return 0.0, ""
    for name in _BIAS_LEVELS:
        level = header.number(name)
        if level is not None:
            return level, f"less {level:g} by {name}, as the bias was subtracted ({card})"
    return 0.0, f"the bias was subtracted ({card}): pixels saturate at a value lower by its level"


def _was_done(value: object) -> bool:
    """Whether a card says that a step was taken: T, COMPLETE, or IRAF's sentence with a date."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or not value.strip():
        return False
    return not re.match(r"\s*(no|none|omit|perform|skipped|f|false|n/a)\b", value, re.IGNORECASE)


def _cards(header: Cards, names: tuple[str, ...]) -> tuple[list[float], str, str] | None:
    """The first of ``names`` that the header has, alone or one by amplifier: numbers, in words, the first.

    The name of one among many is cut to the eight letters that a keyword has: ``RDNOISA`` as ``RDNOISEA``.
    """
    for name in names:
        value = header.number(name)
        if value is not None:
            return [value], name, name
    for name in names:
        for stem in dict.fromkeys((name, name[:7], name[:6])):
            for ends in _AMPLIFIERS:
                found = [(stem + end, header.number(stem + end)) for end in ends]
                values = [(card, value) for card, value in found if value is not None]
                if len(values) > 1 and len(stem) > 3:
                    return [v for _, v in values], f"{values[0][0]} ... {values[-1][0]}", values[0][0]
    return None
