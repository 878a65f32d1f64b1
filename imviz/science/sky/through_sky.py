"""Many regions at once from pixels to pixels, to the sky and back, through a WCS.

All points of all regions go through the WCS together, with the local linear map at each: ten thousand cost a
few calls. What a shape is there, `rebuilt` says; one that is sheared out of its kind goes by its corners.
What one region alone is asked for is `geometry`'s, which asks here; so one by one and together give the same
numbers. A region that has no place there is answered by the error that says so.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord, UnitSphericalRepresentation
from regions import (
    CompoundPixelRegion,
    CompoundSkyRegion,
    PixCoord,
    SkyRegion,
)

from imviz.errors import InputError
from imviz.science.sky.rebuilt import angles, in_pieces, positions_of, rebuilt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from regions import PixelRegion, Region

    Floats = NDArray[np.float64]
    # points (x, y) or on the sky to others, with the local linear map at each, shape (n, 2, 2), NaN for none
    Trip = Callable[[Any], tuple[Any, Floats]]

__all__ = ["angles", "jacobians", "pixel_to_sky", "sky_to_pixel", "stacked", "to_image"]

_STEP = 0.5  # pixels; the central difference over one pixel
_WEST = np.diag([-1.0, 1.0])  # a sky angle of 0 points west and 90 deg north: (east, north) = (-cos, sin)


def to_image(shapes: Sequence[PixelRegion], from_wcs: Any, to_wcs: Any) -> list[PixelRegion | InputError]:
    """Regions in pixels of the image of one celestial WCS, in pixels of that of another."""

    def trip(points: tuple[Floats, Floats]) -> tuple[Any, Floats]:
        sky = from_wcs.pixel_to_world(*points)
        new, there = _on_image(sky, to_wcs)
        return new, _inverse(there) @ jacobians(from_wcs, points, sky)

    return _travelled(shapes, trip, "Pixel")


def sky_to_pixel(shapes: Sequence[SkyRegion], wcs: Any) -> list[PixelRegion | InputError]:
    """Regions on the sky, in pixels of the image of a celestial WCS."""

    def trip(sky: SkyCoord) -> tuple[Any, Floats]:
        new, there = _on_image(sky, wcs)
        return new, _inverse(there) @ _WEST

    return _travelled(shapes, trip, "Pixel")


def pixel_to_sky(shapes: Sequence[PixelRegion], wcs: Any) -> list[SkyRegion | InputError]:
    """Regions in pixels of the image of a celestial WCS, on the sky: what `sky_to_pixel` undoes."""

    def trip(points: tuple[Floats, Floats]) -> tuple[Any, Floats]:
        sky = wcs.pixel_to_world(*points)
        return sky, _WEST @ jacobians(wcs, points, sky)

    return _travelled(shapes, trip, "Sky")


def stacked(positions: Sequence[SkyCoord]) -> Iterator[tuple[list[int], SkyCoord]]:
    """Positions on the sky by frame: the places in the list, and one `SkyCoord` for all of them."""
    groups: dict[Any, list[int]] = {}
    words: dict[int, str] = {}  # of an equinox, an observer: shared by most, and slow to write
    for n, sky in enumerate(positions):
        frame = sky.frame
        known = [getattr(frame, name) for name in frame.frame_attributes]
        told = tuple(words.setdefault(id(value), repr(value)) for value in known)
        groups.setdefault((type(frame), told), []).append(n)
    for places in groups.values():
        found = [angles(positions[n]) for n in places]
        lon, lat = (np.concatenate([np.atleast_1d(one[axis]) for one in found]) for axis in (0, 1))
        frame = positions[places[0]].frame.replicate_without_data()
        yield places, SkyCoord(frame.realize_frame(UnitSphericalRepresentation(lon * u.rad, lat * u.rad)))


def jacobians(wcs: Any, points: tuple[Any, Any], sky: SkyCoord) -> Floats:
    """d(east, north) [rad] / d(x, y) at each point, in the frame of ``sky``, by central differences."""
    x, y = (np.asarray(axis, dtype=float) for axis in points)
    dx, dy = (np.array(step)[:, None] * _STEP for step in ((1, -1, 0, 0), (0, 0, 1, -1)))
    beside = wcs.pixel_to_world((x + dx).ravel(), (y + dy).ravel())
    vectors = _unit_vectors(beside, sky).reshape(3, 4, len(x))
    slopes = np.stack([vectors[:, 0] - vectors[:, 1], vectors[:, 2] - vectors[:, 3]]) / (2 * _STEP)
    return np.einsum("ikn,jkn->nij", _basis(sky), slopes)


# ---- all points of some regions


def _travelled(shapes: Sequence[Region], trip: Trip, kind: str) -> list[Any]:
    """Regions rebuilt as ``kind`` where a trip takes them, or why one cannot be."""
    leaves = [leaf for shape in shapes for leaf in _leaves(shape)]
    points = [[getattr(leaf, name) for name in positions_of(leaf)] for leaf in leaves]
    flat = [point for some in points for point in some]
    whole = isinstance(leaves[0], SkyRegion) if leaves else False
    where, matrices = (_by_frame if whole else _by_pixel)(flat, trip)
    made, at = [], 0
    for leaf, some in zip(leaves, points, strict=True):
        made.append(rebuilt(leaf, kind, where[at : at + len(some)], matrices[at : at + len(some)]))
        at += len(some)
    sheared = [n for n, one in enumerate(made) if one is None]
    if sheared:
        for n, one in zip(
            sheared, _travelled([in_pieces(leaves[n]) for n in sheared], trip, kind), strict=True
        ):
            made[n] = one
    parts = iter(made)
    return [_assembled(shape, parts, kind) for shape in shapes]


def _leaves(shape: Region) -> Iterator[Region]:
    if isinstance(shape, CompoundPixelRegion | CompoundSkyRegion):
        yield from _leaves(shape.region1)
        yield from _leaves(shape.region2)
    else:
        yield shape


def _assembled(shape: Region, made: Iterator[Any], kind: str) -> Any:
    if not isinstance(shape, CompoundPixelRegion | CompoundSkyRegion):
        return next(made)
    first, second = (_assembled(part, made, kind) for part in (shape.region1, shape.region2))
    refused = [part for part in (first, second) if isinstance(part, InputError)]
    if refused:
        return refused[0]
    compound = CompoundPixelRegion if kind == "Pixel" else CompoundSkyRegion
    return compound(first, second, shape.operator, shape.meta.copy(), shape.visual.copy())


def _by_pixel(positions: list[PixCoord], trip: Trip) -> tuple[list[Any], list[Floats]]:
    sizes = [np.size(position.x) for position in positions]
    if not sizes:
        return [], []
    x, y = (
        np.concatenate([np.atleast_1d(getattr(one, axis)) for one in positions]).astype(float)
        for axis in "xy"
    )
    return _split(*trip((x, y)), sizes, [bool(np.shape(one.x)) for one in positions])


def _by_frame(positions: list[SkyCoord], trip: Trip) -> tuple[list[Any], list[Floats]]:
    where: list[Any] = [None] * len(positions)
    matrices: list[Any] = [None] * len(positions)
    for places, sky in stacked(positions):
        some = [positions[n] for n in places]
        found = _split(*trip(sky), [one.size for one in some], [bool(one.shape) for one in some])
        for n, new, matrix in zip(places, *found, strict=True):
            where[n], matrices[n] = new, matrix
    return where, matrices


def _split(points: Any, matrices: Floats, sizes: list[int], many: list[bool]) -> tuple[list[Any], list[Any]]:
    """Points found together, each position's again: a scalar, or as many as it has."""
    ends = np.cumsum(sizes)
    cuts = [
        slice(end - size, end) if row else end - 1 for end, size, row in zip(ends, sizes, many, strict=True)
    ]
    if isinstance(points, SkyCoord):
        found: list[Any] = [points[cut] for cut in cuts]
    else:
        x, y = points
        both = zip(cuts, many, strict=True)
        found = [PixCoord(*(axis[cut] if row else float(axis[cut]) for axis in (x, y))) for cut, row in both]
    return found, [matrices[cut] for cut in cuts]


# ---- points


def _on_image(sky: SkyCoord, wcs: Any) -> tuple[tuple[Floats, Floats], Floats]:
    """Pixels of sky positions and the map there, refined: distorted WCSs are only inverted to about 1e-4."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a slow inversion: refined, and judged, right below
        x, y = (np.array(axis, dtype=float) for axis in wcs.world_to_pixel(sky))
        inverse = _inverse(jacobians(wcs, (x, y), sky))
        basis, meant = _basis(sky), _unit_vectors(sky, sky)
        for _ in range(2):
            found = _unit_vectors(wcs.pixel_to_world(x, y), sky)
            dx, dy = np.einsum("nij,jkn,kn->in", inverse, basis, meant - found)
            x, y = x + dx, y + dy
        return (x, y), jacobians(wcs, (x, y), sky)


def _inverse(matrices: Floats) -> Floats:
    """The inverse of each matrix; NaN where there is none."""
    with np.errstate(invalid="ignore"):
        none = ~np.isfinite(matrices).all(axis=(1, 2)) | (np.linalg.det(matrices) == 0)
    inverse = np.linalg.inv(np.where(none[:, None, None], np.eye(2), matrices))
    inverse[none] = np.nan
    return np.asarray(inverse)


def _basis(sky: SkyCoord) -> Floats:
    """Unit vectors to the east and north of positions, shape (2, 3, n)."""
    lon, lat = angles(sky)
    east = [-np.sin(lon), np.cos(lon), np.zeros_like(lon)]
    north = [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)]
    return np.array([east, north])


def _unit_vectors(sky: SkyCoord, like: SkyCoord) -> Floats:
    """Cartesian unit vectors (3, ...) of ``sky`` in the frame of ``like``."""
    there = sky if sky.frame.is_equivalent_frame(like.frame) else sky.transform_to(like.frame)
    lon, lat = angles(there)
    return np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
