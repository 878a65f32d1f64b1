"""Tables as the lines of an ECSV file, which is text that people and other programs read, and back.

Every digit is kept: times as the two numbers they are made of. So is every letter: a column with a text that
readers of ECSV would part, trim or pass over (line ends, ``#``, blanks at an end) has its texts as JSON. What
ECSV cannot hold of a table of a user's own (a column of objects, metadata that are no plain values) is left
out, and said.
"""

from __future__ import annotations

import json
import re
from io import StringIO
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.table import Column, MaskedColumn, QTable, Table
from astropy.time import Time

from imviz.errors import ReadError
from imviz.readers.quiet import DAMAGED, quiet
from imviz.session.archive.schema import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["from_lines", "to_lines"]

_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|^[#\s]|\s$")
_JSON = "imviz_json"
"""What a column's metadata say where its texts are JSON."""


def to_lines(table: Table, notes: list[str] | None = None, what: str = "table") -> list[str]:
    """The lines of its ECSV file.

    Parameters
    ----------
    table : Table
        Columns of numbers, texts, quantities, coordinates and times, masked or not.
    notes : list of str, optional
        Gets a sentence for what is left out. Default: it raises.
    what : str
        What to call it there.
    """
    try:
        return _written(table)
    except DAMAGED:
        if notes is None:
            raise
    kept = Table({name: table[name] for name in table.colnames if _fits(table, name)}, copy=False)
    kept.meta = plain(dict(table.meta))
    lost = [name for name in table.colnames if name not in kept.colnames]
    notes.append(
        f"{what}: {', '.join(lost) or 'some of its metadata'} cannot be kept as text, and is left out."[:240]
    )
    return _written(kept)


def from_lines(lines: Sequence[str], kind: type[Table] = QTable) -> Any:
    """The table of such lines; a `ReadError` if they are none."""
    try:
        with quiet():
            apart = "\n".join(lines).split("\n")  # a text would be parted at every kind of line's end
            table = kind.read(apart, format="ascii.ecsv", guess=False)
            for name in table.colnames:
                if table[name].info.meta and table[name].info.meta.pop(_JSON, False):
                    table[name] = _from_json(table[name])
            return table
    except DAMAGED as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise ReadError(f"One of its tables cannot be read: {why[:100]}.") from None


def _written(table: Table) -> list[str]:
    units: dict[str, u.UnitBase] = {}
    columns: dict[str, Any] = {}
    for name in table.colnames:
        column = columns[name] = _as_json(table[name])
        if isinstance(column, Time):
            column.info.serialize_method["ecsv"] = "jd1_jd2"
        elif isinstance(
            column, u.Quantity
        ):  # YAML names an object that is there twice: equal units shall be one
            unit = units.setdefault(column.unit.to_string(), column.unit)
            columns[name] = u.Quantity(column, unit, copy=False, subok=True)
    buffer = StringIO(newline="")
    type(table)(columns, meta=table.meta, copy=False).write(buffer, format="ascii.ecsv")
    return buffer.getvalue().removesuffix("\n").split("\n")


def _as_json(column: Any) -> Any:
    """A column of texts as JSON if one of them needs it; any other as it is."""
    if getattr(getattr(column, "dtype", None), "kind", "") != "U" or column.ndim != 1:
        return column
    gone = np.broadcast_to(getattr(column, "mask", False), column.shape)
    texts = [None if none else str(text) for text, none in zip(column.tolist(), gone, strict=True)]
    if not any(text is not None and _ODD.search(text) for text in texts):
        return column
    meta = {**(column.info.meta or {}), _JSON: True}
    return Column([json.dumps(text) for text in texts], description=column.info.description, meta=meta)


def _from_json(column: Any) -> Any:
    """The texts that `_as_json` wrote."""
    texts = [json.loads(str(text)) for text in column]
    if not all(text is None or isinstance(text, str) for text in texts):
        raise ValueError("what should be texts are none")
    about = {"description": column.info.description, "meta": column.info.meta}
    gone = [text is None for text in texts]
    values = np.array([text or "" for text in texts], dtype=str)
    return MaskedColumn(values, mask=gone, **about) if any(gone) else Column(values, **about)


def _fits(table: Table, name: str) -> bool:
    try:
        _written(Table({name: table[name][:1]}))
    except DAMAGED:
        return False
    return True
