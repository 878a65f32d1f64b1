"""A region as JSON: any shape, in pixels or on the sky, with its attributes, every digit kept."""

from __future__ import annotations

import json
import operator
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
import regions
from astropy.coordinates import SkyCoord
from regions import CompoundPixelRegion, CompoundSkyRegion, PixCoord, Region

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["from_json", "from_record", "to_json", "to_record"]

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
}
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
        return from_record(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise InputError(f"Not a record of a region: {text[:100]}.") from error


def from_record(record: Any) -> Region:
    """The region of a record made by `to_record`; `InputError` for any other."""
    try:
        return _region(record, 0)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise InputError(f"Not a record of a region: {str(record)[:100]}.") from error


def to_record(region: Any) -> dict[str, Any]:
    """A dictionary of numbers, texts and, among its attributes, whatever they are."""
    record: dict[str, Any] = {"shape": type(region).__name__}
    for name in region._params:  # regions has no public list of them
        record[name] = _plain(getattr(region, name))
    for name in ("meta", "visual"):
        if getattr(region, name):
            record[name] = dict(getattr(region, name))
    return record


def _plain(value: Any) -> Any:
    if isinstance(value, Region):
        return to_record(value)
    if isinstance(value, PixCoord):
        return {"x": np.asarray(value.x, float).tolist(), "y": np.asarray(value.y, float).tolist()}
    if isinstance(value, SkyCoord):
        lon, lat = value.spherical.lon.deg, value.spherical.lat.deg
        return {"lon": lon.tolist(), "lat": lat.tolist(), "frame": value.frame.name}
    if isinstance(value, u.Quantity):
        return {"value": float(value.value), "unit": str(value.unit)}
    if callable(value):
        return value.__name__.strip("_")
    return value if isinstance(value, str) else float(value)


def _region(record: dict[str, Any], depth: int) -> Region:
    if depth > DEEPEST:
        raise ValueError("too many composites inside each other")
    shape = SHAPES[record["shape"]]
    known = {"shape", "meta", "visual"}
    values = {name: _value(value, depth) for name, value in record.items() if name not in known}
    if shape in (CompoundPixelRegion, CompoundSkyRegion):
        values["operator"] = OPERATORS[record["operator"]]
    return shape(**values, meta=record.get("meta"), visual=record.get("visual"))


def _value(value: Any, depth: int) -> Any:
    if not isinstance(value, dict):
        return value
    if "shape" in value:
        return _region(value, depth + 1)
    if "x" in value:
        return PixCoord(np.asarray(value["x"], float)[()], np.asarray(value["y"], float)[()])
    if "lon" in value:
        return SkyCoord(value["lon"], value["lat"], unit="deg", frame=value["frame"])
    return u.Quantity(float(value["value"]), value["unit"])
