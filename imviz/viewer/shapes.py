"""Regions as the browser draws them: a plain dictionary of numbers for each, and back.

The one list of which shape has which numbers on both sides; `geometry.js` draws the same
dictionaries. Lengths and positions are pixels of the reference image, full widths as in `regions`,
angles degrees counter-clockwise. float64 goes through unchanged.
"""

from __future__ import annotations

import operator
from typing import Any

import astropy.units as u
import numpy as np
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    CompoundPixelRegion,
    EllipseAnnulusPixelRegion,
    EllipsePixelRegion,
    PixCoord,
    PixelRegion,
    PointPixelRegion,
    PolygonPixelRegion,
    RectangleAnnulusPixelRegion,
    RectanglePixelRegion,
)

from imviz.errors import InputError

__all__ = ["to_region", "to_shape"]

Shape = dict[str, Any]

# kind of the browser's shape -> its class and the class's parameters after the centre
_KINDS: dict[str, tuple[type[PixelRegion], tuple[str, ...]]] = {
    "circle": (CirclePixelRegion, ("radius",)),
    "ellipse": (EllipsePixelRegion, ("width", "height", "angle")),
    "rectangle": (RectanglePixelRegion, ("width", "height", "angle")),
    "annulus": (CircleAnnulusPixelRegion, ("inner_radius", "outer_radius")),
    "ellipse-annulus": (
        EllipseAnnulusPixelRegion,
        ("inner_width", "outer_width", "inner_height", "outer_height", "angle"),
    ),
    "rectangle-annulus": (
        RectangleAnnulusPixelRegion,
        ("inner_width", "outer_width", "inner_height", "outer_height", "angle"),
    ),
    "point": (PointPixelRegion, ()),
}
_OPERATORS = {operator.or_: "or", operator.and_: "and", operator.xor: "xor"}
_NAMES = {kind: name for name, (kind, _) in _KINDS.items()}


def to_shape(region: PixelRegion) -> Shape:
    """The numbers that draw `region`: ``kind``, its own parameters and, if it cannot be edited, ``fixed``.

    A compound region is its two parts and how they are combined ``by`` 'or', 'and' or 'xor'; a shape that
    cannot be drawn is its bounding box.
    """
    if isinstance(region, CompoundPixelRegion):
        parts = [to_shape(region.region1), to_shape(region.region2)]
        return {
            "kind": "compound",
            "by": _OPERATORS.get(region.operator, "or"),
            "parts": parts,
            "x": parts[0]["x"],
            "y": parts[0]["y"],
            "fixed": True,
        }
    if isinstance(region, PolygonPixelRegion):
        points = np.column_stack([region.vertices.x, region.vertices.y]).astype(float)
        x, y = points.mean(axis=0).tolist()
        return {"kind": "polygon", "x": x, "y": y, "points": points.tolist()}
    name = _NAMES.get(type(region))
    if name is None:
        return _box(region)
    shape: Shape = {"kind": name, "x": float(region.center.x), "y": float(region.center.y)}
    for parameter in _KINDS[name][1]:
        value = getattr(region, parameter)
        shape[parameter] = float(value.to_value(u.deg) if parameter == "angle" else value)
    return shape


def to_region(shape: Shape) -> PixelRegion:
    """The region of a shape that was drawn or edited in the browser.

    Raises
    ------
    InputError
        If the shape is of no known kind, or one of its numbers is missing or not finite.
    """
    try:
        return _region(shape)
    except KeyError as error:
        raise InputError(f"{shape!r} is not a shape that can be drawn: {error} is not known.") from None
    except (TypeError, ValueError) as error:
        raise InputError(f"{shape!r} is not a shape that can be drawn: {error}.") from None


def _region(shape: Shape) -> PixelRegion:
    if shape["kind"] == "polygon":
        x, y = np.asarray(shape["points"], dtype=float).T
        return PolygonPixelRegion(PixCoord(x, y))
    kind, parameters = _KINDS[shape["kind"]]
    numbers = {name: float(shape[name]) for name in ("x", "y", *parameters)}
    if not np.isfinite(list(numbers.values())).all():
        raise ValueError("a number is not finite")
    centre = PixCoord(numbers.pop("x"), numbers.pop("y"))
    if "angle" in numbers:
        return kind(centre, **{**numbers, "angle": numbers["angle"] * u.deg})
    return kind(centre, **numbers)


def _box(region: PixelRegion) -> Shape:
    box = region.bounding_box
    x, y = (box.ixmin + box.ixmax - 1) / 2, (box.iymin + box.iymax - 1) / 2
    width, height = float(box.ixmax - box.ixmin), float(box.iymax - box.iymin)
    return {
        "kind": "rectangle",
        "x": x,
        "y": y,
        "width": width,
        "height": height,
        "angle": 0.0,
        "fixed": True,
    }
