"""Light curves: an injected dip comes back, errors are true, headers' times are right."""

import numpy as np
import pytest
from astropy.time import Time

from imviz.errors import InputError
from imviz.science.sources.light_curve import comparison_scatter, light_curve


def exposures(n=4000, seed=1):
    """A target with a 1 % dip, three comparisons, clouds; Gaussian noise of known errors."""
    rng = np.random.default_rng(seed)
    brightness = np.array([1000.0, 800.0, 1500.0, 600.0])
    dip = np.where((np.arange(n) > n / 3) & (np.arange(n) < 2 * n / 3), 0.99, 1.0)
    clouds = rng.uniform(0.4, 1.0, n)
    truth = clouds[:, None] * brightness
    truth[:, 0] *= dip
    errors = np.sqrt(truth) * 0.3
    return truth + rng.normal(0, errors), errors, dip


def test_clouds_divide_out_and_the_dip_stays():
    flux, errors, dip = exposures()
    curve = light_curve(flux, errors)
    inside, outside = (curve["normalized"][dip == level] for level in (0.99, 1.0))
    n = inside.size
    scatter = np.std(outside)
    assert np.median(inside) / np.median(outside) == pytest.approx(0.99, abs=5 * 1.25 * scatter / np.sqrt(n))


def test_the_errors_are_those_of_the_scatter():
    flux, errors, dip = exposures()
    curve = light_curve(flux, errors)
    truth = dip * 1000 / (800 + 1500 + 600)
    pull = (curve["rel_flux"] - truth) / curve["rel_flux_err"]
    assert abs(pull.std() - 1) < 4 / np.sqrt(2 * pull.size)
    assert abs(pull.mean()) < 4 / np.sqrt(pull.size)


def test_the_comparison_sum_is_the_transparency():
    flux = np.array([[1.0, 2, 2], [0.5, 1, 1], [1.0, 2, 2]])
    assert list(light_curve(flux, flux / 10)["comparison_sum"]) == [1, 0.5, 1]


def test_an_exposure_without_a_comparison_or_with_a_hole_is_not_usable_and_spoils_no_other():
    flux = np.array([[1.0, 2], [1.0, np.nan], [np.nan, 2], [1.0, -2], [2.0, 2]])
    curve = light_curve(flux, np.full_like(flux, 0.1))
    assert list(curve["usable"]) == [True, False, False, False, True]
    assert np.isnan(curve["rel_flux"][1:4]).all()
    assert list(curve["normalized"][[0, 4]]) == pytest.approx([0.5 / 0.75, 1 / 0.75])


def test_times_stand_first_and_must_fit():
    times = Time([59000.0, 59001.0], format="mjd")
    flux = np.ones((2, 2))
    assert light_curve(flux, flux, times).colnames[0] == "time"
    with pytest.raises(InputError, match="2 exposures and 1 times"):
        light_curve(flux, flux, times[:1])


@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_without_a_comparison_star_there_is_no_light_curve(shape):
    with pytest.raises(InputError, match="comparison star"):
        light_curve(np.ones(shape), np.ones(shape))


def test_a_comparison_that_varies_stands_out():
    rng = np.random.default_rng(2)
    flux = np.array([1000.0, 800.0, 1500.0, 600.0]) * (1 + rng.normal(0, 1e-3, (500, 4)))
    flux[:, 2] *= 1 + 0.05 * np.sin(np.arange(500))
    scatter = comparison_scatter(flux)
    assert scatter.argmax() == 1
    assert scatter[1] == pytest.approx(0.05 / np.sqrt(2), rel=0.05)


def test_one_comparison_has_no_other_to_be_compared_with():
    assert np.isnan(comparison_scatter(np.ones((5, 2)))).all()
