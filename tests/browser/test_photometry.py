"""Photometry under the hand: live numbers, the target, sections, imexam's keys, receipts."""

import os

import pytest

from imviz.demo import demo_stars

STAR = demo_stars()[0]
X, Y = STAR["x"].value, STAR["y"].value
SETUP = """
from regions import CirclePixelRegion, PixCoord
from imviz import Imviz
imviz = Imviz()
imviz.load_demo()
session, phot = imviz.app.session, imviz.plugins['Aperture Photometry']
fields = 'background background_estimator sigma_clip follow_distortion pixel_area_map imexam'.split()
at_first = {name: getattr(phot, name) for name in fields}
"""
FRESH = """
imviz.plugins['Forced Photometry'].close_in_tray()
phot.open_in_tray()
session.remove_regions(session.regions)
session.clear_results()
session.combine = 'new'
for name, value in at_first.items(): setattr(phot, name, value)
imviz.default_viewer.controls.tool = 'pan'
imviz.default_viewer.home()
session.history.clear()
"""
CELLS = (SETUP, "imviz.show()")
PHOT = "imviz.plugins['Aperture Photometry']"
CENTER = "(lambda r: (r.center.x, r.center.y))(imviz.app.session.region('Subset 1'))"


@pytest.fixture(scope="module")
def opened(notebook):
    return notebook(*CELLS)


@pytest.fixture
def page(opened):
    """The page with the demo, no region and no row, the panel's settings as they are at first."""
    opened.close_menus()
    opened.kernel.run(FRESH)
    opened.settle()
    return opened


@pytest.fixture
def star(page):
    """A circle beside the star: "Subset 1", selected."""
    add(page, "Subset 1", X + 2, Y + 1)
    page.kernel.run("session.select(['Subset 1'])")
    page.kernel.wait(f"{PHOT}.aperture == 'Subset 1'")


def add(page, label, x, y):
    circle = f"CirclePixelRegion(PixCoord({x}, {y}), 18, meta={{'text': {label!r}}})"
    page.kernel.run(f"imviz.load_regions([{circle}])")
    page.kernel.wait(f"{label!r} in session.regions")


def test_numbers_follow_the_hand_and_the_rest_comes_when_it_lets_go(page):
    figure = page.figure()
    page.tool("Circle")
    x, y = figure.screen(X, Y)
    reach = 18 / figure.pixel
    mouse = page.page.mouse
    mouse.move(x + 1, y + 1)
    mouse.down()
    mouse.move(x + 1 + reach, y + 1, steps=6)
    page.page.get_by_text("Live, not in the table").wait_for()
    assert page.kernel.get("imviz.app.session.regions") in ((), [])
    assert page.kernel.get("imviz.app.session.n_rows") == 0
    mouse.up()
    page.kernel.wait("len(session.regions) == 1")
    page.page.get_by_text("Size and growth").wait_for()
    before = page.kernel.get(f"{PHOT}.results[2]['result']")
    mouse.move(x + 1, y + 1)
    mouse.down()
    mouse.move(x + 1 + 2 * reach, y + 1, steps=6)
    page.kernel.wait(f"{PHOT}.results[2]['result'] != {before!r}")
    center = page.kernel.get("session.region(session.regions[0]).center.x")
    assert center == pytest.approx(X, abs=6 * figure.pixel)  # the document waits
    mouse.move(x + 1, y + 1, steps=4)
    mouse.up()


def test_the_target_button_puts_the_aperture_on_the_star(page, star):
    page.page.get_by_role("button", name="Move the aperture onto its source").click()
    page.kernel.wait(f"'centred on' in {PHOT}.message")
    assert page.kernel.get(CENTER) == pytest.approx((X, Y), abs=0.1)


def test_a_section_opens_and_its_fields_count(page, star):
    page.choose("Background", "Annulus")
    page.page.get_by_text("Background: estimator").click()
    page.choose("Estimator", "biweight")
    page.page.get_by_label("Clip at").fill("3")
    page.page.get_by_label("Clip at").press("Enter")
    page.kernel.wait(f"{PHOT}.sigma_clip == 3")
    page.page.get_by_text("Distorted fields").click()
    for name in ("follow_distortion", "pixel_area_map"):
        label = {"follow_distortion": "Bend apertures", "pixel_area_map": "Count each pixel"}[name]
        page.page.get_by_text(label).click()
        page.kernel.wait(f"{PHOT}.{name}")
    page.page.get_by_role("button", name="Calculate").click()
    page.kernel.wait("imviz.app.session.n_rows == 1")
    method = page.kernel.get("str(imviz.get_aperture_photometry_results()['background_method'][0])")
    assert method == "annulus, biweight, 3 sigma clipped"
    assert page.kernel.get("'pixel_area_map' in imviz.get_aperture_photometry_results()['recipe'][0]")
    page.page.get_by_role("button", name="Methods paragraph").click()
    page.page.get_by_label("Receipt").wait_for()
    assert "clipped at 3 sigma" in page.page.get_by_label("Receipt").inner_text()


def test_imexam_s_keys_measure_at_the_cursor(page):
    page.page.get_by_text("Keys and live numbers").click()
    page.page.get_by_text("imexam keys").click()
    page.kernel.wait("imviz.default_viewer.mouse.examining")
    x, y = page.figure().screen(X + 2, Y + 1)
    page.page.mouse.move(x, y)
    page.page.mouse.move(x + 1, y)
    page.kernel.wait("imviz.default_viewer.controls.cursor")
    page.settle()
    page.page.evaluate("document.querySelector('.imviz-figure .bqplot, .imviz-figure').focus()")
    for n, key in enumerate("ajm", 1):
        page.page.keyboard.press(key)
        page.kernel.wait(f"len({PHOT}.log) == {n}")
    page.page.get_by_label("imexam log").wait_for()
    page.page.keyboard.press("?")
    keys = page.page.get_by_role("dialog", name="Keys over the picture")
    keys.get_by_text("radial profile with its fit", exact=True).wait_for()
    assert keys.get_by_text("l  k", exact=True).count() == 0  # what they do otherwise they do not do now
    page.page.keyboard.press("?")
    first = page.kernel.get(f"{PHOT}.log[0]")
    assert first.startswith(f"x {X:.1f}"[:6])
    assert page.kernel.get("imviz.app.session.n_rows") == 1


SHOTS = os.environ.get("IMVIZ_SHOTS")
ROWS = "imviz.app.session.results.labels('id')"


def test_rows_sort_lead_to_their_regions_and_are_deleted_and_come_back(page, star):
    add(page, "Subset 2", X - 60, Y)
    page.kernel.run("for phot.aperture in ('Subset 1', 'Subset 2'): phot.calculate()")
    first, second = page.kernel.get(ROWS)
    table = page.page.get_by_label("Measurements", exact=True)
    rows = table.locator("tbody tr")
    rows.first.scroll_into_view_if_needed()
    table.get_by_role("button", name="id", exact=True).click()
    table.get_by_role("button", name="id", exact=True).click()
    table.locator("th[aria-sort=descending]").wait_for()
    assert [row.split("\t")[0] for row in rows.all_inner_texts()] == [str(second), str(first)]
    page.kernel.run("imviz.app.session.select(())")
    rows.nth(1).click()
    page.kernel.wait("imviz.app.session.selected_region == 'Subset 1'")
    page.page.locator("tr[aria-selected=true]").wait_for()
    if SHOTS:
        page.shot(f"{SHOTS}/rows.png")
    page.page.get_by_role("button", name="Delete the selected row").click()
    page.kernel.wait(f"{ROWS} == [{second}]")
    page.page.get_by_role("button", name="Undo").first.click()
    page.kernel.wait(f"{ROWS} == [{first}, {second}]")
    page.kernel.run("imviz.app.session.select(['Subset 1'])")
    page.page.locator("tr[aria-selected=true]").wait_for()


def test_all_regions_are_measured_on_the_images_chosen(page, star):
    add(page, "Subset 2", X + 4, Y + 2)
    page.page.get_by_text("Many regions and images").click()
    page.page.get_by_role("button", name="Measure 2 regions on 1 image").wait_for()
    page.choose("Images", "demo[SCI,1]")
    page.page.locator(".menuable__content__active .v-list-item", has_text="demo-2").click()
    page.page.keyboard.press("Escape")
    if SHOTS:
        page.shot(f"{SHOTS}/many.png")
    page.page.get_by_role("button", name="Measure 2 regions on 2 images").click()
    page.kernel.wait(f"len({ROWS}) == 4")
    page.page.get_by_text("4 of 4 measured.").wait_for()
    assert page.kernel.get("imviz.app.session.results.labels('data_label')") == [
        *["demo[SCI,1]"] * 2,
        *["demo-2[SCI,1]"] * 2,
    ]


def test_the_sources_of_a_file_are_measured_where_it_says(page, tmp_path):
    (tmp_path / "stars.csv").write_text(f"name,x,y\nfirst,{X},{Y}\noff,-90,5\n")
    page.page.get_by_role("button", name="Forced Photometry").click()
    page.page.get_by_label("Catalog file").fill(str(tmp_path / "stars.csv"))
    page.page.get_by_label("Catalog file").press("Enter")
    panel = page.page.locator(".imviz-panel[aria-label='Forced Photometry']")
    panel.get_by_role("button", name="Measure", exact=True).click()
    page.kernel.wait("imviz.app.session.n_rows >= 1")
    panel.get_by_text("What failed").click()
    panel.get_by_text("lies off the image").first.wait_for()
    if SHOTS:
        page.shot(f"{SHOTS}/forced.png")
    assert "first" in page.kernel.get("imviz.app.session.results.labels('subset_label')")
