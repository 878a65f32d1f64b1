"""The CCD equation against simulated detectors."""

import numpy as np
import pytest

from imviz.errors import InputError
from imviz.science.photometry.errors_model import ccd_variance
from imviz.science.photometry.measurement import Recipe, measure

from ..fields import circle, image, value

GAIN, READ_NOISE, DARK = 1.7, 3.0, 20.0


def exposures(electrons, step, n=40_000):
    """(n, 11, 11) counts: photons and dark current, amplifier, converter; dark subtracted."""
    rng = np.random.default_rng(8)
    collected = rng.poisson(electrons + DARK, (n, 11, 11)) + rng.normal(0, READ_NOISE, (n, 11, 11))
    return np.round(collected / GAIN / step) * step - DARK / GAIN


@pytest.mark.parametrize(("electrons", "step"), [(400.0, 1.0), (30.0, 6.0)])
def test_sum_err_is_the_scatter_of_simulated_exposures(electrons, step):
    data = exposures(electrons, step)
    recipe = Recipe(gain=GAIN, read_noise=READ_NOISE, dark=DARK, digitization=step)
    mean = data.mean(axis=0)
    m = measure(image(mean), circle(5.2, 4.9, 4.0), recipe)
    (x, y), (ny, nx) = m.patch.origin, m.patch.weights.shape
    sums = np.tensordot(data[:, y : y + ny, x : x + nx], m.patch.weights, axes=2)
    assert value(m.values["sum_err"]) == pytest.approx(sums.std(), rel=0.01)


def test_digitization_is_0_289_of_a_step():
    assert np.sqrt(ccd_variance(np.zeros(1), 2.0, digitization=1.0)) == pytest.approx(0.289, abs=5e-4)


def test_negative_pixels_have_no_photon_noise():
    assert ccd_variance(np.array([-50.0]), 2.0, read_noise=4.0) == pytest.approx(4.0)


def test_the_terms_of_the_ccd_equation_survive_in_the_recipe():
    recipe = Recipe(gain=2.0, read_noise=5.0, dark=3.0, digitization=1.0)
    assert Recipe.from_json(recipe.to_json(error="ccd")) == recipe


@pytest.mark.parametrize("term", ["dark", "digitization"])
def test_a_negative_term_is_refused(term):
    with pytest.raises(InputError, match=f"The {term} is -1"):
        Recipe(**{term: -1.0})
