"""Line profiles from the plugin: rows, columns and cuts, by API and by key, over images that lie turned."""

import numpy as np
import pytest
from astropy.nddata import NDData
from astropy.wcs import WCS
from scipy.ndimage import map_coordinates

from imviz import Imviz
from imviz.errors import InputError
from imviz.view import KeyPress

NOISE = np.random.default_rng(1).normal(-50, 10, (60, 80))


def wcs(angle=0.0, crpix=(40, 30)):
    found = WCS(naxis=2)
    found.wcs.ctype, found.wcs.crval, found.wcs.crpix = ("RA---TAN", "DEC--TAN"), (10, 41), crpix
    c, s = np.cos(np.radians(angle)) * 1e-5, np.sin(np.radians(angle)) * 1e-5
    found.wcs.cd = [[-c, s], [s, c]]
    return found


@pytest.fixture
def app():
    imviz = Imviz()
    imviz.load_data(NDData(NOISE, unit="Jy", wcs=wcs()), data_label="a")
    return imviz


@pytest.fixture
def plugin(app):
    return app.plugins["Image Profiles (XY)"]


def test_the_older_name_is_the_same_plugin(app, plugin):
    assert app.plugins["Imviz Line Profiles (XY)"] is plugin


def test_row_and_column_of_a_position_and_zero_is_one(plugin):
    tables = plugin.plot(0, 0)
    assert np.array_equal(tables["row"]["pixel_value"].value, NOISE[0])
    assert np.array_equal(tables["column"]["pixel_value"].value, NOISE[:, 0])
    assert str(tables["row"]["pixel_value"].unit) == "Jy"
    assert plugin.row_plot.series[0].y.max() < 0  # all of it is drawn, below zero too
    assert plugin.row_plot.title == "Row y = 0"


def test_only_what_is_seen_unless_told(app, plugin):
    app.default_viewer.set_limits(10, 30, 5, 20)
    limits = app.default_viewer.limits
    table = plugin.plot(20, 10)["row"]
    assert table["x"].min() == np.floor(max(limits.x_min, 0) + 0.5)
    plugin.only_seen = False
    assert len(plugin.plot()["row"]) == 80


def test_a_cut_has_a_distance_on_the_sky(plugin):
    table = plugin.cut((3, 4), (63, 49), width=3)
    assert table["separation"][-1].to_value("arcsec") == pytest.approx(75 * 0.036, rel=1e-5)
    plugin.distance_unit = "Arcsec"
    assert plugin.cut_plot.x_label == "distance (arcsec)"
    assert plugin.cut_plot.series[0].x[-1] == pytest.approx(2.7, rel=1e-5)
    assert plugin.cut_plot.series[0].err is not None


def test_keys_take_the_position_and_the_ends(app, plugin):
    viewer = app.default_viewer
    viewer.controls.key = KeyPress("l", "imviz-0", "a", 7.4, 0.2)
    assert (plugin.x, plugin.y, plugin.active, plugin.has_row) == (7, 0, True, True)
    for x, y in ((10.5, 11.0), (40.0, 31.5)):
        viewer.controls.key = KeyPress("k", "imviz-0", "a", x, y)
    assert (plugin.x1, plugin.y1, plugin.x2, plugin.y2) == (10.5, 11.0, 40.0, 31.5)
    assert plugin.has_cut
    assert set(viewer.vectors.names) == {"profile position", "profile cut"}
    x, y = viewer.vectors.positions("profile cut")
    assert (x[0], y[0], x[-1], y[-1]) == (10.5, 11.0, 40.0, 31.5)
    plugin.close_in_tray()
    assert viewer.vectors.names == ()
    plugin.open_in_tray()
    plugin.clear()
    assert viewer.vectors.names == ()


def test_a_turned_image_is_read_along_the_top_images_row(app, plugin):
    turned = np.random.default_rng(2).normal(0, 1, (70, 70))
    other = NDData(turned, unit="Jy", wcs=wcs(30, (35, 35)))
    app.load_data(other, data_label="b")
    app.load_data(NDData(NOISE, unit="Jy", wcs=wcs()), data_label="c")
    app.link_data(align_by="wcs")
    plugin.all_images, plugin.only_seen = True, False
    plugin.plot(40, 30)
    by_label = {series.label: series for series in plugin.row_plot.series}
    assert set(by_label) == {"a", "b", "c"}
    x, y = other.wcs.world_to_pixel(wcs().pixel_to_world(np.arange(80.0), np.full(80, 30.0)))
    expected = map_coordinates(turned, [y, x], order=1, cval=np.nan)
    inside = np.isfinite(expected)
    assert by_label["b"].y[inside] == pytest.approx(expected[inside], abs=1e-5)
    assert inside.sum() > 30


def test_what_is_missing_is_said(app, plugin):
    with pytest.raises(InputError, match="press L"):
        plugin.plot()
    with pytest.raises(InputError, match="both ends"):
        plugin.cut()
    with pytest.raises(InputError, match="no 'cut' yet"):
        plugin.export_table()
    app.default_viewer.controls.key = KeyPress("L", "imviz-0", "a", -40, 3)  # as the panel writes it
    assert plugin.message_kind == "error"
    assert "column" in plugin.message


def test_a_cut_is_written_to_a_file(plugin, tmp_path):
    from astropy.table import QTable

    table = plugin.cut((3, 4), (20, 20))
    plugin.export_table("cut", tmp_path / "cut.ecsv")
    assert np.array_equal(QTable.read(tmp_path / "cut.ecsv")["pixel_value"], table["pixel_value"])


def test_a_cut_over_a_turned_image_is_read_between_its_ends(app, plugin):
    y, x = np.mgrid[:70, :70]
    other = NDData(2.0 * x + 3.0 * y, wcs=wcs(30, (35, 35)))
    app.load_data(other, data_label="b")
    app.load_data(NDData(NOISE, unit="Jy", wcs=wcs()), data_label="c")
    app.link_data(align_by="wcs")
    plugin.all_images = True
    plugin.cut((30, 25), (50, 35))
    series = {series.label: series for series in plugin.cut_plot.series}["b"]
    at = np.linspace(0, 1, len(series.y))
    sky = wcs().pixel_to_world(30 + 20 * at, 25 + 10 * at)
    there_x, there_y = other.wcs.world_to_pixel(sky)
    assert series.y == pytest.approx(2 * there_x + 3 * there_y, rel=1e-6)
