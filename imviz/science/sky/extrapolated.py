"""A WCS that answers outside the box it vouches for, where its answer leads back to where one came from.

A GWCS has a bounding box, beyond which it says nothing: with such an image for the view's frame, others would
end at its edge. Its models go on, good for a while and then not; what does not lead back to within
`CLOSED` has no place. For the picture only: measurements keep to the box.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.wcs.wcsapi import HighLevelWCSMixin
from astropy.wcs.wcsapi.wrappers import BaseWCSWrapper
from numpy.typing import NDArray

__all__ = ["CLOSED", "Extrapolated", "extrapolated"]

CLOSED = 0.5
"""Pixels that there and back may be wrong by."""

Floats = NDArray[np.float64]


def extrapolated(wcs: Any) -> Any:
    """A WCS as it is, or one that goes on outside its bounding box."""
    return wcs if getattr(wcs, "bounding_box", None) is None else Extrapolated(wcs)


class Extrapolated(BaseWCSWrapper, HighLevelWCSMixin):
    """A celestial GWCS without its bounding box; NaN where it does not lead back.

    Parameters
    ----------
    wcs : gwcs.WCS
        From two pixel coordinates to one position on the sky.
    """

    def pixel_to_world_values(self, *pixel_arrays: Any) -> tuple[Floats, ...]:
        """The sky at pixels."""
        x, y = (np.asarray(axis, dtype=float) for axis in pixel_arrays)
        world = self._forward(x, y)
        keep = self._inside(x, y)
        if not keep.all():
            keep |= _near(self._back(*world), (x, y))
        return tuple(np.where(keep, axis, np.nan) for axis in world)

    def world_to_pixel_values(self, *world_arrays: Any) -> tuple[Floats, ...]:
        """The pixels at positions on the sky."""
        x, y = self._back(*world_arrays)
        keep = self._inside(x, y)
        if not keep.all():
            keep |= _near(self._back(*self._forward(x, y)), (x, y))
        return tuple(np.where(keep, axis, np.nan) for axis in (x, y))

    def _inside(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        (x0, x1), (y0, y1) = (sorted(limit) for limit in self._wcs.pixel_bounds)
        return np.asarray((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1))

    def _forward(self, x: Any, y: Any) -> tuple[Floats, ...]:
        return _plain(self._wcs(x, y, with_bounding_box=False))

    def _back(self, *world: Any) -> tuple[Floats, ...]:
        return _plain(self._wcs.invert(*world, with_bounding_box=False))


def _plain(values: Any) -> tuple[Floats, ...]:
    """Numbers; of quantities, those in the units of their frame."""
    return tuple(np.asarray(getattr(value, "value", value), dtype=float) for value in values)


def _near(one: tuple[Floats, ...], other: tuple[Floats, Floats]) -> NDArray[np.bool_]:
    return np.asarray(np.hypot(one[0] - other[0], one[1] - other[1]) < CLOSED)
