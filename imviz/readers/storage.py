"""The bytes of a file: left on disk when they lie there plainly, unpacked when compressed.

Whoever reads pixels asks here for an array at an offset and needs not know which. A compressed file is
unpacked in memory, piece by piece, so that one made to swell is refused while it is still small.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from astropy.io import fits

from imviz.errors import MissingFileError, ReadError
from imviz.readers.on_disk import DiskArray
from imviz.readers.open_file import OpenFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Storage", "check_expansion", "memory_storage", "open_storage", "short"]

FREE = 256 * 2**20
"""Bytes that anything may unpack to, whatever its size on disk."""
MAX_RATIO = 200
"""How many times larger than on disk it may become beyond that; real images stay below 50."""

_UNPACKERS: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}


@dataclass(frozen=True, slots=True)
class Storage:
    """A file's content.

    Attributes
    ----------
    path
        The file, as the user named it.
    size
        Bytes of content (unpacked).
    content
        The unpacked bytes, or `None` when the content is the file itself.
    file
        That file, held open; `None` when there is `content`.
    """

    path: Path
    size: int
    content: bytes | None = None
    file: OpenFile | None = None

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return short(self.path.name)

    def handle(self) -> BinaryIO:
        """A readable, seekable file of the content; the caller closes it.

        Raises
        ------
        ReadError
            The file has changed since it was opened, or is gone.
        """
        if self.file is None:
            return BytesIO(self.content or b"")
        try:
            handle = self.path.open("rb")
        except OSError as error:
            raise ReadError(f"{self.name} cannot be read any more: {_why(error)}; load it again.") from None
        try:
            self.file.check(os.fstat(handle.fileno()))
        except ReadError:
            handle.close()
            raise
        return handle

    def magic(self) -> bytes:
        """The first bytes, by which formats are told apart."""
        with self.handle() as file:
            return file.read(80)

    def array(self, offset: int, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any] | DiskArray:
        """A read-only array over the content at `offset`; nothing is read until it is used."""
        if self.file is not None:
            return DiskArray(self.file, offset, dtype, shape)
        count = int(np.prod(shape, dtype=np.int64))
        return np.frombuffer(self.content or b"", dtype=dtype, count=count, offset=offset).reshape(shape)

    @contextmanager
    def hdulist(self) -> Iterator[fits.HDUList]:
        """The content opened by astropy, for as long as the ``with`` lasts.

        Not memory-mapped: astropy refuses to scale what is, and plain pixels do not come this way.
        """
        with self.handle() as file, fits.open(file, memmap=False) as hdus:
            yield hdus


def short(text: str, limit: int = 80) -> str:
    """A name cut in the middle, so that a message stays one line."""
    half = limit // 2 - 1
    return text if len(text) <= limit else f"{text[:half]}…{text[-half:]}"


def open_storage(path: Path) -> Storage:
    """Look at a path and at its first bytes.

    Raises
    ------
    MissingFileError
        Nothing is there.
    ReadError
        A directory, a device, an unreadable or an empty file, or a damaged or bomb-like compressed one.
    """
    name = short(path.name or str(path))
    try:
        status = path.stat()
    except FileNotFoundError:
        raise MissingFileError(
            f"{short(str(path), 120)} does not exist; check the name and folder."
        ) from None
    except (OSError, ValueError) as error:
        raise ReadError(f"{name!r} cannot be opened ({error.__class__.__name__}: {_why(error)}).") from None
    if stat.S_ISDIR(status.st_mode):
        raise ReadError(f"{name} is a directory; name one of the files in it.")
    if not stat.S_ISREG(status.st_mode):
        raise ReadError(f"{name} is a device, pipe or socket, not a regular file; save the image to a file.")
    if status.st_size == 0:
        raise ReadError(f"{name} is empty (0 bytes); copy or download it again.")
    try:
        file = OpenFile(path)
        magic = file.read(0, min(6, file.size))
    except OSError as error:
        raise ReadError(f"{name} cannot be read: {_why(error)}; check its permissions.") from None
    for start, opener in _UNPACKERS.items():
        if magic.startswith(start):
            content = _unpack(path, path, opener, status.st_size)
            return Storage(path, len(content), content)
    return Storage(path, file.size, file=file)


def memory_storage(path: Path, content: bytes) -> Storage:
    """Bytes that are not on disk, unpacked if they are compressed; `path` only names them."""
    if not content:
        raise ReadError(f"{short(path.name)} is empty (0 bytes); copy or download it again.")
    for start, opener in _UNPACKERS.items():
        if content.startswith(start):
            content = _unpack(path, BytesIO(content), opener, len(content))
            break
    return Storage(path, len(content), content)


def check_expansion(name: str, packed: int, unpacked: int) -> None:
    """Refuse content that grows out of all proportion to its size on disk."""
    if unpacked > max(FREE, MAX_RATIO * packed):
        raise ReadError(
            f"{name} unpacks from {_megabytes(packed)} to {_megabytes(unpacked)} or more, over {MAX_RATIO} "
            "times; if you trust it, unpack it with gunzip or funpack and open the result."
        )


def _unpack(path: Path, source: Path | BytesIO, opener: Any, packed: int) -> bytes:
    """The whole content of a compressed file, or of its bytes; `path` is for messages."""
    pieces, total, name = [], 0, short(path.name)
    try:
        with opener(source, "rb") as file:
            while piece := file.read(2**22):
                pieces.append(piece)
                total += len(piece)
                check_expansion(name, packed, total)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(f"{name} cannot be unpacked: {_why(error)}; copy or download it again.") from None
    if total == 0:
        raise ReadError(f"{name} unpacks to nothing; copy or download it again.")
    return b"".join(pieces)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.3g} MB"


def _why(error: Exception) -> str:
    """The cause in the system's words, without the path that the message names already."""
    return short(getattr(error, "strerror", None) or str(error), 80)
