"""All rows measured, every table of them, and fitted models, as plain JSON with ECSV in it, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.table import QTable

from imviz.errors import ReadError
from imviz.science.results.table import Part
from imviz.session.archive import models
from imviz.session.archive.schema import MOST, items, mapping, whole
from imviz.session.archive.tables import from_lines, to_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.session import Session

__all__ = ["from_record", "models_of", "to_record"]


def to_record(session: Session, notes: list[str]) -> dict[str, Any]:
    """The session's tables and models."""
    tables = [
        {
            "first_id": part.first_id,
            "n": part.n,
            **({} if len(part.alive) == part.n else {"alive": list(part.alive)}),
            **({"absent": absent} if (absent := _absent(part.table)) else {}),
            "table": to_lines(part.table) if part.alive else [],
        }
        for part in session.results.parts()
    ]
    kept = {name: models.to_record(model) for name, model in session.fitted_models.items()}
    notes += [f"The fitted model {name!r} cannot be kept." for name, one in kept.items() if one is None]
    found = {name: one for name, one in kept.items() if one is not None}
    return {"next_id": session.results.next_id, "tables": tables, "models": found}


def from_record(record: Mapping[str, Any]) -> tuple[list[Part], int]:
    """The tables of a record, and the id that comes next."""
    return [_part(one) for one in items(record, "tables", dict)], whole(record, "next_id", 1)


def models_of(record: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    """The models of a record; one that cannot be made is said."""
    found = {}
    for name in mapping(record, "models"):
        try:
            found[name] = models.from_record(mapping(record["models"], name))
        except ReadError as error:
            notes.append(f"Model {name[:60]}: {error}")
    return found


def _part(record: Mapping[str, Any]) -> Part:
    n, lines = whole(record, "n"), items(record, "table", str)
    if n > MOST:
        raise ReadError(f"A table says that it has had {n:,} rows; at most {MOST:,} are read.")
    alive = tuple(items(record, "alive", int)) if "alive" in record else tuple(range(n))
    table = from_lines(lines) if lines else None
    length = 0 if table is None else len(table)
    if length != len(alive) or list(alive) != sorted({k for k in alive if 0 <= k < n}):
        raise ReadError(f"A table of {length} rows says that rows {alive[:9]!s} of {n} are there.")
    absent = {name: items(mapping(record, "absent"), name, int) for name in mapping(record, "absent")}
    return Part(whole(record, "first_id", 1), n, alive, QTable() if table is None else table, absent)


def _absent(table: QTable) -> dict[str, list[int]]:
    """Rows of a column of texts that have none; ECSV cannot tell them from empty ones."""
    found = {}
    for name in table.colnames:
        column = table[name]
        if getattr(getattr(column, "dtype", None), "kind", "") == "U" and np.any(
            getattr(column, "mask", False)
        ):
            found[name] = np.flatnonzero(column.mask).tolist()
    return found
