"""The viewer without the app, in a bare box in JupyterLab: the hand, the picture, the session."""

from __future__ import annotations

from math import hypot

import numpy as np
import pytest
from browser.driving import until

SETUP = """
import numpy as np
from types import SimpleNamespace
from astropy.nddata import NDData
from imviz.viewer.alone import alone
from imviz.session import Session
from imviz.viewer import ImageViewer
def numbers(region):
    found = {name: getattr(region, name) for name in region._params if name != "center"}
    if "angle" in found:
        found["angle"] = found["angle"].to_value("deg")
    return found | {"x": region.center.x, "y": region.center.y, "kind": type(region).__name__}
session = Session()
data = np.zeros((1000, 1200), "f4")
data[450:550, 300:500] = 1.0
session.add_image(NDData(data, unit="Jy"), "block")
session.add_image(NDData(1 - data), "negative")
viewer = ImageViewer(session, "imviz-0")
viewer.add_image("block")
viewer.set_layer("block", cuts=(0, 1))
imviz = SimpleNamespace(viewers={"imviz-0": viewer})
box = alone(viewer.widgets, 500)
box.layout.width = "820px"
"""


@pytest.fixture(scope="module")
def page(notebook):
    session = notebook(SETUP, "box")
    session.page.locator(".imviz-regions").wait_for(state="attached")
    return session


@pytest.fixture
def figure(page):
    page.kernel.run(
        "for label in session.regions: session.remove_region(label)\n"
        "session.combine = 'new'; viewer.controls.tool = 'pan'; viewer.home()\n"
        "viewer.view.regions_drawn.set_guides(())"
    )
    page.page.wait_for_timeout(200)
    return page.figure()


def tool(page, name):
    page.kernel.run(f"viewer.controls.tool = 'box-zoom'; viewer.controls.tool = {name!r}")
    page.page.locator(f'.imviz-figure[data-tool="{name}"]').first.wait_for(state="attached")
    page.page.wait_for_timeout(50)


def region(page, label=-1):
    """The parameters of the newest region."""
    page.kernel.wait("len(session.regions)")
    return page.kernel.get(f"numbers(session.region(session.regions[{label}]))")


def centre(figure):
    x0, x1, y0, y1 = figure.limits()
    return (x0 + x1) / 2, (y0 + y1) / 2


def test_the_first_view_is_the_whole_image_with_square_pixels(page, figure):
    x0, x1, y0, y1 = figure.limits()
    assert (x1 - x0) / figure.box["width"] == pytest.approx((y1 - y0) / figure.box["height"], rel=1e-9)
    assert x0 <= -0.5
    assert x1 >= 1199.5
    assert y0 <= -0.5
    assert y1 >= 999.5
    assert centre(figure) == pytest.approx((599.5, 499.5))


def test_the_picture_is_where_the_scales_say(page, figure):
    until(lambda: figure.pixels().max() > 200, what="a picture")
    page.page.wait_for_timeout(500)
    bright = figure.pixels()[:, :, 0] > 128
    bright[:, :3] = bright[:, -3:] = bright[:3] = bright[-3:] = False  # the page shows at the box's edge
    rows, columns = np.nonzero(bright)
    left, top = figure.box["x"], figure.box["y"]
    x0, y1 = figure.screen(299.5, 549.5)
    x1, y0 = figure.screen(499.5, 449.5)
    assert columns.min() == pytest.approx(x0 - left, abs=1)
    assert columns.max() == pytest.approx(x1 - left - 1, abs=1)
    assert rows.min() == pytest.approx(y1 - top, abs=1)
    assert rows.max() == pytest.approx(y0 - top - 1, abs=1)


def test_a_drag_pans_by_the_distance_of_the_hand(page, figure):
    before, scale = centre(figure), figure.pixel
    start = figure.screen(600, 500)
    figure.drag(start, (start[0] + 100, start[1] + 40))
    page.kernel.wait(f"abs(viewer.limits.centre[0] - {before[0] - 100 * scale}) < {scale}")
    assert centre(figure)[1] == pytest.approx(before[1] + 40 * scale, abs=scale)


def test_the_wheel_zooms_about_the_cursor(page, figure):
    x, y = (round(value) for value in figure.screen(400, 500))
    page.page.mouse.move(x, y)
    page.page.wait_for_timeout(300)
    fixed = page.kernel.get("[viewer.controls.cursor.x, viewer.controls.cursor.y]")
    before = figure.pixel
    page.page.mouse.wheel(0, -300)
    until(lambda: figure.pixel < before * 0.7)
    assert figure.screen(*fixed) == pytest.approx((x, y), abs=1e-6)


def test_the_cursor_reads_the_pixel_under_it_and_nothing_outside(page, figure):
    x, y = (round(value) for value in figure.screen(400, 500))
    page.page.mouse.move(x, y)
    page.kernel.wait("viewer.controls.cursor and viewer.controls.cursor.value == 1.0")
    assert page.kernel.get("viewer.controls.cursor.unit") == "Jy"
    page.page.mouse.move(figure.box["x"] + figure.box["width"] + 50, y)
    page.kernel.wait("viewer.controls.cursor is None")


def test_a_box_zoom_shows_all_of_the_box(page, figure):
    tool(page, "box-zoom")
    figure.drag(figure.screen(300, 550), figure.screen(500, 450))
    page.kernel.wait("viewer.limits.width < 400")
    x0, x1, *_ = figure.limits()
    assert centre(figure) == pytest.approx((400, 500), abs=2)
    assert x0 <= 301
    assert x1 >= 499
    page.page.mouse.dblclick(*figure.screen(400, 500))
    page.kernel.wait("viewer.limits.width > 1200")


def test_keys_move_the_view(page, figure):
    page.page.mouse.move(*figure.screen(600, 500))
    width = page.kernel.get("viewer.limits.width")
    page.page.keyboard.press("+")
    page.kernel.wait(f"abs(viewer.limits.width - {width} / 1.25) < 1e-6")
    page.page.keyboard.press("ArrowRight")
    page.kernel.wait("viewer.limits.centre[0] > 610")
    page.page.keyboard.press("f")
    page.kernel.wait("viewer.mouse.fitted")
    assert centre(figure) == pytest.approx((599.5, 499.5))


def test_b_blinks(page, figure):
    page.kernel.run("viewer.add_image('negative')")
    page.page.mouse.move(*figure.screen(600, 500))
    page.page.keyboard.press("b")
    page.kernel.wait("[layer.visible for layer in viewer.controls.layers] == [True, False]")
    page.page.keyboard.press("b")
    page.kernel.wait("[layer.visible for layer in viewer.controls.layers] == [False, True]")
    page.kernel.run("viewer.remove_image('negative'); viewer.set_visible('block', True)")


def test_a_circle_is_where_the_hand_drew_it(page, figure):
    tool(page, "circle")
    start, end = figure.screen(400, 500), figure.screen(450, 500)
    figure.drag(start, end)
    found = region(page)
    assert found["kind"] == "CirclePixelRegion"
    assert hypot(*np.subtract(figure.screen(found["x"], found["y"]), np.round(start))) < 1e-6
    assert found["radius"] / figure.pixel == pytest.approx(round(end[0]) - round(start[0]), abs=1e-6)
    assert page.kernel.get("session.selected_region") == page.kernel.get("session.regions[-1]")


@pytest.mark.parametrize(
    ("name", "kind"), [("ellipse", "EllipsePixelRegion"), ("rectangle", "RectanglePixelRegion")]
)
def test_a_box_shape_goes_from_corner_to_corner(page, figure, name, kind):
    tool(page, name)
    start, end = figure.screen(300, 600), figure.screen(500, 500)
    figure.drag(start, end)
    found = region(page)
    assert found["kind"] == kind
    assert (found["x"], found["y"]) == pytest.approx((400, 550), abs=figure.pixel)
    assert (found["width"], found["height"]) == pytest.approx((200, 100), abs=2 * figure.pixel)


def test_an_annulus_has_half_its_radius_inside(page, figure):
    tool(page, "annulus")
    figure.drag(figure.screen(600, 500), figure.screen(700, 500))
    found = region(page)
    assert found["kind"] == "CircleAnnulusPixelRegion"
    assert found["outer_radius"] == pytest.approx(100, abs=2 * figure.pixel)
    assert found["inner_radius"] == pytest.approx(found["outer_radius"] / 2)


def add(page, code):
    page.kernel.run(
        "from regions import *; import astropy.units as u\n"
        f"session.selected_region = session.add_region({code}, 'block')"
    )
    page.page.wait_for_timeout(200)


def test_dragging_the_inside_moves_the_selected_region(page, figure):
    add(page, "CirclePixelRegion(PixCoord(400, 500), 60)")
    figure.drag(figure.screen(410, 510), figure.screen(510, 460))
    page.kernel.wait("session.region(session.regions[-1]).center.x > 450")
    found = region(page)
    assert (found["x"], found["y"]) == pytest.approx((500, 450), abs=2 * figure.pixel)
    assert found["radius"] == 60


def test_a_handle_resizes_a_circle(page, figure):
    add(page, "CirclePixelRegion(PixCoord(400, 500), 60)")
    figure.drag(figure.screen(460, 500), figure.screen(520, 500))
    page.kernel.wait("session.region(session.regions[-1]).radius > 80")
    assert region(page)["radius"] == pytest.approx(120, abs=2 * figure.pixel)


def test_the_turning_handle_turns_an_ellipse(page, figure):
    add(page, "EllipsePixelRegion(PixCoord(600, 500), 200, 100, 0 * u.deg)")
    up = figure.screen(600, 550)
    middle = figure.screen(600, 500)
    figure.drag((up[0], up[1] - 22), (middle[0] - 100, middle[1] - 1))
    page.kernel.wait("session.region(session.regions[-1]).angle.value != 0")
    assert region(page)["angle"] % 360 == pytest.approx(90, abs=1.5)


def test_a_rectangles_corner_leaves_the_opposite_one(page, figure):
    add(page, "RectanglePixelRegion(PixCoord(600, 500), 200, 100, 0 * u.deg)")
    figure.drag(figure.screen(700, 550), figure.screen(800, 600))
    page.kernel.wait("session.region(session.regions[-1]).width > 250")
    found = region(page)
    assert (found["x"] - found["width"] / 2, found["y"] - found["height"] / 2) == pytest.approx((500, 450))
    assert (found["width"], found["height"]) == pytest.approx((300, 150), abs=2 * figure.pixel)


def test_the_inner_handle_of_an_annulus_changes_only_the_inner_radius(page, figure):
    add(page, "CircleAnnulusPixelRegion(PixCoord(600, 500), 60, 120)")
    figure.drag(figure.screen(660, 500), figure.screen(690, 500))
    page.kernel.wait("session.region(session.regions[-1]).inner_radius > 70")
    found = region(page)
    assert found["inner_radius"] == pytest.approx(90, abs=2 * figure.pixel)
    assert found["outer_radius"] == 120


def test_a_click_selects_and_delete_removes(page, figure):
    add(page, "CirclePixelRegion(PixCoord(300, 500), 50)")
    add(page, "CirclePixelRegion(PixCoord(800, 500), 50)")
    page.page.mouse.click(*figure.screen(300, 500))
    page.kernel.wait("session.selected_region == session.regions[0]")
    page.page.mouse.click(*figure.screen(550, 800))
    page.kernel.wait("session.selected_region is None")
    page.page.mouse.click(*figure.screen(800, 500))
    page.kernel.wait("session.selected_region == session.regions[1]")
    page.page.keyboard.press("Delete")
    page.kernel.wait("len(session.regions) == 1")


def test_a_key_is_about_what_is_under_the_mouse_after_the_view_has_moved(page, figure):
    at = [round(value) for value in figure.screen(300, 200)]
    page.page.mouse.move(*at)
    page.kernel.wait("viewer.controls.cursor")
    for key in ("+", "+", "x"):  # the mouse rests where it is
        page.page.keyboard.press(key)
    page.kernel.wait("viewer.controls.key is not None and viewer.controls.key.key == 'x'")
    x0, x1, y0, y1 = figure.limits()
    under = (
        x0 + (at[0] - figure.box["x"]) / figure.box["width"] * (x1 - x0),
        y1 - (at[1] - figure.box["y"]) / figure.box["height"] * (y1 - y0),
    )
    told = page.kernel.get("[viewer.controls.key.x, viewer.controls.key.y]")
    assert told == pytest.approx(under, abs=figure.pixel)
    assert abs(told[0] - 300) > 20  # it was another pixel before


def test_what_was_clicked_last_is_deleted_though_older_news_crosses_the_click(page, figure):
    add(page, "CirclePixelRegion(PixCoord(300, 500), 50)")
    add(page, "CirclePixelRegion(PixCoord(800, 500), 50)")
    second = figure.screen(800, 500)
    page.page.locator('.imviz-regions[data-count="2"]').first.wait_for(state="attached")
    code = "import time; time.sleep(1); session.selected_region = session.regions[0]; time.sleep(1.5)"
    page.kernel.client.execute(code, store_history=False)
    page.page.mouse.click(*second)
    page.page.wait_for_timeout(1700)  # the kernel's older selection has come
    page.page.keyboard.press("Delete")
    page.kernel.wait("len(session.regions) == 1")
    assert page.kernel.get("session.region(session.regions[0]).center.x") == 300


def test_escape_takes_back_a_gesture_and_then_the_tool(page, figure):
    tool(page, "circle")
    page.page.mouse.move(*figure.screen(400, 500))
    page.page.mouse.down()
    page.page.mouse.move(*figure.screen(460, 500))
    page.page.keyboard.press("Escape")
    page.page.mouse.up()
    page.page.wait_for_timeout(200)
    assert page.kernel.get("len(session.regions)") == 0
    page.page.keyboard.press("Escape")
    page.kernel.wait("viewer.controls.tool == 'pan'")


def test_with_space_held_any_tool_pans(page, figure):
    tool(page, "circle")
    before = centre(figure)
    page.page.mouse.move(*figure.screen(600, 500))
    page.page.keyboard.down(" ")
    start = figure.screen(600, 500)
    figure.drag(start, (start[0] + 80, start[1]))
    page.page.keyboard.up(" ")
    page.kernel.wait(f"viewer.limits.centre[0] < {before[0] - 50}")
    assert page.kernel.get("len(session.regions)") == 0


def test_a_move_of_the_view_in_python_moves_the_picture(page, figure):
    page.kernel.run("viewer.center_on((400, 500)); viewer.zoom_level = 4")
    page.page.wait_for_timeout(600)
    height, width = figure.box["height"] / 4, figure.box["width"] / 4
    assert (figure.pixels()[:, :, 0] > 200).mean() == pytest.approx(200 * 100 / width / height, rel=0.02)
    page.kernel.run("viewer.home()")


def test_a_resize_keeps_pixels_square(page, figure):
    page.kernel.run("box.layout.height = '300px'")
    page.kernel.wait("viewer.frame.shape and viewer.frame.shape[0] < 320")
    limits = page.kernel.get("[viewer.limits.width, viewer.limits.height, *viewer.frame.shape]")
    assert limits[0] / limits[3] == pytest.approx(limits[1] / limits[2], rel=0.01)
    page.kernel.run("box.layout.height = '500px'")
    page.kernel.wait("viewer.frame.shape[0] > 450")


def test_drawn_between_the_hands_moves_nothing_is_sent_back(page, figure):
    """The view must not be thrown back under the hand by the kernel's echo of older limits."""
    page.page.evaluate(
        """() => { window.seen = []; const canvas = document.querySelector('.imviz-canvas canvas');
        new MutationObserver(() => window.seen.push(new DOMMatrix(canvas.style.transform).e))
            .observe(canvas, {attributes: true, attributeFilter: ['style']}); }"""
    )
    start = figure.screen(500, 500)
    figure.drag(start, (start[0] + 200, start[1]), steps=60)  # inside the margin that is painted already
    page.page.wait_for_timeout(500)
    seen = np.array(page.page.evaluate("window.seen"))
    assert len(seen) >= 30
    assert (np.diff(seen) >= 0).all()


def test_two_views_of_one_viewer_and_an_image_that_comes_late(notebook):
    late = SETUP.replace('viewer.add_image("block")', "").replace(
        'viewer.set_layer("block", cuts=(0, 1))', ""
    )
    session = notebook(late, "box", "box")
    until(lambda: session.page.locator(".imviz-regions").count() == 2)
    session.page.wait_for_timeout(500)
    session.kernel.run("viewer.add_image('block'); viewer.controls.tool = 'circle'")
    figure = session.figure(index=1)
    x0, x1, *_ = figure.limits()
    assert x1 - x0 >= 1200
    figure.drag(figure.screen(400, 500), figure.screen(500, 500))
    session.kernel.wait("len(session.regions) == 1")
    found = region(session)
    assert (found["x"], found["radius"]) == pytest.approx((400, 100), abs=2 * figure.pixel)
    until(lambda: session.page.locator('.imviz-regions[data-count="1"]').count() == 2)
