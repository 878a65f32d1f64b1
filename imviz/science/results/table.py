"""The rows measured in a session: kept by column, joined when they fit, never lost.

A row fits the newest table when each of its values can join its column without losing meaning: units
convert to the column's, `None` joins anything as a masked entry. A row that does not fit begins a new
table; the earlier ones stay. Appending costs the same for the first row as for the 100,000th; tables are
built when they are asked for. Rows can be taken out and come back; an id is given once. Columns are
`imviz.science.results.columns`', writing files is `imviz.science.results.files`'.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.table import QTable, Table

from imviz.errors import InputError
from imviz.science.results.columns import Column
from imviz.science.results.files import write_table
from imviz.science.results.seals import seal, seals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike

__all__ = ["Part", "Results", "row_values"]


class _Rows:
    """One table: columns of equal length, of which the rows ``alive`` are there.

    Rows are only ever appended, and hidden: so a row taken out can come back, and no id is given twice.
    """

    def __init__(self, first_id: int = 1) -> None:
        self.columns: dict[str, Column] = {}
        self.n, self.first_id = 0, first_id
        self.alive: list[int] = []

    def mismatch(self, row: Mapping[str, Any]) -> str:
        """The first column that ``row`` does not fit, with the reason; empty if it fits."""
        for name, value in row.items():
            reason = self.columns[name].mismatch(value) if name in self.columns else ""
            if reason:
                return f"{name} is {reason}"
        return ""

    def add(self, row: Mapping[str, Any]) -> None:
        self._know(row)
        own: dict[str, Any] = {"id": self.n + self.first_id}
        if row.get("recipe") is not None:
            own["seal"] = seal({**row, **own})
        for name, column in self.columns.items():
            column.add(own[name] if name in own else row.get(name))
        self._grow(1)

    def extend(self, columns: Mapping[str, Any], n: int) -> None:
        self._know(columns)
        own: dict[str, Any] = {"id": np.arange(self.n, self.n + n) + self.first_id}
        if columns.get("recipe") is not None:
            own["seal"] = seals({**columns, **own}, n)
        for name, column in self.columns.items():
            column.extend(own[name] if name in own else columns.get(name), n)
        self._grow(n)

    def rewind(self, n: int, n_alive: int, natures: Mapping[str, tuple[Any, ...]]) -> None:
        self.n = n
        del self.alive[n_alive:]
        self.columns = {name: column for name, column in self.columns.items() if name in natures}
        for name, column in self.columns.items():
            column.nature = natures[name]
            del column.values[n:]

    def values(self, index: int, names: Iterable[str] | None = None) -> dict[str, Any]:
        row, columns = self.alive[index], self.columns
        return {
            name: columns[name].value(row)
            for name in (columns if names is None else names)
            if name in columns
        }

    def take(self, columns: Mapping[str, Any], n: int, alive: list[int]) -> None:
        """Have ``n`` rows, those at ``alive`` with the values of some columns."""
        self.n, self.alive = n, list(alive)
        for name, values in columns.items():
            column = Column()
            column.extend(values, len(alive)) if alive else None
            kept = dict(zip(alive, column.values, strict=True))
            column.values = [kept.get(row) for row in range(n)]
            self.columns[name] = column

    def build(self) -> QTable:
        rows = None if len(self.alive) == self.n else self.alive
        return QTable({name: column.build(rows) for name, column in self.columns.items()}, copy=False)

    def _know(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self.columns:
                self.columns[name] = Column([None] * self.n)

    def _grow(self, n: int) -> None:
        self.alive.extend(range(self.n, self.n + n))
        self.n += n


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One table of results, whole: its rows, and where its ids stand.

    Attributes
    ----------
    first_id, n : int
        The id of its first row ever, and how many it has had; rows that were taken out keep their ids.
    alive : tuple of int
        Which of them are there.
    table : QTable
        Those.
    absent : mapping
        Column to the rows of `table` in which a text is not there, which a table cannot tell from an empty
        one.
    """

    first_id: int
    n: int
    alive: tuple[int, ...]
    table: QTable
    absent: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """The columns as `Results.extend` takes them: lists with None where they hold no value."""
        return {name: self._column(name) for name in self.table.colnames}

    def _column(self, name: str) -> Any:
        column = self.table[name]
        if getattr(column, "dtype", None) is not None and column.dtype.kind in "US":
            gone = set(self.absent.get(name, ()))
            texts = np.ma.filled(np.ma.asarray(column), "").tolist()
            return [None if n in gone else text for n, text in enumerate(texts)]
        mask = np.asarray(getattr(column, "mask", False))
        if getattr(getattr(column, "dtype", None), "kind", "") == "O" or mask.all():
            return [None] * len(self.table)
        if not mask.any():
            return getattr(column, "unmasked", column) if isinstance(column, u.Quantity) else column
        bare = column.unmasked if hasattr(column, "unmasked") else column
        return [
            None if absent else bare[n] for n, absent in enumerate(np.broadcast_to(mask, len(self.table)))
        ]


class Results:
    """All rows of a session, in one table or, where units do not fit, in several.

    ``len`` counts the rows of all tables; indexing and iterating give each as a dictionary of values by
    column, oldest first, without building a table.
    """

    def __init__(self) -> None:
        self._tables: list[_Rows] = []
        self._next_id = 1

    def __len__(self) -> int:
        return sum(len(rows.alive) for rows in self._tables)

    def __getitem__(self, index: int) -> dict[str, Any]:
        rows, position = self._find(index)
        return rows.values(position)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (rows.values(index) for rows in self._tables for index in range(len(rows.alive)))

    @property
    def last_id(self) -> int:
        """The id of the newest row in its table; 0 when there is none."""
        table = next((rows for rows in reversed(self._tables) if rows.alive), None)
        return table.first_id + table.alive[-1] if table else 0

    def append(self, row: QTable | Mapping[str, Any]) -> str:
        """Add the (only) row of a table, or a measurement's values; its id is `last_id` afterwards.

        Returns
        -------
        str
            Empty if the row joined the table; else why a new table was begun, in a sentence to show.
        """
        values = row_values(row)
        note = self._make_room(values)
        self._tables[-1].add(values)
        return note

    def extend(self, columns: Mapping[str, Any], n: int) -> str:
        """Add ``n`` rows by column, at the cost of the columns; returns as `append` does.

        Parameters
        ----------
        columns : mapping
            By name an array (also a Quantity, SkyCoord or Time) of length ``n``, a list with `None` where
            there is no value, or one value (or `None`) for all.
        n : int
            How many.
        """
        if n < 1:
            return ""
        note = self._make_room(columns)
        self._tables[-1].extend(columns, n)
        return note

    def table(self) -> QTable | None:
        """The newest table, as a copy that is the caller's own; `None` where there is no row."""
        return self.tables[-1] if len(self) else None

    @property
    def tables(self) -> list[QTable]:
        """All tables that have rows, oldest first, each a copy; the last is `table`'s."""
        return [rows.build() for rows in self._tables if rows.alive]

    def some(self, index: int, names: Iterable[str]) -> dict[str, Any]:
        """Some of the values of a row, those there are: what ``results[index]`` holds, for less."""
        rows, position = self._find(index)
        return rows.values(position, names)

    def labels(self, name: str) -> list[Any]:
        """The values of one column of numbers or texts over all tables, `None` where there is none."""
        found: list[Any] = []
        for rows in self._tables:
            column = rows.columns.get(name)
            found += [None if column is None else column.values[row] for row in rows.alive]
        return found

    def order(self, name: str, descending: bool = False) -> list[int]:
        """All rows, as positions, sorted by one column; undefined values last, equal ones as they came.

        Rows of an earlier table come before those of a later one where their units do not fit each other.
        """
        first, found, undefined = 0, [], []
        groups: list[tuple[Column, list[tuple[tuple[Any, ...], int]]]] = []
        for rows in self._tables:
            column = rows.columns.get(name)
            keys = [()] * len(rows.alive) if column is None else column.keys(rows.alive)
            numbered = [(key, first + n) for n, key in enumerate(keys)]
            undefined += [position for key, position in numbered if not key]
            if column is not None and column.kind:
                last = groups[-1] if groups else None
                if last is None or last[0].kind != column.kind or last[0].unit != column.unit:
                    groups.append((column, []))
                groups[-1][1].extend(one for one in numbered if one[0])
            first += len(rows.alive)
        for _, keyed in groups:
            keyed.sort(key=lambda one: one[0], reverse=descending)  # stable either way
            found += [position for _, position in keyed]
        return found + undefined

    def remove(self, positions: Iterable[int]) -> None:
        """Take rows out, by position in all of them; their ids are not given again.

        Raises
        ------
        InputError
            If there is no such row; then none is taken out.
        """
        gone = sorted({self._position(position) for position in positions})
        start = 0
        for rows in self._tables:
            stop = start + len(rows.alive)
            here = {position - start for position in gone if start <= position < stop}
            if here:
                rows.alive = [row for n, row in enumerate(rows.alive) if n not in here]
            start = stop

    def clear(self) -> None:
        """Forget all rows of all tables; ids go on from where they were."""
        self._next_id = self._tables[-1].first_id + self._tables[-1].n if self._tables else self._next_id
        self._tables = []

    def mark(self) -> Any:
        """Where the results stand now, for `rewind`; costs nothing for each row."""
        last = self._tables[-1] if self._tables else None
        natures = {name: column.nature for name, column in last.columns.items()} if last else {}
        grown = (last.n, len(last.alive), natures) if last else (0, 0, natures)
        return self._tables, len(self._tables), grown, self._next_id

    def rewind(self, mark: Any) -> None:
        """Forget what was appended since `mark`, or take back a clearing."""
        self._tables, n_tables, grown, self._next_id = mark
        del self._tables[n_tables:]
        if self._tables:
            self._tables[-1].rewind(*grown)

    def parts(self) -> list[Part]:
        """All tables, with what is needed to go on with them; empty ones that gave ids, too."""
        return [
            Part(rows.first_id, rows.n, tuple(rows.alive), rows.build() if rows.alive else QTable())
            for rows in self._tables
        ]

    @property
    def next_id(self) -> int:
        """The id that the first row of the next table gets."""
        return self._next_id

    def made(self, parts: Iterable[Part]) -> Any:
        """Tables for `adopt`, of what `parts` gave."""
        tables = []
        for part in parts:
            rows = _Rows(part.first_id)
            rows.take(part.columns(), part.n, list(part.alive))
            tables.append(rows)
        return tables

    def adopt(self, tables: Any, next_id: int) -> None:
        """Have other tables, as `made` made them, instead of these; `rewind` to a `mark` takes it back."""
        self._tables, self._next_id = tables, next_id

    def shown(self) -> Any:
        """Which rows there are, for `show`: what takes back a `remove`."""
        return [rows.alive for rows in self._tables]

    def show(self, shown: Any) -> None:
        """Have the rows again that there were at `shown`, if none was added since."""
        for rows, alive in zip(self._tables, shown, strict=True):
            rows.alive = alive

    def write(self, path: str | PathLike[str], overwrite: bool = False) -> None:
        """Write the newest table to ``path``: see `imviz.science.results.files.write_table`."""
        table = self.table()
        if table is None:
            raise InputError("There is nothing to write yet; measure something first.")
        write_table(table, path, overwrite=overwrite)

    def _find(self, index: int) -> tuple[_Rows, int]:
        """The table of a row, and its place among those alive there."""
        position = index + len(self) if index < 0 else index
        for rows in self._tables:
            if 0 <= position < len(rows.alive):
                return rows, position
            position -= len(rows.alive)
        raise IndexError(f"Row {index} of {len(self)} measured rows does not exist.")

    def _position(self, index: int) -> int:
        n = len(self)
        if not -n <= index < n:
            raise InputError(f"There is no row {index}; {n} are measured, numbered from 0.")
        return int(index) % n

    def _make_room(self, values: Mapping[str, Any]) -> str:
        """See that the last table is one that ``values`` fit; why a new one was begun, if it was."""
        last = self._tables[-1] if self._tables else None
        reason = last.mismatch(values) if last else ""
        if last is None or reason:
            is_empty = last is not None and not last.alive
            after = last.first_id + last.n if last and is_empty else 1
            self._tables.append(_Rows(after if last else self._next_id))
            if is_empty:
                return ""
        if not reason:
            return ""
        return f"A new table was begun, because {reason}; the earlier rows are kept in `tables`."


def row_values(row: QTable | Mapping[str, Any]) -> Mapping[str, Any]:
    """The values by column of a row, or of the only row of a table; `InputError` if it has more or none."""
    if not isinstance(row, Table):
        return row
    if len(row) != 1:
        raise InputError(f"One row is added at a time; this table has {len(row)} rows.")
    return {name: row[name][0] for name in row.colnames}
