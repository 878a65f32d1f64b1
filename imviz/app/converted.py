"""An image handed out as what was asked for: masked outside of a region, and of the class wanted.

Nothing is read that is not needed: without a region or a class the image's pixels stay on the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.nddata import CCDData, NDData

from imviz.errors import WrongTypeError

if TYPE_CHECKING:
    from regions import PixelRegion

__all__ = ["converted", "masked_outside"]


def masked_outside(image: NDData, region: PixelRegion) -> NDData:
    """The same image with every pixel masked whose centre is outside of a region."""
    shape = image.data.shape
    inside = region.to_mask(mode="center").to_image(shape)
    outside = np.ones(shape, bool) if inside is None else inside == 0
    if image.mask is not None:
        outside |= np.asarray(image.mask, bool)
    return NDData(
        image.data,
        mask=outside,
        unit=image.unit,
        uncertainty=image.uncertainty,
        wcs=image.wcs,
        meta=image.meta,
    )


def converted(image: NDData, cls: type | None) -> Any:
    """An image as `NDData` (None), `CCDData`, `Quantity` or a plain array.

    Raises
    ------
    WrongTypeError
        If `cls` is none of these.
    """
    if cls is None or cls is NDData:
        return image
    unit = image.unit or u.dimensionless_unscaled
    if cls is CCDData:
        whole = NDData(
            np.asarray(image.data),
            mask=image.mask,
            unit=image.unit,
            uncertainty=image.uncertainty,
            wcs=image.wcs,
            meta=image.meta,
        )
        return CCDData(whole, unit=unit)
    if cls is u.Quantity:
        return u.Quantity(np.asarray(image.data), unit)
    if cls is np.ndarray:
        return np.asarray(image.data)
    raise WrongTypeError(f"An image cannot be had as {cls!r:.60}; use NDData, CCDData, Quantity or ndarray.")
