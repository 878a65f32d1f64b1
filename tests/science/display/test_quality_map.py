"""Flags on a grid: every flagged pixel is seen, in its place, from a bounded piece."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imviz.science.display.quality_map import MOST, coloured, flag_colours, flags_at, flags_between

FLAGS = np.zeros((90, 120), dtype="i4")
for n, (row, column) in enumerate([(3, 5), (40, 60), (41, 60), (89, 119)]):
    FLAGS[row, column] = 1 << n


@given(st.integers(1, 40), st.integers(1, 30))
def test_zoomed_out_no_flag_is_lost(n_columns, n_rows):
    x, y = np.linspace(-0.5, 119.5, n_columns + 1), np.linspace(-0.5, 89.5, n_rows + 1)
    found = flags_between(FLAGS, x, y)
    expected = np.zeros_like(found)
    for row, column in zip(*np.nonzero(FLAGS), strict=True):
        cell = np.searchsorted(y, row, "right") - 1, np.searchsorted(x, column, "right") - 1
        expected[cell] |= FLAGS[row, column]
    assert np.array_equal(found, expected)


def test_zoomed_in_each_cell_is_its_pixel():
    x, y = np.linspace(55, 65, 101), np.linspace(35, 45, 101)
    found = flags_between(FLAGS, x, y)
    columns, rows = (np.floor((edges[:-1] + edges[1:]) / 2 + 0.5).astype(int) for edges in (x, y))
    assert np.array_equal(found, FLAGS[np.ix_(rows, columns)])


def test_outside_the_image_there_is_no_flag():
    found = flags_between(np.ones((5, 5), "u1"), np.linspace(-10, 15, 26), np.linspace(-10, 15, 26))
    assert found.sum() == 25
    assert flags_between(np.ones((5, 5), "u1"), np.linspace(50, 60, 5), np.linspace(50, 60, 5)).sum() == 0


def test_positions_of_any_shape():
    x, y = np.array([[60.4, np.nan], [-9, 119.4]]), np.array([[39.6, 3], [3, 88.6]])
    assert np.array_equal(flags_at(FLAGS, x, y), [[2, 0], [0, 8]])


def test_a_huge_image_is_sampled():
    class Lazy:
        shape, read = (40000, 40000), 0

        def __getitem__(self, key):
            rows, columns = (range(40000)[part] for part in key)
            Lazy.read += len(rows) * len(columns)
            return np.full((len(rows), len(columns)), 4, "i2")

    edges = np.linspace(-0.5, 39999.5, 601)
    assert (flags_between(Lazy(), edges, edges) == 4).all()
    assert Lazy.read < MOST


def test_colours_are_the_first_flag_shown_and_codes_are_equal_to():
    shown, colours = {"A": 1, "B": 2}, {"A": "#ff0000", "B": "#0000ff"}
    found = coloured(np.array([0, 1, 2, 3, 4]), shown, colours)
    assert found.tolist() == [[0] * 4, [255, 0, 0, 255], [0, 0, 255, 255], [255, 0, 0, 255], [0] * 4]
    assert coloured(np.array([3]), shown, colours, codes=True).sum() == 0
    assert len(set(flag_colours([str(n) for n in range(32)]).values())) == 32


@pytest.mark.parametrize("kind", [bool, "f4", "u1", ">i4"])
def test_any_type_of_flags(kind):
    values = np.array([[0, 1]]).astype(kind)
    assert flags_between(values, np.array([-0.5, 0.5, 1.5]), np.array([-0.5, 0.5])).tolist() == [[0, 1]]
