"""How an image looks, by the mouse: contrast and bias over the picture, Plot Options with its histogram."""

from __future__ import annotations

import re

import numpy as np
import pytest
from browser.driving import until

FRESH = """
_options, _viewer = imviz.plugins['Plot Options'], imviz.default_viewer
for _panel in imviz.plugins.values():
    _panel.active = _panel is _options
_options.select_all()
_options.reset_look()
_viewer.set_visible('demo[SCI,1]', True)
_viewer.set_visible('demo-2[SCI,1]', False)
_options.layer = 'demo[SCI,1]'
_viewer.controls.tool = 'pan'
_viewer.zoom_level = 'fit'
imviz.app.window.tell('')
"""


@pytest.fixture(scope="module")
def opened(standalone):
    return standalone("demo")


@pytest.fixture
def session(opened):
    opened.kernel.run(FRESH)
    opened.page.get_by_role("group", name="Histogram of the values, with the cuts").wait_for()
    opened.settle()
    return opened


def look(session, name, label="demo[SCI,1]"):
    found = f"next(one for one in imviz.default_viewer.controls.layers if one.label == {label!r}).{name}"
    return session.kernel.get(found)


def wait(session, name, expected, **tolerance):
    def same():
        return look(session, name) == pytest.approx(expected, **tolerance)

    until(same, 15, what=f"{name} is {expected}, not {look(session, name)}")


def inside(figure, part_x, part_y):
    """A point of the picture, as parts of its width and (from above) height."""
    return figure.box["x"] + part_x * figure.box["width"], figure.box["y"] + part_y * figure.box["height"]


def centre_of(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pick(session, label, option):
    """Pick an option of the panel's drop-down with this very label."""
    page = session.page
    named = page.locator("label", has_text=re.compile(f"^{re.escape(label)}$"))
    page.locator(".v-select", has=named).first.click()
    offered = page.locator(".menuable__content__active .v-list-item")
    offered.filter(has_text=re.compile(rf"^\s*{re.escape(option)}\s*$")).first.click()
    page.wait_for_timeout(150)


# ---- contrast and bias over the picture


def test_dragging_sets_contrast_and_bias_of_the_top_image_and_nothing_else(session):
    figure = session.figure()
    before, picture = figure.limits(), figure.pixels()
    session.tool("Contrast/bias")
    figure.drag(inside(figure, 0.5, 0.5), inside(figure, 0.25, 0.3))
    wait(session, "bias", 0.25, abs=0.004)
    wait(session, "contrast", 2.8, abs=0.02)
    assert look(session, "contrast", "demo-2[SCI,1]") == 1
    assert figure.limits() == before
    until(lambda: np.abs(figure.pixels().astype(int) - picture).mean() > 5, what="the picture is brighter")


def test_a_double_click_or_r_puts_them_back_and_the_view_stays(session):
    figure = session.figure()
    session.tool("Contrast/bias")
    session.kernel.run("imviz.default_viewer.zoom(3)")
    session.settle()
    before = figure.limits()
    for reset in (lambda at: session.page.mouse.dblclick(*at), lambda _: session.page.keyboard.press("r")):
        figure.drag(inside(figure, 0.5, 0.5), inside(figure, 0.7, 0.1))
        wait(session, "contrast", 3.6, abs=0.02)
        reset(inside(figure, 0.6, 0.6))
        wait(session, "contrast", 1)
        wait(session, "bias", 0.5)
    assert figure.limits() == before


def test_a_busy_kernel_hears_only_the_newest_of_a_long_drag(session):
    figure, kernel = session.figure(), session.kernel
    session.tool("Contrast/bias")
    kernel.run(
        "heard = []\n"
        "_change = imviz.default_viewer.widgets[5].change\n"
        "imviz.default_viewer.widgets[5].change = lambda **values: (heard.append(values), _change(**values))"
    )
    kernel.client.execute("import time; time.sleep(5)", store_history=False)
    figure.drag(inside(figure, 0.2, 0.5), inside(figure, 0.8, 0.5), steps=30)
    wait(session, "bias", 0.8, abs=0.004)
    assert kernel.get("len(heard)") <= 6  # of more than 30 steps
    kernel.run("imviz.default_viewer.widgets[5].change = _change")


def test_escape_gives_the_hand_back(session):
    session.tool("Contrast/bias")
    session.page.mouse.move(*inside(session.figure(), 0.5, 0.5))
    session.page.keyboard.press("Escape")
    session.kernel.wait("imviz.default_viewer.controls.tool == 'pan'")


# ---- Plot Options


def test_a_cut_is_dragged_on_the_histogram(session):
    page = session.page
    low, high = look(session, "cuts")
    left, right = session.kernel.get("list(imviz.plugins['Plot Options'].histogram.span)")
    width = page.locator(".imviz-histogram .imviz-ground").bounding_box()["width"]
    x, y = centre_of(page.get_by_role("slider", name="Upper cut"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 20, y, steps=4)
    page.mouse.move(x - 60, y + 5, steps=8)
    page.mouse.up()
    wait(session, "cuts", [low, high - 60 / width * (right - left)], rel=0.02)
    assert look(session, "preset") == "Custom"
    page.get_by_role("slider", name="Lower cut").focus()
    page.keyboard.press("ArrowRight")
    until(lambda: look(session, "cuts")[0] > low, what="the lower cut has moved")


def test_a_knot_of_the_spline_is_dragged_added_and_removed(session):
    page = session.page
    pick(session, "Function", "Spline")
    knots = page.locator(".imviz-knot")
    until(lambda: knots.count() == 5)
    session.settle()
    page.locator(".imviz-histogram").scroll_into_view_if_needed()
    x, y = centre_of(knots.nth(3))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=6)
    page.mouse.up()
    height = page.locator(".imviz-histogram .imviz-ground").bounding_box()["height"]
    until(lambda: look(session, "knots")[3][1] == pytest.approx(0.9 - 60 / height, abs=0.03))
    assert look(session, "knots")[3][0] == pytest.approx(0.7, abs=0.03)
    session.settle()
    page.wait_for_timeout(300)  # no third click of a double click
    page.mouse.dblclick(x - 20, y + 20)
    until(lambda: len(look(session, "knots")) == 6)
    session.settle()
    page.wait_for_timeout(300)
    page.mouse.dblclick(*centre_of(knots.nth(1)))
    until(lambda: len(look(session, "knots")) == 5)


def test_what_is_chosen_in_the_panel_is_the_layers(session):
    page = session.page
    figure = session.figure()
    dark = figure.pixels()[5:15, 5:15].mean()
    pick(session, "Colormap", "Viridis")
    wait_for = {"colormap": "Viridis"}
    pick(session, "Cuts", "90%")
    wait_for["preset"] = "90%"
    page.get_by_text("Invert", exact=True).click()
    wait_for["invert"] = True
    for name, expected in wait_for.items():
        until(lambda name=name, expected=expected: look(session, name) == expected, what=name)
    pick(session, "Colormap", "Gray")
    sky = inside(figure, 0.5, 0.9)
    clip = {"x": sky[0], "y": sky[1], "width": 8, "height": 8}
    until(lambda: page.screenshot(clip=clip) and figure.pixels()[300:320, 60:80].mean() > 128 > dark)
    page.get_by_role("slider", name="Opacity").focus()
    page.keyboard.press("Home")
    until(lambda: look(session, "opacity") == 0)
    page.get_by_role("button", name="Reset look").click()
    until(lambda: (look(session, "opacity"), look(session, "invert")) == (1, False))


def test_layers_that_differ_say_mixed_and_become_alike(session):
    page = session.page
    session.kernel.run(
        "imviz.default_viewer.set_layer('demo-2[SCI,1]', stretch='log'); _options.select_all()"
    )
    page.get_by_text("Function (mixed)", exact=True).first.wait_for()
    pick(session, "Function (mixed)", "Sinh")
    until(lambda: look(session, "stretch", "demo-2[SCI,1]") == look(session, "stretch") == "sinh")
    page.get_by_text("Function", exact=True).first.wait_for()


def test_regions_are_coloured_and_contours_drawn_by_the_panel(session):
    page, kernel, figure = session.page, session.kernel, session.figure()
    kernel.run(
        "from regions import CirclePixelRegion, PixCoord\n"
        "imviz.load_regions([CirclePixelRegion(PixCoord(700, 300), 40)])\n"
        "imviz.app.session.select([])"
    )

    def share(red, green, blue):
        picture = figure.pixels().astype(int)
        return (np.abs(picture - (red, green, blue)).max(axis=-1) < 40).mean()

    page.get_by_text("Regions: all 1", exact=True).click()
    page.get_by_label("Colour of the regions").fill("#ff0000")
    kernel.wait("[record.color for record in imviz.app.session.region_list] == ['#ff0000']")
    until(lambda: share(255, 0, 0) > 1e-4, 10, what="the circle is red")
    page.get_by_role("slider", name="Opacity").last.focus()
    page.keyboard.press("Home")
    kernel.wait("[record.opacity for record in imviz.app.session.region_list] == [0]")
    until(lambda: share(255, 0, 0) == 0, 10, what="the circle is not seen")

    assert share(255, 213, 79) < 1e-4
    page.locator("summary", has_text="Contours").click()
    page.get_by_text("Draw contours", exact=True).click()
    until(lambda: share(255, 213, 79) > 1e-3, 15, what="contours are seen")
    page.get_by_text("Draw contours", exact=True).click()
    until(lambda: share(255, 213, 79) < 1e-4, 15, what="contours are gone")
    kernel.run("for label in imviz.get_interactive_regions(): imviz.app.session.remove_region(label)")


def test_one_click_makes_a_colour_picture(session):
    figure = session.figure()
    assert np.ptp(figure.pixels().astype(int), axis=-1).max() < 12
    session.page.get_by_role("button", name="Make a colour picture").click()
    until(lambda: look(session, "color_mode") == look(session, "color_mode", "demo-2[SCI,1]") == "Color")
    until(lambda: (np.ptp(figure.pixels().astype(int), axis=-1) > 40).mean() > 0.02, what="there are colours")
