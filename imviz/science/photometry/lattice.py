"""Median and scatter of pixels that come in steps: integers, scaled ones, counts held as floats.

The plain median and median absolute deviation of such pixels come in steps themselves, which is far too
coarse where the sky scatters by a few of them or less. Here each value stands for the cell of one step about
it, and quantiles are interpolated between the cells' edges, linearly in the normal distribution's own
coordinate: exact for rounded Gaussian noise of any width.

What is given back is meant for sums of the same rounded pixels: their expected value, which rounding moves by
up to 0.05 steps where the scatter is 0.3, and their scatter, rounding included. Where pixels have no
common step, or one that is far too fine to matter, nothing is given and the plain statistics are right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Rounded", "rounded", "step_of"]

IQR_TO_STD = 0.7413011092528009  # 1 / (twice the normal distribution's 75 % point)
_FEWEST = 5  # pixels, below which nothing is said of a step
_FINE = 60.0  # steps of scatter, above which the plain median's own step is below a fifth of its error
_FAR = 20.0  # steps between neighbouring values that still tell whether they are whole
_SINGLE = 2.4e-7  # relative rounding of a difference of single-precision values
_UNEVEN = 0.05  # of a step; differences that are further from whole numbers make no lattice
_TERMS = 8  # of the series of what rounding does, enough for a scatter of 0.1 steps


@dataclass(frozen=True, slots=True)
class Rounded:
    """Of rows of rounded pixels; arrays of shape (n,), NaN for a row without a step that matters.

    ``center`` and ``scatter`` are those of the noise before it was rounded; ``value`` is what a rounded
    pixel has on average, ``std`` its scatter; ``factor`` the error of ``value`` in units of
    ``std / sqrt(count)``; ``reference`` is one of the pixels' values.
    """

    step: Floats
    center: Floats
    scatter: Floats
    value: Floats
    std: Floats
    factor: Floats
    reference: Floats


def step_of(ordered: Floats, count: NDArray[np.int_]) -> Floats:
    """The step that the first ``count`` values of each row, in order, are whole numbers of apart; else NaN.

    Parameters
    ----------
    ordered : ndarray
        Sorted along the last axis, (n, m); what comes after ``count`` values is infinite.
    count : ndarray
        (n,).
    """
    rounding = _SINGLE * np.abs(ordered)  # of each value, as one that is far off tells nothing of the others
    with np.errstate(invalid="ignore"):
        gaps = np.diff(ordered, axis=1)
    there = np.isfinite(gaps) & (gaps > np.maximum(rounding[:, :-1], rounding[:, 1:]))
    coarsest = np.maximum(_at(rounding, count // 4), _at(rounding, 3 * count // 4))
    step = np.where(there, gaps, np.inf).min(axis=1, initial=np.inf)
    near = there & (gaps <= _FAR * step[:, None])
    with np.errstate(invalid="ignore", divide="ignore"):
        steps = np.where(near, np.rint(gaps / step[:, None]), 0.0)
        better = np.where(near, gaps, 0.0).sum(axis=1) / steps.sum(axis=1)
        uneven = np.where(near, np.abs(gaps / better[:, None] - steps), 0.0).max(axis=1, initial=0.0)
        good = (count >= _FEWEST) & np.isfinite(better) & (uneven < _UNEVEN) & (coarsest < _UNEVEN * better)
    return np.where(good, better, np.nan)


def rounded(
    ordered: Floats, count: NDArray[np.int_], below: Floats | float = 0.0, above: Floats | float = 0.0
) -> Rounded:
    """Median and scatter of rows of pixels that come in steps; NaN where they do not.

    Parameters
    ----------
    ordered, count
        As for `step_of`.
    below, above : ndarray or float
        The parts of the noise's distribution that were cut off, as by clipping.
    """
    step = step_of(ordered, count)
    if not np.isfinite(step).any():
        return Rounded(step, *(np.full(step.shape, np.nan) for _ in range(6)))
    kept = 1.0 - np.asarray(below) - np.asarray(above)
    low, center, high = (_quantile(ordered, count, step, p, (below, kept)) for p in (0.25, 0.5, 0.75))
    scatter = (high - low) * IQR_TO_STD
    coarse = scatter < _FINE * step
    step = np.where(coarse, step, np.nan)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        reference = _at(ordered, count // 2)
        mu, sigma = (center - reference) / step, scatter / step
        shift, variance, factor = _rounding(mu, sigma)
        std = np.sqrt(variance) * step
    return Rounded(
        step,
        np.where(coarse, center, np.nan),
        np.where(coarse, scatter, np.nan),
        center + shift * step,
        std,
        factor,
        reference,
    )


def _at(ordered: Floats, index: NDArray[np.int_]) -> Floats:
    values: Floats = np.take_along_axis(ordered, np.maximum(index, 0)[:, None], axis=1)[:, 0]
    return values


def _quantile(
    ordered: Floats,
    count: NDArray[np.int_],
    step: Floats,
    p: float,
    cut: tuple[Floats | float, Floats | float],
) -> Floats:
    """Where the distribution before rounding and before cutting, has ``p`` of the pixels below."""
    below, kept = cut
    share = np.clip((p - below) / kept, 0.0, 1.0)
    index = np.minimum((share * count).astype(int), count - 1)
    value = _at(ordered, index)
    edges = value - step / 2, value + step / 2
    z = []
    for edge in edges:
        with np.errstate(invalid="ignore"):
            n = (ordered < edge[:, None]).sum(axis=1)
        # a cell that nothing lies beyond ends where half a pixel would
        part = np.clip(n, 0.5, np.maximum(count - 0.5, 0.5)) / np.maximum(count, 1)
        z.append(ndtri(np.asarray(below) + np.asarray(kept) * part))
    with np.errstate(invalid="ignore", divide="ignore"):
        place: Floats = edges[0] + step * (ndtri(p) - z[0]) / (z[1] - z[0])
    return place


def _rounding(mu: Floats, sigma: Floats) -> tuple[Floats, Floats, Floats]:
    """What rounding to whole numbers does to normal noise: shift of its mean, its variance, the factor.

    By the Fourier series of the rounding error, sum of (-1)^k sin(2 pi k x) / (pi k) (Widrow & Kollar 2008,
    Quantization Noise, ch. 4); the factor by the error of the interpolated edges, whose numbers of pixels
    below are binomial.
    """
    shift, by_mu, by_sigma = np.zeros_like(mu), np.ones_like(mu), np.zeros_like(mu)
    variance = sigma**2 + 1 / 12
    for k in range(1, _TERMS + 1):
        damped = (-1) ** k * np.exp(-2 * (np.pi * k * sigma) ** 2)
        sine, cosine = np.sin(2 * np.pi * k * mu), np.cos(2 * np.pi * k * mu)
        shift += damped * sine / (np.pi * k)
        by_mu += 2 * damped * cosine
        by_sigma -= 4 * np.pi * k * sigma * damped * sine
        variance += damped * cosine * (4 * sigma**2 + 1 / (np.pi * k) ** 2)
    variance = np.maximum(variance - shift**2, 0.0)
    low = np.floor(mu + 0.5) - 0.5
    below, above = (mu - low) / sigma, (low + 1 - mu) / sigma
    # derivatives of the value by the numbers of pixels below either edge
    by_low = -(sigma**2) * (above * by_mu - by_sigma) / _density(below)
    by_high = -(sigma**2) * (below * by_mu + by_sigma) / _density(above)
    f, g = ndtr(-below), ndtr(above)
    spread = by_low**2 * f * (1 - f) + by_high**2 * g * (1 - g) + 2 * by_low * by_high * f * (1 - g)
    return shift, variance, np.sqrt(spread / variance)


def _density(z: Floats) -> Floats:
    density: Floats = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return density
