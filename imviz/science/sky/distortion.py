"""Apertures and pixel areas through the whole WCS, distortion and all.

`imviz.science.sky.geometry.to_image` moves a region by the linear map at its center;
over a strongly distorted field its outline is not quite that. Here the outline itself goes
through the sky, point by point, and the area of each pixel is that of its own corners.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.wcs import WCS
from regions import (
    CirclePixelRegion,
    CompoundPixelRegion,
    CompoundSkyRegion,
    EllipsePixelRegion,
    PixCoord,
    PolygonPixelRegion,
    RectanglePixelRegion,
)

from imviz.errors import InputError
from imviz.science.regions.kinds import parts_of
from imviz.science.sky.geometry import pixel_to_sky, sky_to_pixel, to_image

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from regions import PixelRegion, SkyRegion

    from imviz.science.photometry.apertures import Box

__all__ = ["outline_to_image", "pixel_areas", "sky_outline", "true_outline"]

_POINTS = 256


def sky_outline(region: SkyRegion, wcs: Any, n_points: int = _POINTS) -> PixelRegion:
    """A region on the sky in pixels of an image, by its outline: as `outline_to_image` gives it.

    A circle's points all lie at its radius on the sky, wherever the image's distortion puts them.
    """
    if isinstance(region, CompoundSkyRegion):
        first, second = (sky_outline(part, wcs, n_points) for part in (region.region1, region.region2))
        return CompoundPixelRegion(first, second, region.operator)
    if not hasattr(region, "center"):
        return sky_to_pixel(region, wcs)  # a polygon: its corners are its outline
    flat = WCS(naxis=2)
    icrs = region.center.icrs
    flat.wcs.ctype = ["RA---ARC", "DEC--ARC"]  # distances from the center are true in it
    flat.wcs.crval, flat.wcs.crpix = [icrs.ra.deg, icrs.dec.deg], [1.0, 1.0]
    flat.wcs.cdelt = [-1 / 3600, 1 / 3600]
    return outline_to_image(sky_to_pixel(region, flat), flat, wcs, n_points)


def outline_to_image(region: PixelRegion, from_wcs: Any, to_wcs: Any, n_points: int = _POINTS) -> PixelRegion:
    """``region`` on another image by its outline: a polygon, or two with a hole for an annulus.

    Parameters
    ----------
    region : regions.PixelRegion
        Circle, ellipse, rectangle, annulus of these, polygon, or a composite.
    from_wcs, to_wcs : WCS
        Celestial, of astropy's shared interface.
    n_points : int
        Points of an outline; 256 hold the area of a circle to 1e-4, which is made up for.
    """
    if isinstance(region, CompoundPixelRegion):
        first, second = (
            outline_to_image(part, from_wcs, to_wcs, n_points) for part in (region.region1, region.region2)
        )
        return CompoundPixelRegion(first, second, region.operator)
    parts = parts_of(region)
    if parts is not None:
        inner, outer = (outline_to_image(part, from_wcs, to_wcs, n_points) for part in parts)
        return CompoundPixelRegion(outer, inner, np.logical_xor)
    return to_image(PolygonPixelRegion(_outline(region, n_points)), from_wcs, to_wcs)


def true_outline(region: PixelRegion, wcs: Any) -> PixelRegion:
    """The outline of the shape that ``region`` has on the sky at its center, through all of the same WCS.

    `imviz.science.sky.geometry` places a sky region on an image as a shape of the same kind, right at its
    center; this bends it as the image is bent.
    """
    return sky_outline(pixel_to_sky(region, wcs), wcs)


def _outline(region: PixelRegion, n: int) -> PixCoord:
    if isinstance(region, PolygonPixelRegion):
        return region.vertices
    if isinstance(region, RectanglePixelRegion):
        sides = np.linspace(-0.5, 0.5, max(n // 4, 1), endpoint=False)
        edge = np.full(sides.size, 0.5)
        u_, v_ = np.concatenate([sides, edge, -sides, -edge]), np.concatenate([-edge, sides, edge, -sides])
        x, y, angle = u_ * region.width, v_ * region.height, region.angle.to_value(u.rad)
    elif isinstance(region, CirclePixelRegion | EllipsePixelRegion):
        turn = 2 * np.pi * np.arange(n) / n
        swell = np.sqrt((2 * np.pi / n) / np.sin(2 * np.pi / n))  # the polygon has the ellipse's area
        is_circle = isinstance(region, CirclePixelRegion)
        a = region.radius if is_circle else region.width / 2
        b = region.radius if is_circle else region.height / 2
        angle = 0.0 if is_circle else region.angle.to_value(u.rad)
        x, y = a * swell * np.cos(turn), b * swell * np.sin(turn)
    else:
        raise InputError(f"{type(region).__name__} has no outline that could go through the sky.")
    cos, sin = np.cos(angle), np.sin(angle)
    return PixCoord(region.center.x + x * cos - y * sin, region.center.y + x * sin + y * cos)


def pixel_areas(wcs: Any, box: Box) -> NDArray[np.float64]:
    """Area on the sky of each pixel of ``box`` [arcsec²], shape (ny, nx), by its four corners."""
    x, y = np.meshgrid(np.arange(box.nx + 1) + box.x0 - 0.5, np.arange(box.ny + 1) + box.y0 - 0.5)
    sky = wcs.pixel_to_world(x, y).spherical
    lon, lat = sky.lon.rad, sky.lat.rad
    unit = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    # half the cross product of the diagonals: flat, and right to 1e-10 for a pixel of an arcminute
    across, along = unit[1:, 1:] - unit[:-1, :-1], unit[1:, :-1] - unit[:-1, 1:]
    area = np.linalg.norm(np.cross(across, along), axis=-1) / 2
    values: NDArray[np.float64] = area * (180 / np.pi * 3600) ** 2
    return values
