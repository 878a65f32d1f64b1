"""Distortion polynomials of a WCS, against what its types say of them: SIP, TPV and SCAMP's older way.

Which of them is meant when types and coefficients disagree is decided as astropy does; here it is told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imviz.readers.wcs.cards import Cards

__all__ = ["distortions"]

_OF_TAN = 4  # the highest PV that a plain TAN may have; beyond, it is SCAMP's polynomial


def distortions(cards: Cards, notes: list[str]) -> None:
    """Put types and coefficients of two celestial axes in agreement.

    Parameters
    ----------
    cards
        With ``CTYPE1`` and ``CTYPE2``; changed in place.
    notes
        Gets a sentence for each doubt.
    """
    _old_parameters(cards)
    _scamp(cards, notes)
    _sip(cards, notes)
    if all("-TPV" in kind for kind in _types(cards)) and not any(name.startswith("PV") for name in cards):
        notes.append("CTYPE says TPV, but the header has no PV coefficients; read as TAN")
        _retype(cards, "-TPV", "-TAN")


def _types(cards: Cards) -> list[str]:
    return [cards[f"CTYPE{axis}"] for axis in (1, 2)]


def _retype(cards: Cards, old: str, new: str) -> None:
    for axis in (1, 2):
        cards[f"CTYPE{axis}"] = cards[f"CTYPE{axis}"].replace(old, new)


def _drop(cards: Cards, *starts: str) -> None:
    for name in [name for name in cards if name.startswith(starts) and not name.endswith("_RADIUS")]:
        del cards[name]


def _old_parameters(cards: Cards) -> None:
    """PROJPm, the name that PVi_m of the latitude had before the standard."""
    latitude = 1 if cards["CTYPE1"].startswith("DEC") or cards["CTYPE1"][1:4] == "LAT" else 2
    for name in [name for name in cards if name.startswith("PROJP")]:
        cards.setdefault(f"PV{latitude}_{name[5:]}", cards[name])
        del cards[name]


def _scamp(cards: Cards, notes: list[str]) -> None:
    """SCAMP's polynomial under a plain TAN, as it wrote it before TPV had a name."""
    numbers = [int(match[1]) for name in cards if (match := re.match(r"PV\d_(\d+)$", name))]
    if not all(kind.endswith("-TAN") for kind in _types(cards)) or max(numbers, default=0) <= _OF_TAN:
        return
    notes.append("PV coefficients under TAN are SCAMP's polynomial; read as TPV")
    _retype(cards, "-TAN", "-TPV")
    if "A_ORDER" in cards or "B_ORDER" in cards:
        notes.append("the header has SIP coefficients beside SCAMP's PV; they are left out")
        _drop(cards, "A_", "B_", "AP_", "BP_")


def _sip(cards: Cards, notes: list[str]) -> None:
    """SIP's two polynomials, and the suffix that says that they are there."""
    for one, other in (("A", "B"), ("AP", "BP")):
        lone = [name for name in (f"{one}_ORDER", f"{other}_ORDER") if name in cards]
        if len(lone) == 1:
            notes.append(f"{lone[0]} stands alone, so its polynomial is left out; positions may be off by it")
            _drop(cards, f"{one}_", f"{other}_")
    named = [kind.endswith("-SIP") for kind in _types(cards)]
    if "A_ORDER" not in cards:
        if any(named):
            notes.append("CTYPE says -SIP, but the header has no SIP coefficients")
        return
    if all(named) or any("-TP" in kind for kind in _types(cards)):
        return
    notes.append(
        f"SIP coefficients are applied although CTYPE ({', '.join(_types(cards))}) does not end in -SIP: "
        "are they left over?"
    )
    for axis in (1, 2):
        cards[f"CTYPE{axis}"] = cards[f"CTYPE{axis}"].removesuffix("-SIP") + "-SIP"
