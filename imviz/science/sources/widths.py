"""The width at half maximum of a radial profile, without the model of a star.

The logarithm of a star's core is nearly a straight line against the square of the radius, a Gaussian's
exactly: such a line through the points about the half, bent as they are, gives peak and width also where the
pixels are as coarse as the star. Widths are those in the image, of star and pixel together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq, leastsq

from imviz.science.sources.convergence import CONVERGED

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from imviz.science.sources.profiles import Profile

    Floats = NDArray[np.float64]

__all__ = ["half_maximum_width"]

_NAN = float("nan")
_REACH = 1.7  # of half the width, to which points tell the curve
_LEAST = 2.3  # pixels, likewise: enough of them about the brightest
_STRAIGHT = 0.002  # of the peak: how much a bend must explain, for where few pixels tell of it
_EVEN = 1e-6  # a bend too small to tell
_STEEPEST = 30.0  # of the exponents on the way
_COARSE = 1.6  # pixels of half the width, below which a pixel is no point of the curve
_LEAST_COARSE = 4.0  # pixels to which such a star's wings tell how its core is bent
_SAMPLED = 0.8  # of the squares that are left, by which an image of values at single places is known


def _pixel() -> tuple[Floats, Floats]:
    """Places in a pixel whose mean, by Gauss and Legendre, is that over it, at several angles; weights."""
    at, weight = np.polynomial.legendre.leggauss(4)
    x, y = (axis.ravel() / 2 for axis in np.meshgrid(at, at))
    turns = np.array([0.0, np.pi / 8, np.pi / 4])
    along = [np.column_stack([x * np.cos(t) + y * np.sin(t), y * np.cos(t) - x * np.sin(t)]) for t in turns]
    part = np.tile(np.outer(weight, weight).ravel() / 4, turns.size) * np.repeat([0.25, 0.5, 0.25], x.size)
    return np.concatenate(along), part


_PLACES, _WEIGHTS = _pixel()


@np.errstate(all="ignore")  # exponents on the way; the result is judged
def half_maximum_width(profile: Profile) -> float:
    """FWHM [pix] read off the pixels of a radial profile; NaN where it never falls to half its peak.

    Parameters
    ----------
    profile : Profile
        ``radial`` or ``raw``; both tell the same, that of the pixels that they are made of.
    """
    if profile.kind == "growth":
        return _NAN
    radius, data = (profile.x, profile.y) if profile.pixels is None else profile.pixels
    good = np.isfinite(radius) & np.isfinite(data)
    radius, data = radius[good], data[good]
    first, peak = _rough(radius, data)
    if not np.isfinite(first):
        return _NAN
    for _ in range(2):
        near = radius < max(_REACH * first, _LEAST_COARSE if first < _COARSE else _LEAST)
        found = _half(radius[near], data[near] / peak, first)
        if not 0.4 * first < found < 2.5 * first:
            break
        first = found
    return 2 * first


def _rough(radius: Floats, data: Floats) -> tuple[float, float]:
    """Half the width and the peak, by the means in rings of one pixel; NaN where they do not fall so far."""
    rings = np.floor(radius + 0.5).astype(int)
    n = np.bincount(rings)
    if np.count_nonzero(n) < 3:
        return _NAN, _NAN
    r, y = (np.bincount(rings, weights=values)[n > 0] / n[n > 0] for values in (radius, data))
    peak = max(y[0], y[0] + (y[0] - y[1]) * r[0] ** 2 / (r[1] ** 2 - r[0] ** 2))
    below = np.flatnonzero(y <= peak / 2)
    if not peak > 0 or below.size == 0 or below[0] == 0:
        return _NAN, _NAN
    i = int(below[0])
    return float(r[i - 1] + (r[i] - r[i - 1]) * (y[i - 1] - peak / 2) / (y[i - 1] - y[i])), float(peak)


def _half(radius: Floats, data: Floats, first: float) -> float:
    """Half the width by a bent line through the points; for a narrow star averaged over pixels, as light is.

    An image that was made of a function's values at the middles of the pixels has none of that, and is told
    by fitting much better without.
    """
    if data.size < 3:
        return first
    if first >= _COARSE:
        return _fitted(radius, data, first, averaged=False)[0]
    (half, rest), (sampled, less) = (_fitted(radius, data, first, averaged=one) for one in (True, False))
    return sampled if less < _SAMPLED * rest else half


def _fitted(radius: Floats, data: Floats, first: float, *, averaged: bool) -> tuple[float, float]:
    """Where exp(a) (1 + c u)^(b / c), or its mean over a pixel, is half its peak; the squares that are left.

    u is the square of the radius in units of ``first``.
    """

    def curve(r: Floats, p: Floats) -> Floats:
        u = (_about(r) if averaged else r) ** 2 / first**2
        values = np.exp(np.clip(p[0] + p[1] * _bent(u, p[2]), -_STEEPEST, _STEEPEST))
        return np.asarray(_WEIGHTS @ values if averaged else values)

    def residuals(p: Floats) -> Floats:
        return np.append(curve(radius, p) - data, _STRAIGHT * p[2])

    best, _, info, _, status = leastsq(residuals, [0.0, -np.log(2), 0.0], full_output=True)
    if status not in CONVERGED or not best[1] < 0:
        return first, np.inf
    return _crossing(lambda r: curve(r, best), first), float(np.sum(info["fvec"][:-1] ** 2))


def _crossing(curve: Callable[[Floats], Floats], first: float) -> float:
    """Where a falling curve is half of its value at 0; ``first`` if that is nowhere near."""
    half = float(curve(np.zeros(1))[0]) / 2
    try:
        return float(brentq(lambda r: curve(np.array([r]))[0] - half, 0.0, 3 * first))
    except ValueError:
        return first


def _about(radius: Floats) -> Floats:
    """Distances of places in a pixel at each radius, turned by several angles, (places, n)."""
    return np.hypot(radius + _PLACES[:, :1], _PLACES[:, 1:])


def _bent(u: Floats, c: float) -> Floats:
    """ln(1 + c u) / c, which is u where c is 0."""
    if abs(c) < _EVEN:
        return u - c * u * u / 2
    return np.asarray(np.log(np.maximum(1 + c * u, _EVEN)) / c)
