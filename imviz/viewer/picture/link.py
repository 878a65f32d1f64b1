"""How fast the way to the browser is, from how long handfuls of tiles take; and tiles packed for a slow one.

A remote hub may give a megabyte a second where this machine gives fifty. Packing costs the kernel two
milliseconds a tile and the codes their last two bits, which nobody can see at the cuts they are made for
(`Coding.fits` knows): worth it on a slow link, and only there.
"""

from __future__ import annotations

import time
import zlib
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SLOW", "Link", "packed"]

SLOW = 4e6
"""Bytes a second below which tiles are packed."""
LOOKED_AT = 3  # handfuls: the fastest of them counts, since a busy page is no slow link
LEAST = 50_000  # bytes of a handful that tell how fast the link is


class Link:
    """Judges the way to the browser.

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
        self._sent: tuple[int, float] | None = None

    @property
    def slow(self) -> bool:
        """Whether tiles are to be packed."""
        return self.unpacks and len(self._rates) > 0 and max(self._rates) < self.limit

    def sent(self, n_bytes: int) -> None:
        """A handful has been handed over."""
        self._sent = n_bytes, time.monotonic()

    def taken(self) -> None:
        """The browser has it."""
        if self._sent is None:
            return
        (n_bytes, since), self._sent = self._sent, None
        if n_bytes >= LEAST:
            self._rates.append(n_bytes / max(time.monotonic() - since, 1e-4))


def packed(codes: NDArray[np.uint16]) -> bytes:
    """Codes as a zlib stream of all their high bytes and then all their low ones, which are most alike so."""
    high, low = (codes >> 8).astype(np.uint8), (codes & 0xFF).astype(np.uint8)
    return zlib.compress(high.tobytes() + low.tobytes(), 1)
