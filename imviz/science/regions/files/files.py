"""Files of regions: which formats there are, how one is read and written.

The text formats have modules of their own; the tables, FITS and ECSV, are here.
"""

from __future__ import annotations

import re
import warnings
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.io.ascii.ecsv import InvalidEcsvDatatypeWarning
from astropy.io.fits import VerifyError
from astropy.table import QTable, Table
from regions import CirclePixelRegion, CircleSkyRegion, PixCoord, PixelRegion, Region, Regions
from regions.io.fits.core import FITSParserError

from imviz.errors import InputError, MissingFileError, ReadError, WrongTypeError
from imviz.science.regions.files.crtf import parse_crtf
from imviz.science.regions.files.crtf_writing import to_crtf
from imviz.science.regions.files.ds9 import parse_ds9
from imviz.science.regions.files.ds9_writing import to_ds9
from imviz.science.regions.files.stcs import parse_stcs, to_stcs
from imviz.science.regions.looks import settle
from imviz.science.regions.records import from_json, to_json
from imviz.science.safe_files import target_file, writing
from imviz.science.text_files import decoded
from imviz.science.user_paths import user_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imviz.science.regions.described import Described

__all__ = ["FORMATS", "read", "write"]

FORMATS = ("ds9", "crtf", "fits", "ecsv", "stcs")
ENDINGS = {
    ".reg": "ds9",
    ".ds9": "ds9",
    ".crtf": "crtf",
    ".fits": "fits",
    ".fit": "fits",
    ".ecsv": "ecsv",
    ".stcs": "stcs",
}
Bad = list[tuple[Any, str]]
BEGINNINGS = {b"#CRTF": "crtf", b"SIMPLE  =": "fits", b"# %ECSV": "ecsv", b"# Region file format: DS9": "ds9"}
PARSERS: dict[str, Callable[[str], tuple[Any, Bad]]] = {
    "ds9": parse_ds9,
    "crtf": parse_crtf,
    "stcs": parse_stcs,
}
WRITERS = {"ds9": to_ds9, "crtf": to_crtf, "stcs": to_stcs}
RECORDS = "IMVIZ_REGIONS"
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
"""What stands in no text."""
WRONG = (
    *(ValueError, OSError, KeyError, IndexError, TypeError, AttributeError),
    *(FITSParserError, VerifyError, InvalidEcsvDatatypeWarning),  # which are no ValueError
)


def read(path: str | PathLike[str], file_format: str | None = None) -> tuple[list[Region | Described], Bad]:
    """The regions in a file, and what in it cannot be used with why.

    Those that only an image can place are given as they are described: see
    `imviz.science.regions.described.placed`.

    Parameters
    ----------
    path
        The file.
    file_format : {'ds9', 'crtf', 'fits', 'ecsv', 'stcs'}, optional
        Default: by its first words, or the ending of its name.

    Raises
    ------
    MissingFileError
        If there is no such file.
    ReadError
        If it is not a region file of that format.
    """
    if not isinstance(path, str | PathLike):
        raise WrongTypeError(f"A region file is named by its path, not by {path!r:.60}.")
    path = user_path(path)
    if file_format is None and path.is_file():
        file_format = _told_by_beginning(path)
    file_format = _format(path, file_format)
    if not path.is_file():
        raise MissingFileError(f"There is no region file {str(path)!r}.")
    try:
        if file_format in PARSERS:
            found, bad = PARSERS[file_format](_text(path))
        elif file_format == "fits":
            found, bad = _read_fits(path)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("error", InvalidEcsvDatatypeWarning)  # damaged: nothing is guessed
                found, bad = _from_table(Table.read(path, format="ascii.ecsv"))
    except WRONG as error:
        reason = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        raise ReadError(_refusal(path, file_format, reason)) from error
    if not found and not bad:
        raise ReadError(_refusal(path, file_format, "it holds no region"))
    for region in found:
        if isinstance(region, Region):
            settle(region)
    return found, bad


def write(
    found: Sequence[Region],
    path: str | PathLike[str],
    file_format: str | None = None,
    *,
    overwrite: bool = False,
) -> list[str]:
    """Write regions to a file, whole or not at all; what is read back is equal. Parameters as for `read`.

    Returns
    -------
    list of str
        What other programs will find otherwise than it is, in sentences.

    Raises
    ------
    FileThereError
        If the file is there and is not to be overwritten.
    InputError
        If the format has regions on the sky only, or the disk refuses: what was there is as it was.
    """
    file_format = _format(path, file_format)
    target_file(path, overwrite=overwrite)
    if file_format == "stcs":
        _refuse_pixels(found)
    told: list[str] = []
    with writing(path, overwrite=overwrite) as temporary:
        if file_format in WRITERS:
            text, told = WRITERS[file_format](found)
            temporary.write_text(text, encoding="utf-8")
        elif file_format == "fits":
            hdus, told = _to_fits(found)
            hdus.writeto(temporary, overwrite=True)
        else:
            _to_table(found).write(temporary, format="ascii.ecsv", overwrite=True)
    return told


def _told_by_beginning(path: Any) -> str | None:
    """The format that the first words of a file name."""
    with Path(path).open("rb") as file:
        start = file.read(200).removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((name for words, name in BEGINNINGS.items() if start.startswith(words)), None)


def _text(path: Any) -> str:
    """The text of a file; a file of binary numbers is refused."""
    text = decoded(Path(path).read_bytes())
    if len(CONTROL.findall(text)) > 0.05 * len(text):  # a few are a slip of some program
        raise ValueError("it is no text")
    return text.replace("\x00", " ")


def _format(path: Any, file_format: str | None) -> str:
    chosen = file_format or ENDINGS.get(Path(path).suffix.lower())
    if chosen not in FORMATS:
        what = f"{chosen!r}" if chosen else f"for {Path(path).name!r}"
        raise InputError(f"There is no region format {what[:80]}; use one of: {', '.join(FORMATS)}.")
    return chosen


def _refusal(path: Any, file_format: str, reason: str) -> str:
    others = ", ".join(name for name in FORMATS if name != file_format)
    return (
        f"{Path(path).name[:60]} cannot be read as {file_format} regions: {reason}. Other formats: {others}."
    )


# ---- tables


def _to_fits(found: Sequence[Region]) -> tuple[fits.HDUList, list[str]]:
    """The standard's table of what it has a shape for, and one of ours with everything."""
    plain = [r for r in found if isinstance(r, PixelRegion) and _in_standard(r)]
    tables = [fits.table_to_hdu(Regions(plain).serialize(format="fits"))] if plain else []
    for table in tables:
        table.name = "REGION"
    records = np.array([to_json(region) for region in found] or [""])
    width = max(len(record) for record in records.tolist())
    own = fits.BinTableHDU.from_columns(
        [fits.Column("RECORD", f"{max(width, 1)}A", array=records)], name=RECORDS
    )
    only_ours = len(found) - len(plain)
    why = (
        f"{only_ours} of {len(found)} regions are not in FITS' own table, which has simple shapes in pixels."
    )
    return fits.HDUList([fits.PrimaryHDU(), *tables, own]), [f"{why} Only imviz reads them."] * bool(
        only_ours
    )


def _in_standard(region: Any) -> bool:
    name = type(region).__name__
    return not name.startswith(("Compound", "RectangleAnnulus", "Line", "Text", "Regular"))


def _read_fits(path: Any) -> tuple[list[Region], Bad]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damage: what cannot be read is refused, all else is whole
        with fits.open(path) as hdus:
            has_table = "REGION" in hdus
            if RECORDS in hdus:
                return _from_records(list(hdus[RECORDS].data["RECORD"]))
        try:
            return list(Regions.read(path, format="fits")), []
        except WRONG:
            if not has_table:
                raise
            return _by_row(QTable.read(path, format="fits", hdu="REGION"))


def _by_row(table: QTable) -> tuple[list[Region], Bad]:
    """The regions of FITS' own table, row by row, as one of them cannot be read."""
    found: list[Region] = []
    bad: Bad = []
    for n in range(len(table)):
        try:
            found += list(Regions.parse(table[n : n + 1], format="fits"))
        except WRONG as error:
            bad.append((f"row {n}", f"Row {n} is no region: {str(error)[:100]}."))
    return found, bad


def _to_table(found: Sequence[Region]) -> QTable:
    """One row a region: its name, shape and frame to read, its record to come back by."""
    rows = []
    for region in found:
        kind = type(region).__name__
        frame = "pixel" if isinstance(region, PixelRegion) else "sky"
        text = str(region.meta.get("text", ""))
        rows.append(
            (kind.removesuffix("Region").removesuffix("Pixel").removesuffix("Sky").lower(), frame, text)
        )
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    return QTable(
        [*columns, [to_json(region) for region in found]], names=["shape", "frame", "label", "region"]
    )


def _from_table(table: Table) -> tuple[list[Region], Bad]:
    """Regions of a table of ours, or circles of one with columns of positions and a radius."""
    if "region" in table.colnames:
        return _from_records([str(text) for text in table["region"]])
    names = {name.lower(): name for name in table.colnames}
    if "radius" not in names:
        raise InputError("it has neither a column 'region' nor positions with a column 'radius'")
    table = QTable(table)
    radii = table[names["radius"]]
    sky = next((table[name] for name in table.colnames if isinstance(table[name], SkyCoord)), None)
    if sky is None and {"ra", "dec"} <= set(names):
        sky = SkyCoord(table[names["ra"]], table[names["dec"]], unit="deg")
    shapes: list[Region] = []
    bad: Bad = []
    for n, radius in enumerate(radii):
        try:
            if sky is not None:
                shapes.append(CircleSkyRegion(sky[n], u.Quantity(radius, getattr(radius, "unit", u.arcsec))))
            else:
                x, y = float(table[names["x"]][n]), float(table[names["y"]][n])
                shapes.append(CirclePixelRegion(PixCoord(x, y), float(getattr(radius, "value", radius))))
        except (ValueError, TypeError) as error:
            bad.append((f"row {n}", f"Row {n} is not a circle: {str(error)[:100]}"))
    return shapes, bad


def _from_records(texts: Sequence[str]) -> tuple[list[Region], Bad]:
    found: list[Region] = []
    bad: Bad = []
    for text in texts:
        try:
            found.append(from_json(text))
        except InputError as error:
            bad.append((text[:200], str(error)))
    return found, bad


def _refuse_pixels(found: Sequence[Region]) -> None:
    """Refuse regions in pixels where a format has the sky only."""
    if any(isinstance(region, PixelRegion) for region in found):
        raise InputError("STC-S has regions on the sky only; ask for frame='sky'.")
