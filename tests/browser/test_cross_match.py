"""Cross-Match in the window: two tables chosen, matched by the button, pairs and marks one selection."""

from __future__ import annotations

from browser.driving import until

SETUP = """
import numpy as np
from astropy import units as u
from astropy.table import QTable
from imviz import Imviz
from imviz.demo import demo_stars
imviz = Imviz()
imviz.load_demo()
stars = demo_stars()[:12]
sky = imviz.get_data("demo[SCI,1]").wcs.pixel_to_world(stars["x"].value, stars["y"].value)
moved = QTable({"star": np.arange(12), "ra": sky.ra + 0.1 * u.arcsec, "dec": sky.dec})
moved.write("moved.ecsv", overwrite=True)
imviz.plugins["Catalog Search"].import_catalog(QTable({"name": np.arange(12), "coord": sky}))
for plugin in imviz.plugins.values():
    plugin.active = plugin.name == "Cross-Match"
match = imviz.plugins["Cross-Match"]
"""


def test_two_tables_are_matched_by_the_button_and_a_row_is_gone_to(notebook):
    session = notebook(SETUP, "imviz.show()")
    page = session.page
    page.locator(".imviz-canvas canvas").first.wait_for(state="attached")
    panel = page.locator(".imviz-panel", has_text="Cross-Match")
    session.choose("Second table", "From a file")
    field = panel.get_by_label("Second file")
    field.fill("nowhere.ecsv")
    field.press("Tab")
    panel.get_by_role("button", name="Match", exact=True).click()
    panel.get_by_role("alert").wait_for()
    assert "There is no catalog file 'nowhere.ecsv'." in panel.get_by_role("alert").inner_text()
    field.fill("moved.ecsv")
    field.press("Tab")
    session.kernel.wait("match.second_file == 'moved.ecsv'")
    panel.get_by_role("button", name="Match", exact=True).click()
    session.kernel.wait("match.n_sources == 12")
    until(lambda: "12 pairs of 12 and 12 sources" in panel.inner_text(), what="the summary")
    assert session.kernel.get("match.sources['separation'].value.max()") < 0.11
    panel.locator("tbody tr").nth(2).click()
    session.kernel.wait("match.selected_rows == {2}")
    panel.get_by_role("button", name="Zoom to them").click()
    session.kernel.wait("abs(np.mean(imviz.default_viewer.get_limits()[:2]) - stars['x'].value[2]) < 0.5")
