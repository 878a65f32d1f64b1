"""Where the apertures of space telescopes' instruments lie on the sky, and the outlines of regions there.

The apertures' corners in the telescope's frame (V2, V3) are in ``footprints.json``, written by
``scripts/footprints.py`` from pysiaf. Pointing is exact on the sphere; aberration is left out, as its scale
(1e-4) is far below what a footprint is drawn for. Nothing is drawn here.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord, position_angle
from astropy.coordinates.angles import angular_separation
from astropy.wcs import WCS
from regions import CompoundSkyRegion, PixelRegion, PolygonSkyRegion, SkyRegion

from imviz.errors import InputError, NoSkyError
from imviz.science.regions.outlines import outlines as flat_outlines
from imviz.science.sky.geometry import has_celestial, pixel_to_sky, sky_to_pixel

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["footprint", "outlines", "presets"]

FINENESS = 1000  # pixels of a region's own plane to its largest side


def presets() -> tuple[str, ...]:
    """Names of the instruments."""
    return tuple(_table())


def footprint(
    preset: str, centre: SkyCoord, pa: float = 0.0, v2_offset: float = 0.0, v3_offset: float = 0.0
) -> dict[str, PolygonSkyRegion]:
    """The apertures of an instrument on the sky.

    Parameters
    ----------
    preset : str
        One of `presets`.
    centre : SkyCoord
        Where the middle of the instrument's field is pointed.
    pa : float
        Position angle of its Y axis, degrees from north to east.
    v2_offset, v3_offset : float
        A dither, in arcsec along V2 and V3, signs as in jdaviz: the point of the field that is put on
        `centre` moves to smaller V2 and larger V3.

    Returns
    -------
    dict
        By the aperture's name.

    Raises
    ------
    InputError
        For an unknown instrument or a number that is not finite.

    Examples
    --------
    >>> from astropy.coordinates import SkyCoord
    >>> found = footprint("NIRCam:long", SkyCoord(10, 20, unit="deg"))
    >>> sorted(found)
    ['NRCA5_FULL', 'NRCB5_FULL']
    """
    if preset not in _table():
        raise InputError(
            f"There is no instrument {str(preset)[:40]!r}; there is: {', '.join(presets())}."[:240]
        )
    numbers = np.array([pa, v2_offset, v3_offset, centre.ra.deg, centre.dec.deg], dtype=float)
    if not np.isfinite(numbers).all():
        raise InputError("A footprint needs finite position, angle and offsets.")
    known = _table()[preset]
    middle = _on_sphere(np.add(known["centre"], (-v2_offset, v3_offset)))
    found = {}
    for name, corners in known["apertures"].items():
        there = _on_sphere(np.array(corners))
        angle = position_angle(*middle, *there) + (pa - known["y_angle"]) * u.deg
        apart = angular_separation(*middle, *there)
        found[name] = PolygonSkyRegion(centre.icrs.directional_offset_by(angle, apart))
    return found


def outlines(regions: Iterable[Any], wcs: Any = None) -> list[SkyCoord]:
    """The outlines of regions, as closed lines on the sky.

    Parameters
    ----------
    regions
        On the sky, or in pixels of an image.
    wcs
        That image's WCS.

    Raises
    ------
    NoSkyError
        For regions in pixels without a celestial WCS.
    """
    found: list[SkyCoord] = []
    for region in regions:
        in_pixels = isinstance(region, PixelRegion)
        if in_pixels and not has_celestial(wcs):
            raise NoSkyError("Regions in pixels need an image with a celestial WCS; show one first.")
        found += _outlines(pixel_to_sky(region, wcs) if in_pixels else region)
    return found


def _outlines(region: SkyRegion) -> list[SkyCoord]:
    if isinstance(region, CompoundSkyRegion):
        return [line for part in (region.region1, region.region2) for line in _outlines(part)]
    if isinstance(region, PolygonSkyRegion):
        return [region.vertices.icrs]
    plane = _plane(region)
    flat = sky_to_pixel(region, plane)
    lines = flat_outlines(flat)
    if not lines:
        raise InputError(f"{type(region).__name__} has no outline; use shapes that cover something.")
    return [plane.pixel_to_world(*line.T).icrs for line in lines]


def _plane(region: SkyRegion) -> WCS:
    """A tangent plane about a region, so fine that curves stay smooth."""
    middle = getattr(region, "center", None)
    if middle is None:
        middle = getattr(region, "start", None) or getattr(region, "vertices", None)
    if middle is None:
        raise InputError(f"{type(region).__name__} has no place on the sky to draw it at.")
    middle = SkyCoord(middle).icrs
    sizes = [
        getattr(region, name) for name in region._params if isinstance(getattr(region, name), u.Quantity)
    ]
    largest = max(
        (size.to_value("deg") for size in sizes if size.unit.physical_type == "angle"), default=1e-3
    )
    plane = WCS(naxis=2)
    plane.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    plane.wcs.crval = [middle.ra.deg, middle.dec.deg]
    plane.wcs.cdelt = [-largest / FINENESS, largest / FINENESS]
    plane.wcs.set()
    return plane


def _on_sphere(v: np.ndarray) -> tuple[u.Quantity, u.Quantity]:
    """V2 and V3 (arcsec) as longitude and latitude."""
    return v[..., 0] * u.arcsec, v[..., 1] * u.arcsec


@cache
def _table() -> dict[str, Any]:
    path = Path(__file__).with_suffix(".json")
    presets: dict[str, Any] = json.loads(path.read_text())["presets"]
    return presets
