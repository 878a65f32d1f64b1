"""An image at every scale: level L has a pixel for each block of 2^L × 2^L, the mean of what is there.

Levels up to `FINE` are reduced from the image's own pixels, piece by piece, when they are asked for.
Coarser ones come from an overview that is made once, strip by strip; until it reaches a block they are
estimated from one row of pixels in each block, so that a first picture of any image reads a few hundred
rows. The image is only ever sliced; nothing is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

__all__ = ["FINE", "Piece", "Pyramid", "block_mean"]

FINE = 2
"""The coarsest level that is always reduced from the image's own pixels."""
STRIP = 16  # rows of the overview made at a time
BASE = FINE + 1  # level of the overview


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A rectangle of a level.

    ``values`` is float32 or float64, shape (rows, columns); ``exact`` tells whether each is the mean of its
    whole block.
    """

    values: Floats
    exact: bool


class Pyramid:
    """The levels of one image.

    Parameters
    ----------
    data
        Two-dimensional, real; anything with ``shape``, ``dtype`` and slicing, read under one lock.
    """

    def __init__(self, data: Any) -> None:
        self.data = data
        self.shape = int(data.shape[0]), int(data.shape[1])
        dtype = np.dtype(data.dtype)
        small = dtype.kind in "bui" and dtype.itemsize <= 2
        self.dtype = np.dtype(
            np.float32 if small or (dtype.itemsize == 4 and dtype.kind == "f") else np.float64
        )
        self.n_levels = max(max(self.shape) - 1, 1).bit_length() + 1
        self._lock = RLock()
        self._overview: Floats | None = None
        self._done = 0  # rows of the overview that are made

    @property
    def complete(self) -> bool:
        """Whether every level is exact."""
        return self.n_levels <= BASE or self._done >= self.level_shape(BASE)[0]

    def level_shape(self, level: int) -> tuple[int, int]:
        """Rows and columns of a level; its last ones may stand for less than a whole block."""
        n_rows, n_columns = (-(-n // (1 << level)) for n in self.shape)
        return n_rows, n_columns

    def piece(self, level: int, rows: tuple[int, int], columns: tuple[int, int]) -> Piece:
        """A rectangle of a level: first row and the one after the last, the same for columns."""
        if level <= FINE:
            return Piece(self._reduced(level, rows, columns), exact=True)
        factor = level - BASE
        last = min(rows[1] << factor, self.level_shape(BASE)[0])
        if self._overview is not None and self._done >= last:
            part = self._overview[rows[0] << factor : last, columns[0] << factor : columns[1] << factor]
            return Piece(block_mean(part, 1 << factor), exact=True)
        return Piece(self._sampled(level, rows, columns), exact=False)

    def means(
        self, rows: tuple[int, int], columns: tuple[int, int], most: int
    ) -> tuple[Floats, Floats, Floats]:
        """A rectangle of the image by the means of blocks, about `most` along a side or fewer.

        Parameters
        ----------
        rows, columns : (int, int)
            The first and the one after the last, in pixels of the image.
        most : int
            How many.

        Returns
        -------
        x, y : ndarray
            Middles of the blocks, in pixels.
        values : ndarray
            Shape (len(y), len(x)); NaN where a mean is not finite.
        """
        level = max(-(-max(rows[1] - rows[0], columns[1] - columns[0]) // most) - 1, 0).bit_length()
        ranges = [(first >> level, -(-last >> level)) for first, last in (rows, columns)]
        y, x = (
            ((numbers << level) + np.minimum((numbers + 1) << level, length) - 1) / 2
            for numbers, length in zip([np.arange(*one) for one in ranges], self.shape, strict=True)
        )
        values = np.array(self.piece(level, *ranges).values, dtype=np.float64)
        values[~np.isfinite(values)] = np.nan
        return x, y, values

    def make_overview(self) -> Iterator[float]:
        """Make what the coarse levels come from, strip by strip; yields how much is done."""
        if self.complete:
            return
        n_rows, n_columns = self.level_shape(BASE)
        if self._overview is None:
            self._overview = np.empty((n_rows, n_columns), dtype=self.dtype)
        while self._done < n_rows:
            end = min(self._done + STRIP, n_rows)
            self._overview[self._done : end] = self._reduced(BASE, (self._done, end), (0, n_columns))
            self._done = max(self._done, end)  # two may be at it
            yield end / n_rows

    def _reduced(self, level: int, rows: tuple[int, int], columns: tuple[int, int]) -> Floats:
        pixels = self._pixels(
            slice(rows[0] << level, min(rows[1] << level, self.shape[0])),
            slice(columns[0] << level, min(columns[1] << level, self.shape[1])),
        )
        return block_mean(pixels, 1 << level)

    def _sampled(self, level: int, rows: tuple[int, int], columns: tuple[int, int]) -> Floats:
        """Each block by the mean of its middle row."""
        step = 1 << level
        first = min((rows[0] << level) + step // 2, self.shape[0] - 1)
        pixels = self._pixels(
            slice(first, min(rows[1] << level, self.shape[0]), step),
            slice(columns[0] << level, min(columns[1] << level, self.shape[1])),
        )
        found = block_mean(pixels, step, rows=1)
        missing = rows[1] - rows[0] - found.shape[0]  # a last block of less than half a step
        return np.concatenate([found, np.repeat(found[-1:], missing, axis=0)]) if missing else found

    def _pixels(self, rows: slice, columns: slice) -> Floats:
        with self._lock:
            return np.asarray(self.data[rows, columns], dtype=self.dtype)


def block_mean(values: Floats, step: int, rows: int | None = None) -> Floats:
    """The mean of each block of ``rows`` (default ``step``) × ``step`` values; NaN is passed over.

    Blocks begin at the first value; those cut off by the array's end are means of what there is. Infinite
    values count, as infinite means.
    """
    high, wide = step if rows is None else rows, step
    if high == wide == 1:
        return values
    height, width = values.shape[0] // high * high, values.shape[1] // wide * wide
    shape = -(-values.shape[0] // high), -(-values.shape[1] // wide)
    means = np.empty(shape, dtype=values.dtype)
    means[: height // high, : width // wide] = _whole_blocks(values[:height, :width], high, wide)
    if width < values.shape[1]:
        means[: height // high, -1:] = _whole_blocks(values[:height, width:], high, values.shape[1] - width)
    if height < values.shape[0]:
        means[-1:, :] = block_mean(values[height:], wide, rows=values.shape[0] - height)
    return means


def _whole_blocks(values: Floats, high: int, wide: int) -> Floats:
    if not values.size:
        return np.empty((values.shape[0] // high, values.shape[1] // wide), dtype=values.dtype)
    total = _sums(values, high, wide)
    if np.isfinite(total).all():
        return total / values.dtype.type(high * wide)
    missing = np.isnan(values)
    n = _sums((~missing).astype(values.dtype), high, wide)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Floats = _sums(np.where(missing, values.dtype.type(0), values), high, wide) / n
    return means


def _sums(values: Floats, high: int, wide: int) -> Floats:
    """Rows first: they lie together in memory, and leave little to add across."""
    with np.errstate(over="ignore", invalid="ignore"):
        if high > 1:
            rows = values[0::high].copy()
            for n in range(1, high):
                rows += values[n::high]
            values = rows
        if wide == 1:
            return values
        columns = values[:, 0::wide].copy()
        for n in range(1, wide):
            columns += values[:, n::wide]
        return columns
