"""An aperture's light above the level at its rim, and whether a place in it is where the light is.

A centroid needs no exact sky, but it needs some: on a sky of 100 that nobody subtracted, first moments find
the aperture's middle. The level at the rim is enough, and wrong for nothing that is symmetrical. Photometry
itself subtracts the background that was asked for, never this one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from astropy.stats import mad_std
from scipy.ndimage import binary_dilation, binary_erosion, binary_propagation, gaussian_filter

from imviz.science.photometry.apertures import Box, centers_inside

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.science.photometry.measurement import Measurement

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]

__all__ = ["AboveSky"]

_RIM = 0.15  # of half the shorter side of the aperture's box
_SEEING = 1.5  # pixels, sigma of what a peak is looked for with
_CLEAR = 4.0  # standard deviations of that from which a peak is one
_ABOVE, _WINGS = 2.0, 2  # standard deviations of a pixel that belongs to a source; pixels around those
_NEAR = 0.5  # of the highest peak: less light than that is beside it


@dataclass(frozen=True, slots=True)
class AboveSky:
    """Pixels of an aperture's box, (ny, nx), above its rim's level; positions are of the box.

    ``data`` is 0 where no pixel counts; ``used`` are the usable pixels whose center is inside, ``dead`` the
    others there; ``noise`` is the scatter of a pixel at the rim.
    """

    data: Floats
    used: Truths
    dead: Truths
    noise: float

    @classmethod
    def of(cls, m: Measurement) -> AboveSky:
        """The pixels of a measurement, whatever background it had."""
        used = m.patch.center
        ny, nx = used.shape
        inside = centers_inside(m.region, Box(*m.patch.origin, nx, ny))
        width = max(1, round(_RIM * min(nx, ny) / 2))
        padded = np.pad(inside, 1)  # what the image's edge cut off has no rim there
        rim = used & ~binary_erosion(padded, iterations=width)[1:-1, 1:-1]
        values = m.patch.data[rim] if rim.any() else np.zeros(1)
        level = float(np.median(values))
        data = np.where(used, m.patch.data - level, 0.0)
        return cls(data, used, inside & ~used, float(mad_std(values)))

    def mended(self, x: float, y: float) -> AboveSky:
        """With each dead pixel the one opposite (x, y): a symmetrical source's is the same."""
        if not self.dead.any():
            return self
        rows, columns = np.nonzero(self.dead)
        i, j = np.rint(2 * y - rows).astype(int), np.rint(2 * x - columns).astype(int)
        ny, nx = self.data.shape
        there = (i >= 0) & (i < ny) & (j >= 0) & (j < nx)
        data, used = self.data.copy(), self.used.copy()
        rows, columns, i, j = rows[there], columns[there], i[there], j[there]
        data[rows, columns], used[rows, columns] = self.data[i, j], self.used[i, j]
        return replace(self, data=data, used=used)

    def smooth(self) -> Floats:
        """The mean of usable pixels under a round window about each; 0 where there are none."""
        weights = gaussian_filter(self.used.astype(float), _SEEING, mode="constant")
        light = gaussian_filter(self.data, _SEEING, mode="constant")
        return np.where(self.used | self.dead, light / np.maximum(weights, 0.05), 0.0)

    def brightest(self) -> tuple[int, int]:
        """Column and row of the highest peak, a dead pixel among them."""
        row, column = np.unravel_index(int(np.argmax(self.smooth())), self.data.shape)
        return int(column), int(row)

    def island(self) -> Truths:
        """The usable pixels of the brightest source: joined above the noise, with a margin for its wings."""
        above = (self.data > _ABOVE * self.noise) | self.dead
        seed = np.zeros_like(above)
        column, row = self.brightest()
        seed[row, column] = True
        joined = binary_propagation(seed, mask=above | seed)
        return np.asarray(binary_dilation(joined, iterations=_WINGS) & self.used)

    def has_source_at(self, x: float, y: float) -> bool:
        """Whether a place has a clear peak's light, and at least half of that of the highest."""
        if not (np.isfinite(x) and np.isfinite(y)):
            return False
        column, row = int(np.floor(x + 0.5)), int(np.floor(y + 0.5))
        ny, nx = self.data.shape
        if not (0 <= column < nx and 0 <= row < ny):
            return False
        smooth = self.smooth()
        highest, here = float(smooth.max()), float(smooth[row, column])
        least = _CLEAR * self.noise / (2 * np.sqrt(np.pi) * _SEEING)
        return highest > least and highest > 0 and here >= _NEAR * highest
