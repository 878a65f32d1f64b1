"""Several images and viewers by the hand: swipe, fade, blink, matching, keys, fingers, compass."""

import numpy as np
import pytest
from browser.driving import until

SETUP = """
import numpy as np
from astropy.nddata import NDData
from astropy.wcs import WCS
from imviz import Imviz
def on_sky(values, angle, x=150, y=100):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], [10, 20], [x, y]
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    wcs.wcs.cd = np.array([[-c, s], [s, c]]) / 7200
    return NDData(np.full((200, 300), values, "f4"), wcs=wcs)
imviz = Imviz()
imviz.load_data(on_sky(0.0, 0), data_label="dark")
imviz.load_data(on_sky(1.0, 30), data_label="bright")
viewer = imviz.default_viewer
for label in ("dark", "bright"):
    viewer.set_layer(label, cuts=(0, 1))
"""


@pytest.fixture(scope="module")
def page(notebook):
    session = notebook(SETUP, "imviz.show()")
    session.page.locator(".imviz-picture").first.wait_for(state="attached")
    return session


@pytest.fixture
def figure(page):
    page.kernel.run(
        "viewer.compare(None); imviz.match_viewers(None); viewer.controls.compass = False\n"
        "imviz.link_data('pixels'); viewer.controls.tool = 'pan'\n"
        "viewer.set_orientation('Default orientation')\n"
        "viewer.set_visible('dark', True); viewer.set_visible('bright', True); viewer.home()"
    )
    page.page.wait_for_timeout(300)
    return page.figure()


def middle(figure):
    return figure.box["x"] + figure.box["width"] / 2, figure.box["y"] + figure.box["height"] / 2


def brightness(figure, part):
    """Of the picture a quarter of its width from the left or the right, and at two thirds of the height."""
    pixels = figure.pixels().mean(axis=2)
    column = {"left": 0.3, "middle": 0.5, "right": 0.7}[part]
    rows, columns = (int(f * n) for f, n in zip((0.35, column), pixels.shape, strict=True))
    return float(np.median(pixels[rows - 4 : rows + 4, columns - 4 : columns + 4]))


def pick(page, name):
    page.page.get_by_role("button", name="Compare and match", exact=True).first.click()
    page.page.locator(".menuable__content__active").get_by_role("menuitem", name=name).click()
    page.page.wait_for_timeout(400)


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
    pick(page, "Swipe between two images")
    until(lambda: brightness(figure, "left") > 200, 10)


def test_a_slider_fades_one_image_into_the_other(page, figure):
    pick(page, "Fade between two images")
    slider = page.page.get_by_label("Fade between two images")
    for value, low, high in (("0", 200, 256), ("1", -1, 60), ("0.5", 90, 170)):
        slider.fill(value)
        until(lambda low=low, high=high: low < brightness(figure, "middle") < high, 10, what=value)


def test_b_blinks_to_the_next_image_and_loses_none(page, figure):
    page.page.mouse.move(*middle(figure))
    page.page.keyboard.press("b")
    page.kernel.wait("viewer.data_labels_visible == ['dark']")
    until(lambda: brightness(figure, "middle") < 60, 10)
    page.page.keyboard.press("b")
    page.kernel.wait("viewer.data_labels_visible == ['bright']")
    until(lambda: brightness(figure, "middle") > 200, 10)
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
    page.page.keyboard.press("]")
    page.kernel.wait("abs(viewer.zoom_level - 1) < 1e-6")
    page.page.keyboard.press("?")
    page.page.get_by_role("dialog", name="Keys over the picture").wait_for()
    page.page.keyboard.press("?")
    assert page.page.locator(".imviz-keys").count() == 0


def test_two_fingers_zoom_about_the_point_between_them(page, figure):
    x, y = middle(figure)
    client = page.page.context.new_cdp_session(page.page)
    before = figure.limits()

    def touch(kind, apart):
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}] if apart else []
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 40)
    for apart in (50, 65, 80):
        touch("touchMove", apart)
        page.page.wait_for_timeout(40)
    touch("touchEnd", 0)

    def zoomed():
        x0, x1, y0, y1 = figure.limits()
        return abs((x1 - x0) * 2 / (before[1] - before[0]) - 1) < 0.03 and (x0, x1, y0, y1)

    x0, x1, *_ = until(zoomed, 10)
    assert abs((x0 + x1) / 2 - (before[0] + before[1]) / 2) < 1


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
    page.page.wait_for_timeout(800)
    pick(page, "Move viewers together by sky")
    first = page.figure()
    x, y = middle(first)
    page.page.mouse.move(x, y)
    page.page.mouse.wheel(0, -400)
    page.page.wait_for_timeout(300)
    first.drag((x, y), (x + 60, y + 30))

    def together():
        here, there = (
            page.kernel.get(
                f"(lambda v: (lambda s: [s.ra.deg, s.dec.deg])(imviz.app.session.image(v.reference_image).wcs"
                f".pixel_to_world(*v.limits.centre)))(imviz.viewers[{name!r}])"
            )
            for name in ("imviz-0", "imviz-1")
        )
        return np.hypot(*np.subtract(here, there)) < 0.1 / 7200  # a tenth of a pixel

    until(together, 10)
    scales = page.kernel.get("[v.limits.width / v.navigation.shape[1] for v in imviz.viewers.values()]")
    assert scales[0] == pytest.approx(scales[1], rel=1e-3)
    page.page.mouse.move(x, y)
    page.page.mouse.move(x + 5, y + 5)
    page.page.locator(".imviz-crosshair").wait_for(state="attached")
