"""How much of each pixel lies inside a region, on a cut-out of its bounding box; the centroid there.

Exact for single shapes; for composites each pixel is split into 10 × 10 parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from regions import CompoundPixelRegion, PixCoord

from imviz.errors import InputError

if TYPE_CHECKING:
    from regions import PixelRegion

__all__ = ["centroid", "cutout", "weights"]

PARTS = 10


def weights(region: PixelRegion) -> tuple[np.ndarray, int, int]:
    """The part of each pixel of the bounding box that is inside, and the box's first column and row."""
    box = region.bounding_box
    if not isinstance(region, CompoundPixelRegion):
        mask = region.to_mask(mode="exact")
        return np.asarray(mask.data, dtype=float), mask.bbox.ixmin, mask.bbox.iymin
    height, width = box.shape
    steps = (np.arange(PARTS) + 0.5) / PARTS - 0.5
    x = (box.ixmin + np.arange(width)[:, None] + steps).ravel()
    y = (box.iymin + np.arange(height)[:, None] + steps).ravel()
    inside = np.asarray(region.contains(PixCoord(*np.meshgrid(x, y))), dtype=float)
    return inside.reshape(height, PARTS, width, PARTS).mean(axis=(1, 3)), box.ixmin, box.iymin


def cutout(region: PixelRegion, pixels: Any) -> tuple[np.ndarray, np.ndarray]:
    """The pixels of an image under a region's bounding box, and the part of each that is inside.

    Raises
    ------
    InputError
        If the region has no area, or none of it is on the image.
    """
    values, part, _, _ = _placed(region, pixels)
    return values, part


def centroid(region: PixelRegion, pixels: Any) -> tuple[float, float, float, float]:
    """Centroid (x, y) of what is above the median inside a region, and the middle (x, y) of the region."""
    values, part, column, row = _placed(region, pixels)
    usable = np.isfinite(values) & (part > 0)
    if not usable.any():
        raise InputError("There is no usable pixel under the region.")
    light = np.where(usable, np.nan_to_num(values) - np.median(values[usable]), 0).clip(0) * part
    if light.sum() == 0:
        raise InputError("There is nothing under the region that stands out of its median.")
    y, x = np.indices(part.shape)
    found = [float((axis * light).sum() / light.sum()) for axis in (x + column, y + row)]
    middle = getattr(region, "center", None)
    if middle is None:
        middle = PixCoord(*(float((axis * part).sum() / part.sum()) for axis in (x + column, y + row)))
    return found[0], found[1], float(middle.x), float(middle.y)


def _placed(region: PixelRegion, pixels: Any) -> tuple[np.ndarray, np.ndarray, int, int]:
    try:
        part, column, row = weights(region)
    except (NotImplementedError, AttributeError):
        raise InputError("The region has no area; use a circle, ellipse, rectangle or polygon.") from None
    height, width = pixels.shape
    left, low = max(column, 0), max(row, 0)
    right, top = min(column + part.shape[1], width), min(row + part.shape[0], height)
    if left >= right or low >= top:
        raise InputError("No part of the region is on the image.")
    values = np.asarray(pixels[low:top, left:right])
    return values, part[low - row : top - row, left - column : right - column], left, low
