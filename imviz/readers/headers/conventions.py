"""What a header says of how to look at its pixels: which row is the top, which pixel has which colour.

Capture programs of amateurs write such cards. Nothing of pixels is changed here; what is meant is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["from_the_top", "remarks"]

_BAYER = ("BAYERPAT", "BAYRPAT", "COLORTYP", "CFAPATT", "CFATYPE", "CFA_PAT")
_COLOURS = set("RGBCMYW")


def from_the_top(header: Mapping[str, Any]) -> bool:
    """Whether the first row of the file is the top of the picture to the program that wrote it."""
    word = "".join(sign for sign in str(header.get("ROWORDER", "")).upper() if sign.isalpha())
    return word in ("TOPDOWN", "TOPBOTTOM", "TOPTOBOTTOM")


def remarks(header: Mapping[str, Any]) -> list[str]:
    """A sentence for each convention that differs from what is shown."""
    found = []
    order = header.get("ROWORDER")
    if from_the_top(header):
        found.append(
            f"ROWORDER = {order!r}: the file's first row is the top to the program that wrote it; here it "
            "is at the bottom, as everywhere in FITS"
        )
    key = next((key for key in _BAYER if _is_pattern(header.get(key))), None)
    if key is not None:
        pattern = str(header[key]).strip()
        found.append(
            f"{key} = {pattern!r}: neighbouring pixels are of different colours (a Bayer filter, not turned "
            "into an image of one colour); sums mix them"
        )
    blank, bits = header.get("BLANK"), header.get("BITPIX")
    if blank is not None and type(blank) is not int and isinstance(bits, int) and bits > 0:
        found.append(f"BLANK = {blank!r} is no whole number; no pixel is taken as blank by it")
    return found


def _is_pattern(value: Any) -> bool:
    """Whether this is one of a sensor's patterns, as RGGB."""
    word = str(value or "").strip().upper()
    return len(word) in (4, 16) and set(word) <= _COLOURS and len(set(word)) > 1
