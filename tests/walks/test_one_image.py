"""One image's way, as docs/architecture.md tells it, from the file to the table, without a browser."""

from pathlib import Path

import astropy
import numpy as np
import pytest
import sep
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.modeling.models import Gaussian1D
from astropy.table import QTable
from regions import CirclePixelRegion, CircleSkyRegion, PixCoord, Regions

from imviz import Imviz
from imviz.demo import demo_stars
from imviz.science.photometry.measurement import COLUMNS
from imviz.science.results.readable import readable

M13 = Path(astropy.__file__).parent / "io/fits/hdu/compressed/tests/data/m13.fits"
LABEL = "m13[PRIMARY,1]"
STAR = demo_stars()[0]


@pytest.fixture
def pixels():
    return fits.getdata(M13).astype(np.float32)


@pytest.fixture
def m13():
    imviz = Imviz()
    imviz.load_data(M13)
    return imviz


def draw(imviz, x, y, radius):
    """What the browser's one message does."""
    return imviz.app.session.draw_region(CirclePixelRegion(PixCoord(x, y), radius), on=imviz.data_labels[0])


def test_m13_from_the_file_to_the_table(m13, pixels, tmp_path):
    session, plugin = m13.app.session, m13.plugins["Aperture Photometry"]
    # loaded, folded, offered, shown
    assert (session.images, plugin.dataset) == ((LABEL,), LABEL)
    assert [layer.label for layer in m13.default_viewer.controls.layers] == [LABEL]
    assert m13.default_viewer.controls.reference == LABEL
    assert "drag over a star" in plugin.guidance
    # a circle is drawn: a region, offered and taken
    y, x = np.unravel_index(np.argmax(pixels[30:-30, 30:-30]), (240, 240))
    x, y = float(x + 30), float(y + 30)
    assert draw(m13, x, y, 6) == "Subset 1"
    assert (session.regions, plugin.aperture, plugin.guidance) == (("Subset 1",), "Subset 1", "")
    # Calculate
    plugin.background = "Manual"
    plugin.calculate()
    assert plugin.message_kind != "error"
    row = m13.get_aperture_photometry_results()
    total, *_ = sep.sum_circle(pixels, [x], [y], 6, subpix=0)
    assert row["sum"][0] == pytest.approx(total[0], rel=1e-7)
    assert tuple(row.colnames[:31]) == COLUMNS
    sky = m13.get_data().wcs.pixel_to_world(row["xcentroid"][0].value, row["ycentroid"][0].value)
    assert row["sky_centroid"][0].separation(sky) < 1e-6 * u.arcsec
    # panel, plot and table have followed
    assert {"function": "sum", "result": readable(total[0])} in plugin.results
    assert plugin.plot.series[0].y[-1] == pytest.approx(row["sum"][0], rel=1e-12)
    assert plugin.table.n_rows == session.n_rows == 1
    # regions and rows leave, and come back as they were
    Regions(list(m13.get_interactive_regions().values())).write(tmp_path / "mine.reg", format="ds9")
    m13.load_regions_from_file(tmp_path / "mine.reg")
    again, _ = plugin.calculate_photometry(aperture="Subset 2")
    assert again["sum"][0] == pytest.approx(total[0], rel=1e-7)
    plugin.export_table(tmp_path / "mine.ecsv")
    assert list(QTable.read(tmp_path / "mine.ecsv")["id"]) == [1, 2]


def test_the_same_star_on_the_sky_is_the_same_star(m13):
    plugin = m13.plugins["Aperture Photometry"]
    wcs = m13.get_data().wcs
    circle = CirclePixelRegion(PixCoord(150.0, 140.0), 7.0)
    m13.load_regions([circle, circle.to_sky(wcs)])
    first, second = (plugin.calculate_photometry(aperture=f"Subset {n}")[0] for n in (1, 2))
    # regions turns a radius to the sky by the scale at the centre; so do we, to the tilt of the pixels
    assert second["sum"][0] == pytest.approx(first["sum"][0], rel=1e-2)
    assert first["xcenter"][0].value == pytest.approx(second["xcenter"][0].value, abs=1e-6)


def test_the_panel_s_button_and_python_give_the_same_row_to_the_last_bit(m13):
    plugin = m13.plugins["Aperture Photometry"]
    draw(m13, 150, 150, 8)
    plugin.background = "Annulus"
    plugin.calculate()
    row, _ = plugin.calculate_photometry(LABEL, "Subset 1", background="Annulus")
    first = m13.get_aperture_photometry_results()[0]
    for name in ("sum", "background", "xcentroid", "std", "pixel_hash", "recipe"):
        assert first[name] == row[name][0], name


def test_the_demo_star_through_both_exposures(tmp_path):
    imviz = Imviz()
    imviz.load_demo()
    imviz.link_data(align_by="wcs")
    plugin = imviz.plugins["Aperture Photometry"]
    imviz.load_regions(CircleSkyRegion(SkyCoord(STAR["sky"]), 0.55 * u.arcsec))
    plugin.background, plugin.current_plot_type = "Annulus", "Radial Profile (Raw)"
    plugin.fit_radial_profile = True
    rows = [plugin.calculate_photometry(label)[0] for label in imviz.data_labels]
    for row in rows:
        assert row["aperture_sum_mag"][0].value == pytest.approx(STAR["mag"].value, abs=0.04)
        assert row["sky_centroid"][0].separation(SkyCoord(STAR["sky"])) < 0.02 * u.arcsec
        assert row["sum_err"][0] > 0
    assert isinstance(imviz.app.fitted_models["phot_radial_profile"], Gaussian1D)
    assert list(imviz.get_aperture_photometry_results()["data_label"]) == imviz.data_labels
    # the scene changes; what was measured stays
    imviz.app.session.remove_image(imviz.data_labels[0])
    assert len(imviz.get_aperture_photometry_results()) == 2
    assert plugin.dataset == imviz.data_labels[0] == "demo-2[SCI,1]"
    again, _ = plugin.calculate_photometry()
    assert again["sum"][0].value == pytest.approx(rows[1]["sum"][0].value, rel=1e-6)
