"""The rows measured so far, as Aperture Photometry shows them: sorted, selected with their regions, deleted.

A row and its region are selected together: choosing a row selects the region it was measured in, selecting
a region highlights the newest row of it on each image. Where that region is gone or elsewhere by now, the
aperture as it was measured is outlined. What is done to rows is the session's, so it can be undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.errors import InputError
from imviz.plugin import Guide, action
from imviz.science.regions.text import to_ds9
from imviz.science.results.photutils_script import as_python
from imviz.science.results.receipts import Verdict, methods_paragraph, region_of_row, verify
from imviz.science.results.reports import RowPages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from astropy.table import QTable

    from imviz.plugins.aperture_photometry.fields import PhotometryFields
    from imviz.session import Session

__all__ = ["MeasuredRows", "Rows"]

OUTLINED = 100
"""Rows whose apertures are outlined at a time."""


class MeasuredRows:
    """All rows as texts, in the order asked for, and which of them are selected.

    ``selected``, ``focus`` and what `choose` takes are places as shown; ``chosen`` are positions in the
    session's results.
    """

    columns = RowPages.columns

    def __init__(self, session: Session, hear: Callable[[frozenset[int]], None]) -> None:
        self._session, self._hear, self._results = session, hear, session.results
        self._pages = RowPages(session.results, self.position)
        self._order: list[int] | None = None
        self.sorted_by, self.descending = "", False
        self.chosen: frozenset[int] = frozenset()
        self.focus: int | None = None

    @property
    def selected(self) -> frozenset[int]:
        """The places of the selected rows."""
        if self._order is None or not self.chosen:
            return self.chosen
        return frozenset(place for place, row in enumerate(self._order) if row in self.chosen)

    @property
    def n_rows(self) -> int:
        """How many rows there are, over all tables."""
        return self._pages.n_rows

    def rows(self, start: int, stop: int) -> list[dict[str, str]]:
        """The rows at places ``start`` to ``stop`` (excluded), each a text per column."""
        return self._pages.rows(start, stop)

    def __len__(self) -> int:
        return self.n_rows

    def select_rows(self, rows: int | slice | Iterable[int]) -> None:
        """Select rows, by their places as shown, and no others."""
        places = range(self.n_rows)
        wanted = places[rows] if isinstance(rows, slice) else [rows] if isinstance(rows, int) else list(rows)
        wrong = [row for row in wanted if not -self.n_rows <= row < self.n_rows]
        if wrong:
            raise InputError(f"There is no row {wrong[0]}; the table has {self.n_rows}, numbered from 0.")
        self._hear(frozenset(self.position(places[row]) for row in wanted))

    @property
    def selected_rows(self) -> list[dict[str, Any]]:
        """The values of the selected rows."""
        return [dict(self._results[row]) for row in sorted(self.chosen)]

    def choose(self, row: int, more: bool) -> None:
        """Select the row at a place; with `more`, add it to those selected, or take it out if it was."""
        position = self.position(row)
        self._hear(self.chosen ^ {position} if more else frozenset({position}))

    def sort(self, column: str) -> None:
        """Sort by a column; asked again from the largest, and once more: as they were measured."""
        if column not in self.columns:
            raise InputError(f"The table has no column {column!r}; it has: {', '.join(self.columns)}."[:240])
        again = column == self.sorted_by
        self.sorted_by = "" if again and self.descending else column
        self.descending = again and not self.descending
        self.arrange()
        self.focus = 0

    def arrange(self) -> None:
        """Put all rows in order, as after rows have come or gone."""
        ordered = bool(self.sorted_by)
        self._order = self._results.order(self.sorted_by, self.descending) if ordered else None

    def look_at(self, position: int | None) -> None:
        """Bring a row to view; `None` leaves the page as it is."""
        self.focus = position if self._order is None or position is None else self._order.index(position)

    def export_table(self, filename: str | None = None, overwrite: bool = False) -> QTable | None:
        """The table so far (a copy), also written to `filename` (.ecsv, .csv, .fits, .vot)."""
        if filename is not None:
            self._results.write(filename, overwrite=overwrite)
        return self._results.table()

    def clear_table(self) -> None:
        """Forget all rows measured so far."""
        self._session.clear_results()

    def position(self, place: int) -> int:
        """Which of the session's rows is shown at a place."""
        return place if self._order is None else self._order[place]


class Rows:
    """The table under the form: what can be done with rows that are there.

    Parameters
    ----------
    fields : PhotometryFields
        The panel that shows the table.
    session : Session
        Whose rows they are.
    redraw : callable
        Called when other apertures are to be outlined; `outlines` are those.
    """

    def __init__(self, fields: PhotometryFields, session: Session, redraw: Callable[[], None]) -> None:
        self._fields, self._session, self._redraw = fields, session, redraw
        self._rows = MeasuredRows(session, self._choose)
        self._choosing = False
        self._n_rows = session.n_rows
        fields.table = self._rows
        session.add_callback("n_rows", self._follow_rows)
        session.add_callback("selected_regions", self._follow_regions)

    @action
    def clear_table(self) -> None:
        """Forget all rows measured so far."""
        self._session.clear_results()

    @action
    def remove_table(self) -> None:
        """Delete the selected rows."""
        self.remove_rows()

    @property
    def selected_rows(self) -> tuple[int, ...]:
        """Positions of the selected rows, over all tables."""
        return tuple(sorted(self._rows.chosen))

    def select_rows(self, rows: int | Iterable[int]) -> None:
        """Select rows by position over all tables (-1 is the last), and the regions they are of."""
        n = len(self._session.results)
        wanted = [rows] if isinstance(rows, int) else list(rows)
        wrong = [row for row in wanted if not -n <= row < n]
        if wrong:
            raise InputError(f"There is no row {wrong[0]}; {n} are measured, numbered from 0.")
        self._choose(frozenset(row % n for row in wanted))
        self._rows.look_at(wanted[-1] % n if wanted else None)
        self._fields.table = self._rows

    def remove_rows(self, rows: Sequence[int] | None = None) -> None:
        """Delete rows, by position over all tables; default: those selected. It can be undone."""
        gone = self.selected_rows if rows is None else rows
        if not gone:
            raise InputError("No row is selected; click one in the table first.")
        self._session.remove_rows(gone)

    def sort_rows(self, column: str = "", descending: bool = False) -> None:
        """Sort the table shown by a column; without one: as they were measured."""
        shown = self._rows
        if column:
            shown.sorted_by = ""
            shown.sort(column)
        shown.sorted_by, shown.descending = column, descending
        shown.arrange()
        self._fields.table = shown

    def export_table(self, filename: str | None = None, overwrite: bool = False) -> QTable | None:
        """The table so far (a copy), also written to `filename` (.ecsv, .csv, .fits, .vot)."""
        return self._rows.export_table(filename, overwrite)

    @property
    def tables(self) -> list[QTable]:
        """All tables of the session, oldest first; a new one begins when a row's units do not fit."""
        return self._session.results.tables

    @action
    def write_python(self) -> None:
        """Show the last row as a short photutils script."""
        self._fields.receipt = self.as_python()

    @action
    def write_methods(self) -> None:
        """Show the last row as a paragraph for a paper."""
        self._fields.receipt = self.methods_paragraph()

    def as_python(self, row: int = -1) -> str:
        """A row (default: the last) as a short photutils script that gives the same numbers."""
        values = self._row(row)
        data = self._session.image(str(values["data_label"]))
        return as_python(values, data.unit)

    def methods_paragraph(self, row: int = -1) -> str:
        """What was done for a row (default: the last), as a paper would say it."""
        return methods_paragraph(self._row(row))

    def verify(self, table: QTable | None = None) -> list[Verdict]:
        """Measure every row of a table (default: the session's) again and say what changed."""
        table = self._session.results.table() if table is None else table
        return [] if table is None else verify(table, self._session.image, self._session.images)

    def _row(self, index: int) -> dict[str, Any]:
        if not len(self._session.results):
            raise InputError("There is no row yet; measure something first.")
        return self._session.results[index]

    # ---- inside

    def _choose(self, chosen: frozenset[int]) -> None:
        """Select rows, and the regions they were measured in, of those that are there."""
        self._rows.chosen = chosen
        self._rows.look_at(None)
        last = [self._session.results[row] for row in sorted(chosen)[-OUTLINED:]]
        labels = dict.fromkeys(str(row["subset_label"]) for row in last)
        self._choosing = True
        try:
            self._session.select(label for label in labels if label in self._session.regions)
        finally:
            self._choosing = False
        if last and last[-1]["data_label"] in self._session.images:
            self._fields.dataset = last[-1]["data_label"]
        self._fields.table = self._rows
        self._redraw()

    def _follow_regions(self, _: Any) -> None:
        """Select the newest rows of the selected regions."""
        newest = frozenset() if self._choosing else self._newest()
        if not self._choosing and newest != self._rows.chosen:
            self._rows.chosen = newest
            self._rows.look_at(max(newest, default=None))
            self._fields.table = self._rows
            self._redraw()

    def _newest(self) -> frozenset[int]:
        """The newest row, on each image, of each selected region."""
        wanted = set(self._session.selected_regions)
        if not wanted:
            return frozenset()
        regions, images = (self._session.results.labels(name) for name in ("subset_label", "data_label"))
        pairs = enumerate(zip(regions, images, strict=True))
        return frozenset({pair: row for row, pair in pairs if pair[0] in wanted}.values())

    def _follow_rows(self, n_rows: int) -> None:
        """Show rows that came, at the newest; keep the page where rows were taken out."""
        grown = n_rows > self._n_rows
        self._n_rows = n_rows
        self._rows.arrange()
        self._rows.chosen = self._newest() if grown else frozenset()
        self._rows.look_at(n_rows - 1 if grown else None)
        self._fields.table = self._rows
        self._redraw()

    def outlines(self) -> tuple[Guide, ...]:
        """Apertures of selected rows that no region shows."""
        chosen = sorted(self._rows.chosen)[-OUTLINED:] if self._fields.active else []
        shapes = (self._outline(self._session.results[row]) for row in chosen)
        return tuple(shape for shape in shapes if shape is not None)

    def _outline(self, row: dict[str, Any]) -> Guide | None:
        """The aperture of a row as it was measured, unless its region is still there."""
        image, label = str(row["data_label"]), str(row["subset_label"])
        if image not in self._session.images:
            return None
        if label in self._session.regions:
            try:
                if to_ds9(self._session.region(label, on=image)) == row["aperture"]:
                    return None
            except InputError:  # no longer on this image, but the aperture was
                pass
        return Guide(image, region_of_row(row), "aperture")
