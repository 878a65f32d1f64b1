"""A long table in the browser: only a page of it is there, whatever its length."""

from imviz.errors import InputError
from imviz.shell.table import PAGE, WIDE_PAGE, Table


class Rows:
    columns = ("id", "name", "sum")

    def __init__(self, n_rows):
        self.n_rows = n_rows
        self.asked = []

    def rows(self, start, stop):
        self.asked.append((start, stop))
        return [{"id": str(n), "name": f"star {n}", "sum": f"{n}.5 MJy"} for n in range(start, stop)]


def ask(table, name, data=None):
    table._handle_event(table, {"event": name, "data": data}, [])


def ids(table):
    return [int(row[0]) for row in table.rows]


def test_only_the_last_page_travels():
    rows = Rows(100_000)
    table = Table(rows)
    assert rows.asked == [(100_000 - PAGE, 100_000)]
    assert ids(table) == list(range(100_000 - PAGE, 100_000))
    assert table.n_rows == 100_000


def test_a_row_more_costs_a_page_and_no_more():
    table, more = Table(Rows(1000)), Rows(1001)
    table.show(more)
    [(start, stop)] = more.asked
    assert stop - start <= PAGE
    assert ids(table)[-1] == 1000


def test_pages_are_turned_and_end_at_both_ends():
    table = Table(Rows(2 * PAGE + 1))
    assert ids(table) == [2 * PAGE]
    ask(table, "turn", -1)
    assert ids(table) == list(range(PAGE, 2 * PAGE))
    for _ in range(3):
        ask(table, "turn", -1)
    assert ids(table) == list(range(PAGE))
    for _ in range(5):
        ask(table, "turn", 1)
    assert ids(table) == [2 * PAGE]


def test_an_empty_table_has_no_rows_and_no_page():
    table = Table(Rows(0))
    assert (table.n_rows, table.first, table.last, table.rows) == (0, 0, 0, [])


def test_a_wide_table_shows_more_rows_and_the_same_ones():
    table = Table(Rows(50))
    ask(table, "turn", -2)
    first = table.first
    ask(table, "widen")
    assert len(table.rows) == WIDE_PAGE
    assert first in ids(table)


def test_numbers_with_units_align_right_and_names_left():
    assert Table(Rows(3)).numeric == [True, False, True]


def test_saving_writes_once_and_says_so():
    saved = []
    table = Table(Rows(3), export=saved.append)
    ask(table, "ask")
    ask(table, "save", "stars.ecsv")
    assert saved == ["stars.ecsv"]
    assert table.note == "Saved 3 rows to stars.ecsv."
    assert not table.exporting


def test_a_refused_save_is_told_and_not_called_saved():
    def refuse(path):
        raise InputError(f"{path} exists.")

    table = Table(Rows(3), export=refuse)
    ask(table, "save", "stars.ecsv")
    assert table.problem == "stars.ecsv exists."
    assert table.note == ""


def test_without_an_exporter_nothing_is_offered():
    table = Table(Rows(3))
    assert not table.exportable
    assert not table.clearable


class Chosen(Rows):
    """Rows of which some are selected."""

    title = "Sources"

    def __init__(self, n):
        super().__init__(n)
        self.selected, self.focus, self.heard = frozenset({1, 12}), 12, []

    def choose(self, row, more):
        self.heard.append((row, more))


def test_rows_that_can_be_chosen_say_so_and_the_one_in_focus_is_shown():
    rows = Chosen(5 * PAGE)
    table = Table(rows)
    assert (table.title, table.selectable) == ("Sources", True)
    assert table.first <= 12 < table.last
    assert [table.first + n for n, on in enumerate(table.selected) if on] == [12]
    table.vue_choose({"row": table.first + 2, "more": True})
    assert rows.heard == [(table.first + 2, True)]
    table.vue_turn(-1)
    table.vue_choose({"row": 12, "more": False})  # of a page that has been turned meanwhile
    assert rows.heard[-1] == (12, False)
    table.vue_turn(1)
    table.vue_turn(1)
    rows.focus = None
    first = table.first
    table.show(rows)
    assert table.first == first  # the page stays where the reader is


class Sorted(Chosen):
    """Rows that can be sorted."""

    sorted_by, descending = "", False

    def sort(self, column):
        self.sorted_by, self.descending, self.focus = column, column == self.sorted_by, 0


def test_a_click_on_a_column_sorts_and_shows_the_first_page():
    table = Table(Sorted(5 * PAGE))
    assert table.sortable
    ask(table, "sort", "sum")
    assert (table.sorted_by, table.descending, table.first) == ("sum", False, 0)
    ask(table, "sort", "sum")
    assert (table.sorted_by, table.descending) == ("sum", True)
    assert not Table(Rows(3)).sortable


def test_selected_rows_are_deleted_and_without_one_nothing_is():
    deleted = []
    rows = Chosen(5 * PAGE)
    table = Table(rows, remove=lambda: deleted.append(rows.selected))
    assert (table.removable, table.n_selected) == (True, 2)
    ask(table, "remove")
    assert deleted == [{1, 12}]
    rows.selected = frozenset()
    table.show(rows)
    ask(table, "remove")
    assert len(deleted) == 1


def test_all_rows_go_only_when_it_was_asked():
    gone = []
    table = Table(Rows(3), clear=lambda: gone.append(True))
    table.vue_ask_to_clear(None)
    assert table.clearing
    table.vue_ask_to_clear(None)
    assert not table.clearing
    assert gone == []
    table.vue_ask_to_clear(None)
    table.vue_clear(None)
    assert gone == [True]
    assert not table.clearing
