"""The main job by hand, in JupyterLab and stand-alone: open, draw over a star, Calculate, take it away."""

import numpy as np
import pytest
import sep

from imviz.demo import demo_field, demo_stars

STAR = demo_stars()[0]
X, Y = STAR["x"].value, STAR["y"].value
CELLS = ("from imviz import Imviz\nimviz = Imviz()\nimviz.load_demo()", "imviz.show()")
RESULTS = "imviz.get_aperture_photometry_results()"
REGIONS = "list(imviz.get_interactive_regions().values())"


@pytest.fixture(scope="module", params=["notebook", "standalone"])
def page(request):
    if request.param == "notebook":
        return request.getfixturevalue("notebook")(*CELLS)
    return request.getfixturevalue("standalone")("demo")


@pytest.fixture
def figure(page):
    """The first viewer, with no region and no row, the pan tool in hand."""
    page.kernel.run(
        "for label in list(imviz.get_interactive_regions()): imviz.app.session.remove_region(label)\n"
        "imviz.app.session.clear_results(); imviz.app.session.combine = 'new'\n"
        "imviz.default_viewer.zoom_level = 'fit'\n"
        "_phot = imviz.plugins['Aperture Photometry']\n"
        "_phot.background, _phot.background_value = 'Manual', 0.0\n"
        "_phot.current_plot_type, _phot.fit_radial_profile = 'Curve of Growth', False"
    )
    return page.figure()


def calculate(page):
    before = page.kernel.get("imviz.app.session.n_rows")
    page.page.get_by_role("button", name="Calculate").click()
    page.kernel.wait(f"imviz.app.session.n_rows == {before + 1}")
    return page.kernel.get(f"{{n: {RESULTS}[n][-1].value for n in ('sum', 'sum_err', 'background')}}")


def truth_by_sep(circle, background):
    """The sum in MJy, by sep's exact overlap."""
    _, image = demo_field()[0]
    bad = np.asarray(image.mask) | ~np.isfinite(image.data)
    data = np.where(bad, 0, np.asarray(image.data, "f8")) - background
    x, y, r = circle
    raw, _, _ = sep.sum_circle(np.ascontiguousarray(data), [x], [y], r, subpix=0, mask=bad)
    return raw[0] * (0.031 / 206264.80624709636) ** 2


def test_a_circle_drawn_over_a_star_gives_its_flux_and_width(page, figure):
    page.tool("Circle")
    center = figure.screen(X, Y)
    figure.drag(center, (center[0] + 18 / figure.pixel, center[1]))
    circle = page.kernel.wait(f"[(r.center.x, r.center.y, r.radius) for r in {REGIONS}]")[0]
    np.testing.assert_allclose(circle, (X, Y, 18), atol=1.5 * figure.pixel)

    page.choose("Background", "Annulus")
    page.choose("Plot type", "Radial Profile (Raw)")
    page.page.get_by_text("Fit Gaussian").click()
    row = calculate(page)

    assert row["sum"] == pytest.approx(truth_by_sep(circle, row["background"]), rel=1e-6)
    magnitude = page.kernel.get(f"{RESULTS}['aperture_sum_mag'][-1].value")
    assert magnitude == pytest.approx(STAR["mag"].value, abs=0.03)
    fwhm = page.kernel.get("imviz.app.fitted_models['phot_radial_profile'].fwhm")
    assert fwhm == pytest.approx(STAR["fwhm"].value, rel=0.01)
    page.page.locator(".imviz-plot .bqplot").first.wait_for(state="visible")


def test_the_panel_s_row_is_the_notebook_s_to_the_last_bit(page, figure):
    page.tool("Circle")
    center = figure.screen(X, Y)
    figure.drag(center, (center[0] + 20 / figure.pixel, center[1]))
    page.kernel.wait(f"len({REGIONS}) == 1")
    by_hand = calculate(page)
    by_api = page.kernel.get("imviz.plugins['Aperture Photometry'].calculate_photometry()[0]['sum'][0].value")
    assert by_api == by_hand["sum"]


@pytest.mark.parametrize(
    ("tool", "kind"), [("Ellipse", "EllipsePixelRegion"), ("Rectangle", "RectanglePixelRegion")]
)
def test_an_ellipse_and_a_rectangle_measure_too(page, figure, tool, kind):
    page.tool(tool)
    half_x, half_y = 20, 14
    figure.drag(figure.screen(X - half_x, Y + half_y), figure.screen(X + half_x, Y - half_y))
    shape = page.kernel.wait(
        f"[(type(r).__name__, r.center.x, r.center.y, r.width, r.height) for r in {REGIONS}]"
    )[0]
    assert shape[0] == kind
    np.testing.assert_allclose(shape[1:], (X, Y, 2 * half_x, 2 * half_y), atol=3 * figure.pixel)
    page.choose("Background", "Annulus")
    calculate(page)
    magnitude = page.kernel.get(f"{RESULTS}['aperture_sum_mag'][-1].value")
    assert magnitude == pytest.approx(STAR["mag"].value, abs=0.05)


def test_a_drawn_annulus_is_the_background_of_a_circle(page, figure):
    page.tool("Circle")
    center = figure.screen(X, Y)
    figure.drag(center, (center[0] + 15 / figure.pixel, center[1]))
    page.kernel.wait(f"len({REGIONS}) == 1")
    page.tool("Annulus")
    figure.drag((center[0] + 1, center[1] + 55), (center[0] + 61, center[1] + 55))
    page.kernel.wait(f"len({REGIONS}) == 2")
    first, second = page.kernel.get("list(imviz.get_interactive_regions())")
    page.choose("Aperture", first)
    page.choose("Background", second)
    row = calculate(page)
    assert row["background"] == pytest.approx(0.35, rel=0.1)
    labels = page.kernel.get(f"[list({RESULTS}['subset_label']), {RESULTS}['background_method'][-1]]")
    assert labels[0] == [first]


def test_another_image_and_another_region_add_rows(page, figure):
    page.kernel.run("imviz.link_data(align_by='wcs')")
    page.tool("Circle")
    center = figure.screen(X, Y)
    figure.drag(center, (center[0] + 15 / figure.pixel, center[1]))
    page.kernel.wait(f"len({REGIONS}) == 1")
    page.choose("Background", "Annulus")
    calculate(page)
    page.choose("Image", "demo-2[SCI,1]")
    calculate(page)
    page.choose("Image", "demo[SCI,1]")
    (first, second), found = page.kernel.get(
        f"[list({RESULTS}['id']), list({RESULTS}['aperture_sum_mag'].value)]"
    )
    assert second == first + 1
    assert found[0] == pytest.approx(found[1], abs=0.05)
    page.kernel.run("imviz.link_data(align_by='pixels')")


def test_a_region_is_moved_and_resized_by_hand(page, figure):
    page.tool("Circle")
    center = figure.screen(X, Y)
    figure.drag(center, (center[0] + 60, center[1]))
    page.kernel.wait(f"len({REGIONS}) == 1")
    page.tool("Pan")
    figure.drag((center[0] - 20, center[1] + 10), (center[0] + 60, center[1] + 60))
    pixel = figure.pixel
    page.kernel.wait(f"abs({REGIONS}[0].center.x - {X + 80 * pixel}) < {2 * pixel}")
    assert page.kernel.get(f"{REGIONS}[0].radius") == pytest.approx(60 * pixel, abs=2 * pixel)
    handle = (center[0] + 80 + 60, center[1] + 50)
    figure.drag(handle, (handle[0] + 40, handle[1]))
    page.kernel.wait(f"abs({REGIONS}[0].radius - {100 * pixel}) < {2 * pixel}")


def test_what_cannot_be_measured_is_said_in_the_panel_and_costs_nothing(page, figure):
    page.tool("Circle")
    center = figure.screen(X, Y)
    figure.drag(center, (center[0] + 30, center[1]))
    page.kernel.wait(f"len({REGIONS}) == 1")
    calculate(page)
    page.kernel.run(
        "from regions import CirclePixelRegion, PixCoord\n"
        "_label = list(imviz.get_interactive_regions())[0]\n"
        "imviz.app.session.update_region(_label, CirclePixelRegion(PixCoord(-500, -500), 5))"
    )
    page.page.get_by_role("button", name="Calculate").click()
    page.page.locator("[role=alert]", has_text="lies off the image").wait_for(state="visible")
    assert page.kernel.get(f"len({RESULTS})") == 1
