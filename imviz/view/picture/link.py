"""The way to the browser: how much may be under way, how fast it is, and tiles packed for a slow one.

A few handfuls of tiles are under way at a time, so that the way is never idle while an answer travels back,
and little of it is of no use any more when the hand has moved on. Each handful has a number, which the
browser names when it has it: an answer that comes twice, or from a second page, counts once.

A remote hub may give a megabyte a second where this machine gives fifty. Packing costs the kernel half a
millisecond a tile and the codes their last two bits, which nobody can see at the cuts they are made for
(`Coding.fits` knows): worth it on a slow link, and only there.
"""

from __future__ import annotations

import time
import zlib
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["SLOW", "Link", "packed"]

SLOW = 4e6
"""Bytes a second below which tiles are packed."""
UNDER_WAY = 2  # handfuls at a time
HANDFUL, SMALL_HANDFUL = 16, 8  # tiles in one, on a fast link and on a slow one
PATIENCE = 30.0  # seconds after which an unanswered handful is given up: its page is gone
LOOKED_AT = 3  # handfuls: the fastest of them counts, since a busy page is no slow link
LEAST = 50_000  # bytes of a handful that tell how fast the link is

Place = tuple[int, ...]


@dataclass(slots=True)
class _Handful:
    tiles: frozenset[Place]
    since: float
    n_bytes: int = 0


class Link:
    """What is under way to the browser, and how fast that is.

    Attributes
    ----------
    limit : float
        Bytes a second below which it is slow.
    unpacks : bool
        Whether the browser can take packed tiles.
    """

    def __init__(self) -> None:
        self.limit = SLOW
        self.unpacks = False
        self._rates: deque[float] = deque(maxlen=LOOKED_AT)
        self._flying: dict[int, _Handful] = {}
        self._number = 0
        self._taken_at = -np.inf

    @property
    def slow(self) -> bool:
        """Whether tiles are to be packed."""
        return self.unpacks and len(self._rates) > 0 and max(self._rates) < self.limit

    @property
    def handful(self) -> int:
        """How many tiles are to go together."""
        return SMALL_HANDFUL if self.slow else HANDFUL

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return len(self._waiting()) > 0

    @property
    def free(self) -> bool:
        """Whether another handful may go."""
        return len(self._waiting()) < UNDER_WAY

    def carries(self, tile: Place) -> bool:
        """Whether a tile is under way."""
        return any(tile in handful.tiles for handful in self._waiting())

    def begin(self, tiles: Iterable[Place]) -> int:
        """The number of a handful whose tiles are about to be made."""
        now = time.monotonic()
        self._flying = {n: one for n, one in self._flying.items() if now - one.since < PATIENCE}
        self._number += 1
        self._flying[self._number] = _Handful(frozenset(tiles), now)
        return self._number

    def sent(self, number: int, n_bytes: int) -> None:
        """A handful has been handed over."""
        if number in self._flying:
            self._flying[number].n_bytes, self._flying[number].since = n_bytes, time.monotonic()

    def taken(self, number: int) -> None:
        """The browser has a handful; news of one that is not under way tells nothing."""
        handful = self._flying.pop(number, None)
        if handful is None:
            return
        now = time.monotonic()
        began, self._taken_at = max(handful.since, self._taken_at), now  # it went behind the one before
        if handful.n_bytes >= LEAST:
            self._rates.append(handful.n_bytes / max(now - began, 1e-4))

    def forget(self) -> None:
        """What was under way went to a page that is gone."""
        self._flying = {}

    def _waiting(self) -> list[_Handful]:
        now = time.monotonic()
        return [handful for handful in list(self._flying.values()) if now - handful.since < PATIENCE]


def packed(codes: NDArray[np.uint16]) -> bytes:
    """Codes as a zlib stream of all their high bytes and then all their low ones, which are most alike so."""
    high, low = (codes >> 8).astype(np.uint8), (codes & 0xFF).astype(np.uint8)
    return zlib.compress(high.tobytes() + low.tobytes(), 1)
