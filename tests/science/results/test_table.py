"""The session's rows: joined when they fit, never lost, written whole."""

import time

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import QTable, Table
from astropy.time import Time
from hypothesis import given, settings
from hypothesis import strategies as st

from imviz.errors import InputError, MissingFileError, ReadError
from imviz.science.photometry.measurement import COLUMNS, EXTRA_COLUMNS, Recipe, measure
from imviz.science.results.files import not_kept, write_table
from imviz.science.results.reading import read_table
from imviz.science.results.receipts import verify
from imviz.science.results.table import Results
from imviz.session import Session

from ..fields import circle, image, noise, wcs

DATA = noise()


def row(unit="Jy", recipe=None, **keywords):
    return measure(
        image(DATA, unit=unit, **keywords), circle(), recipe, image_label="a", region_label="Subset 1"
    ).row


def filled(*rows):
    results = Results()
    for one in rows:
        results.append(one)
    return results


def test_before_the_first_measurement_there_is_no_table():
    assert Results().table() is None
    assert Results().tables == []
    assert len(Results()) == Results().last_id == 0


def test_rows_that_fit_join_with_rising_ids():
    results = Results()
    assert [results.append(row()) for _ in range(3)] == ["", "", ""]
    table = results.table()
    assert table["id"].tolist() == [1, 2, 3]
    assert tuple(table.colnames) == COLUMNS + EXTRA_COLUMNS
    assert results.last_id == 3


def test_convertible_units_are_converted_to_the_tables():
    table = filled(row("Jy"), row("mJy")).table()
    assert table["sum"].unit == u.Jy
    assert table["sum"][1].value == pytest.approx(table["sum"][0].value / 1000, rel=1e-12)
    assert table["var"][1].value == pytest.approx(table["var"][0].value / 1e6, rel=1e-12)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_none_joins_a_value_as_a_masked_entry_either_way(order):
    both = [row(wcs=wcs(), recipe=Recipe(counts_factor=2.0)), row()]
    results = filled(*(both[i] for i in order))
    table = results.table()
    assert len(table) == 2
    absent = order.index(1)
    for name in ("aperture_sum_counts", "counts_fac"):
        assert table[name].mask.tolist() == [i == absent for i in range(2)]
        assert table[name].unit == row(recipe=Recipe(counts_factor=2.0))[name].unit
    assert table["sky_centroid"][1 - absent].separation(both[0]["sky_centroid"][0]) < 1e-9 * u.arcsec
    assert table["sky_centroid"].mask.tolist() == [i == absent for i in range(2)]


def test_a_column_of_none_stays_none():
    table = filled(row(), row()).table()
    assert table["aperture_sum_counts"].tolist() == [None, None]


@pytest.mark.parametrize(("first", "second"), [("Jy", "ct"), (None, "Jy"), ("Jy", None), ("MJy/sr", "MJy")])
def test_what_does_not_fit_begins_a_new_table_says_so_and_keeps_the_old(first, second):
    results = filled(row(first), row(first))
    message = results.append(row(second))
    assert message.startswith("A new table was begun, because background is")
    assert "kept" in message
    assert len(message) <= 240
    assert results.table()["id"].tolist() == [1]
    assert [len(table) for table in results.tables] == [2, 1]
    assert results.append(row(second)) == ""
    assert [len(table) for table in results.tables] == [2, 2]
    assert len(results) == 4
    assert results.last_id == 2


def test_a_row_with_pixel_area_does_not_mix_with_one_without():
    results = filled(row("MJy/sr"))
    assert results.append(row("MJy/sr", Recipe(pixel_area=0.01)))
    assert [table["sum"].unit for table in results.tables] == [u.MJy / u.sr, u.MJy]


def test_the_table_is_a_copy():
    results = filled(row())
    table = results.table()
    table["sum"][0] = 0 * u.Jy
    table.remove_column("id")
    assert results.table()["sum"][0] > 0 * u.Jy
    assert "id" in results.table().colnames


def test_rows_are_read_one_by_one_over_all_tables():
    results = filled(row("Jy", wcs=wcs()), row("mJy"), row("ct"))
    assert [one["sum"].unit for one in results] == [u.Jy, u.Jy, u.ct]
    assert results[1]["sky_centroid"] is None
    assert results[-1]["id"] == 1
    assert results[0]["sky_centroid"].separation(row(wcs=wcs())["sky_centroid"][0]) < 1e-9 * u.arcsec
    with pytest.raises(IndexError, match="Row 3 of 3"):
        results[3]


def test_clearing_forgets_all():
    results = filled(row(), row("ct"))
    results.clear()
    assert results.tables == []


def test_ids_go_on_after_all_was_forgotten():
    results = filled(row(), row())
    results.clear()
    results.append(row())
    assert results.table()["id"].tolist() == [3]


def test_rows_taken_out_leave_the_others_as_they_were_and_their_ids_unused():
    results = filled(*(row() for _ in range(5)))
    before = results.table()
    shown = results.shown()
    results.remove([1, -1])
    table = results.table()
    assert table["id"].tolist() == [1, 3, 4]
    assert table["pixel_hash"].tolist() == before["pixel_hash"][[0, 2, 3]].tolist()
    assert (table["timestamp"] == before["timestamp"][[0, 2, 3]]).all()
    assert (len(results), results.last_id, results[1]["id"]) == (3, 4, 3)
    mark = results.mark()
    results.append(row())
    assert results.last_id == 6
    results.rewind(mark)
    results.show(shown)
    assert results.table()["id"].tolist() == [1, 2, 3, 4, 5]


def test_a_row_that_is_not_there_takes_none_out():
    results = filled(row(), row())
    with pytest.raises(InputError, match="There is no row 2; 2 are measured"):
        results.remove([0, 2])
    assert len(results) == 2


def test_an_emptied_table_takes_rows_of_any_unit_without_a_word():
    results = filled(row("Jy"))
    results.remove([0])
    assert results.table() is None
    assert results.append(row("ct")) == ""
    assert results.table()["id"].tolist() == [2]


def test_columns_that_lost_their_only_value_are_of_none_again():
    results = filled(row(recipe=Recipe(counts_factor=2.0)), row())
    results.remove([0])
    assert results.table()["counts_fac"].tolist() == [None]


@given(
    st.lists(st.sampled_from(["add", "two", "remove", "undo", "redo", "clear"]), max_size=25), st.randoms()
)
@settings(derandomize=True, max_examples=60, deadline=None)
def test_whatever_is_undone_leaves_the_rows_as_they_were(actions, random):
    """The session's steps, against a plain list of ids kept beside."""
    session = Session()
    states, undone = [()], []

    def ids():
        return tuple(session.results.labels("id"))

    for what in actions:
        if what == "undo":
            if len(states) > 1:
                session.history.undo()
                undone.append(states.pop())
        elif what == "redo":
            if undone:
                session.history.redo()
                states.append(undone.pop())
        else:
            n = len(states[-1])
            if what in ("add", "two"):
                session.add_rows({**SHORT, "id": 1}, 1 if what == "add" else 2)
                new = set(ids()) - set(states[-1])
                assert len(new) == (1 if what == "add" else 2)
                assert min(new) > max(states[-1], default=0)
            elif what == "remove" and n:
                session.remove_rows(random.sample(range(n), random.randint(1, n)))
            elif what == "clear":
                session.clear_results()
            else:
                continue
            states.append(ids())
            undone.clear()
        assert ids() == states[-1]
        assert session.n_rows == len(session.results) == len(states[-1])


SHORT = {"id": 1, "sum": 3.0 * u.Jy, "data_label": "a"}


def test_many_rows_at_once_are_those_added_one_by_one():
    several = [
        measure(
            image(DATA, unit="mJy", wcs=wcs()), circle(r=r), recipe, image_label="a", region_label=f"S{r}"
        )
        for r, recipe in ((3, Recipe()), (4, Recipe(counts_factor=2.0)), (5, Recipe()))
    ]
    one_by_one, at_once = filled(row("Jy", wcs=wcs())), filled(row("Jy", wcs=wcs()))
    for m in several:
        one_by_one.append(m.values)
    columns = {name: [m.values[name] for m in several] for name in several[0].values}
    columns["xcentroid"] = u.Quantity(columns["xcentroid"])
    columns["sky_centroid"] = SkyCoord(columns["sky_centroid"])
    columns["timestamp"] = Time(columns["timestamp"])
    columns["fwhm"] = np.array([value.value for value in columns["fwhm"]]) * u.pix
    columns["data_label"] = "a"
    assert at_once.extend(columns, 3) == ""
    expected, found = one_by_one.table(), at_once.table()
    assert found.colnames == expected.colnames
    for name in found.colnames:
        if name not in ("sky_centroid", "sky_center", "timestamp"):
            first = 1 if name == "seal" else 0  # that of the first rows is of their own times
            ours, theirs = ([str(value) for value in table[name][first:]] for table in (found, expected))
            assert ours == theirs, name
    assert (found["timestamp"][1:] == expected["timestamp"][1:]).all()
    assert found["sky_centroid"].ra.deg.tolist() == expected["sky_centroid"].ra.deg.tolist()


def test_sorting_puts_numbers_by_size_texts_as_people_count_and_the_undefined_last():
    results = Results()
    names = ["Subset 10", "Subset 9", "subset 1", None]
    sums = [2.0, 3000.0, np.nan, 1.0]
    for name, value in zip(names, sums, strict=True):
        results.append({"id": 1, "subset_label": name, "sum": value * u.mJy})
    results.append({"id": 1, "subset_label": "b", "sum": 1.0 * u.Jy})
    assert results.order("sum") == [3, 0, 4, 1, 2]
    assert results.order("sum", descending=True) == [1, 4, 0, 3, 2]
    assert results.order("subset_label") == [4, 2, 1, 0, 3]
    assert results.order("id", descending=True) == [4, 3, 2, 1, 0]
    assert results.order("no such column") == [0, 1, 2, 3, 4]


def test_what_cannot_be_compared_is_sorted_table_by_table():
    results = filled(
        row("Jy"), row("ct", Recipe(background=50 * u.ct)), row("ct", Recipe(background=-9 * u.ct))
    )
    assert len(results.tables) == 2
    assert results.order("sum") == [0, 1, 2]
    assert results.order("sum", descending=True) == [0, 2, 1]
    assert results.order("timestamp", descending=True) == [2, 1, 0]


def test_two_rows_at_once_are_refused():
    with pytest.raises(InputError, match="2 rows"):
        Results().append(filled(row(), row()).table())


@given(st.lists(st.sampled_from(["Jy", "mJy", "ct", None, "MJy/sr"]), max_size=12))
@settings(derandomize=True, max_examples=50, deadline=None)
def test_no_row_is_ever_lost_and_no_unit_stripped(units):
    results = filled(*(ROWS[unit] for unit in units))
    assert sum(len(table) for table in results.tables) == len(results) == len(units)
    for unit, one in zip(units, results, strict=True):
        original = ROWS[unit]["sum"][0]
        if unit is None:
            assert one["sum"] == original
        else:
            assert one["sum"].to_value(original.unit) == pytest.approx(original.value, rel=1e-12)


ROWS = {unit: row(unit) for unit in ("Jy", "mJy", "ct", None, "MJy/sr")}


def test_the_hundredth_append_costs_what_the_first_does():
    values = measure(image(DATA, unit="Jy"), circle()).values
    results = Results()

    def cost():
        start = time.perf_counter()
        for _ in range(100):
            results.append(values)
        return time.perf_counter() - start

    cost()
    early = min(cost() for _ in range(3))
    for _ in range(10):
        cost()
    assert min(cost() for _ in range(3)) < 3 * early


def everything():
    full = Recipe(pixel_area=0.01, counts_factor=2.0, flux_scaling=3631 * u.Jy, background=circle(50, 50, 9))
    return filled(row("MJy/sr", full, wcs=wcs()), row("MJy/sr", Recipe(pixel_area=0.01)))


def test_ecsv_brings_back_coordinates_times_units_and_masks(tmp_path):
    results = everything()
    results.write(tmp_path / "table.ecsv")
    table, back = results.table(), QTable.read(tmp_path / "table.ecsv")
    assert back.colnames == table.colnames
    for name in set(COLUMNS + EXTRA_COLUMNS) - {"sky_centroid", "sky_center", "timestamp"}:
        ours, theirs = table[name], back[name]
        assert getattr(ours, "unit", None) == getattr(theirs, "unit", None), name
        masks = [np.broadcast_to(getattr(column, "mask", False), 2).tolist() for column in (ours, theirs)]
        assert masks[0] == masks[1], name
        assert str(ours[0]) == str(theirs[0]), name
        if isinstance(ours, u.Quantity) and not masks[0][0]:
            assert np.array_equal(ours[0].value, theirs[0].value, equal_nan=True), name
    assert (back["timestamp"] == table["timestamp"]).all()
    assert back["sky_centroid"][0].ra == table["sky_centroid"][0].ra
    assert back["sky_centroid"].mask.tolist() == [False, True]


@pytest.mark.parametrize("ending", [".ecsv", ".fits", ".vot", ".csv"])
@pytest.mark.parametrize("frame", ["icrs", "galactic", "fk5"])
def test_a_table_read_back_is_the_table_that_was_written(tmp_path, ending, frame):
    table = everything().table()
    table["sky_center"] = SkyCoord(table["sky_center"].unmasked.transform_to(frame))
    table["subset_label"] = ["Subset 1", '\u03b1 Cen, "A"']
    table.meta.update(observer="me", depth=3)
    write_table(table, tmp_path / f"t{ending}")
    back = read_table(tmp_path / f"t{ending}")
    assert back.colnames == table.colnames
    if ending != ".csv":
        assert {name.lower(): value for name, value in back.meta.items()} == {"observer": "me", "depth": 3}
    lossy = ending == ".csv" and frame == "fk5"
    assert ("read back as ICRS" in not_kept(f"t{ending}")) == (ending == ".csv")
    for name in table.colnames:
        ours, theirs = table[name], back[name]
        masks = [np.broadcast_to(getattr(one, "mask", False), 2).tolist() for one in (ours, theirs)]
        assert masks[0] == masks[1], name
        if isinstance(ours, SkyCoord):
            assert isinstance(theirs, SkyCoord)
            assert lossy or theirs.frame.is_equivalent_frame(ours.frame), name
            kept = ~np.array(masks[0])
            assert (ours.spherical.lon[kept] == theirs.spherical.lon[kept]).all(), name
        elif isinstance(ours, Time):
            assert (ours == theirs).all()
            assert theirs.scale == ours.scale
        else:
            assert getattr(ours, "unit", None) == getattr(theirs, "unit", None), name
            assert type(theirs).__name__.startswith("Masked") == type(ours).__name__.startswith("Masked"), (
                name
            )
            plain = [np.ma.filled(getattr(one, "unmasked", one), 0) for one in (ours, theirs)]
            kept = ~np.array(masks[0])
            same = [getattr(one, "value", one)[kept].tolist() for one in plain]
            assert (
                same[0] == pytest.approx(same[1], rel=0, nan_ok=True)
                if ours.dtype.kind == "f"
                else (same[0] == same[1])
            ), name


@pytest.mark.parametrize("ending", [".ecsv", ".fits", ".vot", ".csv"])
def test_rows_of_a_file_are_verified_as_those_in_memory(tmp_path, ending):
    results = everything()
    results.write(tmp_path / f"t{ending}")
    back = read_table(tmp_path / f"t{ending}")
    img = image(DATA, unit="MJy/sr", wcs=wcs())
    same, other = verify(back, lambda _: img)
    assert same.same, same
    assert other.what == ("WCS",), other  # the second row was measured on an image without one
    back["sum"][0] *= 1 + 1e-6
    assert verify(back, lambda _: img)[0].what == ("the table itself",)


def test_a_file_that_is_no_table_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(MissingFileError, match="no table"):
        read_table(tmp_path / "t.ecsv")
    for ending in (".ecsv", ".fits", ".vot"):
        (tmp_path / f"t{ending}").write_text("rubbish, rubbish\n1")
        with pytest.raises(ReadError, match="cannot be read as a table"):
            read_table(tmp_path / f"t{ending}")
    with pytest.raises(InputError, match="no known table extension"):
        read_table(tmp_path / "t.txt")


@pytest.mark.parametrize(("name", "kind"), [("t.fits", "fits"), ("t.vot", "votable"), ("t.csv", "ascii.csv")])
def test_other_formats_hold_the_numbers(tmp_path, name, kind):
    results = everything()
    results.write(tmp_path / name)
    back = Table.read(tmp_path / name, format=kind)
    column = "sum [MJy]" if kind == "ascii.csv" else "sum"
    assert back[column].tolist() == results.table()["sum"].value.tolist()
    assert len(back) == 2
    assert back["data_label"].tolist() == ["a", "a"]


def test_csv_has_coordinates_in_two_columns_and_units_in_the_header(tmp_path):
    everything().write(tmp_path / "t.csv")
    header = (tmp_path / "t.csv").read_text().splitlines()[0].split(",")
    assert {
        "sky_centroid.ra [deg]",
        "sky_centroid.dec [deg]",
        "xcentroid [pix]",
        "background [MJy / sr]",
    } <= set(header)


def test_an_existing_file_is_only_overwritten_on_purpose(tmp_path):
    results = filled(row())
    results.write(tmp_path / "t.ecsv")
    with pytest.raises(InputError, match="exists already"):
        results.write(tmp_path / "t.ecsv")
    results.append(row())
    results.write(tmp_path / "t.ecsv", overwrite=True)
    assert len(QTable.read(tmp_path / "t.ecsv")) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["t.ecsv"]


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    results = filled(row())
    results.write(tmp_path / "t.ecsv")
    before = (tmp_path / "t.ecsv").read_bytes()

    def full(*args, **keywords):
        raise OSError("No space left on device")

    monkeypatch.setattr(QTable, "write", full)
    with pytest.raises(InputError, match="cannot be written: No space"):
        results.write(tmp_path / "t.ecsv", overwrite=True)
    assert (tmp_path / "t.ecsv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["t.ecsv"]


def test_what_cannot_be_written_is_refused(tmp_path):
    results = filled(row())
    with pytest.raises(InputError, match=r"\.ecsv, \.csv, \.fits, \.vot"):
        results.write(tmp_path / "t.xlsx")
    with pytest.raises(MissingFileError, match="does not exist"):
        results.write(tmp_path / "nowhere" / "t.ecsv")
    with pytest.raises(InputError, match="measure something first"):
        Results().write(tmp_path / "t.ecsv")
