"""A page of the stand-alone app that is reloaded or left: the window comes back as it was, and goes on."""

import numpy as np
import pytest

from imviz.demo import demo_stars

STARS = demo_stars()


@pytest.fixture(scope="module")
def page(standalone):
    return standalone("demo")


def measure(page, star, n):
    figure = page.figure()
    x, y = figure.screen(STARS[star]["x"].value, STARS[star]["y"].value)
    page.tool("Circle")
    figure.drag((x, y), (x + 12 / figure.pixel, y))
    page.kernel.wait(f"len(imviz.app.session.regions) == {n}")
    page.page.get_by_role("button", name="Calculate").click()
    page.kernel.wait(f"imviz.app.session.n_rows == {n}")


def come_back(page, go):
    go()
    page.page.locator(".imviz-figure .plotarea_events").first.wait_for(state="attached")
    page.page.locator("#imviz-starting").wait_for(state="detached")
    page.settle()


def test_a_reload_keeps_view_regions_rows_and_undo_and_the_hand_goes_on(page):
    measure(page, 0, 1)
    page.kernel.run("imviz.default_viewer.zoom(2)")
    figure = page.figure()
    before, limits = figure.pixels(), figure.limits()
    come_back(page, page.page.reload)
    figure = page.figure()
    assert figure.limits() == pytest.approx(limits)
    assert page.page.get_by_text("Measurements 1").is_visible()
    difference = np.abs(figure.pixels().astype(float) - before.astype(float))
    assert np.mean(difference > 20) < 0.01  # the picture, with the region on it
    page.kernel.run("imviz.default_viewer.reset_limits()")
    measure(page, 1, 2)
    page.page.get_by_role("button", name="Undo").click()
    page.kernel.wait("imviz.app.session.n_rows == 1")


def test_settings_of_a_panel_come_back_too(page):
    page.choose("Background", "Manual")
    come_back(page, page.page.reload)
    assert page.kernel.get("imviz.plugins['Aperture Photometry'].background.selected") == "Manual"
    page.page.get_by_text("Nothing is subtracted").wait_for()
    page.choose("Background", "Annulus")


def test_going_elsewhere_and_back_is_as_a_reload(page):
    rows = page.kernel.get("imviz.app.session.n_rows")
    address = page.page.url
    page.page.goto("about:blank")
    come_back(page, lambda: page.page.goto(address))
    assert page.page.get_by_text(f"Measurements {rows}").is_visible()
    page.page.goto("about:blank")
    come_back(page, page.page.go_back)
    assert page.page.url == address
    assert page.page.get_by_text(f"Measurements {rows}").is_visible()


def test_undo_and_redo_keys_work_wherever_no_text_is_typed(page):
    there = page.kernel.get("imviz.app.session.n_rows")
    places = {
        "a button of the bar": lambda: page.page.get_by_role("button", name="Undo").focus(),
        "a button of a panel": lambda: page.page.get_by_role("button", name="Calculate").focus(),
        "a choice": lambda: page.page.get_by_label("Selected region", exact=True).focus(),
        "nothing": lambda: page.page.evaluate("document.activeElement?.blur()"),
        "the picture": lambda: page.page.evaluate("document.querySelector('.imviz-figure .bqplot').focus()"),
    }
    for focus in places.values():
        before = page.kernel.get("list(imviz.history.titles)")
        focus()
        page.page.keyboard.press("Control+z")
        page.kernel.wait(f"len(imviz.history) == {len(before) - 1}")
        page.page.keyboard.press("Control+Shift+z")
        page.kernel.wait(f"list(imviz.history.titles) == {before!r}")
        page.page.keyboard.press("Control+z")
        page.kernel.wait(f"len(imviz.history) == {len(before) - 1}")
        page.page.keyboard.press("Control+y")
        page.kernel.wait(f"list(imviz.history.titles) == {before!r}")
    assert page.kernel.get("imviz.app.session.n_rows") == there
    steps = page.kernel.get("len(imviz.history)")
    page.choose("Background", "Manual")
    typed = page.page.locator(".imviz-panel input[type=number], .imviz-panel input:not([type])").first
    typed.focus()
    typed.press("Control+z")
    page.settle()
    assert page.kernel.get("len(imviz.history)") == steps
    page.choose("Background", "Annulus")
