"""Sums per beam: in Jy by the beam's solid angle, or with their doubt."""

import astropy.units as u
import numpy as np
import pytest
from astropy.nddata import NDData
from scipy.ndimage import gaussian_filter

from imviz.errors import InputError
from imviz.science.bulk.rows import measure_rows
from imviz.science.calibration.header import autofill
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.measurement import Flag, Recipe, measure

from ..fields import circle, wcs

JY_BEAM = u.Jy / u.beam
BEAM = {"BMAJ": 3 / 3600, "BMIN": 2 / 3600, "BPA": 30.0}
AREA = np.pi * 3 * 2 / (4 * np.log(2))  # arcsec², of a Gaussian


@pytest.mark.parametrize(
    ("meta", "area"),
    [
        (BEAM, AREA),
        ({"BMAJ": 3.0, "BMIN": 2.0, "imviz_comments": {"BMAJ": "[arcsec]", "BMIN": "[arcsec]"}}, AREA),
        ({"CLEANBMJ": 3 / 3600, "CLEANBMN": 2 / 3600}, AREA),
        ({"HISTORY": "AIPS   CLEAN BMAJ=  8.3333E-04 BMIN=  5.5556E-04 BPA=  30.00"}, AREA),
        (
            {
                "HISTORY": "AIPS CLEAN BMAJ= 1.0E-02 BMIN= 1.0E-02 BPA= 0\n"
                "AIPS CLEAN BMAJ= 8.33333E-04 BMIN= 5.55556E-04 BPA= 0"
            },
            AREA,
        ),
        ({"CASAMBM": True, "imviz_beam": (3 / 3600, 2 / 3600)}, AREA),
        ({"CASAMBM": True}, None),
        ({"BMAJ": 3.0e3, "BMIN": 2.0e3}, None),
        ({"BMAJ": 3.0, "BMIN": 2.0, "CDELT2": 0.5 / 3600}, None),
        ({"BMAJ": 3.0, "BMIN": 2.0, "CD2_2": 0.0, "CD2_1": -0.5 / 3600}, None),
        (BEAM | {"CDELT2": 0.5 / 3600}, AREA),
        ({}, None),
    ],
)
def test_the_beam_is_found_or_missed_aloud(meta, area):
    filled = autofill(meta, JY_BEAM, wcs())
    assert filled.beam_area == (None if area is None else pytest.approx(area, rel=1e-4))
    assert "beam" in filled.sources["beam_area"]
    assert bool(filled.notes) == (area is None)


@pytest.mark.parametrize("unit", [u.Jy, u.MJy / u.sr, u.K, None, u.mag, u.dex(u.Jy)])
def test_data_that_are_not_per_beam_have_none(unit):
    assert autofill(BEAM, unit, wcs()).beam_area is None


@pytest.mark.parametrize(("unit", "of_sum"), [(JY_BEAM, u.Jy), (u.mJy / u.beam, u.mJy)])
def test_the_flux_of_a_point_source_is_its_peak_per_beam(unit, of_sum):
    """A source of 7 Jy seen by the beam has its peak at 7 Jy/beam: the sum must give 7 Jy back."""
    y, x = np.mgrid[:61, :61] - 30.0
    scale = 0.5  # arcsec a pixel
    a, b = (width / scale / np.sqrt(8 * np.log(2)) for width in (3.0, 2.0))
    star = NDData(
        7 * np.exp(-(x**2) / 2 / a**2 - y**2 / 2 / b**2), unit=unit, wcs=wcs(scale=scale), meta=BEAM
    )
    recipe = Recipe(**autofill(BEAM, unit, star.wcs).beside(()))
    row = measure(star, circle(30, 30, 25), recipe).values
    assert row["sum"].unit == of_sum
    assert row["sum"].value == pytest.approx(7, rel=1e-6)
    assert not row["flags"] & Flag.DOUBTFUL_UNIT
    assert row["mag_ab"].value == pytest.approx((7 * of_sum).to_value(u.ABmag), abs=1e-3)
    many = measure_rows(star, [circle(30, 30, 25)], recipe).columns
    assert many["sum"][0].value == pytest.approx(7, rel=1e-6)


@pytest.mark.parametrize(
    ("unit", "options"),
    [
        (JY_BEAM, {}),
        (JY_BEAM, {"pixel_area": 0.25}),
        (u.MJy / u.sr, {}),
        (u.mJy / u.arcsec**2, {}),
        (JY_BEAM * u.km / u.s, {}),
    ],
)
def test_a_sum_that_is_still_per_place_is_flagged(unit, options):
    image = NDData(np.ones((20, 20)), unit=unit)
    for row in (
        measure(image, circle(10, 10, 4), Recipe(**options)).values,
        {"flags": int(measure_rows(image, [circle(10, 10, 4)], Recipe(**options)).columns["flags"][0])},
    ):
        assert row["flags"] & Flag.DOUBTFUL_UNIT


def test_so_is_one_in_a_unit_that_nobody_knows():
    for named, flagged in (("furlongs", True), ("Jy/beam.km/s", True), ("none", False), (None, False)):
        image = NDData(np.ones((20, 20)), meta={} if named is None else {"BUNIT": named})
        assert bool(measure(image, circle(10, 10, 4)).values["flags"] & Flag.DOUBTFUL_UNIT) == flagged


@pytest.mark.parametrize(
    ("unit", "flagged"),
    [
        (u.K, True),
        (u.mK * u.km / u.s, True),
        (u.erg / u.s / u.K, False),
        (u.Jy * u.km / u.s, False),
        (u.ct / u.s, False),
    ],
)
def test_a_sum_of_temperatures_is_no_flux(unit, flagged):
    row = measure(NDData(np.ones((20, 20)), unit=unit), circle(10, 10, 4)).values
    assert bool(row["flags"] & Flag.DOUBTFUL_UNIT) == flagged


@pytest.mark.parametrize("unit", [u.Jy / u.pix, u.Jy / u.pix**2])
def test_a_sum_over_pixels_is_no_longer_per_pixel(unit):
    row = measure(NDData(np.ones((20, 20)), unit=unit), circle(10, 10, 4)).values
    assert row["sum"].unit == u.Jy
    assert row["sum"].value == pytest.approx(16 * np.pi)
    assert not row["flags"] & Flag.DOUBTFUL_UNIT


def test_a_flux_scaling_in_jansky_goes_with_data_per_beam():
    image = NDData(np.ones((20, 20)), unit=JY_BEAM)
    recipe = Recipe(pixel_area=0.25, beam_area=AREA, flux_scaling=3631 * u.Jy)
    row = measure(image, circle(10, 10, 4), recipe).values
    assert row["aperture_sum_mag"].value == pytest.approx(row["mag_ab"].value, abs=1e-9)
    with pytest.raises(InputError, match="beam area is in Jy"):
        measure(image, circle(10, 10, 4), Recipe(beam_area=3 * u.Jy))


def test_noise_shared_by_the_pixels_of_a_beam_is_told_and_the_error_is_too_small_by_it():
    """The scatter of sums over noise that a beam has smoothed, against the error of independent pixels."""
    noise = gaussian_filter(np.random.default_rng(4).normal(size=(300, 300)), 6 / np.sqrt(8 * np.log(2)))
    image = NDData(noise / noise.std(), unit=JY_BEAM, wcs=wcs(scale=0.5))
    recipe = Recipe(background=Annulus(9, 6), pixel_area=0.25, beam_area=np.pi * 9 / 4 / np.log(2))
    places = [circle(x, y, 6) for x in range(20, 290, 20) for y in range(20, 290, 20)]
    many = measure_rows(image, places, recipe).columns
    assert np.std(many["sum"].value) > 2 * np.median(many["sum_err"].value)
    assert (np.asarray(many["flags"]) & Flag.CORRELATED_NOISE).all()
    one = measure(image, places[0], recipe)
    assert one.values["flags"] == many["flags"][0]
    assert any("sum_err is too small" in sentence for sentence in one.flags)


@pytest.mark.parametrize(
    ("unit", "beam", "shared"),
    [(JY_BEAM, 4.0, True), (JY_BEAM, 0.2, False), (u.Jy, 4.0, False), (JY_BEAM, None, True)],
)
def test_a_beam_smaller_than_a_pixel_shares_nothing(unit, beam, shared):
    row = measure(
        NDData(np.ones((20, 20)), unit=unit), circle(10, 10, 4), Recipe(pixel_area=0.25, beam_area=beam)
    )
    assert bool(row.values["flags"] & Flag.CORRELATED_NOISE) == shared
