"""Which way the sky lies in an image's pixels, and planes of pixels that lie on the sky as one wants.

North and east are followed along great circles from a pixel, so distortions, any parity and the poles are
right. A plane made here is a plain gnomonic (TAN) WCS with square pixels; it is no image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.wcs import WCS

from imviz.errors import InputError
from imviz.science.sky.geometry import has_celestial

if TYPE_CHECKING:
    from astropy.coordinates import SkyCoord

__all__ = ["Directions", "directions", "tangent_plane"]


@dataclass(frozen=True, slots=True)
class Directions:
    """Where north and east are, seen from a pixel.

    Attributes
    ----------
    north, east : float
        Direction in the pixel plane, degrees anticlockwise from +x.
    scale : float
        Degrees on the sky per pixel: the square root of the pixel's area.
    east_left : bool
        Whether east is anticlockwise of north, as on the sky.
    """

    north: float
    east: float
    scale: float
    east_left: bool


def directions(wcs: Any, position: tuple[float, float]) -> Directions:
    """North and east at a pixel (x, y).

    Raises
    ------
    InputError
        If ``wcs`` is not celestial, or does not know the sky there.
    """
    trouble = InputError(f"The sky at pixel ({position[0]:g}, {position[1]:g}) is not known to the WCS.")
    if not has_celestial(wcs):
        raise trouble
    try:
        sky = wcs.pixel_to_world(*position).icrs
        step = sky.separation(wcs.pixel_to_world(position[0] + 1, position[1]).icrs)
        if not (np.isfinite(step.deg) and step.deg > 0):
            raise trouble
        there = [sky.directional_offset_by(angle * u.deg, step) for angle in (0, 90)]
        ends = np.array([wcs.world_to_pixel(end) for end in there], dtype=float)
    except ValueError as error:  # a WCS that astropy cannot use, or that does not converge
        raise trouble from error
    arms = ends - np.asarray(position, dtype=float)
    cross = float(arms[0, 0] * arms[1, 1] - arms[0, 1] * arms[1, 0])
    if not np.isfinite(cross) or cross == 0:
        raise trouble
    north, east = np.degrees(np.arctan2(arms[:, 1], arms[:, 0]))
    return Directions(float(north), float(east), float(step.deg / np.sqrt(abs(cross))), cross > 0)


def tangent_plane(sky: SkyCoord, pixel: tuple[float, float], found: Directions) -> WCS:
    """A plane of pixels that touches the sky at ``sky``, which lies at ``pixel``.

    Parameters
    ----------
    sky : SkyCoord
        The point it touches.
    pixel : (float, float)
        That point's (x, y), 0-indexed.
    found : Directions
        Its north, scale and parity; its east is 90 degrees from its north whatever `found` says.
    """
    north = np.radians(found.north)
    east = north + (np.pi / 2 if found.east_left else -np.pi / 2)
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.radesys = "ICRS"
    wcs.wcs.cunit = ["deg", "deg"]
    wcs.wcs.crval = [sky.icrs.ra.deg, sky.icrs.dec.deg]
    wcs.wcs.crpix = [pixel[0] + 1, pixel[1] + 1]
    wcs.wcs.cd = found.scale * np.array([[np.cos(east), np.sin(east)], [np.cos(north), np.sin(north)]])
    wcs.wcs.set()
    return wcs
