"""Columns of angles as the world writes them, in degrees: numbers with any unit, decimal, sexagesimal text.

What is in a cell decides what it means: a decimal text is degrees, or in the column's unit; a sexagesimal one
is hours for a right ascension, unless it, its column's unit or a value beyond 24 says degrees. A cell that is
no angle is NaN and costs no other. All rows are read together: fifty thousand in a fraction of a second.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "degrees_of",
    "is_sexagesimal",
    "is_text",
    "joined_parts",
    "numbers_of",
    "parts_there",
    "texts_of",
    "unit_of",
]

HOURS, DEGREES = "hours", "degrees"
WORDS = {
    **dict.fromkeys(
        ("h:m:s", "hh:mm:ss", "hms", "h", "hr", "hrs", "hour", "hours", "hourangle", "h m s"), HOURS
    ),
    **dict.fromkeys(("d:m:s", "dd:mm:ss", "dms", "deg", "degs", "degree", "degrees", "°", "d m s"), DEGREES),
    **dict.fromkeys(("decimal degrees", "decimal degree", "ddeg", "angle[deg]"), DEGREES),
}
_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "‐": "-", "＋": "+", "\u00a0": " ", "\u2009": " "})
_MARKS = str.maketrans(
    {"h": ":", "d": ":", "°": ":", "º": ":", "ʰ": ":", "m": ":", "'": ":", "′": ":", "’": ":", "ᵐ": ":"}
    | {"s": " ", '"': " ", "″": " ", "”": " ", "ˢ": " "}
)
_APART = r"(?: ?: ?| +)"
_ROW = re.compile(
    rf"([+-]?) ?(\d+(?:\.\d*)?|\.\d+)(?:{_APART}(\d+(?:\.\d*)?)(?:{_APART}(\d+(?:\.\d*)?))?)?[: ]*"
)
_ALL_OF_THREE = re.compile(rf"(?:[+-]? ?\d+{_APART}\d+{_APART}\d+(?:\.\d*)?[: ]*\n)+")
_NO_SIGNS = str.maketrans("+-:", "   ")
_EXPONENT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)[ed][+-]?\d+")


def is_text(column: Any) -> bool:
    """Whether a column holds text, or objects."""
    return getattr(getattr(column, "dtype", None), "kind", "f") in "USO"


def texts_of(column: Any) -> list[str]:
    """The cells of a column as text; '' where there is none."""
    values = np.ma.filled(np.ma.asarray(column), "") if is_text(column) else np.ma.asarray(column)
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8", "replace")
    return ["" if value is None else str(value) for value in values.reshape(-1).tolist()]


def numbers_of(column: Any) -> NDArray[np.float64]:
    """The cells of a column as numbers; NaN where there is none, or text that is no number."""
    if is_text(column):
        return np.array([_number(text) for text in texts_of(column)], dtype=float)
    mask = np.asarray(getattr(column, "mask", False))
    bare = getattr(column, "unmasked", column)
    values = np.array(np.ma.getdata(getattr(bare, "value", bare)), dtype=float)
    values[np.broadcast_to(mask, values.shape)] = np.nan
    return values.reshape(-1)


def unit_of(column: Any) -> u.UnitBase | str | None:
    """The unit of a column, if it is one of angle; 'hours' or 'degrees' where words say so; else None."""
    unit = getattr(column, "unit", None)
    if unit is None:
        return None
    if unit == u.hour:
        return HOURS
    if not isinstance(unit, u.UnrecognizedUnit) and unit.is_equivalent(u.deg):
        return unit
    words = str(unit).strip().strip("\"'").strip().lower()
    return WORDS.get(words)


def is_sexagesimal(texts: Sequence[str]) -> bool:
    """Whether any of the texts has hours or degrees, and minutes."""
    return any(_SEXAGESIMAL.search(text) for text in texts[:200])


_SEXAGESIMAL = re.compile(r"\d\s*[:h°ºd]\s*\d|\d+ +\d+ +\d", re.IGNORECASE)


def degrees_of(column: Any, unit: Any = None, *, hours: bool) -> tuple[NDArray[np.float64], str]:
    """A column of angles, in degrees.

    Parameters
    ----------
    column : Column or Quantity
        Of numbers or texts.
    unit : Unit or str, optional
        What it is in, instead of its own: see `unit_of`.
    hours : bool
        Whether sexagesimal text without marks is hours, as a right ascension's is.

    Returns
    -------
    degrees : ndarray
        NaN where there is no angle.
    note : str
        What was assumed, or ''.
    """
    unit = unit_of(column) if unit is None else unit
    scale = {None: 1.0, HOURS: 15.0, DEGREES: 1.0}[unit] if unit is None or isinstance(unit, str) else None
    scale = float(unit.to(u.deg)) if scale is None else scale
    if not is_text(column):
        return numbers_of(column) * scale, ""
    values, several, marked = _parsed(texts_of(column))
    told_degrees = unit == DEGREES or (unit is not None and not isinstance(unit, str) and scale == 1.0)
    plain = several & (marked == 0)
    note = ""
    if hours and not told_degrees and np.any(np.abs(values[plain]) > 24):
        told_degrees, note = True, "has values beyond 24: they were read as degrees, not hours."
    factor = np.where(several, 15.0 if hours and not told_degrees else 1.0, scale)
    factor = np.where(marked == 1, 15.0, np.where(marked == 2, 1.0, factor))
    return values * factor, note


def _parsed(texts: list[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]:
    """Values of texts, whether each has minutes, and 1 where it says hours, 2 where it says degrees."""
    lines = "\n".join(text.replace("\n", " ") for text in texts).lower().translate(_SIGNS).split("\n")
    lines = [line.strip() for line in lines] if texts else []
    blob = "\n".join(lines).replace("deg", "°").replace("min", "m").replace("sec", "s").replace("hr", "h")
    blob = re.sub(r"(?<=\d),(?=\d+[s\"″]?$)", ".", blob, flags=re.MULTILINE)
    blob = re.sub(r"(?<=\d)([s\"″])\.(?=\d)", r".", blob)  # 56s.7
    said = blob.split("\n")
    marked = _marks(blob, said)
    plain = blob.translate(_MARKS)
    if _ALL_OF_THREE.fullmatch(plain + "\n"):  # what nearly all columns are
        numbers = np.array(plain.translate(_NO_SIGNS).split(), dtype=float).reshape(-1, 3)
        parts = np.full((len(said), 4), "0", dtype="U1")
        parts[:, 0] = [line[:1] for line in said]
        return _values(parts, numbers), np.ones(len(said), dtype=bool), marked
    bare = plain.split("\n")
    rows = [(row.groups("") if (row := _ROW.fullmatch(line.strip())) else None) for line in bare]
    parts = np.array([row or ("", "nan", "", "") for row in rows], dtype="U32").reshape(-1, 4)
    several = parts[:, 2] != ""
    numbers = np.where(parts[:, 1:] == "", "0", parts[:, 1:]).astype(float)
    values = _values(parts, numbers)
    for n, line in enumerate(said):
        if rows[n] is None and _EXPONENT.fullmatch(line):
            values[n], marked[n] = float(line.replace("d", "e")), 0
    return values, several, marked


PARTS = ("rah", "ram", "ras", "ded", "dem", "des")
SIGNS = ("de-", "de_sign", "design", "_de-", "de_")


def parts_there(table: Any) -> bool:
    """Whether a table has hours, minutes and seconds (and degrees …) in columns of their own, as CDS' do."""
    names = {name.lower() for name in table.colnames}
    return set(PARTS) <= names and not {"ra", "dec", "_raj2000", "raj2000", "radeg"} & names


def joined_parts(table: Any) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[str, str]]:
    """Right ascension and declination of such columns, in degrees, and the first column of each."""
    names = {name.lower(): name for name in reversed(table.colnames)}
    h, m, s, d, dm, ds = (numbers_of(table[names[part]]) for part in PARTS)
    sign = next((names[name] for name in SIGNS if name in names), None)
    south = np.signbit(d)
    if sign is not None:
        south = south | np.array([text.strip().translate(_SIGNS) == "-" for text in texts_of(table[sign])])
    dec = np.abs(d) + np.nan_to_num(dm) / 60 + np.nan_to_num(ds) / 3600
    ra = 15 * (h + np.nan_to_num(m) / 60 + np.nan_to_num(s) / 3600)
    return ra, np.where(south, -dec, dec), (names["rah"], names["ded"])


def _values(parts: NDArray[Any], numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sign and numbers of rows as one; NaN for 60 minutes and more, and a fraction before the last."""
    whole = numbers[:, 0] + numbers[:, 1] / 60 + numbers[:, 2] / 3600
    odd = (parts[:, 2] != "") & ((numbers[:, 0] % 1 != 0) | (numbers[:, 1] >= 60) | (numbers[:, 2] > 60))
    odd |= (parts[:, 3] != "") & (numbers[:, 1] % 1 != 0)
    return np.where(odd, np.nan, np.where(parts[:, 0] == "-", -whole, whole))


def _marks(blob: str, lines: list[str]) -> NDArray[np.int64]:
    """1 for each line that says hours, 2 for each that says degrees, else 0."""
    marked = np.zeros(len(lines), dtype=np.int64)
    for signs, mark in ((("d", "°", "º"), 2), (("h", "ʰ"), 1)):
        for sign in signs:
            if sign in blob:
                marked[np.array([sign in line for line in lines])] = mark
    return marked


def _number(text: str) -> float:
    plain = text.strip().translate(_SIGNS)
    try:
        return float(plain)
    except ValueError:
        pass
    try:
        return float(plain.replace(",", ".").lower().replace("d", "e"))
    except ValueError:
        return np.nan
