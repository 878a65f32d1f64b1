"""A pipeline rewrites a file that is open: said, never shown or measured wrong; the app lives on."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.errors import ReadError
from imviz.view.picture.render import render


def test_a_rewritten_file_is_said_and_the_app_lives_on(tmp_path):
    path = tmp_path / "night.fits"
    fits.writeto(path, np.ones((200, 300), "f4"))
    imviz = Imviz()
    imviz.load_data(path)
    imviz.load_regions(CirclePixelRegion(PixCoord(100, 100), 5))
    phot = imviz.plugins["Aperture Photometry"]
    before, _ = phot.calculate_photometry()

    fits.writeto(path, np.full((400, 300), 7, "f4"), overwrite=True)

    with pytest.raises(ReadError, match=r"night\.fits changed on disk"):
        phot.calculate_photometry()
    viewer = imviz.default_viewer
    viewer.view._on_cursor({"x": 100.0, "y": 100.0})
    assert viewer.controls.cursor is None
    viewer.controls.message = ""
    assert render(viewer.view).max() == 0
    assert "changed on disk" in viewer.controls.message

    imviz.load_data(path)
    row, _ = phot.calculate_photometry(dataset="night[PRIMARY,1] (2)")
    assert row["sum"][0] == pytest.approx(7 * before["sum"][0])
    assert len(imviz.get_aperture_photometry_results()) == 2
    assert render(viewer.view).max() > 0


STEPS = {
    "remove the one below": lambda imviz: imviz.app.session.remove_image("a"),
    "remove itself": lambda imviz: imviz.app.session.remove_image("b"),
    "remove all": lambda imviz: [imviz.app.session.remove_image(label) for label in "abc"],
    "remove and undo": lambda imviz: (imviz.app.session.remove_image("a"), imviz.app.session.history.undo()),
    "rename": lambda imviz: imviz.app.session.rename_image("a", "z"),
    "rename itself": lambda imviz: imviz.app.session.rename_image("b", "z"),
    "undo all": lambda imviz: imviz.app.session.history.undo(4),
    "align": lambda imviz: imviz.link_data("pixels"),
    "reorder": lambda imviz: imviz.default_viewer.move_layer("a", 2),
    "show only it": lambda imviz: imviz.default_viewer.solo("b"),
    "take another off": lambda imviz: imviz.default_viewer.remove_image("a"),
    "cuts of another": lambda imviz: imviz.default_viewer.set_layer("a", cuts=(0, 5)),
    "another viewer like this": lambda imviz: imviz.default_viewer.clone_viewer(),
    "delete a region": lambda imviz: imviz.app.session.remove_region("Subset 1"),
    "orientation": lambda imviz: imviz.app.session.orientations.north_up("a"),
    "load": lambda imviz: imviz.load_data(np.ones((9, 9)), data_label="n"),
}


@pytest.fixture
def three(tmp_path):
    """Images a, b and c of files, shown in two viewers, every panel open; the file of b is rewritten."""
    imviz = Imviz()
    for n, label in enumerate("abc"):
        wcs = WCS(naxis=2)
        wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], [10, 20], [30, 30]
        wcs.wcs.cd = np.array([[-1, 0.1 * n], [0.1 * n, 1]]) / 3600
        pixels = np.random.default_rng(n).normal(10, 1, (60, 80)).astype("f4")
        fits.writeto(tmp_path / f"{label}.fits", pixels, wcs.to_header())
        imviz.load_data(tmp_path / f"{label}.fits", data_label="first")
        imviz.app.session.rename_image(imviz.data_labels[-1], label)
    second = imviz.create_image_viewer().name
    for label in "abc":
        imviz.app.add_data_to_viewer(second, label)
    imviz.load_regions(CirclePixelRegion(PixCoord(30, 30), 5))
    imviz.link_data("wcs")
    for plugin in imviz.plugins.values():
        plugin.open_in_tray()
    imviz.default_viewer.set_layer("b", stretch="histeq")
    fits.writeto(tmp_path / "b.fits", np.ones((50, 90), "f4"), overwrite=True)
    return imviz


@pytest.mark.parametrize("step", STEPS)
def test_a_changed_file_of_one_image_stops_no_step_half_way(three, step):
    STEPS[step](three)
    session = three.app.session
    assert {data.label for data in session.data_collection} == set(session.images)
    for viewer in three.viewers.values():
        shown = [state.layer.label for state in viewer.layers_shown.states]
        assert viewer.data_labels_loaded == shown
        assert set(shown) <= set(session.images)
    three.load_data(np.ones((7, 7)), data_label="later")
    assert three.default_viewer.top_visible_data_label == "later"


def test_cuts_of_what_cannot_be_read_are_refused_and_nothing_is_changed(three):
    before = three.default_viewer.controls.layers
    with pytest.raises(ReadError, match=r"b\.fits changed on disk"):
        three.default_viewer.set_layer("b", cuts="99%", colormap="viridis")
    assert three.default_viewer.controls.layers == before


def test_who_cannot_read_it_says_so_in_the_window(three):
    three.app.window.tell("")
    three.default_viewer.solo("b")  # its histogram is asked for
    assert "b.fits changed on disk" in three.app.window.message
