"""What clipping does to noise, so that it can be undone; of one sky, or of many at once.

Clipping cuts the wings of the noise off with the stars. What is left scatters by less than a pixel does, and
its averages by more than that many pixels would: at 2 standard deviations, where the limits creep inwards
from round to round, by 1.4 times less and 1.6 times more. Both are known here, for Gaussian noise and any
limit: the scatter by that of a normal distribution cut there, the errors by the estimators' influence
functions (Huber & Ronchetti 2009, Robust Statistics, ch. 1) with limits that move along with the median.

Which pixels are cut is `imviz.science.photometry.samples`'.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

from imviz.science.photometry.statistics import LOCATION, MAD_TO_STD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "MEDIAN_FACTOR",
    "NARROWEST",
    "ROUNDS",
    "WIDEST",
    "error_factor",
    "mad_ratio",
    "part_within",
    "rms_ratio",
]

MEDIAN_FACTOR = 1.2533141373155003
"""Standard error of the median of normal noise in units of the mean's, the root of pi / 2."""

ROUNDS = 10
"""How often a limit is found anew, at most."""

WIDEST = 8.0
"""Standard deviations, beyond which nothing is cut."""

NARROWEST = 0.5
"""Standard deviations, below which a cut distribution is flat and tells nothing of its scatter."""


def part_within(limit: Any) -> Any:
    """Of normal noise, the part within so many standard deviations."""
    return 2 * ndtr(limit) - 1


def mad_ratio(limit: Any) -> Any:
    """The median absolute deviation of normal noise that was cut at ``limit``, in units of that uncut."""
    return ndtri(0.5 + part_within(limit) / 4) * MAD_TO_STD


def rms_ratio(limit: float) -> float:
    """The standard deviation of normal noise that was cut at ``limit``, in units of that uncut."""
    t = min(max(limit, NARROWEST), WIDEST)
    return float(np.sqrt(1 - 2 * t * _density(t) / part_within(t)))


def _density(x: Any) -> Any:
    return np.exp(-np.square(x) / 2) / np.sqrt(2 * np.pi)


def error_factor(estimator: str, limit: Any = np.inf, median: Any = MEDIAN_FACTOR) -> Any:
    """Standard error of an estimator of normal noise cut at ``limit``, in units of std / sqrt(uncut number).

    Parameters
    ----------
    estimator : str
        ``median``, ``mean``, ``mode``, ``sextractor`` or ``biweight``.
    limit : float or ndarray
        Standard deviations from the median of what is kept, where the pixels are cut.
    median : float or ndarray
        The factor of the uncut median, less than of continuous noise where pixels are rounded coarsely.
    """
    t = np.clip(limit, NARROWEST, WIDEST)
    part, edge, rise = part_within(t), _density(t), _density(0.0) - _density(t)
    # the median moves with its own limits, by this much for a pixel on one side; the mean with both
    step = 0.5 / rise
    follows = 2 * t * edge * step
    of_median, of_both = step**2 * part, step * (2 * rise + follows * part) / part
    of_mean = (part - 2 * t * edge + 4 * follows * rise + follows**2 * part) / part**2
    if estimator == "biweight":
        return _biweight_factor(t, step)
    # coarse rounding gives the median some of the mean's efficiency
    of_median = of_both + (of_median - of_both) * np.maximum(median**2 - 1, 0.0) / (np.pi / 2 - 1)
    median_part, mean_part = {
        "median": (1.0, 0.0),
        "mean": (0.0, 1.0),
        "mode": (3.0, -2.0),
        "sextractor": (2.5, -1.5),
    }[estimator]
    variance = median_part**2 * of_median + mean_part**2 * of_mean + 2 * median_part * mean_part * of_both
    return np.sqrt(variance)


@cache
def _grid() -> tuple[Floats, Floats]:
    return np.polynomial.legendre.leggauss(64)


def _biweight_factor(t: Any, step: Any) -> Any:
    """`error_factor` of the biweight location about the median, by its influence function on a grid."""
    t, step = np.asarray(t)[..., None], np.asarray(step)[..., None]
    reach = LOCATION * mad_ratio(t) / MAD_TO_STD
    x, weight = _grid()
    x, weight = (x + 1) * t / 2, weight * t * _density((x + 1) * t / 2)  # both sides of the median
    bend = np.maximum(1 - (x / reach) ** 2, 0.0) ** 2
    total = np.sum(weight * bend, axis=-1, keepdims=True)
    pull = np.sum(weight * bend * x**2, axis=-1, keepdims=True)
    influence = (1 - pull / total) * step + x * bend / total
    return np.sqrt(np.sum(weight * influence**2, axis=-1))
