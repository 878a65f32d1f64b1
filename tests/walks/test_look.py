"""A user makes one image look right, compares it with another, and takes the picture home; no browser."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.visualization import AsinhStretch
from PIL import Image

from imviz import Imviz


@pytest.fixture
def imviz():
    imviz = Imviz()
    imviz.load_demo()
    return imviz


def brightest(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(float)


def test_from_first_look_to_a_picture_in_two_colours(imviz, tmp_path):
    viewer, options = imviz.default_viewer, imviz.plugins["Plot Options"]
    viewer.save(tmp_path / "first.png")
    first = brightest(tmp_path / "first.png")

    options.stretch_function = "Arcsinh"
    options.stretch_preset = "99.5%"
    viewer.save(tmp_path / "stretched.png")
    stretched = brightest(tmp_path / "stretched.png")
    assert viewer.stretch == "arcsinh"
    assert np.abs(stretched - first).mean() > 0
    low, high = viewer.cuts
    data = imviz.get_data("demo[SCI,1]").data
    expected = np.nanpercentile(data, [0.25, 99.75])
    assert (low, high) == pytest.approx(expected, rel=0.05)
    assert np.ptp(stretched, axis=-1).max() == 0  # gray

    options.apply_RGB_presets()
    viewer.save(tmp_path / "colours.png")
    colours = brightest(tmp_path / "colours.png")
    assert (np.ptp(colours, axis=-1) > 40).mean() > 0.01

    clone = viewer.clone_viewer()
    clone.save(tmp_path / "clone.png")
    assert (brightest(tmp_path / "clone.png") == colours).all()

    options.viewer = "imviz-0"
    options.select_all(viewers=False)
    options.reset_look()
    viewer.set_visible("demo-2[SCI,1]", False)
    viewer.save(tmp_path / "again.png")
    assert (brightest(tmp_path / "again.png") == first).all()


def test_a_pixel_of_the_saved_view_is_what_astropy_makes_of_its_value(imviz, tmp_path):
    viewer = imviz.default_viewer
    viewer.stretch = AsinhStretch(0.2)
    viewer.cuts = (0.3, 1.5)
    viewer.center_on((250, 640))
    viewer.zoom_level = 10
    viewer.save(tmp_path / "view.png")
    picture = brightest(tmp_path / "view.png")
    data = imviz.get_data("demo[SCI,1]").data
    level = np.clip((data[640, 250:280] - 0.3) / 1.2, 0, 1)
    expected = 255 * AsinhStretch(0.2)(level)
    seen = picture[300, 400 + 10 * np.arange(30), 0]
    assert np.abs(seen - expected).max() <= 3
