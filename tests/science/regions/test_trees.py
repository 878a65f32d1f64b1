"""Composites as trees: what is read, changed and put together selects the pixels that it should."""

import operator

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from hypothesis import given, settings
from hypothesis import strategies as st
from regions import CirclePixelRegion, CircleSkyRegion, PixCoord

from imviz.errors import InputError
from imviz.science.regions.trees import JOINS, joined, parts, with_join, with_part, without

Y, X = np.mgrid[:30, :30]
JOIN = {
    "or": operator.or_,
    "and": operator.and_,
    "xor": operator.xor,
    "remove": lambda a, b: a & ~b,
}

circles = st.builds(
    lambda x, y, r: CirclePixelRegion(PixCoord(x, y), r),
    st.integers(5, 25),
    st.integers(5, 25),
    st.integers(3, 9),
)
trees = st.recursive(circles, lambda inner: st.tuples(st.sampled_from(JOINS), inner, inner), max_leaves=6)


def build(tree):
    return tree if not isinstance(tree, tuple) else joined(build(tree[1]), build(tree[2]), tree[0])


def mask(tree):
    """The pixels a tree selects, without our code."""
    if not isinstance(tree, tuple):
        return (X - tree.center.x) ** 2 + (Y - tree.center.y) ** 2 < tree.radius**2
    return JOIN[tree[0]](mask(tree[1]), mask(tree[2]))


def at(tree, path):
    for step in path:
        tree = tree[1 + step]
    return tree


def put(tree, path, new):
    if not path:
        return new
    step, *below = path
    changed = list(tree)
    changed[1 + step] = put(tree[1 + step], below, new)
    return tuple(changed)


def selects(region, tree):
    return np.array_equal(region.contains(PixCoord(X, Y)), mask(tree))


@given(tree=trees, other=circles, join=st.sampled_from(JOINS), data=st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_change_of_any_part_selects_what_it_should(tree, other, join, data):
    region = build(tree)
    assert selects(region, tree)
    path = data.draw(st.sampled_from([part.path for part in parts(region) if at(tree, part.path)]))
    assert selects(with_part(region, path, other, join), put(tree, path, (join, at(tree, path), other)))
    node = at(tree, path)
    if isinstance(node, tuple):
        assert selects(with_join(region, path, join), put(tree, path, (join, *node[1:])))
    if path:
        above = at(tree, path[:-1])
        rest, taken = without(region, path)
        assert selects(rest, put(tree, path[:-1], above[2 - path[-1]]))
        assert selects(taken, node)


def test_what_is_cut_out_is_one_step_on_the_sky_too():
    one, other = (CircleSkyRegion(SkyCoord(10, y, unit="deg"), 1 * u.arcsec) for y in (1, 2))
    region = joined(joined(one, other, "remove"), one, "and")
    assert [(part.path, part.join) for part in parts(region)] == [
        ((), "and"),
        ((0,), "remove"),
        ((0, 0), None),
        ((0, 1), None),
        ((1,), None),
    ]
    assert without(with_join(region, (0,), "or"), (0, 0))[0] == joined(other, one, "and")


def test_wrong_paths_and_ways_are_refused():
    circle = CirclePixelRegion(PixCoord(3, 4), 5)
    for refused in (
        lambda: with_join(circle, (), "or"),
        lambda: without(circle, (0,)),
        lambda: with_part(joined(circle, circle, "or"), (2,), circle, "or"),
        lambda: without(joined(circle, circle, "or"), ()),
        lambda: joined(circle, circle, "nor"),
    ):
        with pytest.raises(InputError):
            refused()
