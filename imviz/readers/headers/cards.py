"""FITS headers from bytes, and as the plain dictionaries that go into an image's ``meta``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from astropy.io import fits

from imviz.readers.quiet import damaged, quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["card_values", "comments", "header_from_bytes", "plain", "standard_card"]

CARD = 80
_VALUE = re.compile(r"([A-Za-z0-9_-]{1,8})[ \t]*=[ \t]*(.*)", re.DOTALL)
_NO_VALUE = {"COMMENT", "HISTORY", "CONTINUE", "HIERARCH", "END"}


def header_from_bytes(raw: bytes) -> fits.Header:
    """Parse a header's blocks; a byte outside ASCII becomes a question mark."""
    text = raw.decode("ascii", errors="replace").replace("\ufffd", "?")
    cards = [standard_card(text[at : at + CARD]) for at in range(0, len(text), CARD)]
    with quiet():
        return fits.Header.fromstring("".join(cards))


def standard_card(card: str) -> str:
    """A card of 80 characters with its value where the standard has it.

    Tabs for blanks, and an equals sign that is not in column 9 with a blank behind it, are the two ways of
    writing a card that other readers understand and astropy does not. A card that is in order, or is none,
    is given back as it is.
    """
    if "\t" not in card and card[8:10] == "= ":
        return card
    match = _VALUE.match(card)
    if match is None or match[1].upper() in _NO_VALUE:
        return card
    moved = f"{match[1]:8}= {match[2].rstrip()}".replace("\t", " ")
    return moved.ljust(CARD) if len(moved) <= CARD else card


def plain(header: fits.Header) -> dict[str, Any]:
    """The header as a dictionary, in its order.

    The first of a repeated keyword wins, as with `~astropy.io.fits.Header`; COMMENT, HISTORY and blank
    cards are joined line by line. A card that cannot be parsed is kept as the text it is.
    """
    values: dict[str, Any] = {}
    for key, value in card_values(header):
        if key in {"COMMENT", "HISTORY", ""}:
            values[key] = f"{values[key]}\n{value}" if key in values else str(value)
        else:
            values.setdefault(key, None if isinstance(value, fits.card.Undefined) else value)
    return values


def comments(header: fits.Header) -> dict[str, str]:
    """The comments behind the values, by keyword; of a repeated keyword the first."""
    found: dict[str, str] = {}
    with quiet():
        for card in header.cards:
            try:
                key, comment = str(card.rawkeyword), str(card.comment)
            except damaged():
                continue
            if comment:
                found.setdefault(key, comment)
    return found


def card_values(header: fits.Header) -> Iterator[tuple[str, Any]]:
    """Keyword and value of each card as they are written, record-valued ones not taken apart."""
    with quiet():
        cards = list(header.cards)
    for card in cards:
        with quiet():
            yield _card_value(card)


def _card_value(card: fits.Card) -> tuple[str, Any]:
    try:
        key = str(card.rawkeyword).strip()
    except damaged():
        return "", ""
    try:
        return key, card.rawvalue
    except damaged():
        pass
    try:
        return key, str(card.image)[8:].strip(" =")
    except damaged():
        return key, ""
