"""Arrays over a file: nothing is memory-mapped, each cut-out is read at its place when it is asked for.

A file that has changed since it was opened is refused (see `imviz.readers.files.open_file`), so a number is
never of another file than its image. Integers that a header scales (BSCALE, BZERO, BLANK) are scaled in
the piece that is read, to the same type and values as astropy's; BLANK holds for unsigned integers and
signed bytes, too, where astropy passes over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.readers.pixels.lazy import LazyArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from imviz.readers.files.open_file import OpenFile
    from imviz.readers.pixels.lazy import Index

__all__ = ["DiskArray", "Scaling"]

GAP = 8192  # bytes: to read and drop so many costs less than one more call
PIECE = 2**19  # bytes read at a time: they stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Scaling:
    """What turns stored numbers into the pixels' values: ``stored * scale + zero``, `blank` into NaN."""

    scale: float = 1.0
    zero: float = 0.0
    blank: int | None = None

    def dtype(self, stored: np.dtype[Any]) -> np.dtype[Any]:
        """The values' type: unsigned where that is what BZERO means, else a float that holds them.

        An image with a `blank` has no integers, also where BZERO means unsigned ones or signed bytes:
        NaN is none.
        """
        bits = 8 * stored.itemsize
        if self.scale == 1 and stored.kind in "iu" and self.zero and not self.marks(stored):
            if stored.kind == "i" and self.zero == 2 ** (bits - 1):
                return np.dtype(f"u{stored.itemsize}")
            if stored.kind == "u" and self.zero == -128:
                return np.dtype("i1")
        if stored.kind == "f":
            return stored.newbyteorder("=")
        return np.dtype("f4" if bits <= 16 else "f8")

    def marks(self, stored: np.dtype[Any]) -> bool:
        """Whether `blank` is a number that can be stored."""
        if self.blank is None or stored.kind not in "iu":
            return False
        limits = np.iinfo(stored)
        return int(limits.min) <= self.blank <= int(limits.max)

    def apply(self, values: NDArray[Any]) -> NDArray[Any]:
        """The pixels' values of stored ones."""
        kind = self.dtype(values.dtype)
        if kind.kind in "iu":
            return values.astype(values.dtype.newbyteorder("=")).view(kind) ^ _top_bit(kind)
        scaled = values.astype(kind)
        if self.scale != 1:
            scaled *= self.scale
        if self.zero != 0:
            scaled += self.zero
        if self.marks(values.dtype):
            scaled[values == self.blank] = np.nan
        return scaled


def _top_bit(kind: np.dtype[Any]) -> Any:
    """What an integer is flipped by to shift its zero by half its range."""
    return np.array(1 << (8 * kind.itemsize - 1), dtype=f"u{kind.itemsize}").view(kind)[()]


class DiskArray(LazyArray):
    """A read-only array over plain bytes of a file.

    Parameters
    ----------
    file, offset
        Where the first value lies.
    stored
        Type in the file.
    shape
        In numpy's order, values without gaps.
    scaling
        Of stored values, where they are not the pixels'.
    """

    def __init__(
        self,
        file: OpenFile,
        offset: int,
        stored: np.dtype[Any],
        shape: tuple[int, ...],
        scaling: Scaling | None = None,
    ) -> None:
        super().__init__(shape, stored.newbyteorder("=") if scaling is None else scaling.dtype(stored))
        self._file, self._offset, self._stored, self._scaling = file, offset, stored, scaling

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.shape} {self.dtype} in {self._file.path.name}>"

    def _check(self) -> None:
        self._file.check()

    def _reshaped(self, shape: tuple[int, ...]) -> DiskArray:
        return DiskArray(self._file, self._offset, self._stored, shape, self._scaling)

    def _plane(self, index: int) -> DiskArray:
        below = self.shape[1:]
        skipped = index * prod(below) * self._stored.itemsize
        return DiskArray(self._file, self._offset + skipped, self._stored, below, self._scaling)

    def _values(self, stored: NDArray[Any]) -> NDArray[Any]:
        return stored if self._scaling is None else self._scaling.apply(stored)

    def _pieces(self, rows: range, columns: range) -> Iterator[tuple[Any, NDArray[Any]]]:
        """Some rows at a time, as few reads as possible."""
        itemsize, nx = self._stored.itemsize, self.shape[1]
        width = (columns[-1] - columns[0] + 1) * itemsize
        stride = rows.step * nx * itemsize
        together = max(PIECE // stride, 1) if stride - width <= GAP else 1
        for start in range(0, len(rows), together):
            n = min(together, len(rows) - start)
            place = self._offset + (rows[start] * nx + columns[0]) * itemsize
            raw = self._file.read(place, (n - 1) * stride + width)
            strides = (stride, columns.step * itemsize)
            stored: NDArray[Any] = np.ndarray((n, len(columns)), self._stored, raw, strides=strides)
            yield slice(start, start + n), self._values(stored)

    def _scattered(self, rows: Index, columns: Index) -> NDArray[Any]:
        """Neighbours in the file are read together."""
        places, itemsize = rows * self.shape[1] + columns, self._stored.itemsize
        flat = places.ravel()
        values = np.empty(flat.size, self.dtype)
        order = np.argsort(flat)
        ascending = flat[order]
        found = np.empty(flat.size, self.dtype)
        piece = (ascending - ascending[0]) * itemsize // PIECE
        apart = (np.diff(ascending) * itemsize > GAP) | (np.diff(piece) > 0)
        for start, stop in pairwise([0, *(np.flatnonzero(apart) + 1).tolist(), flat.size]):
            near = ascending[start:stop] - ascending[start]
            raw = self._file.read(
                self._offset + int(ascending[start]) * itemsize, (int(near[-1]) + 1) * itemsize
            )
            found[start:stop] = self._values(np.frombuffer(raw, self._stored)[near])
        values[order] = found
        return values.reshape(places.shape)
