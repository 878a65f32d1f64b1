"""Positions found in tables as the world writes them."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, QTable, Table

from imviz.errors import InputError
from imviz.science.sources.source_columns import column_choices, find_positions


@pytest.mark.parametrize(
    ("names", "values"),
    [
        (("ra", "dec"), ([10.5], [-3.25])),
        (("RAJ2000", "DEJ2000"), ([10.5], [-3.25])),
        (("ALPHA_J2000", "DELTA_J2000"), ([10.5], [-3.25])),
        (("RA_ICRS", "DE_ICRS"), ([10.5], [-3.25])),
        (("RA", "DEC"), (["00:42:00"], ["-03:15:00"])),
        (("RAJ2000", "DEJ2000"), (["00 42 00.0"], ["-03 15 00"])),
        (("ra", "dec"), ([10.5] * u.deg, [-3.25] * u.deg)),
        (("ra", "dec"), ([0.7] * u.hourangle, [-3.25] * u.deg)),
        (("ra", "dec"), (np.deg2rad([10.5]) * u.rad, np.deg2rad([-3.25]) * u.rad)),
    ],
)
def test_sky_columns_are_known_by_name_unit_and_notation(names, values):
    found = find_positions(QTable(dict(zip(names, values, strict=True))))
    assert found.columns == names
    assert (found.sky.ra.deg[0], found.sky.dec.deg[0]) == pytest.approx((10.5, -3.25))


def test_a_skycoord_column_comes_first_whatever_it_is_called():
    table = QTable({"ra": [1.0], "dec": [2.0], "where": SkyCoord([3.0], [4.0], unit="deg")})
    assert find_positions(table).columns == ("where",)


def test_ucds_tell_columns_that_no_name_does():
    table = Table({"a1": [10.0], "a2": [20.0], "x": [5.0], "y": [6.0]})
    table["a1"].meta["ucd"] = "pos.eq.ra;meta.main"
    table["a2"].meta["ucd"] = "pos.eq.dec;meta.main"
    found = find_positions(table)
    assert found.columns == ("a1", "a2")
    assert found.sky.dec.deg[0] == 20


def test_pixels_count_from_zero_but_sextractors_from_one_and_that_is_said():
    assert find_positions(Table({"xcentroid": [5.0], "ycentroid": [6.0]})).x[0] == 5
    found = find_positions(Table({"X_IMAGE": [5.0], "Y_IMAGE": [6.0]}))
    assert (found.x[0], found.y[0]) == (4, 5)
    assert "from 1" in found.note


def test_columns_may_be_chosen():
    table = QTable({"ra": [1.0], "dec": [2.0], "col": [7], "row": [8]})
    found = find_positions(table, ("col", "row"))
    assert (found.sky, found.x[0], found.y[0]) == (None, 7, 8)
    with pytest.raises(InputError, match="no column 'z'"):
        find_positions(table, ("z", "row"))
    with pytest.raises(InputError, match="two columns"):
        find_positions(table, ("col",))


def test_a_masked_position_is_nan():
    table = Table({"x": MaskedColumn([1.0, 2], mask=[True, False]), "y": [3.0, 4]})
    assert np.isnan(find_positions(table).x).tolist() == [True, False]


def test_without_positions_the_columns_there_are_are_named():
    with pytest.raises(InputError, match="flux, name"):
        find_positions(Table({"flux": [1], "name": ["a"]}))
    with pytest.raises(InputError, match="not angles"):
        find_positions(Table({"ra": ["a"], "dec": ["b"]}))


def test_only_columns_that_could_hold_a_position_are_offered():
    table = QTable({"x": [1], "pair": [[1, 2]], "ok": [True], "sky": SkyCoord([1], [2], unit="deg")})
    assert column_choices(table) == ["x", "sky"]
