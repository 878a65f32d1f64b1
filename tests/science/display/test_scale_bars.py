"""A scale bar: round, no longer than it may be, and of the length it says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imviz.errors import InputError
from imviz.science.display.scale_bars import scale_bar

UNITS = {"°": 3600, "′": 60, "″": 1}


@given(st.floats(1, 1e5), st.floats(1e-5, 1e3))
def test_the_bar_is_as_long_as_its_label_says(most, per_pixel):
    bar = scale_bar(most, per_pixel)
    number, unit = re.fullmatch(r"(.*)([°′″])", bar.label).groups()
    assert bar.pixels * per_pixel == pytest.approx(float(number) * UNITS[unit], rel=1e-6)
    assert most / 2.6 < bar.pixels <= most * (1 + 1e-9)


@given(st.floats(1, 1e6))
def test_without_a_sky_it_is_in_pixels(most):
    bar = scale_bar(most)
    assert float(bar.label.removesuffix(" pix")) == pytest.approx(bar.pixels)
    assert most / 2.6 < bar.pixels <= most * (1 + 1e-9)


def test_lengths_are_those_people_use():
    assert [scale_bar(100, size).label for size in (0.31, 0.7, 1.3, 40, 90)] == [
        "30″",
        "1′",
        "2′",
        "1°",
        "2°",
    ]
    with pytest.raises(InputError):
        scale_bar(0)
