"""Clipping and rounding of a sky's pixels, undone: against Monte Carlo and truncated normal noise."""

import numpy as np
import pytest
from scipy.stats import truncnorm

from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.clipping import error_factor, mad_ratio, rms_ratio
from imviz.science.photometry.estimators import ESTIMATORS
from imviz.science.photometry.measurement import Recipe, measure_many
from imviz.science.photometry.planes import fit_plane
from imviz.science.photometry.samples import Sample

from ..fields import circle, image

CLIPS = [None, 2.0, 2.5, 3.0, 5.0]
N, PIXELS = 500, 600
SURE = 4 / np.sqrt(2 * N)  # four standard errors of a scatter
GRID = [circle(x + 0.3, y - 0.2, 4.0) for x in range(20, 300, 30) for y in range(20, 300, 30)]


@pytest.fixture(scope="module")
def skies():
    return np.random.default_rng(12).normal(0, 1, (N, PIXELS))


@pytest.mark.parametrize("clip", CLIPS)
def test_scatter_and_errors_are_those_of_uncut_noise_at_every_threshold(skies, clip):
    samples = [Sample.of(sky, clip) for sky in skies]
    assert np.mean([sample.std for sample in samples]) == pytest.approx(1.0, abs=0.01)
    for name, estimator in ESTIMATORS.items():
        pulls = [estimator(sample) / sample.err(name) for sample in samples]
        assert np.std(pulls) == pytest.approx(1.0, abs=SURE), name


@pytest.mark.parametrize("clip", CLIPS)
def test_so_are_those_of_a_plane(skies, clip):
    x, y = np.random.default_rng(3).uniform(-10, 10, (2, PIXELS))
    found = [fit_plane(sky, x, y, clip) for sky in skies]
    assert np.mean([std for *_, std, _, _ in found]) == pytest.approx(1.0, abs=0.01)
    assert np.std([value / err for value, _, err, *_ in found]) == pytest.approx(1.0, abs=SURE)


@pytest.mark.parametrize("clip", [2.0, 3.0])
def test_stars_do_not_come_back_by_undoing(skies, clip):
    spoiled = skies[:100].copy()
    spoiled[:, :50] += 20
    samples = [Sample.of(sky, clip) for sky in spoiled]
    assert np.mean([sample.std for sample in samples]) == pytest.approx(1.0, abs=0.02)
    assert abs(np.mean([sample.mean for sample in samples])) < 0.02


def test_cut_noise_is_that_of_a_truncated_normal_distribution():
    for limit in (1.5, 2.0, 3.0):
        assert rms_ratio(limit) == pytest.approx(truncnorm(-limit, limit).std(), rel=1e-6)
        quartile = truncnorm(-limit, limit).ppf(0.75) * 1.482602218505602
        assert mad_ratio(limit) == pytest.approx(quartile, rel=1e-6)


def test_uncut_errors_are_the_textbook_s():
    assert error_factor("mean") == pytest.approx(1.0, rel=1e-6)
    assert error_factor("median") == pytest.approx(np.sqrt(np.pi / 2), rel=1e-6)
    assert error_factor("mode") == pytest.approx(np.sqrt(9 * np.pi / 2 - 8), rel=1e-6)


def pulls_on_whole_numbers(std, recipe, kind=np.int16, step=1.0, seeds=8):
    """Of sums over empty sky whose level lies anywhere between two whole numbers."""
    found = []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        whole = np.rint(rng.normal(rng.uniform(100, 101), std, (300, 300)))
        data = whole.astype(kind) if step == 1 else (whole * step + 32768 * step).astype(kind)
        m = measure_many(image(data), GRID, recipe)
        found.append(m.sum / m.sum_err)
    return np.concatenate(found)


@pytest.mark.parametrize("std", [0.3, 0.5, 1.0, 3.0])
@pytest.mark.parametrize(("estimator", "clip"), [("median", None), ("median", 3.0), ("biweight", None)])
def test_integer_pixels_give_true_errors_and_no_bias(std, estimator, clip):
    recipe = Recipe(background=Annulus(7, 6), background_estimator=estimator, sigma_clip=clip)
    pulls = pulls_on_whole_numbers(std, recipe)
    assert np.std(pulls) == pytest.approx(1.0, abs=0.08)
    assert abs(np.mean(pulls)) < 0.15


@pytest.mark.parametrize(
    ("kind", "step"), [(np.float32, 1.0), (np.float64, 0.1), (np.float32, 0.1), (np.float32, 4.0)]
)
@pytest.mark.parametrize("estimator", ["median", "mode", "plane"])
def test_so_do_floats_that_hold_integers_and_scaled_ones(kind, step, estimator):
    recipe = Recipe(background=Annulus(7, 6), background_estimator=estimator)
    pulls = pulls_on_whole_numbers(0.6, recipe, kind, step)
    assert np.std(pulls) == pytest.approx(1.0, abs=0.08)
    assert abs(np.mean(pulls)) < 0.15


@pytest.mark.parametrize("std", [0.3, 0.5, 1.0, 3.0])
def test_the_median_of_rounded_noise_has_the_error_it_says(std):
    rng = np.random.default_rng(7)
    pulls = []
    for _ in range(300):
        sky = np.rint(rng.normal(rng.uniform(50, 51), std, 2000))
        first, rest = Sample.of(sky[:400]), sky[400:]
        pulls.append((first.median - rest.mean()) / np.hypot(first.err("median"), first.std / np.sqrt(1600)))
    assert np.std(pulls) == pytest.approx(1.0, abs=4 / np.sqrt(600))
    assert abs(np.mean(pulls)) < 4 / np.sqrt(300)


def test_pixels_of_one_value_and_continuous_ones_are_what_they_were():
    assert (Sample.of(np.full(50, 7.0)).median, Sample.of(np.full(50, 7.0)).std) == (7.0, 0.0)
    sky = np.random.default_rng(1).normal(1e4, 3, 500)
    assert Sample.of(sky).median == np.median(sky)
    few = np.array([1.0, 2.0, 4.0])
    assert Sample.of(few).median == 2.0
