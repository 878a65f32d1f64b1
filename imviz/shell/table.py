"""A table of any length of which only the visible page is in the browser.

The rows come as text from a `imviz.plugin.Pages`; so adding row n costs the same as adding row 1.
Numbers are not formatted here: whoever provides the pages knows their units and digits.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Bool, Int, List, Unicode

from imviz.science.results.files import not_kept
from imviz.science.user_paths import user_path
from imviz.shell.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.plugin import Pages

__all__ = ["PAGE", "WIDE_PAGE", "Table"]

PAGE, WIDE_PAGE = 8, 12


class Table(Part):
    """Pages of rows, newest page first shown, inline or as a wide sheet over the viewers.

    Pages that know of a selection (``selected``, and ``choose(row, more)``) have rows that can be chosen; a
    row in their ``focus`` is brought to view. Pages that can be sorted (``sort(column)``, ``sorted_by``,
    ``descending``) are by a click on a column's name.

    Parameters
    ----------
    pages : Pages
        Where the rows come from; with a ``title``, that is what stands over them.
    export : callable, optional
        Writes the whole table to the file whose name it is given.
    clear : callable, optional
        Forgets all rows.
    remove : callable, optional
        Deletes the selected rows.
    """

    title = Unicode("Measurements").tag(sync=True)
    selectable = Bool().tag(sync=True)
    selected = List(Bool()).tag(sync=True)
    n_selected = Int().tag(sync=True)
    sortable = Bool().tag(sync=True)
    sorted_by = Unicode().tag(sync=True)
    descending = Bool().tag(sync=True)
    removable = Bool().tag(sync=True)
    columns = List(Unicode()).tag(sync=True)
    numeric = List(Bool()).tag(sync=True)
    rows = List(List(Unicode())).tag(sync=True)
    n_rows = Int().tag(sync=True)
    first = Int().tag(sync=True)
    last = Int().tag(sync=True)
    wide = Bool().tag(sync=True)
    exportable = Bool().tag(sync=True)
    clearable = Bool().tag(sync=True)
    exporting = Bool().tag(sync=True)
    clearing = Bool(help="Whether it is asked if all rows are to go.").tag(sync=True)
    path = Unicode("photometry.ecsv").tag(sync=True)
    note = Unicode().tag(sync=True)
    problem = Unicode().tag(sync=True)

    def __init__(
        self,
        pages: Pages,
        export: Callable[[str], Any] | None = None,
        clear: Callable[[], Any] | None = None,
        remove: Callable[[], Any] | None = None,
    ) -> None:
        self._pages, self._export, self._clear, self._remove = pages, export, clear, remove
        offered = {"exportable": export, "clearable": clear, "removable": remove}
        given: dict[str, Any] = {name: how is not None for name, how in offered.items()}
        title = getattr(pages, "title", "")
        if title:
            given["path"] = f"{title.lower()}.ecsv"
        super().__init__(Path(__file__).with_suffix(".vue"), self._say, **given)
        self.show(pages)

    @property
    def page(self) -> int:
        """Number of rows on a page."""
        return WIDE_PAGE if self.wide else PAGE

    def show(self, pages: Pages) -> None:
        """Show the last page of these rows; of rows with a selection the page of the one in focus, if any."""
        self._pages = pages
        self.title = getattr(pages, "title", "Measurements")
        focus = getattr(pages, "focus", max(0, pages.n_rows - 1))
        self._turn_to(self.first if focus is None else focus)

    def vue_choose(self, choice: dict[str, Any]) -> None:
        """Choose a row, ``{row, more}``, counted from the first of all: the page may have turned."""
        choose = getattr(self._pages, "choose", None)
        if choose is not None:
            choose(int(choice["row"]), more=bool(choice["more"]))

    def vue_sort(self, column: str) -> None:
        """Sort by a column, or the other way round, or no more."""
        sort = getattr(self._pages, "sort", None)
        if sort is not None:
            sort(str(column))
            self.show(self._pages)

    def vue_remove(self, _: Any) -> None:
        """Delete the selected rows."""
        self.note = self.problem = ""
        if self._remove is not None and self.n_selected:
            self._remove()

    def vue_turn(self, pages: int) -> None:
        """Turn by so many pages, back if negative."""
        self._turn_to(self.first + pages * self.page)

    def vue_widen(self, _: Any) -> None:
        """Open as a sheet over the viewers, or go back into the panel."""
        self.wide = not self.wide
        self._turn_to(self.first)

    def vue_ask(self, _: Any) -> None:
        """Ask for a file name, or stop asking."""
        self.exporting, self.note, self.problem = not self.exporting, "", ""

    def vue_save(self, path: str) -> None:
        """Write the whole table to `path`."""
        self.note = self.problem = ""
        if self._export is not None:
            path = str(user_path(path))
            self._export(path)
            self.path, self.exporting = path, False
            saved = f"Saved {self.n_rows} row{'s' * (self.n_rows != 1)} to {path}."
            self.note = f"{saved} {not_kept(path)}".rstrip()

    def vue_ask_to_clear(self, _: Any) -> None:
        """Ask whether all rows are to go, or keep them."""
        self.clearing, self.note, self.problem = not self.clearing, "", ""

    def vue_clear(self, _: Any) -> None:
        """Forget all rows: it has been asked."""
        self.clearing, self.note, self.problem = False, "", ""
        if self._clear is not None:
            self._clear()

    def _say(self, text: str, _: str) -> None:
        """Say what went wrong here, where the button is."""
        self.problem = text

    def _turn_to(self, row: int) -> None:
        """Show the page that `row` is on."""
        n_rows = self._pages.n_rows
        first = min(max(0, row), max(0, n_rows - 1)) // self.page * self.page
        columns = [str(column) for column in self._pages.columns]
        rows = [
            [row.get(name, "") for name in columns]
            for row in self._pages.rows(first, min(first + self.page, n_rows))
        ]
        marked = getattr(self._pages, "selected", None)
        with self.hold_sync():
            self.selectable = marked is not None
            self.selected = [row in (marked or ()) for row in range(first, first + len(rows))]
            self.n_selected = len(marked or ())
            self.sortable = hasattr(self._pages, "sort")
            self.sorted_by = getattr(self._pages, "sorted_by", "")
            self.descending = getattr(self._pages, "descending", False)
            self.n_rows, self.first, self.last = n_rows, first, first + len(rows)
            self.columns, self.rows = columns, rows
            self.numeric = [all(_is_number(row[index]) for row in rows) for index in range(len(columns))]


def _is_number(text: str) -> bool:
    """Whether a cell is a number, with or without a unit behind it; an empty one does not count against."""
    try:
        float((text.split() or ["0"])[0])
    except ValueError:
        return text == "—"
    return True
