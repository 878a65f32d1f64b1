"""What headers tell: each mission's keywords, and nothing that is not there."""

import astropy.units as u
import numpy as np
import pytest
from astropy.io.fits import Header
from astropy.wcs import WCS

from imviz.science.calibration.header import autofill

from ..fields import wcs

MJY_SR = u.MJy / u.sr


def test_a_jwst_fits_header_gives_pixel_area_and_ab_scaling():
    header = Header(
        {"TELESCOP": "JWST", "BUNIT": "MJy/sr", "PIXAR_A2": 0.000933, "PIXAR_SR": 2.1e-14, "PHOTMJSR": 0.5}
    )
    filled = autofill(header, MJY_SR, wcs())
    assert filled.pixel_area == 0.000933
    assert filled.flux_scaling == 3631 * u.Jy
    assert filled.counts_factor == 0.5
    assert "PIXAR_A2" in filled.sources["pixel_area"]
    assert "PHOTMJSR" in filled.sources["counts_factor"]
    assert "3631 Jy" in filled.sources["flux_scaling"]


@pytest.mark.parametrize("wrap", [lambda tree: tree, lambda tree: {"meta": tree}])
def test_a_jwst_asdf_tree_gives_the_same(wrap):
    tree = {"telescope": "JWST", "photometry": {"pixelarea_arcsecsq": 0.004, "conversion_megajanskys": 0.7}}
    filled = autofill(wrap(tree), MJY_SR, None)
    assert (filled.pixel_area, filled.counts_factor) == (0.004, 0.7)
    assert "pixelarea_arcsecsq" in filled.sources["pixel_area"]


def test_a_pixel_area_in_steradian_is_converted():
    filled = autofill({"PIXAR_SR": (1 * u.arcsec**2).to_value(u.sr)}, MJY_SR, None)
    assert filled.pixel_area == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("instrument", "detector", "area"),
    [
        ("ACS", "WFC", 0.05**2),
        ("acs", "hrc", 0.028 * 0.025),
        ("ACS", "SBC", 0.034 * 0.03),
        ("WFC3", "UVIS", 0.04**2),
    ],
)
def test_hst_instruments_have_their_pixel_areas(instrument, detector, area):
    filled = autofill({"TELESCOP": "HST", "INSTRUME": instrument, "DETECTOR": detector}, u.electron, wcs())
    assert filled.pixel_area == pytest.approx(area)
    assert filled.flux_scaling is None


def test_a_drizzled_hst_image_has_the_pixel_area_of_its_wcs():
    header = {"TELESCOP": "HST", "INSTRUME": "ACS", "DETECTOR": "WFC", "DRIZCORR": "COMPLETE"}
    assert autofill(header, u.electron / u.s, wcs(scale=0.03)).pixel_area == pytest.approx(0.0009)


def test_photflam_and_photplam_give_the_ab_zero_point_of_rates():
    # ACS/WFC F606W: PHOTFLAM 7.86e-20, PHOTPLAM 5922; the instrument's tables say 26.49
    filled = autofill({"PHOTFLAM": 7.86211e-20, "PHOTPLAM": 5921.88}, u.electron / u.s, None)
    assert filled.zero_point == pytest.approx(26.49, abs=0.01)
    assert "PHOTFLAM" in filled.sources["zero_point"]
    assert autofill({"PHOTFLAM": 7.86211e-20, "PHOTPLAM": 5921.88}, u.electron, None).zero_point is None


def test_photflam_is_the_counts_factor_of_flux_per_wavelength():
    filled = autofill({"PHOTFLAM": 7.9e-20}, u.erg / u.s / u.cm**2 / u.AA, None)
    assert filled.counts_factor == pytest.approx(7.9e-20)


def test_any_celestial_wcs_gives_the_pixel_area():
    for w in (wcs(scale=0.2, angle=30), wcs(scale=0.2, mirrored=True)):
        filled = autofill({}, u.ct, w)
        assert filled.pixel_area == pytest.approx(0.04, rel=1e-9)
        assert filled.sources["pixel_area"] == "pixel area from the WCS"


def test_surface_brightness_with_a_wcs_gets_the_ab_scaling():
    filled = autofill(None, u.mJy / u.arcsec**2, wcs())
    assert filled.flux_scaling == 3631 * u.Jy


def test_flux_densities_get_the_ab_scaling():
    assert autofill({}, u.nJy, None).flux_scaling == 3631 * u.Jy


@pytest.mark.parametrize(
    "meta", [None, {}, {"PIXAR_A2": "n/a"}, {"PIXAR_A2": np.nan}, {"PIXAR_A2": 0}, "text", {"meta": 3}]
)
def test_what_is_not_told_is_none(meta):
    filled = autofill(meta, None, WCS(naxis=2))
    assert (filled.pixel_area, filled.counts_factor, filled.flux_scaling, filled.zero_point) == (None,) * 4
    assert filled.sources == {}


def test_without_a_pixel_area_surface_brightness_gets_no_scaling():
    assert autofill({"TELESCOP": "JWST"}, MJY_SR, None).flux_scaling is None
