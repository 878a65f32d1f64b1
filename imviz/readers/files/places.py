"""Where files may be opened: anywhere, or only inside one folder.

A stand-alone server can be confined to a folder. Every file passes here when it is opened, by its real
place with links followed, so that no spelling of a path leads out.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

from imviz.errors import InputError
from imviz.science.user_paths import user_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["check_opened", "check_place", "confined", "is_inside"]

_ROOT: ContextVar[str | None] = ContextVar("imviz_root", default=None)


@contextmanager
def confined(root: Path | None) -> Iterator[None]:
    """Let only files inside a folder be opened; `None`: any."""
    token = _ROOT.set(None if root is None else os.path.realpath(root))
    try:
        yield
    finally:
        _ROOT.reset(token)


def is_inside(path: str | os.PathLike[str], root: str | os.PathLike[str]) -> bool:
    """Whether a path's real place is in a folder, or is the folder."""
    real, top = os.path.realpath(path), os.path.realpath(root)
    return real == top or real.startswith(top.rstrip(os.sep) + os.sep)


def check_opened(descriptor: int, path: str | os.PathLike[str]) -> None:
    """Make sure that what was opened may be: its name may have become a link since `check_place`.

    Raises
    ------
    InputError
        It lies outside the folder that imviz is confined to.
    """
    root = _ROOT.get()
    if root is not None and not is_inside(_real_place(descriptor, path), root):
        raise _outside(path, root)


def check_place(path: str | os.PathLike[str]) -> None:
    """Make sure that a file or folder may be opened.

    Raises
    ------
    InputError
        It lies outside the folder that imviz is confined to.
    """
    root = _ROOT.get()
    if root is not None and not is_inside(user_path(path), root):
        raise _outside(path, root)


def _outside(path: str | os.PathLike[str], root: str) -> InputError:
    name = os.path.basename(os.fspath(path))[:60]
    return InputError(f"{name!r} lies outside {root[-100:]}, the only folder that files are opened from.")


def _real_place(descriptor: int, path: str | os.PathLike[str]) -> str:
    """Where the file lies that is held open; what cannot be found out lies nowhere."""
    with suppress(OSError):
        return os.readlink(f"/proc/self/fd/{descriptor}")
    if sys.platform == "darwin":
        import fcntl

        with suppress(OSError):
            return os.fsdecode(fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
    real = os.path.realpath(path)  # elsewhere: a file that is at that place now, too
    with suppress(OSError):
        if os.path.samestat(os.fstat(descriptor), os.stat(real)):
            return real
    return os.devnull
