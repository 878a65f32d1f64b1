from __future__ import annotations

import astropy.units as u
import ipywidgets
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.visualization import LogStretch

from imviz.errors import InputError
from imviz.view import TOOLS
from imviz.view.limits import Limits
from imviz.viewer import ImageViewer

VIEW = {"x": [0.0, 80.0], "y": [10.0, 70.0], "width": 800, "height": 600, "ratio": 1, "fitted": False}


def labels(viewer):
    return [layer.label for layer in viewer.controls.layers if layer.visible]


def test_a_viewer_is_few_widgets_and_closing_leaves_none(session):
    alive = ipywidgets.widgets.widget._instances
    ImageViewer(session, "first").close()  # what a kernel has once: the theme of ipyvuetify
    before = set(alive)
    viewer = ImageViewer(session, "imviz-1")
    viewer.add_image("a")
    assert len(set(alive) - before) <= 26  # each browser part and its layout
    viewer.close()
    left = [alive[key] for key in set(alive) - before]
    assert [widget for widget in left if not isinstance(widget, ipywidgets.Layout)] == []


def test_the_first_view_is_the_whole_image_centred(viewer):
    assert viewer.limits == Limits(-0.5, 299.5, -13.0, 212.0)
    assert viewer.zoom_level == pytest.approx(800 / 300)


def test_a_layer_starts_opaque_with_the_same_cuts_every_time(session, viewer):
    other = ImageViewer(session, "imviz-1")
    other.add_image("a")
    (layer,) = viewer.controls.layers
    assert layer.opacity == 1
    assert layer.cuts == other.controls.layers[0].cuts
    expected = np.percentile(session.image("a").data, [2.5, 97.5])
    assert layer.cuts == pytest.approx(expected, rel=1e-3)
    other.close()


def test_images_go_on_top_and_blinking_shows_one_after_the_other(viewer):
    viewer.add_image("b")
    assert labels(viewer) == ["a", "b"]
    viewer.blink_once()
    assert labels(viewer) == ["a"]
    viewer.blink_once()
    assert labels(viewer) == ["b"]
    viewer.blink_once(reversed=True)
    assert labels(viewer) == ["a"]


def test_removing_an_image_here_leaves_it_in_the_session(session, viewer):
    viewer.add_image("b")
    viewer.remove_image("a")
    assert labels(viewer) == ["b"]
    assert "a" in session.images
    session.remove_image("b")
    assert labels(viewer) == []


def test_a_renamed_image_is_renamed_in_the_controls(session, viewer):
    session.rename_image("a", "new")
    assert labels(viewer) == ["new"]
    assert viewer.controls.reference == "new"


@pytest.mark.parametrize("zoom", [2, 0.25, np.float32(2), np.int16(3)])
def test_any_number_sets_the_zoom_and_the_centre_stays(viewer, zoom):
    viewer.center_on((99.5, 99.5))
    for _ in range(4):
        viewer.zoom_level = zoom
    assert viewer.limits.centre == pytest.approx((99.5, 99.5), abs=1e-9)
    assert viewer.zoom_level == pytest.approx(float(zoom))


@pytest.mark.parametrize("zoom", [0, -1, np.nan, "big", None, True, [2]])
def test_what_is_no_zoom_is_refused(viewer, zoom):
    before = viewer.limits
    with pytest.raises(InputError):
        viewer.zoom_level = zoom
    assert viewer.limits == before


def test_fit_shows_everything_again(viewer):
    whole = viewer.limits
    viewer.zoom(7)
    viewer.zoom_level = "fit"
    assert viewer.limits == whole


def test_a_sky_position_is_centred_through_the_top_image(session, viewer):
    viewer.center_on(SkyCoord(10, 20, unit="deg"))
    assert viewer.limits.centre == pytest.approx((150, 100), abs=1e-6)


def test_aligned_by_wcs_a_pixel_of_the_top_image_is_centred_where_it_is_on_the_sky(session, viewer):
    viewer.add_image("b")
    session.align("wcs")
    viewer.center_on((140, 90))
    assert viewer.limits.centre == pytest.approx((150, 100), abs=1e-6)


def test_offsets_are_pixels_or_angles_but_not_both(viewer):
    viewer.center_on((150, 100))
    viewer.offset_by(3, -4 * u.pix)
    assert viewer.limits.centre == pytest.approx((153, 96))
    viewer.center_on((150, 100))
    viewer.offset_by(0 * u.arcsec, 5 * u.arcsec)
    assert viewer.limits.centre == pytest.approx((150, 110), abs=1e-4)
    with pytest.raises(InputError):
        viewer.offset_by(1, 1 * u.arcsec)
    with pytest.raises(InputError, match="declination"):
        viewer.offset_by(0 * u.deg, 100 * u.deg)
    with pytest.raises(InputError, match="finite"):
        viewer.offset_by(float("nan"), 1)


def test_an_empty_viewer_says_that_it_shows_nothing(session):
    viewer = ImageViewer(session, "imviz-9")
    for act in (viewer.blink_once, viewer.home):
        act()
    for act in (lambda: viewer.zoom_level, lambda: viewer.cuts, lambda: viewer.center_on((1, 2))):
        with pytest.raises(InputError, match="shows no image"):
            act()
    viewer.close()


def test_cuts_stretch_and_colormap_of_the_top_image(viewer):
    viewer.cuts = (np.float32(1), 10)
    viewer.stretch = LogStretch
    viewer.set_colormap("Viridis")
    (layer,) = viewer.controls.layers
    assert (layer.cuts, layer.stretch, layer.colormap) == ((1.0, 10.0), "log", "Viridis")
    viewer.set_colormap("cividis")
    assert viewer.controls.layers[0].colormap == "cividis"
    viewer.cuts = "minmax"
    assert viewer.cuts == (0.0, 59999.0)


@pytest.mark.parametrize(
    "option",
    [
        {"cuts": (2, 1)},
        {"cuts": (1,)},
        {"cuts": "101%"},
        {"stretch_parameters": {"a": 1}},
        {"stretch": "log", "stretch_parameters": {"b": 1}},
        {"knots": [(0, 0), (0, 1)]},
        {"contrast": 5},
        {"nan_color": "mud"},
        {"color": 7},
        {"interpolation": "cubic"},
        {"cuts": (0, np.nan)},
        {"stretch": "splines"},
        {"colormap": "mud"},
        {"opacity": 2},
        {"sparkle": 1},
    ],
)
def test_a_wrong_option_is_refused_and_changes_nothing(viewer, option):
    before = viewer.controls.layers
    with pytest.raises(InputError):
        viewer.set_layer("a", visible=False, **option)
    assert viewer.controls.layers == before


def test_every_option_offered_can_be_set(viewer):
    for name in viewer.autocut_options:
        viewer.cuts = name
    for name in viewer.stretch_options:
        viewer.stretch = name
    for name in viewer.colormap_options:
        viewer.set_colormap(name)


def test_the_browsers_view_becomes_the_viewers(viewer, browser):
    browser(type="view", **VIEW)
    assert viewer.limits == Limits(0, 80, 10, 70)
    assert (viewer.scale_x.min, viewer.scale_y.max) == (0, 70)
    assert viewer.frame.shape == (600, 800)
    assert viewer.zoom_level == 10
    assert not viewer.mouse.fitted


def test_each_cursor_position_is_answered_and_a_view_is_not(viewer, browser, monkeypatch):
    answers = []
    monkeypatch.setattr(viewer.mouse, "send", lambda content, buffers=None: answers.append(content))
    browser(type="cursor", n=7, x=1.0, y=1.0)
    browser(type="view", **VIEW)
    assert answers == [{"type": "ack", "of": "cursor", "n": 7}]


def test_a_window_without_size_is_no_trouble(viewer, browser):
    before = viewer.limits
    browser(type="view", **{**VIEW, "width": 0, "height": 0})
    assert viewer.limits == before


def test_the_cursor_reads_the_top_visible_image_in_its_own_pixels(session, viewer, browser):
    viewer.add_image("b")
    session.align("wcs")
    browser(type="cursor", n=1, x=150.0, y=100.0)
    cursor = viewer.controls.cursor
    assert (cursor.image, cursor.x, cursor.y) == ("b", pytest.approx(140), pytest.approx(90))
    assert cursor.value == session.image("b").data[90, 140]
    browser(type="cursor", n=2, x=None, y=None)
    assert viewer.controls.cursor is None


def test_the_tool_goes_to_the_browser_and_escape_comes_back(viewer, browser):
    viewer.controls.tool = "circle"
    assert viewer.mouse.tool == "circle"
    browser(type="tool", tool="pan")
    assert viewer.controls.tool == "pan"
    with pytest.raises(InputError):
        viewer.controls.tool = "hammer"


def test_tools_have_an_icon_and_a_word_each():
    assert TOOLS[0].id == "pan"
    assert all(tool.icon.startswith("mdi-") and tool.label and tool.hint for tool in TOOLS)


def test_scales_moved_by_somebody_else_are_followed(viewer):
    with viewer.scale_x.hold_trait_notifications():
        viewer.scale_x.min, viewer.scale_x.max = 10.0, 20.0
    assert (viewer.limits.x_min, viewer.limits.x_max) == (10, 20)


def test_a_key_the_viewer_has_no_use_for_is_told_with_the_image_s_own_pixel(viewer, browser):
    browser(type="key", key="m", x=12.0, y=7.5)
    pressed = viewer.controls.key
    assert (pressed.key, pressed.viewer, pressed.image, pressed.x, pressed.y) == (
        "m",
        "imviz-0",
        "a",
        12,
        7.5,
    )
