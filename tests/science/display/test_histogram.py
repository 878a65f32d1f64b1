"""The histogram's span and sample: about the cuts, of bounded cost, numpy's counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imviz.science.display.histogram import counted, seen, span

from ..fields import noise


def test_a_bright_pixel_does_not_squeeze_the_rest():
    values = np.append(noise().ravel(), 1e6)
    low, high = span(values, (-2.0, 2.0))
    assert low < -2
    assert 2 < high < 7
    assert span(values, (-2.0, 2.0), (values.min(), 1e6))[1] > 1e6


@given(
    st.lists(st.floats(-1e6, 1e6), max_size=30),
    st.floats(-1e6, 1e6),
    st.floats(1e-3, 1e6),
)
def test_the_cuts_are_always_inside(values, low, width):
    left, right = span(np.array(values), (low, low + width))
    assert left < low < low + width < right


def test_the_counts_are_numpys():
    values = noise().ravel()
    assert counted(values, 20, (-1, 3)) == tuple(np.histogram(values, bins=20, range=(-1, 3))[0])


def test_of_a_box_only_the_pixels_inside_are_seen():
    data = np.arange(600.0).reshape(20, 30)
    assert sorted(seen(data, (2.6, 5.4, -9, 1.2))) == sorted(data[0:2, 3:6].ravel())
    assert seen(data, (40, 50, 0, 5)).size == 0
    assert seen(data, None).size == 600


def test_a_large_box_is_thinned_evenly():
    data = np.tile(np.arange(2.0), (1500, 750))
    found = seen(data, (0, 1499, 0, 1499), 10_000)
    assert found.size <= 10_000
    assert found.mean() == pytest.approx(0.5, abs=0.02)
