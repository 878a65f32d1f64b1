"""A table of results read back from its file as it was: units, masks, coordinates, times, metadata.

The inverse of `imviz.science.results.files`; tables of any other origin are `imviz.readers.catalogs.files`'.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import QTable, Table
from astropy.time import Time
from astropy.utils.masked import Masked

from imviz.errors import MissingFileError, ReadError
from imviz.science.results.files import META, kind_of
from imviz.science.user_paths import user_path

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

__all__ = ["read_table"]

_TIME_CARDS = ("TIMESYS", "JDREF", "TREFPOS")  # of FITS' own, about its columns of times
_AXES = {"ra": ("dec", "icrs"), "l": ("b", "galactic"), "lon": ("lat", "barycentricmeanecliptic")}


def read_table(path: str | PathLike[str]) -> QTable:
    """A table of results as it was before it was written.

    Raises
    ------
    InputError
        Unknown extension.
    MissingFileError, ReadError
        There is no such file, or no table in it.
    """
    file = user_path(path)
    kind = kind_of(file)
    if not file.is_file():
        raise MissingFileError(f"There is no table {str(path)!r}.")
    options: dict[str, Any] = {"astropy_native": True} if kind == "fits" else {}
    try:
        table = Table.read(file, format=kind, **options)
        meta = _votable_meta(file) if kind == "votable" else dict(table.meta)
    except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:100]
        raise ReadError(f"{file.name} cannot be read as a table ({kind}): {reason}."[:240]) from error
    columns: dict[str, Any] = {}
    for name in table.colnames:
        columns.update(_restored(name, table, bracketed=kind == "ascii.csv"))
    return QTable(columns, meta={name: meta[name] for name in meta if name not in _TIME_CARDS})


def _votable_meta(path: Path) -> dict[str, Any]:
    from astropy.io.votable import parse

    found = [info.value for info in parse(path).infos if info.name == META]
    return dict(json.loads(found[0])) if found else {}


def _restored(name: str, table: Table, *, bracketed: bool) -> dict[str, Any]:
    """The column (none for the second of a pair) as `Results.table` has it, under its own name."""
    column = table[name]
    plain, unit = name, None
    if bracketed and (found := re.fullmatch(r"(.+) \[(.+)\]", name)):
        plain, unit = found[1], u.Unit(found[2])
    stem, _, axis = plain.rpartition(".")
    if stem and axis in _AXES:
        other, frame = _AXES[axis]
        pair = _quantity(column, u.deg), _quantity(table[name.replace(plain, f"{stem}.{other}")], u.deg)
        told = str(column.info.description or "").removesuffix(" coordinate")
        return {stem: SkyCoord(*pair, frame=told or frame)}
    if stem and axis in {other for other, _ in _AXES.values()}:
        return {}
    if isinstance(column, SkyCoord | Time):
        return {plain: column}
    if column.dtype == object or np.all(getattr(column, "mask", False)):
        return {plain: np.full(len(table), None, dtype=object)}
    if column.dtype.kind in "SU":
        return {plain: _text(plain, column)}
    unit = unit or column.unit
    return {plain: _number(column) if unit is None else _quantity(column, unit)}


def _text(name: str, column: Any) -> Any:
    values = np.char.decode(column, "utf-8") if column.dtype.kind == "S" else np.asarray(column).astype(str)
    return Time(values, precision=6) if name == "timestamp" else values


def _number(column: Any) -> Any:
    mask = np.ma.getmaskarray(column)
    values = np.asarray(np.ma.getdata(column))
    values = values.astype(values.dtype.newbyteorder("="))
    return np.ma.MaskedArray(values, mask=mask) if mask.any() else values


def _quantity(column: Any, unit: u.UnitBase) -> Any:
    """Numbers with a unit, masked where they are absent."""
    if isinstance(column, u.Quantity):
        mask = np.asarray(getattr(column, "mask", np.zeros(len(column), dtype=bool)))
        values = getattr(column, "unmasked", column).to_value(unit)
    else:
        mask = np.ma.getmaskarray(column)
        values = np.ma.getdata(column)
    values = np.asarray(values, dtype=float) * unit
    return Masked(values, mask=mask) if mask.any() else values
