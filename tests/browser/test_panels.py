"""Panels no other test opens, and what may not lie over them: light curve, corrections, the window's line."""

import csv
from pathlib import Path

import numpy as np
import pytest
from browser.driving import until

SETUP = """
import numpy as np
from astropy.nddata import NDData
from regions import CirclePixelRegion, PixCoord
stars = {'target': (30.3, 40.6, 20000.0), 'one': (70.8, 30.2, 30000.0), 'two': (60.1, 75.5, 15000.0)}
dip = [1, 1, 1, 0.9, 0.9, 1, 1, 1]
y, x = np.mgrid[:100, :110]
for n in range(8):
    data = np.random.default_rng(n).normal(50, 2, x.shape)
    for name, (x0, y0, flux) in stars.items():
        seen = flux * (dip[n] if name == 'target' else 1)
        data += seen / (8 * np.pi) * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / 8)
    meta = {'MJD-OBS': 59000 + n / 24, 'APCOR4': 0.1, 'APCOR6': 0.05}
    imviz.load_data(NDData(data, unit='adu', meta=meta), data_label=f'e{n}')
for name, (x0, y0, _) in stars.items():
    imviz.app.session.add_region(CirclePixelRegion(PixCoord(x0, y0), 9), on='e0', label=name)
imviz.app.window.tell('')
"""
ONLY = "[setattr(one, 'active', one.name == {!r}) for one in imviz.plugins.values()]"


@pytest.fixture(scope="module")
def opened(standalone):
    session = standalone()
    session.kernel.run(SETUP)
    session.settle()
    return session


@pytest.fixture
def session(opened):
    opened.close_menus()
    opened.page.set_viewport_size({"width": 1400, "height": 900})
    yield opened
    opened.kernel.run(ONLY.format(""))
    opened.kernel.run("imviz.app.window.tell('')")
    opened.settle()


def panel(session, name):
    """The panel of a plugin, the only one that is open."""
    session.kernel.run(ONLY.format(name))
    session.settle()
    return session.page.get_by_role("region", name=name, exact=True)


def test_a_light_curve_is_plotted_tabled_shown_wide_and_saved(session):
    page, curve = session.page, panel(session, "Light Curve")
    assert curve.get_by_text("Pick one or more comparison stars").is_visible()
    assert curve.get_by_role("button", name="Calculate").is_disabled()
    for star in ("one", "two"):
        session.choose("Comparison stars", star)
        page.keyboard.press("Escape")
        session.close_menus()
    curve.get_by_role("button", name="Calculate").click()
    table = curve.get_by_role("region", name="Light curve", exact=True)
    table.get_by_role("row").nth(8).wait_for()
    heads = table.get_by_role("columnheader").all_inner_texts()
    rows = [row.get_by_role("cell").all_inner_texts() for row in table.get_by_role("row").all()[1:]]
    assert [row[heads.index("image")] for row in rows] == [f"e{n}" for n in range(8)]
    told = [row[heads.index("normalized")].split(" ± ") for row in rows]
    assert all(0 < float(error) < 0.02 for _, error in told)
    dip = [float(value) for value, _ in told]
    assert dip == pytest.approx([1, 1, 1, 0.9, 0.9, 1, 1, 1], abs=0.01)
    assert "flux_0" not in heads  # the page has what is read; the file has all
    points = curve.locator(".imviz-plot path.dot:visible")
    until(lambda: points.count() >= 8, what="eight points in the plot")
    assert curve.get_by_role("region", name="Comparison stars").get_by_text("% scatter").count() == 2
    curve.get_by_role("button", name="Show wide, over the image").click()
    wide = page.locator(".imviz-sheet")
    assert wide.bounding_box()["width"] > curve.bounding_box()["width"]
    wide.get_by_role("button", name="Save the table as a file").click()
    name = Path(session.kernel.get("__import__('os').getcwd()")) / "dip.csv"
    wide.get_by_label("File name").fill(str(name))
    page.keyboard.press("Enter")
    until(name.exists)
    with name.open() as lines:
        saved = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert len(saved) == 8
    (flux,) = (head for head in saved[0] if head.startswith("flux_1") and "err" not in head)  # has its unit
    assert np.array([float(row[flux]) for row in saved]) == pytest.approx(30000, rel=0.02)
    wide.get_by_role("button", name="Back into the panel").click()


@pytest.mark.parametrize("size", [(900, 600), (720, 600)])
def test_a_message_of_the_window_lies_over_the_picture_never_over_the_panel(session, size):
    page = session.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    panel(session, "Aperture Photometry")
    session.kernel.run("imviz.app.window.tell('What was read of the file is told at some length. ' * 4)")
    session.settle()
    message = page.locator(".imviz-message").bounding_box()
    tray = page.locator(".imviz-tray").bounding_box()
    assert message["x"] + message["width"] <= tray["x"]
    assert message["width"] > 200


def test_the_open_dialogs_tick_for_the_row_order_tells_the_kernel(session):
    page = session.page
    page.get_by_role("button", name="Open an image").click()
    tick = page.get_by_role("checkbox", name="Top row up where the header says so (ROWORDER)")
    assert not tick.is_checked()
    tick.click()
    session.kernel.wait("imviz.app.window.dialog.by_header")
    tick.click()
    session.kernel.wait("not imviz.app.window.dialog.by_header")
    page.keyboard.press("Escape")
    tick.wait_for(state="detached")


def test_published_corrections_are_compared_by_a_button_of_source_detection(session):
    found = panel(session, "Source Detection")
    compare, find = (
        found.get_by_role("button", name=name) for name in ("Compare aperture corrections", "Find sources")
    )
    assert compare.bounding_box()["height"] == find.bounding_box()["height"]
    compare.click()
    found.get_by_role("alert").get_by_text("3 bright, isolated stars").wait_for()
