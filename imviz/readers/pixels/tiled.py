"""Arrays that come in tiles somebody else decodes: compressed FITS images, HDF5, Zarr, dask.

Only tiles that are looked at are decoded; the last ones are kept, since a picture that moves asks for its
neighbourhood again and again. How a tile is decoded is the caller's business.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from imviz.readers.pixels.lazy import LazyArray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from imviz.readers.pixels.lazy import Index

__all__ = ["Box", "TiledArray"]

KEPT = 16 * 2**20
"""Bytes of decoded tiles kept for each array."""
LEAST_WIDE, LEAST_HIGH = 2**20, 2**16
"""Bytes of a tile below which neighbours are decoded with it, side by side and then one above the other:
a call costs more than they do."""

Box: TypeAlias = tuple[slice, ...]
"""Where a piece lies: a slice with start and stop for each stored axis."""


class TiledArray(LazyArray):
    """A read-only array made of tiles.

    Parameters
    ----------
    shape
        As stored.
    dtype
        Of the values.
    tile
        Shape of a tile along the last two axes.
    decode
        Gives the values of a `Box`, in its shape.
    check
        Called before and after values are taken; raises when the source has changed.
    fixed
        For each stored axis `None`, or the one index of it that is looked at.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        tile: tuple[int, int],
        decode: Callable[[Box], NDArray[Any]],
        check: Callable[[], None] | None = None,
        fixed: tuple[int | None, ...] | None = None,
    ) -> None:
        fixed = (None,) * len(shape) if fixed is None else fixed
        free = tuple(n for n, at in zip(shape, fixed, strict=True) if at is None)
        super().__init__(free, dtype)
        self._stored, self._fixed, self._decode, self._checker = shape, fixed, decode, check
        self._tile = _usable(tile, free[-2:], dtype.itemsize) if len(free) >= 2 else tile
        self._kept: OrderedDict[tuple[int, int], NDArray[Any]] = OrderedDict()
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.shape} {self.dtype} in tiles of {self._tile}>"

    def _check(self) -> None:
        if self._checker is not None:
            self._checker()

    def _with(self, fixed: tuple[int | None, ...]) -> TiledArray:
        return TiledArray(self._stored, self.dtype, self._tile, self._decode, self._checker, fixed)

    def _plane(self, index: int) -> TiledArray:
        at = self._fixed.index(None)
        return self._with((*self._fixed[:at], index, *self._fixed[at + 1 :]))

    def _reshaped(self, shape: tuple[int, ...]) -> LazyArray:
        """Without axes of length one; any other shape is beyond an array in tiles."""
        fixed, left = list(self._fixed), list(shape)
        for axis, n in enumerate(self._stored):
            if fixed[axis] is None:
                if left[:1] == [n]:
                    left.pop(0)
                elif n == 1:
                    fixed[axis] = 0
        if left:
            raise ValueError(f"cannot reshape {self.shape}, stored in tiles, into {shape}")
        return self._with(tuple(fixed))

    def _whole(self) -> NDArray[Any]:
        if self.ndim == 1:
            raise ValueError("an array in tiles has two axes or more")
        return super()._whole()

    def _pieces(self, rows: range, columns: range) -> Iterator[tuple[Any, NDArray[Any]]]:
        height, width = self._tile
        for above, some_rows in _by_tile(rows, height):
            for left, some_columns in _by_tile(columns, width):
                tile = self._decoded(rows[above.start] // height, columns[left.start] // width)
                yield (above, left), tile[some_rows, some_columns]

    def _scattered(self, rows: Index, columns: Index) -> NDArray[Any]:
        height, width = self._tile
        y, x = rows.ravel(), columns.ravel()
        values = np.empty(y.size, self.dtype)
        across = -(-self.shape[1] // width)
        number = y // height * across + x // width
        order = np.argsort(number, kind="stable")
        ends = np.flatnonzero(np.diff(number[order])) + 1
        for some in np.split(order, ends):
            down, right = divmod(int(number[some[0]]), across)
            values[some] = self._decoded(down, right)[y[some] - down * height, x[some] - right * width]
        return values.reshape(rows.shape)

    def _decoded(self, down: int, right: int) -> NDArray[Any]:
        """A tile, decoded now or not long ago."""
        with self._lock:
            tile = self._kept.get((down, right))
            if tile is not None:
                self._kept.move_to_end((down, right))
                return tile
        height, width = self._tile
        ny, nx = self.shape
        rows = slice(down * height, min((down + 1) * height, ny))
        columns = slice(right * width, min((right + 1) * width, nx))
        free = iter((rows, columns))
        box = tuple(next(free) if at is None else slice(at, at + 1) for at in self._fixed)
        tile = np.asarray(self._decode(box)).astype(self.dtype, copy=False)
        tile = tile.reshape(rows.stop - rows.start, columns.stop - columns.start)
        with self._lock:
            self._kept[down, right] = tile
            size = tile.nbytes
            while len(self._kept) > 1 and len(self._kept) * size > KEPT:
                self._kept.popitem(last=False)
        return tile


def _usable(tile: tuple[int, int], plane: tuple[int, ...], itemsize: int) -> tuple[int, int]:
    """A tile no larger than the plane, and several tiles together where one is tiny."""
    height, width = (max(1, min(size, n)) for size, n in zip(tile, plane, strict=True))
    width = min(width * -(-LEAST_WIDE // (height * width * itemsize)), plane[1])
    high = -(-LEAST_HIGH // (height * width * itemsize)) if width == plane[1] else 1
    return min(height * high, plane[0]), width


def _by_tile(places: range, size: int) -> Iterator[tuple[slice, slice]]:
    """Ascending places, a tile's at a time: which of them they are, and where in the tile."""
    start = 0
    while start < len(places):
        tile = places[start] // size
        stop = start + len(range(places[start], (tile + 1) * size, places.step))
        stop = min(stop, len(places))
        first = places[start] - tile * size
        last = places[stop - 1] - tile * size
        yield slice(start, stop), slice(first, last + 1, places.step)
        start = stop
