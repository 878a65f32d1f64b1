"""The pixel table: exact values, the edge of the image, bad pixels, the cursor."""

import numpy as np
import pytest
from astropy.nddata import NDData

from imviz import Imviz
from imviz.errors import InputError
from imviz.view.readout import readout

DATA = np.random.default_rng(5).normal(0, 1e-3, (30, 40)).astype("f4")


@pytest.fixture
def app():
    imviz = Imviz()
    mask = np.zeros(DATA.shape, bool)
    mask[10, 11] = True
    imviz.load_data(NDData(DATA, unit="Jy", mask=mask), data_label="a")
    return imviz


@pytest.fixture
def plugin(app):
    found = app.plugins["Pixel Table"]
    found.open_in_tray()
    return found


def test_the_values_are_the_pixels_themselves(plugin):
    plugin.x, plugin.y = 10.4, 9.6
    values = plugin.read(size=5)
    assert np.array_equal(values.value, DATA[8:13, 8:13])
    assert values.unit == "Jy"
    assert plugin.columns == (8, 9, 10, 11, 12)
    assert [line[0] for line in plugin.lines] == [12, 11, 10, 9, 8]  # as on the screen, up is up
    shown = np.array([[np.float32(text) for text in line[1]] for line in reversed(plugin.lines)])
    assert np.array_equal(shown, DATA[8:13, 8:13])  # to the last bit
    assert plugin.lines[2][2] == (False, False, False, True, False)


def test_beyond_the_edge_there_is_nothing(plugin):
    plugin.x, plugin.y, plugin.size = 0, 29, "3"
    assert [line[1][0] for line in plugin.lines] == ["", "", ""]
    assert plugin.lines[0][1] == ("", "", "")
    assert np.isnan(plugin.read(-50, 3).value).all()


def test_it_follows_the_cursor_while_open(app, plugin):
    image = app.app.session.image("a")
    controls = app.default_viewer.controls
    controls.cursor = readout(image, "a", 20.7, 4.2)
    assert (plugin.x, plugin.y) == (21, 4)
    plugin.follow_cursor = False
    controls.cursor = readout(image, "a", 3, 3)
    assert (plugin.x, plugin.y) == (21, 4)
    plugin.follow_cursor = True
    plugin.close_in_tray()
    controls.cursor = readout(image, "a", 3, 3)
    assert (plugin.x, plugin.y) == (21, 4)


def test_whole_numbers_stay_whole():
    imviz = Imviz()
    imviz.load_data(np.arange(100, dtype=">u2").reshape(10, 10), data_label="counts")
    plugin = imviz.plugins["Pixel Table"]
    plugin.open_in_tray()
    plugin.x, plugin.y, plugin.size = 5, 5, "3"
    assert plugin.lines[0][1] == ("64", "65", "66")
    assert plugin.read().dtype == np.dtype("=u2")


def test_the_magnifier_is_in_every_viewer(app, plugin):
    plugin.magnifier = "8×"
    assert app.default_viewer.legends.magnification == 8
    assert app.create_image_viewer().legends.magnification == 8
    plugin.magnifier = "Off"
    assert app.default_viewer.legends.magnification == 0


def test_what_cannot_be_read_is_refused(plugin):
    with pytest.raises(InputError, match="cursor"):
        plugin.read()
    with pytest.raises(InputError, match="odd"):
        plugin.read(3, 3, size=4)
