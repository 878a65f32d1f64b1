"""Regions and positions from one image's pixels to another's, through the sky.

A region keeps its center and its outline on the sky by the local linear map between the two pixel grids,
taken at the center, parity included: on square pixels the shape it was, scaled and turned; on others the
ellipse or parallelogram that it is there (`imviz.science.sky.local_maps`). Polygons go vertex by vertex,
composites part by part. Any WCS of astropy's shared interface (APE 14) will do. Bending of an outline by
distortion across the region is not followed here, but by `imviz.science.sky.distortion`.
"""

from __future__ import annotations

import warnings
from copy import copy
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
import regions
from astropy.coordinates import SkyCoord
from photutils.aperture import aperture_to_region
from regions import PixCoord, SkyRegion

from imviz.errors import InputError
from imviz.science.sky import through_sky
from imviz.science.sky.spheres import ON_SKY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from regions import PixelRegion, Region

__all__ = [
    "all_to_sky",
    "copied",
    "far_from",
    "from_aperture",
    "has_celestial",
    "pixel_scale",
    "pixel_to_sky",
    "sky_positions",
    "sky_to_pixel",
    "to_image",
]


def has_celestial(wcs: Any) -> bool:
    """Whether ``wcs`` turns the two pixel coordinates of an image into one position on the sky.

    Of the Sun's surface, a planet's or the horizon it does not, although there are frames for them.
    """
    if wcs is None:
        return False
    low = getattr(wcs, "low_level_wcs", wcs)
    if low.pixel_n_dim != 2 or low.world_n_dim != 2:
        return False
    try:
        parts = list(low.world_axis_object_classes.values())
    except (
        ValueError,
        TypeError,
        NotImplementedError,
    ):  # singular, NaN; a planet without, or with odd, radii
        return False
    return any(part[0] is SkyCoord and _on_sky(part[2].get("frame", "icrs")) for part in parts)


def _on_sky(frame: Any) -> bool:
    return (frame if isinstance(frame, str) else getattr(frame, "name", "")) in ON_SKY


def sky_positions(wcs: Any, *positions: tuple[float, float]) -> list[SkyCoord | None]:
    """`SkyCoord` of each (x, y), all by one call; `None` for each when ``wcs`` is not celestial."""
    if not has_celestial(wcs):
        return [None] * len(positions)
    x, y = np.transpose(positions)
    sky = wcs.pixel_to_world(x, y)
    return [sky[i] for i in range(len(positions))]


def pixel_scale(wcs: Any, position: tuple[float, float]) -> float:
    """Arcsec per pixel at ``position`` (x, y), distortion included: what brings a FWHM in pixels to the sky.

    The square root of the pixel's area there; `InputError` when ``wcs`` is not celestial.
    """
    _require_celestial(wcs)
    points = np.array([position[0]], dtype=float), np.array([position[1]], dtype=float)
    (jacobian,) = through_sky.jacobians(wcs, points, wcs.pixel_to_world(*points))
    area = abs(np.linalg.det(jacobian))
    return float((np.sqrt(area) * u.rad).to_value(u.arcsec))


def to_image(region: PixelRegion, from_wcs: Any, to_wcs: Any) -> PixelRegion:
    """``region``, in pixels of the image of ``from_wcs``, in pixels of the image of ``to_wcs``.

    Parameters
    ----------
    region : regions.PixelRegion
        Any shape, composites included; its meta and visual attributes are kept.
    from_wcs, to_wcs : WCS
        Celestial, of astropy's shared interface (FITS with or without distortion, GWCS).

    Raises
    ------
    InputError
        A WCS is not celestial, or the region has no position on the other image.
    """
    for wcs in (from_wcs, to_wcs):
        _require_celestial(wcs)
    if from_wcs is to_wcs:
        return region.copy()
    return _only(through_sky.to_image([region], from_wcs, to_wcs))


def sky_to_pixel(region: SkyRegion, wcs: Any) -> PixelRegion:
    """A sky region in pixels of the image of ``wcs``; angles run from west through north, as in `regions`.

    Raises
    ------
    InputError
        ``wcs`` is not celestial, or the region has no position on the image.
    """
    _require_celestial(wcs)
    return _only(through_sky.sky_to_pixel([region], wcs))


def far_from(wcs: Any, shape: tuple[int, ...], centred: list[Any]) -> NDArray[np.bool_]:
    """Which of some sky regions with a center lie beside an image of that shape; one call for all of them."""
    _require_celestial(wcs)
    x, y = (np.full(len(centred), np.nan) for _ in range(2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a slow inversion: told in the numbers
        for places, sky in through_sky.stacked([region.center for region in centred]):
            x[places], y[places] = wcs.world_to_pixel(sky)
    height, width = shape
    scale = _finest_scale(wcs, ((width - 1) / 2, (height - 1) / 2))
    reach = np.array([_reach(region) for region in centred]) / scale
    with np.errstate(invalid="ignore"):
        inside = (
            (x >= -0.5 - reach)
            & (x <= width - 0.5 + reach)
            & (y >= -0.5 - reach)
            & (y <= height - 0.5 + reach)
        )
    return ~inside


def _finest_scale(wcs: Any, position: tuple[float, float]) -> float:
    """Arcsec per pixel at a position, in the direction where pixels are smallest."""
    points = np.array([position[0]], dtype=float), np.array([position[1]], dtype=float)
    (jacobian,) = through_sky.jacobians(wcs, points, wcs.pixel_to_world(*points))
    return float((np.linalg.svd(jacobian, compute_uv=False)[-1] * u.rad).to_value(u.arcsec))


def _reach(region: Any) -> float:
    """How far from its center a sky region may extend, arcsec."""
    sizes = [
        value
        for name in region._params
        if isinstance(value := getattr(region, name), u.Quantity) and name != "angle"
    ]
    return max((float(size.to_value(u.arcsec)) for size in sizes), default=0.0) * 1.5


def pixel_to_sky(region: PixelRegion, wcs: Any) -> SkyRegion:
    """A region in pixels of the image of ``wcs``, on the sky: what `sky_to_pixel` undoes.

    Raises
    ------
    InputError
        ``wcs`` is not celestial, or not defined at the region.
    """
    return _only(all_to_sky([region], wcs))


def all_to_sky(shapes: Sequence[PixelRegion], wcs: Any) -> list[SkyRegion | InputError]:
    """Regions in pixels of the image of ``wcs``, on the sky, by a few calls of it; or why one cannot be."""
    try:
        _require_celestial(wcs)
    except InputError as error:
        return [error] * len(shapes)
    return through_sky.pixel_to_sky(shapes, wcs)


def copied(region: Any, meta: Any = None, visual: Any = None, **also: Any) -> Any:
    """A region that shares nothing that can be changed with `region`, which may be a composite.

    Parameters
    ----------
    region : regions.Region
        In pixels or on the sky.
    meta, visual : mapping, optional
        Attributes that the copy has where `region` itself has none.
    **also
        What its ``meta`` says besides, as ``include=False``.
    """
    new = copy(region)  # its positions on the sky and its lengths stay shared: nobody changes them in place
    for name in region._params:  # regions has no public list of them
        value = getattr(region, name)
        if isinstance(value, PixCoord):
            setattr(
                new, name, PixCoord(*(axis if np.isscalar(axis) else np.array(axis) for axis in value.xy))
            )
        elif isinstance(value, regions.Region):
            values = {part: copied(getattr(region, part)) for part in ("region1", "region2")}
            new = type(region)(**values, operator=region.operator)
            break
    new.meta, new.visual = {**(meta or {}), **region.meta, **also}, {**(visual or {}), **region.visual}
    return new


def from_aperture(aperture: Any) -> list[Region]:
    """The region of each position of a photutils aperture (pixel or sky), in order."""
    try:
        found = aperture_to_region(aperture)
    except TypeError as error:
        raise InputError(
            f"{type(aperture).__name__} is not a photutils aperture that has a region."
        ) from error
    return [found] if isinstance(found, regions.Region) else list(found)


def _require_celestial(wcs: Any) -> None:
    if not has_celestial(wcs):
        raise InputError("A region can only go through the sky between images that have a celestial WCS.")


def _only(found: list[Any]) -> Any:
    """The one region asked for, or the error that says why there is none."""
    (region,) = found
    if isinstance(region, InputError):
        raise region
    return region
