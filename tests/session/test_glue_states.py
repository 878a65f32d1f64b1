import operator

import numpy as np
import pytest
from astropy import units as u
from glue.core import Data
from hypothesis import given, settings
from hypothesis import strategies as st
from photutils.aperture import CircularAperture
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    CompoundPixelRegion,
    EllipseAnnulusPixelRegion,
    EllipsePixelRegion,
    LinePixelRegion,
    PixCoord,
    PolygonPixelRegion,
    RectangleAnnulusPixelRegion,
    RectanglePixelRegion,
    TextPixelRegion,
)

from imviz.errors import InputError
from imviz.session import glue_states

CENTER = PixCoord(12.25, 7.5)
IMAGE = Data(label="image", DATA=np.zeros((20, 30)))
Y, X = IMAGE.pixel_component_ids
SHAPES = [
    CirclePixelRegion(CENTER, 4.5),
    EllipsePixelRegion(CENTER, 8, 5, 0.3 * u.rad),
    RectanglePixelRegion(CENTER, 8, 5, 0.3 * u.rad),
    CircleAnnulusPixelRegion(CENTER, 2, 4),
    EllipseAnnulusPixelRegion(CENTER, 4, 8, 2, 4, 0.3 * u.rad),
    RectangleAnnulusPixelRegion(CENTER, 4, 8, 2, 4, 0.3 * u.rad),
    PolygonPixelRegion(PixCoord([1.1, 9.2, 5.3], [2.4, 3.3, 11.2])),
]


def round_trip(region):
    return glue_states.to_region(glue_states.to_state(region, X, Y), lambda part, image: part)


def same_pixels(one, other):
    y, x = np.mgrid[:20, :30]
    return np.array_equal(one.contains(PixCoord(x, y)), other.contains(PixCoord(x, y)))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: type(shape).__name__)
def test_every_shape_comes_back_as_itself(shape):
    back = round_trip(shape)
    assert type(back) is type(shape)
    for name in type(shape)._params:
        one, other = getattr(back, name), getattr(shape, name)
        if isinstance(other, PixCoord):
            np.testing.assert_allclose([one.x, one.y], [other.x, other.y], rtol=1e-14)
        else:
            np.testing.assert_allclose(
                u.Quantity(one).value, u.Quantity(other, u.Quantity(one).unit).value, 1e-14
            )


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: type(shape).__name__)
def test_glue_selects_the_pixels_the_region_contains(shape):
    mask = glue_states.to_state(shape, X, Y).to_mask(IMAGE)
    y, x = np.mgrid[:20, :30]
    assert np.array_equal(mask, shape.contains(PixCoord(x, y)))


@pytest.mark.parametrize("combine", [operator.or_, operator.and_, operator.xor])
def test_compounds_come_back_with_the_same_pixels(combine):
    compound = CompoundPixelRegion(
        SHAPES[0], CompoundPixelRegion(SHAPES[1], SHAPES[2], operator.xor), combine
    )
    back = round_trip(compound)
    assert isinstance(back, CompoundPixelRegion)
    assert same_pixels(back, compound)


def test_one_shape_removed_from_another_is_their_difference():
    outer, inner = CirclePixelRegion(PixCoord(10, 10), 6), CirclePixelRegion(PixCoord(14, 10), 3)
    state = glue_states.to_state(outer, X, Y) & ~glue_states.to_state(inner, X, Y)
    back = glue_states.to_region(state, lambda part, image: part)
    y, x = np.mgrid[:20, :30]
    grid = PixCoord(x, y)
    assert np.array_equal(back.contains(grid), outer.contains(grid) & ~inner.contains(grid))


def test_a_concentric_circle_removed_makes_an_annulus():
    state = glue_states.to_state(CirclePixelRegion(CENTER, 6), X, Y) & ~glue_states.to_state(
        CirclePixelRegion(CENTER, 3), X, Y
    )
    back = glue_states.to_region(state, lambda part, image: part)
    assert isinstance(back, CircleAnnulusPixelRegion)
    assert (back.inner_radius, back.outer_radius) == (3, 6)


@given(x=st.floats(-1e5, 1e5), y=st.floats(-1e5, 1e5), r=st.floats(1e-3, 1e5))
@settings(max_examples=50, derandomize=True)
def test_a_circle_keeps_every_bit(x, y, r):
    back = round_trip(CirclePixelRegion(PixCoord(x, y), r))
    assert (back.center.x, back.center.y, back.radius) == (x, y, r)


@pytest.mark.parametrize(
    ("region", "said"),
    [
        (CirclePixelRegion(PixCoord(np.nan, 1), 3), "not finite"),
        (CirclePixelRegion(PixCoord(1, 1), np.inf), "radius is inf"),
        (PolygonPixelRegion(PixCoord([1, 1, 1], [2, 2, 2])), "no area"),
        (PolygonPixelRegion(PixCoord([1, 2, 3, 9], [1, 2, 3, 9])), "no area"),
    ],
)
def test_regions_that_are_nowhere_are_refused_by_name(region, said):
    with pytest.raises(InputError, match=said):
        glue_states.check(region)


def test_a_polygon_that_crosses_itself_encloses_something():
    glue_states.check(PolygonPixelRegion(PixCoord([0, 4, 4, 0], [0, 4, 0, 4])))  # its signed area is 0


def test_a_line_selects_no_pixel_and_a_text_is_refused():
    line = LinePixelRegion(PixCoord(1, 1), PixCoord(2, 2))
    assert not glue_states.to_state(line, X, Y).to_mask(IMAGE).any()
    with pytest.raises(InputError, match="text has no area"):
        glue_states.check(TextPixelRegion(PixCoord(1, 1), "here"))


def test_an_aperture_is_a_region_and_a_number_is_not():
    region = glue_states.in_pixels(CircularAperture((3, 4), 5), None, "image")
    assert (region.center.x, region.center.y, region.radius) == (3, 4, 5)
    with pytest.raises(InputError, match="int is not a region"):
        glue_states.in_pixels(5, None, "image")
