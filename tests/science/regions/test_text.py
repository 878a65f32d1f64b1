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
    EllipsePixelRegion,
    LinePixelRegion,
    PixCoord,
    RectangleAnnulusPixelRegion,
    Regions,
)

from imviz.errors import InputError
from imviz.science.photometry.apertures import Box, coverage
from imviz.science.regions.records import from_record, to_json, to_record
from imviz.science.regions.text import record_text, to_ds9

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
    "record",
    [{}, {"shape": "system"}, {"shape": "os"}, {"operator": "?", "parts": []}, {"shape": 3}, [], "circle"],
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


def test_a_row_of_an_earlier_version_gives_its_region():
    old = {"shape": "EllipsePixelRegion", "center": [30.5, 20.25], "width": 9.0, "height": 4.0, "angle": 33.0}
    region = from_record(old)
    same(region, EllipsePixelRegion(PixCoord(30.5, 20.25), 9, 4, 33 * u.deg), 0)
    corners = [[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]]
    old = {"operator": "&!", "parts": [old, {"shape": "PolygonPixelRegion", "vertices": corners}]}
    both = from_record(old)
    assert both.region2.area == 6
    assert from_record(to_record(both)).operator is both.operator


def test_rows_and_files_have_one_form_and_rows_are_without_name_and_look():
    region = circle(3, 4, 5)
    region.meta["text"], region.visual["color"] = "star", "red"
    plain = json.loads(to_json(region))
    assert (plain.pop("meta")["text"], plain.pop("visual")["color"]) == ("star", "red")
    assert plain == to_record(region, look=False) == json.loads(record_text(region))


def test_a_composite_of_many_parts_comes_back():
    many = circle(0, 0, 3)
    for n in range(1, 150):
        many = CompoundPixelRegion(many, circle(n, 0, 3), operator.or_)
    assert to_ds9(from_record(json.loads(record_text(many)))) == to_ds9(many)
