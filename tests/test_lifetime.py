"""What nobody holds any more is freed, arrays, widgets and all; what a cell shows is held."""

import gc
import weakref
from types import SimpleNamespace

import comm
import numpy as np
import pytest
from IPython.core.events import EventManager, available_events
from IPython.core.interactiveshell import ExecutionInfo
from ipywidgets import HBox
from ipywidgets.widgets import widget as registry
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.errors import InputError
from imviz.viewer.page import lifetime


def used():
    """An Imviz whose every part has been made and used, and what must not outlive it."""
    imviz = Imviz()
    imviz.load_data(np.arange(10_000.0).reshape(100, 100), data_label="a")
    imviz.load_regions([CirclePixelRegion(PixCoord(50, 50), 5), CirclePixelRegion(PixCoord(20, 20), 5)])
    imviz.create_image_viewer().add_image("a")
    for plugin in imviz.plugins.values():
        plugin.active = True
    imviz.plugins["Aperture Photometry"].calculate_photometry()
    imviz.plugins["Plot Options"].stretch_function = "Logarithmic"
    imviz.app.delete_subsets("Subset 2")
    imviz.undo()
    imviz.app.window.vue_open(None)
    session, viewer = imviz.app.session, imviz.default_viewer
    parts = [session.image("a"), session, imviz.app, imviz.app.window, viewer, *imviz.plugins.values()]
    parts += [viewer.figure, viewer.mouse, imviz.app.window._panels["Metadata"], session.data("a")]
    return imviz, [weakref.ref(part) for part in parts]


def left(parts):
    for _ in range(lifetime.PASSES):
        gc.collect()
    return [part() for part in parts if part() is not None]


@pytest.fixture(autouse=True)
def warm():
    """What a kernel has once, however many sessions: templates, the theme."""
    used()[0].close()
    gc.collect()


@pytest.fixture
def cell(monkeypatch):
    """A Jupyter kernel's shell; call it to begin a cell."""
    parent = {"metadata": {}}
    kernel = SimpleNamespace(get_parent=lambda: parent)
    shell = SimpleNamespace(kernel=kernel)
    shell.events = EventManager(shell, available_events)
    monkeypatch.setattr(lifetime, "get_ipython", lambda: shell)
    monkeypatch.setattr(lifetime, "_by_cell", {})

    def begin(name):
        parent["metadata"] = {} if name is None else {"cellId": name}
        shell.events.trigger("pre_run_cell", ExecutionInfo("…", True, False, True, name))

    return begin


def test_a_dropped_imviz_is_freed_with_its_arrays_and_widgets():
    widgets, comms = set(registry._instances), set(comm.get_comm_manager().comms)
    imviz, parts = used()
    assert len(set(registry._instances) - widgets) > 40
    del imviz
    assert left(parts) == []
    assert set(registry._instances) == widgets
    assert set(comm.get_comm_manager().comms) == comms


def test_a_piece_in_a_users_hands_keeps_the_whole():
    imviz, parts = used()
    viewer = imviz.default_viewer
    del imviz
    gc.collect()
    viewer.zoom(2)
    assert viewer.data_labels_loaded == ["a"]
    assert len(left(parts)) == len(parts)
    del viewer
    assert left(parts) == []


def test_widgets_heard_from_the_browser_while_they_live():
    imviz, _ = used()
    window = imviz.app.window
    heard = comm.get_comm_manager().comms[window.model_id]
    told = {"method": "update", "state": {"tray_open": False}}
    heard.handle_msg({"content": {"data": told}, "buffers": []})
    assert window.tray_open is False
    assert registry._json_to_widget(f"IPY_MODEL_{window.model_id}", None).height == window.height


def test_a_widget_of_the_users_that_holds_the_window_keeps_it():
    imviz, parts = used()
    box = HBox([imviz.app.window])
    del imviz
    assert len(left(parts)) == len(parts)
    box.close()
    del box
    assert left(parts) == []


def test_a_window_in_a_cell_is_kept_until_that_cell_is_run_again(cell):
    cell("one")
    imviz, parts = used()
    imviz.app.window._repr_mimebundle_()
    del imviz
    cell("two")
    assert len(left(parts)) == len(parts)
    cell("one")
    assert left(parts) == []


def test_a_viewer_in_a_cell_is_kept_likewise(cell):
    cell("one")
    imviz, parts = used()
    imviz.default_viewer.show()
    del imviz
    assert len(left(parts)) == len(parts)
    cell("one")
    assert left(parts) == []


def test_where_cells_have_no_names_a_window_is_kept_until_it_is_closed(cell):
    cell(None)
    imviz, parts = used()
    imviz.app.window._repr_mimebundle_()
    cell(None)
    window = weakref.ref(imviz.app.window)
    del imviz
    assert len(left(parts)) == len(parts)
    window().close()
    assert left(parts) == []


def test_close_closes_every_widget_and_frees_what_is_in_it(cell):
    cell("one")
    widgets = set(registry._instances)
    imviz, parts = used()
    imviz.app.window._repr_mimebundle_()
    imviz.close()
    assert left(parts) == []
    assert set(registry._instances) == widgets
    assert repr(imviz) == "<Imviz: closed>"
    uses = imviz.show, imviz.undo, imviz.save_session, lambda: imviz.load_session("x"), lambda: imviz.plugins
    for use in (*uses, lambda: imviz.load_data(np.ones((5, 5)))):
        with pytest.raises(InputError, match="has been closed; make a new one"):
            use()
    imviz.close()  # once more is no error


CELL = """
imviz = Imviz()
parts.append(ref(imviz.app.session.data_collection))
imviz.load_data(np.ones((100, 100)))
parts.append(ref(imviz.app.session.image(imviz.data_labels[0])))
imviz.app.window._repr_mimebundle_()
"""


def test_a_cell_with_large_images_that_is_run_again_frees_them_at_once(cell, monkeypatch):
    monkeypatch.setattr(lifetime, "LARGE", 50_000)
    parts = []
    notebook = {"Imviz": Imviz, "np": np, "ref": weakref.ref, "parts": parts}
    gc.disable()
    try:
        for _ in range(3):
            cell("one")
            exec(CELL, notebook)
            assert [part() is not None for part in parts] == [False] * (len(parts) - 2) + [True] * 2
    finally:
        gc.enable()
