import numpy as np
import pytest
from astropy.modeling.models import Gaussian2D, Moffat2D
from astropy.nddata import NDData, StdDevUncertainty
from regions import CirclePixelRegion, PixCoord
from scipy.special import erf

from imviz.errors import InputError
from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.sources.centroids import METHODS, centroid, recentred
from imviz.science.sources.profiles import fit_gaussian, radial_profile
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


def star(x, y, sigma=3.0, peak=500.0):
    return peak * np.exp(-0.5 * ((X - x) ** 2 + (Y - y) ** 2) / sigma**2)


NOISE = np.random.default_rng(4).normal(0, 5, X.shape)
SKIES = {
    "no sky": 0.0,
    "sky of 100": 100.0,
    "sky of 100 with noise": 100 + NOISE,
    "too much subtracted": -100.0 + NOISE,
    "sky of a million": 1e6,
}


@pytest.mark.parametrize("sky", SKIES)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("sigma", [2.0, 3.0])
def test_a_sky_that_was_not_subtracted_does_not_hold_an_aperture_back(method, sigma, sky):
    data = star(33.3, 28.6, sigma) + SKIES[sky]
    moved, found = recentred(NDData(data), circle(31.5, 30.2, 12), method=method)
    assert (moved.center.x, moved.center.y) == (found.x, found.y)
    assert (found.x, found.y) == pytest.approx((33.3, 28.6), abs=0.05)


OFF = {
    "noise": 100 + NOISE,
    "a flat sky": np.full(X.shape, 100.0),
    "two like stars, the aperture between them": 100 + star(27, 29) + star(40, 29),
    "two stars, noise": 100 + NOISE + star(26, 29, 2.0) + star(41, 29, 2.0, 480),
    "a star outside of it": 100 + star(50, 29),
    "a hole": 100 - star(33.3, 28.6),
}


@pytest.mark.parametrize("scene", OFF)
@pytest.mark.parametrize("method", METHODS)
def test_no_method_claims_a_place_without_a_source(method, scene):
    """It refuses, or comes to one of the stars."""
    stars = {"two like": [(27, 29), (40, 29)], "two star": [(26, 29), (41, 29)], "a star o": [(50, 29)]}
    try:
        _, found = recentred(NDData(OFF[scene]), circle(33.4, 29, 10), method=method)
    except InputError:
        return
    away = [np.hypot(found.x - x, found.y - y) for x, y in stars.get(scene[:8], [])]
    assert min(away, default=np.inf) < 0.5


@pytest.mark.parametrize("size", [1, 3, 5])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("how", ["NaN", "mask", "saturation"])
def test_a_dead_core_costs_no_method_its_star_without_a_word(how, method, size):
    data = 100 + star(33.3, 28.6)
    core = np.zeros(X.shape, dtype=bool)
    core[29 - size // 2 : 30 + size // 2, 33 - size // 2 : 34 + size // 2] = True
    recipe, mask = None, None
    if how == "NaN":
        data[core] = np.nan
    elif how == "mask":
        data[core], mask = 1e6, core
    else:
        data[core], recipe = 65535.0, Recipe(saturation=60000.0)
    try:
        _, found = recentred(NDData(data, mask=mask), circle(32, 30, 14), recipe, method)
    except InputError:
        assert method in {"quadratic", "windowed"}
        assert size > 1
        return
    assert (found.x, found.y) == pytest.approx((33.3, 28.6), abs=0.05)


@pytest.mark.parametrize("place", [(33.0, 28.0), (33.5, 28.5), (33.3, 28.6)])
@pytest.mark.parametrize("sigma", [0.8, 1.0, 2.0, 3.0, 5.0])
@pytest.mark.parametrize("peak", [1.0, 500.0, 1e-17])
def test_a_round_star_without_noise_converges(peak, sigma, place):
    m = measure(NDData(star(*place, sigma, peak)), circle(33, 28, 12))
    fit = fit_source(m)
    assert not fit.message
    assert (fit.values["x"], fit.values["y"]) == pytest.approx(place, abs=1e-3)
    assert fit.values["fwhm_minor"] == pytest.approx(2 * np.sqrt(2 * np.log(2)) * sigma, rel=1e-6)
    assert fit.values["ellipticity"] == pytest.approx(0, abs=1e-6)
    assert fit_gaussian(radial_profile(m), m).message == ""
    assert "fit a Gaussian instead" in fit_source(m, "Moffat").message
    wings = NDData(Moffat2D(peak, *place, 2 * sigma, 2.5)(X, Y))
    fit = fit_source(measure(wings, circle(33, 28, 12)), "Moffat")
    assert (fit.message, fit.values["alpha"]) == ("", pytest.approx(2.5, rel=1e-5))


@pytest.mark.parametrize("place", [(40.3, 52.1), (41.6, 50.2), (40.5, 51.5)])
def test_a_small_aperture_whose_edge_pixels_come_and_go_settles_between(place):
    """A star of FWHM 4.2 in a circle of radius 3: its moments jump to and fro, their middle is meant."""
    sigma, steps = 1.8, np.arange(-0.5, 91)
    along = [np.diff(erf((steps - at) / np.sqrt(2) / sigma)) / 2 for at in place]
    image = NDData(3 + 2500 * np.outer(along[1], along[0]))
    moved, _ = recentred(image, CirclePixelRegion(PixCoord(*place), 3), None, "moments")
    assert np.hypot(moved.center.x - place[0], moved.center.y - place[1]) < 0.06
