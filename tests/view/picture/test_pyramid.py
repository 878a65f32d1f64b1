"""Block means against numpy's, and what is read for them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imviz.view.picture.pyramid import BASE, FINE, Pyramid, block_mean


def by_hand(values, step):
    """Mean of what is there in each block, one by one."""
    n_rows, n_columns = (-(-n // step) for n in values.shape)
    means = np.full((n_rows, n_columns), np.nan)
    for i in range(n_rows):
        for j in range(n_columns):
            block = values[i * step : (i + 1) * step, j * step : (j + 1) * step]
            if np.isfinite(block).any():
                means[i, j] = np.nanmean(block)
    return means


class Watched:
    """An array that counts the pixels taken from it."""

    def __init__(self, data):
        self.data, self.shape, self.dtype, self.n = data, data.shape, data.dtype, 0

    def __getitem__(self, key):
        piece = self.data[key]
        self.n += piece.size
        return piece


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([1, 2, 4, 8, 16]),
    st.floats(0, 0.6),
    st.integers(0, 99),
)
def test_a_block_mean_is_the_mean_of_what_is_finite(n_rows, n_columns, step, holes, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(100, 10, (n_rows, n_columns))
    values[rng.random(values.shape) < holes] = np.nan
    np.testing.assert_allclose(block_mean(values, step), by_hand(values, step), rtol=1e-12)


def test_infinite_pixels_stay_infinite():
    values = np.ones((4, 4))
    values[0, 0] = np.inf
    assert block_mean(values, 2)[0, 0] == np.inf
    assert block_mean(values, 2)[1, 1] == 1


@pytest.mark.parametrize("level", range(8))
def test_every_level_is_exact_once_the_overview_is_made(level):
    data = np.random.default_rng(1).normal(0, 1, (203, 117)).astype(">f4")
    pyramid = Pyramid(data)
    for _ in pyramid.make_overview():
        pass
    shape = pyramid.level_shape(level)
    piece = pyramid.piece(level, (0, shape[0]), (0, shape[1]))
    assert piece.exact
    # a coarse mean is the mean of means: cut-off blocks at the edges weigh as whole ones
    whole = (data.shape[0] >> level, data.shape[1] >> level)
    expected = by_hand(data.astype(float), 1 << level)[: whole[0], : whole[1]]
    np.testing.assert_allclose(piece.values[: whole[0], : whole[1]], expected, rtol=1e-4, atol=1e-6)


def test_before_that_a_coarse_level_reads_one_row_in_each_block():
    data = Watched(np.random.default_rng(1).normal(100, 1, (4096, 4096)).astype("f4"))
    pyramid = Pyramid(data)
    piece = pyramid.piece(4, (0, 256), (0, 256))
    assert not piece.exact
    assert data.n == 256 * 4096
    assert np.abs(piece.values - 100).max() < 2  # the mean of 16 pixels: 0.25 sigma


def test_a_fine_level_reads_its_own_pixels_only():
    data = Watched(np.zeros((4096, 4096), "i2"))
    for level in range(FINE + 1):
        data.n = 0
        assert Pyramid(data).piece(level, (10, 20), (30, 50)).exact
        assert data.n == 10 * 20 << 2 * level


def test_the_overview_tells_how_far_it_is_and_can_be_left_and_taken_up_again():
    pyramid = Pyramid(np.ones((2048, 300)))
    steps = []
    for done in pyramid.make_overview():
        steps.append(done)
        if done > 0.4:
            break
    assert steps == sorted(steps)
    assert steps[-1] < 0.6
    assert not pyramid.complete
    assert pyramid.piece(BASE, (0, 16), (0, 38)).exact  # what is made is used
    assert not pyramid.piece(BASE, (240, 256), (0, 38)).exact
    assert next(pyramid.make_overview()) > steps[-1]


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (3, 2), (257, 1)])
def test_odd_shapes_have_levels_down_to_one_pixel(shape):
    pyramid = Pyramid(np.arange(np.prod(shape), dtype=float).reshape(shape))
    assert pyramid.level_shape(pyramid.n_levels - 1) in {(1, 1), (1, 2), (2, 1), (2, 2)}
    for level in range(pyramid.n_levels):
        rows, columns = pyramid.level_shape(level)
        assert np.isfinite(pyramid.piece(level, (0, rows), (0, columns)).values).all()


@pytest.mark.parametrize(
    ("kind", "expected"), [("u2", "f4"), ("?", "f4"), (">f4", "f4"), ("i4", "f8"), (">f8", "f8")]
)
def test_values_keep_the_precision_they_need(kind, expected):
    assert Pyramid(np.ones((4, 4), kind)).piece(0, (0, 4), (0, 4)).values.dtype == expected


def test_means_of_a_rectangle_lie_in_the_middles_of_their_blocks():
    values = np.random.default_rng(1).normal(size=(37, 61)).astype("f4")
    values[8:12, 4:8] = np.nan
    values[20, 20] = np.inf
    x, y, found = Pyramid(values).means((5, 37), (3, 61), 16)
    assert (x[:2].tolist(), x[-1]) == ([1.5, 5.5], 60.0)
    assert (y[0], y[-1]) == (5.5, 36.0)
    assert np.isnan(found[1, 1])
    assert np.isnan(found[4, 5])
    for row, column in ((0, 0), (3, 7), (8, 15)):
        block = values[4 + 4 * row : 8 + 4 * row, 4 * column : 4 + 4 * column]
        assert found[row, column] == pytest.approx(block.mean(), rel=1e-5)
