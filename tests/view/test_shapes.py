from __future__ import annotations

import operator

import astropy.units as u
import numpy as np
import pytest
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    CompoundPixelRegion,
    EllipseAnnulusPixelRegion,
    EllipsePixelRegion,
    LinePixelRegion,
    PixCoord,
    PointPixelRegion,
    PolygonPixelRegion,
    RectangleAnnulusPixelRegion,
    RectanglePixelRegion,
    TextPixelRegion,
)

from imviz.errors import InputError
from imviz.view.shapes import to_region, to_shape

CENTRE = PixCoord(1234.123456789012, 0.1 + 0.2)
SHAPES = [
    CirclePixelRegion(CENTRE, 1 / 3),
    EllipsePixelRegion(CENTRE, 1 / 3, 2 / 3, 30 * u.deg),
    RectanglePixelRegion(CENTRE, 1 / 3, 2 / 3, 359.9 * u.deg),
    CircleAnnulusPixelRegion(CENTRE, 1 / 7, 2 / 7),
    EllipseAnnulusPixelRegion(CENTRE, 1 / 7, 2 / 7, 3 / 7, 4 / 7, 12 * u.deg),
    RectangleAnnulusPixelRegion(CENTRE, 1 / 7, 2 / 7, 3 / 7, 4 / 7, 12 * u.deg),
    PolygonPixelRegion(PixCoord([0.1, 10.2, 5.3], [0.4, 0.5, 8.6])),
    PointPixelRegion(CENTRE),
    LinePixelRegion(PixCoord(0.1, 0.2), PixCoord(10.3, 5.4)),
    CompoundPixelRegion(
        CirclePixelRegion(CENTRE, 1 / 3), EllipsePixelRegion(CENTRE, 1 / 3, 2 / 3, 30 * u.deg), operator.xor
    ),
]


@pytest.mark.parametrize("region", SHAPES, ids=lambda region: type(region).__name__)
def test_a_region_comes_back_from_the_browser_unchanged(region):
    assert to_region(to_shape(region)) == region


def test_a_compound_region_is_its_parts_and_cannot_be_edited():
    shape = to_shape(CompoundPixelRegion(SHAPES[0], SHAPES[1], operator.or_))
    assert [part["kind"] for part in shape["parts"]] == ["circle", "ellipse"]
    assert shape["by"] == "or"
    assert shape["fixed"]


def test_a_shape_that_cannot_be_drawn_is_its_bounding_box():
    text = TextPixelRegion(PixCoord(10, 20), "a star")
    shape = to_shape(text)
    box = text.bounding_box.to_region()
    assert (shape["x"], shape["y"]) == box.center.xy
    assert (shape["width"], shape["height"]) == (box.width, box.height)
    assert shape["fixed"]
    assert shape["immovable"]
    both = to_shape(CompoundPixelRegion(SHAPES[0], text, operator.or_))
    assert both["immovable"]


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"kind": "heart"},
        {"kind": "circle", "x": 1, "y": 2},
        {"kind": "circle", "x": 1, "y": None, "radius": 3},
        {"kind": "circle", "x": np.nan, "y": 1, "radius": 3},
        {"kind": "polygon", "points": [1, 2]},
    ],
)
def test_what_is_not_a_shape_is_refused(shape):
    with pytest.raises(InputError):
        to_region(shape)
