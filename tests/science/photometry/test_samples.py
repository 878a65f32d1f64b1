"""Pixels of a sky that clipping keeps: those of astropy's `SigmaClip`, of one sky or of many at once."""

import numpy as np
import pytest
from astropy.stats import SigmaClip, mad_std
from hypothesis import given, settings
from hypothesis import strategies as st

from imviz.science.photometry.estimators import ESTIMATORS
from imviz.science.photometry.samples import Sample, Samples, clipped

CLIPS = [0.3, 1.0, 1.5, 2.0, 3.0, 5.0]
KEPT = 1e-12
SHAPES = st.tuples(st.integers(0, 10**6), st.integers(1, 300), st.integers(0, 40))


def sky(seed, n, level=100.0, stars=0):
    """Noise about a level, with so many stars much above it."""
    rng = np.random.default_rng(seed)
    values = rng.normal(level, 3.0, n)
    values[: min(stars, n)] += rng.pareto(1.0, min(stars, n)) * 30
    return rng.permutation(values)


def rows_of(skies):
    """As `Samples.of` takes them."""
    count = np.array([one.size for one in skies])
    ordered = np.full((len(skies), count.max()), np.inf)
    for row, one in zip(ordered, skies, strict=True):
        row[: one.size] = np.sort(one)
    return ordered, count


@given(
    st.lists(SHAPES, min_size=1, max_size=6),
    st.sampled_from(CLIPS),
    st.sampled_from([0.0, 100.0, -1e6, 1e9]),
)
@settings(derandomize=True, max_examples=80, deadline=None)
def test_those_kept_are_astropy_s(shapes, clip, level):
    skies = [sky(seed, n, level, stars) for seed, n, stars in shapes]
    first, stop, low, high = clipped(*rows_of(skies), clip)
    for row, one in enumerate(skies):
        kept, lowest, highest = SigmaClip(sigma=clip, maxiters=10)(one, masked=False, return_bounds=True)
        if kept.size:
            assert (low[row], high[row]) == pytest.approx((lowest, highest), rel=1e-9)
        assert np.array_equal(np.sort(one)[first[row] : stop[row]], np.sort(kept))


@pytest.mark.parametrize("scale", [1.0, 1e-30, 1e30, 1e-200])
@pytest.mark.parametrize("outlier", [1e6, 1e12, -1e9])
def test_so_they_are_beside_a_value_far_away_and_in_any_unit(scale, outlier):
    one = np.append(sky(3, 200), outlier) * scale
    kept = SigmaClip(sigma=3.0, maxiters=10)(one, masked=False)
    assert np.array_equal(Sample.of(one, 3.0).values, np.sort(kept))


@pytest.mark.parametrize("whole", [False, True, "some"])
@pytest.mark.parametrize("clip", [None, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_many_at_once_are_each_alone(estimator, clip, whole):
    skies = [sky(n, 20 + 37 * n, 100.3, stars=n) for n in range(12)] + [np.full(9, 5.0), np.array([3.0, 4.5])]
    if whole:
        skies = [np.rint(one) if whole is True or n % 2 else one for n, one in enumerate(skies)]
    many = Samples.of(*rows_of(skies), clip)
    value, err = ESTIMATORS[estimator](many), many.err(estimator)
    for row, one in enumerate(skies):
        alone = Sample.of(one, clip)
        assert many.n_kept[row] == alone.values.size
        assert value[row] == pytest.approx(float(ESTIMATORS[estimator](alone)), rel=KEPT)
        assert err[row] == pytest.approx(alone.err(estimator), rel=1e-10, nan_ok=True)
        assert (many.std[row], many.step[row]) == pytest.approx((alone.std, alone.step), rel=KEPT)


def test_unclipped_ones_have_the_plain_numbers():
    one = sky(4, 333)
    sample = Sample.of(one)
    assert (sample.median, sample.std) == pytest.approx((np.median(one), mad_std(one)), rel=KEPT)
    assert (sample.mean, sample.spread) == pytest.approx((np.mean(one), np.std(one)), rel=KEPT)


def test_a_sky_of_which_nothing_is_left_says_so_and_costs_no_other():
    pair, plenty = np.array([0.0, 1.0]), np.append(np.full(50, 5.0), [9.3, 11.1])
    assert Sample.of(pair, 0.1) is None
    many = Samples.of(*rows_of([pair, plenty]), 0.9)
    assert many.n_kept[0] == 0
    assert np.isnan([many.median[0], many.std[0]]).all()
    assert many.median[1] == Sample.of(plenty, 0.9).median


def test_pixels_of_which_most_are_the_same_scatter_by_their_standard_deviation():
    one = np.append(np.full(300, 7.1), [7.3, 7.4, 6.55])
    kept = SigmaClip(sigma=30.0, maxiters=10)(one, masked=False)
    assert kept.size == one.size
    assert Sample.of(one, 30.0).std == pytest.approx(np.std(one), rel=KEPT)
