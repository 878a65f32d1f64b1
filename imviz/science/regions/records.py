"""A region as JSON: any shape, in pixels or on the sky, every digit kept, with name and look or without.

The one form there is: rows keep their apertures in it, files their regions. What rows of earlier versions
have (positions as lists, angles as numbers, signs for operators) is read too.
"""

from __future__ import annotations

import json
import operator
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
import regions
from astropy.coordinates import SkyCoord
from regions import CompoundPixelRegion, CompoundSkyRegion, PixCoord, PolygonPixelRegion, Region

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["from_json", "from_record", "operator_word", "to_json", "to_record"]

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "andnot": operator.gt,
}
SIGNS = {"&": "and", "|": "or", "^": "xor", "&!": "andnot"}
"""Operators in rows of earlier versions."""
SHAPES = {
    name: getattr(regions, name)
    for name in dir(regions)
    if name.endswith(("PixelRegion", "SkyRegion")) and name not in ("PixelRegion", "SkyRegion")
}
DEEPEST = 60  # composites inside composites that are read from a file


def to_json(region: Region) -> str:
    """A line of text that `from_json` turns back into the same region."""
    return json.dumps(to_record(region), default=str)


def from_json(text: str) -> Region:
    """The region of a line made by `to_json`; `InputError` for any other."""
    try:
        record = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"Not a record of a region: {text[:100]}.") from error
    return from_record(record, deepest=DEEPEST)


def to_record(region: Region, *, look: bool = True) -> dict[str, Any]:
    """A dictionary that `from_record` turns back into the same region: numbers, texts, and any attributes.

    Without `look` it has no attributes, and a regular polygon is given by its corners: the bare shape.
    """
    if not look and isinstance(region, PolygonPixelRegion):
        return {"shape": "PolygonPixelRegion", "vertices": _plain(region.vertices, look=look)}
    record: dict[str, Any] = {"shape": type(region).__name__}
    for name in region._params:  # regions has no public list of them
        record[name] = _plain(getattr(region, name), look=look)
    for name in ("meta", "visual") if look else ():
        if getattr(region, name):
            record[name] = dict(getattr(region, name))
    return record


def from_record(record: Any, *, deepest: int = 500) -> Any:
    """The region of a record made by `to_record`; `InputError` for anything else, or one deeper nested."""
    try:
        return _region(record, deepest)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise InputError(f"Not a record of a region: {str(record)[:120]}.") from error


def operator_word(combine: Callable[[Any, Any], Any]) -> str | None:
    """The word for a composite's operator, found by its truth table, so any callable will do; or None."""
    first, second = np.array([False, True, True]), np.array([True, False, True])
    truth = np.asarray(combine(first, second), dtype=bool).tolist()
    return next((word for word, one in OPERATORS.items() if one(first, second).tolist() == truth), None)


def _plain(value: Any, *, look: bool) -> Any:
    if isinstance(value, Region):
        return to_record(value, look=look)
    if isinstance(value, PixCoord):
        return {"x": np.asarray(value.x, float).tolist(), "y": np.asarray(value.y, float).tolist()}
    if isinstance(value, SkyCoord):
        lon, lat = value.spherical.lon.deg, value.spherical.lat.deg
        return {"lon": lon.tolist(), "lat": lat.tolist(), "frame": value.frame.name}
    if isinstance(value, u.Quantity):
        return {"value": float(value.value), "unit": str(value.unit)}
    if callable(value):
        return operator_word(value)
    return value if isinstance(value, str) else float(value)


def _region(record: dict[str, Any], depth: int) -> Region:
    if depth < 0:
        raise ValueError("too many composites inside each other")
    if "parts" in record:
        first, second = (_region(part, depth - 1) for part in record["parts"])
        return CompoundPixelRegion(first, second, OPERATORS[SIGNS[record["operator"]]])
    shape = SHAPES[record["shape"]]
    known = {"shape", "meta", "visual"}
    values = {name: _value(value, depth) for name, value in record.items() if name not in known}
    if shape in (CompoundPixelRegion, CompoundSkyRegion):
        values["operator"] = OPERATORS[record["operator"]]
    if isinstance(values.get("angle"), float | int):
        values["angle"] = values["angle"] * u.deg
    return shape(**values, meta=record.get("meta"), visual=record.get("visual"))


def _value(value: Any, depth: int) -> Any:
    if isinstance(value, list):
        return PixCoord(*np.transpose(value))
    if not isinstance(value, dict):
        return value
    if "shape" in value:
        return _region(value, depth - 1)
    if "x" in value:
        return PixCoord(np.asarray(value["x"], float)[()], np.asarray(value["y"], float)[()])
    if "lon" in value:
        return SkyCoord(value["lon"], value["lat"], unit="deg", frame=value["frame"])
    return u.Quantity(float(value["value"]), value["unit"])
