"""The picture in a real page: where it is, what it costs, and that both ways of drawing it agree."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from browser.driving import until
from PIL import Image

SETUP = """
import numpy as np
from types import SimpleNamespace
from astropy.nddata import NDData
from astropy.wcs import WCS
from ipywidgets import Box, Output
from imviz.session import Session
from imviz.viewer import ImageViewer
def tangent(angle, parity=-1):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "RA---TAN", "DEC--TAN"
    wcs.wcs.crval, wcs.wcs.crpix = (10.0, 20.0), (601, 501)
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    wcs.wcs.cd = np.array([[parity * c, -parity * s], [s, c]]) * 0.5 / 3600
    return wcs
y, x = np.mgrid[:1000, :1200]
rng = np.random.default_rng(1)
stars = rng.normal(10, 1, (1000, 1200)).astype("f4")
for sx, sy in rng.uniform(100, 900, (60, 2)):
    stars += 300 * np.exp(-((x - sx) ** 2 + (y - sy) ** 2) / 18)
block = np.zeros((1000, 1200), "f4")
block[480:540, 560:640] = 1
session = Session()
session.add_image(NDData(stars, wcs=tangent(0)), "stars")
session.add_image(NDData(block, wcs=tangent(30, 1)), "block")
session.add_image(NDData(np.zeros((1000, 1200), "f4"), wcs=tangent(0)), "blank")
def show(backend):
    viewer = ImageViewer(session, "imviz-0")
    viewer.picture._page.backend = backend
    for label in ("stars", "block"):
        viewer.add_image(label)
    viewer.set_layer("block", visible=False, cuts=(0, 1))
    viewer.set_layer("stars", cuts=(0, 200))
    box = Box(viewer.widgets, layout={"width": "820px", "height": "420px"})
    viewer.figure.layout.width = viewer.figure.layout.height = "100%"
    box.add_class("imviz-figure")
    return viewer, box
viewers, boxes = {}, {}
for name in ("canvas", "webgl"):
    viewers[name], boxes[name] = show(name)
imviz = SimpleNamespace(viewers=viewers)
heard, handfuls, more = [], [], Output()
def listen(viewer):
    widget = viewer.picture._page
    widget.on_msg(lambda _, content, __: heard.append(content["type"]))
    def send(content, buffers=None, send=widget.send):
        if content["type"] == "tiles":
            handfuls.append([[tile[name] for name in NAME] for tile in content["tiles"]])
        send(content, buffers)
    widget.send = send
NAME = "layer", "version", "level", "row", "column", "exact"
for viewer in viewers.values():
    listen(viewer)
"""
PICTURE = "document.querySelectorAll('.imviz-figure .bqplot')[{}].imvizPicture"


@pytest.fixture(scope="module")
def page(notebook):
    session = notebook(SETUP, "boxes['canvas']", "boxes['webgl']", "more")
    session.page.locator(".imviz-picture").nth(1).wait_for(state="attached")
    return session


@pytest.fixture(params=["canvas", "webgl"])
def figure(page, request):
    index = ["canvas", "webgl"].index(request.param)
    figure = page.figure(request.param, index)
    figure.name, figure.picture = request.param, PICTURE.format(index)
    page.kernel.run(
        f"viewer = viewers[{request.param!r}]; viewer.home(); session.align('pixels')\n"
        "viewer.set_layer('stars', visible=True, opacity=1, cuts=(0, 200), stretch='linear', "
        "colormap='Gray', contrast=1, bias=0.5)\n"
        "viewer.set_layer('block', visible=False, opacity=1, blend='normal')"
    )
    settled(page, figure)
    return figure


def ask(page, figure, what):
    return page.page.evaluate(f"{figure.picture}.{what}")


def settled(page, figure):
    """Wait until the page shows the kernel's view, drawn from exact tiles of its level."""

    def arrived():
        seen = ask(page, figure, "surface.limits()")
        return np.allclose([*seen["x"], *seen["y"]], figure.limits(), atol=1e-6)

    until(arrived, 20, what="the kernel's view")
    page.page.wait_for_timeout(150)
    until(lambda: ask(page, figure, "sharp"), 20, what="a sharp picture")


def complete(page, figure):
    """Wait until the margin around the view has come too, and what was estimated has come again, exact."""
    served = "viewer.picture._served.values()"
    coming = f"viewer.picture._busy or any(one.estimated or one.refining for one in {served})"

    def came():
        if not ask(page, figure, "complete") or page.kernel.get(coming):
            return None
        return ask(page, figure, "store.received")

    def all_came():
        before = came()
        page.page.wait_for_timeout(200)
        return before is not None and before == came()

    settled(page, figure)
    until(all_came, 20, what="the margin is there")


def decoded(text):
    """A base64 PNG as (rows, columns, 3)."""
    return np.asarray(Image.open(BytesIO(b64decode(text))).convert("RGB")).astype(int)


def drawn(page, figure):
    """The picture's own pixels, as the page has them."""
    page.page.wait_for_timeout(100)
    return decoded(ask(page, figure, "canvas.toDataURL('image/png')").split(",")[1])


def rendered(page, figure, shape):
    """The same view drawn by Python."""
    page.kernel.run("from base64 import b64encode; from imviz.view.picture.render import png, render")
    view = f"render(viewer.view, viewer.limits, {tuple(shape)})"
    return decoded(page.kernel.get(f"b64encode(png({view})).decode()"))


def test_the_backend_asked_for_draws(page, figure):
    kind = "WebGLBackend" if figure.name == "webgl" else "CanvasBackend"
    assert ask(page, figure, "backend.constructor.name") == kind


def test_the_browser_draws_what_python_draws(page, figure):
    page.kernel.run("viewer.zoom_level = 2; viewer.center_on((500, 480))")
    settled(page, figure)
    seen = drawn(page, figure)
    assert seen.std() > 10
    off = np.abs(seen - rendered(page, figure, seen.shape[:2])).max(axis=2)
    assert (off > 3).mean() < 0.005  # a pixel edge may fall on either side of a sample


@pytest.mark.parametrize(
    "look",
    [
        "stretch='log', colormap='viridis'",
        "stretch='arcsinh', contrast=1.7, bias=0.4",
        "stretch='power', stretch_parameters={'a': 0.7}, invert=True",
        "stretch='spline', cuts=(5, 60)",
    ],
)
def test_every_look_is_python_s_and_sends_no_pixel(page, figure, look):
    page.kernel.run("viewer.zoom_level = 1; viewer.center_on((500.5, 480.5))")
    complete(page, figure)
    before = ask(page, figure, "store.received")
    page.kernel.run(f"viewer.set_layer('stars', {look}); heard.clear()")
    settled(page, figure)
    seen = drawn(page, figure)
    off = np.abs(seen - rendered(page, figure, seen.shape[:2])).max(axis=2)
    page.kernel.run("viewer.set_layer('stars', invert=False)")
    assert (off > 6).mean() < 0.01
    assert ask(page, figure, "store.received") == before
    assert page.kernel.get("heard") == []


SENT = """() => { if (window.sent) return; window.sent = []; const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) { window.sent.push(data); send.call(this, data); } }"""


def test_a_pan_inside_the_margin_sends_nothing_and_one_message_at_rest(page, figure):
    page.page.evaluate(SENT)
    page.kernel.run("viewer.zoom_level = 1; viewer.center_on((620, 540)); viewer.controls.tool = 'pan'")
    complete(page, figure)  # where the pan ends: what is around it is there too
    page.kernel.run("viewer.center_on((500, 480))")
    complete(page, figure)
    x, y = round(figure.box["x"] + 400), round(figure.box["y"] + 200)
    mouse = page.page.mouse
    mouse.move(x, y)
    page.page.wait_for_timeout(150)
    before, painted = ask(page, figure, "store.received"), ask(page, figure, "painted")
    sent = "window.sent.length"
    told = page.page.evaluate(sent)
    mouse.down()
    for n in range(1, 31):
        mouse.move(x - 4 * n, y + 2 * n)
    assert page.page.evaluate(sent) == told
    mouse.up()
    x0, x1, y0, y1 = figure.limits()
    assert page.kernel.get("list(viewer.limits.centre)") == pytest.approx([620, 540])
    assert page.kernel.get("list(viewer.get_limits())") == pytest.approx([x0, x1, y0, y1])
    page.page.wait_for_timeout(200)
    assert page.page.evaluate(sent) == told + 1
    assert ask(page, figure, "painted") > painted + 5
    assert ask(page, figure, "lacking") == 0
    assert ask(page, figure, "store.received") == before


def test_each_handful_is_acknowledged_once_and_no_tile_comes_twice(page, figure):
    page.kernel.run(
        "for one in viewer.picture._served.values(): one.recode(one.coding)\n"
        "viewer.controls.tool = 'pan'; viewer.zoom_level = 4; viewer.center_on((150, 150))\n"
        "heard.clear(); handfuls.clear(); viewer.picture.sync()"
    )
    complete(page, figure)
    x, y = round(figure.box["x"] + 400), round(figure.box["y"] + 200)
    mouse = page.page.mouse
    for dx, turn in ((-300, 600), (300, -600)):
        figure.drag((x, y), (x + dx, y - dx // 3))
        mouse.wheel(0, turn)
        complete(page, figure)
    came = page.kernel.get("handfuls")
    assert len(came) > 1
    assert page.kernel.get("heard.count('got')") == len(came)
    tiles = [tuple(tile) for handful in came for tile in handful]
    assert sorted(tiles) == sorted(set(tiles))


def test_a_viewer_shown_twice_has_its_tiles_once_and_frees_them_when_it_is_closed(page):
    page.kernel.run(
        "viewer, again = show('canvas'); viewers['twice'] = viewer\n"
        "for _ in range(2): more.append_display_data(again)"
    )
    here = [page.figure("twice", index) for index in (2, 3)]
    pictures = [PICTURE.format(index) for index in (2, 3)]
    for one, picture in zip(here, pictures, strict=True):
        one.picture = picture
        until(lambda picture=picture: page.page.evaluate(f"{picture}?.sharp"), 20, what="a picture")
        complete(page, one)
    assert page.page.evaluate(f"{pictures[0]}.store === {pictures[1]}.store")
    seen = [drawn(page, one) for one in here]
    assert seen[0].std() > 10
    assert (seen[0] == seen[1]).all()
    page.page.evaluate(f"window.kept = {pictures[0]}.store")
    assert page.page.evaluate("kept.views.size") == 2
    page.kernel.run("more.outputs = more.outputs[1:]")  # the first cell is run again
    until(lambda: page.page.evaluate("kept.views.size") == 1, 20, what="one view is gone")
    assert page.page.evaluate("kept.tiles.size") > 0
    page.kernel.run("viewer.close()")
    until(lambda: page.page.evaluate("kept.tiles.size + kept.views.size") == 0, 20, what="the store is freed")
    assert page.page.evaluate("kept.bytes") == 0
    page.kernel.run("more.outputs = ()")


def test_blinking_back_to_an_image_seen_costs_no_byte(page, figure):
    for _ in range(2):
        page.kernel.run("viewer.blink_once()")
        complete(page, figure)
    before = ask(page, figure, "store.received")
    for _ in range(4):
        page.kernel.run("viewer.blink_once()")
        settled(page, figure)
    assert ask(page, figure, "store.received") == before


def test_a_block_on_a_turned_mirrored_image_is_where_its_wcs_says(page, figure):
    page.kernel.run(
        "session.align('wcs')\n"
        "viewer.set_layer('block', visible=True); viewer.set_layer('stars', visible=False)\n"
        "viewer.zoom_level = 3; viewer.center_on((600, 510))"
    )
    settled(page, figure)
    weight = drawn(page, figure)[..., 0] / 255.0
    rows, columns = np.indices(weight.shape)
    ratio = weight.shape[1] / figure.box["width"]
    found = [float((weight * axis).sum() / weight.sum()) for axis in (columns + 0.5, rows + 0.5)]
    page.kernel.run(
        "from astropy.wcs.utils import pixel_to_pixel\n"
        "bx, by = np.meshgrid(np.arange(559.75, 639.5, 0.5), np.arange(479.75, 539.5, 0.5))\n"
        "here, there = (session.image(label).wcs for label in ('block', 'stars'))\n"
        "at = [float(axis.mean()) for axis in pixel_to_pixel(here, there, bx, by)]"
    )
    x0, x1, y0, y1 = figure.limits()
    px, py = page.kernel.get("at")
    expected = (px - x0) / (x1 - x0) * weight.shape[1], (y1 - py) / (y1 - y0) * weight.shape[0]
    assert found == pytest.approx(expected, abs=0.15 * ratio)


def test_layers_that_are_not_opaque_or_add_up_show_no_seam(page, figure):
    page.kernel.run(
        "session.align('wcs'); viewer.set_layer('block', visible=True, opacity=0.5, cuts=(-1, 0))\n"
        "viewer.set_layer('stars', visible=False); viewer.zoom_level = 0.9; viewer.center_on((600, 500))"
    )
    settled(page, figure)
    seen = drawn(page, figure)[..., 0]
    middle = seen[seen.shape[0] // 2 - 120 : seen.shape[0] // 2 + 120, seen.shape[1] // 2 - 150 :][:, :300]
    page.kernel.run("viewer.set_layer('block', cuts=(0, 1))")
    assert set(np.unique(middle)) <= {127, 128}


def test_cuts_far_from_those_before_bring_finer_codes_and_the_picture_stays(page, figure):
    page.kernel.run("viewer.set_layer('stars', cuts=(150, 150.5))")
    settled(page, figure)
    seen = drawn(page, figure)
    off = np.abs(seen - rendered(page, figure, seen.shape[:2])).max(axis=2)
    assert (off > 40).mean() < 0.01


def test_over_a_slow_link_tiles_come_packed_and_look_the_same(page, figure):
    page.kernel.run("viewer.zoom_level = 1; viewer.center_on((500.5, 480.5))")
    complete(page, figure)
    before = ask(page, figure, "store.received")
    page.kernel.run(
        "viewer.picture.link.limit = np.inf\n"
        "for one in viewer.picture._served.values(): one.recode(one.coding)\n"
        "viewer.picture.sync()"
    )
    until(lambda: page.kernel.get("any(one.packed for one in viewer.picture._served.values())"))
    complete(page, figure)
    seen = drawn(page, figure)
    off = np.abs(seen - rendered(page, figure, seen.shape[:2])).max(axis=2)
    assert (off > 3).mean() < 0.005
    codes = "[...{0}.store.tiles.values()].reduce((sum, tile) => sum + tile.codes.byteLength, 0)"
    came = page.page.evaluate(codes.format(figure.picture))
    assert ask(page, figure, "store.received") - before < 0.8 * came
    page.kernel.run("viewer.picture.link.limit = 0")
