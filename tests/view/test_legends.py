"""Colour bar and scale bar: what the browser is told is what the image and its WCS say."""

import numpy as np
import pytest
from astropy.nddata import NDData
from matplotlib import colormaps

from imviz.demo import demo_field
from imviz.errors import InputError
from imviz.session import Session
from imviz.viewer import ImageViewer


@pytest.fixture
def viewer():
    session = Session()
    session.add_image(demo_field()[0].image, "sky")
    session.add_image(NDData(np.zeros((9, 9)), unit="Jy"), "plain")
    viewer = ImageViewer(session, "imviz-0")
    viewer.add_image("sky")
    return viewer


def told(viewer):
    return viewer.widgets[7]


def test_nothing_is_shown_until_asked(viewer):
    assert told(viewer).values == {}
    assert not told(viewer).scale_shown


def test_the_bar_has_the_colours_of_the_values_between_the_cuts(viewer):
    viewer.set_layer("sky", cuts=(1, 3), stretch="sqrt", colormap="viridis")
    viewer.legends.show(bar=True)
    colours = np.frombuffer(told(viewer).colours, np.uint8).reshape(256, 3)
    expected = colormaps["viridis"](np.sqrt(np.linspace(0, 1, 256)))[:, :3] * 255
    assert np.abs(colours - expected).max() < 6
    assert told(viewer).values == {"low": 1.0, "high": 3.0, "label": "MJy/sr"}
    viewer.set_layer("sky", cuts=(0, 7))
    assert told(viewer).values["high"] == 7
    viewer.legends.show(bar=False)
    assert told(viewer).colours == b""


def test_the_scale_is_the_wcs_in_the_middle_of_the_view(viewer):
    viewer.legends.show(scale=True)
    assert told(viewer).per_pixel == pytest.approx(0.031, rel=1e-4)
    viewer.legends.show(in_pixels=True)
    assert told(viewer).per_pixel is None


def test_without_a_wcs_the_scale_is_in_pixels():
    session = Session()
    session.add_image(NDData(np.zeros((9, 9))), "plain")
    viewer = ImageViewer(session, "v")
    viewer.legends.show(scale=True, bar=True)
    assert not told(viewer).scale_shown
    viewer.add_image("plain")
    viewer.zoom(2)
    assert told(viewer).scale_shown
    assert told(viewer).per_pixel is None


def test_the_magnifier_has_a_range(viewer):
    viewer.legends.magnification = 8
    assert told(viewer).magnifier == 8
    with pytest.raises(InputError, match="magnifier"):
        viewer.legends.magnification = 1000
