"""Centroid and shape of a source from its first and second moments.

The shape is that of the 2-D Gaussian with the same second central moments. Computed here rather than by
photutils because releases 3.0 and 3.1 differ for sources thinner than a pixel: here, as in 3.1, the
variance along each axis is at least 1/12 pix², that of one pixel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Shape", "shape_of", "shape_of_sums"]

_PIXEL_VARIANCE = 1 / 12
_ROUNDING = 1e-12  # of the squared trace; a line's determinant is 0 only up to rounding


@dataclass(frozen=True, slots=True)
class Shape:
    """Position ``x``, ``y`` in the array [pix], sigmas [pix], angle [deg] from x towards y, in (-90, 90]."""

    x: float = float("nan")
    y: float = float("nan")
    semimajor_sigma: float = float("nan")
    semiminor_sigma: float = float("nan")
    orientation: float = float("nan")

    def moved(self, x0: int, y0: int) -> Shape:
        """The same at its place in an image, of which the array begins at (x0, y0)."""
        return replace(self, x=self.x + x0, y=self.y + y0)

    @property
    def fwhm(self) -> float:
        """Circularised FWHM, 2 sqrt(ln 2 (a² + b²)) [pix]."""
        return float(2 * np.sqrt(np.log(2) * (self.semimajor_sigma**2 + self.semiminor_sigma**2)))

    @property
    def eccentricity(self) -> float:
        """sqrt(1 - b²/a²)."""
        return float(np.sqrt(1 - (self.semiminor_sigma / self.semimajor_sigma) ** 2))


def shape_of(data: NDArray[np.float64], inside: NDArray[np.bool_]) -> Shape:
    """Moments of ``data`` over the pixels ``inside``, both of shape (ny, nx).

    NaN where the values add up to 0, or where the second moments are those of no Gaussian (mostly
    negative values).
    """
    values = np.where(inside, data, 0.0)
    across, up = values.sum(axis=0), values.sum(axis=1)
    leaning = (values * (np.arange(across.size) - _mean(across))).sum(axis=1)
    return shape_of_sums(across, up, leaning)


def shape_of_sums(
    across: NDArray[np.float64], up: NDArray[np.float64], leaning: NDArray[np.float64]
) -> Shape:
    """The same of sums: of each column, of each row, and of each row's values times (x - any constant)."""
    total = float(across.sum())
    if total == 0 or not np.isfinite(total):
        return Shape()
    x, y = _mean(across), _mean(up)
    dx, dy = np.arange(across.size) - x, np.arange(up.size) - y
    xx, yy = float(np.sum(across * dx * dx) / total), float(np.sum(up * dy * dy) / total)
    xy = float(np.sum(leaning * dy) / total)
    trace, determinant = xx + yy, xx * yy - xy**2
    if trace < 0 or determinant < -_ROUNDING * trace**2:
        return Shape(x, y)
    spread = float(np.hypot((xx - yy) / 2, xy))
    major, minor = trace / 2 + spread, trace / 2 - spread
    angle = np.degrees(np.arctan2(2 * xy, xx - yy)) / 2 if major > _PIXEL_VARIANCE else 0.0
    major, minor = max(major, _PIXEL_VARIANCE), max(minor, _PIXEL_VARIANCE)
    return Shape(x, y, float(np.sqrt(major)), float(np.sqrt(minor)), float(angle))


def _mean(sums: NDArray[np.float64]) -> float:
    with np.errstate(all="ignore"):
        return float(np.sum(sums * np.arange(sums.size)) / sums.sum())
