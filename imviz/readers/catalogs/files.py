"""Tables of sources from files: ECSV, VOTable, FITS, CSV and the text tables of astronomy's programs.

The format is told by the first bytes, whatever the file is called; nothing is downloaded. Of several tables
the one with positions is taken. What a file says of its columns beside them (the frame of a VOTable's, the
pixel a program counts from) is kept in the table's ``meta``; what the columns mean is the business of
`imviz.science.sources.source_columns`.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from astropy import units as u
from astropy.table import Column, QTable, Table

from imviz.errors import InputError, MissingFileError, ReadError
from imviz.readers.catalogs.daophot import astroimagej_stars, daophot_table
from imviz.readers.catalogs.text import text_table
from imviz.readers.catalogs.votables import votable_table
from imviz.readers.quiet import damaged, quiet
from imviz.science.sources.angles import unit_of
from imviz.science.sources.source_columns import COUNTS_FROM, NOTES, find_positions
from imviz.science.text_files import decoded
from imviz.science.user_paths import user_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

__all__ = ["as_catalog", "read_catalog"]

ENDINGS = {".ecsv": "ascii.ecsv", ".vot": "votable", ".votable": "votable", ".fits": "fits", ".fit": "fits"}
PACKED: dict[bytes, Callable[[bytes], bytes]] = {
    b"\x1f\x8b": gzip.decompress,
    b"BZh": bz2.decompress,
    b"\xfd7zXZ": lzma.decompress,
}
LOOKED_AT = 3000  # bytes at the beginning that tell a format


def read_catalog(path: str | PathLike[str]) -> QTable:
    """The table in a file.

    Parameters
    ----------
    path
        A file in ECSV, VOTable, FITS, CSV or any text format of astropy's; of several tables the first that
        has positions.

    Raises
    ------
    MissingFileError
        If there is no such file.
    ReadError
        If it holds no table, or an empty one.
    """
    file = user_path(path)
    if not file.is_file():
        raise MissingFileError(f"There is no catalog file {str(path)!r}.")
    kind = ENDINGS.get(file.suffix.lower(), "text")
    try:
        with quiet():
            content = _content(file)
            kind = "fits" if isinstance(content, Path) else _kind(content) or kind
            table = _fits(content) if isinstance(content, Path) else _READERS[kind](content)
    except damaged() as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = (lines or [type(error).__name__])[0][:100].rstrip(".")
        if reason.startswith("it holds no table"):
            raise ReadError(f"{file.name} holds no table; open it as an image instead.") from error
        raise ReadError(
            f"{file.name} cannot be read as a table ({kind}): {reason}. ECSV, VOTable, FITS and CSV work."
        ) from error
    if not len(table):
        raise ReadError(f"{file.name} has no rows; a catalog needs at least one source.")
    return as_catalog(table)


def _content(file: Path) -> bytes | Path:
    """What is in a file, unpacked; a FITS file that is not packed stays where it is, however large."""
    with file.open("rb") as opened:
        if _kind(opened.read(LOOKED_AT)) == "fits":
            return file
    content = file.read_bytes()
    return next((unpack(content) for mark, unpack in PACKED.items() if content.startswith(mark)), content)


def _kind(content: bytes) -> str | None:
    """The format that the first bytes tell; None if it is plain text, or nothing known."""
    if content.startswith((b"SIMPLE  =", b"XTENSION")):
        return "fits"
    start = decoded(content[:LOOKED_AT]).lstrip("\ufeff \n\t")
    told = {
        "ascii.ecsv": r"# %ECSV",
        "votable": r"(<\?xml.*?)?\s*(<!--.*?-->\s*)*(<!DOCTYPE VOTABLE.*?>\s*)?<(\w+:)?VOTABLE",
        "iraf": r"#K\s",
        "daophot": r"\s*NL\s+NX\s+NY\s",
        "ascii.sextractor": r"#\s+1\s+[A-Z]\w*",
        "ascii.ipac": r"\\\S|\|[^\n]*\|\s*\n(\|[^\n]*\n)*[^|\n]+\n",
        "ascii.cds": r"(Title|Authors?):.*?Byte-by-byte",
        "ascii.html": r"<(!DOCTYPE html|html|table)",
        "ascii.latex": r"\\begin\{(table|tabular|deluxetable)",
    }
    for name, words in told.items():
        if re.match(words, start, re.DOTALL | re.IGNORECASE):
            return name
    return None


def _fits(content: bytes | Path) -> Table:
    from astropy.io import fits

    with fits.open(content if isinstance(content, Path) else io.BytesIO(content)) as hdus:
        tables = [n for n, hdu in enumerate(hdus) if isinstance(hdu, fits.BinTableHDU | fits.TableHDU)]
        if not tables:
            raise ReadError("it holds no table")
        filled = [n for n in tables if len(hdus[n].columns) and hdus[n].header.get("NAXIS2")]
        return _with_positions([Table.read(hdus[n], astropy_native=True) for n in filled or tables[:1]])


def _with_positions(tables: list[Table]) -> Table:
    """The first table whose positions are found; else the first."""
    for table in tables:
        try:
            find_positions(table[:50])
        except InputError:
            continue
        return table
    return tables[0]


def _votable(content: bytes) -> Table:
    return _with_positions(votable_table(content))


def _ecsv(content: bytes) -> Table:
    return Table.read(decoded(content).split("\n"), format="ascii.ecsv")


def _from_one(reader: Callable[[str], Table]) -> Callable[[bytes], Table]:
    """A reader of a program's format that counts pixels from 1."""

    def read(content: bytes) -> Table:
        table = reader(decoded(content))
        table.meta[COUNTS_FROM] = 1
        return table

    return read


def _iraf(text: str) -> Table:
    return Table.read(text, format="ascii.daophot")


def _of_astropy(name: str) -> Callable[[bytes], Table]:
    def read(content: bytes) -> Table:
        return Table.read(decoded(content), format=name)

    return read


def _text(content: bytes) -> Table:
    """A plain text table: by its parts, else by astropy's guess."""
    text = decoded(content)
    if not text.strip():
        raise ReadError("it is empty")
    if text.count("\x00") > 0.02 * len(text):  # a few are a slip of some program
        raise ReadError("it is no text, and no table that is known")
    text = text.replace("\x00", " ")
    try:
        table = text_table(text)
    except ReadError:
        table = Table.read(text, format="ascii")
    stars = astroimagej_stars(table)
    table = table if stars is None else stars
    remarks = "\n".join(line for line in text[:LOOKED_AT].split("\n") if line.startswith(("#", "%", "!")))
    if re.search(r"aperture photometry tool", text[:LOOKED_AT], re.IGNORECASE):
        table.meta[COUNTS_FROM] = 1
    if re.search(r"RA in decimal or sexagesimal hours", remarks, re.IGNORECASE):
        _radec(table)
    return table


def _radec(table: Table) -> None:
    """AstroImageJ's list of apertures: RA in hours, whatever its form, and Dec, in the first two columns."""
    first, second = table.colnames[:2]
    table.rename_columns([first, second], ["RA", "Dec"])
    table["RA"].unit, table["Dec"].unit = u.hourangle, u.deg


def as_catalog(table: Table) -> QTable:
    """A table with its units; one that is not known is kept as words, the unit of a text with its column."""
    table = table.copy(copy_data=False)
    if not table.meta.get(NOTES):
        table.meta.pop(NOTES, None)
    odd = {
        name: table[name].unit
        for name in table.colnames
        if isinstance(getattr(table[name], "unit", None), u.UnrecognizedUnit)
        and np.asarray(table[name]).dtype.kind in "iuf"
    }
    for name, unit in odd.items():
        table[name].unit = None
        table[name].description = " ".join(filter(None, [table[name].description, f"[{unit}]"]))
        meant = unit_of(Column(unit=unit))
        if isinstance(meant, str):
            table[name].unit = {"degrees": u.deg, "hours": u.hourangle}[meant]
    with quiet():
        return QTable(table)


_READERS: dict[str, Callable[[bytes], Table]] = {
    "fits": _fits,
    "votable": _votable,
    "ascii.ecsv": _ecsv,
    "iraf": _from_one(_iraf),
    "daophot": _from_one(daophot_table),
    **{
        name: _of_astropy(name)
        for name in ("ascii.sextractor", "ascii.ipac", "ascii.cds", "ascii.html", "ascii.latex")
    },
    "text": _text,
}
