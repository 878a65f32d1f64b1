"""What was measured in a document: its rows and fitted models, and every change of the rows as a step.

The floor of `Session` that is about results. Rows are added one by one or many at once, taken out and
forgotten; each can be undone. Measuring is `imviz.science`'s, the rows themselves are
`imviz.science.results.table`'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import HasCallbackProperties

from imviz.science.results.table import Results
from imviz.session.history import Step
from imviz.session.news import News

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from threading import RLock

    from astropy.table import QTable

    from imviz.session.history import History

__all__ = ["Measured"]


class Measured(HasCallbackProperties):
    """The results of a document.

    Attributes
    ----------
    results : imviz.science.results.table.Results
        Every row measured so far and not deleted.
    n_rows : int
        How many rows there are: changes with whatever is added or taken out.
    fitted_models : dict
        Name to astropy model, the last of each name.
    """

    history: History
    lock: RLock

    n_rows: Any = News(0, docstring="Number of rows measured so far, over all tables.")

    def __init__(self) -> None:
        super().__init__()
        self.results = Results()
        self.fitted_models: dict[str, Any] = {}

    def add_row(self, row: QTable | Mapping[str, Any]) -> str:
        """Add a row or its values to the results. Returns a sentence if a new table was begun, else ''."""
        return self._grow("Measure", lambda: self.results.append(row))

    def add_rows(self, columns: Mapping[str, Any], n: int) -> str:
        """Add many rows at once, by column, as one change: see `Results.extend`."""
        return self._grow(f"Measure {n} regions", lambda: self.results.extend(columns, n))

    def remove_rows(self, rows: Iterable[int]) -> None:
        """Delete rows as one change: by position in all of them, as ``session.results[position]``.

        Raises
        ------
        InputError
            If one of them is not there; then none is deleted.
        """
        with self.lock:
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
            self.history.do(Step(title, remove, put_back, lambda: f"session.remove_rows({gone})"))

    def clear_results(self) -> None:
        """Forget all rows."""
        with self.lock:
            mark = self.results.mark()

            def clear() -> None:
                self.results.clear()
                self._count()

            self.history.do(
                Step("Clear results", clear, lambda: self._rewind(mark), lambda: "session.clear_results()")
            )

    def _grow(self, title: str, add: Any) -> str:
        with self.lock:
            mark, notes = self.results.mark(), []

            def redo() -> None:
                notes.append(add())
                self._count()

            code = f"# {title.lower()}"
            self.history.do(Step(title, redo, lambda: self._rewind(mark), lambda: code))
            return str(notes[0])

    def _rewind(self, mark: Any) -> None:
        self.results.rewind(mark)
        self._count()

    def _count(self) -> None:
        self.n_rows = len(self.results)
