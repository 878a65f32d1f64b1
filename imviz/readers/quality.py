"""Data quality: which bits make a pixel bad, and masks that are worked out only where looked at.

Most bits of a DQ value tell a pixel's history, not that its value is wrong. The table here says, for
each mission, which do; for a mission not in it any non-zero value is bad.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import DTypeLike, NDArray

__all__ = ["DeferredArray", "bad_bits", "bad_pixels"]

ALL = -1  # every bit

JWST_ROMAN = 1  # DO_NOT_USE: the pipeline sets it beside each bit that spoils the value
HST_HARMLESS = {
    "ACS": 16 | 64,  # hot and warm, dark-subtracted
    "WFC3/UVIS": 16 | 64,
    "WFC3/IR": 64 | 512 | 2048 | 8192,  # warm, blob, signal in zero read, cosmic ray fitted out of the ramp
    "WFPC2": 1024,  # warm, repaired
}
ZTF_HARMLESS = 1 << 1 | 1 << 11  # "on a source": not a defect
RUBIN_BAD_PLANES = ("BAD", "SAT", "CR", "NO_DATA")  # numbered in the header by MP_<name>


def bad_bits(primary: Mapping[str, Any], header: Mapping[str, Any]) -> tuple[int, str]:
    """The bits that make a pixel bad, and in words.

    Parameters
    ----------
    primary, header
        Keywords of the primary header and of the quality extension.
    """
    telescope = str(primary.get("TELESCOP", "")).strip().upper()
    instrument = str(primary.get("INSTRUME", "")).strip().upper()
    planes = [header.get(f"MP_{name}") for name in RUBIN_BAD_PLANES]
    rubin = sum(1 << plane for plane in planes if type(plane) is int and 0 <= plane < 32)
    if telescope in {"JWST", "ROMAN"}:
        return JWST_ROMAN, "DO_NOT_USE (bit 0)"
    if telescope == "HST":
        detector = str(primary.get("DETECTOR", "")).strip().upper()
        harmless = HST_HARMLESS.get(instrument, HST_HARMLESS.get(f"{instrument}/{detector}", 0))
        return ALL ^ harmless, f"any bit but {harmless}" if harmless else "any bit"
    if "ZTF" in instrument or "ZTF" in telescope:
        return ALL ^ ZTF_HARMLESS, "any bit but 1 and 11 (sources)"
    if rubin:
        return rubin, f"planes {', '.join(RUBIN_BAD_PLANES)}"
    return ALL, "any bit"


def bad_pixels(
    shape: tuple[int, ...], read: Callable[[], NDArray[Any]], bits: int = ALL, *, bad_is_zero: bool = False
) -> DeferredArray:
    """A boolean mask (`True`: bad) of a quality array that is not read yet.

    Parameters
    ----------
    shape
        Of the 2-D image.
    read
        Gives the quality array of that shape.
    bits
        Which of its bits count.
    bad_is_zero
        For weights: zero means nothing was measured there.
    """

    def test(values: NDArray[Any]) -> NDArray[Any]:
        if bad_is_zero:
            return np.asarray(values == 0)
        if bits == ALL or values.dtype.kind not in "iu":
            return np.asarray(values != 0)
        kind = values.dtype.newbyteorder("=")
        chosen = np.array(bits & (2 ** (8 * kind.itemsize) - 1), dtype=np.uint64).astype(kind)
        return np.asarray((values & chosen) != 0)

    return DeferredArray(shape, read, test, dtype=bool)


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
