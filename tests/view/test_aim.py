"""What is asked for counts until the hand moves on; what a page said before it had heard of it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imviz.view.aim import Aim
from imviz.view.limits import Limits

SIDES = st.floats(0.5, 1e5)
SIZES = st.tuples(st.floats(50, 3000), st.floats(50, 3000))
BOX = Limits(0, 100, 0, 100)


@given(SIDES, SIDES, SIZES, st.floats(0.1, 10))
def test_a_magnified_box_is_the_magnified_view_in_any_window(width, height, size, factor):
    aim = Aim(Limits.around(10, 20, width, height))
    assert aim.scaled(factor).limits(size).width == pytest.approx(aim.limits(size).width * factor)


@given(SIZES)
def test_a_scale_is_the_same_in_any_window(size):
    limits = Aim(BOX, scale=0.25).limits(size)
    assert (limits.width / size[1], limits.height / size[0]) == pytest.approx((0.25, 0.25))
    assert limits.centre == pytest.approx((50, 50))


def told(viewer, **message):
    """A page's word on where it looks, as mouse.js says it."""
    return {"type": "view", "fitted": True, "aim": viewer.mouse.aim["n"], **message}


OLD = {"x": [0, 1], "y": [-0.3, 1.3], "width": 500.5, "height": 800.0}  # a page that had no image yet


def test_a_page_that_had_not_heard_yet_tells_its_size_only(viewer, browser):
    n = viewer.mouse.aim["n"]
    browser(**told(viewer, **OLD, aim=n - 1))
    assert viewer.shape == viewer.frame.shape == (800, 500)
    assert viewer.get_limits()[:2] == pytest.approx((-0.5, 299.5))  # "a" has 300 columns, 200 rows
    assert viewer.limits.width / 500.5 == pytest.approx(viewer.limits.height / 800)
    assert viewer.navigation.fitted
    assert viewer.mouse.aim["n"] == n  # the page is asked nothing new: it has heard of it meanwhile


def test_the_hand_counts_once_the_page_has_heard(viewer, browser):
    browser(**told(viewer, x=[10, 60], y=[20, 100], width=500, height=800, fitted=False))
    assert viewer.get_limits() == (10, 60, 20, 100)
    assert not viewer.navigation.fitted
    assert viewer.mouse.aim["scale"] == pytest.approx(0.1)  # for a page opened anew
    viewer.zoom(2)
    assert viewer.get_limits() == pytest.approx((22.5, 47.5, 40, 80))


@pytest.mark.parametrize("size", [(800, 500), (300, 900)])
def test_what_is_asked_for_one_after_the_other_holds_in_the_window_that_comes(viewer, browser, size):
    viewer.set_limits(0, 100, 0, 100)
    viewer.zoom(2)
    viewer.center_on((150, 100))
    browser(**told(viewer, **OLD | {"width": size[1], "height": size[0]}, aim=0))
    x_min, x_max, y_min, y_max = viewer.get_limits()
    assert min(x_max - x_min, y_max - y_min) == pytest.approx(50)  # half of what was asked for first, whole
    assert ((x_min + x_max) / 2, (y_min + y_max) / 2) == pytest.approx((150, 100))


def test_limits_that_glue_code_sets_are_asked_for_too(viewer, browser):
    n = viewer.mouse.aim["n"]
    viewer.state.x_min, viewer.state.x_max = 80, 220
    assert viewer.mouse.aim["n"] > n
    assert viewer.mouse.aim["x"] == [80, 220]
