"""Brightness along a line: a row, a column, or a cut at any angle, averaged over a width.

Only the pixels near the line are read, piece by piece, so a cut costs its length and not its bounding
box. A cut is interpolated bilinearly; every value is one weighted mean of pixels, which gives its exact
error where the image has an uncertainty, and lets unusable pixels be left out. Positions are pixels,
0-indexed, integers at pixel centres. Nothing is plotted or fitted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, hypot
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from scipy.sparse import csr_array

from imviz.errors import InputError
from imviz.science.photometry.apertures import Box
from imviz.science.photometry.cutout import check_image, cut, uncertainty_kind
from imviz.science.sky.geometry import has_celestial

if TYPE_CHECKING:
    from collections.abc import Callable

    from astropy.nddata import NDData
    from astropy.table import QTable
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["LineProfile", "column_profile", "cut_on_another", "cut_profile", "profile_along", "row_profile"]

PIECE = 256  # positions along a cut read at a time: a small box even on a diagonal
LONGEST, WIDEST = 200_000, 2_000  # pixels


@dataclass(frozen=True, slots=True, eq=False)
class LineProfile:
    """Values along a line.

    Attributes
    ----------
    x, y : ndarray
        Where they are, in the image's pixels.
    distance : ndarray
        From the first position, in pixels.
    value : ndarray
        In the image's unit; NaN where no pixel is usable.
    error : ndarray or None
        One standard deviation of each value: from the image's uncertainty, else (over a width) from the
        scatter across the line; None without either.
    error_from : str
        ``"uncertainty"``, ``"scatter"`` or ``""``.
    unit : str
        The image's, '' without one.
    """

    x: Floats
    y: Floats
    distance: Floats
    value: Floats
    error: Floats | None
    error_from: str
    unit: str

    def on_sky(self, wcs: object) -> Floats | None:
        """Distances along the line on the sky in arcsec; None without a celestial WCS."""
        if not has_celestial(wcs):
            return None
        places = wcs.pixel_to_world(self.x, self.y)  # type: ignore[attr-defined]
        steps = places[:-1].separation(places[1:]).to_value(u.arcsec)
        return np.concatenate([[0.0], np.cumsum(steps)])

    def table(self, wcs: object = None) -> QTable:
        """All of it as a table: x, y, distance, separation (with a WCS), pixel_value, error."""
        from astropy.table import QTable

        unit = u.Unit(self.unit, parse_strict="silent")
        columns = {"x": self.x, "y": self.y, "distance": self.distance * u.pix}
        separation = self.on_sky(wcs)
        if separation is not None:
            columns["separation"] = separation * u.arcsec
        columns["pixel_value"] = self.value * unit  # astropy cannot write a quantity called "value"
        if self.error is not None:
            columns["error"] = self.error * unit
        return QTable(columns)


def row_profile(image: NDData, y: float, between: tuple[float, float] | None = None) -> LineProfile:
    """The pixels of the row at `y`, those between two x (ends included) or all."""
    return _straight(image, y, between, along="x")


def column_profile(image: NDData, x: float, between: tuple[float, float] | None = None) -> LineProfile:
    """The pixels of the column at `x`, those between two y (ends included) or all."""
    return _straight(image, x, between, along="y")


def cut_profile(
    image: NDData, start: tuple[float, float], end: tuple[float, float], width: float = 1.0
) -> LineProfile:
    """A cut from one position to another, about one value a pixel, averaged across `width` pixels.

    Parameters
    ----------
    image : NDData
        With mask and uncertainty, or without.
    start, end : (float, float)
        x, y; may be off the image, where the profile is NaN.
    width : float
        In pixels, across the line; at a width of 1 or less the line alone is read.

    Raises
    ------
    InputError
        For ends that are one point, or not finite, or a width or length that cannot be.
    """
    shape = check_image(image)
    numbers = np.array([*start, *end, width], dtype=float)
    if not np.isfinite(numbers).all() or not 0 < width <= WIDEST:
        raise InputError(
            f"A cut goes from (x, y) to (x, y), of a width up to {WIDEST}; not {numbers.tolist()}."
        )
    length = hypot(end[0] - start[0], end[1] - start[1])
    if not 0 < length <= LONGEST:
        raise InputError(f"A cut must be longer than 0 and at most {LONGEST} pixels; this is {length:g}.")
    n = max(2, round(length) + 1)
    x, y = np.linspace(start[0], end[0], n), np.linspace(start[1], end[1], n)
    across = max(1, round(width))
    offsets = (np.arange(across) - (across - 1) / 2) * (width / across)
    normal = np.array([-(end[1] - start[1]), end[0] - start[0]]) / length
    value, error = _read(image, shape, x, y, offsets[:, None] * normal)
    return _profile(image, (x, y, np.linspace(0.0, length, n)), value, error, scattered=across > 1)


def cut_on_another(
    image: NDData,
    transform: Callable[[Any, Any], Any],
    ends: tuple[tuple[float, float], tuple[float, float]],
    width: float = 1.0,
) -> LineProfile:
    """A cut given in one image's pixels, read off another: straight between where its ends lie there.

    Parameters
    ----------
    image : NDData
        The one that is read.
    transform : callable
        From the pixels of the image that the cut is given on to those of `image`.
    ends : pair of (float, float)
        x, y of either end, as given.
    width : float
        In pixels of the image that the cut is given on.

    Returns
    -------
    LineProfile
        Positions and distances are those of the cut as given.
    """
    (xa, ya), (xb, yb) = ends
    x, y = (np.asarray(values) for values in transform(np.array([xa, xb]), np.array([ya, yb])))
    here, there = hypot(xb - xa, yb - ya), hypot(x[1] - x[0], y[1] - y[0])
    if not (here > 0 and np.isfinite(there)):
        raise InputError(f"The cut from ({xa:g}, {ya:g}) to ({xb:g}, {yb:g}) has no length there.")
    found = cut_profile(image, (x[0], y[0]), (x[1], y[1]), max(width * there / here, 1e-3))
    part = found.distance / there
    on_given = xa + part * (xb - xa), ya + part * (yb - ya)
    return LineProfile(*on_given, part * here, found.value, found.error, found.error_from, found.unit)


def profile_along(image: NDData, x: Floats, y: Floats) -> LineProfile:
    """The values at positions in a row, neighbours near each other: a line that need not be straight."""
    shape = check_image(image)
    value, error = _read(image, shape, x, y, np.zeros((1, 2)))
    distance = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    return _profile(image, (x, y, distance), value, error, scattered=False)


def _read(
    image: NDData, shape: tuple[int, int], x: Floats, y: Floats, offsets: Floats
) -> tuple[Floats, Floats]:
    """Values and errors, read piece by piece."""
    pieces = [
        _piece(image, shape, x[k : k + PIECE], y[k : k + PIECE], offsets) for k in range(0, len(x), PIECE)
    ]
    value, error = (np.concatenate(part) for part in zip(*pieces, strict=True))
    return value, error


def _profile(
    image: NDData, places: tuple[Floats, Floats, Floats], value: Floats, error: Floats, *, scattered: bool
) -> LineProfile:
    propagated = uncertainty_kind(image) is not None
    known = propagated or scattered
    source = "uncertainty" if propagated else "scatter" if known else ""
    return LineProfile(*places, value, error if known else None, source, _unit(image))


def _straight(image: NDData, at: float, between: tuple[float, float] | None, along: str) -> LineProfile:
    shape = check_image(image)
    n_here, n_along = shape if along == "x" else shape[::-1]
    if not np.isfinite(at) or not 0 <= floor(at + 0.5) < n_here:
        what = "row" if along == "x" else "column"
        raise InputError(f"There is no {what} {at:g}; the image has {what}s 0 to {n_here - 1}.")
    first, last = (0, n_along - 1) if between is None else sorted(floor(edge + 0.5) for edge in between)
    first, last = max(first, 0), min(last, n_along - 1)
    if last < first:
        raise InputError(f"Nothing of the image lies between {between}; it has {along} 0 to {n_along - 1}.")
    here, n = floor(at + 0.5), last - first + 1
    box = Box(first, here, n, 1) if along == "x" else Box(here, first, 1, n)
    found = cut(image, box)
    value = np.where(found.usable, found.data, np.nan).ravel()
    error = None if found.variance is None else np.sqrt(found.variance).ravel()
    moving, fixed = np.arange(first, last + 1, dtype=float), np.full(n, float(here))
    x, y = (moving, fixed) if along == "x" else (fixed, moving)
    source = "" if error is None else "uncertainty"
    return LineProfile(x, y, moving - moving[0], value, error, source, _unit(image))


def _piece(
    image: NDData, shape: tuple[int, int], x: Floats, y: Floats, offsets: Floats
) -> tuple[Floats, Floats]:
    """Values and errors at some positions of a cut; `offsets` (m, 2) are those across it."""
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return _known_part(image, shape, x, y, offsets)
    all_x, all_y = x[:, None] + offsets[:, 0], y[:, None] + offsets[:, 1]
    x0, y0 = floor(all_x.min()), floor(all_y.min())
    box = Box(x0, y0, ceil(all_x.max()) - x0 + 2, ceil(all_y.max()) - y0 + 2).clip(shape)
    if box is None:
        return np.full(len(x), np.nan), np.full(len(x), np.nan)
    found = cut(image, box)
    weights = _bilinear(all_x, all_y, box, found.usable)
    single = weights @ found.data.ravel()
    total = np.asarray(weights.sum(axis=1)).ravel()
    good = (total >= 0.5).reshape(all_x.shape)  # of a position's weight, at least half on usable pixels
    count = good.sum(axis=1)
    share = np.where(good.ravel(), 1 / np.where(total > 0, total, 1), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = (single * share).reshape(all_x.shape)
        mean = values.sum(axis=1) / np.where(count, count, np.nan)
        if found.variance is None:
            spread = np.where(good, values - mean[:, None], 0.0)
            return mean, np.sqrt((spread**2).sum(axis=1) / np.where(count > 1, count - 1, np.nan) / count)
    m = all_x.shape[1]
    averaging = csr_array(
        (
            (share / np.repeat(np.where(count, count, 1), m)),
            np.arange(all_x.size),
            np.arange(0, all_x.size + 1, m),
        ),
        shape=(len(x), all_x.size),
    )
    means = averaging @ weights  # each value as one weighted mean of pixels
    variance = np.where(found.usable, found.variance, 0.0).ravel()
    return mean, np.where(count, np.sqrt(means.power(2) @ variance), np.nan)


def _known_part(
    image: NDData, shape: tuple[int, int], x: Floats, y: Floats, offsets: Floats
) -> tuple[Floats, Floats]:
    """Positions that are none (NaN) have no value."""
    known = np.isfinite(x) & np.isfinite(y)
    value, error = np.full(len(x), np.nan), np.full(len(x), np.nan)
    if known.any():
        value[known], error[known] = _piece(image, shape, x[known], y[known], offsets)
    return value, error


def _bilinear(x: Floats, y: Floats, box: Box, usable: NDArray[np.bool_]) -> csr_array:
    """The weight of each usable pixel of a box (columns) in each position (rows)."""
    x, y = x.ravel() - box.x0, y.ravel() - box.y0
    left, low = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = x - left, y - low
    columns, rows, values = [], [], []
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        column, row = left + dx, low + dy
        weight = (fx if dx else 1 - fx) * (fy if dy else 1 - fy)
        inside = (column >= 0) & (column < box.nx) & (row >= 0) & (row < box.ny) & (weight > 0)
        inside[inside] &= usable[row[inside], column[inside]]
        columns.append((row * box.nx + column)[inside])
        rows.append(np.flatnonzero(inside))
        values.append(weight[inside])
    place = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.concatenate(values), place), shape=(x.size, box.nx * box.ny))


def _unit(image: NDData) -> str:
    return "" if image.unit is None else str(image.unit)
