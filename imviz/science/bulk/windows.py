"""Windows of equal size around many apertures, cut out of an image in blocks.

Bounding boxes of similar size share a window, so that numpy works on one three-dimensional array for
thousands of apertures. What is measured in it is `imviz.science.bulk.sums`'s business.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.science.photometry.apertures import Box
from imviz.science.photometry.cutout import uncertainty_kind, variance_of
from imviz.science.photometry.errors_model import recipe_variance
from imviz.science.photometry.flags import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from astropy.nddata import NDData
    from numpy.typing import NDArray

    from imviz.science.bulk.ellipses import Ellipses
    from imviz.science.photometry.recipe import Recipe

    Floats = NDArray[np.float64]

__all__ = ["THREADS", "Boxes", "Source"]

THREADS = min(4, os.cpu_count() or 1)
"""Blocks worked on at once: numpy lets others run while it works."""

_BLOCK = 1 << 17  # pixels worked on at once: 1 MB an array
_ROUND = 4  # window sides are multiples of so many pixels, so that few groups result


@dataclass(frozen=True, slots=True)
class Boxes:
    """Bounding boxes clipped to the image; ``partial`` where something was cut off."""

    x0: NDArray[np.int_]
    y0: NDArray[np.int_]
    nx: NDArray[np.int_]
    ny: NDArray[np.int_]
    partial: NDArray[np.bool_]

    @classmethod
    def around(cls, ellipses: Ellipses, shape: tuple[int, int]) -> Boxes:
        """Boxes of ellipses on an image of ``shape`` (ny, nx); one that misses it has no pixels."""
        sides, partial = [], np.zeros(len(ellipses), dtype=bool)
        for center, half, n in zip((ellipses.x, ellipses.y), ellipses.half_sides(), shape[::-1], strict=True):
            # far beyond any image, floats do not fit an integer
            low = np.clip(np.floor(center - half + 0.5), -1, n + 1)
            high = np.clip(np.ceil(center + half + 0.5), -1, n + 1)
            partial |= (low < 0) | (high > n)
            start, stop = np.clip(low, 0, n).astype(int), np.clip(high, 0, n).astype(int)
            sides += [start, stop - start]
        return cls(sides[0], sides[2], sides[1], sides[3], partial)

    def take(self, index: NDArray[np.int_]) -> Boxes:
        """Those of ``index``."""
        return Boxes(self.x0[index], self.y0[index], self.nx[index], self.ny[index], self.partial[index])

    def windows(
        self, ellipses: Ellipses, shape: tuple[int, int], size: tuple[int, int]
    ) -> tuple[NDArray[np.int_], NDArray[np.int_], Floats, Floats]:
        """Windows of one ``size`` (width, height) that hold each box and lie on the image of ``shape``.

        Their first pixels, x and y, and how far their columns and rows are from each ellipse's center.
        """
        width, height = size
        x0, y0 = np.minimum(self.x0, shape[1] - width), np.minimum(self.y0, shape[0] - height)
        dx = x0[:, None] + np.arange(width) - ellipses.x[:, None]
        return x0, y0, dx, y0[:, None] + np.arange(height) - ellipses.y[:, None]

    def one(self, i: int) -> Box:
        """One of them."""
        return Box(int(self.x0[i]), int(self.y0[i]), int(self.nx[i]), int(self.ny[i]))

    def groups(self, skip: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.int_], int, int]]:
        """Blocks of indices with the (width, height) of a window that holds each of their boxes."""
        width, height = (-(-side // _ROUND) * _ROUND for side in (self.nx, self.ny))
        keys = np.where(skip, -1, width * (int(height.max(initial=0)) + 1) + height)
        if not keys.size:
            return
        order = np.argsort(keys, kind="stable")
        starts = np.flatnonzero(np.diff(keys[order], prepend=-2))
        for start, stop in zip(starts, [*starts[1:], keys.size], strict=True):
            first = order[start]
            if keys[first] < 0:
                continue
            step = max(_BLOCK // int(width[first] * height[first]), 1)
            for i in range(start, stop, step):
                index = order[i : min(i + step, stop)]
                yield index, int(self.nx[index].max()), int(self.ny[index].max())


class Source:
    """The pixels of the image, window by window; what is not an array yet is read as a whole.

    Corners are (y, x) of the windows' first pixels, sizes (height, width).
    """

    def __init__(self, image: NDData, shape: tuple[int, int], recipe: Recipe) -> None:
        self.image, self.shape, self.recipe = image, shape, recipe
        self._data = np.asarray(image.data)
        self._mask = None
        if image.mask is not None and image.mask is not np.ma.nomask:
            self._mask = np.broadcast_to(np.asarray(image.mask), shape)
        self._uncertainty = None
        self.has_uncertainty = uncertainty_kind(image) is not None
        if self.has_uncertainty:
            self._uncertainty = np.broadcast_to(np.asarray(image.uncertainty.array), shape)

    def windows(self, array: NDArray[Any], corners: tuple[NDArray[Any], ...], size: tuple[int, int]) -> Any:
        """Copies of shape (n, height, width) of parts of ``array``."""
        return np.lib.stride_tricks.sliding_window_view(array, size)[corners]

    def pixels(
        self, corners: tuple[NDArray[Any], ...], size: tuple[int, int]
    ) -> tuple[Floats, dict[Flag, Any]]:
        """Values, and by flag the pixels that are not usable."""
        data = self.windows(self._data, corners, size).astype(np.float64)
        bad = {Flag.NON_FINITE_PIXELS: ~np.isfinite(data)}
        if self._mask is not None:
            bad[Flag.MASKED_PIXELS] = self.windows(self._mask, corners, size).astype(bool)
        if self.recipe.saturation is not None:
            bad[Flag.SATURATED_PIXELS] = np.isfinite(data) & (data >= self.recipe.saturation)
        return data, {flag: pixels for flag, pixels in bad.items() if pixels.any()}

    def uncertainty(self, corners: tuple[NDArray[Any], ...], size: tuple[int, int]) -> NDArray[Any] | None:
        """The image's own uncertainties, of whatever kind."""
        return None if self._uncertainty is None else self.windows(self._uncertainty, corners, size)

    def variance(
        self, data: Floats, scatter: Floats, corners: tuple[NDArray[Any], ...], steps: Floats
    ) -> Floats | None:
        """Variance of each pixel by the same choice of source as for one measurement."""
        if self._uncertainty is not None:
            return variance_of(self.image, self.windows(self._uncertainty, corners, data.shape[1:]))
        variance = recipe_variance(data, self.recipe, steps[:, None, None])
        if variance is None and np.isfinite(scatter).any():
            variance = np.broadcast_to(scatter[:, None, None] ** 2, data.shape)
        return variance
