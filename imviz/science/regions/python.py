"""Regions as the Python that makes them, for scripts; every digit is kept, meta and visual attributes too."""

from __future__ import annotations

import operator
from typing import Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from regions import CompoundPixelRegion, CompoundSkyRegion, PixCoord, Region

__all__ = ["to_python", "value_to_python"]

OPERATORS = {operator.or_: "|", operator.and_: "&", operator.xor: "^"}


def to_python(region: Region) -> str:
    """An expression that makes `region`; needs ``u``, ``SkyCoord`` and the names of `regions`."""
    if isinstance(region, CompoundPixelRegion | CompoundSkyRegion):
        parts = to_python(region.region1), to_python(region.region2)
        text = f"({parts[0]} {OPERATORS[region.operator]} {parts[1]})"
        if not (region.meta or region.visual):
            return text
        named = f"operator={_operator(region.operator)}, meta={_plain(dict(region.meta))}"
        return (
            f"{type(region).__name__}({parts[0]}, {parts[1]}, {named}, visual={_plain(dict(region.visual))})"
        )
    values = [f"{name}={value_to_python(getattr(region, name))}" for name in region._params]
    values += [f"{name}={_plain(dict(own))}" for name in ("meta", "visual") if (own := getattr(region, name))]
    return f"{type(region).__name__}({', '.join(values)})"


def _operator(combine: Any) -> str:
    return f"__import__('operator').{combine.__name__}"


def value_to_python(value: Any) -> str:
    """An expression that makes a position, a quantity, a number, a text or a region."""
    if isinstance(value, Region):
        return to_python(value)
    if isinstance(value, PixCoord):
        return f"PixCoord({_numbers(value.x)}, {_numbers(value.y)})"
    if isinstance(value, SkyCoord):
        lon, lat = value.spherical.lon.deg, value.spherical.lat.deg
        return f"SkyCoord({_numbers(lon)}, {_numbers(lat)}, unit='deg', frame={value.frame.name!r})"
    if isinstance(value, u.Quantity):
        return f"{float(value.value)!r} * u.Unit({str(value.unit)!r})"
    return repr(value if isinstance(value, str | int) else float(value))


def _plain(value: Any) -> str:
    """An expression of texts, numbers, lists and mappings; anything else is there as its text."""
    if isinstance(value, np.generic | np.ndarray):
        value = str(value) if isinstance(value, u.Quantity) else value.tolist()
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_plain(name)}: {_plain(inner)}' for name, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_plain, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_plain, value))}{',' * (len(value) == 1)})"
    if isinstance(value, float) and not np.isfinite(value):
        return f"float({str(value)!r})"
    return repr(value if value is None or isinstance(value, str | bool | int | float) else str(value))


def _numbers(values: Any) -> str:
    return repr(np.asarray(values, dtype=float).tolist())
