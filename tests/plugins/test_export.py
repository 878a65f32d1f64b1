"""Files out: pictures with vectors over them, cut-outs, tables, plots, regions; never half a file."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import QTable
from astropy.wcs import WCS
from PIL import Image
from regions import CirclePixelRegion, PixCoord, Regions

from imviz import Imviz
from imviz.errors import InputError

CIRCLE = CirclePixelRegion(PixCoord(250.3, 640.8), 15)


@pytest.fixture(scope="module")
def shared():
    imviz = Imviz()
    imviz.load_demo()
    imviz.load_regions(CIRCLE)
    imviz.plugins["Aperture Photometry"].calculate_photometry()
    return imviz


@pytest.fixture
def app(shared, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plugin = shared.plugins["Export"]
    plugin.source, plugin.filename, plugin.overwrite, plugin.image_custom_size = "Viewer", "", False, False
    shared.default_viewer.reset_limits()
    return shared


@pytest.fixture
def plugin(app):
    return app.plugins["Export"]


def sized(plugin, width, height):
    plugin.image_custom_size, plugin.image_width, plugin.image_height = True, width, height


def test_a_picture_is_as_large_as_asked_and_is_what_the_viewer_shows(app, plugin):
    sized(plugin, 500, 320)
    plugin.with_regions = plugin.with_overlays = plugin.with_bars = False
    path = plugin.export("a.png")
    written = np.asarray(Image.open(path).convert("RGB")).astype(int)
    assert written.shape == (320, 500, 3)
    assert np.abs(written - app.default_viewer.as_image((320, 500))).max() <= 1
    plugin.with_regions = plugin.with_overlays = plugin.with_bars = True


def test_regions_are_where_they_are(app, plugin):
    sized(plugin, 600, 600)
    app.default_viewer.set_limits(200.5, 300.5, 590.5, 690.5)
    plugin.with_regions = False
    plain = np.asarray(Image.open(plugin.export("plain.png")).convert("RGB")).astype(int)
    plugin.with_regions = True
    drawn = np.asarray(Image.open(plugin.export("drawn.png")).convert("RGB")).astype(int)
    rows, columns = np.nonzero(np.abs(drawn - plain).sum(axis=2) > 60)
    limits = app.default_viewer.limits.squared((600, 600))
    x = limits.x_min + (columns + 0.5) * limits.width / 600
    y = limits.y_max - (rows + 0.5) * limits.height / 600
    assert np.hypot(x - 250.3, y - 640.8) == pytest.approx(15, abs=0.5)
    assert columns.size > 300


def test_what_lies_over_the_picture_is_vectors(app, plugin):
    overlays, markers = app.plugins["Overlays"], app.plugins["Markers"]
    overlays.grid = overlays.color_bar = overlays.scale_bar = True
    markers.open_in_tray()
    markers.add_marker(100, 100)
    try:
        text = Path(plugin.export("a.svg")).read_text(encoding="utf-8")
    finally:
        overlays.grid = overlays.color_bar = overlays.scale_bar = False
        markers.clear_table()
        markers.close_in_tray()
    assert text.count("<image") == 2  # the picture and the colour bar's strip
    assert len(re.findall(r"<path", text)) > 12
    labels = "".join(re.findall(r"<text[^>]*>([^<]*)", text))
    assert "h" in labels
    assert "″" in labels
    assert "MJy/sr" in labels
    assert plugin.viewer_format == "svg"
    assert Path(plugin.export("a.pdf")).read_bytes()[:5] == b"%PDF-"


def test_a_cutout_has_the_sky_of_the_image(app, plugin):
    plugin.source = "Image cut-out"
    plugin.part = "Subset 1"
    label = str(plugin.dataset)
    with fits.open(plugin.export("cut")) as hdus:
        assert hdus["SCI"].data.shape == (31, 31)
        sky = WCS(hdus["SCI"].header).pixel_to_world(15, 15)
        x0, y0 = -hdus["SCI"].header["LTV1"], -hdus["SCI"].header["LTV2"]
    image = app.app.session.image(label)
    assert image.wcs.pixel_to_world(15 + x0, 15 + y0).separation(sky).arcsec < 1e-8
    plugin.part = "Between limits"
    with pytest.raises(InputError, match="first and last"):
        plugin.export("limits.fits")
    plugin.x_min, plugin.x_max, plugin.y_min, plugin.y_max = 10, 19, 990, 2000
    with pytest.raises(InputError, match="Nothing of"):
        plugin.export("limits.fits")
    plugin.y_min = 880
    with fits.open(plugin.export("limits.fits")) as hdus:
        assert np.array_equal(hdus["SCI"].data, image.data[880:900, 10:20])


def test_only_what_is_seen_is_cut_out(app, plugin):
    plugin.source, plugin.part = "Image cut-out", "What is seen"
    app.default_viewer.set_limits(100, 139, 200, 229)
    shown = app.default_viewer.limits
    with fits.open(plugin.export("seen.fits")) as hdus:
        assert hdus["SCI"].header["LTV1"] == -np.floor(shown.x_min + 0.5)
        assert hdus["SCI"].data.shape[1] == np.floor(shown.x_max + 0.5) - np.floor(shown.x_min + 0.5) + 1


def test_tables_plots_and_regions(app, plugin):
    plugin.source = "Table"
    assert "Aperture Photometry: table" in plugin.plugin_table.choices
    plugin.plugin_table = "Aperture Photometry: table"
    back = QTable.read(plugin.export("phot.ecsv"))
    assert back["sum"][0] == app.get_aperture_photometry_results()["sum"][0]
    plugin.source = "Plot"
    plugin.plugin_plot = "Aperture Photometry: plot"
    assert "<svg" in Path(plugin.export("plot.svg")).read_text(encoding="utf-8")
    plugin.source = "Regions"
    (region,) = Regions.read(plugin.export("r.reg"), format="ds9")
    assert (region.center.x, region.radius) == pytest.approx((250.3, 15), abs=1e-3)


def test_a_file_that_is_there_is_replaced_only_on_purpose(plugin, tmp_path):
    path = tmp_path / "a.png"
    path.write_text("precious")
    with pytest.raises(FileExistsError, match="exists already"):
        plugin.export("a.png")
    assert plugin.export("a.png", raise_error_for_overwrite=False) is None
    assert "exists already" in plugin.message
    assert path.read_text() == "precious"
    plugin.export("a.png", overwrite=True)
    assert path.read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize("source", ["Viewer", "Image cut-out", "Regions", "Plot"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(plugin, tmp_path, monkeypatch, source):
    import os

    plugin.source, plugin.part = source, "Whole image"
    path = tmp_path / {"Image cut-out": "a.fits", "Regions": "a.reg"}.get(source, "a.png")
    path.write_text("precious")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        plugin.export(path.name, overwrite=True)
    assert path.read_text() == "precious"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_older_names(app, plugin, tmp_path):
    assert app.plugins["Export Plot"] is plugin
    plugin.save_figure("old", filetype="svg")
    assert (tmp_path / "old.svg").exists()
    assert plugin.export() == "imviz-0.svg"


def test_what_cannot_be_is_refused(plugin, tmp_path):
    sized(plugin, 0, 100)
    with pytest.raises(InputError, match="width"):
        plugin.export("a.png")
    sized(plugin, 100, 100)
    with pytest.raises(FileNotFoundError, match="does not exist"):
        plugin.export("nowhere/a.png")
    with pytest.raises(InputError, match="shows no image"):
        Imviz().plugins["Export"].export("a.png")
    assert list(tmp_path.iterdir()) == []


def test_the_history_is_written_as_a_script_and_as_a_notebook(app, plugin):
    plugin.source = "History"
    scope = {}
    exec(Path(plugin.export("done.py")).read_text("utf-8"), scope)
    mine, theirs = (one.get_aperture_photometry_results() for one in (app, scope["imviz"]))
    assert mine["sum"][0] == theirs["sum"][0]
    assert mine["pixel_hash"][0] == theirs["pixel_hash"][0]
    assert scope["imviz"].data_labels == app.data_labels
    book = nbformat.read(plugin.export("done.ipynb"), as_version=4)
    nbformat.validate(book)
    assert "measure(" in book.cells[1].source
    assert plugin.history_format == "ipynb"
