"""The main job, by hand: open, draw a circle over a star, Calculate, take the numbers away."""

import numpy as np
import pytest
from browser.driving import until

from imviz.demo import demo_stars

STAR = demo_stars()[0]
CELLS = ("from imviz import Imviz\nimviz = Imviz()\nimviz.load_demo()", "imviz.show()")


@pytest.fixture(scope="module", params=["notebook", "standalone"])
def page(request):
    if request.param == "notebook":
        return request.getfixturevalue("notebook")(*CELLS)
    return request.getfixturevalue("standalone")("demo")


def test_a_circle_drawn_over_a_star_gives_its_flux(page):
    figure = page.figure()
    page.tool("Press at the centre, drag to the radius")
    x, y = STAR["x"].value, STAR["y"].value
    center = figure.screen(x, y)
    figure.drag(center, (center[0] + 18 / figure.pixel, center[1]))
    page.kernel.wait("len(imviz.get_interactive_regions()) == 1")
    found = page.kernel.get(
        "[(r.center.x, r.center.y, r.radius) for r in imviz.get_interactive_regions().values()][0]"
    )
    np.testing.assert_allclose(found, (x, y, 18), atol=2 * figure.pixel)
    page.shot("/tmp/shots/drawn.png")
    page.choose("Background", "Annulus")
    page.page.get_by_role("button", name="Calculate").click()
    page.kernel.wait("imviz.get_aperture_photometry_results() is not None")
    magnitude = page.kernel.get("imviz.get_aperture_photometry_results()['aperture_sum_mag'][0].value")
    assert magnitude == pytest.approx(STAR["mag"].value, abs=0.03)
    page.page.wait_for_timeout(500)
    page.shot("/tmp/shots/measured.png")
