from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imviz.view.limits import Limits

SIDES = st.floats(0.5, 1e5)
SHAPES = st.tuples(st.integers(50, 3000), st.integers(50, 3000))


@given(SIDES, SIDES, SHAPES)
def test_squared_limits_hold_the_old_ones_and_have_square_pixels(width, height, shape):
    old = Limits.around(10, 20, width, height)
    new = old.squared(shape)
    assert new.width / shape[1] == pytest.approx(new.height / shape[0])
    assert new.width >= width * (1 - 1e-9)
    assert new.height >= height * (1 - 1e-9)
    assert new.centre == pytest.approx((10, 20))


def test_zoom_is_screen_pixels_per_image_pixel():
    assert Limits.around(0, 0, 400, 300).zoom((600, 800)) == 2


def test_setting_the_zoom_again_does_not_move_the_centre():
    limits = Limits.around(99.5, 99.5, 200, 200)
    for _ in range(100):
        limits = limits.zoomed_to(1, (601, 799))
    assert limits.centre == pytest.approx((99.5, 99.5), abs=1e-12)
