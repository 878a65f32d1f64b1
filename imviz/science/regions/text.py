"""Regions as text: the DS9 string of a table's ``aperture`` column, and the JSON in its recipe.

Written with every digit a double has, so that a region read back is the same region. Composites,
which DS9 files cannot hold, are written as a Boolean expression of shapes (``&``, ``|``, ``^``, ``&!``).
Reading region files is not done here: that is `regions.Regions.read`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from regions import (
    CirclePixelRegion,
    CompoundPixelRegion,
    PolygonPixelRegion,
)

from imviz.errors import InputError
from imviz.science.regions.kinds import kind_of
from imviz.science.regions.records import operator_word, to_record

if TYPE_CHECKING:
    from regions import PixelRegion

__all__ = ["numbers_of", "record_text", "to_ds9"]

SYMBOLS = {"and": "&", "or": "|", "xor": "^", "andnot": "&!"}


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
    kind = kind_of(region)
    if isinstance(region, PolygonPixelRegion):
        pairs = np.column_stack([region.vertices.x, region.vertices.y]) + 1.0
        return "polygon", pairs.ravel().tolist()
    if kind is None or kind.places != ("center",) or kind.word == "Text":
        raise InputError(
            f"{type(region).__name__} cannot be written as an aperture; use a shape with an area."
        )
    part = 0.5 if kind.ds9 == "ellipse" else 1.0
    sizes = [part * getattr(region, name) for name in kind.sizes]
    angle = [region.angle.to_value(u.deg)] if kind.turned else []
    return kind.ds9, [region.center.x + 1.0, region.center.y + 1.0, *sizes, *angle]


def _operator_text(region: CompoundPixelRegion) -> str:
    """The symbol of a composite's operator."""
    word = operator_word(region.operator)
    if word is None:
        raise InputError("A composite region's operator is not one of AND, OR, XOR, AND NOT.")
    return SYMBOLS[word]


def record_text(region: PixelRegion) -> str:
    """The bare shape's record as JSON."""
    if type(region) is CirclePixelRegion:  # as json writes it, in a fifth of the time
        x, y, radius = float(region.center.x), float(region.center.y), float(region.radius)
        return f'{{"shape": "CirclePixelRegion", "center": {{"x": {x!r}, "y": {y!r}}}, "radius": {radius!r}}}'
    return json.dumps(to_record(region, look=False))
