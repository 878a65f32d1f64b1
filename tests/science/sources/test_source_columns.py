"""Positions found in tables as the world writes them."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import FK5, SkyCoord
from astropy.table import MaskedColumn, QTable, Table
from astropy.time import Time

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


def test_of_several_the_one_that_has_most_positions_then_the_centroid():
    """As our own results have: a centroid that failed has none, the aperture's centre always one."""
    here, there = (
        SkyCoord([3.0, 3.0], [4.0, 4.0], unit="deg"),
        SkyCoord([5.0, np.nan], [6.0, np.nan], unit="deg"),
    )
    assert find_positions(QTable({"sky_center": here, "sky_centroid": there})).columns == ("sky_center",)
    assert find_positions(QTable({"sky_center": here, "sky_centroid": here})).columns == ("sky_centroid",)


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


# ---- names


@pytest.mark.parametrize(
    "names",
    [
        ("TARGET_RA", "TARGET_DEC"),
        ("RAdeg", "DEdeg"),
        ("RAJ2000", "DECJ2000"),
        ("X_WORLD", "Y_WORLD"),
        ("world_ra", "world_dec"),
        ("RA_d", "DEC_d"),
        ("sky_center.ra [deg]", "sky_center.dec [deg]"),
        ("raMean", "decMean"),
        ("ALPHAPEAK_J2000", "DELTAPEAK_J2000"),
        ("Right Ascension (deg)", "Declination (deg)"),
        ("gaia_ra", "gaia_dec"),
        (" RA", "Dec "),
    ],
)
def test_a_pair_of_names_is_known_by_a_rule(names):
    others = {"e_RA": [1.0], "e_DE": [1.0], "pmRA": [1.0], "pmDE": [1.0], "ra_err": [1.0], "dec_err": [1.0]}
    table = QTable({**others, names[0]: [10.5], names[1]: [-3.25], "grade": [1], "mag": [2.0]})
    found = find_positions(table)
    assert found.columns == names
    assert (found.sky.ra.deg[0], found.sky.dec.deg[0]) == pytest.approx((10.5, -3.25))


@pytest.mark.parametrize(
    "names",
    [
        ("pmRA", "pmDE"),
        ("e_RAJ2000", "e_DEJ2000"),
        ("ra_error", "dec_error"),
        ("raErr", "decErr"),
        ("d_ra", "d_dec"),
        ("sigma_ra", "sigma_dec"),
        ("ra_offset", "dec_offset"),
        ("X2_IMAGE", "Y2_IMAGE"),
        ("mu_alpha", "mu_delta"),
    ],
)
def test_errors_motions_and_moments_are_no_positions(names):
    with pytest.raises(InputError, match="no columns of positions"):
        find_positions(Table({names[0]: [1.0], names[1]: [1.0]}))


def test_of_two_pairs_that_are_equals_none_is_taken_and_both_are_named():
    table = Table({"RA_1": [1.0], "DEC_1": [1.0], "RA_2": [2.0], "DEC_2": [2.0]})
    with pytest.raises(InputError, match="several columns of positions: RA_1 and DEC_1; RA_2 and DEC_2"):
        find_positions(table)
    assert find_positions(table, ("RA_2", "DEC_2")).sky.ra.deg[0] == 2


@pytest.mark.parametrize(
    ("names", "value", "wanted"),
    [
        (("ra_rad", "dec_rad"), (1.5, 0.5), np.rad2deg((1.5, 0.5))),
        (("RA (h)", "Dec (deg)"), (10.5, 2.0), (157.5, 2)),
        (("ra_hours", "dec_deg"), (10.5, 2.0), None),
        (("RA[rad]", "DEC[rad]"), (1.5, 0.5), np.rad2deg((1.5, 0.5))),
    ],
)
def test_a_unit_in_the_name_counts_where_the_column_has_none(names, value, wanted):
    table = Table({names[0]: [value[0]], names[1]: [value[1]]})
    if wanted is None:  # names that differ in more than the stem are chosen by hand
        found, wanted = find_positions(table, names), (157.5, 2)
    else:
        found = find_positions(table)
    assert (found.sky.ra.deg[0], found.sky.dec.deg[0]) == pytest.approx(tuple(wanted))


# ---- rows without a position


GOOD = (150.5, 2.25)


@pytest.mark.parametrize(
    "bad", [(-999.0, -999.0), (np.nan, 2.0), (150.0, 99.99), (9999.0, 2.0), (np.inf, 2.0)]
)
def test_a_row_without_a_position_costs_no_other_and_is_named(bad):
    found = find_positions(Table({"ra": [GOOD[0], bad[0], GOOD[0]], "dec": [GOOD[1], bad[1], GOOD[1]]}))
    assert np.isnan(found.sky.ra.deg).tolist() == [False, True, False]
    assert found.note == "1 of 3 rows has no position (row 2)."


@pytest.mark.parametrize("bad", ["", "nan", "--", "12:00:00 ?", "10:99:00"])
def test_so_it_is_with_text(bad):
    found = find_positions(Table({"ra": ["10:00:00", bad], "dec": ["+02:00:00", bad]}))
    assert (found.sky.ra.deg[0], found.note) == (150, "1 of 2 rows has no position (row 2).")
    found = find_positions(Table({"x": ["10", bad], "y": ["20", bad]}))
    assert (found.x[0], np.isnan(found.x[1]), found.note) == (
        10,
        True,
        "1 of 2 rows has no position (row 2).",
    )


def test_many_rows_without_a_position_are_counted_and_the_first_named():
    found = find_positions(Table({"x": [np.nan] * 7 + [1.0], "y": [1.0] * 8}))
    assert found.note == "7 of 8 rows have no position (row 1, 2, 3, 4, 5, …)."


# ---- frames


OLD = SkyCoord(150.5, 2.25, unit="deg").fk4


@pytest.mark.parametrize(
    ("names", "meta", "told"),
    [
        (("RA1950", "DE1950"), {}, True),
        (("RAB1950", "DEB1950"), {}, True),
        (("ALPHA_B1950", "DELTA_B1950"), {}, True),
        (("ra_fk4", "dec_fk4"), {}, True),
        (("RA", "DEC"), {"RADESYS": "FK4", "EQUINOX": 1950.0}, True),
        (("RA", "DEC"), {"RADECSYS": "FK4"}, True),
        (("RA", "DEC"), {"EQUINOX": 1950.0}, True),
        (("RA", "DEC"), {"EQUINOX": "B1950"}, True),
        (("RA", "DEC"), {"imviz_frames": {"RA": ("fk4", 1950.0)}}, True),
        (("RA", "DEC"), {"RADESYS": "ICRS", "EQUINOX": 2000.0}, False),
        (("RAJ2000", "DEJ2000"), {"EQUINOX": 1950.0}, False),
        (("RA", "DEC"), {"RADESYS": "ICRS", "EQUINOX": 1950.0}, False),
    ],
)
def test_b1950_is_told_by_name_header_and_file(names, meta, told):
    there = OLD if told else OLD.icrs
    table = Table({names[0]: [there.data.lon.deg], names[1]: [there.data.lat.deg]}, meta=meta)
    found = find_positions(table)
    assert found.sky[0].icrs.separation(there.icrs).arcsec < 0.03  # FK5 and ICRS are so near
    assert ("B1950" in found.note) == told


def test_an_equinox_of_fk5_counts_too():
    then = SkyCoord(150.5, 2.25, unit="deg", frame=FK5(equinox="J1975"))
    table = Table({"RA": [150.5], "DEC": [2.25]}, meta={"RADESYS": "FK5", "EQUINOX": 1975.0})
    assert find_positions(table).sky[0].separation(then).arcsec < 0.001


def test_what_is_said_of_a_column_tells_its_frame():
    table = Table({"RA": [OLD.ra.deg], "DEC": [OLD.dec.deg]})
    table["RA"].description = "Right ascension (B1950)"
    assert find_positions(table).sky[0].separation(OLD).arcsec < 0.001


@pytest.mark.parametrize("names", [("GLON", "GLAT"), ("gal_lon", "gal_lat")])
def test_galactic_coordinates_are(names):
    found = find_positions(Table({names[0]: [120.0], names[1]: [-30.0]}))
    assert found.sky[0].separation(SkyCoord(120, -30, unit="deg", frame="galactic")).arcsec < 0.001


def test_hours_minutes_and_seconds_may_have_columns_of_their_own():
    names = ("RAh", "RAm", "RAs", "DE-", "DEd", "DEm", "DEs")
    table = Table(
        dict(
            zip(names, ([10, 1], [0, 2], [0.15, 3.0], ["-", "+"], [0, 4], [30, 5], [15.0, 6.0]), strict=True)
        )
    )
    found = find_positions(table)
    wanted = SkyCoord(["10:00:00.15 -00:30:15", "01:02:03 +04:05:06"], unit=(u.hourangle, u.deg))
    assert np.all(found.sky.separation(wanted).arcsec < 1e-6)


# ---- pixels that count from 1


@pytest.mark.parametrize(
    "names",
    [
        ("X_IMAGE", "Y_IMAGE"),
        ("XWIN_IMAGE", "YWIN_IMAGE"),
        ("XPSF_IMAGE", "YPSF_IMAGE"),
        ("X(FITS)_T1", "Y(FITS)_T1"),
        ("X_IMAGE_DBL", "Y_IMAGE_DBL"),
    ],
)
def test_names_that_only_programs_give_that_count_from_one(names):
    found = find_positions(Table({names[0]: [5.0], names[1]: [6.0]}))
    assert (found.x[0], found.y[0]) == (4, 5)
    assert "from 1" in found.note


def test_a_format_that_counts_from_one_shifts_any_name():
    table = Table({"xcenter": [5.0], "ycenter": [6.0]}, meta={"imviz_counts_from": 1})
    assert find_positions(table).x[0] == 4
    table.meta.clear()
    assert find_positions(table).x[0] == 5


def test_only_columns_that_could_hold_a_position_are_offered():
    table = QTable({"x": [1], "pair": [[1, 2]], "ok": [True], "sky": SkyCoord([1], [2], unit="deg")})
    assert column_choices(table) == ["x", "sky"]
    table["when"] = Time([60000.0], format="mjd")  # as our own results have
    assert column_choices(table) == ["x", "sky"]
