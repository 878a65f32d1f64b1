"""Statistics of pixels against photutils' and astropy's own, from hypothesis' worst and from real noise."""

import numpy as np
import pytest
from astropy.stats import biweight_location, biweight_midvariance, mad_std
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from photutils.aperture import ApertureStats, RectangularAperture

from imviz.science.photometry.statistics import STATISTICS, statistics_of

VALUES = arrays(float, st.integers(1, 60), elements=st.floats(-1e6, 1e6).map(lambda v: round(v, 3)))


@given(VALUES)
def test_each_is_what_astropy_says(values):
    found = statistics_of(values)
    spread = max(np.ptp(values), np.abs(values).max(), 1e-300)
    truth = {
        "min": values.min(),
        "max": values.max(),
        "mean": values.mean(),
        "median": np.median(values),
        "mode": 3 * np.median(values) - 2 * values.mean(),
        "std": values.std(),
        "mad_std": mad_std(values),
        "biweight_location": biweight_location(values),
    }
    for name, value in truth.items():
        assert found[name] == pytest.approx(value, abs=1e-12 * spread), name
    for name, value in {"var": values.var(), "biweight_midvariance": biweight_midvariance(values)}.items():
        assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-12 * spread**2), name


@pytest.mark.parametrize("n", [5, 40, 300])
def test_they_are_photutils_to_twelve_digits(n):
    data = np.random.default_rng(n).normal(100, 5, (n, n)) + np.eye(n) * 300
    stats = ApertureStats(data, RectangularAperture(((n - 1) / 2, (n - 1) / 2), n, n))
    found = statistics_of(data.ravel())
    for name in STATISTICS:
        assert found[name] == pytest.approx(float(getattr(stats, name)), rel=1e-12), name


def test_of_nothing_all_are_nan():
    assert np.isnan(list(statistics_of(np.empty(0)).values())).all()
