"""Points and paths describe themselves: what can be drawn, and what is refused in a sentence."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn

from imviz.errors import InputError
from imviz.view.vectors import Paths, Points, palette


def test_positions_may_be_anything_with_numbers_and_masked_ones_are_nan():
    points = Points(MaskedColumn([1, 2], mask=[False, True]), np.array([[3], [4]], "f4"))
    assert points.x.dtype == points.y.dtype == np.float64
    assert points.x[0] == 1
    assert np.isnan(points.x[1])
    assert points.y.tolist() == [3, 4]


def test_one_colour_or_one_for_each():
    assert palette("red", 3) == (["#ff0000"], None)
    assert palette((1, 0, 0), 5)[0] == ["#ff0000"]
    colors, which = palette(["red", "lime", "red"], 3)
    assert [colors[n] for n in which] == ["#ff0000", "#00ff00", "#ff0000"]
    colors, which = palette(np.array([[0, 0, 1.0], [1, 1, 1], [0, 0, 1]]), 3)
    assert [colors[n] for n in which] == ["#0000ff", "#ffffff", "#0000ff"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"y": [1]}, "2 x positions for 1"),
        ({"marker": "heart"}, "heart"),
        ({"color": "redd"}, "redd"),
        ({"color": ["red"]}, "colours for 2"),
        ({"size": 0}, "positive"),
        ({"size": [1, 2, 3]}, "3 sizes for 2"),
        ({"labels": ["a"]}, "1 labels for 2"),
        ({"alpha": 2}, "opacity"),
        ({"x": ["a", "b"]}, "numbers"),
    ],
)
def test_points_that_cannot_be_drawn_say_why(options, said):
    with pytest.raises(InputError, match=said):
        Points(**{"x": [1, 2], "y": [3, 4], **options})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"lines": [[1, 2, 3]]}, "shape"),
        ({"lines": [[(1, 2)], SkyCoord([1], [2], unit="deg")]}, "partly"),
        ({"labels": ["a", "b"]}, "2 labels for 1"),
        ({"label_at": "top"}, "top"),
        ({"fill": -1}, "opacity"),
    ],
)
def test_paths_that_cannot_be_drawn_say_why(options, said):
    with pytest.raises(InputError, match=said):
        Paths(**{"lines": [[(1, 2), (3, 4)]], **options})


def test_no_points_and_no_lines_are_fine():
    assert len(Points()) == 0
    assert len(Paths()) == 0
    assert Paths().starts.tolist() == [0]
