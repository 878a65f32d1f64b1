"""What is asked of a viewer before its page has answered is what the page shows, in both hosts.

A viewer opened and filled in one go has no window yet: the page's first word on where it looks is older than
all of it. Each recipe runs as one message to the kernel; then the screen itself is measured.
"""

import numpy as np
import pytest
from browser.driving import until

SETUP = """
import numpy as np
from astropy.nddata import NDData
from astropy.wcs import WCS
def block(angle):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], [10, 20], [150.5, 100.5]
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    wcs.wcs.cd = np.array([[-c, s], [s, c]]) / 7200
    values = np.zeros((200, 300), "f4")
    values[50:150, 100:200] = 1
    return NDData(values, wcs=wcs)
imviz.load_data(block(0), data_label="block", show_in_viewer=False)
imviz.load_data(block(90), data_label="turned", show_in_viewer=False)
def add(viewer, label="block"):
    imviz.app.add_data_to_viewer(viewer.name, label)
    viewer.set_layer(label, cuts=(0, 1), stretch="linear")
    return viewer
"""
NOTEBOOK = f"from imviz import Imviz\nimviz = Imviz()\n{SETUP}"
FRESH = """
for name in list(imviz.viewers)[1:]: imviz.destroy_viewer(name)
imviz.match_viewers(None); imviz.link_data("pixels")
for label in imviz.default_viewer.data_labels_loaded: imviz.default_viewer.remove_image(label)
"""
NEW = "v = add(imviz.create_image_viewer()); "
LEAST = {  # what is run in one go -> the limits that must be seen, and no smaller ones; None: only square
    "add(imviz.create_image_viewer())": (-0.5, 299.5, -0.5, 199.5),
    "add(imviz.create_image_viewer()).set_limits(80, 220, 40, 160)": (80, 220, 40, 160),
    "add(imviz.create_image_viewer()).set_limits(90, 210, 20, 180)": (90, 210, 20, 180),
    NEW + "v.set_limits(0, 280, 40, 160); v.zoom(2)": (70, 210, 70, 130),
    NEW + "v.set_limits(0, 140, 0, 120); v.center_on((150, 100))": (
        80, 220, 40, 160,
    ),
    NEW + "v.state.x_min, v.state.x_max = 80, 220": None,
    NEW + "imviz.link_data('wcs'); add(v, 'turned')": (-0.5, 299.5, -50.5, 249.5),
    "imviz.load_data(block(0), data_label='again', show_in_viewer=imviz.create_image_viewer().name)": None,
    "v = add(imviz.default_viewer); v.set_limits(80, 220, 40, 160); v.clone_viewer()": (80, 220, 40, 160),
    "for n in range(3): add(imviz.create_image_viewer())": (-0.5, 299.5, -0.5, 199.5),
    NEW + "v.aid.set_viewport(center=(150, 100), fov=120)": (90, 210, 40, 160),
}  # fmt: skip


@pytest.fixture(scope="module", params=["notebook", "standalone"])
def page(request):
    opener = request.getfixturevalue(request.param)
    session = opener(NOTEBOOK, "imviz.show()") if request.param == "notebook" else opener()
    if request.param == "standalone":
        session.kernel.run(SETUP)
    session.page.locator(".imviz-picture").first.wait_for(state="attached")
    return session


@pytest.fixture
def fresh(page):
    page.kernel.run(FRESH)
    until(lambda: page.page.locator(".imviz-figure").count() == 1)
    return page


def viewers(page):
    """The figures on the page, when as many are there as the kernel has."""
    names = page.kernel.get("list(imviz.viewers)")
    until(lambda: page.page.locator(".imviz-figure .plotarea_events").count() == len(names))
    shown = page.kernel.get("[bool(v.data_labels_visible) for v in imviz.viewers.values()]")
    return [page.figure(name, n) for n, name in enumerate(names) if shown[n]]


def block_on_screen(figure):
    """Left, right, top and bottom of what is bright, in screen pixels from the figure's corner."""
    bright = figure.pixels().mean(axis=2) > 128
    bright[:4] = bright[-4:] = bright[:, :4] = bright[:, -4:] = False  # the frame of what has the keyboard
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    return np.array([columns[0], columns[-1] + 1, rows[0], rows[-1] + 1], float)


def told(figure):
    """The same by the limits that Python has."""
    x0, x1, y0, y1 = figure.kernel.get(f"list({figure.viewer}.get_limits())")
    across, up = figure.box["width"] / (x1 - x0), figure.box["height"] / (y1 - y0)
    return np.array([(99.5 - x0) * across, (199.5 - x0) * across, (y1 - 149.5) * up, (y1 - 49.5) * up])


def check(figure, least=None):
    """The screen comes to show what Python says, with square pixels, and no more than was asked for."""
    until(lambda: agrees(figure, least), 20)


def agrees(figure, least):
    figure.look()  # others beside it may have taken room meanwhile
    assert block_on_screen(figure) == pytest.approx(told(figure), abs=1.6)
    x0, x1, y0, y1 = figure.limits()
    scales = (x1 - x0) / figure.box["width"], (y1 - y0) / figure.box["height"]
    assert scales[0] == pytest.approx(scales[1], rel=4e-3)
    if least is not None:
        a, b, c, d = least
        needed = max((b - a) / figure.box["width"], (d - c) / figure.box["height"])
        assert scales[0] == pytest.approx(needed, rel=4e-3)
        assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx(((a + b) / 2, (c + d) / 2), abs=0.6)
    return True


@pytest.mark.parametrize("recipe", LEAST)
def test_a_viewer_opened_and_filled_in_one_go_shows_what_was_asked_for(fresh, recipe):
    fresh.kernel.run(recipe)
    figures = viewers(fresh)
    assert figures
    for figure in figures:
        check(figure, LEAST[recipe])


def test_a_zoom_asked_for_in_one_go_is_that_zoom_on_the_screen(fresh):
    fresh.kernel.run(NEW + "v.zoom_level = 2.5; v.center_on((150, 100))")
    (figure,) = viewers(fresh)
    check(figure)
    left, right, top, bottom = block_on_screen(figure)
    assert (right - left, bottom - top) == pytest.approx((250, 250), abs=1.6)


def test_what_was_asked_for_is_seen_whole_after_another_viewer_has_taken_half_the_room(fresh):
    fresh.kernel.run("add(imviz.default_viewer).set_limits(0, 280, 80, 120)\n" + NEW)
    first, second = viewers(fresh)
    check(first, (0, 280, 80, 120))
    check(second, (-0.5, 299.5, -0.5, 199.5))


def test_matched_viewers_opened_in_one_go_look_at_the_same_at_the_same_scale(fresh):
    fresh.kernel.run(
        "add(imviz.default_viewer).set_limits(80, 220, 40, 160)\n" + NEW + "imviz.match_viewers('pixels')"
    )
    first, second = viewers(fresh)
    check(first), check(second)
    assert first.pixel == pytest.approx(second.pixel, rel=4e-3)
    here, there = (page_limits.limits() for page_limits in (first, second))
    assert (here[0] + here[1], here[2] + here[3]) == pytest.approx((there[0] + there[1], there[2] + there[3]))


def test_the_hand_moves_a_view_on_from_what_was_asked_for(fresh):
    fresh.kernel.run("add(imviz.create_image_viewer()).set_limits(80, 220, 40, 160)")
    (figure,) = viewers(fresh)
    check(figure, (80, 220, 40, 160))
    x, y = figure.box["x"] + figure.box["width"] / 2, figure.box["y"] + figure.box["height"] / 2
    before = figure.limits()
    figure.drag((x, y), (x + 20, y + 10))
    shift = np.array([-20, -20, 10, 10]) * figure.pixel
    until(lambda: np.allclose(figure.limits(), before + shift, atol=0.6 * figure.pixel))
    check(figure)
    after = figure.limits()
    fresh.page.set_viewport_size({"width": 1300, "height": 800})  # another size: the same middle and scale
    try:
        figure = fresh.figure("imviz-1", 1)
        check(figure)
        now = figure.limits()
        assert (now[0] + now[1], now[2] + now[3]) == pytest.approx((after[0] + after[1], after[2] + after[3]))
    finally:
        fresh.page.set_viewport_size({"width": 1400, "height": 900})


@pytest.fixture
def busy(fresh):
    """A page too busy for anywidget, which grants a widget two seconds to load: it gives up at once."""
    fresh.page.evaluate(
        "window.patient = AbortSignal.timeout;"
        "AbortSignal.timeout = () => ({ addEventListener: (_, giveUp) => queueMicrotask(giveUp) })"
    )
    yield fresh
    fresh.page.evaluate("AbortSignal.timeout = window.patient")


def test_a_viewer_whose_page_was_too_busy_to_load_it_in_time_hears_the_kernel_all_the_same(busy):
    busy.kernel.run("v = add(imviz.create_image_viewer())")
    (figure,) = viewers(busy)
    check(figure, (-0.5, 299.5, -0.5, 199.5))
    busy.kernel.run("v.set_limits(80, 220, 40, 160)")
    check(figure, (80, 220, 40, 160))


def test_a_window_shown_after_all_was_asked_for_shows_it(notebook):
    """One cell does everything, and the page hears of it only then."""
    page = notebook(f"{NOTEBOOK}\nadd(imviz.default_viewer).set_limits(80, 220, 40, 160)\nimviz.show()")
    check(page.figure(), (80, 220, 40, 160))
