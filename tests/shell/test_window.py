"""The window on a real application: what it shows, what it asks for, and how little it is made of."""

import numpy as np
import pytest
from astropy.nddata import NDData
from ipywidgets.widgets.widget import _instances
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.app import Application
from imviz.errors import InputError
from imviz.plugins.aperture_photometry import AperturePhotometry


@pytest.fixture
def app():
    return Application()


@pytest.fixture
def loaded(app):
    app.session.add_image(NDData(np.arange(400.0).reshape(20, 20)), "field")
    app.viewers["imviz-0"].add_image("field")
    return app


def ask(part, name, data=None):
    part._handle_event(part, {"event": name, "data": data}, [])


def circle(x=10, y=10):
    return CirclePixelRegion(PixCoord(x, y), 3)


def test_an_application_is_thirty_widgets_and_two_for_each_panel():
    Application()  # the first one loads templates and the page's theme
    before = len(_instances)
    app = Application()
    for plugin in app.plugins.values():
        plugin.open_in_tray()
    assert len(_instances) - before <= 30 + 2 * len(app.plugins)


def test_the_first_plugin_is_open_and_the_others_have_no_panel_yet():
    class Second(AperturePhotometry):
        name = "Second"

    app = Application(plugins=(AperturePhotometry, Second))
    first, second = app.window.panels
    assert first["active"]
    assert first["panel"].guidance.startswith("Open")
    assert not second["active"]
    assert second["panel"] is None
    ask(app.window, "toggle_panel", "Second")
    assert app.window.panels[1]["panel"] is not None


def test_a_closed_panel_is_kept_for_the_next_time(app):
    panel = app.window.panels[0]["panel"]
    ask(app.window, "toggle_panel", "Aperture Photometry")
    assert not app.window.panels[0]["active"]
    assert not app.plugins["Aperture Photometry"].active
    ask(app.window, "toggle_panel", "Aperture Photometry")
    assert app.window.panels[0]["panel"] is panel


def test_a_drawn_region_is_offered_and_selected(loaded):
    loaded.session.draw_region(circle(), "field")
    assert loaded.window.regions == ["Subset 1"]
    assert loaded.window.selected_region == "Subset 1"


def test_create_new_takes_the_selection_back_and_the_mode_with_it(loaded):
    loaded.session.draw_region(circle(), "field")
    ask(loaded.window, "set_combine", "or")
    assert loaded.session.combine == "or"
    ask(loaded.window, "select_region", "")
    assert loaded.session.selected_region is None
    assert loaded.window.combine == "new"


def test_a_region_is_removed(loaded):
    loaded.session.draw_region(circle(), "field")
    ask(loaded.window, "remove_region", "Subset 1")
    assert loaded.session.regions == ()
    assert loaded.window.selected_region == ""


def test_the_last_change_is_undone_and_done_again_and_the_buttons_say_which(loaded):
    window = loaded.window
    loaded.session.history.clear()
    assert (window.undoable, window.redoable) == ("", "")
    loaded.session.draw_region(circle(), "field")
    loaded.session.draw_region(circle(5), "field")
    assert (window.undoable, window.redoable) == ("Add Subset 2", "")
    ask(window, "undo")
    assert loaded.session.regions == ("Subset 1",)
    assert (window.undoable, window.redoable) == ("Add Subset 1", "Add Subset 2")
    ask(window, "undo")
    assert loaded.session.regions == ()
    assert (window.undoable, window.redoable) == ("", "Add Subset 1")
    ask(window, "redo")
    assert window.regions == list(loaded.session.regions) == ["Subset 1"]
    assert (window.undoable, window.redoable) == ("Add Subset 1", "Add Subset 2")


def test_viewers_come_and_go_but_the_first_stays(app):
    ask(app.window, "new_viewer")
    assert [frame.name for frame in app.window.frames] == ["imviz-0", "imviz-1"]
    first, second = app.window.frames
    assert not first.closable
    ask(second, "close")
    assert [frame.name for frame in app.window.frames] == ["imviz-0"]
    ask(first, "close")
    assert list(app.viewers) == ["imviz-0"]


def test_tools_of_a_frame_follow_the_viewer_both_ways(app):
    [frame] = app.window.frames
    ask(frame, "choose_tool", "circle")
    assert app.viewers["imviz-0"].controls.tool == "circle"
    app.viewers["imviz-0"].controls.tool = "pan"
    assert frame.tool == "pan"


def test_the_layer_menu_changes_layers(loaded):
    [frame] = loaded.window.frames
    menu = frame.menu
    assert frame.n_images == 1
    ask(menu, "set_layer", {"image": "field", "cuts": [1, 9]})
    ask(menu, "set_layer", {"image": "field", "stretch": "log"})
    ask(menu, "set_layer", {"image": "field", "opacity": 0.5})
    [layer] = menu.layers
    assert (tuple(layer["cuts"]), layer["stretch"], layer["opacity"]) == ((1, 9), "log", 0.5)
    ask(menu, "set_visible", {"image": "field", "visible": False})
    assert not menu.layers[0]["visible"]
    ask(menu, "remove", "field")
    assert menu.layers == []
    [other] = menu.others
    assert other["label"] == "field"
    ask(menu, "add", other["id"])
    assert [layer["label"] for layer in menu.layers] == ["field"]


def test_a_click_on_a_line_of_a_name_that_is_old_by_now_is_about_that_image(loaded):
    [frame] = loaded.window.frames
    menu = frame.menu
    [before] = menu.layers
    loaded.session.rename_image("field", "night")
    [after] = menu.layers
    assert (before["id"], after["label"]) == (after["id"], "night")  # its line is the same one
    ask(menu, "rename", {"image": before["id"], "name": "dawn"})
    ask(menu, "set_visible", {"image": before["id"], "visible": False})
    assert [(layer["label"], layer["visible"]) for layer in menu.layers] == [("dawn", False)]
    ask(menu, "remove", before["id"])
    [other] = menu.others
    loaded.session.rename_image("dawn", "noon")
    ask(frame, "add", other["id"])
    assert [layer["label"] for layer in menu.layers] == ["noon"]
    ask(menu, "discard", before["id"])
    assert loaded.session.images == ()


def test_cuts_that_cannot_be_are_told_in_the_window(loaded):
    [frame] = loaded.window.frames
    ask(frame.menu, "set_layer", {"image": "field", "cuts": [9, 1]})
    assert loaded.window.message_kind == "error"
    assert "low < high" in loaded.window.message
    ask(loaded.window, "dismiss")
    assert loaded.window.message == ""


def test_the_cursor_line_is_one_small_widget_of_its_own(app):
    cursor = app.window.cursor
    cursor.show(type("Readout", (), {"lines": ("x 1.0  y 2.0  3 Jy", "RA …")})())
    assert cursor.lines == ["x 1.0  y 2.0  3 Jy", "RA …"]
    cursor.show(None)
    assert cursor.lines == []


def test_the_open_dialog_is_made_on_demand_and_loads_into_the_viewer_that_asked(app, tmp_path):
    from astropy.io import fits

    path = tmp_path / "a.fits"
    fits.PrimaryHDU(np.ones((9, 9), "f4")).writeto(path)
    ask(app.window, "new_viewer")
    assert app.window.dialog is None
    ask(app.window.frames[1], "open")
    assert app.window.dialog.shown
    ask(app.window.dialog, "open", str(path))
    assert app.window.dialog.problem == ""
    assert len(app.viewers["imviz-1"].controls.layers) == 1
    assert len(app.viewers["imviz-0"].controls.layers) == 0


@pytest.mark.parametrize(("given", "css"), [(500, "500px"), ("500", "500px"), ("80vh", "80vh")])
def test_heights_are_pixels_or_css(app, given, css):
    app.window.set_height(given)
    assert app.window.height == css


def test_there_are_two_themes_and_jupyters(app):
    from ipyvuetify import theme

    for name, dark in (("dark", True), ("light", False), (None, None)):
        app.window.set_theme(name)
        assert theme.dark is dark
    with pytest.raises(InputError, match="'light', 'dark' or None"):
        app.window.set_theme("blue")


def test_an_empty_viewer_offers_the_images_of_the_session(loaded):
    ask(loaded.window, "new_viewer")
    frame = loaded.window.frames[1]
    assert [other["label"] for other in frame.others] == list(loaded.session.images)
    ask(frame, "add", frame.others[0]["id"])
    assert frame.n_images == 1
    ask(frame, "close")
    assert list(loaded.viewers) == ["imviz-0"]


def test_the_panel_opened_last_is_on_top(app):
    def order():
        return sorted(
            (item for item in app.window.panels if item["active"]), key=lambda item: -item["opened"]
        )

    first, second = (item["name"] for item in app.window.panels[:2])
    ask(app.window, "toggle_panel", second)
    assert [item["name"] for item in order()] == [second, first]
    ask(app.window, "toggle_panel", first)
    ask(app.window, "toggle_panel", first)
    assert [item["name"] for item in order()] == [first, second]


def test_a_panel_asked_for_in_a_closed_tray_is_shown(app):
    name = app.window.panels[0]["name"]
    app.window.tray_open = False
    ask(app.window, "toggle_panel", name)
    assert app.window.tray_open
    assert app.window.panels[0]["active"]


def test_hints_reach_every_panel_the_later_ones_too():
    imviz = Imviz()
    imviz.toggle_api_hints()
    imviz.plugins["Export"].open_in_tray()
    panels = [item["panel"] for item in imviz.app.window.panels if item["panel"] is not None]
    assert [panel.api_hints for panel in panels] == [True, True]
    imviz.toggle_api_hints()
    assert not any(panel.api_hints for panel in panels)
    imviz.toggle_api_hints(enabled=False)
    assert not imviz.app.window.api_hints
