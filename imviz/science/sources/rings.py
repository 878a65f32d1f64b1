"""Which pixels of a measurement make which point of its radial profile, and where the source is among them.

A profile's points are means over pixels in rings of one pixel, or single pixels. A model can so be averaged
exactly as the pixels were, which is what makes a fit of a profile true: rings are coarse, and the centroid
that they are about is not exactly where the source is. Profiles and fits are made elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import uniform_filter
from scipy.optimize import leastsq

from imviz.science.photometry.apertures import center_of
from imviz.science.photometry.flags import Flag
from imviz.science.sources.convergence import CONVERGED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.science.photometry.measurement import Measurement

    Floats = NDArray[np.float64]

__all__ = ["Offset", "Rings", "about_centroid", "profile_center", "rings_of", "source_offset"]

_FAR = 60.0  # pixels about a peak that tell where it is
_PATIENCE = 100  # evaluations
_CLEAR = 5.0  # errors of its amplitude from which a peak tells where the source is


@dataclass(frozen=True, slots=True)
class Rings:
    """The pixels of C: offsets from the profile's center [pix], D, variance, and each one's point."""

    dx: Floats
    dy: Floats
    data: Floats
    variance: Floats | None
    point: NDArray[np.int_]

    @property
    def n(self) -> Floats:
        """Pixels of each point, NaN for none."""
        n = np.bincount(self.point).astype(float)
        return np.where(n > 0, n, np.nan)

    def mean(self, values: Floats) -> Floats:
        """Values of the pixels, averaged for each point."""
        return np.asarray(np.bincount(self.point, weights=values) / self.n)

    def about(self, offset: Offset) -> Rings:
        """The same pixels in rings about another place; offsets stay those from the profile's center."""
        radius = np.hypot(self.dx - offset.x, self.dy - offset.y)
        return replace(self, point=np.floor(radius + 0.5).astype(int))

    def thinned(self, most: int) -> Rings:
        """With at most so many pixels of each point, evenly chosen in the order of the image."""
        order = np.argsort(self.point, kind="stable")
        n = np.bincount(self.point)
        rank = np.arange(order.size) - np.repeat(np.cumsum(n) - n, n)
        step = np.repeat(np.ceil(n / most).astype(int), n).clip(1)
        kept = order[rank % step == 0]
        variance = None if self.variance is None else self.variance[kept]
        return Rings(self.dx[kept], self.dy[kept], self.data[kept], variance, self.point[kept])

    def error(self) -> Floats | None:
        """Standard error of each point; `None` without a variance."""
        if self.variance is None:
            return None
        return np.asarray(np.sqrt(np.bincount(self.point, weights=self.variance)) / self.n)


@dataclass(frozen=True, slots=True)
class Offset:
    """A place [pix] from a profile's center, with the covariance of x and y."""

    x: float = 0.0
    y: float = 0.0
    covariance: Floats = field(default_factory=lambda: np.zeros((2, 2)))


def about_centroid(m: Measurement) -> bool:
    """Whether profiles are about the source's centroid; else it has none in the aperture's box."""
    return not m.values["flags"] & Flag.CENTROID_OUTSIDE


def profile_center(m: Measurement) -> tuple[float, float]:
    """What profiles are about: the centroid, or the aperture's center."""
    return m.centroid if about_centroid(m) else center_of(m.region)


def rings_of(m: Measurement, *, raw: bool = False) -> Rings:
    """The pixels of C, in rings: of r - 0.5 up to r + 0.5 about the profile's center, or (``raw``) one each.

    Single pixels are in order of their distance.
    """
    patch = m.patch
    rows, columns = np.nonzero(patch.center)
    x, y = profile_center(m)
    dx = np.asarray(columns + (patch.origin[0] - x), dtype=np.float64)
    dy = np.asarray(rows + (patch.origin[1] - y), dtype=np.float64)
    radius = np.hypot(dx, dy)
    point = np.floor(radius + 0.5).astype(int)
    if raw:
        order = np.argsort(radius, kind="stable")
        rows, columns, dx, dy = rows[order], columns[order], dx[order], dy[order]
        point = np.arange(radius.size)
    variance = None if patch.variance is None else patch.variance[rows, columns]
    return Rings(dx, dy, patch.data[rows, columns], variance, point)


def source_offset(m: Measurement, rings: Rings, sigma: float) -> Offset:
    """Where the source is from the profile's center [pix], by a round Gaussian fitted in two dimensions.

    First moments are noisy in a large aperture, and a profile about the wrong place is too wide. (0, 0) where
    no peak is clear.
    """
    smooth = np.where(m.patch.center, uniform_filter(m.patch.data, 3, mode="constant"), -np.inf)
    row, column = np.unravel_index(int(np.argmax(smooth)), smooth.shape)
    x, y = profile_center(m)
    x_peak, y_peak = column + m.patch.origin[0] - x, row + m.patch.origin[1] - y
    near = np.hypot(rings.dx - x_peak, rings.dy - y_peak) < min(4 * sigma + 3, _FAR)
    dx_, dy_, data = rings.dx[near], rings.dy[near], rings.data[near]
    scale = float(data.max(initial=0.0))
    if not scale > 0:
        return Offset()
    start = (1.0, x_peak, y_peak, min(sigma, _FAR / 3))

    def bell(p: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        dx, dy = dx_ - p[1], dy_ - p[2]
        squared = dx * dx + dy * dy
        return dx, dy, squared, np.exp(-0.5 * squared / p[3] ** 2)

    def slopes(p: Floats) -> Floats:
        dx, dy, squared, shape = bell(p)
        return np.stack([shape, *(p[0] * shape * by / p[3] ** 2 for by in (dx, dy, squared / p[3]))], axis=1)

    best, covariance, info, _, status = leastsq(
        lambda p: p[0] * bell(p)[3] - data / scale, start, Dfun=slopes, full_output=True, maxfev=_PATIENCE
    )
    if status not in CONVERGED or covariance is None or not np.isfinite(best).all():
        return Offset()
    scatter = float(np.sum(info["fvec"] ** 2)) / max(data.size - best.size, 1)
    inside = np.hypot(rings.dx - best[1], rings.dy - best[2]).min() < 1
    if not inside or not best[0] > _CLEAR * np.sqrt(covariance[0, 0] * scatter):
        return Offset()
    return Offset(float(best[1]), float(best[2]), covariance[1:3, 1:3] * scatter)
