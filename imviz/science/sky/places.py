"""One position on an image in numbers: pixel, sky, exact value, and whether each can be relied on.

And the way from one position to another: distance in pixels, separation and position angle on the sky.
No mouse and no table in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, hypot
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord

from imviz.science.sky.geometry import has_celestial

if TYPE_CHECKING:
    from astropy.nddata import NDData

__all__ = ["Distance", "Place", "between", "place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A position on an image.

    Attributes
    ----------
    x, y : float
        Pixels, 0-indexed, integers at pixel centres.
    on_image : bool
        Whether there is a pixel there.
    ra, dec : float or None
        ICRS, degrees; None where the image does not tell.
    extrapolated : bool
        Whether the sky position is one where the WCS does not claim to hold (its bounding box, or none).
    value : int, float or None
        The pixel's exact value; None off the image.
    masked : bool
        Whether the pixel is marked bad, or holds no finite number.
    """

    x: float
    y: float
    on_image: bool
    ra: float | None
    dec: float | None
    extrapolated: bool
    value: int | float | None
    masked: bool


@dataclass(frozen=True, slots=True)
class Distance:
    """From one position to another: pixels, and on the sky (None without one) arcsec and degrees E of N."""

    pixels: float
    arcsec: float | None
    position_angle: float | None


def place(image: NDData, x: float, y: float) -> Place:
    """What `image` tells of the position (`x`, `y`)."""
    column, row = floor(x + 0.5), floor(y + 0.5)
    n_rows, n_columns = image.data.shape
    inside = 0 <= column < n_columns and 0 <= row < n_rows
    value = image.data[row, column].item() if inside else None
    bad = inside and image.mask is not None and bool(np.asarray(_at(image.mask, row, column)))
    sky = _sky(image.wcs, x, y)
    return Place(
        x=float(x),
        y=float(y),
        on_image=inside,
        ra=None if sky is None else float(sky.ra.deg),
        dec=None if sky is None else float(sky.dec.deg),
        extrapolated=sky is None or not _within(image.wcs, x, y),
        value=value,
        masked=bad or (value is not None and not np.isfinite(value)),
    )


def between(a: Place, b: Place) -> Distance:
    """From `a` to `b`, both on one image."""
    pixels = hypot(b.x - a.x, b.y - a.y)
    if a.ra is None or b.ra is None:
        return Distance(pixels, None, None)
    start, end = (SkyCoord(one.ra, one.dec, unit="deg") for one in (a, b))
    angle = start.position_angle(end).to_value(u.deg) % 360
    return Distance(pixels, float(start.separation(end).to_value(u.arcsec)), float(angle))


def _at(mask: Any, row: int, column: int) -> Any:
    return mask[row, column] if getattr(mask, "shape", ()) else mask


def _sky(wcs: Any, x: float, y: float) -> SkyCoord | None:
    if not has_celestial(wcs):
        return None
    try:
        sky = wcs.pixel_to_world(x, y)
    except ValueError:  # a distortion that does not converge there
        return None
    sky = sky.icrs if sky.is_transformable_to("icrs") else None
    known = sky is not None and np.isfinite(sky.ra.deg) and np.isfinite(sky.dec.deg)
    return sky if known else None


def _within(wcs: Any, x: float, y: float) -> bool:
    """Whether a WCS says that it holds at a pixel: inside the bounds it gives, if it gives any."""
    bounds = getattr(getattr(wcs, "low_level_wcs", wcs), "pixel_bounds", None)
    if bounds is None:
        return True
    return all(
        limit is None or min(limit) <= value <= max(limit)
        for limit, value in zip(bounds, (x, y), strict=False)
    )
