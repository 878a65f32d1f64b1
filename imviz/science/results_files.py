"""Writing a table of results to a file, whole or not at all.

ECSV is the format to read back: units, masks, coordinates and times return as they were. FITS keeps all
but `None` (a column of `None` becomes masked numbers). VOTable and CSV are for other programs:
coordinates become two columns in degrees and times become text; in CSV the units stand in the header.
"""

from __future__ import annotations

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

__all__ = ["FORMATS", "check_target", "write_table"]

FORMATS = {".ecsv": "ascii.ecsv", ".csv": "ascii.csv", ".fits": "fits", ".vot": "votable"}


def check_target(path: str | PathLike[str], *, overwrite: bool = False) -> str:
    """The format in which a table would be written to ``path``; raises as `write_table` would."""
    target = target_file(path, overwrite=overwrite)
    kind = FORMATS.get(target.suffix.lower())
    if kind is None:
        raise InputError(f"{target.name!r} has no known table extension; use one of {', '.join(FORMATS)}.")
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
        content.write(temporary, format=kind, overwrite=True)


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
            columns[name] = column
        elif isinstance(column, SkyCoord):
            columns.update(_coordinates(name, column))
        elif isinstance(column, Time):
            columns[name] = column.isot
        else:
            columns[name] = column
    if kind == "ascii.csv":
        columns = dict(_bare(name, column) for name, column in columns.items())
        return Table(columns)
    return QTable(columns)


def _coordinates(name: str, sky: SkyCoord) -> dict[str, Any]:
    """``name.ra`` and ``name.dec`` (or the frame's own names) in degrees, as ECSV names them."""
    lon, lat = list(sky.frame.get_representation_component_names())[:2]
    return {f"{name}.{axis}": u.Quantity(getattr(sky, axis), u.deg, subok=True) for axis in (lon, lat)}


def _bare(name: str, column: Any) -> tuple[str, Any]:
    """A column without its unit, the unit in its name: ``sum [MJy]``."""
    if not isinstance(column, u.Quantity):
        return name, column
    unit = column.unit.to_string()
    values = column.unmasked.value if hasattr(column, "unmasked") else column.value
    mask = getattr(column, "mask", np.zeros(len(column), dtype=bool))
    return (f"{name} [{unit}]" if unit else name), MaskedColumn(values, mask=mask)
