"""The statistics of an aperture's pixels, as photutils' `ApertureStats` defines them, of an array of values.

Computed here because they are wanted for thousands of apertures, and while an aperture is in the hand: the
median and the deviations from it are found once and serve five of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.science.calibration.units import with_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import astropy.units as u
    from numpy.typing import NDArray

__all__ = [
    "LOCATION",
    "MAD_TO_STD",
    "MIDVARIANCE",
    "STATISTICS",
    "biweight_shift",
    "middle",
    "statistics_of",
    "with_units",
]

STATISTICS = (
    *("min", "max", "mean", "median", "mode", "std", "mad_std", "var"),
    *("biweight_location", "biweight_midvariance"),
)
"""Their names, in the table's order."""

MAD_TO_STD = 1.482602218505602  # 1 / the normal distribution's 75 % point
LOCATION, MIDVARIANCE = 6.0, 9.0  # tuning constants, in median absolute deviations


def statistics_of(values: NDArray[np.float64]) -> dict[str, float]:
    """Each of `STATISTICS` of a 1-D array of finite values; all NaN of an empty one.

    ``mode`` is 3 median - 2 mean; ``std`` and ``var`` divide by n; ``mad_std`` is the scaled median absolute
    deviation; the biweights are Beers et al. (1990) with 6 and 9 median absolute deviations, the median and 0
    where that deviation is 0.
    """
    if values.size == 0:
        return dict.fromkeys(STATISTICS, float("nan"))
    mean, median = float(values.mean()), float(np.median(values))
    var = float(values.var())
    away = values - median
    mad = float(np.median(np.abs(away)))
    return {
        "min": float(values.min()),
        "max": float(values.max()),
        "mean": mean,
        "median": median,
        "mode": 3 * median - 2 * mean,
        "std": float(np.sqrt(var)),
        "mad_std": mad * MAD_TO_STD,
        "var": var,
        "biweight_location": median + biweight_shift(away, mad),
        "biweight_midvariance": _biweight_midvariance(away, mad),
    }


def with_units(numbers: Mapping[str, Any], unit: u.UnitBase | None) -> dict[str, Any]:
    """Each of `STATISTICS`, of one aperture or many, in the data's unit or, of a variance, its square."""
    squared = None if unit is None else unit**2
    variances = ("var", "biweight_midvariance")
    return {name: with_unit(numbers[name], squared if name in variances else unit) for name in STATISTICS}


def biweight_shift(away: NDArray[np.float64], mad: float, parts: NDArray[np.float64] | float = 1.0) -> float:
    """From the median to the biweight location, of deviations from it that each occur in such ``parts``."""
    if mad == 0:
        return 0.0
    near = 1 - (away / (LOCATION * mad)) ** 2
    weights = np.maximum(near, 0.0) ** 2 * parts
    return float(np.sum(away * weights) / np.sum(weights))


def middle(
    ordered: NDArray[np.float64], count: NDArray[np.int_], first: NDArray[np.int_] | int = 0
) -> NDArray[np.float64]:
    """The medians of ``count`` values of each row of values in order, from place ``first`` on."""
    rows, last = np.arange(len(ordered)), np.maximum(count, 1)
    low, high = ordered[rows, first + (last - 1) // 2], ordered[rows, first + last // 2]
    return np.where(low == high, low, (low + high) / 2)


def _biweight_midvariance(away: NDArray[np.float64], mad: float) -> float:
    if mad == 0:
        return 0.0
    squared = (away / (MIDVARIANCE * mad)) ** 2
    near = np.maximum(1 - squared, 0.0)
    above = np.sum((away * near * near) ** 2)
    below = np.sum(near * (1 - 5 * squared))  # 0 where the first factor is
    return float(away.size * above / below**2)
