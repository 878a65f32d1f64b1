"""An array that is read on first use, and changed only in the part that is looked at."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import DTypeLike, NDArray

__all__ = ["DeferredArray"]


class DeferredArray:
    """An array that is read on first use, and changed only in the part that is looked at.

    It is what numpy and NDData ask of an array (``shape``, ``dtype``, indexing, ``numpy.asarray``) and no
    more: ``numpy.asarray(mask[rows, columns])`` costs a cut-out, ``numpy.asarray(mask)`` all of it.

    Parameters
    ----------
    shape
        Of the array.
    read
        Called once, at first use; its result is kept.
    change
        Made of each piece that is taken out.
    dtype
        Of the pieces; `None`: that of what is read.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        read: Callable[[], NDArray[Any]],
        change: Callable[[NDArray[Any]], NDArray[Any]] = np.asarray,
        dtype: DTypeLike | None = None,
    ) -> None:
        self.shape = shape
        self.ndim = len(shape)
        self.size = int(np.prod(shape, dtype=np.int64))
        self._read = read
        self._change = change
        self._dtype = None if dtype is None else np.dtype(dtype)
        self._lock = Lock()
        self._array: NDArray[Any] | None = None

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its values."""
        return self._whole().dtype if self._dtype is None else self._dtype

    @property
    def is_read(self) -> bool:
        """Whether anyone has looked yet."""
        return self._array is not None

    def __getitem__(self, key: Any) -> NDArray[Any]:
        return self._change(np.asarray(self._whole()[key]))

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        values = np.asarray(self[...], dtype=dtype)
        return values.copy() if copy else values

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.shape}, {'read' if self.is_read else 'not read yet'}>"

    def _whole(self) -> NDArray[Any]:
        with self._lock:
            if self._array is None:
                self._array = self._read()
            return self._array
