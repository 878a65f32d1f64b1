"""The bytes of a file: left where they lie when they lie there plainly, unpacked when compressed.

Whoever reads pixels asks here for an array at an offset and needs not know which. A compressed file is
unpacked piece by piece into a temporary one, so that memory stays small, one made to swell is refused in
time, and its pixels can be read where they are looked at as any other file's.
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
from typing import TYPE_CHECKING, Any, BinaryIO

from astropy.io import fits

from imviz.errors import ImvizError, MissingFileError, ReadError
from imviz.readers import progress
from imviz.readers.files.on_disk import DiskArray
from imviz.readers.files.open_file import OpenFile
from imviz.readers.files.places import check_place
from imviz.readers.labels import short
from imviz.science.scratch import ScratchFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import numpy as np

    from imviz.readers.files.on_disk import Scaling

__all__ = [
    "Storage",
    "check_expansion",
    "inflated",
    "memory_storage",
    "open_storage",
    "temporary",
    "unpacked",
]

FREE = 128 * 2**20
"""Bytes that anything may unpack to, whatever its size on disk."""
MAX_RATIO = 100
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
    file
        What holds the content, open: the file itself, or its unpacked copy.
    """

    path: Path
    size: int
    file: OpenFile

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
        try:
            handle = self.file.reachable.open("rb")
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

    def array(
        self, offset: int, dtype: np.dtype[Any], shape: tuple[int, ...], scaling: Scaling | None = None
    ) -> DiskArray:
        """A read-only array over the content at `offset`; nothing is read until it is used."""
        return DiskArray(self.file, offset, dtype, shape, scaling)

    @contextmanager
    def hdulist(self) -> Iterator[fits.HDUList]:
        """The content opened by astropy, for as long as the ``with`` lasts.

        Not memory-mapped: astropy refuses to scale what is, and plain pixels do not come this way.
        """
        with self.handle() as file, fits.open(file, memmap=False) as hdus:
            yield hdus


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
    check_place(path)
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
    return inflated(Storage(path, file.size, file), magic)


def memory_storage(path: Path, content: bytes) -> Storage:
    """Bytes that are not on disk, unpacked if they are compressed; `path` only names them."""
    if not content:
        raise ReadError(f"{short(path.name)} is empty (0 bytes); copy or download it again.")
    return inflated(temporary(path, lambda file: file.write(content)))


def inflated(storage: Storage, magic: bytes | None = None) -> Storage:
    """The content itself of a file that may be compressed; `magic` are its first bytes, if known."""
    magic = storage.magic() if magic is None else magic
    for start, opener in _UNPACKERS.items():
        if magic.startswith(start):
            return _unpack(storage, opener)
    return storage


def check_expansion(name: str, packed: int, unpacked: int) -> None:
    """Refuse content that grows out of all proportion to its size on disk."""
    if unpacked > max(FREE, MAX_RATIO * packed):
        raise ReadError(
            f"{name} unpacks from {_megabytes(packed)} to {_megabytes(unpacked)} or more, over {MAX_RATIO} "
            "times; if you trust it, unpack it with gunzip or funpack and open the result."
        )


def _unpack(packed: Storage, opener: Any) -> Storage:
    """The whole content of a compressed file: of the one held open, whatever its name leads to now."""
    name = packed.name

    def fill(target: ScratchFile) -> None:
        total = 0
        with packed.handle() as raw, opener(raw, "rb") as file:
            while piece := file.read(2**20):
                total += target.write(piece)
                check_expansion(name, packed.size, total)
                progress.step(f"Unpacking {name}", total)

    try:
        storage = temporary(packed.path, fill)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
        if isinstance(error, ImvizError):
            raise
        raise ReadError(f"{name} cannot be unpacked: {_why(error)}; copy or download it again.") from None
    if storage.size == 0:
        raise ReadError(f"{name} unpacks to nothing; copy or download it again.")
    return storage


def unpacked(path: Path, name: str, pieces: Iterable[bytes], size: int) -> Storage:
    """What `pieces` make together, in a temporary file of the length they must have."""

    def fill(target: ScratchFile) -> None:
        total = 0
        for piece in pieces:
            total += target.write(piece)
            progress.step(f"Unpacking {name}", total, size)
            if total > size:
                break

    try:
        storage = temporary(path, fill)
    except (OSError, EOFError, ValueError, RuntimeError, zlib.error) as error:
        if isinstance(error, ImvizError):
            raise
        raise ReadError(f"{name} cannot be unpacked: {_why(error)}; copy or download it again.") from None
    if storage.size != size:
        raise ReadError(
            f"{name} unpacks to {storage.size:,} bytes where it says {size:,}; the file is damaged."
        )
    return storage


def temporary(path: Path, fill: Callable[[ScratchFile], Any]) -> Storage:
    """What `fill` writes, in a file that is deleted when nobody reads it any more."""
    file = ScratchFile(short(path.name), path.suffix[:12])
    try:
        fill(file)
        file.close()
    except BaseException:
        file.discard()
        raise
    held = OpenFile(file.path, path.name, temporary=True)
    return Storage(path, held.size, held)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.3g} MB"


def _why(error: Exception) -> str:
    """The cause in the system's words, without the path that the message names already."""
    return short(getattr(error, "strerror", None) or str(error), 80)
