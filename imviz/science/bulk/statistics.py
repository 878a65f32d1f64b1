"""Statistics and shapes of many apertures at once: the definitions of a single one's, along an axis.

A block is an array of shape (n, ny, nx), a window for each aperture; only the pixels ``inside`` count.
Nothing is measured here that one aperture alone does not have, and a test holds the two to each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imviz.science.photometry.statistics import LOCATION, MAD_TO_STD, MIDVARIANCE, middle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]

__all__ = ["in_order", "shapes", "statistics"]

_PIXEL_VARIANCE = 1 / 12
_ROUNDING = 1e-12  # as in `imviz.science.photometry.moments`


def statistics(data: Floats, inside: Truths) -> dict[str, Floats]:
    """As photutils' `ApertureStats` defines them, by column, of shape (n,); NaN where nothing is inside."""
    n = len(data)
    values, used = data.reshape(n, -1), inside.reshape(n, -1)
    ordered, count = in_order(data, inside)
    found = _moments(values, used, ordered)
    median, mad = found["median"], found["mad_std"] / MAD_TO_STD
    away = np.where(used, values - median[:, None], 0.0)
    spread = np.where(mad == 0, np.nan, mad)[:, None]
    found |= {
        "min": ordered[:, 0].copy(),
        "max": ordered[np.arange(n), np.maximum(count - 1, 0)],
        "biweight_location": median + np.where(mad == 0, 0.0, _shift(away, used, spread)),
        "biweight_midvariance": np.where(mad == 0, 0.0, _midvariance(away, used, spread)),
    }
    for numbers in found.values():
        numbers[count == 0] = np.nan
    return found


def in_order(data: Floats, inside: Truths) -> tuple[Floats, NDArray[np.int_]]:
    """The values inside of each window, sorted, infinity after them; and how many they are."""
    count = np.count_nonzero(inside, axis=(1, 2))
    ordered = np.full((len(data), max(int(count.max(initial=0)), 1)), np.inf)
    ordered[np.arange(ordered.shape[1]) < count[:, None]] = data[inside]
    ordered.sort(axis=1)
    return ordered, count


def _moments(values: Floats, used: Truths, ordered: Floats) -> dict[str, Floats]:
    count = used.sum(axis=1)
    median = middle(ordered, count)
    mean = np.where(used, values, 0.0).sum(axis=1) / count
    var = np.where(used, (values - mean[:, None]) ** 2, 0.0).sum(axis=1) / count
    mad = middle(np.sort(np.where(used, np.abs(values - median[:, None]), np.inf), axis=1), count)
    mode = 3 * median - 2 * mean
    return {
        "mean": mean,
        "median": median,
        "mode": mode,
        "std": np.sqrt(var),
        "var": var,
        "mad_std": mad * MAD_TO_STD,
    }


def _shift(away: Floats, used: Truths, mad: Floats) -> Floats:
    """From the median to the biweight location."""
    weights = np.where(used, np.maximum(1 - (away / (LOCATION * mad)) ** 2, 0.0) ** 2, 0.0)
    return (away * weights).sum(axis=1) / weights.sum(axis=1)


def _midvariance(away: Floats, used: Truths, mad: Floats) -> Floats:
    squared = (away / (MIDVARIANCE * mad)) ** 2
    near = np.where(used, np.maximum(1 - squared, 0.0), 0.0)
    above = ((away * near * near) ** 2).sum(axis=1)
    return used.sum(axis=1) * above / (near * (1 - 5 * squared)).sum(axis=1) ** 2


def shapes(data: Floats, inside: Truths) -> dict[str, Floats]:
    """`imviz.science.photometry.moments.Shape` of each, by column [pix, deg]."""
    values = np.where(inside, data, 0.0)
    across, up = values.sum(axis=1), values.sum(axis=2)
    total = across.sum(axis=1)
    total[(total == 0) | ~np.isfinite(total)] = np.nan
    x_axis, y_axis = np.arange(across.shape[1]), np.arange(up.shape[1])
    dx = x_axis - (across @ x_axis / total)[:, None]
    dy = y_axis - (up @ y_axis / total)[:, None]
    xx, yy = ((sums * away * away).sum(axis=1) / total for sums, away in ((across, dx), (up, dy)))
    xy = ((values * dx[:, None, :]).sum(axis=2) * dy).sum(axis=1) / total
    trace, determinant = xx + yy, xx * yy - xy**2
    undefined = (trace < 0) | (determinant < -_ROUNDING * trace**2) | np.isnan(total)
    spread = np.hypot((xx - yy) / 2, xy)
    major, minor = trace / 2 + spread, trace / 2 - spread
    angle = np.where(major > _PIXEL_VARIANCE, np.degrees(np.arctan2(2 * xy, xx - yy)) / 2, 0.0)
    major, minor = (np.sqrt(np.maximum(variance, _PIXEL_VARIANCE)) for variance in (major, minor))
    found = {
        "fwhm": 2 * np.sqrt(np.log(2) * (major**2 + minor**2)),
        "semimajor_sigma": major,
        "semiminor_sigma": minor,
        "orientation": angle,
        "eccentricity": np.sqrt(1 - (minor / major) ** 2),
    }
    for numbers in found.values():
        numbers[undefined] = np.nan
    return found
