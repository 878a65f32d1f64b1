"""The conformance tests of astro-image-display-api, inherited whole; and what they do not ask."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import NDData
from astropy.table import Table
from astropy.visualization import MinMaxInterval, PowerDistStretch, ZScaleInterval

from imviz import Imviz
from imviz.errors import ImvizError
from imviz.session import Session
from imviz.viewer import ImageViewer

try:
    import astro_image_display_api as standard
    from astro_image_display_api.api_test import ImageAPITest
except ImportError:  # it needs Python 3.12
    standard, ImageAPITest = None, object


def alone():
    return ImageViewer(Session(), "imviz-0").aid


@pytest.mark.skipif(standard is None, reason="astro-image-display-api needs Python 3.12")
class TestStandard(ImageAPITest):
    image_widget_class = staticmethod(alone)

    def test_it_is_the_protocol(self):
        assert isinstance(self.image, standard.ImageViewerInterface)


@pytest.fixture
def display():
    return alone()


@pytest.fixture
def image():
    return np.random.default_rng(5).normal(size=(100, 150))


def test_in_the_window_it_acts_on_the_viewer(image):
    imviz = Imviz()
    viewer = imviz.default_viewer
    viewer.aid.load_image(image, image_label="noise")
    assert imviz.data_labels == ["noise"]
    viewer.aid.set_colormap("viridis")
    viewer.aid.set_cuts((0, 1))
    viewer.aid.set_viewport(center=(20, 30), fov=50)
    assert viewer.controls.layers[0].colormap == "Viridis"
    assert viewer.cuts == (0, 1)
    x_min, x_max, y_min, y_max = viewer.get_limits()
    assert (x_min + x_max) / 2 == pytest.approx(20)
    assert min(x_max - x_min, y_max - y_min) == pytest.approx(50)


def test_what_the_hand_has_changed_since_is_told_as_it_is(display, image):
    display.load_image(image)
    display.set_cuts(ZScaleInterval())
    display.set_viewport(center=(20, 30), fov=50)
    display._view.top_look.cuts = (0, 2)
    display._view.navigation.zoom(2)
    assert display.get_cuts().get_limits(image) == (0, 2)
    assert display.get_viewport()["fov"] == pytest.approx(25)


def test_intervals_are_worked_out_with_the_exact_extremes(display):
    data = np.zeros((1500, 1500))
    data[1, 1], data[1498, 1498] = -7, 1e5
    display.load_image(data)
    display.set_cuts(MinMaxInterval())
    assert display._view.top_look.cuts == (-7, 1e5)


def test_any_stretch_of_astropy_can_be_set_and_is_given_back(display, image):
    display.load_image(image)
    stretch = PowerDistStretch(50)
    display.set_stretch(stretch)
    assert display.get_stretch() is stretch
    level = np.linspace(0, 1, 101)
    made = display._view.layers_shown.top.stretch_object(level)
    np.testing.assert_allclose(made, stretch(level), atol=0.005)


def test_a_catalog_is_drawn_as_points_in_its_style(display, image):
    display.load_image(image)
    display.load_catalog(Table({"x": [10.0, 20.0], "y": [30.0, 40.0]}), catalog_label="stars")
    display.set_catalog_style("stars", shape="diamond", color="lime", size=12)
    vectors = display._view.vectors
    (name,) = vectors.names
    assert vectors[name].marker == "diamond"
    assert vectors.positions(name)[0].tolist() == [10, 20]
    display.remove_catalog("stars")
    assert vectors.names == ()


@pytest.mark.parametrize("style", [{"shape": "star"}, {"color": "mud"}, {"size": -1}])
def test_a_style_that_cannot_be_drawn_is_refused_and_the_old_one_kept(display, image, style):
    display.load_image(image)
    display.load_catalog(Table({"x": [1.0], "y": [2.0]}))
    before = display.get_catalog_style()
    with pytest.raises(ImvizError):
        display.set_catalog_style(**style)
    assert display.get_catalog_style() == before


def test_an_angle_is_needed_on_the_sky_and_a_size_above_zero(display, image):
    display.load_image(NDData(image))
    for fov in (0, -3, True, 5 * u.m):
        with pytest.raises(ImvizError):
            display.set_viewport(fov=fov)
