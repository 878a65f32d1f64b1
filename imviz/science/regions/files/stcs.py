"""STC-S, the virtual observatory's one-line shapes on the sky: Circle, Ellipse, Box, Polygon, Position.

Degrees; an ellipse by semi-axes and the position angle of the first, from north through east. Names and
colours, which STC-S has not, stand in a ``# imviz`` line before the shape, as does any shape it has not.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from regions import (
    CircleSkyRegion,
    EllipseSkyRegion,
    PointSkyRegion,
    PolygonSkyRegion,
    RectangleSkyRegion,
    Region,
)

from imviz.errors import InputError
from imviz.science.regions.records import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["parse_stcs", "to_stcs"]

FRAMES = {"icrs": "icrs", "j2000": "fk5", "fk5": "fk5", "fk4": "fk4", "b1950": "fk4", "galactic": "galactic"}
SKIPPED = {
    "geocenter",
    "barycenter",
    "topocenter",
    "heliocenter",
    "unknownrefpos",
    "spherical2",
    "cartesian2",
}
COUNTS = {"circle": (3,), "ellipse": (5,), "box": (4, 5), "position": (2,)}
OWN = "# imviz "


def parse_stcs(text: str) -> tuple[list[Region], list[tuple[Any, str]]]:
    """The regions of STC-S lines, and the lines that cannot be used with why."""
    found: list[Region] = []
    bad: list[tuple[Any, str]] = []
    attributes: dict[str, Any] = {}
    for row in text.splitlines():
        line = row.strip()
        try:
            if line.startswith(OWN):
                said = json.loads(line.removeprefix(OWN))
                if "shape" in said:
                    found.append(from_json(line.removeprefix(OWN)))
                else:
                    attributes = said
                continue
            if not line or line.startswith("#"):
                continue
            region = _shape(line.split())
            region.meta.update(attributes.get("meta", {}))
            region.visual.update(attributes.get("visual", {}))
            found.append(region)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            bad.append((line[:200], f"{line[:100]!r} cannot be read: {str(error)[:100]}"))
        attributes = {}
    return found, bad


def to_stcs(found: Sequence[Region]) -> tuple[str, list[str]]:
    """STC-S lines of regions on the sky, and what other programs do not find in them, in sentences."""
    lines, told = [], list[str]()
    for region in found:
        line = _line(region)
        if line is None:
            lines.append(OWN + to_json(region))
            name = str(region.meta.get("text", ""))[:80]
            told.append(
                f"{name!r}, a {type(region).__name__}, is no shape of STC-S; only imviz reads it there."
            )
            continue
        said = {name: dict(own) for name in ("meta", "visual") if (own := getattr(region, name))}
        lines += [OWN + json.dumps(said, default=str)] if said else []
        lines.append(line)
    return "\n".join(lines) + "\n", told


def _shape(words: list[str]) -> Region:
    kind = words[0].lower()
    rest = [word for word in words[1:] if word.lower() not in SKIPPED]
    if not rest or kind not in {*COUNTS, "polygon"}:
        raise InputError("it is none of Circle, Ellipse, Box, Polygon, Position with a frame.")
    frame = FRAMES.get(rest[0].lower())
    if frame is None:
        raise InputError(f"{rest[0][:20]!r} is not a frame; use one of: {', '.join(FRAMES)}.")
    numbers = [float(word) for word in rest[1:]]
    if not np.isfinite(numbers).all():
        raise InputError("a number is not finite.")
    if kind == "polygon":
        if len(numbers) < 6 or len(numbers) % 2:
            raise InputError("a polygon needs three pairs of numbers at least.")
        return PolygonSkyRegion(SkyCoord(numbers[::2], numbers[1::2], unit="deg", frame=frame))
    if len(numbers) not in COUNTS[kind]:
        raise InputError(f"{words[0]} needs {COUNTS[kind][-1]} numbers.")
    centre = SkyCoord(numbers[0], numbers[1], unit="deg", frame=frame)
    sizes = [number * u.deg for number in numbers[2:]]
    if kind == "position":
        return PointSkyRegion(centre)
    if kind == "circle":
        return CircleSkyRegion(centre, sizes[0])
    if kind == "ellipse":
        return EllipseSkyRegion(centre, 2 * sizes[0], 2 * sizes[1], sizes[2] + 90 * u.deg)
    return RectangleSkyRegion(centre, sizes[0], sizes[1], sizes[2] if len(sizes) > 2 else 0 * u.deg)


def _line(region: Any) -> str | None:
    frames = {"icrs": "ICRS", "fk5": "J2000", "fk4": "B1950", "galactic": "GALACTIC"}
    where: Any = getattr(region, "vertices", getattr(region, "center", None))
    frame = frames.get(where.frame.name) if hasattr(where, "frame") else None
    if frame is None:
        return None
    if isinstance(region, PolygonSkyRegion):
        pairs = np.column_stack([where.spherical.lon.deg, where.spherical.lat.deg]).ravel().tolist()
        return f"Polygon {frame} " + " ".join(map(repr, pairs))
    numbers = [where.spherical.lon.deg.item(), where.spherical.lat.deg.item()]
    degrees = u.deg
    match region:
        case CircleSkyRegion():
            kind, more = "Circle", [region.radius.to_value(degrees)]
        case EllipseSkyRegion():
            half = region.width.to_value(degrees) / 2, region.height.to_value(degrees) / 2
            kind, more = "Ellipse", [*half, region.angle.to_value(degrees) - 90]
        case RectangleSkyRegion():
            sizes = region.width.to_value(degrees), region.height.to_value(degrees)
            kind, more = "Box", [*sizes, region.angle.to_value(degrees)]
        case PointSkyRegion():
            kind, more = "Position", []
        case _:
            return None
    return f"{kind} {frame} " + " ".join(repr(float(number)) for number in [*numbers, *more])
