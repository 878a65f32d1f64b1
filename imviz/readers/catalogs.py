"""Tables of sources from files: ECSV, VOTable, FITS, CSV and whatever else astropy reads as a table.

The format is found by the file's name, then by trying; nothing is downloaded. What the columns mean is
`imviz.science.sources.source_columns`' business.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from astropy.table import QTable, Table

from imviz.errors import MissingFileError, ReadError
from imviz.readers.quiet import DAMAGED, quiet

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["read_catalog"]

FORMATS = {
    ".ecsv": "ascii.ecsv",
    ".vot": "votable",
    ".xml": "votable",
    ".votable": "votable",
    ".fits": "fits",
    ".fit": "fits",
    ".csv": "ascii.csv",
    ".tsv": "ascii.tab",
}


def read_catalog(path: str | PathLike[str]) -> QTable:
    """The table in a file.

    Parameters
    ----------
    path
        A file in ECSV, VOTable, FITS, CSV or any text format of astropy's; the first table of several.

    Raises
    ------
    MissingFileError
        If there is no such file.
    ReadError
        If it holds no table, or an empty one.
    """
    file = Path(path).expanduser()
    if not file.is_file():
        raise MissingFileError(f"There is no catalog file {str(path)!r}.")
    suffix = (file.with_suffix("") if file.suffix == ".gz" else file).suffix.lower()
    options: dict[str, Any] = {"format": FORMATS.get(suffix, "ascii")}
    if options["format"] == "fits":
        options["hdu"] = _first_table(file)
    try:
        with quiet():
            table = Table.read(file, **options)
    except DAMAGED as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:100]
        raise ReadError(
            f"{file.name} cannot be read as a table ({options['format']}): {reason}. "
            "ECSV, VOTable, FITS and CSV work."
        ) from error
    if not len(table):
        raise ReadError(f"{file.name} has no rows; a catalog needs at least one source.")
    return QTable(table)


def _first_table(file: Path) -> int:
    from astropy.io import fits

    try:
        with quiet(), fits.open(file) as hdus:
            return next(n for n, hdu in enumerate(hdus) if isinstance(hdu, fits.BinTableHDU | fits.TableHDU))
    except StopIteration:
        raise ReadError(f"{file.name} holds no table; open it as an image instead.") from None
    except DAMAGED as error:
        reason = (str(error).splitlines() or ["damaged"])[0][:100]
        raise ReadError(f"{file.name} is not a FITS file: {reason}.") from error
