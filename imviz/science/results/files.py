"""Writing a table of results to a file, whole or not at all.

ECSV and FITS hold units, masks, coordinates, times and metadata; in VOTable and CSV coordinates are two
columns in degrees and times are text, which other programs read too; in CSV the units stand in the header.
What a format cannot hold, `not_kept` says; `imviz.science.results.reading` brings a table back as it was.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, QTable, Table
from astropy.time import Time

from imviz.errors import InputError
from imviz.science.safe_files import target_file, writing

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["FORMATS", "META", "check_target", "kind_of", "not_kept", "write_table"]

META = "imviz_meta"
"""Name of the INFO element of a VOTable that holds a table's metadata, as JSON."""

FORMATS = {".ecsv": "ascii.ecsv", ".csv": "ascii.csv", ".fits": "fits", ".vot": "votable"}


def check_target(path: str | PathLike[str], *, overwrite: bool = False) -> str:
    """The format in which a table would be written to ``path``; raises as `write_table` would."""
    return kind_of(target_file(path, overwrite=overwrite))


def kind_of(path: str | PathLike[str]) -> str:
    """The format that a file's extension stands for; `InputError` for one that is not known."""
    kind = FORMATS.get(Path(path).suffix.lower())
    if kind is None:
        raise InputError(
            f"{Path(path).name!r} has no known table extension; use one of {', '.join(FORMATS)}."
        )
    return kind


def write_table(table: QTable, path: str | PathLike[str], *, overwrite: bool = False) -> None:
    """Write ``table`` in the format of the file's extension (.ecsv, .csv, .fits, .vot).

    The file appears complete or not at all: it is written beside its place, flushed to disk and renamed.

    Raises
    ------
    InputError
        Unknown extension, or the disk refuses.
    FileThereError
        The file exists and ``overwrite`` is false.
    MissingFileError
        The folder does not exist.
    """
    kind = check_target(path, overwrite=overwrite)
    content = _prepared(table, kind)
    with writing(path, overwrite=overwrite) as temporary:
        if kind == "votable":
            _write_votable(content, table.meta, temporary)
        else:
            content.write(temporary, format=kind, overwrite=True)


def not_kept(path: str | PathLike[str]) -> str:
    """What the format of a file cannot hold of a table of results, in a sentence; '' if it holds all."""
    if kind_of(path) != "ascii.csv":
        return ""
    return (
        "CSV keeps no metadata and no frame: coordinates are read back as ICRS (or Galactic), times as UTC."
    )


def _write_votable(content: Table, meta: Any, path: Path) -> None:
    from astropy.io.votable import from_table
    from astropy.io.votable.tree import Info

    file = from_table(content)
    if meta:
        file.infos.append(Info(name=META, value=json.dumps(dict(meta), default=str)))
    file.to_xml(str(path))


def _prepared(table: QTable, kind: str) -> Table:
    """``table`` with only what ``kind`` can hold."""
    if kind == "ascii.ecsv":
        return table
    columns: dict[str, Any] = {}
    for name in table.colnames:
        column = table[name]
        if column.dtype == object if hasattr(column, "dtype") else False:
            columns[name] = MaskedColumn(np.zeros(len(column)), mask=True)
        elif kind == "fits":
            is_text = getattr(column, "dtype", np.dtype(float)).kind == "U"
            columns[name] = np.char.encode(np.asarray(column), "utf-8") if is_text else column
        elif isinstance(column, SkyCoord):
            columns.update(_coordinates(name, column))
        elif isinstance(column, Time):
            columns[name] = column.isot
        else:
            columns[name] = column
    if kind == "ascii.csv":
        columns = dict(_bare(name, column) for name, column in columns.items())
        return Table(columns)
    return QTable(columns, meta=table.meta)


def _coordinates(name: str, sky: SkyCoord) -> dict[str, Any]:
    """``name.ra`` and ``name.dec`` (or the frame's own names) in degrees, as ECSV names them."""
    lon, lat = list(sky.frame.get_representation_component_names())[:2]
    columns = {f"{name}.{axis}": u.Quantity(getattr(sky, axis), u.deg, subok=True) for axis in (lon, lat)}
    for column in columns.values():
        column.info.description = f"{sky.frame.name} coordinate"  # which VOTable keeps
    return columns


def _bare(name: str, column: Any) -> tuple[str, Any]:
    """A column without its unit, the unit in its name: ``sum [MJy]``."""
    if not isinstance(column, u.Quantity):
        return name, column
    unit = column.unit.to_string() or "1"
    values = column.unmasked.value if hasattr(column, "unmasked") else column.value
    mask = getattr(column, "mask", np.zeros(len(column), dtype=bool))
    return f"{name} [{unit}]", MaskedColumn(values, mask=mask)
