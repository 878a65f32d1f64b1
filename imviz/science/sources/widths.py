"""The width at half maximum of a radial profile, without the model of a star.

The logarithm of a star's core is nearly a straight line against the square of the radius, a Gaussian's
exactly: such a line through the points about the half, bent as they are, gives peak and width also where the
pixels are as coarse as the star. Widths are those in the image, of star and pixel together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import leastsq

from imviz.science.sources.convergence import CONVERGED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.science.sources.profiles import Profile

    Floats = NDArray[np.float64]

__all__ = ["half_maximum_width"]

_NAN = float("nan")
_REACH = 1.7  # of half the width, to which points tell the curve
_LEAST = 2.3  # pixels, likewise: enough of them about the brightest
_STRAIGHT = 0.005  # of the peak: how much a bend must explain, for where few pixels tell of it
_EVEN = 1e-6  # a bend too small to tell
_STEEPEST = 30.0  # of the exponents on the way


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
        near = radius < max(_REACH * first, _LEAST)
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
    """Where exp(a) (1 + c u)^(b / c), u the square of the radius in units of ``first``, is half its peak."""
    u = (radius / first) ** 2

    def residuals(p: Floats) -> Floats:
        log = p[0] + p[1] * _bent(u, p[2])
        return np.append(np.exp(np.clip(log, -_STEEPEST, _STEEPEST)) - data, _STRAIGHT * p[2])

    if data.size < 3:
        return first
    (_, b, c), *_, status = leastsq(residuals, [0.0, -np.log(2), 0.0], full_output=True)
    if status not in CONVERGED or not b < 0:
        return first
    fallen = -np.log(2) / b
    return first * float(np.sqrt(fallen if abs(c) < _EVEN else np.expm1(fallen * c) / c))


def _bent(u: Floats, c: float) -> Floats:
    """ln(1 + c u) / c, which is u where c is 0."""
    if abs(c) < _EVEN:
        return u - c * u * u / 2
    return np.asarray(np.log(np.maximum(1 + c * u, _EVEN)) / c)
