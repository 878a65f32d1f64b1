"""Regions to glue's subset states and back.

glue keeps a selection as a tree of subset states whose leaves are regions of interest on the pixel
axes of one image; astronomers hold `regions.PixelRegion`. This module is the only place where the
two meet. It does not place regions on other images (that needs their WCS, see `document`), and it
draws and measures nothing.
"""

from __future__ import annotations

import operator
import re
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from glue.core import roi as rois
from glue.core.subset import AndState, InvertState, OrState, RoiSubsetState, SubsetState, XorState
from photutils.aperture import Aperture
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    CompoundPixelRegion,
    CompoundSkyRegion,
    EllipseAnnulusPixelRegion,
    EllipsePixelRegion,
    LinePixelRegion,
    PixCoord,
    PixelRegion,
    PointPixelRegion,
    PolygonPixelRegion,
    RectangleAnnulusPixelRegion,
    RectanglePixelRegion,
    Region,
    SkyRegion,
    TextPixelRegion,
    TextSkyRegion,
)

from imviz.errors import InputError
from imviz.science.regions.kinds import parts_of
from imviz.science.regions.looks import settle
from imviz.science.regions.trees import joined
from imviz.science.sky import geometry
from imviz.science.sky.through_sky import angles

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue.core.component_id import ComponentID
    from glue.core.data import BaseData

__all__ = ["check", "first_image", "in_pixels", "kept_shape", "removed", "to_region", "to_state"]

COMBINED = {operator.or_: OrState, operator.and_: AndState, operator.xor: XorState}
OPERATORS: dict[type, Callable[[Any, Any], Any]] = {state: op for op, state in COMBINED.items()}
SIZES = (
    "radius",
    "inner_radius",
    "outer_radius",
    "width",
    "height",
    "inner_width",
    "outer_width",
    "inner_height",
    "outer_height",
)


def in_pixels(region: Any, wcs: Any, image: str) -> PixelRegion:
    """Any region or aperture, in the pixels of an image.

    Parameters
    ----------
    region
        A `regions.PixelRegion` or `SkyRegion`, or a photutils aperture with one position.
    wcs
        The image's celestial WCS, or None.
    image : str
        Its label, for the message.

    Raises
    ------
    InputError
        For a sky region when the image has no celestial WCS, and for anything that is not a region.
    """
    if isinstance(region, Aperture):
        (region,) = geometry.from_aperture(region)
    if isinstance(region, SkyRegion):
        if wcs is None:
            raise InputError(f"{image!r} has no celestial WCS, so a sky region cannot be placed on it.")
        return geometry.sky_to_pixel(region, wcs)
    if not isinstance(region, PixelRegion):
        raise InputError(f"{type(region).__name__} is not a region; give a regions or photutils shape.")
    return region


def kept_shape(region: Any, wcs: Any, image: str) -> Region:
    """Any region or aperture as the document keeps it: a copy, in pixels of an image or on the sky.

    Raises
    ------
    InputError
        If it cannot be used on that image; see `in_pixels` and `check`.
    """
    if isinstance(region, Aperture):
        (region,) = geometry.from_aperture(region)
    if isinstance(region, SkyRegion) and wcs is None:
        raise InputError(f"{image!r} has no celestial WCS, so a sky region cannot be placed on it.")
    if not isinstance(region, Region):
        raise InputError(f"{type(region).__name__} is not a region; give a regions or photutils shape.")
    check(region)
    kept = geometry.copied(region)
    settle(kept)
    if kept.meta.get("include") in (1, True):
        del kept.meta["include"]  # as all are that do not say otherwise
    return kept


def check(region: Region) -> None:
    """Refuse a region whose position is not finite or whose size is not positive.

    Raises
    ------
    InputError
        Naming the shape and the value.
    """
    if isinstance(region, CompoundPixelRegion | CompoundSkyRegion):
        check(region.region1)
        check(region.region2)
        return
    shape, _, kind = re.sub("(Pixel|Sky)Region$", r" \1", type(region).__name__).lower().partition(" ")
    if isinstance(region, TextPixelRegion | TextSkyRegion):
        raise InputError(f"A {shape} has no area; use a circle, ellipse, rectangle, annulus or polygon.")
    for name in region._params:  # regions has no public list of them
        value = getattr(region, name)
        if isinstance(value, PixCoord | SkyCoord):
            _check_place(shape, name, value)
            if name == "end" and value == region.start:
                raise InputError(f"The {shape} ends where it starts, at {str(value)[:100]}.")
        elif name in SIZES:
            number = float(value.value if isinstance(value, u.Quantity) else value)
            if not (isfinite(number) and number > 0):
                size = "angle" if kind == "sky" else "number of pixels"
                raise InputError(f"The {shape}'s {name} is {value}; it must be a positive {size}.")
        elif name == "angle" and not isfinite(value.value):
            raise InputError(f"The {shape}'s angle is {value}; it must be finite.")


def _check_place(shape: str, name: str, value: Any) -> None:
    if isinstance(value, PixCoord):
        finite, unit = np.isfinite(value.x) & np.isfinite(value.y), "in pixels"
    else:
        lon, lat = angles(value)
        finite, unit = np.isfinite(lon) & np.isfinite(lat), "on the sky"
    if not np.all(finite):
        where = "position" if name == "center" else name
        raise InputError(f"The {shape}'s {where} {str(value)[:100]} is not finite; give numbers {unit}.")
    if name == "vertices" and len(np.atleast_1d(finite)) < 3:
        raise InputError(f"A {shape} needs three corners at least.")
    if name == "vertices" and isinstance(value, PixCoord) and _on_a_line(value):
        raise InputError(f"The {shape}'s corners lie on one line, so it has no area; move one off it.")


def _on_a_line(corners: PixCoord) -> bool:
    """Whether corners enclose nothing: all in one place, or exactly on one line."""
    across = np.stack([corners.x - corners.x[0], corners.y - corners.y[0]]).astype(float)
    farthest = across[:, np.argmax(np.abs(across).sum(axis=0))]
    return not np.any(farthest[0] * across[1] - farthest[1] * across[0])


def to_state(region: PixelRegion, x_att: ComponentID, y_att: ComponentID) -> SubsetState:
    """The subset state that selects `region` on an image's pixel axes.

    Parameters
    ----------
    region
        Any shape with an area, a point, or a compound of them, in pixels.
    x_att, y_att
        The image's pixel components along x and y.

    Raises
    ------
    InputError
        For a shape that glue has no selection for (a text).
    """
    if isinstance(region, CompoundPixelRegion):
        combine = COMBINED[region.operator]
        return combine(to_state(region.region1, x_att, y_att), to_state(region.region2, x_att, y_att))
    rings = None if isinstance(region, CircleAnnulusPixelRegion) else parts_of(region)
    if rings is not None:
        inner, outer = rings
        return AndState(to_state(outer, x_att, y_att), InvertState(to_state(inner, x_att, y_att)))
    if isinstance(region, LinePixelRegion):
        return SubsetState()  # a line selects no pixel
    return RoiSubsetState(xatt=x_att, yatt=y_att, roi=_to_roi(region))


def to_region(state: SubsetState, place: Callable[[PixelRegion, BaseData], PixelRegion]) -> PixelRegion:
    """The region a subset state selects.

    Parameters
    ----------
    state
        A region of interest, or a combination of them by or, and, xor and remove.
    place
        Called with each simple region and the glue data whose pixels it is in; returns it in the
        pixels wanted.
    """
    if isinstance(state, RoiSubsetState):
        return place(_from_roi(state.roi), state.xatt.parent)
    if isinstance(state, AndState) and isinstance(state.state2, InvertState):
        return removed(to_region(state.state1, place), to_region(state.state2.state1, place))
    if isinstance(state, AndState) and isinstance(state.state1, InvertState):
        return removed(to_region(state.state2, place), to_region(state.state1.state1, place))
    if type(state) in OPERATORS:
        parts = to_region(state.state1, place), to_region(state.state2, place)
        return CompoundPixelRegion(*parts, OPERATORS[type(state)])
    raise InputError(f"A {type(state).__name__} has no outline; only drawn or loaded regions do.")


def first_image(state: SubsetState) -> BaseData:
    """The image on whose pixels the first drawn part of `state` lies."""
    while not isinstance(state, RoiSubsetState):
        state = state.state1
    return state.xatt.parent


def _to_roi(region: PixelRegion) -> rois.Roi:
    match region:
        case CirclePixelRegion():
            return rois.CircularROI(region.center.x, region.center.y, region.radius)
        case EllipsePixelRegion():
            half = region.width / 2, region.height / 2
            return rois.EllipticalROI(region.center.x, region.center.y, *half, theta=_radian(region))
        case RectanglePixelRegion():
            x, y, half_x, half_y = region.center.x, region.center.y, region.width / 2, region.height / 2
            return rois.RectangularROI(x - half_x, x + half_x, y - half_y, y + half_y, theta=_radian(region))
        case CircleAnnulusPixelRegion():
            x, y = region.center.x, region.center.y
            return rois.CircularAnnulusROI(x, y, region.inner_radius, region.outer_radius)
        case PolygonPixelRegion():
            return rois.PolygonalROI(list(region.vertices.x), list(region.vertices.y))
        case PointPixelRegion():
            return rois.PointROI(region.center.x, region.center.y)
    shape = type(region).__name__
    raise InputError(f"{shape} has no area to select; use a circle, ellipse, rectangle, annulus or polygon.")


def _from_roi(roi: rois.Roi) -> PixelRegion:
    match roi:
        case rois.CircularROI():
            return CirclePixelRegion(PixCoord(float(roi.xc), float(roi.yc)), float(roi.radius))
        case rois.EllipticalROI():
            full = 2 * float(roi.radius_x), 2 * float(roi.radius_y)
            return EllipsePixelRegion(PixCoord(float(roi.xc), float(roi.yc)), *full, roi.theta * u.rad)
        case rois.RectangularROI():
            centre = PixCoord(*(float(value) for value in roi.center()))
            return RectanglePixelRegion(centre, float(roi.width()), float(roi.height()), roi.theta * u.rad)
        case rois.CircularAnnulusROI():
            radii = float(roi.inner_radius), float(roi.outer_radius)
            return CircleAnnulusPixelRegion(PixCoord(float(roi.xc), float(roi.yc)), *radii)
        case rois.PolygonalROI():
            return PolygonPixelRegion(PixCoord(np.asarray(roi.vx, float), np.asarray(roi.vy, float)))
        case rois.PointROI():
            return PointPixelRegion(PixCoord(float(roi.x), float(roi.y)))
    raise InputError(f"A {type(roi).__name__} is not a shape imviz knows.")


def _radian(region: PixelRegion) -> float:
    return float(region.angle.to_value(u.rad))


def removed(outer: Any, inner: Any) -> Any:
    """`outer` without `inner`: an annulus where it is one, else (outer | inner) ^ inner."""
    same = type(outer) is type(inner) and getattr(outer, "center", None) == getattr(inner, "center", 0)
    if same and isinstance(outer, CirclePixelRegion) and inner.radius < outer.radius:
        return CircleAnnulusPixelRegion(outer.center, inner.radius, outer.radius)
    nested = same and inner.width < outer.width and inner.height < outer.height if _tilted(outer) else False
    if nested and inner.angle == outer.angle:
        kind = (
            EllipseAnnulusPixelRegion
            if isinstance(outer, EllipsePixelRegion)
            else RectangleAnnulusPixelRegion
        )
        sizes = inner.width, outer.width, inner.height, outer.height
        return kind(outer.center, *sizes, outer.angle)
    return joined(outer, inner, "remove")


def _tilted(region: PixelRegion) -> bool:
    return isinstance(region, EllipsePixelRegion | RectanglePixelRegion)
