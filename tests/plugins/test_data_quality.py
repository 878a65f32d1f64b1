"""Data quality: flags of the demo's file by name, over the picture, under the cursor."""

import io

import numpy as np
import pytest
from astropy.nddata import NDData
from PIL import Image

from imviz import Imviz
from imviz.demo import write_demo
from imviz.errors import InputError
from imviz.view.readout import readout


@pytest.fixture
def app(tmp_path):
    imviz = Imviz()
    write_demo(tmp_path / "demo.fits")
    imviz.load_data(str(tmp_path / "demo.fits[SCI,1]"))
    return imviz


@pytest.fixture
def plugin(app):
    found = app.plugins["Data Quality"]
    found.open_in_tray()
    return found


def veil(app):
    """The veil's picture, the first row at the top, and where it lies."""
    widget = app.default_viewer.view.quality_overlay
    return np.asarray(Image.open(io.BytesIO(widget.png))), widget.place


def test_the_flags_have_the_missions_names(plugin):
    assert plugin.mission == "JWST"
    assert {"DO_NOT_USE", "SATURATED", "DEAD", "HOT"} <= {name for name, *_ in plugin.decoded_flags}


def test_what_is_flagged_is_coloured_where_it_is(app, plugin):
    label = str(plugin.science_layer)
    flags = np.asarray(app.app.session.image(label).meta["imviz_quality"].values[...])
    plugin.flags_filter = ["HOT"]
    plugin.set_color("HOT", "lime")
    rows, columns = np.nonzero(flags & 2048)
    app.default_viewer.set_limits(columns[0] - 20, columns[0] + 20, rows[0] - 15, rows[0] + 15)
    picture, (x0, x1, y0, y1) = veil(app)
    height, width = picture.shape[:2]
    x = np.floor(x0 + (np.arange(width) + 0.5) * (x1 - x0) / width + 0.5).astype(int)
    y = np.floor(y1 - (np.arange(height) + 0.5) * (y1 - y0) / height + 0.5).astype(int)
    inside = np.ix_((y >= 0) & (y < 900), (x >= 0) & (x < 1000))
    expected = (flags[np.ix_(y.clip(0, 899), x.clip(0, 999))] & 2048) != 0
    assert np.array_equal(picture[..., 3][inside] > 0, expected[inside])
    assert expected[inside].any()
    assert picture[..., 1].max() == 255


def test_the_veil_comes_and_goes(app, plugin):
    assert app.default_viewer.view.quality_overlay.png
    plugin.overlay = False
    assert not app.default_viewer.view.quality_overlay.png
    plugin.overlay = True
    plugin.show_none()
    assert not app.default_viewer.view.quality_overlay.png
    plugin.show_all()
    plugin.dq_layer_opacity = 0.4
    assert app.default_viewer.view.quality_overlay.alpha == 0.4
    plugin.close_in_tray()
    assert not app.default_viewer.view.quality_overlay.png


def test_the_pixel_under_the_cursor_is_decoded(app, plugin):
    label = str(plugin.science_layer)
    image = app.app.session.image(label)
    flags = np.asarray(image.meta["imviz_quality"].values[...])
    row, column = next(zip(*np.nonzero(flags & 2), strict=True))
    app.default_viewer.controls.cursor = readout(image, label, float(column), float(row))
    assert "SATURATED" in plugin.under_cursor
    row, column = next(zip(*np.nonzero(flags == 0), strict=True))
    app.default_viewer.controls.cursor = readout(image, label, float(column), float(row))
    assert plugin.under_cursor.endswith("0 no flag")
    with pytest.raises(InputError, match="no quality pixel"):
        plugin.decode(-5, 3)


def test_other_names_and_a_plain_mask(app, plugin):
    plugin.flag_map_definitions = "HST/ACS"
    assert "CHARGE_TRAP" in plugin.flags_filter
    plugin.flag_map_definitions = "The image's own"
    assert "DO_NOT_USE" in plugin.flags_filter
    plain = Imviz()
    plain.load_data(NDData(np.ones((9, 9)), mask=np.eye(9, dtype=bool)), data_label="m")
    other = plain.plugins["Data Quality"]
    assert other.flags_filter == ("MASKED",)
    assert other.decode(3, 3) == (1, ("MASKED",))
    with pytest.raises(InputError, match="no flag"):
        other.set_color("HOT", "red")


def test_without_an_image_there_is_nothing(app):
    empty = Imviz().plugins["Data Quality"]
    empty.open_in_tray()
    assert empty.science_layer.choices == ()
