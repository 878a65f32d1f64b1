"""Tables of photometry programs that have forms of their own: DAOPHOT's lists, AstroImageJ's measurements.

Both count pixels from 1. What the columns mean beside position and name is left as it is.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from astropy.table import Table

from imviz.errors import ReadError
from imviz.science.sources.source_columns import COUNTS_FROM, NOTES

__all__ = ["astroimagej_stars", "daophot_table"]

STAR = re.compile(r"X\(FITS\)_([TC]\d+)")


def daophot_table(text: str) -> Table:
    """A list of DAOPHOT's (``.coo``, ``.ap``, ``.als`` …): three lines above, then number, x, y, magnitude.

    Raises
    ------
    ReadError
        If no star is in it.
    """
    lines = text.split("\n")
    two_lines = lines[1].split()[:1] == ["2"] if len(lines) > 1 else False
    blocks = [block.strip().split("\n") for block in re.split(r"\n\s*\n", "\n".join(lines[2:]))]
    rows = [block[:1] if two_lines else block for block in blocks]
    stars = []
    for line in (one for block in rows for one in block):
        try:
            stars.append([float(word) for word in line.split()[:4]])
        except ValueError:
            continue
    stars = [star for star in stars if len(star) >= 3]
    if not stars:
        raise ReadError("it has no stars")
    columns = np.array([(*star, np.nan)[:4] for star in stars], dtype=float)
    return Table(
        {"id": columns[:, 0].astype(int), "x": columns[:, 1], "y": columns[:, 2], "mag": columns[:, 3]}
    )


def astroimagej_stars(table: Table) -> Table | None:
    """The stars of a table of AstroImageJ's, which has a row an image and columns for each star; else None.

    Their places are those on the first image on which they have one.
    """
    stars = [match[1] for name in table.colnames if (match := STAR.fullmatch(name))]
    stars = [star for star in stars if f"Y(FITS)_{star}" in table.colnames]
    if not stars:
        return None
    places = [[_first(table[f"{axis}(FITS)_{star}"]) for star in stars] for axis in "XY"]
    notes = ["The stars are where AstroImageJ measured them on its first image."]
    return Table({"label": stars, "x": places[0], "y": places[1]}, meta={COUNTS_FROM: 1, NOTES: notes})


def _first(column: Any) -> float:
    values: Any = np.ma.filled(np.ma.asarray(column, dtype=float), np.nan)
    finite = values[np.isfinite(values)]
    return float(finite[0]) if finite.size else np.nan
