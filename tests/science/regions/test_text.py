"""Regions as text: read back by regions, and by ourselves, without a digit lost."""

import json
import operator

import astropy.units as u
import numpy as np
import pytest
from regions import (
    CircleAnnulusPixelRegion,
    CompoundPixelRegion,
    EllipseAnnulusPixelRegion,
    LinePixelRegion,
    PixCoord,
    RectangleAnnulusPixelRegion,
    Regions,
)

from imviz.errors import InputError
from imviz.science.photometry.apertures import Box, coverage
from imviz.science.regions.text import from_record, to_ds9, to_record

from ..fields import circle, ellipse, polygon, rectangle

CENTER = PixCoord(100.1, 80.7)
SHAPES = [
    circle(x=1 / 3, r=np.pi),
    ellipse(angle=33.3),
    rectangle(angle=-12.7),
    CircleAnnulusPixelRegion(CENTER, 10.1, 15.7),
    EllipseAnnulusPixelRegion(CENTER, 10.1, 15.7, 8.2, 12.3, 20 * u.deg),
    RectangleAnnulusPixelRegion(CENTER, 10.1, 15.7, 8.2, 12.3, 20 * u.deg),
    polygon((10.1, 20.2), (33.3, 21.7), (15.2, 44.4)),
]


def same(first, second, rel):
    for name in first._params:
        one, other = getattr(first, name), getattr(second, name)
        pair = [part.xy if isinstance(part, PixCoord) else u.Quantity(part).value for part in (one, other)]
        assert np.asarray(pair[0]) == pytest.approx(np.asarray(pair[1]), rel=rel)


@pytest.mark.parametrize("region", SHAPES)
def test_the_ds9_string_is_read_by_regions_as_the_same_region(region):
    back = Regions.parse(to_ds9(region), format="ds9")[0]
    assert type(back) is type(region)
    same(region, back, 1e-14)


def test_ds9_counts_from_one():
    assert to_ds9(circle(9, 19, 5)) == "image;circle(10,20,5)"


@pytest.mark.parametrize("region", SHAPES)
def test_a_record_gives_the_same_region_bit_for_bit(region):
    back = from_record(json.loads(json.dumps(to_record(region))))
    assert type(back) is type(region)
    same(region, back, 0)


@pytest.mark.parametrize(
    ("operation", "symbol"),
    [(operator.and_, "&"), (operator.or_, "|"), (operator.xor, "^"), (lambda a, b: a & ~b, "&!")],
)
def test_composites_are_written_as_expressions_and_come_back(operation, symbol):
    region = CompoundPixelRegion(circle(30, 30, 9), circle(35, 30, 9), operation)
    assert to_ds9(region) == f"image;(circle(31,31,9){symbol}circle(36,31,9))"
    back = from_record(json.loads(json.dumps(to_record(region))))
    box = Box(15, 15, 40, 30)
    assert np.array_equal(coverage(back, box), coverage(region, box))


def test_what_has_no_area_is_refused():
    with pytest.raises(InputError, match="LinePixelRegion"):
        to_ds9(LinePixelRegion(PixCoord(1, 2), PixCoord(3, 4)))


@pytest.mark.parametrize(
    "record", [{}, {"shape": "system"}, {"shape": "os"}, {"operator": "?", "parts": []}, {"shape": 3}]
)
def test_a_record_of_something_else_is_refused(record):
    with pytest.raises(InputError):
        from_record(record)


def test_an_operator_that_is_none_of_the_four_is_refused():
    with pytest.raises(InputError, match="AND, OR, XOR"):
        to_ds9(CompoundPixelRegion(circle(), circle(), lambda a, b: b))


def test_a_composite_that_is_unbounded_is_refused():
    from imviz.science.photometry.apertures import box_of

    with pytest.raises(InputError, match="unbounded"):
        box_of(CompoundPixelRegion(circle(), circle(), lambda a, b: ~(a | b)))
