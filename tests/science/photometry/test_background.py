"""Backgrounds: estimators, errors."""

import numpy as np
import pytest

from imviz.errors import InputError
from imviz.science.photometry.annuli import Annulus, annulus_region
from imviz.science.photometry.background import estimate
from imviz.science.photometry.estimators import ESTIMATORS
from imviz.science.photometry.measurement import Flag, Recipe, measure

from ..fields import circle, image, noise, star, value


def test_the_median_is_that_of_the_pixels_whose_center_is_inside():
    data = noise()
    y, x = np.mgrid[:180, :200]
    r = np.hypot(x - 100.3, y - 80.6)
    inside = data[(r < 25) & (r >= 15)]
    found = estimate(image(data), annulus_region(circle(), 15, 10))
    assert found.value == np.median(inside)
    assert found.n_pixels == inside.size
    assert found.method == "median"


@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimators_are_unbiased_and_their_errors_true_on_gaussian_sky(name):
    region = circle(30, 30, 20)
    found = [estimate(image(noise((61, 61), seed, 100.0, 5.0)), region, name) for seed in range(300)]
    values = np.array([background.value for background in found])
    error = np.mean([background.err for background in found])
    assert abs(values.mean() - 100) < 4 * values.std() / np.sqrt(300)
    # SExtractor's switches to the median for skewed samples, so only the others follow the formula
    tolerance = 0.15 if name != "sextractor" else 0.5
    assert values.std() == pytest.approx(error, rel=tolerance)


def test_clipping_removes_stars():
    data = noise()
    rng = np.random.default_rng(5)
    data[rng.integers(0, 180, 800), rng.integers(0, 200, 800)] += 500
    region = circle(100, 90, 60)
    assert estimate(image(data), region, "mean").value > 105
    assert estimate(image(data), region, "mean", 3.0).value == pytest.approx(100, abs=0.3)
    assert estimate(image(data), region, "mean", 3.0).method == "mean, 3 sigma clipped"


def test_masked_nan_and_saturated_pixels_are_not_used():
    data, mask = np.full((180, 200), 7.0), np.zeros((180, 200), dtype=bool)
    data[:90], mask[90:100] = np.nan, True
    data[100:110] = 1e6
    found = estimate(image(data, mask=mask), circle(100, 90, 60), "mean", saturation=1e5)
    assert found.value == 7
    assert not found.complete


def test_a_background_region_off_the_image_is_refused_by_name():
    with pytest.raises(InputError, match=r"circle at \(500, 500\) lies off the image"):
        measure(image(), circle(), Recipe(background=circle(500, 500, 5)))


def test_a_background_region_without_usable_pixel_is_refused():
    data = noise()
    data[:40, :40] = np.nan
    with pytest.raises(InputError, match="has no usable pixel"):
        measure(image(data), circle(), Recipe(background=circle(20, 20, 5)))


def test_a_background_that_runs_off_the_image_is_flagged():
    m = measure(image(noise() + star(20, 20)), circle(20, 20, 5), Recipe(background=Annulus(15, 10)))
    assert m.values["flags"] == Flag.BACKGROUND_INCOMPLETE
    assert value(m.values["background"]) == pytest.approx(100, abs=1)


def test_an_unknown_estimator_or_clip_is_refused_with_the_choices():
    with pytest.raises(InputError, match="median, mean, mode, sextractor, biweight"):
        Recipe(background_estimator="magic")
    with pytest.raises(InputError, match="median, mean, mode, sextractor, biweight"):
        estimate(image(), circle(), "magic")
    with pytest.raises(InputError, match="above 0"):
        estimate(image(), circle(), "mean", -3.0)


def test_a_typed_background_has_no_error_and_no_scatter():
    values = measure(image(), circle(), Recipe(background=5)).values
    assert (values["background_err"], values["background_std"], values["background_method"]) == (
        0.0,
        None,
        "manual",
    )


def test_a_background_that_is_not_finite_is_refused():
    with pytest.raises(InputError, match="be a finite number"):
        measure(image(), circle(), Recipe(background=np.nan))
