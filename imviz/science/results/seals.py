"""A seal on what of a row no second measurement can tell: its id, labels, time and receipt.

Rows get it when they join a table, where their id is given. It is a check value for each of `SEALED`, against
slips of an editor or a spreadsheet and not against forgers; whoever reads the table later sees which one was
changed.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.time import Time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["SEALED", "broken", "seal", "seals", "texts"]

SEALED = ("id", "data_label", "subset_label", "timestamp", "recipe")
"""The columns under a seal, in its order."""

_DIGITS = 6


def seal(row: Mapping[str, Any]) -> str:
    """The seal of one row."""
    return "".join([_check(_text(name, row.get(name))) for name in SEALED])


def seals(columns: Mapping[str, Any], n: int) -> list[str]:
    """The seals of ``n`` rows by column: a list or an array of their values, or one value for all."""
    parts: list[Iterable[str]] = []
    for name in SEALED:
        values = columns.get(name)
        if isinstance(values, str) or values is None or not getattr(values, "shape", (n,)):
            parts.append([_check(_text(name, values))] * n)
        else:
            parts.append(map(_check, texts(name, values)))
    return ["".join(checks) for checks in zip(*parts, strict=True)]


def texts(name: str, column: Any) -> list[str]:
    """The values of one of the columns as they are sealed."""
    if name == "timestamp" and isinstance(column, Time):
        return _times(column)
    return [_text(name, value) for value in (column if isinstance(column, list) else column.tolist())]


def broken(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of `SEALED` that a row's own seal does not fit; none where it has no seal."""
    told = str(row.get("seal") or "")
    if len(told) != _DIGITS * len(SEALED):
        return ("seal",) if told else ()
    checks = [told[start : start + _DIGITS] for start in range(0, len(told), _DIGITS)]
    found = zip(SEALED, checks, strict=True)
    return tuple(name for name, check in found if name in row and _check(_text(name, row[name])) != check)


def _text(name: str, value: Any) -> str:
    if value is None or value is np.ma.masked:  # as some readers have an empty text
        return ""
    is_time = name == "timestamp" and not isinstance(value, str)
    return _times(value.reshape(1))[0] if is_time else str(value)


def _times(times: Time) -> list[str]:
    """To the microsecond, which every kind of file keeps."""
    times = times.utc.copy(format="isot")
    times.precision = 6
    return [str(text) for text in times.value]


def _check(text: str) -> str:
    return f"{zlib.crc32(text.encode()) & 0xFFFFFF:06x}"
