"""Stretches: astropy's formulas by our names, curves that rise, and refusals that list what there is."""

import numpy as np
import pytest
from astropy import visualization
from hypothesis import given
from hypothesis import strategies as st

from imviz.errors import InputError
from imviz.science.display.stretches import (
    KNOTS,
    STRETCHES,
    as_astropy,
    brightness,
    equalised,
    followed,
    knots,
    parameters,
    parse,
    splined,
)

from ..fields import noise

LEVELS = np.linspace(0, 1, 1001)
ASTROPY = [
    ("linear", {}, visualization.LinearStretch()),
    ("sqrt", {}, visualization.SqrtStretch()),
    ("arcsinh", {}, visualization.AsinhStretch()),
    ("arcsinh", {"a": 0.02}, visualization.AsinhStretch(0.02)),
    ("log", {}, visualization.LogStretch()),
    ("log", {"a": 50}, visualization.LogStretch(50)),
    ("sinh", {}, visualization.SinhStretch()),
    ("power", {"a": 0.4}, visualization.PowerStretch(0.4)),
    ("power", {}, visualization.SquaredStretch()),
]


@pytest.mark.parametrize(("name", "options", "astropys"), ASTROPY)
def test_a_stretch_is_astropys_and_is_recognised(name, options, astropys):
    np.testing.assert_allclose(brightness(LEVELS, name, options), astropys(LEVELS), atol=1e-12)
    found, given_back = parse(astropys)
    assert found == name
    np.testing.assert_allclose(brightness(LEVELS, found, given_back), astropys(LEVELS), atol=1e-12)


@pytest.mark.parametrize("name", STRETCHES)
def test_every_stretch_keeps_the_ends_and_never_falls(name):
    out = brightness(LEVELS, name)
    assert out[[0, -1]] == pytest.approx([0, 1], abs=1e-12)
    assert (np.diff(out) >= 0).all()
    assert brightness([-3, 7], name) == pytest.approx([0, 1], abs=1e-12)


@pytest.mark.parametrize("name", STRETCHES)
def test_a_stretch_is_known_by_name_and_by_label(name):
    assert parse(STRETCHES[name].label) == parse(name.upper()) == (name, {})


@pytest.mark.parametrize("value", ["", "cubic", 7, None, visualization.PowerDistStretch])
def test_what_is_no_stretch_is_refused(value):
    with pytest.raises(InputError):
        parse(value)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("linear", {"a": 1}),
        ("log", {"b": 1}),
        ("log", {"a": 0}),
        ("arcsinh", {"a": "x"}),
        ("power", {"a": True}),
    ],
)
def test_what_is_no_parameter_is_refused(name, given):
    with pytest.raises(InputError, match="parameter"):
        parameters(name, given)


@pytest.mark.parametrize(
    "other",
    [
        visualization.PowerDistStretch(),
        visualization.LinearStretch(0.5, 0.2),
        visualization.LogStretch() + visualization.SinhStretch(),
    ],
)
def test_a_stretch_without_a_name_is_followed_by_a_spline(other):
    assert parse(other) == ("spline", {})
    curve = splined(followed(other))
    np.testing.assert_allclose(brightness(LEVELS, "spline", curve=curve), other(LEVELS), atol=0.005)


@pytest.mark.parametrize("name", STRETCHES)
def test_given_back_as_an_astropy_stretch_it_is_the_same(name):
    theirs = as_astropy(name, {}, splined(KNOTS) if name in ("spline", "histeq") else None)
    assert isinstance(theirs, visualization.BaseStretch)
    curve = splined(KNOTS) if name == "histeq" else None
    np.testing.assert_allclose(theirs(LEVELS), brightness(LEVELS, name, curve=curve), atol=1e-12)


def test_equalised_the_picture_has_equally_many_pixels_of_each_brightness():
    values = np.exp(noise((400, 400))).ravel()
    cuts = tuple(np.percentile(values, [1, 99]))
    curve = equalised(values, cuts)
    inside = values[(values >= cuts[0]) & (values <= cuts[1])]
    out = brightness((inside - cuts[0]) / (cuts[1] - cuts[0]), "histeq", curve=curve)
    counts, _ = np.histogram(out, bins=16, range=(0, 1))
    assert counts == pytest.approx(np.full(16, inside.size / 16), rel=0.02)


def test_equalised_agrees_with_astropy_on_a_smooth_image():
    values = np.random.default_rng(1).normal(size=20_000)
    cuts = values.min(), values.max()
    level = np.sort((values - cuts[0]) / (cuts[1] - cuts[0]))
    theirs = visualization.HistEqStretch(level)(level.copy())
    np.testing.assert_allclose(brightness(level, "histeq", curve=equalised(values, cuts)), theirs, atol=0.01)


@pytest.mark.parametrize(
    "values", [[], [3.0], [5.0] * 100, [0.0] * 99 + [1.0], [0.0] + [1.0] * 99, [0.0, 0.5, 1.0] * 50]
)
def test_equalising_few_distinct_values_still_rises_from_0_to_1(values):
    curve = np.array(equalised(np.array(values), (0.0, 1.0)))
    assert curve[0, 0] == 0
    assert curve[-1].tolist() == [1, 1]
    assert (np.diff(curve[:, 0]) > 0).all()
    assert (np.diff(curve[:, 1]) >= 0).all()
    assert ((curve >= 0) & (curve <= 1)).all()


unit = st.floats(0, 1)


@given(
    st.lists(st.tuples(st.floats(0.01, 0.99), unit), max_size=6, unique_by=lambda p: round(p[0], 2)),
    unit,
    unit,
)
def test_a_spline_goes_through_its_knots_and_never_beyond_them(middle, first, last):
    points = knots([(0, first), *((round(x, 2), y) for x, y in middle), (1, last)])
    x, y = np.array(points).T
    assert brightness(x, "spline", curve=splined(points)) == pytest.approx(y, abs=1e-9)
    out = brightness(LEVELS, "spline", curve=splined(points))
    here = np.clip(np.searchsorted(x, LEVELS, side="right") - 1, 0, len(x) - 2)
    assert (out >= np.minimum(y[here], y[here + 1]) - 1e-9).all()
    assert (out <= np.maximum(y[here], y[here + 1]) + 1e-9).all()


def test_knots_are_put_in_order():
    assert knots(KNOTS[::-1]) == KNOTS


@pytest.mark.parametrize(
    "points", [[], [(0, 0)], [(0, 0), (0.5, 1)], [(0, 0), (1, 2)], [(0, 0), (0, 1), (1, 1)], "no"]
)
def test_what_are_no_knots_is_refused(points):
    with pytest.raises(InputError, match="Knots"):
        knots(points)
