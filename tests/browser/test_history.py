"""The list of what was done, with mouse and keys: back to any step, and on along a branch."""

import os

import pytest
from browser.driving import until

from imviz.demo import write_demo

SHOTS = os.environ.get("IMVIZ_SHOTS")


@pytest.fixture(scope="module")
def page(standalone, tmp_path_factory):
    path = write_demo(tmp_path_factory.mktemp("history") / "history.fits")
    session = standalone(str(path))
    session.page.locator(".imviz-regions").first.wait_for(state="attached")
    return session


def test_a_click_goes_back_to_a_step_and_another_along_what_was_left(page):
    page.kernel.run(
        "from regions import CirclePixelRegion, PixCoord\n"
        "for x in (100, 200, 300): imviz.app.session.add_region(CirclePixelRegion(PixCoord(x, 400), 20))"
    )
    page.page.get_by_role("button", name="History", exact=True).last.click()
    panel = page.page.get_by_role("region", name="History", exact=True)
    steps = panel.get_by_role("region", name="Table of steps")
    row = steps.locator("tbody tr").filter(has_text="Add Subset 1")
    row.click()
    page.kernel.wait("imviz.app.session.regions == ('Subset 1',)")
    until(lambda: steps.get_by_text("Add Subset 3 (undone)").count() == 1, what="steps that are undone")
    assert row.get_attribute("aria-selected") == "true"

    page.kernel.run("imviz.app.session.add_region(CirclePixelRegion(PixCoord(500, 500), 30))")
    branches = panel.get_by_role("region", name="Table of branches")
    branches.locator("tbody tr").first.focus()
    if SHOTS:
        page.shot(f"{SHOTS}/history.png")
    page.page.keyboard.press("Enter")
    page.kernel.wait("imviz.app.session.regions == ('Subset 1', 'Subset 2', 'Subset 3')")
    assert branches.locator("tbody tr").count() == 1

    steps.get_by_text("The beginning", exact=True).click()
    page.kernel.wait("imviz.app.session.images == () and imviz.app.session.regions == ()")
    steps.locator("tbody tr").last.click()
    page.kernel.wait("len(imviz.app.session.images) == 1 and len(imviz.app.session.regions) == 3")
    page.settle()
