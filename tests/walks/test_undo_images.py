"""Images removed and brought back by undo: the viewers show what they showed, in its order and look."""

import numpy as np
import pytest
from astropy.nddata import NDData
from astropy.table import Table

from imviz import Imviz


@pytest.fixture
def imviz():
    imviz = Imviz()
    for n, label in enumerate("abc"):
        imviz.load_data(NDData(np.arange(60.0 * 80).reshape(60, 80) + n), data_label=label)
    viewer = imviz.default_viewer
    viewer.set_layer("a", cuts=(3, 999), stretch="log", colormap="viridis", opacity=0.5)
    viewer.set_layer("b", color="#ff0000", color_mode="Color", contrast=2.0, visible=False)
    viewer.set_layer("c", knots=((0, 0), (0.3, 0.8), (1, 1)), invert=True, interpolation="smooth")
    viewer.move_layer("c", -1)
    other = imviz.create_image_viewer()
    imviz.app.add_data_to_viewer(other.name, "b")
    return imviz


def seen(imviz):
    """All that the viewers show."""
    return {
        name: (viewer.controls.layers, viewer.view.reference_image, tuple(np.round(viewer.get_limits(), 9)))
        for name, viewer in imviz.viewers.items()
    }


@pytest.mark.parametrize("label", ["a", "b", "c"])
def test_an_image_brought_back_is_shown_as_it_was(imviz, label):
    imviz.default_viewer.set_limits(10, 30, 5, 25)
    before, picture = seen(imviz), imviz.default_viewer.as_image()
    imviz.app.session.remove_image(label)
    assert label not in imviz.default_viewer.data_labels_loaded
    for _ in range(2):
        imviz.undo()
        assert seen(imviz) == before
        assert np.array_equal(imviz.default_viewer.as_image(), picture)
        imviz.redo()
        assert label not in imviz.default_viewer.data_labels_loaded


def test_all_taken_back_and_done_again_shows_the_same(imviz):
    imviz.default_viewer.add_markers(Table({"x": [3.0], "y": [4.0]}), marker_name="m")
    before, n = seen(imviz), len(imviz.history.titles)
    picture = imviz.default_viewer.as_image()
    imviz.undo(n)
    assert imviz.default_viewer.data_labels_loaded == []
    assert imviz.default_viewer.get_marker_names() == []
    imviz.redo(n)
    assert seen(imviz) == before
    assert np.array_equal(imviz.default_viewer.as_image(), picture)
    assert imviz.default_viewer.get_marker_names() == ["m"]


def test_a_viewer_whose_orientation_is_taken_back_shows_the_default():
    imviz = Imviz()
    imviz.load_demo()
    imviz.link_data(align_by="wcs")
    session = imviz.app.session
    label = session.orientations.north_up(session.images[0])
    imviz.default_viewer.set_orientation(label)
    imviz.undo()
    assert imviz.default_viewer.controls.reference == session.images[0]
    imviz.redo()
    assert imviz.default_viewer.controls.reference == label
