"""The lines around a region, as points: what a picture, a drawing and a footprint are drawn by.

Only the shape is asked, never the look that it brings along: whatever that says, a line can be drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from regions import CompoundPixelRegion, PixelRegion

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["bare", "outlines"]


def bare(region: Any) -> Any:
    """The shape alone, without name and look."""
    return type(region)(**{name: getattr(region, name) for name in region._params})


def outlines(region: PixelRegion) -> list[NDArray[np.float64]]:
    """The closed lines around a region, in pixels: arrays of shape (n, 2), x and y.

    Two for a ring, those of all parts for a composite, none for what covers nothing (a point, a text).
    """
    if isinstance(region, CompoundPixelRegion):
        return [line for part in (region.region1, region.region2) for line in outlines(part)]
    parts: list[Any] = [getattr(region, f"_{side}_region", None) for side in ("inner", "outer")]
    if all(parts):
        return [line for part in parts for line in outlines(part)]
    artist = bare(region).as_artist()
    if not hasattr(artist, "get_patch_transform"):
        return []
    path = artist.get_path().transformed(artist.get_patch_transform())
    return [np.asarray(polygon) for polygon in path.to_polygons()]
