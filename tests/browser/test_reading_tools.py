"""The reading tools with the mouse and keys: profiles, markers, overlays, pixel table, quality, export."""

from __future__ import annotations

import os

import numpy as np
import pytest
from browser.driving import until

from imviz.demo import write_demo

SHOTS = os.environ.get("IMVIZ_SHOTS")


@pytest.fixture(scope="module")
def opened_page(standalone, tmp_path_factory):
    path = write_demo(tmp_path_factory.mktemp("reading") / "reading.fits")
    session = standalone(str(path), "--theme=dark")
    session.page.locator(".imviz-regions").first.wait_for(state="attached")
    return session


@pytest.fixture
def page(opened_page):
    """The page with the whole image and no panel, as after opening it."""
    for name in opened_page.kernel.get("[n for n in imviz.plugins if imviz.plugins[n].active]"):
        opened_page.kernel.run(f"imviz.plugins[{name!r}].close_in_tray()")
    opened_page.page.locator("aside.imviz-tray").wait_for(state="hidden")
    opened_page.page.wait_for_timeout(700)  # the figure is laid out anew some time after its frame
    opened_page.kernel.run("imviz.default_viewer.reset_limits()")
    return opened_page


def opened(page, name):
    """Open a plugin by its button in the rail."""
    page.page.get_by_role("button", name=name, exact=True).last.click()
    panel = page.page.get_by_role("region", name=name, exact=True)
    panel.wait_for()
    page.page.wait_for_timeout(700)
    return panel


def over(page, figure, x, y):
    """Put the mouse over a pixel and wait until the kernel knows."""
    place = [round(value) for value in figure.screen(x, y)]
    page.page.mouse.move(place[0] - 3, place[1])
    page.page.mouse.move(*place)
    page.kernel.wait("imviz.default_viewer.controls.cursor")
    page.page.wait_for_timeout(150)  # the place told last, too
    page.settle()


def shot(page, name):
    if SHOTS:
        page.shot(f"{SHOTS}/{name}.png")


def test_l_and_k_plot_profiles(page):
    over(page, page.figure(), 250.3, 640.8)
    page.page.keyboard.press("l")  # opens its panel, which makes the figure narrower
    plugin = "imviz.plugins['Image Profiles (XY)']"
    page.kernel.wait(f"{plugin}.has_row")
    assert page.kernel.get(f"[{plugin}.x, {plugin}.y]") == pytest.approx([250, 641], abs=1.5)
    panel = page.page.get_by_role("region", name="Image Profiles (XY)", exact=True)
    panel.wait_for()
    page.page.wait_for_timeout(700)
    figure = page.figure()
    for x, y in ((200, 600), (300, 680)):
        over(page, figure, x, y)
        page.page.keyboard.press("k")
    page.kernel.wait(f"{plugin}.has_cut")
    assert page.kernel.get(f"{plugin}.export_table('cut')['distance'].value[-1]") == pytest.approx(128, abs=3)
    until(lambda: panel.locator(".bqplot").count() == 3, what="three plots")
    shot(page, "profiles")


def test_m_and_d_note_and_measure(page):
    opened(page, "Markers")
    figure = page.figure()
    over(page, figure, 100, 500)
    page.page.keyboard.press("m")
    plugin = "imviz.plugins['Markers']"
    page.kernel.wait(f"{plugin}.n_markers == 1")
    page.page.keyboard.press("d")
    over(page, figure, 400, 640)
    page.page.keyboard.press("d")
    page.kernel.wait(f"{plugin}.n_distances == 1")
    arcsec = page.kernel.get(f"{plugin}.export_measurements_table()['Separation (arcsec)'][0]")
    assert arcsec == pytest.approx(np.hypot(300, 140) * 0.031, rel=0.02)
    page.page.get_by_role("region", name="Table of distances").wait_for()
    shot(page, "markers")


def test_bars_and_grid_are_switched_on_and_follow_the_view(page):
    panel = opened(page, "Overlays")
    for label in ("Scale bar", "Colour bar", "Sky grid", "Contours"):
        panel.get_by_text(label, exact=True).click()
    figure = page.figure()
    canvas = page.page.locator("canvas.imviz-legends").first
    until(lambda: canvas.get_attribute("data-bar"), what="a colour bar")
    page.kernel.wait("{'sky grid', 'contours'} <= set(imviz.default_viewer.vectors.names)")

    def bar():
        """Arcsec of the scale bar: as it says, and as it is long on the screen."""
        said, length = canvas.get_attribute("data-scale"), float(canvas.get_attribute("data-length"))
        return float(said.rstrip("″")), length * figure.pixel * 0.031

    said, real = until(bar)
    assert said == pytest.approx(real, rel=1e-3)
    shot(page, "overlays")
    page.page.mouse.move(*figure.screen(500, 400))
    page.page.mouse.wheel(0, -600)
    until(lambda: bar()[0] < said, what="a shorter bar")
    page.page.wait_for_timeout(500)
    said, real = bar()
    assert said == pytest.approx(real, rel=1e-3)
    for label in ("Scale bar", "Colour bar", "Sky grid", "Contours"):
        panel.get_by_text(label, exact=True).click()
    page.kernel.wait("'sky grid' not in imviz.default_viewer.vectors.names")


VALUE = """(lambda at, session: float(session.image(session.images[0]).data[round(at.y), round(at.x)]))(
    imviz.plugins['Pixel Table'], imviz.app.session)"""


def test_the_pixel_table_follows_the_mouse_and_the_magnifier_is_beside_it(page):
    panel = opened(page, "Pixel Table")
    page.choose("Magnifier", "8×")
    figure = page.figure()
    over(page, figure, 250, 641)
    middle = panel.locator(".imviz-middle")
    page.kernel.wait("imviz.plugins['Pixel Table'].x is not None")

    def is_the_image_s():
        """What is written is what the image has there; the layout may still move under the mouse."""
        written = float(middle.get_attribute("title")), float(middle.inner_text())
        value = page.kernel.get(VALUE)
        return written == (pytest.approx(value, rel=1e-6), pytest.approx(value, rel=1e-4))

    until(is_the_image_s, what="the value")
    lens = page.page.locator("canvas.imviz-lens").first
    lens.wait_for()
    brightest = lens.evaluate(
        "canvas => Math.max(...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data"
        ".filter((_, n) => n % 4 === 1))"
    )
    assert brightest > 200  # the star under the cursor
    shot(page, "pixels")
    page.choose("Magnifier", "Off")
    lens.wait_for(state="hidden")


def test_a_footprint_is_pointed_at_the_view_and_a_file_s_regions_are_imported(page, tmp_path):
    region = tmp_path / "one.reg"
    region.write_text("image\ncircle(501, 451, 200)\n")
    page.kernel.run("imviz.default_viewer.zoom_level = 0.1")
    panel, figure = opened(page, "Footprints"), page.figure()

    def orange():
        return (np.abs(figure.pixels().astype(int) - (0xC7, 0x51, 0x09)).max(axis=-1) < 60).sum()

    until(lambda: orange() > 500, 10, what="NIRSpec is drawn")
    page.choose("Instrument", "NIRCam:long")
    page.kernel.wait("len(imviz.plugins['Footprints'].overlay_regions) == 2")
    angle = panel.get_by_label("Position angle of Y, from north to east")
    angle.fill("45")
    angle.press("Enter")
    page.kernel.wait("imviz.plugins['Footprints'].pa == 45")
    shot(page, "footprints")
    page.kernel.run("imviz.default_viewer.reset_limits()")
    page.choose("Instrument", "From File...")
    panel.get_by_label("File of regions").fill(str(region))
    panel.get_by_role("button", name="Import").click()
    until(lambda: orange() > 500, 10, what="the circle is drawn")
    x, y = page.kernel.get(
        "[one.tolist() for one in imviz.default_viewer.vectors.positions('footprint default')]"
    )
    np.testing.assert_allclose(np.hypot(np.subtract(x, 500), np.subtract(y, 450)), 200, atol=0.5)
    panel.get_by_role("button", name="Close Footprints").click()
    until(lambda: orange() < 50, 10, what="it goes with the panel")


def test_flags_lie_over_the_image_and_are_named(page):
    panel = opened(page, "Data Quality")
    veil = page.page.locator("canvas.imviz-veil[data-shown='true']").first
    veil.wait_for()
    figure = page.figure()
    over(page, figure, 760, 705)
    until(lambda: "SATURATED" in panel.inner_text(), what="the flag's name")
    shot(page, "quality")
    page.page.mouse.move(5, 5)
    page.page.wait_for_timeout(300)
    flagged = figure.pixels().astype(int)
    panel.get_by_text("Show over the image", exact=True).click()
    veil.wait_for(state="detached")
    page.page.mouse.move(5, 5)
    page.page.wait_for_timeout(300)
    assert (np.abs(figure.pixels().astype(int) - flagged).sum(axis=2) > 100).sum() > 20
    panel.get_by_text("Show over the image", exact=True).click()
    veil.wait_for()


def test_the_header_is_searched_and_a_picture_is_saved(page, tmp_path):
    panel = opened(page, "Metadata")
    panel.get_by_label("Search").fill("crval")
    until(lambda: "2 of" in panel.inner_text(), what="two cards")
    shot(page, "metadata")
    path = tmp_path / "view.png"
    panel = opened(page, "Export")
    panel.get_by_label("File", exact=True).fill(str(path))
    panel.get_by_label("File", exact=True).press("Tab")
    page.kernel.wait("imviz.plugins['Export'].filename")
    panel.get_by_role("button", name="Save").click()
    until(path.exists, what="the file")
    shot(page, "export")
    panel.get_by_role("button", name="Save").click()
    until(lambda: "exists already" in panel.inner_text(), what="a refusal")
