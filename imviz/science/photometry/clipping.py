"""A sky's pixels after sigma clipping, and what the clipping did to them, so that it can be undone.

Clipping cuts the wings of the noise off with the stars. What is left scatters by less than a pixel does, and
its averages by more than that many pixels would: at 2 standard deviations, where the limits creep inwards
from round to round, by 1.4 times less and 1.6 times more. Both are undone here, for Gaussian noise and any
limit: the scatter by that of a normal distribution cut there, the errors by the estimators' influence
functions (Huber & Ronchetti 2009, Robust Statistics, ch. 1) with limits that move along with the median.

Which pixels of a continuous distribution are kept is astropy's `~astropy.stats.SigmaClip`'s choice. Pixels
that come in steps (`imviz.science.photometry.lattice`) are rejected by whole steps, beyond so many of the
undone scatter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.stats import SigmaClip, mad_std
from scipy.special import ndtr, ndtri

from imviz.science.photometry.lattice import rounded
from imviz.science.photometry.statistics import LOCATION, MAD_TO_STD, biweight_shift

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.science.photometry.lattice import Rounded

    Floats = NDArray[np.float64]

__all__ = ["MEDIAN_FACTOR", "ROUNDS", "Sample", "error_factor", "mad_ratio", "part_within", "rms_ratio"]

MEDIAN_FACTOR = 1.2533141373155003
"""Standard error of the median of normal noise in units of the mean's, the root of pi / 2."""

ROUNDS = 10
"""How often a limit is found anew, at most."""

_WIDEST = 8.0  # standard deviations, beyond which nothing is cut
_NARROWEST = 0.5  # below, a cut distribution is flat and tells nothing of its scatter
_ENOUGH = 3.0  # standard deviations within which a scatter is measured, even where less is kept


def part_within(limit: float) -> float:
    """Of normal noise, the part within so many standard deviations."""
    return float(2 * ndtr(limit) - 1)


def mad_ratio(limit: float) -> float:
    """The median absolute deviation of normal noise that was cut at ``limit``, in units of that uncut."""
    return float(ndtri(0.5 + part_within(limit) / 4)) * MAD_TO_STD


def rms_ratio(limit: float) -> float:
    """The standard deviation of normal noise that was cut at ``limit``, in units of that uncut."""
    t = min(max(limit, _NARROWEST), _WIDEST)
    return float(np.sqrt(1 - 2 * t * _density(t) / part_within(t)))


def _density(x: Floats | float) -> Floats | float:
    return np.exp(-np.square(x) / 2) / np.sqrt(2 * np.pi)


def error_factor(estimator: str, limit: float = np.inf, median: Any = MEDIAN_FACTOR) -> Any:
    """Standard error of an estimator of normal noise cut at ``limit``, in units of std / sqrt(uncut number).

    Parameters
    ----------
    estimator : str
        ``median``, ``mean``, ``mode``, ``sextractor`` or ``biweight``.
    limit : float
        Standard deviations from the median of what is kept, where the pixels are cut.
    median : float or ndarray
        The factor of the uncut median, less than of continuous noise where pixels are rounded coarsely.
    """
    t = float(np.clip(limit, _NARROWEST, _WIDEST))
    part, edge, rise = part_within(t), float(_density(t)), float(_density(0.0) - _density(t))
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


def _biweight_factor(t: float, step: float) -> float:
    """`error_factor` of the biweight location about the median, by its influence function on a grid."""
    reach = LOCATION * mad_ratio(t) / MAD_TO_STD
    x, weight = np.polynomial.legendre.leggauss(64)
    x, weight = (x + 1) * t / 2, weight * t * _density((x + 1) * t / 2)  # both sides of the median
    bend = np.maximum(1 - (x / reach) ** 2, 0.0) ** 2
    total, pull = np.sum(weight * bend), np.sum(weight * bend * x**2)
    influence = (1 - pull / total) * step + x * bend / total
    return float(np.sqrt(np.sum(weight * influence**2)))


@dataclass(frozen=True, slots=True)
class Sample:
    """Pixels of a sky: the ``values`` kept, their ``median`` and ``mean``, and a pixel's ``std``, undone.

    ``limit`` is where they were cut [std]; ``deviation`` their median absolute deviation. For rounded pixels,
    which come in a ``step``, ``levels`` and ``parts`` are the values that their noise has within the cut, and
    how often.
    """

    values: Floats
    median: float
    mean: float
    std: float
    deviation: float
    limit: float = np.inf
    median_factor: float = MEDIAN_FACTOR
    step: float = 0.0
    levels: Floats | None = None
    parts: Floats | None = None

    @classmethod
    def of(cls, values: Floats, sigma_clip: float | None = None) -> Sample | None:
        """Of finite values, clipped or not; `None` where clipping leaves nothing."""
        ordered = np.sort(values)
        steps = rounded(ordered[None], np.array([values.size]))
        if np.isfinite(steps.value[0]):
            return _of_steps(values, ordered, steps, sigma_clip)
        if sigma_clip is None:
            return cls(*_plain(values))
        kept, low, high = SigmaClip(sigma=sigma_clip, maxiters=ROUNDS)(
            values, masked=False, return_bounds=True
        )
        if not kept.size:
            return None
        wide, ends = kept, (low, high)
        if sigma_clip < _ENOUGH:
            wide, *ends = SigmaClip(sigma=_ENOUGH, maxiters=ROUNDS)(values, masked=False, return_bounds=True)
        _, median, mean, _, deviation = _plain(kept)
        std = _uncut(float(mad_std(wide)), (ends[1] - ends[0]) / 2) or float(np.std(wide))
        limit = (high - low) / 2 / std if std > 0 else np.inf
        return cls(kept, median, mean, std, deviation, float(limit))

    @property
    def biweight(self) -> float:
        """The biweight location about the median; of rounded pixels, without what the weights do to steps."""
        shift = biweight_shift(self.values - self.median, self.deviation)
        if self.levels is not None and self.parts is not None:
            shift -= biweight_shift(self.levels - self.median, self.deviation, self.parts)
        return self.median + shift

    def err(self, estimator: str) -> float:
        """Standard error of an estimator of these pixels."""
        n_uncut = self.values.size / part_within(max(self.limit, _NARROWEST))
        return float(error_factor(estimator, self.limit, self.median_factor) * self.std / np.sqrt(n_uncut))


def _plain(values: Floats) -> tuple[Floats, float, float, float, float]:
    """Values, median, mean, scatter and deviation."""
    median = float(np.median(values))
    std = float(mad_std(values)) or float(np.std(values))
    return values, median, float(np.mean(values)), std, float(np.median(np.abs(values - median)))


def _uncut(spread: float, half: float) -> float:
    """The scatter of noise whose scaled median absolute deviation within ``half`` of its median is given."""
    std = spread
    for _ in range(ROUNDS):
        if not std > 0:
            return 0.0
        std = spread / mad_ratio(max(half / std, _NARROWEST))
    return std


def _of_steps(values: Floats, ordered: Floats, found: Rounded, sigma_clip: float | None) -> Sample:
    """Of pixels that come in steps, which are kept or rejected by whole steps."""
    step, limit, low, high = float(found.step[0]), np.inf, -np.inf, np.inf
    for _ in range(ROUNDS if sigma_clip is not None else 0):
        before = low, high
        low, high = _edges(found, float(ordered[0]) - step / 2, float(sigma_clip or 0.0))
        center, scatter = float(found.center[0]), float(found.scatter[0])
        limit = (high - low) / 2 / scatter
        if (low, high) == before:
            break
        inside = ordered[(ordered > low) & (ordered < high)]
        cut = float(ndtr((low - center) / scatter)), float(ndtr((center - high) / scatter))
        again = rounded(inside[None], np.array([inside.size]), *cut)
        if not np.isfinite(again.value[0]):  # hardly more than one value left
            break
        found = again
    kept = values[(values > low) & (values < high)]
    levels, parts = _levels(found, low, high)
    return Sample(
        kept,
        median=float(found.value[0]),
        mean=float(np.mean(kept)) + float(found.value[0] - np.sum(parts * levels)),
        std=float(found.std[0]),
        deviation=float(np.hypot(found.scatter[0], step / np.sqrt(12))) / MAD_TO_STD,
        limit=float(limit),
        median_factor=float(found.factor[0]),
        step=step,
        levels=levels,
        parts=parts,
    )


def _edges(found: Rounded, first: float, sigma_clip: float) -> tuple[float, float]:
    """The outer edges of the outermost steps of which a part is within the limits."""
    step, center = float(found.step[0]), float(found.center[0])
    half = sigma_clip * float(np.hypot(found.scatter[0], step / np.sqrt(12)))
    low = first + step * np.floor((center - half - first) / step)
    return float(low), float(first + step * np.ceil((center + half - first) / step))


def _levels(found: Rounded, low: float, high: float) -> tuple[Floats, Floats]:
    """The rounded values between two edges, which may lie unevenly, and how often noise alone has each."""
    step, center, scatter = float(found.step[0]), float(found.center[0]), float(found.scatter[0])
    first = low if np.isfinite(low) else float(found.reference[0]) - step / 2
    reach = _WIDEST * scatter + step
    start = max(low, first + step * np.floor((center - reach - first) / step))
    edges = np.arange(start, min(high, center + reach) + step / 2, step)
    parts = np.diff(ndtr((edges - center) / scatter))
    levels: Floats = edges[:-1] + step / 2
    return levels, parts / np.sum(parts)
