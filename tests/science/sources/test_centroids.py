import numpy as np
import pytest
from astropy.modeling.models import Gaussian2D, Moffat2D
from astropy.nddata import NDData, StdDevUncertainty
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.science.photometry.measurement import measure
from imviz.science.sources.centroids import METHODS, centroid, recentred
from imviz.science.sources.source_fits import fit_source

Y, X = np.mgrid[:61, :67]
STAR = Gaussian2D(500, 33.3, 28.6, 3, 3)(X, Y)


def circle(x, y, r=16):
    return CirclePixelRegion(PixCoord(x, y), r)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_a_star_without_noise(method):
    found = centroid(measure(NDData(STAR), circle(33.3, 28.6)), method)
    # a paraboloid is no Gaussian: photutils' own quadratic centroid is off by as much here
    tolerance = 0.02 if method == "quadratic" else 1e-3
    assert (found.x, found.y) == pytest.approx((33.3, 28.6), abs=tolerance)


@pytest.mark.parametrize("method", METHODS)
def test_an_aperture_beside_its_star_is_moved_onto_it(method):
    moved, found = recentred(NDData(STAR), circle(31, 30), method=method, max_shift=5)
    assert (moved.center.x, moved.center.y) == (found.x, found.y)
    assert (found.x, found.y) == pytest.approx((33.3, 28.6), abs=0.02)
    assert moved.radius == 16


def test_a_star_further_away_than_allowed_leaves_the_aperture_and_says_how_far():
    with pytest.raises(InputError, match=r"2\.\d+ pixels away, more than the 1 allowed"):
        recentred(NDData(STAR), circle(31, 30), max_shift=1)


def test_nothing_there_is_an_error_and_not_a_place():
    for method in METHODS:
        with pytest.raises(InputError):
            centroid(measure(NDData(np.zeros((40, 40))), circle(20, 20, 8)), method)
    with pytest.raises(InputError, match="choose from moments"):
        centroid(measure(NDData(STAR), circle(33, 28)), "centre")


@pytest.mark.parametrize("method", ["moments", "Gaussian", "windowed"])
def test_errors_are_the_scatter_of_repeated_measurements(method):
    rng = np.random.default_rng(5)
    places, told = [], []
    for _ in range(150):
        noisy = STAR + rng.normal(0, 4, STAR.shape)
        image = NDData(noisy, uncertainty=StdDevUncertainty(np.full(STAR.shape, 4.0)))
        found = centroid(measure(image, circle(33.3, 28.6, 10)), method)
        places.append(found.x)
        told.append(found.x_err)
    assert np.std(places) == pytest.approx(np.mean(told), rel=4 / np.sqrt(2 * 150))


def test_a_gaussian_s_parameters_are_found_with_errors_that_are_true():
    truth = Gaussian2D(300, 33.3, 28.6, 4, 2.5, theta=np.radians(30))(X, Y)
    rng, fits = np.random.default_rng(6), []
    for _ in range(100):
        image = NDData(
            truth + rng.normal(0, 3, truth.shape), uncertainty=StdDevUncertainty(np.full(truth.shape, 3.0))
        )
        fits.append(fit_source(measure(image, circle(33, 29))))
    width = 2 * np.sqrt(2 * np.log(2))
    expected = {"fwhm_major": 4 * width, "fwhm_minor": 2.5 * width, "angle": 30, "amplitude": 300, "x": 33.3}
    for name, value in expected.items():
        values = np.array([fit.values[name] for fit in fits])
        errors = np.array([fit.errors[name] for fit in fits])
        assert values.mean() == pytest.approx(value, abs=4 * values.std() / 10)
        assert values.std() == pytest.approx(errors.mean(), rel=4 / np.sqrt(2 * 100))


def test_a_moffat_is_found_exactly_and_its_model_is_astropy_s():
    truth = Moffat2D(800, 33.3, 28.6, 4, 2.5)
    fit = fit_source(measure(NDData(truth(X, Y)), circle(33, 29)), "Moffat")
    assert fit.values["alpha"] == pytest.approx(2.5, rel=1e-6)
    assert fit.values["fwhm_major"] == pytest.approx(truth.fwhm, rel=1e-6)
    assert fit.model(33.0, 29.0) == pytest.approx(truth(33.0, 29.0), rel=1e-6)


def test_a_fit_of_noise_keeps_no_model_and_says_why():
    noise = np.random.default_rng(1).normal(0, 1, (40, 40))
    fit = fit_source(measure(NDData(noise), circle(20, 20, 6)))
    assert fit.model is None
    assert fit.message
