"""Sampling an image that lies on another through their world coordinates, at screen resolution.

The exact transformation is worked out on a coarse mesh of the samples and interpolated between, on a
mesh fine enough that the error stays below a tenth of a pixel: it costs some thousands of positions
instead of one a screen pixel. Deterministic; positions without a solution have no value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["bilinear", "nearest", "positions"]

Axis = tuple[float, float, int]
Floats = NDArray[np.float64]
Transform = Callable[[Any, Any], tuple[Any, Any]]
Weights = tuple[NDArray[np.intp], NDArray[np.intp], Floats]

COARSEST = 32  # samples between mesh points
TOLERANCE = 0.1  # of a pixel of the image sampled


def positions(y_axis: Axis, x_axis: Axis, transform: Transform) -> tuple[Floats, Floats]:
    """Where each sample lies on the image.

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
    step = COARSEST
    while True:
        rows, columns = _knots(ys.size, step), _knots(xs.size, step)
        knots_x, knots_y = transform(*np.meshgrid(xs[columns], ys[rows]))
        if step == 1 or _error(knots_x, knots_y, xs[columns], ys[rows], transform) < TOLERANCE:
            break
        step //= 2
    fill = _weights(rows, ys.size), _weights(columns, xs.size)
    return _between(knots_x, *fill), _between(knots_y, *fill)


def nearest(values: NDArray[Any], x: Floats, y: Floats) -> Floats:
    """The pixel's value at each position, NaN outside the image."""
    n_rows, n_columns = values.shape
    inside = (x >= -0.5) & (x < n_columns - 0.5) & (y >= -0.5) & (y < n_rows - 0.5)
    picture = np.full(x.shape, np.nan)
    row, column = (np.floor(axis[inside] + 0.5).astype(np.intp) for axis in (y, x))
    picture[inside] = values[row, column]
    return picture


def bilinear(values: NDArray[Any], x: Floats, y: Floats) -> Floats:
    """The value between the four pixel centres around each position, NaN outside the image.

    Within half a pixel of the edge it is the edge's own; beside a pixel without a value there is none.
    """
    n_rows, n_columns = values.shape
    inside = (x >= -0.5) & (x < n_columns - 0.5) & (y >= -0.5) & (y < n_rows - 0.5)
    picture = np.full(x.shape, np.nan)
    column, row = np.clip(x[inside], 0, n_columns - 1), np.clip(y[inside], 0, n_rows - 1)
    left, below = (
        np.clip(np.floor(axis), 0, max(n - 2, 0)).astype(np.intp)
        for axis, n in ((column, n_columns), (row, n_rows))
    )
    right, above = np.minimum(left + 1, n_columns - 1), np.minimum(below + 1, n_rows - 1)
    part_x, part_y = column - left, row - below
    corners = [(below, left, (1 - part_y) * (1 - part_x)), (below, right, (1 - part_y) * part_x)]
    corners += [(above, left, part_y * (1 - part_x)), (above, right, part_y * part_x)]
    total = np.zeros(column.shape)
    for rows, columns, weight in corners:
        total += np.where(weight == 0, 0.0, values[rows, columns]) * weight
    picture[inside] = total
    return picture


def _knots(n: int, step: int) -> NDArray[np.intp]:
    """Every `step`-th index, and the last."""
    return np.unique(np.append(np.arange(0, n, step), n - 1))


def _error(knots_x: Floats, knots_y: Floats, xs: Floats, ys: Floats, transform: Transform) -> float:
    """The largest error of interpolating at the middles of the mesh's cells, in pixels."""
    if xs.size < 2 or ys.size < 2:
        return 0.0
    exact = transform(*np.meshgrid((xs[:-1] + xs[1:]) / 2, (ys[:-1] + ys[1:]) / 2))
    guess = (
        (knots[:-1, :-1] + knots[1:, :-1] + knots[:-1, 1:] + knots[1:, 1:]) / 4
        for knots in (knots_x, knots_y)
    )
    off = np.hypot(*(true - guessed for true, guessed in zip(exact, guess, strict=True)))
    return float(np.nanmax(off, initial=0.0, where=np.isfinite(off)))


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
