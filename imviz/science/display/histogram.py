"""The histogram of an image's values for choosing cuts: over a bounded sample, on a span worth looking at.

A sample stands for the image (see `imviz.science.display.cuts.sample`). The span is about the cuts, which are
always inside, so that a far tail does not squeeze everything into one bin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.science.display.cuts import sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["counted", "seen", "span"]

_TAIL = 0.1  # percent of the values left out at either end
_AROUND = 1.0  # of the distance between the cuts, below and above them
_MARGIN = 0.03  # of the span, so that a cut is not at its very edge


def seen(data: Any, box: tuple[float, float, float, float] | None, n: int = 250_000) -> NDArray[np.float64]:
    """A sample of the finite values of an image, or of the part of it inside a box.

    Parameters
    ----------
    data : array_like
        Two-dimensional; only sliced.
    box : (float, float, float, float), optional
        x_min, x_max, y_min, y_max in pixels. Default: the whole image.
    n : int
        About how many values at most.
    """
    if box is None:
        return sample(data, n)
    n_rows, n_columns = data.shape
    x_min, x_max, y_min, y_max = box
    columns = slice(max(int(np.floor(x_min + 0.5)), 0), min(int(np.floor(x_max + 0.5)) + 1, n_columns))
    rows = slice(max(int(np.floor(y_min + 0.5)), 0), min(int(np.floor(y_max + 0.5)) + 1, n_rows))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return np.empty(0)
    step = max(int(np.ceil(np.sqrt((rows.stop - rows.start) * (columns.stop - columns.start) / n))), 1) | 1
    if (rows.stop - rows.start) * (columns.stop - columns.start) <= n:
        step = 1
    part = np.asarray(
        data[rows.start : rows.stop : step, columns.start : columns.stop : step], dtype=np.float64
    )
    return part[np.isfinite(part)]


def span(
    values: NDArray[np.float64], cuts: tuple[float, float], whole: tuple[float, float] | None = None
) -> tuple[float, float]:
    """The values to draw between: the cuts and what is about them and not in a tail; or all of `whole`."""
    low, high = cuts
    if whole is not None:
        low, high = min(low, whole[0]), max(high, whole[1])
    elif values.size:
        first, last = np.percentile(values, [_TAIL, 100 - _TAIL])
        around = (high - low) * _AROUND
        low, high = min(low, max(low - around, float(first))), max(high, min(high + around, float(last)))
    margin = (high - low) * _MARGIN or abs(low) / 2 or 0.5
    return low - margin, high + margin


def counted(values: NDArray[np.float64], bins: int, between: tuple[float, float]) -> tuple[int, ...]:
    """How many values are in each of some bins of equal width."""
    counts, _ = np.histogram(values, bins=bins, range=between)
    return tuple(int(count) for count in counts)
