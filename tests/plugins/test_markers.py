"""Positions and distances by API and by key, their tables, and what is drawn of them."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import QTable

from imviz import Imviz
from imviz.demo import demo_field
from imviz.errors import InputError
from imviz.view import KeyPress


@pytest.fixture
def app():
    imviz = Imviz()
    first, second = demo_field()
    imviz.load_data(first.image, data_label="one")
    imviz.load_data(second.image, data_label="two")
    return imviz


@pytest.fixture
def plugin(app):
    return app.plugins["Markers"]


def press(app, key, x, y, image="two"):
    app.default_viewer.controls.key = KeyPress(key, "imviz-0", image, x, y)


def test_m_notes_what_is_under_the_cursor(app, plugin):
    press(app, "m", 250.3, 640.8)
    table = plugin.export_table()
    image = app.app.session.image("two")
    sky = image.wcs.pixel_to_world(250.3, 640.8)
    assert table.colnames[:3] == ["pixel_x", "pixel_y", "pixel:unreliable"]
    assert table["value"][0] == image.data[641, 250]
    assert table["world_ra"][0].to_value("deg") == pytest.approx(sky.ra.deg, abs=1e-10)
    assert (table["viewer"][0], table["data_label"][0]) == ("imviz-0", "two")
    assert not (table["pixel:unreliable"][0])
    assert not (table["world:unreliable"][0])
    assert not (table["value:unreliable"][0])
    assert plugin.active
    assert plugin.n_markers == 1


def test_what_cannot_be_relied_on_is_flagged(plugin, app):
    image = app.app.session.image("one")
    rows, columns = np.nonzero(np.asarray(image.mask[...]))
    assert plugin.add_marker(columns[0], rows[0], "one")["value:unreliable"]
    off = plugin.add_marker(-50, 3, "one")
    assert (off["pixel:unreliable"], off["value"], off["value:unreliable"]) == (True, None, True)
    assert np.isnan(plugin.export_table()["value"][1])


def test_d_twice_measures_as_astropy_does(app, plugin):
    press(app, "d", 100, 120)
    assert plugin.n_distances == 0
    press(app, "D", 400, 320)  # Caps Lock is on
    row = plugin.export_measurements_table()[0]
    wcs = app.app.session.image("two").wcs
    start, end = wcs.pixel_to_world(100, 120), wcs.pixel_to_world(400, 320)
    assert row["Separation (arcsec)"] == pytest.approx(start.separation(end).arcsec, rel=1e-9)
    assert row["Position Angle (deg)"] == pytest.approx(start.position_angle(end).deg % 360, rel=1e-9)
    assert row["Distance (pix)"] == pytest.approx(np.hypot(300, 200))
    assert (row["Δx"], row["Δy"]) == (300, 200)
    assert SkyCoord(row["End RA"], row["End Dec"]).separation(end).arcsec < 1e-9
    assert "pix, PA" in plugin.last_distance
    lines = app.default_viewer.vectors["distances:two"]
    assert lines.labels[0] == plugin.last_distance


def test_ends_on_two_images_are_no_distance(app, plugin):
    press(app, "d", 100, 120, "one")
    press(app, "d", 100, 120, "two")
    assert plugin.n_distances == 0
    press(app, "d", 103, 124, "two")
    assert plugin.export_measurements_table()["Distance (pix)"][0] == pytest.approx(5)


def test_a_distance_can_go_from_marker_to_marker(app, plugin):
    press(app, "m", 100, 100)
    press(app, "m", 160, 180)
    plugin.snap = True
    press(app, "d", 103, 97)
    press(app, "d", 155, 190)
    assert plugin.export_measurements_table()["Distance (pix)"][0] == pytest.approx(100)


def test_marks_are_drawn_while_the_panel_is_open(app, plugin):
    second = app.create_image_viewer("other")
    plugin.add_marker(10, 20, "one")
    assert "markers:one" not in second.vectors.names
    plugin.open_in_tray()
    assert "markers:one" in second.vectors.names
    plugin.clear_table()
    assert "markers:one" not in second.vectors.names
    assert plugin.export_table() is None


def test_tables_are_shown_and_written(plugin, tmp_path):
    for n in range(12):
        plugin.add_marker(n, n, "one")
    assert plugin.table.n_rows == 12
    assert plugin.table.rows(3, 5)[0]["pixel_x"] == "3"
    assert plugin.table.rows(3, 4)[0]["value:unreliable"] in ("yes", "no")
    plugin.export_table(tmp_path / "m.ecsv")
    assert len(QTable.read(tmp_path / "m.ecsv")) == 12
    with pytest.raises(InputError, match="exists already"):
        plugin.export_table(tmp_path / "m.ecsv")
    with pytest.raises(InputError, match="press D"):
        plugin.export_measurements_table(tmp_path / "d.ecsv")


def test_a_position_must_be_one(plugin):
    with pytest.raises(InputError, match="two finite numbers"):
        plugin.add_marker(np.nan, 3, "one")
    with pytest.raises(InputError, match="no image"):
        plugin.add_marker(1, 3, "nobody")
