"""Where files may be opened: anywhere, or only inside one folder.

A stand-alone server can be confined to a folder. Every file passes here when it is opened, by its real
place with links followed, so that no spelling of a path leads out.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from imviz.errors import InputError
from imviz.science.user_paths import user_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["check_place", "confined", "is_inside"]

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


def check_place(path: str | os.PathLike[str]) -> None:
    """Make sure that a file or folder may be opened.

    Raises
    ------
    InputError
        It lies outside the folder that imviz is confined to.
    """
    root = _ROOT.get()
    if root is not None and not is_inside(user_path(path), root):
        name = os.path.basename(os.fspath(path))[:60]
        raise InputError(f"{name!r} lies outside {root[-100:]}, the only folder that files are opened from.")
