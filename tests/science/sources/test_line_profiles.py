"""Profiles along lines against scipy's interpolation, scikit-image's own, and ramps with a formula."""

import numpy as np
import pytest
from astropy.nddata import NDData, StdDevUncertainty
from astropy.wcs import WCS
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import map_coordinates
from skimage.measure import profile_line

from imviz.errors import InputError
from imviz.science.sources.line_profiles import column_profile, cut_profile, profile_along, row_profile

RNG = np.random.default_rng(7)
NOISE = RNG.normal(100, 10, (80, 120))
inside = st.tuples(st.floats(6, 112), st.floats(6, 72))


class Watched:
    """An array that notes how many pixels were taken out of it."""

    def __init__(self, shape):
        self.shape, self.ndim, self.dtype, self.read = shape, 2, np.dtype(float), 0

    def __getitem__(self, key):
        rows, columns = (range(n)[part] for n, part in zip(self.shape, key, strict=True))
        self.read += len(rows) * len(columns)
        return np.add.outer(np.array(rows), np.array(columns)).astype(float)

    def __array__(self, dtype=None, copy=None):
        raise MemoryError("all of the image")


@given(inside, inside)
def test_a_cut_is_scipys_linear_interpolation(start, end):
    if np.hypot(end[0] - start[0], end[1] - start[1]) < 1:
        return
    found = cut_profile(NDData(NOISE), start, end)
    assert found.value == pytest.approx(map_coordinates(NOISE, [found.y, found.x], order=1), rel=1e-9)
    assert (found.x[0], found.y[0]) == pytest.approx(start)
    assert (found.x[-1], found.y[-1]) == pytest.approx(end)
    assert np.diff(found.distance) == pytest.approx(found.distance[1], rel=1e-6)


@given(st.integers(6, 60), st.integers(6, 40), st.integers(20, 50), st.sampled_from([3, 4, 5]))
def test_a_wide_cut_is_scikit_images(x, y, length, width):
    start, end = (x, y), (x + length, y + 20)
    found = cut_profile(NDData(NOISE), start, end, width=width)
    theirs = profile_line(
        NOISE, start[::-1], end[::-1], linewidth=width, order=1, mode="constant", cval=np.nan
    )
    n = np.hypot(length, 20)
    if round(n) == np.ceil(n):  # else theirs has one position more
        assert found.value == pytest.approx(theirs, rel=1e-9)


@given(inside, inside, st.floats(1, 5))
def test_on_a_plane_any_cut_is_exact(start, end, width):
    if np.hypot(end[0] - start[0], end[1] - start[1]) < 1:
        return
    y, x = np.mgrid[:80, :120]
    found = cut_profile(NDData(3.0 * x - 2.0 * y), start, end, width)
    assert found.value == pytest.approx(3 * found.x - 2 * found.y, abs=1e-8)


def test_rows_and_columns_are_the_pixels_themselves_and_zero_is_a_row():
    image = NDData(NOISE, unit="Jy")
    assert np.array_equal(row_profile(image, 0).value, NOISE[0])
    assert np.array_equal(column_profile(image, 0.4).value, NOISE[:, 0])
    some = row_profile(image, 12.6, between=(10, 20))
    assert np.array_equal(some.x, np.arange(10, 21))
    assert np.array_equal(some.value, NOISE[13, 10:21])
    assert some.unit == "Jy"


def test_unusable_pixels_are_left_out_not_interpolated_into():
    data = np.full((40, 40), 5.0)
    data[20, 20] = np.nan
    mask = np.zeros(data.shape, bool)
    mask[20, 25], data[20, 25] = True, 1e9
    image = NDData(data, mask=mask)
    alone = cut_profile(image, (15, 20), (30, 20))
    assert np.isnan(alone.value[[5, 10]]).all()
    assert np.delete(alone.value, [5, 10]) == pytest.approx(5)
    assert cut_profile(image, (15, 20), (30, 20), width=3).value == pytest.approx(5)
    assert np.isnan(row_profile(image, 20).value[[20, 25]]).all()


def test_off_the_image_there_is_no_value():
    found = cut_profile(NDData(NOISE), (-20, 40), (10, 40))
    assert np.isnan(found.value[:20]).all()
    assert np.isfinite(found.value[20:]).all()
    assert np.isnan(cut_profile(NDData(NOISE), (-50, -50), (-20, -9)).value).all()


def test_errors_are_those_of_a_monte_carlo():
    sigma = RNG.uniform(1, 3, (40, 40))
    image = NDData(np.zeros((40, 40)), uncertainty=StdDevUncertainty(sigma))
    line = (5.3, 6.1), (30.2, 21.7), 3
    said = cut_profile(image, *line)
    many = np.stack([cut_profile(NDData(RNG.normal(0, sigma)), *line).value for _ in range(1500)])
    assert said.error_from == "uncertainty"
    assert said.error == pytest.approx(many.std(axis=0), rel=0.12)
    assert np.mean(said.error / many.std(axis=0)) == pytest.approx(1, abs=0.02)


def test_without_an_uncertainty_the_error_is_the_scatter_across():
    data = np.tile(np.array([[1.0], [2.0], [3.0]]), (1, 30))
    found = cut_profile(NDData(data), (3, 1), (20, 1), width=3)
    assert found.value == pytest.approx(2)
    assert found.error == pytest.approx(1 / np.sqrt(3))  # standard error of 1, 2, 3
    assert found.error_from == "scatter"
    assert cut_profile(NDData(data), (3, 1), (20, 1)).error is None


def test_a_cut_costs_its_length_not_its_box():
    pixels = Watched((16000, 16000))
    found = cut_profile(NDData(pixels), (10, 10), (15900, 15900), width=5)
    assert found.value == pytest.approx(found.x + found.y)
    assert pixels.read < 0.02 * 16000**2
    pixels.read = 0
    row_profile(NDData(pixels), 8000)
    assert pixels.read == 16000


def test_distances_on_the_sky():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.cdelt, wcs.wcs.crval = ("RA---TAN", "DEC--TAN"), (-1e-4, 1e-4), (359.999, 60)
    wcs.wcs.crpix = 40, 40
    found = cut_profile(NDData(NOISE, wcs=wcs), (10, 10), (70, 55))
    assert found.on_sky(wcs)[-1] == pytest.approx(75 * 0.36, rel=1e-6)
    assert found.on_sky(None) is None
    table = found.table(wcs)
    assert table["separation"].unit == "arcsec"


@pytest.mark.parametrize(
    ("start", "end", "width"),
    [((5, 5), (5, 5), 1), ((0, 0), (np.nan, 3), 1), ((0, 0), (9, 9), 0), ((0, 0), (9, 9), -2)],
)
def test_what_is_no_cut_is_refused(start, end, width):
    with pytest.raises(InputError, match="cut"):
        cut_profile(NDData(NOISE), start, end, width)


def test_a_row_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="rows 0 to 79"):
        row_profile(NDData(NOISE), 80)


def test_any_path_of_positions_is_scipys_too():
    t = np.linspace(0, 6, 700)
    x, y = 60 + 5 * t * np.cos(t), 40 + 5 * t * np.sin(t)
    found = profile_along(NDData(NOISE), x, y)
    assert found.value == pytest.approx(map_coordinates(NOISE, [y, x], order=1), rel=1e-9)
    assert found.distance[-1] == pytest.approx(np.hypot(np.diff(x), np.diff(y)).sum())
