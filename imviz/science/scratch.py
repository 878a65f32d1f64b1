"""Folders of temporary files that do not outlive their process, however it ends.

Each is private and holds a file under a lock, which the system lets go of when the process ends. The process
removes it on its way out; what a killed one left is removed by the next that makes one in the same place.
Files that somebody wants to keep are made whole by `safe_files`, in such a folder.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from imviz.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Iterator

try:
    import fcntl
except ImportError:  # Windows: nothing tells whose process has ended, so only an orderly end tidies up
    fcntl = None  # type: ignore[assignment]

__all__ = ["HeldFolder", "ScratchFile", "scratch_folder"]

_LOCK = ".held"
_NOT_YET = ".new"


class HeldFolder:
    """A new folder that is known to be in use until `remove`, or until this process ends.

    Parameters
    ----------
    place : `~pathlib.Path`
        The folder to make it in; what dead processes have left there under the same prefix goes.
    prefix : str
        How its name begins.

    Raises
    ------
    OSError
        It cannot be made there.
    """

    def __init__(self, place: Path, prefix: str) -> None:
        for folder in place.glob(f"{prefix}*"):
            if not folder.is_symlink() and _forsaken(folder / _LOCK):
                shutil.rmtree(folder, ignore_errors=True)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        self._process = os.getpid()
        self._lock = (self.path / _NOT_YET).open("wb")
        if fcntl is not None:
            with suppress(OSError):  # a file system without locks: nobody else will find it unlocked, either
                fcntl.flock(self._lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        (self.path / _NOT_YET).rename(self.path / _LOCK)  # nobody ever sees it unlocked

    def remove(self) -> None:
        """Delete it with all that is in it; a process that was forked off leaves it alone."""
        if os.getpid() == self._process:
            self._lock.close()
            shutil.rmtree(self.path, ignore_errors=True)


_scratch: dict[tuple[int, str], HeldFolder] = {}


def scratch_folder(place: str | os.PathLike[str] | None = None) -> Path:
    """Give this process's folder of temporary files, in `place` or else in the system's own."""
    where = Path(tempfile.gettempdir() if place is None else place)
    key = (os.getpid(), str(where))  # a forked process has one of its own
    if key not in _scratch or not _scratch[key].path.is_dir():
        _scratch[key] = HeldFolder(where, "imviz-")
        atexit.register(_scratch[key].remove)
    return _scratch[key].path


class ScratchFile:
    """A new temporary file, open for writing; who wants it gone before the process ends deletes it.

    Parameters
    ----------
    name : str
        What it is a copy of, for messages.
    suffix : str
        How its own name ends.

    Raises
    ------
    ReadError
        There is no room for it, here and from every method: the disk's reason, and what to do.
    """

    def __init__(self, name: str, suffix: str = "") -> None:
        self._name = name
        with self._words():
            self._file = tempfile.NamedTemporaryFile(dir=scratch_folder(), suffix=suffix, delete=False)  # noqa: SIM115
        self.path = Path(self._file.name)

    def write(self, piece: bytes) -> int:
        """Add bytes."""
        with self._words():
            return self._file.write(piece)

    def close(self) -> None:
        """Write what is left; the disk may refuse even then."""
        with self._words():
            self._file.close()

    def discard(self) -> None:
        """Close and delete it."""
        with suppress(OSError):
            self._file.close()
        self.path.unlink(missing_ok=True)

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ReadError(
                f"{self._name} cannot be kept in {tempfile.gettempdir()[-60:]}: {error.strerror or error}; "
                "free some room there, or set TMPDIR to another folder before imviz starts."
            ) from None


def _forsaken(lock: Path) -> bool:
    """Whether the process that made a lock is no more."""
    if fcntl is None:
        return False
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False  # no lock, or somebody else's
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(descriptor).st_uid == os.geteuid()
    except OSError:
        return False  # held, or a file system without locks
    finally:
        os.close(descriptor)
