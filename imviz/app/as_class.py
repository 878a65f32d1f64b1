"""An image handed out as what was asked for: masked outside of a region, and of the class wanted.

Nothing is read that is not needed: without a region or a class the image's pixels stay on the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.nddata import CCDData, NDData

from imviz.errors import WrongTypeError
from imviz.science.photometry.apertures import box_of, centers_inside

if TYPE_CHECKING:
    from regions import PixelRegion

__all__ = ["converted", "masked_outside"]


def masked_outside(image: NDData, region: PixelRegion) -> NDData:
    """The same image with every pixel masked whose centre is outside of a region."""
    outside = _outside(region, image.data.shape)
    if image.mask is not None:
        outside = outside | np.asarray(image.mask, bool)
    return NDData(
        image.data,
        mask=outside,
        unit=image.unit,
        uncertainty=image.uncertainty,
        wcs=image.wcs,
        meta=image.meta,
    )


def converted(image: NDData, cls: type | None, region: PixelRegion | None = None) -> Any:
    """An image as `NDData` (None), `CCDData`, `Quantity` or a plain array.

    A quantity and an array have NaN outside of the region, if one is given.

    Raises
    ------
    WrongTypeError
        If `cls` is none of these.
    """
    if cls is None or cls is NDData:
        return image
    unit = u.dimensionless_unscaled if image.unit is None else image.unit
    if cls is CCDData:
        return CCDData(
            np.asarray(image.data),
            mask=image.mask,
            unit=unit,
            uncertainty=image.uncertainty,
            wcs=image.wcs,
            meta=image.meta,
        )
    if cls is u.Quantity or cls is np.ndarray:
        values = np.asarray(image.data)
        if region is not None:  # an array has no mask
            values = np.where(_outside(region, values.shape), np.nan, values)
        return u.Quantity(values, unit) if cls is u.Quantity else values
    raise WrongTypeError(f"An image cannot be had as {cls!r:.60}; use NDData, CCDData, Quantity or ndarray.")


def _outside(region: PixelRegion, shape: tuple[int, ...]) -> np.ndarray:
    """Which pixels have their centre outside of a region."""
    outside = np.ones(shape, bool)
    box = box_of(region).clip((shape[0], shape[1]))
    if box is not None:
        outside[box.slices] = ~centers_inside(region, box)
    return outside
