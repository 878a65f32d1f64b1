"""The pixels under a region's part on the image, how much of each lies inside, and the centroid there.

What a click on a region tells at once; photometry itself is `imviz.science.photometry.measurement`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from regions import PixCoord

from imviz.errors import InputError
from imviz.science.photometry.apertures import box_of, coverage
from imviz.science.photometry.cutout import check_size

if TYPE_CHECKING:
    from regions import PixelRegion

__all__ = ["centroid", "cutout"]


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
    box = box_of(region).clip(pixels.shape)
    if box is None:
        raise InputError("No part of the region is on the image.")
    check_size(box.nx, box.ny)
    return np.asarray(pixels[box.slices]), coverage(region, box), box.x0, box.y0
