"""A viewer's layers by the names of jdaviz's data menu, and the viewer on its own."""

from __future__ import annotations

import pytest
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.viewer import ImageViewer, image_viewer


@pytest.fixture
def viewer(session):
    viewer = ImageViewer(session, "imviz-0")
    for label in ("a", "b"):
        viewer.add_image(label)
    session.add_region(CirclePixelRegion(PixCoord(50, 50), 9), "a")
    yield viewer
    viewer.close()


def test_images_are_listed_added_shown_hidden_and_taken_out(viewer, session):
    menu = viewer.data_menu
    assert (menu.data_labels_loaded, menu.data_labels_unloaded, menu.layer) == (["a", "b"], ["plain"], ["b"])
    menu.add_data("plain")
    assert menu.data_labels_visible == ["a", "b", "plain"]
    menu.toggle_layer_visibility("plain")
    menu.set_layer_visibility("a", False)
    assert menu.data_labels_visible == ["b"]
    menu.layer = "a"
    menu.rename("first")
    assert (menu.data_labels_loaded, menu.layer) == (["first", "b", "plain"], ["first"])
    menu.remove_from_viewer()
    assert menu.data_labels_unloaded == ["first"]
    menu.layer = ["plain"]
    menu.remove_from_app()
    assert session.images == ("first", "b")
    with pytest.raises(InputError, match="no layer 'gone'"):
        menu.layer = "gone"


def test_regions_are_layers_too(viewer, session):
    menu = viewer.data_menu
    menu.toggle_layer_visibility("Subset 1")
    assert not session.region_list["Subset 1"].visible
    menu.layer = "Subset 1"
    menu.rename("core")
    menu.resize_subset_in_viewer("core")
    assert session.selected_region == "core"
    menu.modify_subset("andnot", "rectangle")
    assert (viewer.controls.tool, session.combine) == ("rectangle", "remove")
    menu.create_subset("circle")
    assert (viewer.controls.tool, session.combine) == ("circle", "new")
    menu.remove_from_app()
    assert session.regions == ()
    assert session.images == ("a", "b", "plain")


def test_an_orientation_is_chosen_or_refused(viewer, session):
    session.align("wcs")
    label = session.orientations.north_up("a")
    viewer.data_menu.orientation = label
    assert viewer.data_menu.orientation == viewer.controls.reference == "North-up, East-left"
    session.align("pixels")
    with pytest.raises(InputError, match="aligned by WCS"):
        viewer.data_menu.orientation = label


def test_a_viewer_alone_is_shown_inline_and_nowhere_else(viewer, monkeypatch):
    shown = []
    monkeypatch.setattr(image_viewer, "display", shown.append)
    viewer.show(height=300)
    assert shown[0].layout.height == "300px"
    assert shown[0].children == viewer.widgets
    with pytest.raises(InputError, match="shown inline"):
        viewer.show("popout")
    with pytest.raises(InputError, match="height"):
        viewer.show(height=2.5)
