"""Tables in text files, told by what is in them: commas, semicolons, tabs, blanks, remarks, decimal commas.

The parts of a row are found here, row by row, so that a row with too many of them costs no other; kinds of
numbers are found column by column. Formats with a grammar of their own (ECSV, IPAC, CDS) are not read here.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from astropy import units as u
from astropy.table import MaskedColumn, Table

from imviz.errors import ReadError
from imviz.science.sources.position_names import Pair, kind_of_pair
from imviz.science.sources.source_columns import NOTES

__all__ = ["text_table"]

DELIMITERS = ("\t", ";", "|", ",")
MISSING = {"", "nan", "null", "none", "n/a", "--", "-", "...", "…", "nan+nanj", "masked"}
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?|[+-]?inf(?:inity)?|nan", re.IGNORECASE)
COMMA_NUMBER = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
RULE = re.compile(r"[-=+|\s]*[-=]{2,}[-=+|\s]*")
REMARKS = ("#", "%", "!", "//")
MOST_ODD = 0.2  # of the rows may have too many parts


@dataclass(slots=True)
class _Rows:
    """The rows of a text, and what stands above them."""

    names: list[str]
    rows: list[list[str]]
    units: list[str] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)


def text_table(text: str) -> Table:
    """The table in a text.

    What was left out is in its ``meta``, under `NOTES`.

    Raises
    ------
    ReadError
        If its rows have no common number of parts.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    remarks = [line for line in lines if line.lstrip().startswith(REMARKS)]
    body = [(n, line) for n, line in enumerate(lines, 1) if not line.lstrip().startswith(REMARKS)]
    body = [(n, line) for n, line in body if not (RULE.fullmatch(line) and "\t" not in line)]
    if not body:
        raise ReadError("it has no rows")
    delimiter = _delimiter([line for _, line in body])
    parts = [(n, _parts(line, delimiter)) for n, line in body]
    found = _headed(parts, remarks, delimiter)
    table = Table(
        {name: _column([row[n] for row in found.rows]) for n, name in enumerate(found.names)},
        meta={NOTES: _told(found)},
    )
    for name, unit in zip(found.names, found.units, strict=False):
        if unit.strip():
            table[name].unit = u.Unit(unit.strip().strip('"'), parse_strict="silent")
    return table


def _told(found: _Rows) -> list[str]:
    if not found.dropped:
        return []
    lines = ", ".join(map(str, found.dropped[:5])) + (", …" if len(found.dropped) > 5 else "")
    return [f"{len(found.dropped)} rows with too many parts were left out (line {lines})."]


def _delimiter(lines: list[str]) -> str:
    """The sign that parts the rows: the first that most of them have equally often; else blanks."""
    sample = lines[:200]
    for sign in DELIMITERS:
        counts = Counter(len(_parts(line, sign)) for line in sample)
        parts, often = counts.most_common(1)[0]
        decimal = sign == "," and all(COMMA_NUMBER.search(line) for line in sample[1:]) and _blanks(sample)
        if parts > 1 and often >= 0.7 * len(sample) and not decimal:
            return sign
    return " "


def _blanks(lines: list[str]) -> bool:
    """Whether blanks part the rows into as many pieces each, and commas are then decimal."""
    counts = Counter(len(line.split()) for line in lines)
    parts, often = counts.most_common(1)[0]
    return parts > 1 and often >= 0.9 * len(lines) and not any(re.search(r",\s", line) for line in lines)


def _parts(line: str, delimiter: str) -> list[str]:
    if '"' not in line and delimiter != "|":
        return line.split() if delimiter == " " else [part.strip() for part in line.split(delimiter)]
    if delimiter == " ":
        return next(csv.reader([" ".join(line.split())], delimiter=" ", skipinitialspace=True), [])
    if delimiter == "|":
        line = line.strip().strip("|")
    found = next(csv.reader([line], delimiter=delimiter, skipinitialspace=delimiter != "\t"), [])
    return [part.strip() for part in found]


def _headed(parts: list[tuple[int, list[str]]], remarks: list[str], delimiter: str) -> _Rows:
    """Names, units and rows."""
    width = Counter(len(row) for _, row in parts[1:] or parts).most_common(1)[0][0]
    first = parts[0][1]
    if not any(_is_value(part) for part in first):
        names, data = first, parts[1:]
    else:
        names, data = _names_in_remarks(remarks, delimiter, width), parts
    units: list[str] = []
    if data and _is_rule(data[0][1]):
        data = data[1:]
    elif len(data) > 1 and _is_rule(data[1][1]) and not any(map(_is_value, data[0][1])):
        # VizieR's: names, units, a rule; below a row of values, dashes are a row without any
        units, data = data[0][1], data[2:]
    elif len(data) > 1 and _are_units(data[0][1], data[1][1]):
        units, data = data[0][1], data[1:]
    while len(names) > width and not names[-1]:  # a delimiter at the end of the line of names
        names = names[:-1]
    found = _Rows(_unique(names), [], units)
    merged = _places_of_triples(names) if width == len(names) + 4 else None
    for line, row in data:
        cells = _with_triples(row, merged) if merged is not None and len(row) == width else row
        while len(cells) > len(names) and not cells[-1]:
            cells = cells[:-1]
        if len(cells) > len(names):
            found.dropped.append(line)
        else:
            found.rows.append(cells + [""] * (len(names) - len(cells)))
    if len(found.dropped) > MOST_ODD * len(data):
        raise ReadError("its rows have different numbers of parts")
    return found


def _names_in_remarks(remarks: list[str], delimiter: str, width: int) -> list[str]:
    """Names from the last remark that has as many words; else ``col1`` and so on."""
    for remark in reversed(remarks):
        words = _parts(remark.lstrip("#%!/ \t"), delimiter)
        if len(words) in (width, width - 4) and not any(_is_value(word) for word in words):
            return words
    return [f"col{n}" for n in range(1, width + 1)]


def _unique(names: list[str]) -> list[str]:
    found: list[str] = []
    for n, name in enumerate(names, 1):
        base = name.strip() or f"col{n}"
        found.append(base if base not in found else f"{base}_{n}")
    return found


def _is_value(text: str) -> bool:
    return bool(NUMBER.fullmatch(text) and text.lower() != "nan") or bool(
        COMMA_NUMBER.fullmatch(text) or re.fullmatch(r"[+-]?\d+[:h ]\s*\d+.*", text)
    )


def _is_rule(row: list[str]) -> bool:
    return (
        bool(row) and all(re.fullmatch(r"[-=]*", part) for part in row) and any("--" in part for part in row)
    )


def _are_units(row: list[str], after: list[str]) -> bool:
    """Whether a row below the names is of units (or of kinds, as in RDB): words above numbers."""
    if any(_is_value(part) for part in row) or not any(_is_value(part) for part in after):
        return False
    kinds = all(re.fullmatch(r"\d*[NSMnsm]", part) for part in row if part)
    known = {
        "deg",
        "degree",
        "degrees",
        "pix",
        "pixel",
        "pixels",
        "mag",
        "arcsec",
        "hms",
        "dms",
        "h:m:s",
        "d:m:s",
    }
    return kinds or any(part.strip("\"'()[]").lower() in known for part in row)


# ---- sexagesimal positions whose parts stand in columns of their own, under one name


def _places_of_triples(names: list[str]) -> tuple[int, int] | None:
    """Where right ascension and declination stand, if side by side."""
    for n, pair in enumerate(pairwise(names)):
        kind: Pair | None = kind_of_pair((pair[0], pair[1]))
        if kind is not None and kind.on_sky:
            return n, n + 1
    return None


def _with_triples(row: list[str], where: tuple[int, int]) -> list[str]:
    n = where[0]
    return [*row[:n], " ".join(row[n : n + 3]), " ".join(row[n + 3 : n + 6]), *row[n + 6 :]]


# ---- columns


def _column(cells: list[str]) -> MaskedColumn:
    """Whole numbers, numbers or text, whichever all cells are; cells without a value are masked."""
    for kind in ("i8", "f8"):
        try:
            values = np.array(cells, dtype=kind)
        except (ValueError, OverflowError):
            continue
        return MaskedColumn(values, mask=np.isnan(values))
    missing = [cell.strip().lower() in MISSING for cell in cells]
    there = [cell.strip() for cell, gone in zip(cells, missing, strict=True) if not gone]
    if there and all(COMMA_NUMBER.fullmatch(cell) or NUMBER.fullmatch(cell) for cell in there):
        plain = [cell.replace(",", ".").lower().replace("d", "e") for cell in there]
        whole = all(re.fullmatch(r"[+-]?\d{1,18}", cell) for cell in plain)
        values = np.zeros(len(cells), dtype="i8" if whole else "f8")
        values[~np.array(missing)] = np.array([int(cell) if whole else float(cell) for cell in plain])
        return MaskedColumn(values, mask=missing)
    return MaskedColumn(cells, mask=missing)
