"""Regions and positions from one image's pixels to another's, through the sky.

A region keeps its center, its size and its angle on the sky: the local linear map between the two pixel
grids is taken at the center, sizes are multiplied by the square root of its determinant (so areas scale
rightly) and directions are turned by it, parity included. Polygons go vertex by vertex, composites part
by part. Any WCS of astropy's shared interface (APE 14) will do. Bending of an outline by distortion
across the region is not followed.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
import regions
from astropy.coordinates import SkyCoord, UnitSphericalRepresentation
from photutils.aperture import aperture_to_region
from regions import (
    CompoundPixelRegion,
    CompoundSkyRegion,
    PixCoord,
    PolygonPixelRegion,
    PolygonSkyRegion,
    SkyRegion,
)

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from regions import PixelRegion, Region

    # where a center goes, and the local linear map of offsets there
    LocalMap = tuple[PixCoord, NDArray[Any]]

__all__ = [
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

_STEP = 0.5  # pixels; the central difference over one pixel


def has_celestial(wcs: Any) -> bool:
    """Whether ``wcs`` turns the two pixel coordinates of an image into one sky position."""
    if wcs is None:
        return False
    low = getattr(wcs, "low_level_wcs", wcs)
    if low.pixel_n_dim != 2 or low.world_n_dim != 2:
        return False
    try:
        return any(parts[0] is SkyCoord for parts in low.world_axis_object_classes.values())
    except ValueError:  # astropy's family of WCS errors: a matrix that is singular or holds NaN
        return False


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
    center = PixCoord(*position)
    area = abs(np.linalg.det(_jacobian(wcs, center, wcs.pixel_to_world(*position))))
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
    if isinstance(region, CompoundPixelRegion):
        first, second = (to_image(part, from_wcs, to_wcs) for part in (region.region1, region.region2))
        return CompoundPixelRegion(first, second, region.operator, region.meta.copy(), region.visual.copy())

    def place(points: PixCoord) -> PixCoord:
        return _on_image(from_wcs.pixel_to_world(points.x, points.y), to_wcs)

    def local_map(center: PixCoord) -> LocalMap:
        sky = from_wcs.pixel_to_world(center.x, center.y)
        new = _on_image(sky, to_wcs)
        return new, np.linalg.solve(_jacobian(to_wcs, new, sky), _jacobian(from_wcs, center, sky))

    if isinstance(region, PolygonPixelRegion):
        return PolygonPixelRegion(place(region.vertices), region.meta.copy(), region.visual.copy())
    return _moved(region, type(region), place, local_map)


def sky_to_pixel(region: SkyRegion, wcs: Any) -> PixelRegion:
    """A sky region in pixels of the image of ``wcs``; angles run from west through north, as in `regions`.

    Raises
    ------
    InputError
        ``wcs`` is not celestial, or the region has no position on the image.
    """
    _require_celestial(wcs)
    if isinstance(region, CompoundSkyRegion):
        first, second = (sky_to_pixel(part, wcs) for part in (region.region1, region.region2))
        return CompoundPixelRegion(first, second, region.operator, region.meta.copy(), region.visual.copy())

    def place(sky: SkyCoord) -> PixCoord:
        return _on_image(sky, wcs)

    def local_map(sky: SkyCoord) -> LocalMap:
        new = _on_image(sky, wcs)
        # a sky angle of 0 points west and 90 deg north: offsets (east, north) = (-cos, sin)
        return new, np.linalg.inv(_jacobian(wcs, new, sky)) @ np.diag([-1.0, 1.0])

    if isinstance(region, PolygonSkyRegion):
        return PolygonPixelRegion(place(region.vertices), region.meta.copy(), region.visual.copy())
    kind = getattr(regions, type(region).__name__.replace("SkyRegion", "PixelRegion"), None)
    if kind is None:
        raise InputError(f"{type(region).__name__} cannot be placed on an image; use another shape.")
    return _moved(region, kind, place, local_map)


def far_from(wcs: Any, shape: tuple[int, ...], centred: list[Any]) -> NDArray[np.bool_]:
    """Which of some sky regions with a center lie beside an image of that shape; one call for all of them."""
    _require_celestial(wcs)
    frames = [region.center.transform_to("icrs").spherical for region in centred]
    sky = SkyCoord([one.lon.deg for one in frames], [one.lat.deg for one in frames], unit="deg", frame="icrs")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a slow inversion: told in the numbers
        x, y = (np.asarray(axis, dtype=float) for axis in wcs.world_to_pixel(sky))
    height, width = shape
    scale = pixel_scale(wcs, ((width - 1) / 2, (height - 1) / 2))
    reach = np.array([_reach(region) for region in centred]) / scale
    with np.errstate(invalid="ignore"):
        inside = (
            (x >= -0.5 - reach)
            & (x <= width - 0.5 + reach)
            & (y >= -0.5 - reach)
            & (y <= height - 0.5 + reach)
        )
    return ~inside


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
    _require_celestial(wcs)
    if isinstance(region, CompoundPixelRegion):
        first, second = (pixel_to_sky(part, wcs) for part in (region.region1, region.region2))
        return CompoundSkyRegion(first, second, region.operator, region.meta.copy(), region.visual.copy())

    def place(points: PixCoord) -> SkyCoord:
        return wcs.pixel_to_world(points.x, points.y)

    def local_map(center: PixCoord) -> tuple[SkyCoord, NDArray[Any]]:
        sky = place(center)
        return sky, np.diag([-1.0, 1.0]) @ _jacobian(wcs, center, sky)

    if isinstance(region, PolygonPixelRegion):
        return PolygonSkyRegion(place(region.vertices), region.meta.copy(), region.visual.copy())
    kind = getattr(regions, type(region).__name__.replace("PixelRegion", "SkyRegion"), None)
    if kind is None:
        raise InputError(f"{type(region).__name__} cannot be placed on the sky; use another shape.")
    return _moved(region, kind, place, local_map)


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
    values = {name: getattr(region, name) for name in region._params}  # regions has no public list of them
    for name, value in values.items():
        if isinstance(value, PixCoord):
            values[name] = PixCoord(*(axis if np.isscalar(axis) else np.array(axis) for axis in value.xy))
        elif isinstance(value, regions.Region):
            values[name] = copied(value)
    attributes = {**(meta or {}), **region.meta, **also}
    return type(region)(**values, meta=attributes, visual={**(visual or {}), **region.visual})


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


def _moved(region: Any, kind: type, place: Callable[[Any], Any], local_map: Callable[[Any], Any]) -> Any:
    """Rebuild ``region`` as ``kind``: points placed, lengths scaled, its angle turned."""
    changes: dict[str, Any] = {}
    matrix: NDArray[Any] = np.eye(2)
    if "center" in region._params:  # regions has no public list of them
        changes["center"], matrix = local_map(region.center)
    scale = np.sqrt(abs(np.linalg.det(matrix)))
    for name in region._params:
        value = getattr(region, name)
        if name == "angle":
            turned = matrix @ [np.cos(value).value, np.sin(value).value]
            changes["angle"] = (np.degrees(np.arctan2(turned[1], turned[0])) * u.deg) % (360 * u.deg)
        elif isinstance(value, PixCoord | SkyCoord):
            changes.setdefault(name, place(value))
        elif isinstance(value, str):
            changes[name] = value
        else:
            length = float((value.to_value(u.rad) if isinstance(value, u.Quantity) else value) * scale)
            changes[name] = (length * u.rad).to(u.arcsec) if issubclass(kind, SkyRegion) else length
    return kind(**changes, meta=region.meta.copy(), visual=region.visual.copy())


def _basis(sky: SkyCoord) -> NDArray[np.float64]:
    """Unit vectors to the east and north of a position, shape (2, 3)."""
    lon, lat = sky.spherical.lon.rad, sky.spherical.lat.rad
    east = [-np.sin(lon), np.cos(lon), 0.0]
    north = [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)]
    return np.array([east, north])


def _unit_vectors(sky: SkyCoord, like: SkyCoord) -> NDArray[np.float64]:
    """Cartesian unit vectors (3, ...) of ``sky`` in the frame of ``like``."""
    directions = sky.transform_to(like.frame).spherical.represent_as(UnitSphericalRepresentation)
    return directions.to_cartesian().xyz.value


def _jacobian(wcs: Any, center: PixCoord, sky: SkyCoord) -> NDArray[np.float64]:
    """d(east, north) [rad] / d(x, y) at ``center``, in the frame of ``sky``, by central differences."""
    x = center.x + np.array([_STEP, -_STEP, 0.0, 0.0])
    y = center.y + np.array([0.0, 0.0, _STEP, -_STEP])
    vectors = _unit_vectors(wcs.pixel_to_world(x, y), sky)
    slopes = np.stack([vectors[:, 0] - vectors[:, 1], vectors[:, 2] - vectors[:, 3]], axis=1) / (2 * _STEP)
    matrix: NDArray[np.float64] = _basis(sky) @ slopes
    if not np.isfinite(matrix).all() or np.linalg.det(matrix) == 0:
        raise InputError("The region has no position on the image; the image's WCS is not defined there.")
    return matrix


def _on_image(sky: SkyCoord, wcs: Any) -> PixCoord:
    """Pixels of sky positions, refined because distorted WCSs are only inverted to about 1e-4 pix."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a slow inversion: refined, and judged, right below
        x, y = (np.asarray(axis, dtype=float) for axis in wcs.world_to_pixel(sky))
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise InputError(
            "The region has no position on the image; its place on the sky is outside the image's WCS."
        )
    first = sky.ravel()[0] if sky.shape else sky
    inverse = np.linalg.inv(_jacobian(wcs, PixCoord(float(x.flat[0]), float(y.flat[0])), first))
    for _ in range(2):
        missing = _basis(first) @ (
            _unit_vectors(sky, first) - _unit_vectors(wcs.pixel_to_world(x, y), first)
        ).reshape(3, -1)
        dx, dy = inverse @ missing
        x, y = x + dx.reshape(x.shape), y + dy.reshape(y.shape)
    return PixCoord(x, y) if sky.shape else PixCoord(float(x), float(y))
