"""Where an image lies in a view that has other pixels: exact positions on a grid of it, and lines between.

The grid is refined until lines between its nodes are wrong by less than `TOLERANCE` of a pixel of the view,
the same for the same pair of images always; it is worked out once per alignment and sent to the browser.
What has no place in the view (beyond a projection's edge) is NaN and is not drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mesh", "Transform", "make_mesh", "positions"]

Axis = tuple[float, float, int]
Floats = NDArray[np.float64]
Transform = Callable[[Any, Any], tuple[Any, Any]]

TOLERANCE = 0.005  # of a pixel of the view: a tenth of a screen pixel at 20 screen pixels each
COARSEST, FINEST = 8, 256  # cells along the longer side
COARSE_SAMPLES = 32  # samples between exact ones, when sampling for a picture
SAMPLE_TOLERANCE = 0.1  # of a pixel of the image sampled


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Nodes on an image, from its lower left corner to its upper right one.

    ``x`` and ``y`` are their positions in the view's pixels, shape (rows + 1, columns + 1) for a grid of
    ``rows`` × ``columns`` equal cells.
    """

    x: Floats
    y: Floats

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return self.x.shape[0] - 1, self.x.shape[1] - 1

    def to_bytes(self) -> bytes:
        """x and y of each node as little-endian doubles, row by row."""
        return np.stack([self.x, self.y], axis=-1).astype("<f8").tobytes()


def make_mesh(shape: tuple[int, int], transform: Transform) -> Mesh:
    """The mesh of an image of ``shape`` (rows, columns); ``transform`` goes from its pixels to the view's."""
    longest = max(shape)
    n = COARSEST
    while True:
        cells = tuple(max(1, round(n * side / longest)) for side in shape)
        ys, xs = (np.linspace(-0.5, side - 0.5, count + 1) for side, count in zip(shape, cells, strict=True))
        x, y = (np.asarray(axis, dtype=float) for axis in transform(*np.meshgrid(xs, ys)))
        if n >= FINEST or _error(x, y, xs, ys, transform) < TOLERANCE:
            return Mesh(x, y)
        n *= 2


def positions(y_axis: Axis, x_axis: Axis, transform: Transform) -> tuple[Floats, Floats]:
    """Where each sample of a view lies on an image.

    Parameters
    ----------
    y_axis, x_axis : (float, float, int)
        First and last position of the samples in the view's pixels, and their number.
    transform : callable
        From pixels (x, y) of the view to those of the image; arrays in, arrays out.

    Returns
    -------
    x, y : ndarray
        Pixels of the image, shape (n_rows, n_columns); NaN where there is no solution.
    """
    ys, xs = np.linspace(*y_axis), np.linspace(*x_axis)
    step = COARSE_SAMPLES
    while True:
        rows, columns = _knots(ys.size, step), _knots(xs.size, step)
        knots_x, knots_y = transform(*np.meshgrid(xs[columns], ys[rows]))
        if step == 1 or _error(knots_x, knots_y, xs[columns], ys[rows], transform) < SAMPLE_TOLERANCE:
            break
        step //= 2
    fill = _weights(rows, ys.size), _weights(columns, xs.size)
    return _between(knots_x, *fill), _between(knots_y, *fill)


def _error(x: Floats, y: Floats, xs: Floats, ys: Floats, transform: Transform) -> float:
    """The largest error of interpolating at the middles of the cells and of their sides, in pixels."""
    if xs.size < 2 or ys.size < 2:
        return 0.0
    mid_x, mid_y = (xs[:-1] + xs[1:]) / 2, (ys[:-1] + ys[1:]) / 2
    worst = 0.0
    for at, middles in (
        ((mid_x, ys), lambda node: (node[:, :-1] + node[:, 1:]) / 2),
        ((xs, mid_y), lambda node: (node[:-1] + node[1:]) / 2),
        ((mid_x, mid_y), lambda node: (node[:-1, :-1] + node[1:, :-1] + node[:-1, 1:] + node[1:, 1:]) / 4),
    ):
        true_x, true_y = transform(*np.meshgrid(*at))
        off = np.hypot(true_x - middles(x), true_y - middles(y))
        worst = max(worst, float(np.nanmax(off, initial=0.0, where=np.isfinite(off))))
    return worst


def _knots(n: int, step: int) -> NDArray[np.intp]:
    """Every `step`-th index, and the last."""
    return np.unique(np.append(np.arange(0, n, step), n - 1))


Weights = tuple[NDArray[np.intp], NDArray[np.intp], Floats]


def _weights(knots: NDArray[np.intp], n: int) -> Weights:
    """For each sample: the knots before and after it, and how much of the one after."""
    samples = np.arange(n)
    after = np.clip(np.searchsorted(knots, samples), min(1, knots.size - 1), knots.size - 1)
    before = np.maximum(after - 1, 0)
    gap = np.maximum(knots[after] - knots[before], 1)
    return before, after, (samples - knots[before]) / gap


def _between(knots: Floats, rows: Weights, columns: Weights) -> Floats:
    """Linear interpolation along rows, then columns."""
    before, after, part = columns
    wide = knots[:, before] * (1 - part) + knots[:, after] * part
    before, after, part = rows
    return wide[before] * (1 - part[:, np.newaxis]) + wide[after] * part[:, np.newaxis]
