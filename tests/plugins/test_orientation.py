"""The orientation panel follows the document and the chosen viewer, and changes neither by following."""

import pytest

from imviz import Imviz
from imviz.session.orientations import DEFAULT


@pytest.fixture
def imviz():
    imviz = Imviz()
    imviz.load_demo()
    imviz.create_image_viewer("second")
    return imviz


@pytest.fixture
def plugin(imviz):
    return imviz.plugins["Orientation"]


def test_following_the_document_is_no_step_of_its_own(imviz, plugin):
    session = imviz.app.session
    session.align("wcs")
    assert (plugin.align_by, plugin.by_wcs) == ("WCS", True)
    done = session.history.titles
    assert done[-1] == "Align by wcs"
    session.history.undo()
    assert (plugin.align_by, plugin.by_wcs) == ("Pixels", False)
    assert session.history.undone == done[-1:]
    session.history.redo()
    assert plugin.align_by == "WCS"
    assert session.history.titles == done


def test_each_viewer_keeps_its_orientation_while_the_panel_goes_from_one_to_the_other(imviz, plugin):
    plugin.align_by = "WCS"
    plugin.viewer = "second"
    label = plugin.set_north_up_east_left()
    assert plugin.orientation == label
    for viewer, shown in (("imviz-0", DEFAULT), ("second", label), ("imviz-0", DEFAULT)):
        plugin.viewer = viewer
        assert plugin.orientation == shown
    found = {name: imviz.viewers[name].view.controls.orientation for name in imviz.viewers}
    assert found == {"imviz-0": DEFAULT, "second": label}


def test_what_a_viewer_is_turned_to_elsewhere_is_shown(imviz, plugin):
    plugin.align_by = "WCS"
    label = plugin.add_orientation(30.0, set_on_create=False)
    assert plugin.orientation == DEFAULT
    assert label in plugin.orientation.choices
    imviz.viewers["imviz-0"].view.frame.choose(label)
    assert plugin.orientation == label
    plugin.align_by = "Pixels"
    assert (plugin.orientation, plugin.orientation.choices) == (DEFAULT, (DEFAULT,))


def test_viewers_that_go_are_offered_no_more(imviz, plugin):
    assert plugin.viewer.choices == ("imviz-0", "second")
    imviz.destroy_viewer("second")
    assert plugin.viewer.choices == ("imviz-0",)
