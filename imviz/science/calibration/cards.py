"""Looking up the cards of an image's metadata, wherever it keeps them, and remembering which were found.

What a card means is the business of who asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import astropy.units as u
import numpy as np

__all__ = ["Cards"]

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([EeDd][+-]?\d+)?")  # in quotes, as some programs write it


class Cards:
    """Case-blind look-up in a FITS header, a plain or nested dict (JWST's ASDF), or nothing.

    What was found is remembered until `taken`: a receipt names the cards that a value is by.
    """

    def __init__(self, meta: Any) -> None:
        self._found: dict[str, Any] = {}
        self.layers = [meta] if isinstance(meta, Mapping) else []
        for name in ("header", "meta", "imviz_science_header", "primary_header", "_primary_header"):
            inner = meta.get(name) if self.layers else None
            if isinstance(inner, Mapping):
                self.layers.append(inner)

    def find(self, *path: str) -> Any:
        """The value under nested keys ``path`` in the first layer that has it, else `None`."""
        for layer in self.layers:
            value: Any = layer
            for key in path:
                value = _item(value, key)
            if value is not None and not isinstance(value, Mapping):
                self._found[".".join(path)] = value
                return value
        return None

    def taken(self) -> dict[str, Any]:
        """The cards found since the last time, by keyword."""
        found, self._found = self._found, {}
        return found

    def number(self, *path: str) -> float | None:
        """`find`, if it is a finite number above 0."""
        value = self.find(*path)
        if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
            value = float(value.strip().upper().replace("D", "E"))
        if isinstance(value, u.Quantity):
            value = value.value
        if isinstance(value, bool | str) or not isinstance(value, int | float | np.number):
            return None
        return float(value) if np.isfinite(value) and value > 0 else None

    def comment(self, name: str) -> str:
        """What stands behind the value of a card, '' where nothing does or it is not known."""
        for remarks in ("imviz_comments", "imviz_primary_comments"):
            told = self.layers[0].get(remarks) if self.layers else None
            if isinstance(told, Mapping) and name in told:
                return str(told[name])
        return ""

    def word(self, *names: str) -> str:
        """The first of several cards, in capitals; empty without one."""
        for name in names:
            value = self.find(name)
            value = self.find(*name.split(".")) if value is None else value
            if isinstance(value, str):
                return value.strip().upper()
        return ""


def _item(value: Any, key: str) -> Any:
    if not isinstance(value, Mapping):
        return None
    for candidate in (key, key.upper(), key.lower()):
        if candidate in value:
            return value[candidate]
    return None
