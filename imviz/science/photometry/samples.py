"""A sky's pixels, clipped or not, with their median, mean and scatter: of one sky, or of many at once.

Which pixels of a continuous distribution are kept is astropy's `~astropy.stats.SigmaClip`'s choice, found
here in pixels that are in order, where those kept are the ones between two places. Pixels that come in steps
(`imviz.science.photometry.lattice`) are rejected by whole steps, beyond so many of the undone scatter. What
clipping did to the scatter and to the errors is undone by `imviz.science.photometry.clipping`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from imviz.science.photometry.clipping import (
    MEDIAN_FACTOR,
    NARROWEST,
    ROUNDS,
    WIDEST,
    error_factor,
    mad_ratio,
    part_within,
)
from imviz.science.photometry.lattice import Rounded, rounded
from imviz.science.photometry.statistics import MAD_TO_STD, biweight_shift, middle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int_]

__all__ = ["Sample", "Samples", "clipped"]

_ENOUGH = 3.0  # standard deviations within which a scatter is measured, even where less is kept


@dataclass(frozen=True, slots=True)
class Samples:
    """Pixels of n skies; arrays of shape (n,), NaN for a sky of which clipping leaves nothing.

    Of ``ordered``, (n, m), those from place ``first`` to before ``stop`` are kept: of these are the
    ``median`` and the ``deviation``, their median absolute one; ``std`` is a pixel's, undone; ``limit`` is
    where they were cut [std]. For pixels that come in a ``step`` (else 0) ``found`` is their noise between
    the values ``low`` and ``high``.
    """

    ordered: Floats
    first: Places
    stop: Places
    low: Floats
    high: Floats
    median: Floats
    std: Floats
    deviation: Floats
    limit: Floats
    median_factor: Floats
    step: Floats
    found: Rounded

    @classmethod
    @np.errstate(all="ignore")  # pixels near the largest double; rows of which nothing is left
    def of(cls, ordered: Floats, count: Places, sigma_clip: float | None = None) -> Samples:
        """Of rows of finite values in order, ``count`` of each and infinity after them; clipped or not."""
        found = rounded(ordered, count)
        in_steps = np.isfinite(found.value)
        first, stop = np.zeros_like(count), count.copy()
        numbers: Any = [np.empty(len(count)) for _ in range(8)]
        for rows, kept in ((np.flatnonzero(in_steps), _steps_kept), (np.flatnonzero(~in_steps), _kept)):
            if rows.size:
                theirs = _take(found, rows)
                first[rows], stop[rows], *parts = kept(ordered[rows], count[rows], theirs, sigma_clip)
                for whole, part in zip(numbers, parts, strict=True):
                    whole[rows] = part
                _put(found, rows, theirs)
        columns: Any = ordered, first, stop, *numbers, found
        return cls(*columns)

    @property
    def n_kept(self) -> Places:
        """How many were kept."""
        return self.stop - self.first

    @property
    def mean(self) -> Floats:
        """The mean of those kept; of rounded pixels, of what their noise has on average without the cut."""
        mean, _ = _mean_and_std(self.ordered, self.first, self.stop)
        rows = np.flatnonzero(self.step > 0)
        if rows.size:
            found = _take(self.found, rows)
            levels, parts = _levels(found, self.low[rows], self.high[rows])
            mean[rows] += found.value - np.sum(parts * levels, axis=1)
        return mean

    @property
    def spread(self) -> Floats:
        """The plain standard deviation of those kept."""
        return _mean_and_std(self.ordered, self.first, self.stop)[1]

    @property
    def biweight(self) -> Floats:
        """The biweight location about the median; of rounded pixels, without what the weights do to steps."""
        place = np.empty(len(self.median))
        for row in range(len(place)):
            median, deviation = self.median[row], float(self.deviation[row])
            kept = self.ordered[row, self.first[row] : self.stop[row]]
            place[row] = median + biweight_shift(kept - median, deviation)
            if self.step[row] > 0:
                rows = np.array([row])
                levels, parts = _levels(_take(self.found, rows), self.low[rows], self.high[rows])
                place[row] -= biweight_shift(levels[0] - median, deviation, parts[0])
        return place

    def err(self, estimator: str) -> Floats:
        """Standard error of an estimator of these pixels."""
        n_uncut = self.n_kept / part_within(np.maximum(self.limit, NARROWEST))
        factor = error_factor(estimator, self.limit, self.median_factor)
        error: Floats = factor * self.std / np.sqrt(n_uncut)
        return error


class Sample:
    """Pixels of one sky: numbers of `Samples`, and the ``values`` kept, in order."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self.values = samples.ordered[0, samples.first[0] : samples.stop[0]]

    @classmethod
    def of(cls, values: Floats, sigma_clip: float | None = None) -> Sample | None:
        """Of finite values, clipped or not; `None` where clipping leaves nothing."""
        samples = Samples.of(np.sort(values)[None], np.array([values.size]), sigma_clip)
        return cls(samples) if samples.n_kept[0] > 0 else None

    def __getattr__(self, name: str) -> float:
        return float(getattr(self._samples, name)[0])

    def err(self, estimator: str) -> float:
        """Standard error of an estimator of these pixels."""
        return float(self._samples.err(estimator)[0])


def clipped(ordered: Floats, count: Places, sigma_clip: float) -> tuple[Places, Places, Floats, Floats]:
    """Which of rows of values in order `~astropy.stats.SigmaClip` keeps, about the median.

    Returns
    -------
    first, stop : ndarray
        Those kept are from place ``first`` to before ``stop``.
    low, high : ndarray
        The limits.
    """
    first, stop = np.zeros_like(count), count.copy()
    low, high = np.full((2, len(count)), np.nan)
    going = np.flatnonzero(count > 0)
    for _ in range(ROUNDS):
        rows, before = ordered[going], (first[going], stop[going])
        median = middle(rows, before[1] - before[0], before[0])
        half = sigma_clip * _mean_and_std(rows, *before)[1]
        low[going], high[going] = median - half, median + half
        first[going] = np.maximum(before[0], _n_below(rows, low[going]))
        stop[going] = np.maximum(first[going], np.minimum(before[1], _n_up_to(rows, high[going])))
        fewer = stop[going] - first[going] < before[1] - before[0]
        going = going[fewer & (stop[going] > first[going])]
        if not going.size:
            break
    return first, stop, low, high


def _kept(ordered: Floats, count: Places, _: Rounded, sigma_clip: float | None) -> tuple[Any, ...]:
    """The columns of `Samples`, of continuous pixels."""
    n = len(count)
    first, stop, limit = np.zeros_like(count), count, np.full(n, np.inf)
    low, high = -limit, limit
    if sigma_clip is not None:
        first, stop, low, high = clipped(ordered, count, sigma_clip)
    median, deviation = _middles(ordered, first, stop)
    spread, half, wide = deviation * MAD_TO_STD, (high - low) / 2, [first, stop]
    if sigma_clip is not None and sigma_clip < _ENOUGH:
        *wide, lowest, highest = clipped(ordered, count, _ENOUGH)
        spread, half = _middles(ordered, *wide)[1] * MAD_TO_STD, (highest - lowest) / 2
    std = spread if sigma_clip is None else _uncut(spread, half)
    flat = np.flatnonzero(~(std > 0))
    if flat.size:  # more than half of them are the same
        std[flat] = _mean_and_std(ordered[flat], wide[0][flat], wide[1][flat])[1]
    if sigma_clip is not None:
        limit = np.where(std > 0, (high - low) / 2 / std, np.inf)
    nothing = stop <= first
    for column in (median, std, deviation):
        column[nothing] = np.nan
    return first, stop, low, high, median, std, deviation, limit, np.full(n, MEDIAN_FACTOR), np.zeros(n)


def _uncut(spread: Floats, half: Floats) -> Floats:
    """The scatter of noise whose scaled median absolute deviation within ``half`` of its median is given."""
    std = spread.copy()
    for _ in range(ROUNDS):
        before = std
        std = np.where(std > 0, spread / mad_ratio(np.maximum(half / std, NARROWEST)), 0.0)
        if np.array_equal(std, before):
            break
    return std


def _steps_kept(ordered: Floats, count: Places, found: Rounded, sigma_clip: float | None) -> tuple[Any, ...]:
    """The columns of `Samples`, of pixels that come in steps, which are kept or rejected by whole steps.

    What is ``found`` of their noise becomes that of those kept.
    """
    n, step, start = len(count), found.step.copy(), ordered[:, 0].copy()
    low, high, limit = np.full(n, -np.inf), np.full(n, np.inf), np.full(n, np.inf)
    going = np.arange(n)
    for _ in range(ROUNDS if sigma_clip is not None else 0):
        now = _take(found, going)
        lower, upper = _edges(now, start[going] - step[going] / 2, float(sigma_clip or 0.0))
        limit[going] = (upper - lower) / 2 / now.scatter
        moved = (lower != low[going]) | (upper != high[going])
        low[going], high[going] = lower, upper
        going, lower, upper = going[moved], lower[moved], upper[moved]
        if not going.size:
            break
        center, scatter = now.center[moved], now.scatter[moved]
        cut = ndtr((lower - center) / scatter), ndtr((center - upper) / scatter)
        again = rounded(*_between(ordered[going], lower, upper), *cut)
        told = np.isfinite(again.value)  # else there is hardly more than one value left
        _put(found, going[told], _take(again, told))
        going = going[told]
    deviation = np.hypot(found.scatter, step / np.sqrt(12)) / MAD_TO_STD
    first, stop = _n_up_to(ordered, low), np.minimum(_n_below(ordered, high), count)
    return first, stop, low, high, found.value, found.std, deviation, limit, found.factor, step


def _edges(found: Rounded, first: Floats, sigma_clip: float) -> tuple[Floats, Floats]:
    """The outer edges of the outermost steps of which a part is within the limits."""
    half = sigma_clip * np.hypot(found.scatter, found.step / np.sqrt(12))
    low = first + found.step * np.floor((found.center - half - first) / found.step)
    return low, first + found.step * np.ceil((found.center + half - first) / found.step)


def _levels(found: Rounded, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The rounded values between edges, which may lie unevenly, and how often noise alone has each.

    Both (n, k); 0 of the time for those that are too many.
    """
    step, center, scatter = found.step, found.center, found.scatter
    first = np.where(np.isfinite(low), low, found.reference - step / 2)
    reach = WIDEST * scatter + step
    start = np.maximum(low, first + step * np.floor((center - reach - first) / step))
    n_edges = np.ceil((np.minimum(high, center + reach) + step / 2 - start) / step)
    places = np.arange(int(n_edges.max()))
    edges = start[:, None] + step[:, None] * places
    parts = np.diff(ndtr((edges - center[:, None]) / scatter[:, None]), axis=1)
    parts[places[1:] >= n_edges[:, None]] = 0.0
    levels: Floats = edges[:, :-1] + step[:, None] / 2
    return levels, parts / np.sum(parts, axis=1, keepdims=True)


def _n_below(ordered: Floats, limit: Floats) -> Places:
    """How many of each row are less."""
    return np.asarray((ordered < limit[:, None]).sum(axis=1))


def _n_up_to(ordered: Floats, limit: Floats) -> Places:
    """How many of each row are not more."""
    return np.asarray((ordered <= limit[:, None]).sum(axis=1))


def _between(ordered: Floats, low: Floats, high: Floats) -> tuple[Floats, Places]:
    """The values between, from the first place on and infinity after them, and how many they are."""
    first = _n_up_to(ordered, low)
    return _from(ordered, first, _n_below(ordered, high))


def _from(ordered: Floats, first: Places, stop: Places) -> tuple[Floats, Places]:
    count = np.maximum(stop - first, 0)
    places = np.arange(int(count.max(initial=1)))
    index = np.minimum(first[:, None] + places, ordered.shape[1] - 1)
    rows = np.take_along_axis(ordered, index, axis=1)
    rows[places >= count[:, None]] = np.inf
    return rows, count


def _middles(ordered: Floats, first: Places, stop: Places) -> tuple[Floats, Floats]:
    """The medians of those kept, and the median absolute deviations."""
    rows, count = _from(ordered, first, stop)
    median = middle(rows, count)
    return median, middle(np.sort(np.abs(rows - median[:, None]), axis=1), count)


def _mean_and_std(ordered: Floats, first: Places, stop: Places) -> tuple[Floats, Floats]:
    """Of those kept, in two passes as numpy's."""
    starts = np.arange(len(first)) * ordered.shape[1]
    edges = np.stack([starts + first, starts + stop], axis=1).ravel()
    edges = edges[:-1] if edges[-1] == ordered.size else edges
    count = np.maximum(stop - first, 1)
    mean = np.add.reduceat(ordered.ravel(), edges)[::2] / count
    away = ordered - mean[:, None]
    std = np.sqrt(np.add.reduceat(np.square(away, out=away).ravel(), edges)[::2] / count)
    return mean, np.where(np.isnan(std), np.inf, std)


def _take(found: Rounded, rows: Any) -> Rounded:
    return Rounded(*(getattr(found, field.name)[rows] for field in fields(Rounded)))


def _put(found: Rounded, rows: Any, part: Rounded) -> None:
    for field in fields(Rounded):
        getattr(found, field.name)[rows] = getattr(part, field.name)
