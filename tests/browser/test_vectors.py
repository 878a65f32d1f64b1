"""Points and paths over the picture: where they are drawn, and what the mouse does to them."""

from __future__ import annotations

import numpy as np
import pytest
from browser.driving import until
from browser.test_viewer_alone import SETUP

MORE = """
from imviz.plugin import Paths, Points
session.add_image(NDData(np.zeros((1000, 1200), "f4")), "black")
viewer.add_image("black")
picks = []
viewer.vectors.add_callback("picked", lambda pick: picks.append((pick.layer, pick.index, pick.more)))
"""
PAINTED = "document.querySelector('.imviz-canvas canvas').dataset.painted"
# a drag of 30 moves, one a frame, by the mouse events a hand makes
DRAG = """async ([x, y]) => { const figure = document.querySelector('.imviz-figure .bqplot');
    figure.setPointerCapture = () => {};
    const say = (type, dx, buttons) => figure.dispatchEvent(new PointerEvent(type, {bubbles: true, buttons,
        clientX: x + dx, clientY: y, button: type === 'pointermove' ? -1 : 0, pointerId: 1}));
    say('pointerdown', 0, 1);
    for (let n = 1; n <= 30; n += 1) {
        say('pointermove', 3 * n, 1); await new Promise(requestAnimationFrame); }
    say('pointerup', 90, 0);
    delete figure.setPointerCapture; }"""


@pytest.fixture(scope="module")
def page(notebook):
    session = notebook(SETUP, MORE, "box")
    session.page.locator(".imviz-canvas canvas").first.wait_for(state="attached")
    return session


@pytest.fixture
def figure(page):
    page.kernel.run(
        "for name in viewer.vectors.names: viewer.vectors.remove(name)\n"
        "picks.clear(); viewer.controls.tool = 'pan'; viewer.home()"
    )
    page.page.mouse.move(5, 5)
    page.page.wait_for_timeout(300)
    return page.figure()


def red(figure):
    pixels = figure.pixels().astype(int)
    found = (pixels[:, :, 0] > 150) & (pixels[:, :, 1] < 110)
    found[:, :2] = found[:, -2:] = found[:2] = found[-2:] = False
    return found


def middle(found):
    rows, columns = np.nonzero(found)
    return columns.mean() + 0.5, rows.mean() + 0.5


def test_a_point_is_drawn_where_the_scales_say_and_stays_there_under_zoom(page, figure):
    page.kernel.run("viewer.vectors.set('p', Points([700.25], [300.5], image='block', color='red', size=20))")
    for zoom in (1, 1, 7):
        page.kernel.run(f"viewer.center_on((690, 310)); viewer.zoom({zoom})")
        until(lambda: red(figure).sum() > 20, what="the point")
        page.page.wait_for_timeout(300)
        x, y = figure.screen(700.25, 300.5)
        assert middle(red(figure)) == pytest.approx((x - figure.box["x"], y - figure.box["y"]), abs=0.6)


def test_a_line_is_drawn_where_the_scales_say(page, figure):
    page.kernel.run(
        "viewer.vectors.set('l', Paths([[(200, 200), (1000, 200), (1000, 800)]], image='block', color='red',"
        " closed=True, width=3))"
    )
    until(lambda: red(figure).sum() > 400, what="the triangle")
    rows, columns = np.nonzero(red(figure))
    left, bottom = figure.screen(200, 200)
    right, top = figure.screen(1000, 800)
    found = columns.min(), columns.max() + 1, rows.min(), rows.max() + 1
    box = figure.box
    assert found == pytest.approx(
        (left - box["x"], right - box["x"], top - box["y"], bottom - box["y"]), abs=4
    )


def test_a_click_on_a_point_picks_it_and_selects_no_region(page, figure):
    page.kernel.run(
        "session.draw_region(__import__('regions').CirclePixelRegion("
        "__import__('regions').PixCoord(600, 500), 300), 'block'); session.selected_region = None\n"
        "viewer.vectors.set('p', Points([500, 600], [500, 500], image='block', pickable=True))"
    )
    page.page.wait_for_timeout(300)
    page.page.mouse.click(*figure.screen(600, 500))
    page.kernel.wait("picks == [('p', 1, False)]")
    page.page.keyboard.down("Shift")
    page.page.mouse.click(*figure.screen(500, 500))
    page.page.keyboard.up("Shift")
    page.kernel.wait("picks[1:] == [('p', 0, True)]")
    assert page.kernel.get("session.selected_region") is None
    page.page.mouse.click(*figure.screen(620, 560))
    page.kernel.wait("session.selected_region == session.regions[0]")
    page.kernel.run("session.remove_region(session.regions[0])")


def test_any_one_of_a_hundred_thousand_is_picked_and_panning_paints_nothing(page, figure):
    page.kernel.run(
        "x, y = np.random.default_rng(1).uniform(0, 1, (2, 100_000)) * [[1200], [1000]]\n"
        "viewer.vectors.set('many', Points(x, y, image='block', pickable=True))\n"
        "viewer.center_on((x[77], y[77])); viewer.zoom_level = 60"
    )
    page.page.wait_for_timeout(800)
    page.page.mouse.click(*page.figure().screen(*page.kernel.get("[x[77], y[77]]")))
    page.kernel.wait("picks == [('many', 77, False)]")
    page.kernel.run("viewer.home()")
    page.page.wait_for_timeout(800)
    before = int(page.page.evaluate(PAINTED))
    sent = page.kernel.get("viewer.limits.x_min")
    box = figure.box
    page.page.evaluate(DRAG, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    page.kernel.wait(f"viewer.limits.x_min != {sent}")
    assert int(page.page.evaluate(PAINTED)) == before  # 90 pixels: inside the margin that is painted already
    assert red(figure).sum() > 1000


def test_selected_points_stand_out_and_others_do_not(page, figure):
    page.kernel.run(
        "viewer.vectors.set('p', Points([500, 700], [500, 500], image='block', color='red'))\n"
        "viewer.vectors.select('p', [1])"
    )
    until(lambda: (figure.pixels().min(axis=2) > 200).sum() > 20, what="a white ring")
    white = figure.pixels().min(axis=2) > 200
    white[:, :2] = white[:, -2:] = white[:2] = white[-2:] = False
    x, y = figure.screen(700, 500)
    assert middle(white) == pytest.approx((x - figure.box["x"], y - figure.box["y"]), abs=1)
