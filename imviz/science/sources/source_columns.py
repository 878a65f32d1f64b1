"""Where a table of sources says they are: on the sky or in pixels, found by column type, UCD, name and unit.

Catalogs come from everywhere and call the same thing by fifty names; `position_names` has the rules. Whoever
knows better says which columns to take. FITS counts pixels from 1, imviz from 0: columns of programs known to
count from 1, and files whose format does, are shifted, and that is said. A row without a position costs no
other; such rows are counted and named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import FK4, FK5, Galactic, SkyCoord
from astropy.time import Time

from imviz.errors import InputError
from imviz.science.sources.angles import (
    degrees_of,
    is_sexagesimal,
    is_text,
    joined_parts,
    numbers_of,
    parts_there,
    texts_of,
    unit_of,
)
from imviz.science.sources.position_names import FROM_ONE, chosen_pair, frame_named, kind_of_pair, ucd_of

if TYPE_CHECKING:
    from astropy.table import Table
    from numpy.typing import NDArray

__all__ = ["COUNTS_FROM", "FRAMES", "NOTES", "Positions", "column_choices", "find_positions"]

COUNTS_FROM = "imviz_counts_from"
"""Of a table's ``meta``: the number that its format gives the first pixel."""
FRAMES = "imviz_frames"
"""Of a table's ``meta``: the frames of columns by name, as (frame, equinox), where the file tells them."""
NOTES = "imviz_notes"
"""Of a table's ``meta``: what was left out or assumed when it was read, in sentences."""
SKY_NAMES = ("coord", "sky_centroid", "sky_center", "skycoord", "sky_coord")
NAMED = 5  # rows without a position that are named


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Where sources are.

    Attributes
    ----------
    columns : tuple of str
        The columns they were taken from.
    sky : SkyCoord or None
        On the sky; NaN where a row has no position.
    x, y : ndarray or None
        In pixels, counted from 0, where they are not on the sky; NaN where a row has no position.
    note : str
        What was assumed, and which rows have no position, in sentences, or ''.
    """

    columns: tuple[str, ...]
    sky: SkyCoord | None = None
    x: NDArray[np.float64] | None = None
    y: NDArray[np.float64] | None = None
    note: str = ""


def find_positions(table: Table, columns: tuple[str, ...] | None = None) -> Positions:
    """The positions in a table of sources.

    Parameters
    ----------
    table : Table
        With a `~astropy.coordinates.SkyCoord` column, or two columns of angles or of pixels.
    columns : tuple of str, optional
        One SkyCoord column, or two; those with a unit of angle, or with a name of a sky coordinate, are
        on the sky. Default: found by type, UCD and name, the sky first.

    Raises
    ------
    InputError
        If there are none; the message says what columns there are.
    """
    found = _found(table, columns)
    notes = [str(note) for note in table.meta.get(NOTES, [])]
    return replace(found, note=" ".join([*notes, found.note]).strip()) if notes else found


def _found(table: Table, columns: tuple[str, ...] | None) -> Positions:
    if columns is not None:
        for name in columns:
            if name not in table.colnames:
                there = ", ".join(table.colnames[:12]) + ("…" if len(table.colnames) > 12 else "")
                raise InputError(f"The table has no column {name!r}; it has {there}.")
        return _from(table, tuple(columns))
    coords = [name for name in table.colnames if isinstance(table[name], SkyCoord)]
    if coords:
        return _from(table, (max(coords, key=lambda name: _merit(name, table[name])),))
    if parts_there(table):
        return _of_parts(table)
    pair = chosen_pair(table)
    if pair.on_sky:
        return _on_sky(table, pair.columns, pair.frame)
    return _from(table, pair.columns)


def _merit(name: str, sky: SkyCoord) -> tuple[int, int]:
    """How many positions a column has (a centroid may have failed), and the rank of its name."""
    rank = SKY_NAMES.index(name.lower()) if name.lower() in SKY_NAMES else len(SKY_NAMES)
    return int(np.count_nonzero(np.isfinite(sky.spherical.lon.deg))), -rank


def column_choices(table: Table) -> list[str]:
    """The columns that could hold a position."""

    def could(name: str) -> bool:
        column = table[name]
        kind = getattr(getattr(column, "dtype", None), "kind", "")
        return isinstance(column, SkyCoord) or (getattr(column, "ndim", 0) == 1 and kind in set("iufUSO"))

    return [name for name in table.colnames if could(name)]


def _from(table: Table, columns: tuple[str, ...]) -> Positions:
    first = table[columns[0]]
    if isinstance(first, SkyCoord):
        sky = first.ravel()
        return Positions(columns[:1], sky=sky, note=_missing(np.isfinite(sky.spherical.lon.deg)))
    if len(columns) != 2:
        raise InputError(f"Positions are one SkyCoord column or two columns, not {', '.join(columns)}.")
    named = kind_of_pair((columns[0], columns[1]))
    if named.on_sky if named else _speaks_of_sky(table, columns):
        return _on_sky(table, columns, named.frame if named else "")
    return _in_pixels(table, columns)


def _speaks_of_sky(table: Table, columns: tuple[str, ...]) -> bool:
    """Whether units, a UCD or the texts of two columns say that they are on the sky."""
    first, second = (table[name] for name in columns)
    return (
        (unit_of(first) is not None and unit_of(second) is not None)
        or ucd_of(first).startswith(("pos.eq.ra", "pos_eq_ra"))
        or (is_text(first) and is_sexagesimal(texts_of(first)))
    )


def _in_pixels(table: Table, columns: tuple[str, ...]) -> Positions:
    x, y = (numbers_of(_column(table, name)) for name in columns)
    if not (np.isfinite(x).any() and np.isfinite(y).any()):
        raise InputError(f"The columns {columns[0]!r} and {columns[1]!r} do not hold numbers; choose others.")
    from_one = all(FROM_ONE.fullmatch(name.lower().strip()) for name in columns)
    from_one = from_one or table.meta.get(COUNTS_FROM) == 1
    notes = (
        [f"{columns[0]} and {columns[1]} count pixels from 1: they were shifted by one."] if from_one else []
    )
    good = np.isfinite(x) & np.isfinite(y)
    x, y = (np.where(good, values - from_one, np.nan) for values in (x, y))
    return Positions(columns, x=x, y=y, note=" ".join([*notes, _missing(good)]).strip())


def _column(table: Table, name: str) -> Any:
    column = table[name]
    if getattr(getattr(column, "dtype", None), "kind", "") not in set("iufUSOb"):
        raise InputError(f"The column {name!r} does not hold numbers; choose another for positions.")
    return column


def _on_sky(table: Table, columns: tuple[str, ...], named: str) -> Positions:
    lon, lat = (_column(table, name) for name in columns)
    frame, told = _frame(table, columns, named)
    hours = not isinstance(frame, Galactic) and getattr(frame, "name", frame) in ("icrs", "fk5", "fk4")
    units = [_unit(column, name) for column, name in zip((lon, lat), columns, strict=True)]
    ra, note = degrees_of(lon, units[0], hours=hours)
    dec, _ = degrees_of(lat, None if units[1] == "hours" else units[1], hours=False)
    with np.errstate(invalid="ignore"):
        good = (np.abs(dec) <= 90) & (ra >= -360) & (ra < 720)
    if not good.any():
        raise InputError(f"{columns[0]} and {columns[1]} are not angles on the sky."[:240])
    ra, dec = np.where(good, ra, np.nan) % 360, np.where(good, dec, np.nan)
    notes = [told, f"{columns[0]} {note}" if note else "", _missing(good)]
    sky = SkyCoord(ra * u.deg, dec * u.deg, frame=frame)
    return Positions(columns, sky=sky, note=" ".join(filter(None, notes)))


def _of_parts(table: Table) -> Positions:
    """Positions of a table that has hours, minutes and seconds in columns of their own."""
    ra, dec, columns = joined_parts(table)
    good = np.isfinite(ra) & (np.abs(dec) <= 90)
    frame, told = _frame(table, columns, "")
    sky = SkyCoord(np.where(good, ra, np.nan) * u.deg, np.where(good, dec, np.nan) * u.deg, frame=frame)
    return Positions(columns, sky=sky, note=" ".join(filter(None, [told, _missing(good)])))


def _unit(column: Any, name: str) -> Any:
    """The unit of a column of angles, from its name where it has none itself."""
    unit = unit_of(column)
    if unit is not None:
        return unit
    lower = name.lower()
    if re.search(r"[(\[]\s*(?:h|hr|hrs|hours?|hms)\s*[)\]]|_(?:h|hr|hrs|hours?|hourangle)$|hours", lower):
        return "hours"
    if re.search(r"[(\[]\s*rad(?:ians?)?\s*[)\]]|_rad(?:ians?)?$|radians", lower):
        return u.rad
    return None


def _frame(table: Table, columns: tuple[str, ...], named: str) -> tuple[Any, str]:
    """The frame of two columns, and what is to be said of it.

    Told by their names, then by the file of these columns, what is said of them, or the table's header.
    """
    said = " ".join(str(getattr(table[name].info, "description", "") or "") for name in columns)
    of_file = table.meta.get(FRAMES, {}).get(columns[0])
    name, equinox = named or frame_named(" ".join(columns)), None
    if not name and of_file:
        name, equinox = of_file
    name = name or frame_named(said)
    plain = any(re.search(r"2000|icrs|gaia", one.lower()) for one in columns)
    if not name and not plain:
        name, equinox = _frame_of_header(table.meta)
    frame = _made(name or "icrs", equinox)
    old = f"{columns[0]} and {columns[1]} are B1950 (FK4)." if name == "fk4" else ""
    return frame, old


def _frame_of_header(meta: Any) -> tuple[str, float | None]:
    """What RADESYS and EQUINOX of a FITS table say; '' and None where they say nothing."""
    cards = {str(name).upper(): value for name, value in dict(meta).items() if isinstance(name, str)}
    system = str(cards.get("RADESYS") or cards.get("RADECSYS") or "").strip().upper()
    number = re.search(r"\d{4}(?:\.\d+)?", str(cards.get("EQUINOX", "")))
    equinox = float(number[0]) if number else None
    if system in ("FK4", "FK4-NO-E", "FK5", "ICRS"):
        return {"FK4-NO-E": "fk4noeterms"}.get(system, system.lower()), equinox
    if equinox is None or system:
        return "", None
    return ("fk4" if equinox < 1984 else "fk5"), equinox


def _made(name: str, equinox: Any) -> Any:
    """A frame of that name and equinox."""
    if equinox is None or name not in ("fk4", "fk5"):
        return name
    year = float(re.sub(r"[^\d.]", "", str(equinox)) or 0)
    if not 1800 <= year <= 2200:
        return name
    when = Time(year, format="byear" if name == "fk4" else "jyear")
    return FK4(equinox=when) if name == "fk4" else FK5(equinox=when)


def _missing(good: NDArray[np.bool_]) -> str:
    """A sentence on the rows that have no position, or ''."""
    (bad,) = np.nonzero(~np.atleast_1d(good))
    if not len(bad):
        return ""
    rows = ", ".join(str(n + 1) for n in bad[:NAMED]) + (", …" if len(bad) > NAMED else "")
    have = "has" if len(bad) == 1 else "have"
    return f"{len(bad)} of {len(np.atleast_1d(good))} rows {have} no position (row {rows})."
