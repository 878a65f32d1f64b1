"""Writing a file whole or not at all: beside its place, flushed to disk, then renamed.

A disk that is full, a crash, an error in what is written: the file that was there stays as it was, and so do
its permissions and the link that leads to it. What is written is the caller's business.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imviz.errors import FileThereError, InputError, MissingFileError
from imviz.science.scratch import HeldFolder
from imviz.science.user_paths import user_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from pathlib import Path

__all__ = ["target_file", "writing"]


def target_file(path: str | PathLike[str], *, overwrite: bool) -> Path:
    """The path to write to, checked.

    Raises
    ------
    MissingFileError
        The folder does not exist.
    FileThereError
        There is a file and it may not be overwritten.
    InputError
        There can be no file of that name.
    """
    target = user_path(path)
    if not target.name:
        raise InputError("A file needs a name.")
    if not target.parent.is_dir():
        raise MissingFileError(f"The folder {str(target.parent)[-150:]!r} does not exist; make it first.")
    if target.is_dir():
        raise InputError(f"{target.name[-150:]!r} is a folder; give the name of a file in it.")
    if target.exists() and not overwrite:
        raise FileThereError(
            f"{target.name[-120:]!r} exists already; choose another name, or overwrite it on purpose."
        )
    return target


@contextmanager
def writing(path: str | PathLike[str], *, overwrite: bool = False, private: bool = False) -> Iterator[Path]:
    """A ``with`` block that writes to the path it is given, which takes the place of `path` at its end.

    A file that is replaced keeps its permissions; a `private` one is its owner's only.

    Raises
    ------
    ImvizError
        As `target_file`; or the disk refuses, and what was there is as it was.
    """
    target = target_file(path, overwrite=overwrite).resolve()  # a link goes on leading to the file
    folder: HeldFolder | None = None
    try:
        folder = HeldFolder(target.parent, ".imviz-")  # the disk of the target: renaming across disks copies
        temporary = folder.path / f"file{target.suffix.lower()}"
        temporary.touch(mode=0o600)
        yield temporary
        _flush(temporary)
        temporary.chmod(0o600 if private else _mode(target))
        temporary.replace(target)
    except OSError as error:
        raise InputError(
            f"{target.name[-100:]!r} cannot be written: {error.strerror or error}."[:240]
        ) from error
    finally:
        if folder is not None:
            folder.remove()
    _flush(target.parent)


def _mode(target: Path) -> int:
    """The permissions of a file that is there; else those of a new one."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _flush(path: Path) -> None:
    """fsync a file or folder, where the system can open it for that (Windows opens no folder)."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
