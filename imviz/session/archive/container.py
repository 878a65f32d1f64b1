"""A session file: one text of JSON or, where it has pixels, a zip archive of that text and FITS files.

The text is made to be read by people and by ``git diff``: what fits on a line stands on one, each row of a
table on its own. The same session gives the same bytes. A file is written whole or not at all, and read
within limits: its pixels are unpacked when they are asked for, by the readers that any image passes.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from imviz.errors import MissingFileError, ReadError
from imviz.readers.files.places import check_place
from imviz.readers.files.storage import check_expansion, temporary
from imviz.readers.labels import short
from imviz.science.safe_files import writing
from imviz.science.user_paths import user_path
from imviz.session.archive.schema import FORMAT, LARGEST, VERSION, check_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike

    from imviz.readers.files.storage import Storage
    from imviz.science.scratch import ScratchFile

    Pixels = Mapping[str, Callable[[BinaryIO], object]]

__all__ = ["SUFFIX", "Archive", "is_session_file", "json_text", "read_archive", "read_text", "write_archive"]

SUFFIX = ".imviz"
WIDE = 110  # letters of a line that is not broken
TEXT = "session.json"
MEMBERS = 10_000
PIECE = 2**20
_THEN = (1980, 1, 1, 0, 0, 0)  # the time of each member, so that the same is the same bytes


@dataclass(frozen=True, slots=True)
class Archive:
    """What a session file holds.

    Attributes
    ----------
    document : dict
        Its JSON.
    path : Path or None
        The file; None for one that was never written.
    members : tuple of str
        Names of the FITS files in it.
    """

    document: dict[str, Any]
    path: Path | None = None
    members: tuple[str, ...] = field(default=())

    def pixels(self, name: str) -> Storage:
        """One of its FITS files, unpacked into a temporary one.

        Raises
        ------
        ReadError
            It is not there, is damaged, or grows out of proportion.
        """
        if self.path is None or name not in self.members:
            raise ReadError(f"The session file has no pixels {name[:60]!r}.")
        try:
            with zipfile.ZipFile(self.path) as archive:
                info = archive.getinfo(name)
                check_expansion(short(name), info.compress_size, info.file_size)
                return temporary(Path(name), lambda target: _pour(archive, info, target))
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise ReadError(
                f"The pixels {name[:60]!r} of {self.path.name[:60]} cannot be read: {error}."[:240]
            ) from None


def is_session_file(source: object) -> bool:
    """Whether something is the name of a session file."""
    return isinstance(source, str | Path) and str(source).lower().endswith(SUFFIX)


def write_archive(
    path: str | PathLike[str], document: Mapping[str, Any], pixels: Pixels, *, overwrite: bool
) -> None:
    """Write a session file: beside its place, flushed to disk, renamed.

    Raises
    ------
    ImvizError
        As `imviz.science.safe_files.writing`; what was there is as it was.
    """
    content = json_text(document).encode(errors="backslashreplace")  # JSON's own way to name a stray byte
    with writing(path, overwrite=overwrite) as place:
        if not pixels:
            place.write_bytes(content)
            return
        with zipfile.ZipFile(place, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_info(TEXT), content)
            for name, write in pixels.items():
                with archive.open(_info(name), "w", force_zip64=True) as member:
                    write(member)  # type: ignore[arg-type]


def read_archive(path: str | PathLike[str]) -> Archive:
    """Read a session file; none of its pixels.

    Raises
    ------
    MissingFileError
        There is none.
    ReadError
        It is no session file, of a later version, or too large to be one.
    """
    file = user_path(path)
    check_place(file)
    if not file.is_file():
        raise MissingFileError(f"There is no session file {str(path)[-120:]!r}.")
    members: tuple[str, ...] = ()
    try:
        with file.open("rb") as handle:
            zipped = handle.read(4) == b"PK\x03\x04"
            handle.seek(0)
            if zipped:
                content, members = _unzipped(handle)
            else:
                content = handle.read(LARGEST + 1)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, KeyError, EOFError) as error:
        raise ReadError(f"{short(file.name)} cannot be read as a session: {str(error)[:100]}.") from None
    try:
        return Archive(read_text(content), file, members)
    except ReadError as error:
        raise ReadError(f"{short(file.name)} is not a session that can be opened. {error}"[:240]) from None


def read_text(content: bytes) -> dict[str, Any]:
    """The document in a session's text, checked for its size, its shape and its version."""
    if len(content) > LARGEST:
        raise ReadError(f"It is larger than {LARGEST // 2**20} MB without pixels.")
    try:
        document = json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise ReadError(f"It is not JSON ({str(error)[:80]}).") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ReadError(f"It does not say that it is an {FORMAT}.")
    version = document.get("version")
    if type(version) is not int or not 1 <= version <= VERSION:
        raise ReadError(f"It is of version {str(version)[:20]}; this imviz reads up to {VERSION}: update it.")
    check_shape(document)
    return document


def json_text(document: Mapping[str, Any]) -> str:
    """JSON that people can read: what fits on a line stands on one."""
    return _laid_out(document, "") + "\n"


def _laid_out(value: Any, indent: str) -> str:
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(flat) + len(indent) <= WIDE or not isinstance(value, dict | list) or _only_numbers(value):
        return flat
    inner = indent + " "
    if isinstance(value, dict):
        lines = [
            f"{json.dumps(name, ensure_ascii=False)}: {_laid_out(one, inner)}" for name, one in value.items()
        ]
    else:
        lines = [_laid_out(one, inner) for one in value]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}\n" + ",\n".join(inner + line for line in lines) + f"\n{indent}{end}"


def _only_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, int | float) for one in value)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _THEN)
    info.external_attr = 0o644 << 16
    info.create_system = 3
    return info


def _unzipped(handle: BinaryIO) -> tuple[bytes, tuple[str, ...]]:
    with zipfile.ZipFile(handle) as archive:
        names = archive.namelist()
        if len(names) > MEMBERS:
            raise ReadError(f"It has {len(names):,} files in it; at most {MEMBERS:,} are read.")
        info = archive.getinfo(TEXT)
        if info.file_size > LARGEST:
            raise ReadError(f"It is larger than {LARGEST // 2**20} MB without pixels.")
        check_expansion(TEXT, info.compress_size, info.file_size)
        with archive.open(info) as member:
            return member.read(LARGEST + 1), tuple(name for name in names if name != TEXT)


def _pour(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: ScratchFile) -> None:
    with archive.open(info) as member:
        done = 0
        while piece := member.read(PIECE):
            done += target.write(piece)
            if done > info.file_size:
                raise ReadError(f"The pixels {info.filename[:60]!r} are more than their archive says.")
