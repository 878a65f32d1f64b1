"""Profiles, growth and fits of stars whose parameters are known."""

import astropy.units as u
import numpy as np
import pytest
from astropy.nddata import StdDevUncertainty
from regions import CircleAnnulusPixelRegion, PixCoord

from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.apertures import scaled
from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.sources.profiles import curve_of_growth, fit_gaussian, radial_profile, radial_profile_raw

from ..fields import circle, ellipse, image, noise, polygon, rectangle, star, value

FWHM = 2 * np.sqrt(2 * np.log(2))


def test_the_radial_profile_is_the_mean_in_rings_about_the_centroid():
    data = star(101.2, 79.9)
    m = measure(image(data), circle())
    profile = radial_profile(m)
    y, x = np.mgrid[:180, :200]
    inside = np.hypot(x - 100.3, y - 80.6) < 12
    bins = np.floor(np.hypot(x - m.centroid[0], y - m.centroid[1]) + 0.5)
    expected = [data[inside & (bins == r)].mean() for r in range(profile.x.size)]
    assert profile.x.tolist() == list(range(profile.x.size))
    assert profile.y == pytest.approx(expected, rel=1e-12)
    assert (profile.x_label, profile.y_label) == ("Radius (pix)", "Value")
    assert profile.title == "Radial profile from source centroid"


def test_an_empty_bin_is_nan():
    ring = CircleAnnulusPixelRegion(PixCoord(100, 90), 6.0, 10.0)
    profile = radial_profile(measure(image(np.ones((180, 200))), ring))
    assert np.isnan(profile.y[:5]).all()
    assert profile.y[7:10] == pytest.approx(1)


def test_the_raw_profile_is_every_pixel_sorted_by_radius():
    m = measure(image(star(101.2, 79.9), unit="Jy"), circle())
    profile = radial_profile_raw(m)
    assert profile.x.size == np.count_nonzero(m.patch.center)
    assert (np.diff(profile.x) >= 0).all()
    assert profile.y.sum() == pytest.approx(m.values["mean"].value * profile.x.size, rel=1e-12)
    assert (profile.unit, profile.y_label) == ("Jy", "Jy")


def test_profile_errors_come_from_the_uncertainty():
    img = image(noise() + star(100, 80), uncertainty=StdDevUncertainty(np.full((180, 200), 5.0)))
    profile = radial_profile(measure(img, circle(100, 80)))
    assert profile.y_err[0] == pytest.approx(5.0)
    assert radial_profile(measure(image(), circle())).y_err is None


@pytest.mark.parametrize("profile", [radial_profile, radial_profile_raw])
@pytest.mark.parametrize("scale", [1.0, 1e-19, 1e12])
def test_the_fit_finds_the_stars_width_and_peak(profile, scale):
    data = (star(101.2, 79.9) + 10) * scale
    m = measure(image(data), circle(r=15.0), Recipe(background=Annulus(30, 10)))
    fit = fit_gaussian(profile(m), m)
    sigma = np.hypot(3, np.sqrt(1 / 12))  # the pixel's own width
    assert fit.fwhm == pytest.approx(FWHM * sigma, rel=0.01)
    assert fit.amplitude == pytest.approx(1e5 / (2 * np.pi * sigma**2) * scale, rel=0.02)
    assert fit.message == ""
    assert fit.model.mean == 0
    assert fit.model.mean.fixed
    assert fit.model(0.0) == fit.amplitude


def test_the_raw_fit_is_exact_on_a_sampled_gaussian():
    y, x = np.mgrid[:180, :200]
    data = 50 * np.exp(-0.5 * (((x - 100) / 4) ** 2 + ((y - 90) / 4) ** 2))
    m = measure(image(data), circle(100, 90, 20))
    fit = fit_gaussian(radial_profile_raw(m), m)
    assert fit.fwhm == pytest.approx(4 * FWHM, rel=1e-8)
    assert fit.amplitude == pytest.approx(50, rel=1e-8)


def test_nan_pixels_do_not_stop_a_fit():
    data = star(100, 80)
    data[78:80, 99:102] = np.nan
    m = measure(image(data), circle(100, 80))
    assert fit_gaussian(radial_profile(m), m).fwhm == pytest.approx(3 * FWHM, rel=0.05)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.zeros((180, 200)), "no positive value"),
        (-star(100, 80), "no positive value"),
        (np.full((180, 200), np.nan), "at least 3 points"),
        (np.full((180, 200), 5.0), "Gaussian fit"),
        (100 - star(100, 80, flux=1e3), "Gaussian fit"),
    ],
)
def test_a_fit_that_makes_no_sense_keeps_no_model_and_says_why(data, message):
    m = measure(image(data), circle(100, 80))
    fit = fit_gaussian(radial_profile(m), m)
    assert fit.model is None
    assert np.isnan(fit.fwhm)
    assert message in fit.message


def test_pure_noise_rarely_passes_for_a_star():
    kept = 0
    for seed in range(50):
        m = measure(image(noise((61, 61), seed, 0.0, 5.0)), circle(30, 30, 10))
        kept += fit_gaussian(radial_profile_raw(m), m).model is not None
    assert kept <= 5


def test_a_curve_of_growth_is_not_fitted():
    img = image(star(100, 80))
    m = measure(img, circle(100, 80))
    assert fit_gaussian(curve_of_growth(img, m.region, m), m).model is None


@pytest.mark.parametrize(
    ("region", "label", "size"),
    [
        (circle(), "Radius (pix)", 12),
        (ellipse(), "Semimajor axis (pix)", 15),
        (rectangle(), "Width (pix)", 30),
        (CircleAnnulusPixelRegion(PixCoord(100, 80), 5, 9), "Radius (pix)", 9),
        (polygon((90, 70), (110, 70), (110, 90), (90, 90)), "Equivalent radius (pix)", 20 / np.sqrt(np.pi)),
        (circle() | circle(104.3), "Equivalent radius (pix)", None),
    ],
)
def test_growth_has_ten_steps_and_ends_at_the_tables_sum_bit_for_bit(region, label, size):
    img = image(noise() + star(101, 80), unit="MJy/sr")
    recipe = Recipe(background=Annulus(25, 10), pixel_area=0.0009)
    m = measure(img, region, recipe)
    growth = curve_of_growth(img, region, m, recipe)
    assert growth.x.size == growth.y.size == growth.y_err.size == 10
    assert growth.y[-1] == m.values["sum"].value
    assert growth.y_err[-1] == m.values["sum_err"].value
    assert (growth.x_label, growth.unit) == (label, "MJy")
    if size is not None:
        assert growth.x == pytest.approx(size * np.arange(1, 11) / 10, rel=1e-12)


def test_growth_of_a_star_is_the_analytic_one():
    data = star(300, 300, sigma=30.0, shape=(601, 601))
    img, region = image(data), circle(300, 300, 100)
    growth = curve_of_growth(img, region, measure(img, region))
    assert growth.y == pytest.approx(1e5 * (1 - np.exp(-(growth.x**2) / 1800)), rel=1e-3)
    marks = dict(growth.marks)
    assert marks["EE50"] == pytest.approx(30 * np.sqrt(2 * np.log(2)), rel=0.02)
    assert marks["EE80"] == pytest.approx(30 * np.sqrt(-2 * np.log(0.2)), rel=0.02)


def test_growth_is_about_the_centroid():
    data = star(103.0, 80.0)
    img, region = image(data), circle(100, 80, 14)
    m = measure(img, region)
    growth = curve_of_growth(img, region, m)
    at_centroid = measure(img, circle(*m.centroid, 0.5 * 14))
    assert growth.y[4] == pytest.approx(value(at_centroid.values["sum"]), rel=1e-12)


def test_without_a_centroid_profiles_are_about_the_aperture():
    img = image(np.zeros((180, 200)))
    m = measure(img, circle())
    assert radial_profile(m).title == "Radial profile from aperture center"
    growth = curve_of_growth(img, circle(), m)
    assert growth.y.tolist() == [0.0] * 10
    assert growth.marks == ()


def test_growth_at_the_edge_of_the_image_stays_on_it():
    img = image(np.ones((180, 200)), unit=u.ct)
    m = measure(img, circle(1, 2, 10))
    growth = curve_of_growth(img, circle(1, 2, 10), m)
    assert np.isfinite(growth.y).all()
    assert growth.y[-1] == m.values["sum"].value


@pytest.mark.parametrize("r", [6.0, 12.0, 40.0, 120.0])
@pytest.mark.parametrize("sigma", [1.7, 3.4])
def test_growth_radii_are_right_whatever_the_size_of_the_aperture(sigma, r):
    img = image(star(150.3, 149.6, sigma, shape=(301, 301)))
    region = circle(150.3, 149.6, r)
    marks = dict(curve_of_growth(img, region, measure(img, region)).marks)
    wide = np.hypot(sigma, np.sqrt(1 / 12))  # of star and pixel
    inside = 1 - np.exp(-(r**2) / (2 * wide**2))
    for name, part in (("EE50", 0.5), ("EE80", 0.8)):
        assert marks[name] == pytest.approx(wide * np.sqrt(-2 * np.log1p(-part * inside)), rel=0.02)


@pytest.mark.parametrize(
    "region",
    [circle(102, 80, 45), ellipse(width=140, height=60), rectangle(width=130, height=110), "polygon"],
)
def test_an_aperture_of_the_growth_radius_holds_that_part_of_the_sum(region):
    if region == "polygon":
        region = polygon((60, 50), (150, 45), (140, 120), (80, 130))
    img = image(noise(std=0.5) + star(102, 80, 2.0), unit="Jy")
    m = measure(img, region, Recipe(background=100.0))
    growth = curve_of_growth(img, region, m)
    for name, size in growth.marks:
        part = value(measure(img, scaled(region, size / growth.x[-1], m.centroid), m.recipe).values["sum"])
        assert part == pytest.approx(float(name[2:]) / 100 * growth.y[-1], rel=0.005)
    assert [name for name, _ in growth.marks] == ["EE50", "EE80"]
