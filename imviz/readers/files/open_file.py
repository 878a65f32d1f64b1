"""A file held open that knows when it has changed.

A memory map dies with a signal when its file is cut short, and shows new numbers under old results when
it is rewritten. Here bytes are read at their place (``pread``) and the file is compared with what it was
when it was opened. One that is only deleted or renamed keeps its content as long as it is held open.
"""

from __future__ import annotations

import os
import stat
import weakref
from pathlib import Path
from threading import Lock
from time import localtime, strftime

from imviz.errors import ReadError
from imviz.readers.files.places import check_opened, check_place

__all__ = ["OpenFile"]


class OpenFile:
    """A file held open for reading at any place, closed when nobody needs it any more.

    Parameters
    ----------
    path
        A regular file.
    name
        For messages, where it is not the file's own (a temporary copy's).
    temporary
        Whether to delete the file when it is closed.

    Raises
    ------
    OSError
        It cannot be opened.
    """

    def __init__(self, path: Path, name: str | None = None, *, temporary: bool = False) -> None:
        self.path = path.absolute()
        self._shown = name or path.name
        if not temporary:
            check_place(path)
        self._fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        weakref.finalize(self, _close, self._fd, str(self.path) if temporary else None)
        if not temporary:
            check_opened(self._fd, path)
        if not stat.S_ISREG(os.fstat(self._fd).st_mode):
            raise ReadError(f"{self._name} is not a regular file; save the image to a file.")
        self._lock = Lock()
        self._identity = _identity(os.fstat(self._fd))
        self.size = self._identity[0]

    def check(self, status: os.stat_result | None = None) -> None:
        """Make sure that the file is what it was when it was opened.

        Parameters
        ----------
        status
            Of the file as somebody else has opened it by name; default: as it is held open here.

        Raises
        ------
        ReadError
            It was rewritten, cut short or replaced by another one.
        """
        try:
            now = os.fstat(self._fd) if status is None else status
            named = self.path.stat()
        except FileNotFoundError:
            named = now  # deleted or renamed: what is held open is still the old file
        except OSError as error:
            raise ReadError(
                f"{self._name} cannot be read any more: {error.strerror}; load it again."
            ) from None
        for found in (now, named):
            if _identity(found) != self._identity:
                raise ReadError(
                    f"{self._name} changed on disk at {strftime('%H:%M:%S', localtime(found.st_mtime))} "
                    f"(it was {self.size:,} bytes, now {found.st_size:,}); load it again."
                )

    def read(self, offset: int, count: int) -> bytes:
        """Exactly `count` bytes from a place; whoever calls this calls `check` before and after."""
        pieces: list[bytes] = []
        while count > 0:
            try:
                piece = self._pread(count, offset)
            except OSError as error:
                raise ReadError(f"{self._name} cannot be read: {error.strerror}; load it again.") from None
            if not piece:
                raise ReadError(f"{self._name} was cut short on disk while it was open; load it again.")
            pieces.append(piece)
            offset, count = offset + len(piece), count - len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    @property
    def reachable(self) -> Path:
        """A path by which another process gets this very file, also when its name is gone (Linux)."""
        held = Path(f"/proc/{os.getpid()}/fd/{self._fd}")
        return self.path if self.path.exists() or not held.exists() else held

    @property
    def _name(self) -> str:
        name = self._shown
        return name if len(name) <= 80 else f"{name[:39]}…{name[-39:]}"

    def _pread(self, count: int, offset: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._fd, count, offset)
        with self._lock:  # Windows
            os.lseek(self._fd, offset, os.SEEK_SET)
            return os.read(self._fd, count)


def _close(fd: int, doomed: str | None) -> None:
    """Close a file, and delete it if it was only ours."""
    os.close(fd)
    if doomed is not None:
        Path(doomed).unlink(missing_ok=True)


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    """What changes when somebody writes to a file or puts another in its place."""
    return status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev
