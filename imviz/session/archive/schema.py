"""What a session file may hold: its version, limits that keep it harmless, checks of what is read.

A file may come from anybody. Each value is checked for its kind where it is used, by the functions here; what
is not as it should be is refused in a sentence that says where. Numbers JSON has no word for are written as
the texts "nan", "inf" and "-inf".
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np

from imviz.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "FORMAT",
    "LARGEST",
    "MOST",
    "VERSION",
    "check_shape",
    "flag",
    "items",
    "mapping",
    "number",
    "plain",
    "quantity",
    "text",
    "whole",
]

FORMAT = "imviz session"
VERSION = 1
"""Rises when a file cannot be understood by what reads the one before; each is read for ever."""
LARGEST = 2**28
"""Bytes of a session without its pixels."""
DEEPEST = 100
"""Lists and mappings inside each other."""
MOST = 2_000_000
"""Values of one list: rows are lines of text."""
LONGEST = 2**20
"""Characters of one text."""
_WORDS = {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}


def plain(value: Any) -> Any:
    """A value as JSON has it; what is no number, text, list or mapping becomes a text."""
    if isinstance(value, u.Quantity):
        value = {"value": value.value, "unit": value.unit.to_string()}
    elif isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    elif isinstance(value, set | frozenset):
        value = sorted(value)
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    known = (
        value is None or isinstance(value, bool | str | int) or (isinstance(value, float) and isfinite(value))
    )
    return value if known else str(value)


def quantity(value: Any) -> Any:
    """What `plain` made of a quantity, as one; any other value as it is."""
    if isinstance(value, dict) and value.keys() == {"value", "unit"}:
        try:
            return u.Quantity(number(value, "value"), text(value, "unit"))
        except (TypeError, ValueError) as error:
            raise ReadError(f"{str(value)[:60]} is no quantity.") from error
    return value


def check_shape(document: Any) -> None:
    """Refuse lists and mappings that are too deep inside each other or too long."""
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict | list):
                if len(value) > MOST:
                    raise ReadError(f"It has a list of {len(value):,}; at most {MOST:,} are read.")
                inner += value.values() if isinstance(value, dict) else value
            elif isinstance(value, str) and len(value) > LONGEST:
                raise ReadError(f"It has a text of {len(value):,} letters; at most {LONGEST:,} are read.")
        if not inner:
            return
        level = inner
    raise ReadError(f"Its lists are more than {DEEPEST} deep inside each other.")


def text(record: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """A text of a mapping."""
    value = record.get(name, default)
    if not isinstance(value, str):
        raise _refused(name, value, "a text")
    return value


def number(record: Mapping[str, Any], name: str, default: float | None = None) -> float:
    """A number of a mapping."""
    value = record.get(name, default)
    if isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > 1e308:
        raise _refused(name, value, "a number")
    return float(value)


def whole(record: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A whole number of a mapping, not negative."""
    value = record.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**62:
        raise _refused(name, value, "a whole number")
    return value


def flag(record: Mapping[str, Any], name: str, default: bool | None = None) -> bool:
    """A truth value of a mapping."""
    value = record.get(name, default)
    if not isinstance(value, bool):
        raise _refused(name, value, "true or false")
    return value


def items(record: Mapping[str, Any], name: str, kind: type | None = None) -> list[Any]:
    """A list of a mapping, empty where there is none; all of one kind, if that is said."""
    value = record.get(name, [])
    if not isinstance(value, list) or (kind is not None and not all(type(one) is kind for one in value)):
        raise _refused(name, value, f"a list{'' if kind is None else f' of {_KINDS[kind]}'}")
    return value


def mapping(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A mapping of a mapping, empty where there is none."""
    value = record.get(name, {})
    if not isinstance(value, dict):
        raise _refused(name, value, "a mapping")
    return value


_KINDS = {dict: "mappings", list: "lists", str: "texts", int: "whole numbers"}


def _refused(name: str, value: Any, wanted: str) -> ReadError:
    return ReadError(f"Its {name[:40]!r} is {str(value)[:60]!r}, not {wanted}.")
