"""Cuts for display: right on small images, bounded on large ones, never an error."""

import numpy as np
import pytest
from astropy.visualization import ZScaleInterval

from imviz.errors import InputError
from imviz.science.display.cuts import AUTOCUTS, auto_cuts, cuts_name, extremes, sample

from ..fields import noise


def test_small_images_are_sampled_whole():
    data = noise()
    assert sample(data).tolist() == data.ravel().tolist()
    assert auto_cuts(data, "minmax") == (data.min(), data.max())
    assert auto_cuts(data, "zscale") == pytest.approx(ZScaleInterval().get_limits(data))


@pytest.mark.parametrize("percent", [99.5, 99, 95, 90])
def test_percentages_are_central(percent):
    low, high = auto_cuts(np.arange(10_001.0).reshape(73, 137), f"{percent:g}%")
    assert (low, high) == pytest.approx((100 * (50 - percent / 2), 100 * (50 + percent / 2)))


@pytest.mark.parametrize("method", AUTOCUTS)
@pytest.mark.parametrize(
    "data",
    [
        np.full((50, 60), np.nan),
        np.full((50, 60), np.inf),
        np.zeros((50, 60)),
        np.full((50, 60), -3.0),
        np.full((50, 60), 1e-19),
        np.full((1, 1), 7),
        np.ones((3, 3), dtype=bool),
        np.where(np.arange(3000).reshape(50, 60) % 2, np.nan, 5.0),
        np.eye(60, dtype=">i2"),
    ],
)
def test_there_is_always_an_increasing_finite_pair(method, data):
    low, high = auto_cuts(data, method)
    assert low < high
    assert np.isfinite([low, high]).all()


def test_nan_and_infinity_are_passed_over():
    data = noise()
    data[3:5], data[9] = np.nan, -np.inf
    assert auto_cuts(data, "minmax") == (data[np.isfinite(data)].min(), data[np.isfinite(data)].max())


class Counting:
    """A large image that counts what is read; columns alternate between 0 and 1."""

    shape = (32_768, 32_768)
    read = 0

    def __getitem__(self, key):
        rows, columns = (np.arange(*part.indices(self.shape[0])) for part in key)
        self.read += rows.size * columns.size
        return np.broadcast_to((columns % 2).astype(">f4"), (rows.size, columns.size))


@pytest.mark.parametrize("method", [name for name in AUTOCUTS if name != "minmax"])
def test_a_large_image_is_sampled_by_a_bounded_fair_grid(method):
    data = Counting()
    assert auto_cuts(data, method) == (0.0, 1.0)
    assert data.read <= 260_000


class OneStar:
    """A large image of zeros but for two pixels, that never gives more than a few rows at once."""

    shape = (8_192, 8_192)

    def __getitem__(self, rows):
        first, last, _ = rows.indices(self.shape[0])
        assert (last - first) * self.shape[1] <= 4_000_000
        block = np.zeros((last - first, self.shape[1]), dtype="f4")
        for (row, column), value in {(5_001, 77): 9e4, (8_191, 8_191): -3.0}.items():
            if first <= row < last:
                block[row - first, column] = value
        return block


def test_extremes_are_exact_at_any_size_and_read_some_rows_at_a_time():
    assert extremes(OneStar()) == (-3.0, 9e4)
    assert auto_cuts(OneStar(), "minmax") == (-3.0, 9e4)


def test_an_image_without_values_has_no_extremes():
    assert extremes(np.full((4, 5), np.nan)) is None
    assert extremes(np.empty((0, 5))) is None


@pytest.mark.parametrize(
    ("said", "name"),
    [("Min/Max", "minmax"), (99.5, "99.5%"), ("97.25%", "97.25%"), ("ZScale", "zscale"), (100, "minmax")],
)
def test_cuts_have_more_than_one_name(said, name):
    assert cuts_name(said) == name


def test_the_sample_is_bounded_and_always_the_same():
    data = noise((1500, 1700))
    first = sample(data, 10_000)
    assert 2_000 <= first.size <= 10_500
    assert first.tolist() == sample(data, 10_000).tolist()
    assert np.median(first) == pytest.approx(np.median(data), abs=0.3)


@pytest.mark.parametrize("method", ["best", "0%", "101%", "", "nan%"])
def test_an_unknown_method_is_refused_with_the_choices(method):
    with pytest.raises(InputError, match=r"zscale"):
        auto_cuts(noise(), method)
