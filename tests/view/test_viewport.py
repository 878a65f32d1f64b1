"""What a view shows, asked and told in users' terms."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imviz import Imviz
from imviz.errors import InputError


def test_limits_set_are_shown_with_square_pixels(viewer):
    viewer.set_limits(10, 50, np.float32(20), np.int16(40))
    x_min, x_max, y_min, y_max = viewer.get_limits()
    assert (x_min, x_max) == (10, 50)
    assert (y_max - y_min) / (x_max - x_min) == pytest.approx(600 / 800)
    assert (y_min + y_max) / 2 == pytest.approx(30)


def test_a_limit_left_out_stays(viewer):
    viewer.set_limits(10, 50, 20, 50)
    viewer.set_limits(x_min=30)
    assert viewer.get_limits()[:2] == pytest.approx((30, 50), abs=12)


@pytest.mark.parametrize(
    ("limits", "error"), [(("a", 1, 0, 1), TypeError), ((5, 1, 0, 1), ValueError), ((np.nan,), TypeError)]
)
def test_limits_that_cannot_be_are_refused(viewer, limits, error):
    before = viewer.get_limits()
    with pytest.raises(error):
        viewer.set_limits(*limits)
    assert viewer.get_limits() == before


def test_the_viewport_is_a_region_in_pixels_and_on_the_sky(session, viewer):
    viewer.set_limits(100, 180, 50, 110)
    pixels = viewer.get_viewport_region("pixel")
    assert pixels.vertices.xy[0] == pytest.approx([100, 180, 180, 100])
    assert pixels.vertices.xy[1] == pytest.approx([50, 50, 110, 110])
    sky = viewer.get_viewport_region()
    wcs = session.image("a").wcs
    assert sky.vertices.separation(wcs.pixel_to_world(*pixels.vertices.xy)).max() < 1e-6 * u.arcsec


def test_of_another_image_it_is_in_that_ones_pixels(session, viewer):
    viewer.add_image("b")
    session.align("wcs")
    viewer.set_limits(100, 180, 50, 110)
    region = viewer.get_viewport_region("pixel", "b")
    here, there = session.image("a").wcs, session.image("b").wcs
    expected = there.world_to_pixel(here.pixel_to_world([100, 180, 180, 100], [50, 50, 110, 110]))
    np.testing.assert_allclose(region.vertices.xy, expected, atol=1e-6)


def test_without_a_wcs_only_pixels_can_be_had(viewer):
    viewer.add_image("plain")
    with pytest.raises(InputError, match="WCS"):
        viewer.get_viewport_region("sky", "plain")
    with pytest.raises(InputError, match="sky"):
        viewer.get_viewport_region("ground")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.floats(-1e4, 1e4),
    st.floats(-1e4, 1e4),
    st.lists(
        st.one_of(st.floats(0.01, 100), st.integers(1, 50), st.floats(0.0625, 64, width=32).map(np.float32)),
        min_size=1,
        max_size=20,
    ),
)
def test_any_number_of_zooms_leaves_the_centre_where_it_is(viewer, x, y, zooms):
    viewer.center_on((x, y))
    before = viewer.limits.centre
    for zoom in zooms:
        viewer.zoom_level = zoom
    assert viewer.limits.centre == pytest.approx(before, abs=1e-9, rel=1e-12)
    assert viewer.zoom_level == pytest.approx(float(zooms[-1]), rel=1e-9)


def test_the_labels_are_of_this_viewers_images(viewer):
    viewer.add_image("b", visible=False)
    assert viewer.data_labels_loaded == ["a", "b"]
    assert viewer.data_labels_visible == ["a"]
    assert viewer.top_visible_data_label == "a"
    assert viewer.first_loaded_data.label == "a"


def test_a_clone_shows_the_same_in_the_same_way():
    imviz = Imviz()
    imviz.load_data(np.arange(600.0).reshape(20, 30), data_label="one")
    imviz.load_data(np.ones((20, 30)), data_label="two")
    viewer = imviz.default_viewer
    viewer.set_layer("one", stretch="log", cuts=(1, 5), color="red", color_mode="Color", invert=True)
    viewer.set_visible("two", False)
    viewer.set_limits(2, 8, 3, 6)
    clone = viewer.clone_viewer()
    assert clone.name == "imviz-1"
    assert clone.controls.layers == viewer.controls.layers
    assert clone.get_limits() == pytest.approx(viewer.get_limits())


def test_a_viewer_that_stands_alone_cannot_be_cloned(viewer):
    with pytest.raises(InputError, match="alone"):
        viewer.clone_viewer()
