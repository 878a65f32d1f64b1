"""Several images and viewers by the hand, in both hosts: comparing, matching, layers, keys, fingers."""

import numpy as np
import pytest
from browser.driving import until

SETUP = """
import numpy as np
from astropy.nddata import NDData
from astropy.wcs import WCS
from regions import CirclePixelRegion, PixCoord
def on_sky(values, angle, x=150, y=100):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], [10, 20], [x, y]
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    wcs.wcs.cd = np.array([[-c, s], [s, c]]) / 7200
    return NDData(np.full((200, 300), values, "f4"), wcs=wcs)
imviz.load_data(on_sky(0.0, 0), data_label="dark")
imviz.load_data(on_sky(1.0, 30), data_label="bright")
viewer = imviz.default_viewer
"""


NOTEBOOK = f"from imviz import Imviz\nimviz = Imviz()\n{SETUP}"
FRESH = """
viewer.compare(None); imviz.match_viewers(None); viewer.controls.compass = False
for name in list(imviz.viewers)[1:]: imviz.destroy_viewer(name)
imviz.link_data('pixels'); viewer.controls.tool = 'pan'
viewer.set_orientation('Default orientation')
for label in imviz.get_interactive_regions(): imviz.app.session.remove_region(label)
images = {"dark": (0.0, 0), "bright": (1.0, 30)}
for label in imviz.data_labels:
    if label not in images: imviz.app.session.remove_image(label)
for label, of in images.items():
    if label not in imviz.data_labels: imviz.load_data(on_sky(*of), data_label=label, show_in_viewer=False)
for label in viewer.data_labels_loaded: viewer.remove_image(label)
for label in images:
    viewer.add_image(label)
    viewer.set_layer(label, cuts=(0, 1))
viewer.home()
"""


@pytest.fixture(scope="module", params=["notebook", "standalone"])
def page(request):
    opener = request.getfixturevalue(request.param)
    session = opener(NOTEBOOK, "imviz.show()") if request.param == "notebook" else opener()
    if request.param == "standalone":
        session.kernel.run(SETUP)
    session.page.locator(".imviz-picture").first.wait_for(state="attached")
    client = session.page.context.new_cdp_session(session.page)
    client.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})
    session.touch = lambda kind, *points: client.send(
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]},
    )
    return session


@pytest.fixture
def figure(page):
    """The one viewer with "dark" under "bright" and no menu open, whatever a test before has left."""
    page.close_menus()
    page.kernel.run(FRESH)
    until(lambda: page.page.locator(".imviz-figure").count() == 1)
    figure = page.figure()
    until(lambda: brightness(figure, "middle") > 200)
    return figure


def middle(figure):
    return figure.box["x"] + figure.box["width"] / 2, figure.box["y"] + figure.box["height"] / 2


def brightness(figure, part):
    """Of the picture a quarter of its width from the left or the right, and at two thirds of the height."""
    pixels = figure.pixels().mean(axis=2)
    column = {"left": 0.3, "middle": 0.5, "right": 0.7}[part]
    rows, columns = (int(f * n) for f, n in zip((0.35, column), pixels.shape, strict=True))
    return float(np.median(pixels[rows - 4 : rows + 4, columns - 4 : columns + 4]))


def pick(page, name):
    page.close_menus()
    page.page.get_by_role("button", name="Compare and match", exact=True).first.click()
    page.page.locator(".menuable__content__active").get_by_role("menuitem", name=name).click()
    page.page.locator(".menuable__content__active").wait_for(state="hidden")


def test_a_divider_dragged_over_the_picture_has_one_image_on_each_side(page, figure):
    pick(page, "Swipe between two images")
    assert page.kernel.get("[viewer.comparison.mode, *viewer.comparison.images]") == [
        "swipe",
        "bright",
        "dark",
    ]
    until(lambda: brightness(figure, "left") > 200 and brightness(figure, "right") < 60, 15)
    x, y = middle(figure)
    shift = figure.box["width"] * 0.3
    figure.drag((x, y + 40), (x - shift, y + 40))
    until(lambda: brightness(figure, "left") < 60, 10)
    assert page.kernel.wait("abs(viewer.comparison.at - 0.2) < 0.02")
    row = figure.pixels()[int(0.35 * figure.box["height"]), :, 0]
    saved = page.kernel.get(f"viewer.as_image()[{int(0.35 * figure.box['height'])}, :, 0]")
    assert (
        np.mean(np.abs(np.subtract(saved, row.astype(int))) > 8) < 0.04
    )  # but for the divider and its names
    pick(page, "Swipe between two images")
    until(lambda: brightness(figure, "left") > 200, 10)


def test_a_slider_fades_one_image_into_the_other(page, figure):
    pick(page, "Fade between two images")
    slider = page.page.get_by_label("Fade between two images")
    for value, low, high in (("0", 200, 256), ("1", -1, 60), ("0.5", 90, 170)):
        slider.fill(value)
        until(lambda low=low, high=high: low < brightness(figure, "middle") < high, 10, what=value)


def test_keys_and_button_blink_to_the_next_image_and_lose_none(page, figure):
    page.page.mouse.move(*middle(figure))
    page.page.keyboard.press("b")
    page.kernel.wait("viewer.data_labels_visible == ['dark']")
    until(lambda: brightness(figure, "middle") < 60, 10)
    page.page.keyboard.press("b")
    page.kernel.wait("viewer.data_labels_visible == ['bright']")
    until(lambda: brightness(figure, "middle") > 200, 10)
    page.page.keyboard.press("B")
    page.kernel.wait("viewer.data_labels_visible == ['dark']")
    page.page.get_by_role("button", name="Blink", exact=True).first.click()
    page.kernel.wait("viewer.data_labels_visible == ['bright']")
    assert page.kernel.get("viewer.data_labels_loaded") == ["dark", "bright"]


def test_keys_zoom_to_one_and_go_back_and_the_list_of_keys_opens(page, figure):
    page.page.mouse.move(*middle(figure))
    page.page.wait_for_timeout(500)
    before = figure.limits()
    page.page.keyboard.press("1")
    page.kernel.wait("abs(viewer.zoom_level - 1) < 1e-6")
    page.page.wait_for_timeout(600)
    page.page.get_by_role("button", name="Previous view", exact=True).first.click()
    until(lambda: np.allclose(figure.limits(), before), 10)
    page.page.mouse.move(*middle(figure))
    page.page.keyboard.press("+")
    until(lambda: not np.allclose(figure.limits(), before), 10)
    page.page.keyboard.press("Home")
    until(lambda: np.allclose(figure.limits(), before), 10)
    page.page.wait_for_timeout(600)
    page.page.keyboard.press("1")
    page.kernel.wait("abs(viewer.zoom_level - 1) < 1e-6")
    page.page.wait_for_timeout(600)
    page.page.keyboard.press("[")
    until(lambda: np.allclose(figure.limits(), before), 10)
    page.page.keyboard.press("]")
    page.kernel.wait("abs(viewer.zoom_level - 1) < 1e-6")
    page.page.keyboard.press("?")
    page.page.get_by_role("dialog", name="Keys over the picture").wait_for()
    page.page.keyboard.press("?")
    assert page.page.locator(".imviz-keys").count() == 0
    page.page.get_by_role("button", name="Mouse and keys (?)").click()
    page.page.get_by_role("dialog", name="Keys over the picture").wait_for()
    page.page.keyboard.press("Escape")
    assert page.page.locator(".imviz-keys").count() == 0


def test_fingers_tap_pan_and_pinch(page, figure):
    x, y = middle(figure)
    before = figure.limits()
    page.kernel.run("imviz.load_regions([CirclePixelRegion(PixCoord(150, 100), 20)])")
    page.kernel.wait("len(imviz.get_interactive_regions())")
    page.settle()

    page.touch("touchStart", (x + 200, y))
    page.touch("touchEnd")
    page.kernel.wait("viewer.controls.cursor is not None")  # told, and still there without the finger
    right, up = page.kernel.get("[viewer.controls.cursor.x, viewer.controls.cursor.y]")
    here = np.array(figure.screen(right, up)) - (x + 200, y)
    assert np.abs(here).max() < 1
    page.touch("touchStart", figure.screen(150 + 20, 100))
    page.touch("touchEnd")
    page.kernel.wait("imviz.app.session.selected_region is not None")
    page.touch("touchStart", (x - 200, y - 100))
    page.touch("touchEnd")
    page.kernel.wait("imviz.app.session.selected_region is None")

    page.touch("touchStart", (x + 100, y))
    for shift in (20, 50, 80):
        page.touch("touchMove", (x + 100 + shift, y + shift / 2))
    page.touch("touchEnd")
    moved = np.array([80, 80, -40, -40]) * figure.pixel
    until(lambda: np.allclose(figure.limits(), np.subtract(before, moved), atol=0.6 * figure.pixel), 10)
    assert len(page.kernel.get("imviz.app.session.regions")) == 1  # nothing was drawn

    before = figure.limits()
    for kind, apart in (("touchStart", 40), *(("touchMove", apart) for apart in (50, 65, 80))):
        page.touch(kind, (x - apart, y), (x + apart, y))
        page.page.wait_for_timeout(40)
    page.touch("touchEnd")

    def zoomed():
        x0, x1, y0, y1 = figure.limits()
        return abs((x1 - x0) * 2 / (before[1] - before[0]) - 1) < 0.03 and (x0, x1, y0, y1)

    x0, x1, *_ = until(zoomed, 10)
    assert abs((x0 + x1) / 2 - (before[0] + before[1]) / 2) < 1


def test_contrast_follows_the_mouse(page, figure):
    page.kernel.run("viewer.set_visible('bright', False); viewer.set_layer('dark', cuts=(-1, 1))")
    page.tool("Contrast/bias")
    (x, y), before = middle(figure), figure.limits()
    until(lambda: 100 < brightness(figure, "middle") < 156, 10)
    figure.drag((x, y), (figure.box["x"] + 0.25 * figure.box["width"], y))
    page.kernel.wait("abs(viewer.controls.layers[0].bias - 0.25) < 0.01")
    assert page.kernel.get("viewer.controls.layers[0].contrast") == pytest.approx(2, abs=0.02)
    until(lambda: brightness(figure, "middle") > 240, 10)  # (0.5 - 0.25) * 2 + 0.5 = 1
    assert figure.limits() == before


def test_the_list_of_layers_shows_hides_orders_renames_and_removes(page, figure):
    layers = page.page.locator(".imviz-layers")
    page.page.get_by_role("button", name="Layers", exact=True).first.click()
    row = layers.locator("fieldset")
    row.nth(1).wait_for()
    row.first.get_by_role("button", name="Hide", exact=True).click()
    until(lambda: brightness(figure, "left") < 60, 10)
    row.first.get_by_role("button", name="Show", exact=True).click()
    until(lambda: brightness(figure, "left") > 200, 10)

    order = "[layer.label for layer in viewer.controls.layers]"
    page.settle()
    grip, other = (row.nth(n).bounding_box() for n in (1, 0))
    mouse = page.page.mouse
    handle = row.nth(1).locator(".imviz-grip").bounding_box()
    mouse.move(handle["x"] + 6, handle["y"] + 6)
    mouse.down()
    mouse.move(handle["x"] + 8, other["y"] + 12, steps=5)
    lifted = row.nth(1).bounding_box()
    assert lifted["y"] == pytest.approx(grip["y"] + other["y"] + 12 - handle["y"] - 6, abs=2)  # with the hand
    mouse.up()
    page.kernel.wait(f"{order} == ['bright', 'dark']")
    until(lambda: brightness(figure, "left") < 60, 10)
    row.nth(1).get_by_role("button", name="Move up", exact=True).click()
    page.kernel.wait(f"{order} == ['dark', 'bright']")

    name = row.first.get_by_label("Name of bright")
    name.fill("light")
    page.page.keyboard.press("Enter")
    page.kernel.wait(f"{order} == ['dark', 'light']")
    row.first.get_by_role("button", name="Take out of this viewer", exact=True).click()
    page.kernel.wait(f"{order} == ['dark']")
    layers.get_by_role("button", name="light", exact=True).click()
    page.kernel.wait(f"{order} == ['dark', 'light']")
    page.kernel.run("imviz.app.session.rename_image('light', 'bright')")


def test_a_click_right_after_a_rename_is_about_the_image_renamed(page, figure):
    """Its line is drawn with the new name between press and release, and is still the same line."""
    layers = page.page.locator(".imviz-layers")
    page.page.get_by_role("button", name="Layers", exact=True).first.click()
    row = layers.locator("fieldset")
    row.nth(1).wait_for()
    remove = row.first.get_by_role("button", name="Take out of this viewer", exact=True)
    remove.hover()
    page.page.mouse.down()
    page.kernel.run("imviz.app.session.rename_image('bright', 'light')")
    row.first.get_by_label("Name of light").wait_for()  # drawn anew between press and release
    page.page.mouse.up()
    page.kernel.wait("viewer.data_labels_loaded == ['dark']")
    layers.get_by_role("button", name="light", exact=True).hover()
    page.kernel.run("import time; imviz.app.session.rename_image('light', 'bright'); time.sleep(0.5)")
    page.page.mouse.down()
    page.page.mouse.up()
    page.kernel.wait("viewer.data_labels_loaded == ['dark', 'bright']")


def test_a_click_on_a_name_that_the_kernel_has_changed_meanwhile_still_counts(page, figure):
    page.page.get_by_role("button", name="Layers", exact=True).first.click()
    row = page.page.locator(".imviz-layers fieldset")
    row.nth(1).wait_for()
    page.kernel.client.execute(  # busy while the click comes; the page hears of the name afterwards
        "import time; time.sleep(1); imviz.app.session.rename_image('bright', 'light')"
    )
    row.first.get_by_role("button", name="Take out of this viewer", exact=True).click()
    page.kernel.wait("viewer.data_labels_loaded == ['dark']")


def test_north_is_up_after_one_click_and_the_compass_says_so(page, figure):
    page.kernel.run(
        "imviz.link_data('wcs'); viewer.solo('bright'); imviz.plugins['Orientation'].open_in_tray()"
    )
    pick(page, "Compass")
    page.page.get_by_role("button", name="North up, east left", exact=True).click()
    page.kernel.wait("viewer.controls.reference == 'North-up, East-left'")
    compass = page.page.locator(".imviz-compass").first
    until(lambda: "N 90°, E 180°" in compass.get_attribute("aria-label"), 10)
    until(lambda: brightness(figure, "middle") > 200, 10)


def test_matched_viewers_move_together_in_the_browser(page, figure):
    page.kernel.run(
        "second = imviz.viewers.get('imviz-1') or imviz.create_image_viewer()\n"
        "imviz.app.add_data_to_viewer('imviz-1', 'bright')"
    )
    page.page.locator(".imviz-figure").nth(1).wait_for()
    page.settle()
    pick(page, "Move viewers together by sky")
    first = page.figure()
    x, y = middle(first)
    before = first.limits()
    page.page.mouse.move(x, y)
    page.page.mouse.wheel(0, -400)
    until(lambda: not np.allclose(first.limits(), before))
    page.settle()
    first.drag((x, y), (x + 60, y + 30))

    def together():
        here, there = (
            page.kernel.get(
                "(lambda v: (lambda s: [s.ra.deg, s.dec.deg])("
                "imviz.app.session.image(v.view.reference_image).wcs.pixel_to_world(*v.limits.centre)))"
                f"(imviz.viewers[{name!r}])"
            )
            for name in ("imviz-0", "imviz-1")
        )
        return np.hypot(*np.subtract(here, there)) < 0.1 / 7200  # a tenth of a pixel

    until(together, 10)
    scales = page.kernel.get("[v.limits.width / v.navigation.shape[1] for v in imviz.viewers.values()]")
    assert scales[0] == pytest.approx(scales[1], rel=1e-3)
    second = page.figure("imviz-1", 1)
    at = round(x + 45), round(y + 25)
    page.page.mouse.move(x, y)
    page.page.mouse.move(*at)
    cross = page.page.locator(".imviz-crosshair")
    cross.wait_for(state="attached")
    x0, x1, y0, y1 = first.limits()
    right = x0 + (at[0] - first.box["x"]) / first.box["width"] * (x1 - x0)
    up = y1 - (at[1] - first.box["y"]) / first.box["height"] * (y1 - y0)
    wcs = "imviz.app.session.image(imviz.viewers['imviz-{}'].view.reference_image).wcs"
    there = f"{wcs.format(1)}.world_to_pixel({wcs.format(0)}.pixel_to_world({right}, {up}))"
    there = page.kernel.get(f"list(map(float, {there}))")

    def at_the_same_place():
        box = cross.bounding_box()
        here = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        return np.hypot(*np.subtract(here, second.screen(*there))) < 2

    until(at_the_same_place, 10, what="the crosshair is where the mouse points on the sky")

    pick(page, "Move viewers together by pixels")
    first.drag((x, y), (x - 40, y + 20))

    def by_pixels():
        a, b = (page.kernel.get(f"list(imviz.viewers['imviz-{n}'].limits.centre)") for n in (0, 1))
        return np.hypot(*np.subtract(a, b)) < 0.01

    until(by_pixels, 10)
