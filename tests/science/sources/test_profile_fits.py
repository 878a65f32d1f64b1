"""Fits of profiles whose parameters are known, and whether their errors mean what they say."""

from dataclasses import replace

import numpy as np
import pytest
from astropy.modeling.models import Moffat1D

from imviz.science.photometry.measurement import measure
from imviz.science.sources.profiles import (
    curve_of_growth,
    fit_gaussian,
    fit_moffat,
    half_maximum_width,
    radial_profile,
    radial_profile_raw,
)

from ..fields import circle, image, noise, star

SHAPE = (61, 61)
Y, X = np.mgrid[:61, :61]
RADIUS = np.hypot(X - 30.2, Y - 29.7)


def moffat(gamma=4.0, alpha=2.5, amplitude=1000.0):
    return Moffat1D(amplitude, 0.0, gamma, alpha)(RADIUS)


def gaussian(sigma=3.0, amplitude=1000.0):
    return amplitude * np.exp(-0.5 * (RADIUS / sigma) ** 2)


def raw(data, r=20.0, **keywords):
    m = measure(image(data, **keywords), circle(30.2, 29.7, r))
    return radial_profile_raw(m), m


@pytest.mark.parametrize("scale", [1.0, 1e-19, 1e12])
@pytest.mark.parametrize("alpha", [1.5, 2.5, 4.765])
def test_a_moffat_profile_is_recovered(alpha, scale):
    # the centroid is that of the pixels in the aperture, 1e-3 pix off the truth
    fit = fit_moffat(*raw(moffat(alpha=alpha) * scale))
    assert fit.message == ""
    assert fit.alpha == pytest.approx(alpha, rel=1e-3)
    assert fit.fwhm == pytest.approx(Moffat1D(1, 0, 4.0, alpha).fwhm, rel=1e-3)
    assert fit.model.fwhm == pytest.approx(fit.fwhm, rel=1e-12)
    assert fit.model(0.0) == pytest.approx(fit.amplitude) == pytest.approx(1000 * scale, rel=1e-3)
    assert fit.model.x_0.fixed


@pytest.mark.parametrize("with_errors", [False, True])
@pytest.mark.parametrize(
    ("fit", "data", "names"),
    [
        (fit_moffat, moffat(), ("fwhm", "amplitude", "alpha")),
        (fit_gaussian, gaussian(), ("fwhm", "amplitude")),
    ],
)
def test_errors_of_the_parameters_are_their_scatter(fit, data, names, with_errors):
    profile, m = raw(data)  # about the noise-free centroid, so that its own error does not add
    error = np.full(profile.x.size, 20.0) if with_errors else None
    fits = []
    for seed in range(400):
        y = profile.y + noise(profile.y.shape, seed, 0.0, 20.0)
        fits.append(fit(replace(profile, y=y, y_err=error), m))
        assert not fits[-1].message
    for name in names:
        found = np.array([getattr(each, name) for each in fits])
        assert found.std() == pytest.approx(
            np.median([getattr(each, f"{name}_err") for each in fits]), rel=0.15
        )


def test_a_gaussian_has_no_moffat_wings_and_says_so():
    fit = fit_moffat(*raw(gaussian()))
    assert fit.model is None
    assert "fit a Gaussian instead" in fit.message


@pytest.mark.parametrize(
    ("data", "message"),
    [(np.zeros(SHAPE), "no positive value"), (np.full(SHAPE, np.nan), "at least 4 points")],
)
def test_a_moffat_that_makes_no_sense_keeps_no_model_and_says_why(data, message):
    fit = fit_moffat(*raw(data))
    assert fit.model is None
    assert np.isnan([fit.fwhm, fit.fwhm_err, fit.amplitude, fit.alpha]).all()
    assert message in fit.message


def test_a_curve_of_growth_is_not_fitted_by_a_moffat():
    img, region = image(moffat()), circle(30.2, 29.7, 10)
    m = measure(img, region)
    assert "not to a curve of growth" in fit_moffat(curve_of_growth(img, region, m), m).message


@pytest.mark.parametrize("profile", [radial_profile, radial_profile_raw])
def test_the_half_maximum_width_is_that_of_the_star(profile):
    m = measure(image(star(100.2, 80.4, sigma=4.0)), circle(100.2, 80.4, 15))
    assert half_maximum_width(profile(m)) == pytest.approx(4.0 * 2 * np.sqrt(2 * np.log(2)), rel=0.02)


def test_the_half_maximum_width_needs_no_model():
    m = measure(image(moffat(alpha=1.5)), circle(30.2, 29.7, 15))
    expected = Moffat1D(1, 0, 4.0, 1.5).fwhm
    assert half_maximum_width(radial_profile_raw(m)) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("data", [np.ones(SHAPE), np.zeros(SHAPE), -gaussian(), np.full(SHAPE, np.nan)])
def test_without_a_peak_there_is_no_half_maximum_width(data):
    assert np.isnan(half_maximum_width(raw(data)[0]))
