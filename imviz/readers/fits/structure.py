"""What a FITS file holds and where, found from its structural keywords alone.

Read before any other code touches the file: sizes are checked against the real length of the file, so
that a header which promises more than is there (cut-off download, damage, malice) costs neither time
nor memory. Everything but the few keywords that fix the layout is left to astropy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, BinaryIO

from imviz.errors import ReadError
from imviz.readers.files.on_disk import Scaling
from imviz.readers.headers.cards import standard_card

if TYPE_CHECKING:
    from imviz.readers.files.storage import Storage

__all__ = ["Part", "Structure", "scan"]

BLOCK = 2880
MAX_HEADER_BLOCKS = 20_000  # 58 MB of header: nobody's
MAX_PARTS = 20_000
MAX_AXES = 999  # the FITS standard's own
BITPIX = (8, 16, 32, 64, -32, -64)

_LAYOUT = re.compile(
    rb"(SIMPLE|XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|GROUPS|EXTNAME|EXTVER|BSCALE|BZERO|Z?BLANK"
    rb"|ZIMAGE|TFIELDS|ZBITPIX|ZNAXIS\d*|ZTILE\d+) *$",
    re.IGNORECASE,
)
_TEXT = re.compile(rb"\s*'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True)
class Part:
    """One header-and-data unit.

    Attributes
    ----------
    kind
        ``image``, ``compressed`` (an image in tiles), ``table``, ``groups`` or ``empty``.
    shape
        Of the image, in numpy's order; ``()`` for all else.
    scaling
        What BSCALE, BZERO and BLANK make of stored values; `None`: nothing.
    tile
        Rows and columns of a tile, of an image in tiles; zero where there are not as many as it needs.
    complete
        Whether the file reaches to the end of the data.
    """

    index: int
    name: str
    version: int
    kind: str
    shape: tuple[int, ...]
    bitpix: int
    scaling: Scaling | None
    tile: tuple[int, int]
    header_at: int
    data_at: int
    data_size: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Structure:
    """The parts of a file up to its end, or up to the first one that makes no sense (`problem`)."""

    parts: tuple[Part, ...]
    problem: str | None


class _Layout:
    """The structural keywords of one header, as typed as they must be."""

    def __init__(self, name: str, cards: dict[str, bytes]) -> None:
        self.name = name
        self._cards = cards

    def __contains__(self, key: str) -> bool:
        return key in self._cards

    def integer(self, key: str, default: int | None = None, low: int = 0, high: int = 2**62) -> int:
        """A keyword that must be a whole number in a range."""
        if key not in self._cards:
            if default is not None:
                return default
            raise ReadError(f"{self.name} is damaged: its header has no {key}; copy or download it again.")
        raw = self._cards[key].split(b"/")[0].strip()
        if not re.fullmatch(rb"[+-]?\d{1,20}", raw) or not low <= int(raw) <= high:
            raise ReadError(
                f"{self.name} is damaged: {key} = {_shown(raw)} is impossible; copy or download it again."
            )
        return int(raw)

    def number(self, key: str, default: float) -> float:
        """A keyword that must be a number."""
        raw = self._cards.get(key, b"").split(b"/")[0].strip()
        try:
            return float(raw.upper().replace(b"D", b"E")) if key in self._cards else default
        except ValueError:
            raise ReadError(
                f"{self.name}: {key} = {_shown(raw)} is not a number; correct the header."
            ) from None

    def whole(self, key: str) -> bool:
        """Whether a keyword is there and a whole number: a BLANK that is not is none."""
        return re.fullmatch(rb"[+-]?\d{1,20}", self._cards.get(key, b"").split(b"/")[0].strip()) is not None

    def text(self, key: str) -> str:
        """A keyword's text, or nothing."""
        match = _TEXT.match(self._cards.get(key, b""))
        return match[1].decode("ascii", "replace").replace("''", "'").strip() if match else ""

    def true(self, key: str) -> bool:
        """Whether a keyword is there and T."""
        return self._cards.get(key, b"").split(b"/")[0].strip() == b"T"

    def axes(self, prefix: str = "") -> tuple[int, ...]:
        """The axes' lengths in FITS order."""
        count = self.integer(f"{prefix}NAXIS", high=MAX_AXES)
        return tuple(self.integer(f"{prefix}NAXIS{n}") for n in range(1, count + 1))


def _shown(raw: bytes) -> str:
    """A value for messages: one short line, whatever bytes it has."""
    return "".join(letter if letter.isprintable() else "?" for letter in raw[:24].decode("ascii", "replace"))


def scan(storage: Storage) -> Structure:
    """Find every part of a FITS file.

    Raises
    ------
    ReadError
        The first header is not one, or is impossible. Trouble further on ends the scan and is told in
        `Structure.problem`: what comes before it can still be opened.
    """
    parts: list[Part] = []
    at, problem = 0, None
    with storage.handle() as file:
        while at < storage.size and len(parts) < MAX_PARTS:
            try:
                found = _part(storage, file, at, len(parts))
            except ReadError as error:
                if not parts:
                    raise
                problem = str(error)
                break
            if found is None:
                break
            parts.append(found)
            at = found.data_at + -(-found.data_size // BLOCK) * BLOCK
    return Structure(tuple(parts), problem)


def _part(storage: Storage, file: BinaryIO, at: int, index: int) -> Part | None:
    """The part whose header starts at a byte; `None` where the file goes on with something else."""
    file.seek(at)
    cards, blocks = _read_cards(storage.name, file, index)
    if cards is None:
        return None
    layout = _Layout(storage.name, cards)
    data_at = at + blocks * BLOCK
    bitpix, axes = layout.integer("BITPIX", low=-64, high=64), layout.axes()
    if bitpix not in BITPIX:
        raise ReadError(
            f"{storage.name} is damaged: BITPIX = {bitpix} is none of {', '.join(map(str, BITPIX))}."
        )
    kind = _kind(layout, axes, index)
    layout.integer("TFIELDS", 0, high=MAX_AXES)  # astropy counts up to it
    pixels = prod(axes[1:] if kind == "groups" else axes) if axes else 0
    groups, extra = layout.integer("GCOUNT", 1), layout.integer("PCOUNT", 0)
    data_size = abs(bitpix) // 8 * groups * (extra + pixels)
    scaling = _scaling(layout, bitpix) if kind == "image" else None
    tile = (1, 1)
    if kind == "compressed":
        axes, bitpix, tile = _compressed(layout)
        scaling = _scaling(layout, bitpix)
        kind = kind if prod(axes) and axes else "empty"
    return Part(
        index=index,
        name=layout.text("EXTNAME").upper() or ("PRIMARY" if index == 0 else ""),
        version=layout.integer("EXTVER", 1, low=-(2**31), high=2**31),
        kind=kind,
        shape=axes[::-1] if kind in {"image", "compressed"} else (),
        bitpix=bitpix,
        scaling=scaling,
        tile=tile,
        header_at=at,
        data_at=data_at,
        data_size=data_size,
        complete=data_at + data_size <= storage.size,
    )


def _read_cards(name: str, file: BinaryIO, index: int) -> tuple[dict[str, bytes] | None, int]:
    """The structural cards of the header that starts here, and its length in blocks."""
    cards: dict[str, bytes] = {}
    for number in range(1, MAX_HEADER_BLOCKS + 1):
        block = file.read(BLOCK)
        if number == 1 and not block.startswith(b"XTENSION" if index else b"SIMPLE"):
            return None, 0
        for start in range(0, len(block), 80):
            key = block[start : start + 8]
            if key == b"END     ":
                return cards, number
            card = block[start : start + 80]
            if card[8:10] != b"= " or b"\t" in card:
                card = standard_card(card.decode("ascii", "replace")).encode("ascii", "replace")
            if (match := _LAYOUT.match(card[:8])) and card[8:9] == b"=":
                cards.setdefault(match[1].decode().upper(), card[9:])
        if len(block) < BLOCK:
            break
    raise ReadError(f"{name} is damaged: a header has no END card; copy or download it again.")


def _kind(layout: _Layout, axes: tuple[int, ...], index: int) -> str:
    """What a part holds."""
    if index and layout.text("XTENSION").upper() not in {"IMAGE", "IUEIMAGE"}:
        return "compressed" if layout.true("ZIMAGE") else "table"
    if axes and axes[0] == 0 and layout.true("GROUPS"):
        return "groups"
    return "image" if prod(axes) and axes else "empty"


def _compressed(layout: _Layout) -> tuple[tuple[int, ...], int, tuple[int, int]]:
    """Axes, BITPIX and the tile's rows and columns of an image in tiles.

    Raises
    ------
    ReadError
        A tile that cannot be one: its decoder would trust the number.
    """
    axes, bitpix = layout.axes("Z"), layout.integer("ZBITPIX", low=-64, high=64)
    sides = [
        layout.integer(f"ZTILE{n}", size if n == 1 else 1, low=1, high=max(size, 2**20))
        for n, size in enumerate(axes, start=1)
    ]
    tiles = prod(-(-size // side) for size, side in zip(axes, sides, strict=True))
    if layout.integer("NAXIS2") != tiles:
        return axes, bitpix, (0, 0)
    width, height = (*sides, 1, 1)[:2]
    return axes, bitpix, (height, width)


def _scaling(layout: _Layout, bitpix: int) -> Scaling | None:
    """What stored values are multiplied by and added to, and which one stands for none."""
    card = next((name for name in ("ZBLANK", "BLANK") if bitpix > 0 and layout.whole(name)), None)
    blank = None if card is None else layout.integer(card, low=-(2**63), high=2**64)
    scaling = Scaling(layout.number("BSCALE", 1.0), layout.number("BZERO", 0.0), blank)
    return None if scaling == Scaling() else scaling
