"""A catalog in the window: loaded by the panel, rows and points one selection, crowded fields readable."""

from __future__ import annotations

import pytest
from browser.driving import until

SETUP = """
import numpy as np
from astropy.nddata import NDData
from astropy.table import Table
from astropy.wcs import WCS
from imviz import Imviz
wcs = WCS(naxis=2)
wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = [10, 20], [501, 401], [-1 / 3600, 1 / 3600]
rng = np.random.default_rng(3)
imviz = Imviz()
imviz.load_data(NDData(rng.normal(0, 1, (800, 1000)).astype("f4"), wcs=wcs), data_label="field")
x, y = rng.uniform(0, 1, (2, 300)) * [[1000], [800]]
x[250], y[250] = 500.0, 400.0
near = np.hypot(x - 500, y - 400) < 40
near[250] = False
x[near] += 80
sky = wcs.pixel_to_world(x, y)
Table({"id": np.arange(300), "ra": sky.ra.deg, "dec": sky.dec.deg}).write("stars.csv", overwrite=True)
for plugin in imviz.plugins.values():
    plugin.active = plugin.name == "Catalog Search"
search = imviz.plugins["Catalog Search"]
"""


FRESH = """
search.clear_table()
search.catalog, search.filename = search.catalog.choices[0], ''
imviz.default_viewer.controls.tool = 'pan'
imviz.default_viewer.home()
"""


@pytest.fixture(scope="module")
def opened(notebook):
    session = notebook(SETUP, "imviz.show()")
    session.page.locator(".imviz-canvas canvas").first.wait_for(state="attached")
    return session


@pytest.fixture
def page(opened):
    """The page without a catalog, the whole image in view."""
    opened.close_menus()
    opened.kernel.run(FRESH)
    opened.settle()
    return opened


@pytest.fixture
def figure(page):
    """The viewer with the catalog over its image."""
    page.kernel.run("search.import_catalog('stars.csv')")
    page.kernel.wait("search.n_sources == 300")
    return page.figure()


def panel(page):
    return page.page.locator(".imviz-panel", has_text="Catalog Search")


def test_a_file_is_loaded_by_the_panel(page):
    page.page.add_style_tag(
        content="#react-toastify-container { display: none }"
    )  # Lab's news cover the menu
    page.choose("Catalog", "From File...")
    field = panel(page).get_by_label("File: ECSV, VOTable, FITS or CSV")
    field.fill("stars.csv")
    field.press("Tab")
    panel(page).get_by_role("button", name="Load the file").click()
    page.kernel.wait("search.n_sources == 300")
    until(lambda: panel(page).locator("tbody tr").count() == 8, what="a page of rows")


def test_a_point_clicked_is_the_row_shown_and_a_row_clicked_is_the_point_that_stands_out(page, figure):
    page.page.mouse.click(*(round(value) for value in figure.screen(500, 400)))
    page.kernel.wait("sorted(search.selected_rows) == [250]")
    chosen = panel(page).locator("tr.imviz-chosen")
    until(lambda: chosen.count() == 1, what="the row, on a page far down")
    assert chosen.locator("td").first.inner_text() == "250"
    first = panel(page).locator("tbody tr").first
    number = first.locator("td").first.inner_text()
    first.click()
    page.kernel.wait(f"sorted(search.selected_rows) == [{number}]")
    x, y = page.kernel.get(f"[x[{number}], y[{number}]]")
    px, py = figure.screen(x, y)

    def ringed():
        left, top = round(px - figure.box["x"]), round(py - figure.box["y"])
        part = figure.pixels()[max(top - 9, 0) : top + 9, max(left - 9, 0) : left + 9]
        return (part.min(axis=2) > 240).sum() > 10

    until(ringed, what="a white ring around the point")
    panel(page).get_by_role("button", name="Zoom to them").click()
    page.kernel.wait("imviz.default_viewer.limits.width < 400")


def test_a_box_selects_its_points(page, figure):
    page.page.get_by_role("button", name="Select", exact=True).first.click()
    page.settle()
    figure.drag(figure.screen(100, 700), figure.screen(400, 500))
    page.kernel.wait(
        "search.selected_rows == set(np.flatnonzero((x > 100) & (x < 400) & (y > 500) & (y < 700)).tolist())"
        " or len(search.selected_rows ^ set(np.flatnonzero((x > 100) & (x < 400) & (y > 500) & (y < 700))"
        ".tolist())) <= 2"  # a screen pixel is more than an image pixel: one on the edge may differ
    )
    assert page.kernel.get("search.n_selected") > 5


def test_other_shapes_are_in_the_menu(page):
    page.page.get_by_role("button", name="More shapes", exact=True).first.click()
    page.page.get_by_role("menuitem", name="Polygon").click()
    page.kernel.wait("imviz.default_viewer.controls.tool == 'polygon'")
    page.page.get_by_role("button", name="Pan", exact=True).first.click()
    page.kernel.wait("imviz.default_viewer.controls.tool == 'pan'")
