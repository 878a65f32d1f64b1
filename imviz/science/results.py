"""The rows measured in a session: kept by column, joined when they fit, never lost.

A row fits the newest table when each of its values can join its column without losing meaning: units
convert to the column's, `None` joins anything as a masked entry. A row that does not fit begins a new
table; the earlier ones stay. Appending costs the same for the first row as for the 100,000th; tables are
built when they are asked for. Writing files is `imviz.science.results_files`'.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.coordinates.errors import ConvertError
from astropy.table import QTable
from astropy.time import Time
from astropy.utils.masked import Masked

from imviz.errors import InputError
from imviz.science.results_files import write_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from os import PathLike

__all__ = ["Results"]


@dataclass(slots=True)
class _Column:
    """Values of one column: plain numbers in ``unit``, (lon, lat) degrees in ``frame``, or as they are.

    ``kind`` is '' until the first value that is not `None`, then one of quantity, number, text, sky, time.
    """

    values: list[Any] = field(default_factory=list)
    kind: str = ""
    unit: u.UnitBase | None = None
    frame: Any = None

    def mismatch(self, value: Any) -> str:
        """Why ``value`` cannot join, as 'in Jy, not ct'; empty if it can."""
        kind = _kind(value)
        if not kind or not self.kind:
            return ""
        if kind != self.kind:
            return f"{_describe(value, kind)}, not {self.description}"
        if kind == "quantity" and value.unit is not self.unit and not value.unit.is_equivalent(self.unit):
            return f"{_describe(value, kind)}, not {self.description}"
        if kind == "sky" and not value.frame.is_equivalent_frame(self.frame):
            try:
                value.transform_to(self.frame)
            except ConvertError:
                return f"in {value.frame.name}, not {self.frame.name}"
        return ""

    @property
    def description(self) -> str:
        return f"in {self.unit}" if self.kind == "quantity" else f"a {self.kind}"

    def add(self, value: Any) -> None:
        """Append ``value``, which fits; the first one gives the column its kind and unit."""
        kind = _kind(value)
        if not self.kind and kind:
            self.kind = kind
            self.unit = value.unit if kind == "quantity" else None
            self.frame = value.frame.replicate_without_data() if kind == "sky" else None
        if kind == "quantity":
            value = float(value.value if value.unit is self.unit else value.to_value(self.unit))
        elif kind == "sky":
            same = value.frame.is_equivalent_frame(self.frame)
            sky = (value if same else value.transform_to(self.frame)).spherical
            value = (float(sky.lon.deg), float(sky.lat.deg))
        elif kind:
            value = value.item() if isinstance(value, np.generic) else value
        else:
            value = None
        self.values.append(value)

    def value(self, index: int) -> Any:
        """One value as it was appended, in the column's unit."""
        value = self.values[index]
        if value is None:
            return None
        if self.kind == "quantity":
            return u.Quantity(value, self.unit)
        return self._sky([value])[0] if self.kind == "sky" else value

    def _sky(self, pairs: list[tuple[float, float]]) -> SkyCoord:
        lon, lat = np.transpose(pairs)
        return SkyCoord(lon * u.deg, lat * u.deg, frame=self.frame)

    def build(self) -> Any:
        """The column of a `QTable`: objects if all is `None`, masked where some are."""
        absent = np.array([value is None for value in self.values])
        if not self.kind:
            return np.array(self.values, dtype=object)
        filler = self.values[int(np.flatnonzero(~absent)[0])]
        filled = [filler if value is None else value for value in self.values]
        if self.kind == "sky":
            lon, lat = np.transpose(filled) * u.deg
            if absent.any():
                lon, lat = Masked(lon, mask=absent), Masked(lat, mask=absent)
            return SkyCoord(lon, lat, frame=self.frame)
        if self.kind == "time":
            times = Time(filled, precision=filler.precision)
            if absent.any():
                times[absent] = np.ma.masked
            return times
        if self.kind == "quantity":
            quantity = u.Quantity(filled, self.unit)
            return Masked(quantity, mask=absent) if absent.any() else quantity
        return np.ma.MaskedArray(filled, mask=absent) if absent.any() else np.array(filled)


def _kind(value: Any) -> str:
    if value is None or value is np.ma.masked:
        return ""
    mask = getattr(value, "mask", None)
    if mask is not None and np.any(mask):
        return ""
    if isinstance(value, u.Quantity):
        return "quantity"
    if isinstance(value, SkyCoord):
        return "sky"
    if isinstance(value, Time):
        return "time"
    return "text" if isinstance(value, str) else "number"


def _describe(value: Any, kind: str) -> str:
    return f"in {value.unit}" if kind == "quantity" else f"a {kind}"


class _Rows:
    """One table: columns of equal length."""

    def __init__(self) -> None:
        self.columns: dict[str, _Column] = {}
        self.n = 0

    def mismatch(self, row: Mapping[str, Any]) -> str:
        """The first column that ``row`` does not fit, with the reason; empty if it fits."""
        for name, value in row.items():
            reason = self.columns[name].mismatch(value) if name in self.columns else ""
            if reason:
                return f"{name} is {reason}"
        return ""

    def add(self, row: Mapping[str, Any]) -> None:
        for name in row:
            if name not in self.columns:
                self.columns[name] = _Column([None] * self.n)
        self.n += 1
        for name, column in self.columns.items():
            column.add(self.n if name == "id" else row.get(name))

    def rewind(self, n: int, kinds: Mapping[str, tuple[Any, ...]]) -> None:
        self.n = n
        self.columns = {name: column for name, column in self.columns.items() if name in kinds}
        for name, column in self.columns.items():
            column.kind, column.unit, column.frame = kinds[name]
            del column.values[n:]

    def values(self, index: int) -> dict[str, Any]:
        return {name: column.value(index) for name, column in self.columns.items()}

    def build(self) -> QTable:
        return QTable({name: column.build() for name, column in self.columns.items()}, copy=False)


class Results:
    """All rows of a session, in one table or, where units do not fit, in several.

    ``len`` counts the rows of all tables; indexing and iterating give each as a dictionary of values by
    column, oldest first, without building a table.
    """

    def __init__(self) -> None:
        self._tables: list[_Rows] = []

    def __len__(self) -> int:
        return sum(rows.n for rows in self._tables)

    def __getitem__(self, index: int) -> dict[str, Any]:
        position = index + len(self) if index < 0 else index
        for rows in self._tables:
            if 0 <= position < rows.n:
                return rows.values(position)
            position -= rows.n
        raise IndexError(f"Row {index} of {len(self)} measured rows does not exist.")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (rows.values(index) for rows in self._tables for index in range(rows.n))

    @property
    def last_id(self) -> int:
        """The id of the newest row in its table; 0 when there is none."""
        return self._tables[-1].n if self._tables else 0

    def append(self, row: QTable | Mapping[str, Any]) -> str:
        """Add the (only) row of a table, or a measurement's values; its id is `last_id` afterwards.

        Returns
        -------
        str
            Empty if the row joined the table; else why a new table was begun, in a sentence to show.
        """
        values = _row_values(row)
        reason = self._tables[-1].mismatch(values) if self._tables else ""
        if reason or not self._tables:
            self._tables.append(_Rows())
        self._tables[-1].add(values)
        if not reason:
            return ""
        return f"A new table was begun, because {reason}; the earlier rows are kept in `tables`."

    def table(self) -> QTable | None:
        """The newest table, as a copy that is the caller's own; `None` before the first measurement."""
        return self._tables[-1].build() if self._tables else None

    @property
    def tables(self) -> list[QTable]:
        """All tables, oldest first, each a copy; the last is `table`'s."""
        return [rows.build() for rows in self._tables]

    def clear(self) -> None:
        """Forget all rows of all tables."""
        self._tables = []

    def mark(self) -> Any:
        """Where the results stand now, for `rewind`; costs nothing for each row."""
        last = self._tables[-1] if self._tables else None
        kinds = {name: (c.kind, c.unit, c.frame) for name, c in last.columns.items()} if last else {}
        return self._tables, len(self._tables), last.n if last else 0, kinds

    def rewind(self, mark: Any) -> None:
        """Forget what was appended since `mark`, or take back a clearing."""
        self._tables, n_tables, n_rows, kinds = mark
        del self._tables[n_tables:]
        if self._tables:
            self._tables[-1].rewind(n_rows, kinds)

    def write(self, path: str | PathLike[str], overwrite: bool = False) -> None:
        """Write the newest table to ``path``: see `imviz.science.results_files.write_table`."""
        table = self.table()
        if table is None:
            raise InputError("There is nothing to write yet; measure something first.")
        write_table(table, path, overwrite=overwrite)


def _row_values(row: QTable | Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(row, QTable):
        return row
    if len(row) != 1:
        raise InputError(f"One row is added at a time; this table has {len(row)} rows.")
    return {name: row[name][0] for name in row.colnames}
