"""The header cards that make the WCS of an image's two axes: picked, checked, mended, and told where mended.

A header is read once. What is used here are the values of `imviz.readers.headers.cards.card_values`, those
that are in ``meta``; from them a small header in the standard's words is written, and no other text reaches
wcslib. So a number with a D exponent, a repeated card or a tab cannot mean one thing in *Metadata* and
another on the sky, and a card of an axis that is not shown costs nothing. Frames and units are the business
of `frames`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.io import fits

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Cards", "CardsError", "matrix", "picked", "types", "written"]

Cards = dict[str, Any]

_OF_AXIS = re.compile(r"(CTYPE|CUNIT|CRVAL|CRPIX|CDELT|CROTA|CNAME)(\d+)([A-Z]?)$")
_OF_TWO = re.compile(r"(CD|PC)(?:(\d+)_(\d+)([A-Z]?)|(\d{3})(\d{3}))$")
_PARAMETER = re.compile(r"(PV|PS)(\d+)_(\d+)([A-Z]?)$")
_OF_ALL = re.compile(
    r"(RADESYS|RADECSYS|EQUINOX|EPOCH|LONPOLE|LATPOLE|WCSNAME|WCSAXES|[ABC]_RADIUS)([A-Z]?)$"
)
_DISTORTION = re.compile(
    r"(?:A|B|AP|BP)_(?:ORDER|DMAX|\d+_\d+)$|(?:CPDIS|CQDIS|CPERR|CQERR|D2IMDIS|D2IMERR)\d+$|(?:D[PQ]|D2IM)\d+$"
    r"|D2IM(?:ERR|EXT|ARR)$|AXISCORR$|DVERR$|PROJP\d+$"
)
_RECORD = re.compile(r"(?:D[PQ]|D2IM)\d+$")
_PLATE = re.compile(r"(?:AMD[XY]|PPO)\d+$|PLTRA[HMS]$|PLTDEC(?:SN|[DMS])$|PLTSCALE$|CNPIX[12]$|[XY]PIXELSZ$")
_TEXT = re.compile(
    r"(?:CTYPE|CUNIT|CNAME)\d$|RADE(?:C)?SYS$|WCSNAME$|PS\d_\d+$|C[PQ]DIS\d$|D2IM(?:DIS\d|EXT|ARR)$"
)
_ORDER = re.compile(r"(A|B|AP|BP)_ORDER$")
_NUMBER = re.compile(
    r"(?:CRPIX|CRVAL|CDELT|CROTA)\d$|(?:CD|PC|PV)\d_\d+$|(?:A|B|AP|BP)_(?:\d+_\d+|DMAX)$|(?:LON|LAT)POLE$"
    r"|(?:AMD[XY]|PPO)\d+$|[ABC]_RADIUS$|PROJP\d+$"
)
_MAX_SIP_ORDER = 9
_MAX_AXES = 9


class CardsError(Exception):
    """Why cards give no WCS, as the beginning of a sentence."""


def types(values: Cards, axes: tuple[int, int], letter: str = "") -> list[str]:
    """What a header's cards say that two of its axes (counted from 1) are."""
    return [str(values.get(f"CTYPE{axis}{letter}", "")).strip() for axis in axes]


def picked(found: Iterable[tuple[str, Any]], axes: tuple[int, int], letter: str, notes: list[str]) -> Cards:
    """The cards of one description of two axes, under their names for the first and second axis.

    Parameters
    ----------
    found
        Keywords and values as they stand in the header; of a repeated one the first is used.
    axes
        The axes of the file, counted from 1.
    letter
        Which description: '' for the primary one, else A to Z.
    notes
        Gets a sentence for each card that was doubted.

    Raises
    ------
    CardsError
        For a value that its keyword cannot have: one text where a number belongs ends the process in wcslib.
    """
    cards: Cards = {}
    for keyword, value in found:
        name = _renamed(keyword, axes, letter)
        if name is None or value is None or isinstance(value, fits.card.Undefined):
            continue
        if _RECORD.match(name):  # one keyword, many records: 'EXTVER: 1', 'AXIS.1: 1'
            name = f"{name}.{str(value).split(':')[0].strip()}"
        if name in cards:
            if cards[name] != value:
                notes.append(
                    f"{keyword} stands twice, {cards[name]!s:.30} and {value!s:.30}; the first is used"
                )
            continue
        cards[name] = value
    n_axes = cards.pop("WCSAXES", 2)
    if isinstance(n_axes, bool) or n_axes not in range(1, _MAX_AXES + 1):
        notes.append(f"WCSAXES = {n_axes!s:.40} cannot be and is not used")
    return {name: _checked(name, value, notes) for name, value in cards.items()}


def _renamed(keyword: str, axes: tuple[int, int], letter: str) -> str | None:
    """What a card is called when the two axes are the first and the second; `None`: it is not theirs."""
    place = {axis: n for n, axis in enumerate(axes, 1)}
    if match := _OF_AXIS.match(keyword):
        kind, axis, of = match.groups()
        return f"{kind}{place[int(axis)]}" if of == letter and int(axis) in place else None
    if match := _OF_TWO.match(keyword):
        kind, row, column, of = match[1], match[2] or match[5], match[3] or match[6], match[4] or ""
        if of != letter or int(row) not in place:
            return None
        return f"{kind}{place[int(row)]}_{place.get(int(column), 2 + int(column))}"
    if match := _PARAMETER.match(keyword):
        kind, axis, number, of = match.groups()
        return f"{kind}{place[int(axis)]}_{number}" if of == letter and int(axis) in place else None
    if match := _OF_ALL.match(keyword):
        return match[1] if match[2] == letter else None
    only = not letter and axes == (1, 2) and (_DISTORTION.match(keyword) or _PLATE.match(keyword))
    return keyword if only else None


def _checked(name: str, value: Any, notes: list[str]) -> Any:
    """A value of the kind and in the range that its keyword has."""
    if _TEXT.match(name):
        if not isinstance(value, str):
            raise CardsError(f"WCS keyword {name} = {value!s:.40} is not text")
        return value.strip()
    if _NUMBER.match(name) or _ORDER.match(name):
        value = _number(name, value, notes)
    if _ORDER.match(name) and value not in range(_MAX_SIP_ORDER + 1):
        raise CardsError(f"WCS keyword {name} = {value} is not a whole number from 0 to {_MAX_SIP_ORDER}")
    return int(value) if _ORDER.match(name) else value


def _number(name: str, value: Any, notes: list[str]) -> float:
    if isinstance(value, str) and (read := _read(value)) is not None:
        notes.append(f"{name} = {value[:40]!r} is text; read as the number {read:g}")
        value = read
    shown = (
        f"WCS keyword {name} = {value[:40]!r}" if isinstance(value, str) else f"WCS keyword {name} = {value}"
    )
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float)):
        raise CardsError(f"{shown} is not a number")
    if not abs(value) <= 1e30:  # NaN as well
        raise CardsError(f"{shown[:80]} is out of range")
    return value if _ORDER.match(name) else float(value)


def _read(text: str) -> float | None:
    """A number in quotes."""
    try:
        number = float(text.strip("' ").upper().replace("D", "E"))
    except ValueError:
        return None
    return number if np.isfinite(number) else None


# ---- the linear part


def matrix(cards: Cards, notes: list[str]) -> Cards:
    """The cards with one description of the linear part, the one that is used; what differs from it is told.

    Raises
    ------
    CardsError
        If it is singular, or belongs to an axis that is not shown.
    """
    if "AMDX1" in cards and "CTYPE1" not in cards:
        return cards  # a digitized plate's own solution has none
    cards = _without_others(cards)
    cd, pc = (
        np.array([[cards.get(f"{kind}{i}_{j}", 0.0) for j in (1, 2)] for i in (1, 2)])
        for kind in ("CD", "PC")
    )
    has_cd, has_pc, has_cdelt = (
        any(name.startswith(kind) for name in cards) for kind in ("CD1_", "PC", "CDELT")
    )
    has_cd = has_cd or any(name.startswith("CD2_") for name in cards)
    if has_pc and not pc.any():
        notes.append("the PC matrix holds only zeros and is left out")
        cards, has_pc = _dropped(cards, "PC"), False
    if has_cd and not cd.any():
        if not _sized(cards):
            raise CardsError("the CD matrix of the WCS holds only zeros, so pixels have no size")
        notes.append("the CD matrix holds only zeros; CDELT is used")
        cards, has_cd = _dropped(cards, "CD1_", "CD2_"), False
    if not has_cd:
        return _by_cdelt(cards, has_pc, has_cdelt, notes)
    if not cd.any(axis=1).all():
        raise CardsError("the CD matrix of the WCS has a row of zeros")
    return _by_cd(cards, cd, pc if has_pc else None, notes)


def _by_cd(cards: Cards, cd: Any, pc: Any, notes: list[str]) -> Cards:
    """With a CD matrix, which CDELT and CROTA stand beside for older programs only."""
    cdelt = np.array([cards.get(f"CDELT{i}", 1.0) for i in (1, 2)])
    if pc is not None:
        other = cdelt[:, None] * pc
        if not np.allclose(other, cd, rtol=1e-4, atol=1e-4 * np.abs(cd).max()):
            used = "PC" if _sized(cards) else "CD"  # as wcslib; of PC without CDELT, CD alone has a scale
            notes.append(f"the header has a CD and a PC matrix that differ; {used} is used")
            if used == "PC":
                return _dropped(cards, "CD1_", "CD2_", "CROTA")
    elif _sized(cards) and not np.allclose(np.abs(cdelt), 1.0):
        by_cd, by_cdelt = (float(np.sqrt(abs(area))) * 3600 for area in (np.linalg.det(cd), cdelt.prod()))
        if abs(by_cd - by_cdelt) > 0.01 * by_cd:
            notes.append(
                f"the CD matrix gives pixels of {by_cd:.4g} arcsec, CDELT {by_cdelt:.4g}; the matrix is used"
            )
    return _dropped(cards, "PC", "CDELT", "CROTA")


def _by_cdelt(cards: Cards, has_pc: bool, has_cdelt: bool, notes: list[str]) -> Cards:
    """With CDELT, and PC or CROTA."""
    missing = [f"CDELT{i}" for i in (1, 2) if f"CDELT{i}" not in cards]
    if missing and (has_cdelt or not has_pc):
        size = " and ".join(missing)
        notes.append(
            f"the header has no {size}, so a pixel is taken to be 1 degree, as the FITS standard says"
        )
    return _dropped(cards, "CROTA") if has_pc else cards


def _sized(cards: Cards) -> bool:
    return all(cards.get(f"CDELT{i}", 0.0) != 0.0 for i in (1, 2))


def _dropped(cards: Cards, *starts: str) -> Cards:
    return {name: value for name, value in cards.items() if not name.startswith(starts)}


def _without_others(cards: Cards) -> Cards:
    """The cards without the matrices' columns of other axes, which must hold nothing."""
    others = {name: value for name, value in cards.items() if re.match(r"(CD|PC)\d_(?![12]$)\d", name)}
    if any(isinstance(value, (int, float)) and value for value in others.values()):
        raise CardsError("the WCS mixes the image's axes with one that is not shown")
    return {name: value for name, value in cards.items() if name not in others}


# ---- a header again


def written(cards: Cards, shape: tuple[int, int]) -> fits.Header:
    """The cards as a header of a 2-D image, numbers with all their digits."""
    rows = [("NAXIS", 2), ("NAXIS1", shape[1]), ("NAXIS2", shape[0]), ("WCSAXES", 2), *cards.items()]
    header = fits.Header()
    for name, value in rows:
        text = f"'{_quoted(value):8}'" if isinstance(value, str) else _shown(value)
        header.append(fits.Card.fromstring(f"{name.split('.')[0]:8}= {text:>20}"[:80].ljust(80)), end=True)
    return header


def _shown(value: Any) -> str:
    return "FT"[value] if isinstance(value, bool) else repr(value).upper()


def _quoted(text: str) -> str:
    return text.replace("'", "''")
