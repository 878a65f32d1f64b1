"""The sky that was subtracted before an image was saved, as its header tells: its photons left their noise.

Programs write a level of the sky for two reasons: because it was subtracted, or only because it was
measured. A card that says which (its meaning, its comment, or a switch beside it) is believed; one that does
not is left to the pixels, by whoever has them: a sky of 800 is not in pixels that scatter about 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imviz.science.calibration.cards import Cards

__all__ = ["SkyLevel", "sky_level"]

_SUBTRACTED = ("SUBSKY", "SKYSUBTR", "BGMEAN", "BKGSUBVA", "MEDSUB", "SUBBKG", "PEDSUB")
"""Levels whose cards are only written of a sky that was subtracted (Rubin's BGMEAN, for one)."""
_MEASURED = (
    *(
        "SKYLEVEL",
        "MDRIZSKY",
        "BKGLEVEL",
        "AVSKY",
        "SKYVAL",
        "SKYVALUE",
        "SKYMEAN",
        "SKYMED",
        "SKYLVL",
        "SKY",
    ),
    *(
        "BACKGND",
        "BACKGRND",
        "BACKGROU",
        "BKGMED",
        "BKGMEAN",
        "BACKMEAN",
        "BKG",
        "L1MEDIAN",
        "MEDSKY",
        "MSKY",
    ),
)
"""Levels that may be in the pixels or not."""
_SWITCHES = ("SKYSUB", "BKGSUB", "SKYSUBDN", "BACKSUB", "BGSUB", "SKYCORR", "BKG_SUB", "SUBTSKY")
_YES = ("T", "TRUE", "YES", "Y", "COMPLETE", "DONE", "PERFORM", "1")
_NO = ("F", "FALSE", "NO", "N", "OMIT", "SKIPPED", "NONE", "0", "")


@dataclass(frozen=True, slots=True)
class SkyLevel:
    """A level [data unit], its card, and whether it was subtracted; `None` where that is not told."""

    level: float
    card: str
    subtracted: bool | None


def sky_level(header: Cards) -> SkyLevel | None:
    """The sky's level that a header tells, one that was surely subtracted first; `None` without any."""
    for card in _SUBTRACTED:
        level = _positive(header, card)
        if level is not None:
            return SkyLevel(level, card, True)
    for card in _MEASURED:
        level = _positive(header, card)
        if level is not None:
            return SkyLevel(level, card, _said(header, card))
    for card in _SWITCHES:  # some programs write the level where others write a switch
        level = _positive(header, card)
        if level is not None and level != 1:
            return SkyLevel(level, card, True)
    return None


def _positive(header: Cards, card: str) -> float | None:
    value = header.find(card)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        return None
    return float(value) if np.isfinite(value) and value > 0 else None


def _said(header: Cards, card: str) -> bool | None:
    """Whether the level of a card was subtracted, by a switch beside it or by its comment."""
    for switch in _SWITCHES:
        value = header.find(switch)
        if value is None:
            continue
        word = str(value).strip().upper()
        if word in _NO:
            return False
        if word in _YES or "SUBTRACT" in word or _positive(header, switch) is None:
            return True  # else the name of the sky's frame
    comment = str(header.find("imviz_comments", card) or "").lower()
    if "subtract" in comment or "removed" in comment:
        return not any(word in comment for word in ("not ", "before", "to be"))
    return None
