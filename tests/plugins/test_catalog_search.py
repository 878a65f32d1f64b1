"""Catalog Search: sources in, one selection in table and view, and the view that follows."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData
from astropy.table import QTable, Table
from astropy.wcs import WCS

from imviz import Imviz
from imviz.errors import InputError, ReadError
from imviz.plugins import catalog_search

LAYER = "catalog catalog_results"


@pytest.fixture
def imviz():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = [10, 20], [51, 41], [-1 / 3600, 1 / 3600]
    imviz = Imviz()
    imviz.load_data(NDData(np.zeros((80, 100)), wcs=wcs), data_label="a")
    imviz.load_data(NDData(np.zeros((80, 100))), data_label="plain", show_in_viewer=False)
    return imviz


@pytest.fixture
def plugin(imviz):
    return imviz.plugins["Catalog Search"]


@pytest.fixture
def table(imviz):
    x, y = np.arange(30.0) + 5, np.arange(30.0) + 10
    sky = imviz.get_data("a").wcs.pixel_to_world(x, y)
    return QTable({"id": np.arange(30), "ra": sky.ra, "dec": sky.dec, "x": x, "y": y})


def selected(imviz, viewer="imviz-0"):
    return imviz.viewers[viewer].vectors._selected.get(LAYER, np.array([])).tolist()


def test_a_table_is_shown_where_its_sky_is_in_every_viewer(imviz, plugin, table):
    imviz.create_image_viewer().add_image("a")
    plugin.import_catalog(table)
    for viewer in imviz.viewers.values():
        found = viewer.vectors.positions(LAYER)
        np.testing.assert_allclose(found, [table["x"], table["y"]], atol=1e-6)
    assert (plugin.n_sources, plugin.n_selected) == (30, 0)
    assert (imviz.get_catalog_source_results() == table).all()


def test_a_file_is_loaded_by_name_and_by_the_button(imviz, plugin, table, tmp_path):
    table.write(tmp_path / "a.ecsv")
    plugin.import_catalog(tmp_path / "a.ecsv")
    assert plugin.catalog == "From File..."
    assert plugin.n_sources == 30
    plugin.clear_table()
    assert imviz.get_catalog_source_results() is None
    assert imviz.default_viewer.vectors.names == ()
    assert len(plugin.search()) == 30


def test_other_columns_are_taken_when_chosen(imviz, plugin, table):
    table["x"] = table["x"] + 3
    plugin.import_catalog(table)
    assert {"x", "y", "ra"} <= set(plugin.x_column.choices)
    plugin.x_column = "x"
    assert "the other" in plugin.message
    plugin.y_column = "y"
    np.testing.assert_allclose(imviz.default_viewer.vectors.positions(LAYER), [table["x"], table["y"]])


def test_rows_selected_stand_out_in_every_viewer_and_points_picked_are_rows(imviz, plugin, table):
    other = imviz.create_image_viewer()
    other.add_image("a")
    plugin.import_catalog(table)
    plugin.select_rows([3, -1])
    assert selected(imviz) == selected(imviz, "imviz-1") == [3, 29]
    assert plugin.table_selected["id"].tolist() == [3, 29]
    other.widgets[3]._handle_custom_msg({"type": "pick", "layer": LAYER, "index": 20, "more": True}, [])
    assert plugin.selected_rows == {3, 20, 29}
    assert plugin.table.focus == 20
    imviz.default_viewer.widgets[3]._handle_custom_msg({"type": "pick", "layer": LAYER, "index": 7}, [])
    assert plugin.selected_rows == {7}
    plugin.table.choose(8, more=True)
    plugin.table.choose(7, more=True)
    assert plugin.selected_rows == {8}
    plugin.select_all()
    assert plugin.n_selected == 30
    plugin.select_none()
    assert selected(imviz) == []
    plugin.select_rows(slice(0, 4, 2))
    assert plugin.selected_rows == {0, 2}
    with pytest.raises(InputError, match="no row 30"):
        plugin.select_rows(30)


def test_zoom_shows_the_selected_with_room_around(imviz, plugin, table):
    plugin.import_catalog(table)
    plugin.select_rows([0, 10])
    box = plugin.zoom_to_selected(padding=0.05, return_bounding_box=True)
    assert box == pytest.approx((5 - 5, 15 + 5, 10 - 5, 20 + 5))
    limits = imviz.default_viewer.limits
    assert limits.centre == pytest.approx((10, 15))
    assert limits.width >= 20 or limits.height >= 20
    plugin.select_none()
    with pytest.raises(InputError, match="No source is selected"):
        plugin.zoom_to_selected()


def test_a_service_is_asked_for_the_circle_around_the_view(imviz, plugin, table, monkeypatch):
    asked = []

    def fake(*question):
        asked.append(question)
        return table[:5], "Only five."

    monkeypatch.setattr(catalog_search, "cone_search", fake)
    plugin.catalog, plugin.max_sources = "Gaia", 5
    assert len(plugin.search(error_on_fail=True)) == 5
    service, center, radius, most, _ = asked[0]
    limits = imviz.default_viewer.limits
    wcs = imviz.get_data("a").wcs
    corner = wcs.pixel_to_world(limits.x_min, limits.y_max)
    assert (service, most) == ("Gaia", 5)
    assert center.separation(wcs.pixel_to_world(*limits.centre)) < 1e-6 * u.arcsec
    assert center.separation(corner).arcsec == pytest.approx(radius.to_value("arcsec"), rel=1e-6)
    assert plugin.message == "Only five."


def test_no_answer_no_source_and_no_sky_are_sentences(imviz, plugin, monkeypatch):
    def fails(*_):
        raise ReadError("Gaia could not be asked: no route. Try again later, or load a file.")

    monkeypatch.setattr(catalog_search, "cone_search", fails)
    plugin.catalog = "Gaia"
    assert plugin.search() is None
    assert (plugin.message_kind, "no route" in plugin.message) == ("error", True)
    with pytest.raises(ReadError):
        plugin.search(error_on_fail=True)
    monkeypatch.setattr(catalog_search, "cone_search", lambda *_: (QTable(), ""))
    assert plugin.search(error_on_fail=True) is None
    assert "knows no source" in plugin.message
    imviz.default_viewer.remove_image("a")
    imviz.default_viewer.add_image("plain")
    with pytest.raises(InputError, match="celestial WCS"):
        plugin.search(error_on_fail=True)


def test_what_has_no_positions_is_refused_and_the_columns_named(plugin):
    with pytest.raises(InputError, match="flux"):
        plugin.import_catalog(Table({"flux": [1], "col": [3], "row": [4]}))
    assert plugin.n_sources == 0
    plugin.x_column, plugin.y_column = "col", "row"  # but may be told
    assert plugin.n_sources == 1


def test_a_hundred_thousand_rows_reach_the_browser_a_page_at_a_time(imviz, plugin):
    n = 100_000
    plugin.import_catalog(Table({"x": np.arange(n) % 100, "y": np.arange(n) // 1000}))
    pages = plugin.table
    assert pages.n_rows == n
    assert len(pages.rows(50_000, 50_008)) == 8
    drawn = imviz.default_viewer.vectors[LAYER]
    assert len(drawn) == n
    assert drawn.pickable


def test_the_catalog_goes_with_its_layer_when_the_document_forgets_it(imviz, plugin, table):
    plugin.import_catalog(table)
    imviz.app.session.catalogs.clear(None)
    assert (plugin.n_sources, plugin.sources, plugin.table) == (0, None, None)


def test_positions_of_sky_follow_an_image_of_another_scale(imviz, plugin, table):
    plugin.import_catalog(table)
    imviz.link_data(align_by="wcs")
    sky = SkyCoord(table["ra"], table["dec"])
    expected = imviz.get_data("a").wcs.world_to_pixel(sky)
    np.testing.assert_allclose(imviz.default_viewer.vectors.positions(LAYER), expected, atol=1e-9)
