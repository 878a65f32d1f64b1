"""What a first-time user does: a fresh start, the tool, a drag over a star, Calculate; what is read."""

import numpy as np
import pytest

from imviz.demo import demo_stars

STAR = demo_stars()[0]
X, Y, MAG = STAR["x"].value, STAR["y"].value, STAR["mag"].value
CELLS = ("from imviz import Imviz\nimviz = Imviz()\nimviz.load_demo()", "imviz.show()")


@pytest.fixture(scope="module", params=["notebook", "standalone"])
def page(request):
    if request.param == "notebook":
        return request.getfixturevalue("notebook")(*CELLS)
    return request.getfixturevalue("standalone")("demo")


def test_the_first_star_comes_out_right_with_three_clicks(page):
    figure = page.figure()
    x, y = figure.screen(X, Y)
    page.tool("Circle")
    figure.drag((x, y), (x + 15 / figure.pixel, y))
    page.kernel.wait("len(imviz.app.session.regions) == 1")
    page.page.get_by_role("button", name="Calculate").click()
    page.kernel.wait("imviz.app.session.n_rows == 1")
    shown = page.page.locator("section[aria-label=Results] tr", has_text="AB magnitude").locator("td")
    value, _, err = shown.inner_text().removesuffix(" mag").partition(" ± ")
    assert float(value) == pytest.approx(MAG, abs=0.02)
    assert 0 < float(err) < 0.02
    told = page.page.get_by_label("What is subtracted").inner_text()
    assert "annulus, median, 3 sigma clipped" in told
    flux = (
        page.page.locator("section[aria-label=Results] tr", has_text="sum").first.locator("td").inner_text()
    )
    truth = STAR["flux_density"].to_value("uJy")
    assert flux.endswith(" µJy")
    assert float(flux.split(" ± ")[0]) == pytest.approx(truth, rel=0.02)


def test_manual_shows_that_nothing_is_subtracted_and_the_numbers_are_of_before(page):
    page.choose("Background", "Manual")
    doubt = page.page.get_by_text("Nothing is subtracted")
    doubt.wait_for()
    colour = doubt.evaluate("one => getComputedStyle(one).backgroundColor")
    red, green, blue = (float(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    assert red > green > blue  # amber
    page.page.get_by_text("Measured with other settings").wait_for()
    page.choose("Background", "Annulus")
    page.page.get_by_text("Measured with other settings").wait_for(state="detached")
    page.choose("Background", "Manual")
    page.page.get_by_role("button", name="Calculate").click()
    page.kernel.wait("imviz.app.session.n_rows == 2")
    sums = page.kernel.get("list(imviz.get_aperture_photometry_results()['mag_ab'].value)")
    assert np.diff(sums)[0] < -0.5  # so much would be wrong
    page.choose("Background", "Annulus")
