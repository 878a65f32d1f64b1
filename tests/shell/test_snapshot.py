"""The still picture in a saved notebook: what it shows, its size, a page made of it."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.shell.snapshot import WIDEST

CELL = """
import numpy as np
from imviz import Imviz
imviz = Imviz()
imviz.load_data(np.tile(np.arange(400.0), (300, 1)), data_label="ramp")
imviz.show()
"""


def still(imviz):
    """The window's picture, or None."""
    bundle = imviz.app.window._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    found = bundle.get("image/png")
    return None if found is None else Image.open(BytesIO(b64decode(found)))


@pytest.fixture
def imviz():
    imviz = Imviz()
    imviz.load_data(np.tile(np.arange(400.0), (300, 1)), data_label="ramp")
    imviz.default_viewer.cuts = (0, 399)
    return imviz


def test_without_an_image_there_is_nothing_to_show():
    assert still(Imviz()) is None


def test_the_picture_is_the_image_at_a_byte_a_pixel(imviz):
    picture = still(imviz)
    assert picture.mode == "P"
    shown = np.asarray(picture.convert("RGB"))[picture.height // 2, :, 0].astype(int)
    expected = (np.arange(picture.width) + 0.5) / picture.width * 400 - 0.5
    assert np.abs(shown - expected / 399 * 255).max() <= 2


def test_regions_are_in_it_and_viewers_lie_side_by_side(imviz):
    imviz.load_regions(CirclePixelRegion(PixCoord(200, 150), 60))
    picture = np.asarray(still(imviz).convert("RGB")).astype(int)
    coloured = np.ptp(picture, axis=2) > 40
    rows, columns = np.nonzero(coloured)
    height, width = coloured.shape
    assert np.ptp(columns) == pytest.approx(120 / 400 * width, abs=4)
    assert (rows.min() + rows.max()) / 2 == pytest.approx(height / 2, abs=2)
    second = imviz.create_image_viewer()
    imviz.app.add_data_to_viewer(second.name, "ramp")
    both = still(imviz)
    assert both.width <= WIDEST
    assert both.width / both.height == pytest.approx(2 * width / height, rel=0.01)


def test_of_one_image_it_takes_less_than_a_byte_a_pixel(imviz):
    noise = np.random.default_rng(1).normal(0, 1, (600, 800))
    imviz.load_data(noise, data_label="noise")
    assert len(b64decode(imviz.app.window._repr_mimebundle_()["image/png"])) < 600 * 800


def test_a_page_made_of_the_saved_notebook_shows_it():
    nbconvert = pytest.importorskip("nbconvert")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=False).execute()
    page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    assert "data:image/png;base64," in page
