"""One region rebuilt where its points have come: as the shape it is there, or by its corners.

`local_maps` says what a shape becomes; here regions are taken apart for it and made again, in pixels or on
the sky, their meta and visual attributes kept. Which points go where is `through_sky`'s.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
import regions
from astropy.coordinates import SkyCoord
from regions import (
    CompoundPixelRegion,
    CompoundSkyRegion,
    PixCoord,
    PolygonPixelRegion,
    PolygonSkyRegion,
    SkyRegion,
)

from imviz.errors import InputError
from imviz.science.regions.kinds import KINDS, kind_of, parts_of
from imviz.science.sky.local_maps import Form, mapped

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from regions import Region

    Floats = NDArray[np.float64]

__all__ = ["angles", "in_pieces", "positions_of", "rebuilt"]

_SHAPES = {kind.word: kind.edges for kind in KINDS if kind.sizes}
"""Names of full widths and heights, outermost first; a circle's are its radii."""
PLACES = {name for kind in KINDS for name in kind.places}
OUTSIDE = "The region has no position on the image; its place on the sky is outside the image's WCS."
UNDEFINED = "The region has no position on the image; the image's WCS is not defined there."


def positions_of(leaf: Region) -> list[str]:
    """Names of a shape's positions; regions has no public list of them."""
    kind = kind_of(leaf)
    return list(kind.places) if kind else [name for name in leaf._params if name in PLACES]


def rebuilt(leaf: Any, kind: str, where: list[Any], matrices: list[Any]) -> Any:
    """A shape with its points where they have come, or why it cannot be; `None` if sheared out of kind."""
    name = _name(leaf)
    target = getattr(regions, f"{name}{kind}Region", None)
    if target is None:
        place = "on the sky" if kind == "Sky" else "on an image"
        return InputError(f"{type(leaf).__name__} cannot be placed {place}; use another shape.")
    if not all(_finite(point) for point in where):
        return InputError(OUTSIDE)
    if not all(_regular(matrix) for matrix in matrices):
        return InputError(UNDEFINED)
    changes: dict[str, Any] = dict(zip(positions_of(leaf), where, strict=True))
    if name in _SHAPES:
        form = mapped(_form(leaf, name), matrices[0])
        if form is None:
            return None
        target = getattr(regions, f"{form.kind}{kind}Region")
        changes |= _sizes(form, kind)
    elif hasattr(leaf, "text"):
        changes["text"] = leaf.text
    return target(**changes, meta=dict(leaf.meta), visual=dict(leaf.visual))


def _name(leaf: Any) -> str:
    """The first word of its class; a regular polygon is a polygon."""
    if isinstance(leaf, PolygonPixelRegion):
        return "Polygon"
    return type(leaf).__name__.removesuffix("SkyRegion").removesuffix("PixelRegion")


def _form(leaf: Any, name: str) -> Form:
    """A shape's own numbers: pixels, or radians on the sky."""

    def number(size: str) -> float:
        value = getattr(leaf, size)
        length = float(value.to_value(u.rad) if isinstance(value, u.Quantity) else value)
        return 2 * length if size.endswith("radius") else length

    sizes = tuple((number(width), number(height)) for width, height in _SHAPES[name])
    return Form(name, sizes, leaf.angle.to_value(u.rad) if hasattr(leaf, "angle") else 0.0)


def _sizes(form: Form, kind: str) -> dict[str, Any]:
    """A form's numbers by the names of its region, with units on the sky."""
    found: dict[str, Any] = {}
    for names, size in zip(_SHAPES[form.kind], form.sizes, strict=True):
        for name, value in zip(names, size, strict=True):
            length = value / 2 if name.endswith("radius") else value
            found[name] = u.Quantity(math.degrees(length) * 3600, u.arcsec) if kind == "Sky" else length
    if not form.kind.startswith("Circle"):
        found["angle"] = u.Quantity(math.degrees(form.angle) % 360, u.deg)
    return found


def in_pieces(leaf: Any) -> Region:
    """A shape that does not survive a shear as one that does: by its corners, or its two outlines."""
    meta, visual = dict(leaf.meta), dict(leaf.visual)
    rings = parts_of(leaf)
    if rings is None:
        return _polygon(leaf, meta, visual)
    inner, outer = rings
    compound = CompoundSkyRegion if isinstance(leaf, SkyRegion) else CompoundPixelRegion
    return compound(outer, inner, operator.xor, meta, visual)


def _polygon(leaf: Any, meta: dict[str, Any], visual: dict[str, Any]) -> Region:
    """A rectangle by its corners, in pixels or at their distances and directions on the sky."""
    ((width, height),) = _form(leaf, "Rectangle").sizes
    angle = leaf.angle.to_value(u.rad)
    x, y = np.array([-1, 1, 1, -1]) * width / 2, np.array([-1, -1, 1, 1]) * height / 2
    across, up = x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)
    if not isinstance(leaf, SkyRegion):
        corners = PixCoord(leaf.center.x + across, leaf.center.y + up)
        return PolygonPixelRegion(corners, meta=meta, visual=visual)
    turn, away = np.arctan2(-across, up), np.hypot(across, up)  # an angle of 0 points west
    return PolygonSkyRegion(
        leaf.center.directional_offset_by(turn * u.rad, away * u.rad), meta=meta, visual=visual
    )


def _regular(matrix: Floats) -> bool:
    """Whether a map, or each of several, can be gone back."""
    (a, b), (c, d) = np.moveaxis(matrix, 0, -1) if matrix.ndim > 2 else matrix.tolist()
    area = a * d - b * c  # NaN where one of them is
    return bool(np.isfinite(area).all() and np.all(area))


def _finite(point: PixCoord | SkyCoord) -> bool:
    if isinstance(point, PixCoord) and point.isscalar:
        return math.isfinite(point.x) and math.isfinite(point.y)
    lon, lat = angles(point) if isinstance(point, SkyCoord) else point.xy
    return bool(np.isfinite(lon).all() and np.isfinite(lat).all())


def angles(sky: SkyCoord) -> tuple[Any, Any]:
    """Longitude and latitude in radians, in the frame it is in."""
    data = sky.frame.data
    if not hasattr(data, "lon"):
        data = sky.spherical
    return data.lon.to_value(u.rad), data.lat.to_value(u.rad)
