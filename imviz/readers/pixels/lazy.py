"""Arrays that are read when, and only where, somebody looks: what all of ours have in common.

What comes out of one is a plain numpy array in the machine's byte order. Where the values come from is
a subclass's business: plain bytes of a file (`imviz.readers.files.on_disk`), decoded tiles (`tiled`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import DTypeLike

__all__ = ["Index", "LazyArray"]

_OF_MEMORY = {"base", "ctypes", "data", "flags", "strides"}
"""What only an array in memory has; glue and astropy ask for it to tell those from others."""

Index: TypeAlias = NDArray[np.intp]


class LazyArray(NDArrayOperatorsMixin, ABC):
    """A read-only array whose values are read where, and when, they are asked for.

    Slices, integers and integer arrays cost what they select; all else that arrays can do (sums,
    comparisons, arithmetic, boolean masks) reads it whole into a numpy array first. An integer in front
    of more than two axes gives the plane, unread.

    Parameters
    ----------
    shape
        In numpy's order.
    dtype
        Of the values that come out, in the machine's byte order.
    """

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.shape = shape
        self.dtype = dtype
        self.ndim = len(shape)
        self.size = prod(shape)
        self.nbytes = self.size * dtype.itemsize

    # ---- for subclasses

    def _check(self) -> None:
        """Raise if the source is not what it was; called before and after each reading."""

    @abstractmethod
    def _pieces(self, rows: range, columns: range) -> Iterator[tuple[Any, NDArray[Any]]]:
        """A rectangle with positive steps (never empty), as (where in it, values)."""

    @abstractmethod
    def _plane(self, index: int) -> LazyArray:
        """The array at an index of the first of more than two axes, unread."""

    @abstractmethod
    def _reshaped(self, shape: tuple[int, ...]) -> LazyArray:
        """The same values, unread; `shape` has as many."""

    @abstractmethod
    def _scattered(self, rows: Index, columns: Index) -> NDArray[Any]:
        """Single values; both have the result's shape."""

    # ---- as numpy's

    def reshape(self, *shape: Any) -> LazyArray:
        """The same values on other axes, unread."""
        wanted = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        if prod(wanted) != self.size or any(n < 0 for n in wanted):
            raise ValueError(f"cannot reshape {self.shape} into {wanted}")
        return self if wanted == self.shape else self._reshaped(wanted)

    def __getitem__(self, key: Any) -> Any:
        keys = key if isinstance(key, tuple) else (key,)
        if self.ndim > 2 and _is_integer(keys[0]):
            plane = self._plane(range(self.shape[0])[keys[0]])
            return plane[keys[1:]] if len(keys) > 1 else plane
        pair = _two(keys) if self.ndim == 2 else None
        if pair is None:
            return self._whole()[key]
        self._check()
        if all(_is_integer(one) or isinstance(one, slice) for one in pair):
            found = self._cut(*pair)
        else:
            found = self._points(pair)
        self._check()
        return found

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("An array that is on disk cannot be had without reading (copying) it.")
        return np.asarray(self._whole(), dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        read = [np.asarray(one) if isinstance(one, LazyArray) else one for one in inputs]
        return getattr(ufunc, method)(*read, **options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in _OF_MEMORY or not hasattr(np.ndarray, name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        values = self._whole()
        values.flags.writeable = False
        return getattr(values, name)

    def __len__(self) -> int:
        return self.shape[0]

    def __copy__(self) -> LazyArray:
        return self

    def __deepcopy__(self, _: Any) -> LazyArray:
        return self  # read-only: one is as good as two

    def __reduce__(self) -> Any:
        return np.array, (np.asarray(self),)

    # ---- inside

    def _whole(self) -> NDArray[Any]:
        """All values."""
        if not self.size:
            return np.empty(self.shape, self.dtype)
        if self.ndim > 2:
            return np.stack([self._plane(index)._whole() for index in range(self.shape[0])])
        flat = self if self.ndim == 2 else self._reshaped((1, self.size))
        self._check()
        values = flat._cut(slice(None), slice(None)).reshape(self.shape)
        self._check()
        return values

    def _cut(self, row_key: Any, column_key: Any) -> Any:
        """A rectangle, perhaps with steps; an integer drops its axis as in numpy."""
        ny, nx = self.shape
        rows, columns = _range(row_key, ny), _range(column_key, nx)
        values = np.empty((len(rows), len(columns)), self.dtype)
        if values.size:
            up, right = rows if rows.step > 0 else rows[::-1], columns if columns.step > 0 else columns[::-1]
            for where, block in self._pieces(up, right):
                values[where] = block
            values = values[:: 1 if rows.step > 0 else -1, :: 1 if columns.step > 0 else -1]
        return values[
            0 if _is_integer(row_key) else slice(None), 0 if _is_integer(column_key) else slice(None)
        ]

    def _points(self, keys: tuple[Any, Any]) -> NDArray[Any]:
        """Single values, in few reads."""
        rows, columns = (_positions(key, n) for key, n in zip(keys, self.shape, strict=True))
        full = [np.shape(key) for key in keys if not isinstance(key, slice)]
        if isinstance(keys[0], slice):
            rows = rows.reshape((-1,) + (1,) * columns.ndim)
            full = [(rows.shape[0], *full[0])]
        elif isinstance(keys[1], slice):
            rows = rows.reshape((*rows.shape, 1))
            full = [(*full[0], columns.size)]
        shape = np.broadcast_shapes(*full)
        if 0 in shape:
            return np.empty(shape, self.dtype)
        top, left = int(rows.min()), int(columns.min())
        box = np.s_[top : int(rows.max()) + 1, left : int(columns.max()) + 1]
        if prod(one.stop - one.start for one in box) <= 4 * prod(shape):
            values = self._cut(*box)[rows - top, columns - left]
        elif rows.ndim == columns.ndim == 2 and rows.shape[1] == columns.shape[0] == 1:
            values = self._grid(rows[:, 0], columns[0])
        else:
            values = self._scattered(*np.broadcast_arrays(rows, columns))
        return np.array(np.broadcast_to(values, shape))

    def _grid(self, rows: Index, columns: Index) -> NDArray[Any]:
        """The crossings of some rows with some columns."""
        values = np.empty((rows.size, columns.size), self.dtype)
        span = range(int(columns.min()), int(columns.max()) + 1)
        columns = columns - span.start
        last = -1
        for n, row in enumerate(rows.tolist()):
            if row == last:
                values[n] = values[n - 1]
                continue
            last = row
            line = np.empty((1, len(span)), self.dtype)
            for where, block in self._pieces(range(row, row + 1), span):
                line[where] = block
            values[n] = line[0, columns]
        return values


def _is_integer(key: Any) -> bool:
    return hasattr(key, "__index__") and not isinstance(key, (bool, np.bool_)) and np.ndim(key) == 0


def _two(keys: tuple[Any, ...]) -> tuple[Any, Any] | None:
    """A key for each of two axes; `None` for what only the whole array can answer."""
    if sum(one is Ellipsis for one in keys) == 1:
        at = next(n for n, one in enumerate(keys) if one is Ellipsis)
        keys = (*keys[:at], *[slice(None)] * (3 - len(keys)), *keys[at + 1 :])
    keys = (*keys, *[slice(None)] * (2 - len(keys)))
    if len(keys) != 2:
        return None
    good = all(
        isinstance(one, slice) or _is_integer(one) or getattr(np.asarray(one), "dtype").kind in "iu"  # noqa: B009
        for one in keys
    )
    return (keys[0], keys[1]) if good else None


def _range(key: Any, n: int) -> range:
    """The positions that an integer or a slice selects."""
    if isinstance(key, slice):
        return range(n)[key]
    at = range(n)[key]  # raises IndexError as an array would
    return range(at, at + 1)


def _positions(key: Any, n: int) -> Index:
    """The positions that a key selects, none negative; an axis that only repeats has length 1."""
    if isinstance(key, slice):
        return np.arange(n, dtype=np.intp)[key]
    at = np.asarray(key)
    at = at[tuple(slice(0, 1) if stride == 0 else slice(None) for stride in at.strides)].astype(np.intp)
    if at.size and (at.min() < -n or at.max() >= n):
        raise IndexError(f"index out of bounds for an axis of {n} pixels")
    return np.where(at < 0, at + n, at)
