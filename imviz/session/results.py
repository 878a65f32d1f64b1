"""What was measured in a document, and every change of its rows as a step of the history.

Rows are added one by one or many at once, taken out and forgotten; each can be undone. Measuring is
`imviz.science`'s, the rows themselves are `imviz.science.results.table`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.science.results.program import measuring, measuring_many
from imviz.science.results.table import Results, row_values
from imviz.session.history import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from astropy.table import QTable

    from imviz.science.results.table import Part
    from imviz.session.interface import Document

__all__ = ["ResultCommands"]


class ResultCommands:
    """Changes of a document's rows.

    Parameters
    ----------
    document : Document
        Whose history they join, and whose `n_rows` tells of them.

    Attributes
    ----------
    results : imviz.science.results.table.Results
        Every row measured so far and not deleted.
    """

    def __init__(self, document: Document) -> None:
        self._document, self.results = document, Results()

    def add_row(self, row: QTable | Mapping[str, Any]) -> str:
        """Add a row or its values to the results. Returns a sentence if a new table was begun, else ''."""
        values = row_values(row)
        region, image = (str(values.get(name) or "") for name in ("subset_label", "data_label"))
        add, code = lambda: self.results.append(values), lambda: measuring(values)
        return self._grow(f"Measure {region}".strip(), add, image, code)

    def add_rows(self, columns: Mapping[str, Any], n: int) -> str:
        """Add many rows at once, by column, as one change: see `Results.extend`."""
        image, code = _text(columns, "data_label"), lambda: measuring_many(columns, n)
        return self._grow(f"Measure {n} regions", lambda: self.results.extend(columns, n), image, code)

    def remove_rows(self, rows: Iterable[int]) -> None:
        """Delete rows as one change: by position in all of them, as ``session.results[position]``.

        Raises
        ------
        InputError
            If one of them is not there; then none is deleted.
        """
        with self._document.lock:
            gone, before = sorted(set(rows)), self.results.shown()
            if not gone:
                return

            def remove() -> None:
                self.results.remove(gone)
                self._count()

            def put_back() -> None:
                self.results.show(before)
                self._count()

            title = "Delete a row" if len(gone) == 1 else f"Delete {len(gone)} rows"
            self._document.history.do(Step(title, remove, put_back, lambda: f"session.remove_rows({gone})"))

    def clear_results(self) -> None:
        """Forget all rows."""
        with self._document.lock:
            mark = self.results.mark()

            def clear() -> None:
                self.results.clear()
                self._count()

            self._document.history.do(
                Step("Clear results", clear, lambda: self._rewind(mark), lambda: "session.clear_results()")
            )

    def replace_results(self, parts: Iterable[Part], next_id: int, models: Mapping[str, Any]) -> None:
        """Have other tables and models instead of all these, as one change."""
        fitted = self._document.fitted_models
        with self._document.lock:
            mark, before, tables = self.results.mark(), dict(fitted), self.results.made(parts)

            def have(which: Mapping[str, Any]) -> None:
                fitted.clear()
                fitted.update(which)
                self._count()

            def there() -> None:
                self.results.adopt(tables, next_id)
                have(models)

            def back() -> None:
                self.results.rewind(mark)
                have(before)

            self._document.history.do(Step("Replace results", there, back, lambda: ""))

    def _grow(self, title: str, add: Any, image: str, code: Callable[[], str]) -> str:
        with self._document.lock:
            mark, notes = self.results.mark(), []

            def redo() -> None:
                notes.append(add())
                self._count()

            step = Step(title, redo, lambda: self._rewind(mark), code, image=image)
            self._document.history.do(step)
            return str(notes[0])

    def _rewind(self, mark: Any) -> None:
        self.results.rewind(mark)
        self._count()

    def _count(self) -> None:
        self._document.n_rows = len(self.results)


def _text(columns: Mapping[str, Any], name: str) -> str:
    """The one text that a column has in all its rows; '' where it has several, or is not there."""
    value = columns.get(name) or ""
    several = {value} if isinstance(value, str) else {str(one) for one in value}
    return several.pop() if len(several) == 1 else ""
