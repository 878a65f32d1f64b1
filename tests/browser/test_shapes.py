"""Every shape by hand: drawn, moved, resized, turned, nudged, copied, selected together, deleted."""

from __future__ import annotations

import numpy as np
import pytest
from browser.test_viewer_alone import SETUP, add, region, tool

MORE = """
from regions import *
import astropy.units as u
def outline(label):
    region = session.region(label)
    if hasattr(region, "vertices"):
        return np.column_stack([region.vertices.x, region.vertices.y]).tolist()
    return numbers(region)
def placed():
    region = session.region(session.regions[0])
    x, y = (region.center if hasattr(region, "center") else region.start).xy
    if hasattr(region, "end"):
        return [x, y, region.end.x - x, region.end.y - y]
    sizes = [getattr(region, name) for name in region._params if name != "center"]
    return [x, y, *(float(getattr(size, "value", size)) for size in sizes)]
"""


@pytest.fixture(scope="module")
def page(notebook):
    session = notebook(SETUP, MORE, "box")
    session.page.locator(".imviz-regions").wait_for(state="attached")
    return session


@pytest.fixture
def figure(page):
    page.kernel.run(
        "for label in session.regions: session.remove_region(label)\n"
        "session.combine = 'new'; viewer.controls.tool = 'pan'; viewer.home()"
    )
    page.page.wait_for_timeout(200)
    return page.figure()


def last(page):
    page.kernel.wait("len(session.regions)")
    return page.kernel.get("outline(session.regions[-1])")


def count(page, n):
    page.kernel.wait(f"len(session.regions) == {n}")


def click(page, figure, x, y, **options):
    page.page.mouse.click(*(round(value) for value in figure.screen(x, y)), **options)


@pytest.mark.parametrize("kind", ["ellipse", "rectangle"])
def test_an_annulus_is_drawn_resized_inside_and_outside_and_turned(page, figure, kind):
    tool(page, f"{kind}-annulus")
    figure.drag(figure.screen(400, 600), figure.screen(800, 400))
    found = region(page)
    assert found["kind"] == f"{kind.title()}AnnulusPixelRegion"
    assert (found["x"], found["y"]) == pytest.approx((600, 500), abs=figure.pixel)
    sizes = [found[name] for name in ("outer_width", "outer_height", "inner_width", "inner_height")]
    assert sizes == pytest.approx([400, 200, 200, 100], abs=2 * figure.pixel)
    figure.drag(figure.screen(700, 500), figure.screen(750, 500))  # the inner width's handle
    page.kernel.wait("session.region(session.regions[-1]).inner_width > 250")
    assert region(page)["outer_width"] == found["outer_width"]
    figure.drag(figure.screen(600, 600), figure.screen(600, 700))  # the outer height's handle
    page.kernel.wait("session.region(session.regions[-1]).outer_height > 300")
    assert region(page)["inner_height"] == found["inner_height"]
    up = figure.screen(600, 700)
    figure.drag((up[0], up[1] - 22), figure.screen(800, 502))
    page.kernel.wait("session.region(session.regions[-1]).angle.value != 0")
    assert region(page)["angle"] == pytest.approx(270, abs=2)


def test_a_polygon_is_clicked_closed_moved_and_its_vertices_put_in_and_taken_out(page, figure):
    tool(page, "polygon")
    corners = [(400, 400), (800, 400), (800, 700), (400, 700)]
    for x, y in corners[:3]:
        click(page, figure, x, y)
    page.page.mouse.dblclick(*(round(value) for value in figure.screen(*corners[3])))
    count(page, 1)
    for found, meant in zip(last(page), corners, strict=True):
        assert found == pytest.approx(meant, abs=figure.pixel)
    page.page.locator(".imviz-handle").first.wait_for(state="attached")
    tool(page, "pan")
    figure.drag(figure.screen(600, 550), figure.screen(650, 550))
    page.kernel.wait("outline(session.regions[-1])[0][0] > 420")
    figure.drag(figure.screen(650, 400), figure.screen(650, 300))  # the middle of the lower side
    page.kernel.wait("len(outline(session.regions[-1])) == 5")
    assert last(page)[1] == pytest.approx([650, 300], abs=2 * figure.pixel)
    page.page.keyboard.down("Alt")
    click(page, figure, 650, 300)
    page.page.keyboard.up("Alt")
    page.kernel.wait("len(outline(session.regions[-1])) == 4")


def test_enter_and_the_first_vertex_close_a_polygon_and_escape_gives_it_up(page, figure):
    tool(page, "polygon")
    for x, y in [(400, 400), (800, 400), (600, 700)]:
        click(page, figure, x, y)
    page.page.keyboard.press("Enter")
    count(page, 1)
    for x, y in [(200, 800), (300, 800), (250, 900), (200, 800)]:
        click(page, figure, x, y)
    count(page, 2)
    assert len(last(page)) == 3
    for x, y in [(900, 200), (950, 200), (950, 300)]:
        click(page, figure, x, y)
    page.page.keyboard.press("Backspace")
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Enter")
    page.page.wait_for_timeout(200)
    count(page, 2)
    assert page.kernel.get("viewer.controls.tool") == "polygon"


def test_a_line_drawn_freely_is_a_polygon_where_the_hand_was(page, figure):
    tool(page, "freehand")
    mouse = page.page.mouse
    mouse.move(*figure.screen(400, 400))
    mouse.down()
    for x, y in [(700, 400), (700, 700), (400, 700), (400, 450)]:
        mouse.move(*figure.screen(x, y), steps=10)
    mouse.up()
    count(page, 1)
    found = last(page)
    assert 4 <= len(found) <= 12  # straight strokes need few points
    xs, ys = zip(*found, strict=True)
    extent = min(xs), max(xs), min(ys), max(ys)
    assert extent == pytest.approx((400, 700, 400, 700), abs=3 * figure.pixel)


def test_a_point_is_where_it_is_clicked_and_a_pixel_is_one(page, figure):
    tool(page, "point")
    click(page, figure, 400, 500)
    count(page, 1)
    assert region(page)["kind"] == "PointPixelRegion"
    assert (region(page)["x"], region(page)["y"]) == pytest.approx((400, 500), abs=figure.pixel)
    tool(page, "pixel")
    click(page, figure, 700, 300)
    count(page, 2)
    found = region(page)
    assert (found["width"], found["height"], found["x"] % 1, found["y"] % 1) == (1, 1, 0, 0)


def test_a_line_is_drawn_and_its_end_moved(page, figure):
    tool(page, "line")
    figure.drag(figure.screen(400, 400), figure.screen(700, 600))
    count(page, 1)
    page.page.locator(".imviz-handle").first.wait_for(state="attached")
    figure.drag(figure.screen(700, 600), figure.screen(800, 500))
    page.kernel.wait("session.region(session.regions[-1]).end.x > 750")
    ends = page.kernel.get(
        "[*session.region(session.regions[-1]).start.xy, *session.region(session.regions[-1]).end.xy]"
    )
    assert ends == pytest.approx([400, 400, 800, 500], abs=2 * figure.pixel)


SHAPES = {  # from where to where it is drawn, and where it is taken
    "circle": ((600, 500), (700, 500), (600, 540)),
    "ellipse": ((400, 600), (800, 400), (550, 520)),
    "rectangle": ((400, 600), (800, 400), (550, 520)),
    "annulus": ((600, 500), (760, 500), (480, 510)),
    "ellipse-annulus": ((400, 600), (800, 400), (450, 510)),
    "rectangle-annulus": ((400, 600), (800, 400), (450, 510)),
    "line": ((400, 400), (700, 600), (550, 500)),
    "point": ((600, 500), None, (600, 500)),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_shape_is_moved_as_a_whole_deleted_and_each_step_undone(page, figure, kind):
    start, end, grip = SHAPES[kind]
    tool(page, kind)
    click(page, figure, *start) if end is None else figure.drag(figure.screen(*start), figure.screen(*end))
    count(page, 1)
    drawn = page.kernel.get("placed()")
    page.page.locator(".imviz-handles").first.wait_for(state="attached")
    tool(page, "pan")
    figure.drag(figure.screen(*grip), figure.screen(grip[0] + 60, grip[1] - 40))
    page.kernel.wait(f"placed() != {drawn}")
    moved = page.kernel.get("placed()")
    assert np.subtract(moved[:2], drawn[:2]) == pytest.approx([60, -40], abs=2 * figure.pixel)
    assert moved[2:] == pytest.approx(drawn[2:], abs=1e-9)  # nothing but its place
    for key, place in (("Control+z", drawn), ("Control+Shift+Z", moved)):
        page.page.keyboard.press(key)
        page.kernel.wait(f"placed() == {place}")
    page.page.keyboard.press("Delete")
    count(page, 0)
    page.page.keyboard.press("Control+z")
    count(page, 1)
    assert page.kernel.get("placed()") == moved


def test_arrows_nudge_the_selected_region_and_pan_without_one(page, figure):
    add(page, "CirclePixelRegion(PixCoord(400, 500), 60)")
    page.page.mouse.move(*figure.screen(900, 200))
    for _ in range(3):
        page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Shift+ArrowUp")
    page.kernel.wait("session.region(session.regions[-1]).center.xy == (403, 510)")
    page.page.keyboard.press("Control+z")
    page.kernel.wait("session.region(session.regions[-1]).center.xy == (400, 500)")
    page.page.keyboard.press("Control+Shift+Z")
    page.kernel.wait("session.region(session.regions[-1]).center.xy == (403, 510)")
    before = figure.limits()
    page.kernel.run("session.selected_region = None")
    page.page.wait_for_timeout(200)
    page.page.keyboard.press("ArrowRight")
    page.kernel.wait(f"viewer.limits.x_min > {before[0]} + 1")


def test_the_key_o_moves_the_selected_region_onto_its_source(page, figure):
    star = "np.hypot(*np.subtract(session.region(session.regions[-1]).center.xy, STAR))"
    page.kernel.run(
        "y, x = np.mgrid[:1000, :1200]; STAR = 510.3, 480.7\n"
        "data += 1e5 * np.exp(-((x - STAR[0]) ** 2 + (y - STAR[1]) ** 2) / 2 / 6**2)"
    )
    add(page, "CirclePixelRegion(PixCoord(500, 487), 30)")
    page.page.mouse.move(*figure.screen(900, 200))
    page.page.keyboard.press("o")
    page.kernel.wait(f"{star} < 0.1")
    page.page.keyboard.press("Control+z")
    page.kernel.wait("session.region(session.regions[-1]).center.xy == (500, 487)")
    page.kernel.run("session.region_list.style(session.regions, locked=True)")
    page.page.keyboard.press("o")
    page.page.wait_for_timeout(200)
    assert page.kernel.get("session.region(session.regions[-1]).center.xy") == [500, 487]
    page.kernel.run("session.region_list.style(session.regions, locked=False)")


def test_a_copy_is_pasted_where_the_mouse_is(page, figure):
    add(page, "EllipsePixelRegion(PixCoord(400, 500), 100, 60, 30 * u.deg)")
    page.page.mouse.move(*figure.screen(405, 500))
    page.page.keyboard.press("Control+c")
    page.page.mouse.move(*(round(value) for value in figure.screen(800, 300)))
    page.page.wait_for_timeout(100)
    page.page.keyboard.press("Control+v")
    count(page, 2)
    found = region(page)
    assert (found["x"], found["y"]) == pytest.approx((800, 300), abs=2 * figure.pixel + 1)
    assert (found["width"], found["height"], found["angle"]) == pytest.approx((100, 60, 30))
    assert page.kernel.get("session.selected_regions") == page.kernel.get("session.regions[1:]")


def test_several_are_selected_by_shift_and_by_a_box_moved_and_deleted_together(page, figure):
    for x in (300, 500, 700):
        add(page, f"CirclePixelRegion(PixCoord({x}, 500), 30)")
    tool(page, "select")
    figure.drag(figure.screen(200, 600), figure.screen(600, 400))
    page.kernel.wait("session.selected_regions == session.regions[:2]")
    tool(page, "pan")
    page.page.keyboard.down("Shift")
    click(page, figure, 700, 500)
    page.page.keyboard.up("Shift")
    page.kernel.wait("session.selected_regions == session.regions")
    figure.drag(figure.screen(505, 505), figure.screen(505, 605))
    page.kernel.wait("min(session.region(label).center.y for label in session.regions) > 550")
    xs = page.kernel.get("[session.region(label).center.x for label in session.regions]")
    assert xs == pytest.approx([300, 500, 700], abs=figure.pixel)
    page.page.keyboard.down("Shift")  # a box with the hand that pans
    figure.drag(figure.screen(620, 700), figure.screen(780, 480))
    page.page.keyboard.up("Shift")
    page.kernel.wait("session.selected_regions == session.regions")
    page.page.keyboard.press("Delete")
    count(page, 0)


@pytest.mark.parametrize(
    ("mode", "inside"),
    [
        ("or", [True, True, True]),
        ("and", [False, True, False]),
        ("xor", [True, False, True]),
        ("remove", [True, False, False]),
        ("replace", [False, True, True]),
    ],
)
def test_a_shape_drawn_is_combined_with_the_selected_one(page, figure, mode, inside):
    add(page, "CirclePixelRegion(PixCoord(500, 500), 100)")
    page.kernel.run(f"session.combine = {mode!r}")
    tool(page, "circle")
    figure.drag(figure.screen(560, 500), figure.screen(560, 600))
    page.kernel.wait(
        "[bool(session.region(session.regions[0]).contains(PixCoord(x, 500))) for x in (420, 530, 640)]"
        f" == {inside}"
    )
    count(page, 1)


def test_a_compound_moves_by_hand_as_a_whole(page, figure):
    add(page, "CirclePixelRegion(PixCoord(500, 500), 80) & CirclePixelRegion(PixCoord(560, 500), 80)")
    figure.drag(figure.screen(530, 500), figure.screen(530, 600))
    page.kernel.wait("session.region(session.regions[-1]).region1.center.y > 550")
    centres = page.kernel.get(
        "[[part.center.x, part.center.y] for region in [session.region(session.regions[-1])]"
        " for part in (region.region1, region.region2)]"
    )
    assert centres[1][0] - centres[0][0] == pytest.approx(60)
    assert centres[0][1] == centres[1][1] == pytest.approx(600, abs=figure.pixel)
