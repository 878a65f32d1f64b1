"""Codes: no step can be seen at the cuts they are made for, whatever the values."""

import numpy as np
import pytest
from astropy.visualization import (
    AsinhStretch,
    LinearStretch,
    LogStretch,
    PowerStretch,
    SinhStretch,
    SqrtStretch,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from imviz.view.picture.codes import Coding
from imviz.view.picture.tiles import DROPPED

NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(NUMBERS, st.floats(1e-9, 1e9))
def test_between_the_cuts_a_code_is_far_finer_than_a_level_of_the_display(low, width):
    high = low + max(width, abs(low) * 1e-12)
    coding = Coding.around(low, high)
    assert coding.fits(low, high)
    values = np.linspace(low, high, 1000)
    off = np.abs(coding.decode(coding.encode(values)) - values)
    assert off.max() <= (high - low) / 256 / 4 + 4e-16 * max(abs(low), abs(high))


def test_nothing_is_lost_far_outside_the_cuts():
    coding = Coding.around(99.0, 101.0)
    values = np.array([-1e6, 0.0, 1e3, 2e5])
    assert coding.decode(coding.encode(values)) == pytest.approx(values, rel=5e-4, abs=0.05)


def test_cuts_that_a_coding_is_too_coarse_for_are_refused_and_a_new_one_does():
    coding = Coding.around(0.0, 10.0)
    assert coding.fits(0, 10)
    assert coding.fits(-5, 20)
    assert coding.fits(0, 1e5)
    assert not coding.fits(50_000, 50_010)
    assert Coding.around(50_000, 50_010).fits(50_000, 50_010)


def test_codes_rise_with_values_and_no_value_is_zero():
    coding = Coding.around(0.0, 1.0)
    values = np.array([-np.inf, -1e30, -1, 0, 0.5, 1, 1e30, np.inf])
    codes = coding.encode(values)
    assert (np.diff(codes.astype(int)) >= 0).all()
    assert (codes[0], codes[-1]) == (1, 65535)
    assert coding.encode(np.array([np.nan]))[0] == 0
    assert np.isnan(coding.decode(np.array([0], "u2")))


def test_a_flat_image_has_a_coding_too():
    coding = Coding.around(5.0, 5.0)
    assert coding.decode(coding.encode(np.array([5.0]))) == pytest.approx(5)


def test_codes_cut_short_lose_no_visible_step_at_their_cuts_and_say_when_they_would():
    coding = Coding.around(-3.0, 17.0)
    values = np.append(np.linspace(-3, 17, 1001), [np.nan, np.inf, -np.inf, 1e9])
    codes = coding.encode(values, DROPPED)
    assert (codes % (1 << DROPPED) == 0).all()
    assert np.abs(coding.decode(codes[:1001]) - values[:1001]).max() < 20 / 256 / 2
    assert np.isnan(coding.decode(codes[1001:1002])).all()
    assert (codes[1002:] > 0).all()
    assert coding.fits(-3, 17, DROPPED)
    assert coding.fits(-2, 5, DROPPED)
    assert coding.fits(13, 17)
    assert not coding.fits(13, 17, DROPPED)


@pytest.mark.parametrize(
    "stretch",
    [
        LinearStretch(),
        LogStretch(),
        SqrtStretch(),
        AsinhStretch(),
        SinhStretch(),
        PowerStretch(2),
        PowerStretch(5),
    ],
)
def test_no_stretch_shows_the_codes_steps(stretch):
    low, high = 100.0, 65_635.0  # a detector's full range, in which the sky is a hundredth
    coding = Coding.around(low, high)
    values = low + (high - low) * np.geomspace(1e-5, 1, 20_000)
    near = coding.decode(coding.encode(values))
    shown, true = (stretch(np.clip((one - low) / (high - low), 0, 1)) for one in (near, values))
    assert np.abs(shown - true).max() < 0.5 / 256
