"""The pixels about some regions in memory, so that several cut-outs cost one reading from disk.

While an aperture is in the hand its background, its sum and its growth curve each cut out nearly the same
pixels, many times a second. What is cut out and why is `imviz.science.photometry.cutout`'s and others'
business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.nddata import NDData

from imviz.science.photometry.apertures import box_of
from imviz.science.photometry.cutout import LARGEST, check_image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from regions import PixelRegion

    from imviz.science.photometry.apertures import Box

__all__ = ["nearby"]


class _Window:
    """A rectangle of an array, read once; the whole array can be sliced as before."""

    def __init__(self, array: Any, box: Box) -> None:
        self._array, self._box = array, box
        self.shape, self.dtype = array.shape, array.dtype
        self._piece: NDArray[Any] = np.asarray(array[box.slices])

    def __getitem__(self, key: tuple[slice, slice]) -> NDArray[Any]:
        rows, columns = key
        top, left, box = self._box.y0, self._box.x0, self._box
        within = rows.start >= top and rows.stop <= top + box.ny
        if within and columns.start >= left and columns.stop <= left + box.nx:
            return self._piece[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
        return np.asarray(self._array[key])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self._array, dtype=dtype)


def nearby(image: NDData, regions: Sequence[PixelRegion]) -> NDData:
    """``image`` with its pixels, mask and uncertainty about ``regions`` in memory; the values are the same.

    What is in memory anyway stays as it is; so does all where regions lie off the image or are very large.
    """
    box = box_of(regions[0])
    for region in regions[1:]:
        box = box.union(box_of(region))
    here = box.clip(check_image(image))
    uncertainty = image.uncertainty
    if here is None or isinstance(image.data, np.ndarray) or here.nx * here.ny > LARGEST:
        return image

    def held(array: Any) -> Any:
        on_disk = len(getattr(array, "shape", ())) == 2 and not isinstance(array, np.ndarray)
        return _Window(array, here) if on_disk else array

    if uncertainty is not None and uncertainty.array is not None:
        uncertainty = type(uncertainty)(held(uncertainty.array), unit=uncertainty.unit, copy=False)
    return NDData(
        held(image.data), uncertainty, held(image.mask), image.wcs, meta=image.meta, unit=image.unit
    )
