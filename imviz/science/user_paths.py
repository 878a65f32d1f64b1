"""A path as a user writes it, made one that can be asked for.

The system refuses some names before it looks for anything: with a NUL in it, longer than a disk keeps,
through links that lead in a circle. Python says so in three ways, none of them the user's words; here it is
one sentence. Whether something is there, and may be read, is for who opens it to find out.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from imviz.errors import InputError

__all__ = ["user_path"]

_LATER = (FileNotFoundError, NotADirectoryError, PermissionError)
"""What whoever opens the file says better, knowing what for."""


def user_path(path: str | os.PathLike[str]) -> Path:
    """The path, with ``~`` for the user's home; ``~name`` that is nobody's home is a file of that name.

    Raises
    ------
    InputError
        There can be no file of such a name.
    """
    text = os.fspath(path)
    shown = os.path.basename(text.rstrip("/")).encode("utf-8", "replace").decode()[:60]
    if "\0" in text:
        raise InputError(f"{shown!r} is no name of a file: it holds a NUL; take that out.")
    found = Path(text)
    with suppress(RuntimeError):  # nobody of that name
        found = found.expanduser()
    try:
        with suppress(*_LATER):
            found.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be encoded"
        raise InputError(f"{shown!r} is no name of a file here: {reason}; give another one.") from None
    return found
