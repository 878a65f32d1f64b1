"""The table of shapes, against the classes of `regions` and against the browser's own lists."""

from __future__ import annotations

import re
from pathlib import Path

import astropy.units as u
import pytest
from astropy.coordinates import SkyCoord
from regions import CircleAnnulusPixelRegion, EllipseAnnulusSkyRegion, PixCoord, RegularPolygonPixelRegion

import imviz
from imviz.science.regions.kinds import KINDS, kind_of, parts_of
from imviz.view.controls import TOOLS

GEOMETRY = Path(imviz.__file__).parent / "viewer" / "regions" / "geometry.js"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.word)
def test_a_kind_has_the_names_of_its_classes(kind):
    for shape in (kind.pixel, kind.sky):
        named = {
            *kind.places,
            *kind.sizes,
            *(["angle"] if kind.turned else []),
            *(["text"] * (kind.word == "Text")),
        }
        assert set(shape._params) == named
    assert {name for pair in kind.edges for name in pair} == set(kind.sizes)


def test_every_shape_that_is_drawn_by_hand_is_in_the_table():
    tools = {tool.id for tool in TOOLS if tool.group != "view"} - {"freehand", "pixel"}  # polygon, rectangle
    assert tools == {kind.tool for kind in KINDS} - {"text"}


@pytest.mark.parametrize(
    ("name", "wanted"), [("ROUND", lambda kind: kind.round), ("OPEN", lambda kind: not kind.area)]
)
def test_the_browser_s_lists_are_the_table_s(name, wanted):
    text = GEOMETRY.read_text(encoding="utf-8")
    listed = re.search(rf"{name} = new Set\(\[(.*?)\]\)", text)[1]
    assert set(re.findall(r'"(.*?)"', listed)) == {kind.tool for kind in KINDS if wanted(kind)} - {"text"}


def test_a_ring_is_its_whole_without_its_hole():
    ring = CircleAnnulusPixelRegion(PixCoord(3, 4), 2, 5)
    inner, outer = parts_of(ring)
    assert (inner.radius, outer.radius, outer.area - inner.area) == (2, 5, pytest.approx(ring.area))
    sky = EllipseAnnulusSkyRegion(
        SkyCoord(10, 20, unit="deg"), 1 * u.arcsec, 3 * u.arcsec, 2 * u.arcsec, 6 * u.arcsec, 30 * u.deg
    )
    inner, outer = parts_of(sky)
    assert (inner.width, inner.height, outer.width, outer.height) == tuple([1, 2, 3, 6] * u.arcsec)
    assert parts_of(outer) is None


def test_a_regular_polygon_is_a_polygon_and_a_composite_is_no_kind():
    regular = RegularPolygonPixelRegion(PixCoord(0, 0), 5, 3)
    assert kind_of(regular).word == "Polygon"
    assert kind_of(regular | regular) is None
