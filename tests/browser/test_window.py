"""The window by mouse and keyboard, in JupyterLab and stand-alone: files, views, layers, regions, table."""

import shutil
from pathlib import Path

import astropy.io.fits
import numpy as np
import pytest
from browser.driving import until
from browser.readable import FAINT, UNNAMED

M13 = Path(astropy.io.fits.__file__).parent / "hdu/compressed/tests/data/m13.fits"
FRESH = """
for _name in list(imviz.viewers)[1:]:
    imviz.destroy_viewer(_name)
for _label in list(imviz.get_interactive_regions()):
    imviz.app.session.remove_region(_label)
imviz.app.session.clear_results()
imviz.app.session.combine = 'new'
_viewer = imviz.default_viewer
_viewer.controls.tool = 'pan'
_viewer.set_visible('demo[SCI,1]', True)
_viewer.set_visible('demo-2[SCI,1]', False)
_viewer.set_layer('demo[SCI,1]', colormap='Gray', stretch='linear', cuts='95%', opacity=1.0)
_viewer.zoom_level = 'fit'
imviz.app.window.tell('')
"""
SHAPES = "[type(r).__name__ for r in imviz.get_interactive_regions().values()]"
WINDOW = ".imviz-bar > *, .imviz-frame .imviz-tools > *"


@pytest.fixture(scope="module", params=["notebook", "standalone"])
def opened(request):
    if request.param == "notebook":
        cells = "from imviz import Imviz\nimviz = Imviz()\nimviz.load_demo()", "imviz.show()"
        return request.getfixturevalue("notebook")(*cells)
    return request.getfixturevalue("standalone")("demo")


@pytest.fixture
def session(opened):
    """The page with the demo in one viewer, as after opening it."""
    opened.kernel.run(FRESH)
    opened.settle()
    return opened


def button(session, name):
    return session.page.get_by_role("button", name=name, exact=True)


def middle(figure):
    return figure.box["x"] + figure.box["width"] / 2, figure.box["y"] + figure.box["height"] / 2


def boxes(page, selector):
    """x, y, right, bottom of the visible elements of a selector."""
    visible = "[...document.querySelectorAll(selector)].filter(e => e.offsetParent && e.offsetWidth > 1)"
    numbers = ".map(e => e.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])"
    return page.evaluate(f"selector => {visible}{numbers}", selector)


def choose(session, label, option):
    """Pick an option of a plain drop-down of the window."""
    session.page.get_by_label(label, exact=True).first.select_option(option)


# ---- files


def test_a_file_is_opened_by_the_dialog_and_a_bad_one_is_a_sentence_in_it(session):
    folder = Path(session.kernel.get("__import__('os').getcwd()"))
    shutil.copy(M13, folder / "m13.fits")
    (folder / "broken.fits").write_bytes(b"SIMPLE  =                    T" + b" " * 100)
    page = session.page
    button(session, "Open an image").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="broken.fits").click()
    sentence = dialog.locator("[role=alert]")
    sentence.wait_for()
    assert "broken.fits" in sentence.inner_text()
    assert len(sentence.inner_text()) <= 240
    dialog.get_by_label("Path or address").fill(str(folder / "m13.fits"))
    page.keyboard.press("Enter")
    dialog.wait_for(state="detached")
    assert session.kernel.wait("imviz.data_labels[2:]") == ["m13[PRIMARY,1]"]
    session.kernel.run("imviz.app.session.remove_image('m13[PRIMARY,1]')")


# ---- the view


def test_the_wheel_zooms_about_the_cursor_and_a_double_click_brings_all_back(session):
    figure = session.figure()
    whole = figure.limits()
    x, y = middle(figure)
    point = x + 120, y - 80
    x0, x1, _, y1 = whole
    at = x0 + (point[0] - figure.box["x"]) * figure.pixel, y1 - (point[1] - figure.box["y"]) * figure.pixel
    session.page.mouse.move(*point)
    session.page.mouse.wheel(0, -400)
    session.kernel.wait(
        f"imviz.default_viewer.scale_x.max - imviz.default_viewer.scale_x.min < {0.8 * (x1 - x0)}"
    )
    np.testing.assert_allclose(figure.screen(*at), point, atol=1)
    session.page.mouse.dblclick(*point)
    until(lambda: np.allclose(figure.limits(), whole, atol=0.5))


def test_a_box_fills_the_view_and_home_brings_all_back(session):
    figure = session.figure()
    whole, (x, y) = figure.limits(), middle(figure)
    scale = figure.pixel
    session.tool("Box zoom")
    figure.drag((x - 120, y - 60), (x, y + 20))
    until(lambda: figure.pixel < 0.5 * scale)
    x0, x1, y0, y1 = figure.limits()
    w0, w1, v0, v1 = whole
    assert (x0 + x1) / 2 == pytest.approx((w0 + w1) / 2 - 60 * scale, abs=2 * scale)
    assert (y0 + y1) / 2 == pytest.approx((v0 + v1) / 2 + 20 * scale, abs=2 * scale)
    assert (x1 - x0) / figure.box["width"] == pytest.approx((y1 - y0) / figure.box["height"], rel=0.01)
    button(session, "Home").click()
    until(lambda: np.allclose(figure.limits(), whole, atol=0.5))


def test_arrows_and_plus_and_minus_move_the_view(session):
    figure = session.figure()
    x0, x1, *_ = figure.limits()
    session.page.mouse.move(*middle(figure))
    session.page.keyboard.press("ArrowRight")
    until(lambda: figure.limits()[0] == pytest.approx(x0 + 0.1 * (x1 - x0)))
    for key, width in (("+", (x1 - x0) / 1.25), ("-", x1 - x0)):
        session.page.keyboard.press(key)
        until(lambda width=width: np.diff(figure.limits()[:2])[0] == pytest.approx(width))


def test_the_cursor_says_pixel_value_and_sky(session):
    figure = session.figure()
    session.page.mouse.move(*middle(figure))
    cursor = session.page.locator(".imviz-cursor")
    until(lambda: "MJy/sr" in cursor.inner_text() and "RA " in cursor.inner_text())
    session.page.mouse.move(5, 5)
    until(lambda: not cursor.inner_text().strip())


# ---- layers and viewers


def test_the_layer_menu_changes_the_picture(session):
    figure = session.figure()
    until(lambda: (figure.pixels()[..., 0] == figure.pixels()[..., 2]).mean() > 0.98)  # gray, but the frame
    button(session, "Layers").click()
    session.page.locator(".imviz-layers").wait_for()
    choose(session, "Colormap", "Viridis")
    until(lambda: (figure.pixels()[..., 0] != figure.pixels()[..., 2]).mean() > 0.5)
    before = figure.pixels()
    choose(session, "Stretch", "log")
    session.kernel.wait("imviz.default_viewer.controls.layers[0].stretch == 'log'", 5)
    until(lambda: np.mean(figure.pixels() != before) > 0.2)
    choose(session, "Automatic cuts", "minmax")
    cuts = "imviz.default_viewer.controls.layers[0].cuts"
    session.kernel.wait(f"{cuts}[1] > 5")
    session.page.get_by_label("Upper cut").first.fill("3")
    session.page.keyboard.press("Tab")
    session.kernel.wait(f"{cuts}[1] == 3")
    session.page.get_by_role("button", name="Show", exact=True).click()
    session.kernel.wait("all(l.visible for l in imviz.default_viewer.controls.layers)")
    session.page.keyboard.press("Escape")
    session.page.locator(".imviz-layers").wait_for(state="hidden")


def test_a_new_viewer_offers_the_images_is_drawn_in_and_closed(session):
    button(session, "Add a viewer").click()
    session.page.get_by_role("button", name="demo[SCI,1]", exact=True).click()
    session.kernel.wait("len(imviz.viewers['imviz-1'].controls.layers) == 1")
    second = session.figure("imviz-1", 1)
    session.page.locator(".imviz-frame").nth(1).get_by_role("button", name="More shapes").click()
    session.page.locator(".menuable__content__active").get_by_role("menuitem", name="Circle").first.click()
    session.kernel.wait("imviz.viewers['imviz-1'].controls.tool == 'circle'")
    session.settle()
    x, y = middle(second)
    second.drag((x, y), (x + 40, y))
    session.kernel.wait(f"{SHAPES} == ['CirclePixelRegion']")
    until(lambda: session.page.locator('.imviz-regions[data-count="1"]').count() == 2)  # both viewers draw it
    session.page.locator(".imviz-frame").nth(1).get_by_role("button", name="Close").click()
    session.kernel.wait("list(imviz.viewers) == ['imviz-0']")
    until(lambda: session.page.locator(".imviz-figure").count() == 1)


# ---- regions

MODES = {
    "or": ("Add to the selected region", (1, 1, 1)),
    "and": ("Keep what both cover", (0, 1, 0)),
    "xor": ("Keep what only one covers", (1, 0, 1)),
    "remove": ("Cut out of the selected region", (1, 0, 0)),
    "replace": ("Replace the selected region", (0, 1, 1)),
}


def test_a_tool_is_in_the_hand_as_its_button_is_pressed_however_busy_the_kernel(session):
    figure = session.figure()
    before, (x, y) = figure.limits(), middle(figure)
    session.kernel.client.execute("import time; time.sleep(2)", store_history=False)
    button(session, "Circle").click()
    figure.drag((x, y), (x + 40, y))
    session.kernel.wait(f"len({SHAPES}) == 1")
    assert figure.limits() == before
    assert session.kernel.get("imviz.default_viewer.controls.tool") == "circle"


@pytest.mark.parametrize("mode", MODES)
def test_a_second_shape_combines_with_the_first(session, mode):
    name, covered = MODES[mode]
    figure = session.figure()
    x, y = middle(figure)
    session.tool("Rectangle")
    figure.drag((x - 60, y - 50), (x + 20, y + 50))
    session.kernel.wait(f"len({SHAPES}) == 1")
    before = session.page.screenshot(clip=figure.box)
    button(session, name).click()
    session.kernel.wait(f"imviz.app.session.combine == {mode!r}")
    session.settle()  # the hand knows of it, too: else it moves the first
    figure.drag((x - 14, y - 30), (x + 60, y + 30))
    inside = "list(imviz.get_interactive_regions().values())[0].contains"
    x0, x1, *_ = figure.limits()
    at = [(x0 + x1) / 2 + offset * figure.pixel for offset in (-40, 0, 40)]
    row = figure.limits()[2] + figure.box["height"] / 2 * figure.pixel
    code = f"[bool({inside}(__import__('regions').PixCoord(x, {row}))) for x in {at}]"
    wanted = [bool(value) for value in covered]
    until(lambda: session.kernel.get(code) == wanted, what=code)
    assert session.kernel.get(f"len({SHAPES})") == 1
    until(lambda: session.page.screenshot(clip=figure.box) != before)
    if mode != "replace":  # what is covered is tinted, what is not stays gray
        until(lambda: [_tinted(figure, offset) for offset in (-40, 0, 40)] == [bool(v) for v in covered])


def _tinted(figure, offset):
    picture = figure.pixels().astype(int)
    row, column = picture.shape[0] // 2, round(picture.shape[1] / 2) + offset
    patch = picture[row - 5 : row + 5, column - 5 : column + 5].mean(axis=(0, 1))
    return bool(np.ptp(patch) > 8)


def test_a_region_is_chosen_and_deleted_by_the_bar_and_by_the_key(session):
    figure = session.figure()
    x, y = middle(figure)
    session.tool("Circle")
    for shift in (-120, 120):
        figure.drag((x + shift, y), (x + shift + 30, y))
    session.kernel.wait(f"len({SHAPES}) == 2")
    first = session.kernel.get("list(imviz.get_interactive_regions())")[0]
    choose(session, "Selected region", first)
    session.kernel.wait(f"imviz.app.session.selected_region == {first!r}")
    button(session, "Delete the selected region").click()
    session.kernel.wait(f"len({SHAPES}) == 1")
    session.page.mouse.click(x + 120, y)
    session.kernel.wait("imviz.app.session.selected_region is not None")
    session.settle()
    session.page.locator(".imviz-figure .imviz-handle").first.wait_for(state="attached")
    session.page.keyboard.press("Delete")
    session.kernel.wait(f"len({SHAPES}) == 0")


# ---- results


def test_the_table_turns_pages_is_saved_and_cleared(session):
    session.kernel.run(
        "from regions import CirclePixelRegion, PixCoord\n"
        "imviz.load_regions([CirclePixelRegion(PixCoord(100 + 40 * i, 100), 10) for i in range(3)])\n"
        "_phot = imviz.plugins['Aperture Photometry']\n"
        "for i in range(10):\n"
        "    _phot.calculate_batch_photometry([{'aperture': list(imviz.get_interactive_regions())}])"
    )
    page, kernel = session.page, session.kernel
    table = page.locator(".imviz-table")
    ids = table.locator("tbody td:first-child")
    until(lambda: ids.last.inner_text() == "30")
    button(session, "Earlier rows").click()
    until(lambda: ids.last.inner_text() == "24")
    button(session, "Show wide, over the image").click()
    page.locator(".imviz-sheet").wait_for()
    until(lambda: ids.count() == 12)
    button(session, "Back into the panel").click()

    button(session, "Save the table as a file").click()
    name = page.get_by_label("File name: .ecsv, .vot, .fits or .csv")
    name.fill("stars.txt")
    button(session, "Save").click()
    table.locator("[role=alert]", has_text="stars.txt").wait_for()
    for suffix in ("csv", "ecsv"):
        if not name.is_visible():
            button(session, "Save the table as a file").click()
        name.fill(f"stars.{suffix}")
        button(session, "Save").click()
        table.get_by_text(f"Saved 30 rows to stars.{suffix}").wait_for()
        rows = f"len(__import__('astropy.table').table.QTable.read('stars.{suffix}'))"
        assert kernel.get(rows) == 30
        kernel.run(f"import os; os.remove('stars.{suffix}')")

    button(session, "Forget all rows").click()
    question = table.get_by_role("alertdialog", name="Forget all rows?")
    question.get_by_role("button", name="Keep").click()
    question.wait_for(state="detached")
    assert kernel.get("imviz.app.session.n_rows") == 30
    button(session, "Forget all rows").click()
    question.get_by_text("Forget all 30 rows?").wait_for()
    question.get_by_role("button", name="Forget").click()
    table.get_by_text("No rows yet").wait_for()
    assert kernel.get("imviz.get_aperture_photometry_results() is None")


# ---- the window


def test_the_theme_and_the_tray_are_switched(session):
    colour = "getComputedStyle(document.querySelector('.imviz-bar')).backgroundColor"
    light = session.page.evaluate(colour)
    button(session, "Dark theme").click()
    until(lambda: session.page.evaluate(colour) == "rgb(34, 39, 45)")
    button(session, "Light theme").click()
    until(lambda: session.page.evaluate(colour) == light)
    width = session.figure().box["width"]
    button(session, "Tray of plugins").click()
    until(lambda: session.figure().box["width"] > width + 200)
    button(session, "Tray of plugins").click()
    until(lambda: session.figure().box["width"] == pytest.approx(width))


def test_the_controls_tell_their_names_in_python(session):
    session.kernel.run("imviz.plugins['Aperture Photometry'].background = 'Manual'")
    button(session, "Names of the controls in Python").first.click()
    session.page.get_by_text('plugin = imviz.plugins["Aperture Photometry"]').wait_for()
    session.page.get_by_label(".background_value").first.wait_for()
    assert session.kernel.get("imviz.app.window.api_hints")
    button(session, "Names of the controls in Python").first.click()
    session.page.get_by_label("Background value").first.wait_for()
    session.kernel.run("imviz.plugins['Aperture Photometry'].background = 'Annulus'")


def test_every_control_has_a_name_and_every_text_is_readable(session):
    panels = session.kernel.get("list(imviz.plugins)")
    session.kernel.run("for _panel in imviz.plugins.values(): _panel.active = True")
    sections = session.page.locator(".imviz-panel:visible")
    until(lambda: sections.count() == len(panels))
    session.page.wait_for_timeout(500)
    try:
        for theme in ("Dark theme", "Light theme"):
            session.page.evaluate(
                "document.querySelectorAll('.imviz details').forEach(one => one.open = true)"
            )
            assert session.page.evaluate(UNNAMED) == []
            button(session, theme).click()
            button(session, "Light theme" if theme == "Dark theme" else "Dark theme").wait_for()
            session.page.wait_for_timeout(400)  # colours fade into each other
            assert session.page.evaluate(FAINT) == []
    finally:
        session.kernel.run("for _panel in imviz.plugins.values(): _panel.active = False")


@pytest.mark.parametrize("n_viewers", [1, 4])
def test_a_small_window_cuts_nothing_and_nothing_overlaps(session, n_viewers):
    page = session.page
    try:
        page.set_viewport_size({"width": 900, "height": 600})
        page.wait_for_timeout(800)  # JupyterLab follows some time later
        for _ in range(n_viewers - 1):
            button(session, "Add a viewer").click()
        until(lambda: page.locator(".imviz-frame").count() == n_viewers)
        figure = session.figure()
        until(lambda: _said(page, middle(figure)))
        window = page.locator(".imviz").bounding_box()
        found = boxes(page, WINDOW)
        assert len(found) > 15
        assert all(
            left >= window["x"] and right <= window["x"] + window["width"] for left, _, right, _ in found
        )
        assert [pair for pair in _overlaps(found) if pair] == []
        wide = """selector => [...document.querySelectorAll(selector)].filter(e => e.offsetParent
            && e.scrollWidth > e.clientWidth + 1).map(e => e.className + ': ' + e.innerText)"""
        assert page.evaluate(wide, ".imviz, .imviz-tray, .imviz-cursor > div") == []
    finally:
        page.set_viewport_size({"width": 1400, "height": 900})


def _said(page, point):
    """Whether the cursor's line says something of a point of the picture."""
    page.mouse.move(point[0] + 3, point[1])
    page.mouse.move(*point)
    return page.locator(".imviz-cursor").inner_text().strip()


def _overlaps(found):
    """Pairs of boxes that share more than an edge."""
    return [
        (one, two)
        for n, one in enumerate(found)
        for two in found[n + 1 :]
        if min(one[2], two[2]) - max(one[0], two[0]) > 1 and min(one[3], two[3]) - max(one[1], two[1]) > 1
    ]


# ---- the command line


def test_of_two_files_named_the_good_one_is_shown_and_the_bad_one_explained(standalone, tmp_path):
    shutil.copy(M13, tmp_path / "m13.fits")
    bad = tmp_path / "bad.fits"
    bad.write_text("this is no image")
    session = standalone(str(tmp_path / "m13.fits"), str(bad))
    assert session.kernel.wait("imviz.data_labels") == ["m13[PRIMARY,1]"]
    notice = session.page.locator(".imviz-notice, .imviz-message", has_text="bad.fits").first
    notice.wait_for()
    picture = session.figure().pixels()
    assert picture.std() > 20
    assert (picture > 200).mean() > 0.01


def test_only_a_bad_file_leaves_an_open_window_that_says_why(standalone, tmp_path):
    bad = tmp_path / "bad.fits"
    bad.write_text("this is no image")
    session = standalone(str(bad))
    session.page.locator(".imviz-notice, .imviz-message", has_text="bad.fits").first.wait_for()
    session.page.get_by_role("button", name="Open a file").wait_for()
