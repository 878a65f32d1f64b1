"""Forced photometry: sources of a catalog, measured where it says they are."""

import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import NDData
from astropy.table import QTable, Table
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.demo import demo_stars
from imviz.errors import InputError

STARS = demo_stars()
IMAGE = "demo[SCI,1]"


@pytest.fixture
def imviz():
    app = Imviz()
    app.load_demo()
    return app


@pytest.fixture
def phot(imviz):
    return imviz.plugins["Aperture Photometry"]


@pytest.fixture
def forced(imviz):
    return imviz.plugins["Forced Photometry"]


def sky_of(imviz, x, y):
    return imviz.app.session.image(IMAGE).wcs.pixel_to_world(x, y)


def by_hand(imviz, x, y, radius, image=IMAGE):
    """The same circle, drawn and measured alone."""
    imviz.app.session.add_region(CirclePixelRegion(PixCoord(x, y), radius), image, "by hand")
    row, _ = imviz.plugins["Aperture Photometry"].calculate_photometry(
        image, "by hand", add_to_table=False, update_plots=False
    )
    imviz.app.session.remove_region("by hand")
    return row


def test_pixel_places_give_the_rows_of_circles_drawn_there(imviz, phot):
    phot.background = "Annulus"
    x, y = STARS["x"].value[:6], STARS["y"].value[:6]
    phot.calculate_catalog_photometry(Table({"id": range(11, 17), "x": x, "y": y}), 8)
    assert imviz.app.session.history.titles[-1] == "Measure 6 sources"
    table = imviz.get_aperture_photometry_results()
    assert table["subset_label"].tolist() == [f"id {n}" for n in range(11, 17)]
    for n in (0, 5):
        one = by_hand(imviz, x[n], y[n], 8)
        assert table["sum"][n].value == pytest.approx(one["sum"][0].value, rel=1e-12)
        assert table["recipe"][n] == one["recipe"][0]
        assert table["pixel_hash"][n] == one["pixel_hash"][0]
    assert all(verdict.same for verdict in imviz.verify())


def test_sky_places_are_found_on_each_image_by_its_own_wcs(imviz, phot):
    x, y = STARS["x"].value[:4], STARS["y"].value[:4]
    catalog = QTable({"name": list("abcd"), "coord": sky_of(imviz, x, y)})
    other = imviz.data_labels[1]
    phot.calculate_catalog_photometry(catalog, 0.2 * u.arcsec, [IMAGE, other])
    table = imviz.get_aperture_photometry_results()
    assert table["data_label"].tolist() == [IMAGE] * 4 + [other] * 4
    assert table["subset_label"].tolist() == list("abcdabcd")
    assert table["xcenter"][:4].value == pytest.approx(x, abs=1e-6)
    assert (table["sky_center"][4:].separation(catalog["coord"]) < 1e-6 * u.arcsec).all()
    assert (table["sky_centroid"][4:].separation(catalog["coord"]) < 0.05 * u.arcsec).all()


def test_what_fails_is_named_and_the_good_rows_are_kept(imviz, phot):
    catalog = Table({"name": ["in", "off", "nowhere"], "x": [250.0, -99.0, np.nan], "y": [641.0, 5.0, 5.0]})
    with pytest.raises(InputError) as caught:
        phot.calculate_catalog_photometry(catalog, 5)
    said = str(caught.value)
    assert said.startswith("2 of 3 measurements failed.")
    assert f"off on {IMAGE}" in said
    assert len(said) <= 240
    assert imviz.get_aperture_photometry_results()["subset_label"].tolist() == ["in"]
    imviz.load_data(NDData(np.ones((50, 50))), data_label="no sky")
    work = phot.forced(QTable({"coord": sky_of(imviz, [250.0], [641.0])}), 5, [IMAGE, "no sky"])
    assert list(work.steps()) == [0.5, 1.0]
    [(name, reason)] = work.failed
    assert (name, work.n_rows) == ("source 1 on no sky", 1)
    assert "no celestial WCS" in reason


@pytest.mark.parametrize("radius", [0, -1, 3 * u.Jy, np.nan])
def test_a_radius_that_is_none_is_refused(phot, radius):
    with pytest.raises(InputError, match="above 0, in pixels or an angle"):
        phot.calculate_catalog_photometry(Table({"x": [9.0], "y": [9.0]}), radius)


def test_work_that_is_ended_early_keeps_what_it_has(imviz, phot):
    rng = np.random.default_rng(1)
    catalog = Table({"x": rng.uniform(20, 900, 1200), "y": rng.uniform(20, 900, 1200)})
    work = phot.forced(catalog, 4)
    steps = work.steps()
    assert next(steps) == pytest.approx(500 / 1200)
    assert imviz.get_aperture_photometry_results() is None
    steps.close()
    assert len(imviz.get_aperture_photometry_results()) == work.n_rows == 500
    imviz.app.session.history.undo()
    assert imviz.get_aperture_photometry_results() is None


def test_the_plugin_measures_a_file_and_says_what_came_of_it(imviz, forced, tmp_path):
    assert "name of a catalog file" in forced.guidance
    path = tmp_path / "stars.ecsv"
    QTable({"id": [1, 2], "coord": sky_of(imviz, [250.0, -500.0], [641.0, 5.0])}).write(path)
    forced.filename = str(path)
    assert forced.can_measure
    forced.images = [IMAGE]
    forced.radius, forced.radius_unit = 0.3, "arcsec"
    for _ in forced.measure():
        pass
    assert forced.message.startswith("1 of 2 measured; the rows are in Aperture Photometry. 1 failed.")
    assert [line["function"] for line in forced.failures] == [f"id 2 on {IMAGE}"]
    assert imviz.get_aperture_photometry_results()["subset_label"].tolist() == ["id 1"]


def test_a_catalog_that_is_shown_can_be_measured(imviz, forced):
    imviz.default_viewer.add_markers(Table({"x": [250.0], "y": [641.0]}), marker_name="mine")
    shown = forced.catalog.choices
    imviz.plugins["Catalog Search"].import_catalog(QTable({"coord": sky_of(imviz, [250.0], [641.0])}))
    (found,) = set(forced.catalog.choices) - set(shown)
    forced.catalog, forced.images = found, [IMAGE]
    for _ in forced.measure():
        pass
    (x,) = imviz.get_aperture_photometry_results()["xcenter"].value
    assert x == pytest.approx(250, abs=1e-6)
