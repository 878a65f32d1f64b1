"""Colormaps: matplotlib's, under their names and those of older viewers; colours that add up to white."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from imviz.errors import InputError
from imviz.science.display import colormaps

# the menu of jdaviz 5.0 in its order
OLDER = """Gray;Viridis;Plasma;Inferno;Magma;Purple-Blue;Yellow-Green-Blue;Yellow-Orange-Red;Red-Purple;
Blue-Green;Hot;Red-Blue;Red-Yellow-Blue;Purple-Orange;Purple-Green;Rainbow;Seismic;Reversed: Gray;
Reversed: Viridis;Reversed: Plasma;Reversed: Inferno;Reversed: Magma;Reversed: Hot;Reversed: Rainbow;Random"""
OLDER = OLDER.replace("\n", "").split(";")


def test_the_older_names_come_first_and_all_of_matplotlib_follows():
    names = colormaps.names()
    assert list(names[: len(OLDER)]) == OLDER
    matplotlibs = {name for name in mpl.colormaps if not name.endswith("_r")}
    assert matplotlibs <= {colormaps.find(name).name for name in names} | set(names)


@pytest.mark.parametrize("name", list(mpl.colormaps))
def test_every_matplotlib_name_gives_matplotlibs_colours(name):
    expected = 255 * mpl.colormaps[name](np.linspace(0, 1, 256))[:, :3]
    assert np.abs(colormaps.table(colormaps.find(name)) - expected).max() <= 0.5 + 1e-9


@pytest.mark.parametrize("name", colormaps.names())
def test_a_name_offered_is_the_name_given_back(name):
    assert colormaps.name_of(colormaps.find(name)) == name
    assert colormaps.name_of(colormaps.find(name.upper())).lower() == name.lower()


def test_reversed_is_inverted():
    for name in ("Gray", "Hot", "Rainbow"):
        turned = colormaps.table(colormaps.find(f"Reversed: {name}")).astype(int)
        assert np.abs(turned - colormaps.table(colormaps.find(name), invert=True)).max() <= 1


def test_random_is_always_the_same():
    first = colormaps.table(colormaps.find("Random"))
    colormaps._random.cache_clear()
    assert first.tolist() == colormaps.table(colormaps.find("random")).tolist()
    assert len(np.unique(first, axis=0)) > 200


@pytest.mark.parametrize("name", ["mud", "", None, 7])
def test_what_is_no_colormap_is_refused(name):
    with pytest.raises(InputError, match="no colormap"):
        colormaps.find(name)


@pytest.mark.parametrize("n", range(1, 10))
def test_colours_to_be_added_make_white(n):
    colours = np.array([to_rgb(name) for name in colormaps.additive(n)])
    assert len(colours) == n
    assert colours.sum(axis=0) == pytest.approx([1, 1, 1], abs=0.5 * n / 255)
    assert len(np.unique(colours, axis=0)) == n


def test_three_colours_are_blue_green_and_red():
    assert colormaps.additive(3) == ("#0000ff", "#00ff00", "#ff0000")


def test_shades_go_from_black_to_the_colour():
    table = colormaps.table(colormaps.shades("#ff8000"))
    assert (table[0].tolist(), table[-1].tolist()) == ([0, 0, 0], [255, 128, 0])


def test_a_colour_is_whatever_matplotlib_takes_for_one():
    assert colormaps.color("red") == colormaps.color((1, 0, 0)) == "#ff0000"
    assert colormaps.rgba("#ff000080") == pytest.approx((1, 0, 0, 128 / 255))
    assert colormaps.rgba(None) is None


@pytest.mark.parametrize("value", ["mud", 7, (1, 2, 3)])
def test_what_is_no_colour_is_refused(value):
    with pytest.raises(InputError, match="no colour"):
        colormaps.color(value)
    with pytest.raises(InputError, match="no colour"):
        colormaps.rgba(value)
