"""The tables of a VOTable, with the frames its COOSYS elements tell of their columns."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from astropy.io.votable import parse

from imviz.science.sources.source_columns import FRAMES

if TYPE_CHECKING:
    from astropy.table import Table

__all__ = ["votable_table"]

SYSTEMS = {
    "eq_fk4": "fk4",
    "fk4": "fk4",
    "eq_fk5": "fk5",
    "fk5": "fk5",
    "icrs": "icrs",
    "galactic": "galactic",
    "supergalactic": "supergalactic",
    "super_galactic": "supergalactic",
    "ecl_fk5": "barycentricmeanecliptic",
    "ecliptic": "barycentricmeanecliptic",
}


def votable_table(content: bytes) -> list[Table]:
    """All tables of a VOTable that have rows, or its first one.

    A damaged value costs no other; ``meta`` tells frames under `FRAMES`: by column, (name, equinox).
    """
    file = parse(io.BytesIO(content), verify="ignore", invalid="mask")
    systems = {str(one.ID): one for one in file.iter_coosys()}
    found = []
    for element in file.iter_tables():
        table = element.to_table()
        table.meta[FRAMES] = _frames(element, table.colnames, systems)
        found.append(table)
    return [table for table in found if len(table)] or found[:1]


def _frames(element: Any, names: list[str], systems: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """The frame of each column that refers to one; the only one of a file is that of all that do not."""
    frames = {}
    only = next(iter(systems.values())) if len(systems) == 1 else None
    for name, column in zip(names, element.fields, strict=False):
        system = systems.get(str(column.ref), only)
        if system is None or not system.system:
            continue
        word = SYSTEMS.get(str(system.system).lower())
        if word is not None:
            number = re.search(r"\d{4}(?:\.\d+)?", str(system.equinox or ""))
            frames[name] = (word, float(number[0]) if number else None)
    return frames
