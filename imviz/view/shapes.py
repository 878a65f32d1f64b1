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
    CompoundPixelRegion,
    LinePixelRegion,
    PixCoord,
    PixelRegion,
    PolygonPixelRegion,
)

from imviz.errors import InputError
from imviz.science.regions.kinds import KINDS

__all__ = ["is_plain", "packed", "to_region", "to_shape"]

Shape = dict[str, Any]

_KINDS: dict[str, tuple[type[PixelRegion], tuple[str, ...]]] = {
    kind.tool: (kind.pixel, (*kind.sizes, "angle") if kind.turned else kind.sizes)
    for kind in KINDS
    if kind.places == ("center",) and kind.tool != "text"
}
"""Of what is drawn about a centre: its class and the class's parameters after that."""
_OPERATORS = {operator.or_: "or", operator.and_: "and", operator.xor: "xor"}
_COMBINED = {name: by for by, name in _OPERATORS.items()}
_NAMES = {kind: name for name, (kind, _) in _KINDS.items()}


def to_shape(region: PixelRegion) -> Shape:
    """The numbers that draw `region`: ``kind``, its own parameters and, if it has no handles, ``fixed``.

    A compound region is its two parts and how they are combined ``by`` 'or', 'and' or 'xor'; a shape that
    cannot be drawn is its bounding box, ``immovable``.
    """
    if isinstance(region, CompoundPixelRegion):
        parts = [to_shape(region.region1), to_shape(region.region2)]
        shape: Shape = {
            "kind": "compound",
            "by": _OPERATORS.get(region.operator, "or"),
            "parts": parts,
            "x": parts[0]["x"],
            "y": parts[0]["y"],
            "fixed": True,
        }
        return shape | ({"immovable": True} if any(part.get("immovable") for part in parts) else {})
    if isinstance(region, PolygonPixelRegion):
        return _through_points("polygon", region.vertices.x, region.vertices.y)
    if isinstance(region, LinePixelRegion):
        return _through_points("line", *np.transpose([region.start.xy, region.end.xy]))
    name = _NAMES.get(type(region))
    if name is None:
        return _box(region)
    shape = {"kind": name, "x": float(region.center.x), "y": float(region.center.y)}
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


def packed(entries: list[tuple[dict[str, Any], Shape]]) -> tuple[list[dict[str, Any]], list[bytes]]:
    """Many shapes with little around them: those of one kind as a row of float64.

    Parameters
    ----------
    entries : list of (dict, Shape)
        What else is to be told of each shape (its ``label``, ``color`` …), and the shape.

    Returns
    -------
    packs : list of dict
        ``kind``, ``fields``, and a list for each thing told. Shapes that are no plain row of numbers
        (polygons, compounds) are left out.
    buffers : list of bytes
        The numbers of each pack, shape by shape.
    """
    packs, buffers = [], []
    for kind, (_, parameters) in _KINDS.items():
        found = [(told, shape) for told, shape in entries if shape["kind"] == kind and "fixed" not in shape]
        if not found:
            continue
        fields = ("x", "y", *parameters)
        told = {name: [other[name] for other, _ in found] for name in found[0][0]}
        packs.append({"kind": kind, "fields": fields, **told})
        buffers.append(np.array([[shape[name] for name in fields] for _, shape in found], "<f8").tobytes())
    return packs, buffers


def is_plain(shape: Shape) -> bool:
    """Whether `packed` takes a shape."""
    return shape["kind"] in _KINDS and "fixed" not in shape


def _region(shape: Shape) -> PixelRegion:
    if shape["kind"] == "compound":
        first, second = (_region(part) for part in shape["parts"])
        return CompoundPixelRegion(first, second, _COMBINED[shape["by"]])
    if shape["kind"] in ("polygon", "line"):
        points = np.asarray(shape["points"], dtype=float)
        if not np.isfinite(points).all():
            raise ValueError("a number is not finite")
        if shape["kind"] == "polygon":
            return PolygonPixelRegion(PixCoord(*points.T))
        return LinePixelRegion(*(PixCoord(float(x), float(y)) for x, y in points))
    kind, parameters = _KINDS[shape["kind"]]
    numbers = {name: float(shape[name]) for name in ("x", "y", *parameters)}
    if not np.isfinite(list(numbers.values())).all():
        raise ValueError("a number is not finite")
    centre = PixCoord(numbers.pop("x"), numbers.pop("y"))
    if "angle" in numbers:
        return kind(centre, **{**numbers, "angle": numbers["angle"] * u.deg})
    return kind(centre, **numbers)


def _through_points(kind: str, x: np.ndarray, y: np.ndarray) -> Shape:
    points = np.column_stack([x, y]).astype(float)
    mean_x, mean_y = points.mean(axis=0).tolist()
    return {"kind": kind, "x": mean_x, "y": mean_y, "points": points.tolist()}


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
        "immovable": True,
    }
