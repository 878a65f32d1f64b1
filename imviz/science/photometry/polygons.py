"""How much of each pixel a polygon covers, and which points lie inside: all edges at once.

Edges are cut where they pass from one row of pixels to the next, then from one column to the next, so that
the cost is that of the pixels an outline crosses, however many vertices it has and however far it reaches
beyond the box. Filling is even-odd, as that of `regions`. What a region is, and which of them are polygons,
is `imviz.science.photometry.apertures`' business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int_]

__all__ = ["polygon_area", "polygon_centers", "polygon_coverage", "polygon_samples"]

_ROUNDING = 1e-12  # of a pixel: what is left of sums where nothing, or all, is covered
_AREA_CELLS = 512  # cells along the longer side, of a polygon whose area is asked for


def polygon_coverage(x: Floats, y: Floats, shape: tuple[int, int]) -> Floats:
    """Fraction of each cell of a grid covered by a polygon, shape (ny, nx).

    Parameters
    ----------
    x, y : ndarray
        Vertices, (n,), from the grid's lower left corner, in cells; the last is joined to the first.
    shape : tuple of int
        Rows and columns of the grid.

    Notes
    -----
    Green's theorem: a piece of an edge inside one cell adds its height to all cells right of it, and the part
    of that right of its middle to its own. Exact, save for a cell where the outline meets itself.
    """
    ny, nx = shape
    row, x0, x1, height = _by_row(x, y, ny)
    row, column, middle, height = _by_column(row, x0, x1, height, nx)
    at = row * (nx + 1) + np.maximum(column, 0)
    right = column >= 0  # a piece left of the grid counts for the whole row
    total = np.zeros(ny * (nx + 1))
    if at.size:
        total += np.bincount(at, height * np.where(right, 1 - middle, 1.0), minlength=total.size)
        total += np.bincount(at + 1, height * np.where(right, middle, 0.0), minlength=total.size)[
            : total.size
        ]
    signed = np.cumsum(total.reshape(ny, nx + 1), axis=1)[:, :nx]
    weights: Floats = np.abs(signed - 2 * np.rint(signed / 2))
    weights[weights < _ROUNDING] = 0.0
    weights[weights > 1 - _ROUNDING] = 1.0
    return weights


def polygon_centers(x: Floats, y: Floats, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Whether the points (column, row) = 0, 1, 2 … of a grid of ``shape`` (ny, nx) lie inside a polygon.

    Those on its outline do not.
    """
    ny, nx = shape
    lines = np.arange(ny, dtype=float)
    row, crossing = _crossings(x, y, lines)
    before = np.clip(np.ceil(crossing), 0, nx).astype(int)  # so many points are left of it
    n = np.bincount(row * (nx + 1) + before, minlength=ny * (nx + 1)).reshape(ny, nx + 1)
    beyond = n.sum(axis=1, keepdims=True) - np.cumsum(n, axis=1)[:, :nx]
    inside = np.asarray(beyond % 2 == 1)
    inside[_outline_points(x, y, lines, nx)] = False
    return inside


def polygon_samples(x: Floats, y: Floats, columns: Integers, rows: Integers, n: int) -> NDArray[np.bool_]:
    """Whether each of n × n evenly spaced points in some pixels lies inside a polygon, (pixels, n, n).

    Parameters
    ----------
    x, y : ndarray
        Vertices, in pixels whose centers are whole numbers.
    columns, rows : ndarray of int
        The pixels, (pixels,).
    n : int
        Points along a pixel's side.
    """
    kept, place = np.unique(rows, return_inverse=True)
    left, width = int(columns.min()), int(columns.max() - columns.min() + 1) * n
    lines = (kept[:, None] + (np.arange(n) + 0.5) / n - 0.5).ravel()
    line, crossing = _crossings(x, y, lines)
    before = np.clip(np.ceil((crossing - left + 0.5) * n - 0.5), 0, width).astype(int)
    keys = np.sort(line * (width + 1) + before)
    ends = np.searchsorted(keys, np.arange(1, lines.size + 1) * (width + 1))
    steps = np.arange(n)
    at = place[:, None, None] * n + steps[:, None]
    points = at * (width + 1) + (columns[:, None, None] - left) * n + steps
    return np.asarray((ends[at] - np.searchsorted(keys, points, side="right")) % 2 == 1)


def polygon_area(x: Floats, y: Floats) -> float:
    """Area inside a polygon, even-odd where it crosses itself, in the square of what its vertices are in."""
    x, y = (np.asarray(axis, dtype=float) - np.min(axis) for axis in (x, y))
    side = max(float(x.max()), float(y.max())) / _AREA_CELLS
    if not side > 0:
        return 0.0
    shape = int(y.max() / side) + 1, int(x.max() / side) + 1
    return float(polygon_coverage(x / side, y / side, shape).sum()) * side**2


def _by_row(x: Floats, y: Floats, ny: int) -> tuple[Integers, Floats, Floats, Floats]:
    """Edges cut by rows: the row, x where a piece begins and ends, and its height with its sign."""
    xa, ya, xb, yb = _edges(x, y)
    first = np.maximum(np.floor(np.minimum(ya, yb)), 0).astype(int)
    last = np.minimum(np.ceil(np.maximum(ya, yb)), ny).astype(int)
    edge, row = _spread(first, last)
    slope = (xb - xa) / (yb - ya)
    y0, y1 = (np.clip(end[edge], row, row + 1) for end in (ya, yb))
    # from the nearer end, so that a shared vertex is the same point for both of its edges
    x0 = np.where(y0 == yb[edge], xb[edge], xa[edge] + (y0 - ya[edge]) * slope[edge])
    x1 = np.where(y1 == yb[edge], xb[edge], xa[edge] + (y1 - ya[edge]) * slope[edge])
    return row, x0, x1, y1 - y0


def _by_column(
    row: Integers, x0: Floats, x1: Floats, height: Floats, nx: int
) -> tuple[Integers, Integers, Floats, Floats]:
    """Pieces cut by columns: row, column (-1: left of the grid), middle from the column's left, height."""
    low, high = np.minimum(x0, x1), np.maximum(x0, x1)
    first = np.clip(np.floor(low), -1, nx).astype(int)
    last = np.clip(np.floor(high), -1, nx - 1).astype(int) + 1
    piece, column = _spread(first, last)
    low, high = low[piece], high[piece]
    start = np.where(column < 0, low, np.maximum(low, column))
    end = np.minimum(high, column + 1)
    width = high - low
    part = np.where(width > 0, (end - start) / np.where(width > 0, width, 1.0), 1.0)
    return row[piece], column, (start + end) / 2 - column, height[piece] * part


def _crossings(x: Floats, y: Floats, lines: Floats, *, both_ends: bool = False) -> tuple[Integers, Floats]:
    """Which of some horizontal lines, in rising order, edges cross, and where; the lower end belongs."""
    xa, ya, xb, yb = _edges(x, y)
    first = np.searchsorted(lines, np.minimum(ya, yb))
    last = np.searchsorted(lines, np.maximum(ya, yb), side="right" if both_ends else "left")
    edge, line = _spread(first, last)
    xa, ya, xb, yb = (end[edge] for end in (xa, ya, xb, yb))
    return line, (xb - xa) * (lines[line] - ya) / (yb - ya) + xa


def _outline_points(x: Floats, y: Floats, lines: Floats, nx: int) -> tuple[Integers, Integers]:
    """Rows and columns of the whole-numbered points that lie on the outline."""
    row, crossing = _crossings(x, y, lines, both_ends=True)
    column = np.rint(np.clip(crossing, -1, nx))
    on = (
        (np.abs(crossing - column) < _ROUNDING * np.maximum(1.0, np.abs(column)))
        & (column >= 0)
        & (column < nx)
    )
    flat = (y == np.roll(y, -1)) & (y == np.rint(y)) & (y >= 0) & (y < lines.size)
    xa, xb = x[flat], np.roll(x, -1)[flat]
    first = np.clip(np.ceil(np.minimum(xa, xb)), 0, nx).astype(int)
    edge, along = _spread(first, np.clip(np.floor(np.maximum(xa, xb)) + 1, 0, nx).astype(int))
    rows = np.concatenate([row[on], y[flat][edge].astype(int)])
    return rows, np.concatenate([column[on].astype(int), along])


def _edges(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Start and end of each edge that is not horizontal."""
    xa, ya = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    xb, yb = np.roll(xa, -1), np.roll(ya, -1)
    rises = ya != yb
    return xa[rises], ya[rises], xb[rises], yb[rises]


def _spread(first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """For each i the whole numbers from ``first[i]`` up to ``last[i]``, not included: i, and the number."""
    n = np.maximum(last - first, 0)
    which = np.repeat(np.arange(n.size), n)
    return which, np.arange(which.size) - (np.cumsum(n) - n - first)[which]
