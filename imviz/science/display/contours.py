"""Contours of an image: levels that say something, and the lines at them, from a bounded piece.

A large rectangle is thinned before it is contoured, so the cost does not follow the image's size.
Unusable pixels leave gaps; smoothing does not spread them. Nothing is drawn here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.stats import sigma_clipped_stats
from contourpy import contour_generator
from scipy.ndimage import gaussian_filter

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.nddata import NDData
    from numpy.typing import NDArray

    from imviz.science.photometry.apertures import Box

    Floats = NDArray[np.float64]

__all__ = ["LEVELS", "MOST", "contour_levels", "contours", "smoothed", "thinned"]

LEVELS = ("Significance", "Percentiles", "Linear", "Manual")
MOST = 1024
"""Values along a side."""
MOST_LEVELS = 50


def thinned(image: NDData, box: Box, most: int = MOST) -> tuple[Floats, Floats, Floats]:
    """The values of a box, every n-th of them if it is large, unusable ones NaN.

    Returns
    -------
    x, y : ndarray
        Columns and rows, in pixels.
    values : ndarray
        Shape (len(y), len(x)).
    """
    step = max(1, -(-max(box.nx, box.ny) // most))
    rows = slice(box.y0 + step // 2, box.y0 + box.ny, step)
    columns = slice(box.x0 + step // 2, box.x0 + box.nx, step)
    values = np.array(image.data[rows, columns], dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    mask = image.mask
    if mask is not None and mask is not np.ma.nomask and np.ndim(mask):
        values[np.asarray(mask[rows, columns]).astype(bool)] = np.nan
    x = np.arange(columns.start, columns.stop, step, dtype=float)
    y = np.arange(rows.start, rows.stop, step, dtype=float)
    return x, y, values


def contour_levels(values: Floats, kind: str, n: int = 5, manual: Sequence[float] = ()) -> list[float]:
    """Levels to contour at, rising.

    Parameters
    ----------
    values : ndarray
        NaN is left out.
    kind : {'Significance', 'Percentiles', 'Linear', 'Manual'}
        Background plus 3, 6, 12, 24 … times its scatter; percentiles from 80 on; equally far apart from
        the 1st to the 99.9th percentile; or those given.
    n : int
        How many.
    manual : sequence of float
        For 'Manual'.

    Raises
    ------
    InputError
        For a kind, a number or levels that cannot be.
    """
    if kind not in LEVELS:
        raise InputError(f"There are no levels by {str(kind)[:40]!r}; use one of {', '.join(LEVELS)}.")
    if kind == "Manual":
        levels = sorted({float(level) for level in manual})
        if not levels or not np.isfinite(levels).all() or len(levels) > MOST_LEVELS:
            raise InputError(f"Give 1 to {MOST_LEVELS} levels as finite numbers.")
        return levels
    if not (isinstance(n, int | np.integer) and 1 <= n <= MOST_LEVELS):
        raise InputError(f"The number of contours is {n!r}; it must be 1 to {MOST_LEVELS}.")
    known = values[np.isfinite(values)]
    if not known.size or known.min() == known.max():
        raise InputError("There is nothing to contour: all values are one, or none is usable.")
    if kind == "Percentiles":
        found = np.percentile(known, 100 - 20 * 0.01 ** np.linspace(0, 1, n))
    elif kind == "Linear":
        low, high = np.percentile(known, [1, 99.9])
        found = low + (high - low) * np.arange(1, n + 1) / (n + 1)
    else:
        _, middle, scatter = sigma_clipped_stats(known, sigma=3, maxiters=5)
        found = middle + scatter * 3 * 2.0 ** np.arange(n)
        found = found[found < known.max()]
        if not len(found):
            raise InputError("Nothing stands out 3 sigma from the background; choose other levels.")
    return sorted({float(level) for level in found})


def smoothed(values: Floats, sigma: float) -> Floats:
    """Smoothed by a Gaussian of `sigma` values; NaN stays where it is and weighs nothing elsewhere."""
    if sigma <= 0:
        return values
    known = np.isfinite(values)
    weight = gaussian_filter(known.astype(float), sigma)
    total = gaussian_filter(np.where(known, values, 0.0), sigma)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, total / weight, np.nan)


def contours(x: Floats, y: Floats, values: Floats, level: float) -> list[Floats]:
    """The lines at one level, each of shape (n, 2), in pixels."""
    if min(values.shape) < 2:
        return []
    generator: Any = contour_generator(x=x, y=y, z=np.ma.masked_invalid(values))
    return [np.asarray(line) for line in generator.lines(level)]
