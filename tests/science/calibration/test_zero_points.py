"""Zero points, gains and limits as the surveys' own documents define them."""

import astropy.units as u
import numpy as np
import pytest

from imviz.science.calibration.header import autofill
from imviz.science.photometry.measurement import Recipe, measure

from ..fields import circle, image

HOURS = 2.5 * np.log10(3600)


@pytest.mark.parametrize(
    ("meta", "unit", "expected"),
    [
        ({"INSTRUME": "ZTF/MOSAIC", "MAGZP": 26.2}, u.adu, 26.2),
        ({"FLUXMAG0": 10 ** (0.4 * 27)}, u.adu, 27.0),  # Rubin: counts of magnitude 0
        ({"BUNIT": "nanomaggy"}, None, 22.5),
        ({}, u.nmgy, 22.5),
        ({"FLUX20": 2500.0}, u.adu, 20 + 2.5 * np.log10(2500)),  # SDSS fpC
        ({"ORIGIN": "2MASS", "FILTER": "j", "MAGZP": 20.9}, u.adu, 20.9 + 0.91),
        ({"INSTRUME": "DECam", "MAGZERO": 30.6, "MAGZPT": 25.2, "EXPTIME": 3600.0}, u.adu, 30.6),
        ({"TELESCOP": "WISE", "BAND": 1, "MAGZP": 20.5}, u.DN, 20.5 + 2.699),
        ({"TELESCOP": "WISE", "BAND": 4, "MAGZP": 13.0}, u.DN, 13.0 + 6.620),
        ({"INSTRUME": "WFCAM", "FILTER": "K", "MAGZPT": 22.3, "EXP_TIME": 10.0}, u.ct, 22.3 + 2.5 + 1.9),
        ({"MAGZERO": 25.0}, u.adu, 25.0),
        ({"ZEROPOINT": 25.0, "MAGSYS": "AB"}, None, 25.0),
        ({"MAGZPT": 25.0}, u.electron / u.s, 25.0),
    ],
)
def test_each_survey_has_its_zero_point(meta, unit, expected):
    filled = autofill(meta, unit, None)
    assert filled.zero_point == pytest.approx(expected, abs=1e-12)
    assert "zero point" in filled.sources["zero_point"]


def test_hubbles_constant_is_that_of_the_ab_system():
    meta = {"PHOTFLAM": 7.86211e-20, "PHOTPLAM": 5921.88}
    flux = (7.86211e-20 * u.erg / u.s / u.cm**2 / u.AA).to(u.ABmag, u.spectral_density(5921.88 * u.AA))
    found = autofill(meta, u.electron / u.s, None).zero_point
    assert found == pytest.approx(flux.value, abs=5e-4)


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"INSTRUME": "ZTF/MOSAIC", "MAGZP": 26.2, "MAGZPUNC": 0.003}, 0.003),
        ({"TELESCOP": "WISE", "BAND": 1, "MAGZP": 20.5, "MAGZPUNC": 0.006}, 0.006),
        ({"INSTRUME": "WFCAM", "FILTER": "K", "MAGZPT": 22.3, "MAGZRR": 0.02, "EXPTIME": 10.0}, 0.02),
        ({"INSTRUME": "WFCAM", "FILTER": "K", "MAGZPT": 22.3, "MAGZRR": 0.02}, None),  # no zero point
        ({"MAGZERO": 25.0, "MAGZRR": 0.02}, None),
        ({"INSTRUME": "ZTF/MOSAIC", "MAGZP": 26.2}, None),
    ],
)
def test_the_zero_points_error_is_taken_where_the_survey_publishes_it(meta, expected):
    filled = autofill(meta, u.adu, None)
    assert filled.zero_point_err == expected
    assert ("zero_point_err" in filled.sources) == (expected is not None)


def test_wfcams_zero_point_is_for_airmass_1():
    meta = {"INSTRUME": "WFCAM", "FILTER": "J", "MAGZPT": 22.8, "EXP_TIME": 1.0, "EXTINCT": 0.05}
    filled = autofill({**meta, "AMSTART": 1.9, "AMEND": 2.1}, u.ct, None)
    assert filled.zero_point == pytest.approx(22.8 + 0.938 - 0.05)


def test_hubbles_zero_point_of_electrons_is_later_by_the_exposure():
    meta = {"PHOTFLAM": 7.86211e-20, "PHOTPLAM": 5921.88, "EXPTIME": 3600.0}
    rate, total = (autofill(meta, unit, None).zero_point for unit in (u.electron / u.s, u.electron))
    assert total - rate == pytest.approx(HOURS)


def test_romans_zero_point_gives_the_flux_of_its_own_calibration():
    tree = {"telescope": "ROMAN", "photometry": {"conversion_megajanskys": 0.3, "pixel_area": 2.8e-13}}
    filled = autofill({"meta": tree}, u.DN / u.s, None)
    flux = (100 * 0.3 * u.MJy / u.sr * 2.8e-13 * u.sr).to_value(u.Jy)
    m = measure(
        image(np.ones((9, 9)), unit=u.DN / u.s),
        circle(4, 4, np.sqrt(4 / np.pi)),
        Recipe(zero_point=filled.zero_point),
    )
    expected = -2.5 * np.log10(flux / 3631) - 2.5 * np.log10(4 / 100)
    assert m.values["mag_ab"].value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "meta",
    [
        {"MAGZERO": 25.0, "MAGSYS": "Vega"},
        {"ORIGIN": "2MASS", "FILTER": "x", "MAGZP": 20.0},
        {"INSTRUME": "WFCAM", "FILTER": "K", "MAGZPT": 22.3},
        {"MAGZERO": "n/a"},
        {"TELESCOP": "WISE", "MAGZP": 20.5},
        {"INSTRUME": "DECam", "MAGZPT": 25.2, "EXPTIME": 3600.0},
        {"INSTRUME": "VIRCAM", "FILTER": "Ks", "MAGZPT": 23.0},
        {"INSTRUME": "WFC", "PHOTZP": 28.0},
    ],
)
def test_a_zero_point_that_is_not_ab_or_not_complete_is_left_out(meta):
    assert autofill(meta, u.adu, None).zero_point is None


def test_a_zero_point_of_unknown_system_says_so():
    assert "does not say that it is AB" in autofill({"MAGZERO": 25.0}, u.adu, None).sources["zero_point"]


def test_data_that_are_no_counts_take_neither_zero_point_nor_gain():
    filled = autofill({"MAGZERO": 25.0, "GAIN": 2.0, "RDNOISE": 4.0, "SATURATE": 6e4}, u.Jy, None)
    assert (filled.zero_point, filled.gain, filled.read_noise, filled.saturation) == (None,) * 4


def test_gain_read_noise_and_saturation_are_read():
    filled = autofill({"GAIN": 6.2, "READNOI": 10.3, "SATURATE": 49_000.0}, u.adu, None)
    assert (filled.gain, filled.read_noise, filled.saturation) == (6.2, 10.3, 49_000.0)
    assert filled.sources["gain"] == "gain from GAIN"


def test_amplifiers_are_joined():
    amplifiers = {
        "GAINA": 4.0,
        "GAINB": 4.2,
        "RDNOISEA": 6.0,
        "RDNOISEB": 8.0,
        "SATURATA": 42_059.0,
        "SATURATB": 42_605.0,
    }
    filled = autofill(amplifiers, u.adu, None)
    assert (filled.gain, filled.read_noise) == pytest.approx((4.1, np.sqrt(50)))
    assert filled.saturation == 42_059.0


def test_the_gain_of_rates_holds_the_exposure():
    assert autofill({"EXPTIME": 100.0}, u.electron / u.s, None).gain == pytest.approx(100)
    assert autofill({"EXPTIME": 100.0, "GAIN": 2.0}, u.adu / u.s, None).gain == pytest.approx(200)
    assert autofill({"GAIN": 2.0}, u.electron, None).gain == 1


WFPC2 = {"TELESCOP": "HST", "INSTRUME": "WFPC2", "PHOTFLAM": 3.485e-18, "PHOTPLAM": 5439.0, "EXPTIME": 100.0}


def test_wfpc2_names_no_unit_and_means_dn_of_the_exposure():
    """F555W: AB of one DN in 100 s, by astropy's own arithmetic of PHOTFLAM / EXPTIME (Handbook, 8.7)."""
    flux = (WFPC2["PHOTFLAM"] / 100 * u.erg / u.s / u.cm**2 / u.AA).to(
        u.ABmag, u.spectral_density(5439.0 * u.AA)
    )
    filled = autofill(WFPC2, None, None)
    assert filled.zero_point == pytest.approx(flux.value, abs=5e-4)
    assert filled.zero_point == pytest.approx(27.5580, abs=0.01)
    assert "per DN of the exposure" in filled.sources["zero_point"]
    assert autofill({**WFPC2, "INSTRUME": "ACS"}, None, None).zero_point is None
    assert autofill({**WFPC2, "DRIZCORR": "COMPLETE"}, None, None).zero_point is None
    assert "MultiDrizzle" in autofill({**WFPC2, "NDRIZIM": 4}, u.DN / u.s, None).sources["zero_point"]


def test_ztfs_zero_point_says_that_it_is_for_psf_photometry_and_what_apertures_lack():
    meta = {"INSTRUME": "ZTF/MOSAIC", "MAGZP": 26.2, "MAGZPRMS": 0.03, "MAGZPUNC": 2e-5}
    filled = autofill({**meta, "APCOR1": -0.9, "APCOR6": -0.02}, u.adu, None)
    for told in ("PSF photometry", "-0.900 at 2", "-0.020 at 14", "MAGZPRMS = 0.03 mag is the scatter"):
        assert told in filled.sources["zero_point"]
        assert told in " ".join(filled.notes)
    assert filled.zero_point_err == 2e-5
    assert "not the zero point's error" in filled.sources["zero_point_err"]
    assert (
        autofill({"INSTRUME": "ZTF/MOSAIC", "MAGZP": 26.2, "MAGZPRMS": 0.03}, None, None).zero_point_err
        is None
    )


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"TELESCOP": "PS1", "BSOFTEN": 1.0, "BOFFSET": 0.0, "EXPTIME": 3600.0}, 25 + HOURS),
        ({"FPA.TELESCOPE": "PS1", "FPA.ZP": 24.5, "EXPTIME": 3600.0}, 24.5 + HOURS),
        ({"TELESCOP": "PS1", "BSOFTEN": 1.0}, None),
    ],
)
def test_pan_starrs_zero_point_holds_the_exposure(meta, expected):
    assert autofill(meta, None, None).zero_point == pytest.approx(expected)


def test_a_zero_point_that_many_write_says_of_what_time_it_is_taken():
    assert (
        "not of a second" in autofill({"MAGZERO": 25.0, "EXPTIME": 30.0}, u.adu, None).sources["zero_point"]
    )
    assert autofill({"MAGZERO": 25.0, "BUNIT": "furlongs"}, None, None).zero_point is None


def test_spitzers_counts_factor():
    filled = autofill({"FLUXCONV": 0.1088, "GAIN": 3.3}, u.MJy / u.sr, None)
    assert filled.counts_factor == 0.1088
    assert "FLUXCONV" in filled.sources["counts_factor"]
    assert filled.gain is None
