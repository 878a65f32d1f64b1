"""Regions as text: the DS9 string of a table's ``aperture`` column, and JSON-ready records.

Written with every digit a double has, so that a region read back is the same region. Composites,
which DS9 files cannot hold, are written as a Boolean expression of shapes (``&``, ``|``, ``^``, ``&!``).
Reading region files is not done here: that is `regions.Regions.read`.
"""

from __future__ import annotations

import json
import operator
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    CompoundPixelRegion,
    EllipseAnnulusPixelRegion,
    EllipsePixelRegion,
    PixCoord,
    PointPixelRegion,
    PolygonPixelRegion,
    RectangleAnnulusPixelRegion,
    RectanglePixelRegion,
)

from imviz.errors import InputError

if TYPE_CHECKING:
    from regions import PixelRegion

__all__ = ["from_record", "numbers_of", "record_text", "to_ds9", "to_record"]

_SHAPES = {
    shape.__name__: shape
    for shape in (
        *(CirclePixelRegion, EllipsePixelRegion, RectanglePixelRegion, PolygonPixelRegion, PointPixelRegion),
        *(CircleAnnulusPixelRegion, EllipseAnnulusPixelRegion, RectangleAnnulusPixelRegion),
    )
}
_OPERATORS = {"&": operator.and_, "|": operator.or_, "^": operator.xor, "&!": operator.gt}


def to_ds9(region: PixelRegion) -> str:
    """``image;shape(...)`` in DS9's one-based pixels, 17 significant digits, angles in degrees."""
    return "image;" + _shape_text(region)


def _shape_text(region: PixelRegion) -> str:
    if type(region) is not CirclePixelRegion and isinstance(region, CompoundPixelRegion):
        return f"({_shape_text(region.region1)}{_operator_text(region)}{_shape_text(region.region2)})"
    name, numbers = _ds9_numbers(region)
    return f"{name}({','.join(['%.17g'] * len(numbers)) % tuple(numbers)})"


def numbers_of(region: PixelRegion) -> tuple[Any, ...]:
    """Names and numbers that are the same for the same region, without their text; of many vertices, too."""
    if isinstance(region, CompoundPixelRegion):
        return numbers_of(region.region1), _operator_text(region), numbers_of(region.region2)
    return _ds9_numbers(region)


def _ds9_numbers(region: Any) -> tuple[str, list[float]]:
    """DS9's name and parameters of a simple shape; ellipses are given by semi-axes."""
    if type(region) is CirclePixelRegion:  # the most frequent, of which there are thousands
        return "circle", [region.center.x + 1.0, region.center.y + 1.0, region.radius]
    if isinstance(region, PolygonPixelRegion):
        pairs = np.column_stack([region.vertices.x, region.vertices.y]) + 1.0
        return "polygon", pairs.ravel().tolist()
    if getattr(region, "center", None) is None:
        raise InputError(
            f"{type(region).__name__} cannot be written as an aperture; use a shape with an area."
        )
    center = [region.center.x + 1.0, region.center.y + 1.0]
    if not hasattr(region, "angle"):
        kind = {CirclePixelRegion: "circle", CircleAnnulusPixelRegion: "annulus"}.get(type(region), "point")
        radii = [
            getattr(region, name)
            for name in ("radius", "inner_radius", "outer_radius")
            if hasattr(region, name)
        ]
        return kind, [*center, *radii]
    names = ("width", "height", "inner_width", "inner_height", "outer_width", "outer_height")
    sizes = [getattr(region, name) for name in names if hasattr(region, name)]
    if isinstance(region, EllipsePixelRegion | EllipseAnnulusPixelRegion):
        return "ellipse", [*center, *(size / 2 for size in sizes), region.angle.to_value(u.deg)]
    return "box", [*center, *sizes, region.angle.to_value(u.deg)]


def _operator_text(region: CompoundPixelRegion) -> str:
    """The symbol of a composite's operator, found by its truth table, so any callable will do."""
    first, second = np.array([False, True, True]), np.array([True, False, True])
    truth = np.asarray(region.operator(first, second), dtype=bool).tolist()
    for symbol, function in _OPERATORS.items():
        if function(first, second).tolist() == truth:
            return symbol
    raise InputError("A composite region's operator is not one of AND, OR, XOR, AND NOT.")


def to_record(region: PixelRegion) -> dict[str, Any]:
    """A dictionary of plain numbers and strings that `from_record` turns back into the same region."""
    if isinstance(region, CompoundPixelRegion):
        parts = [to_record(region.region1), to_record(region.region2)]
        return {"operator": _operator_text(region), "parts": parts}
    if isinstance(region, PolygonPixelRegion):
        vertices = np.column_stack([region.vertices.x, region.vertices.y]).tolist()
        return {"shape": "PolygonPixelRegion", "vertices": vertices}
    record: dict[str, Any] = {"shape": type(region).__name__}
    for name in region._params:  # regions has no public list of them
        value = getattr(region, name)
        if isinstance(value, PixCoord):
            record[name] = [float(value.x), float(value.y)]
        else:
            record[name] = float(value.to_value(u.deg) if isinstance(value, u.Quantity) else value)
    return record


def record_text(region: PixelRegion) -> str:
    """`to_record` as JSON."""
    if type(region) is CirclePixelRegion:  # as json writes it, in a fifth of the time
        x, y, radius = float(region.center.x), float(region.center.y), float(region.radius)
        return f'{{"shape": "CirclePixelRegion", "center": [{x!r}, {y!r}], "radius": {radius!r}}}'
    return json.dumps(to_record(region))


def from_record(record: dict[str, Any]) -> PixelRegion:
    """The region of a record made by `to_record`; `InputError` for anything else."""
    try:
        if "operator" in record:
            first, second = (from_record(part) for part in record["parts"])
            return CompoundPixelRegion(first, second, _OPERATORS[record["operator"]])
        values = {name: value for name, value in record.items() if name != "shape"}
        for name in values.keys() & {"center", "vertices"}:
            values[name] = PixCoord(*np.transpose(values[name]))
        if "angle" in values:
            values["angle"] = values["angle"] * u.deg
        return _SHAPES[record["shape"]](**values)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"Not a record of a region: {str(record)[:120]}.") from error
