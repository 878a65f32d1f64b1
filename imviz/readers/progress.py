"""How far a long opening is, told to whoever watches, and ended where they want no more of it.

Reading code calls `step`; who wants to know, a dialog with a bar and a *Cancel*, wraps the call in
`watched`. No thread and no widget here.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeAlias

from imviz.errors import ImvizError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["CancelledError", "Watcher", "step", "watched"]

Watcher: TypeAlias = "Callable[[str, int, int | None], bool]"
"""Told what is done, how many bytes so far and of how many (if known); `False`: stop."""

_WATCHER: ContextVar[Watcher | None] = ContextVar("imviz_progress", default=None)


class CancelledError(ImvizError):
    """The user wanted no more of it."""


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Have `watcher` told of every `step` inside."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def step(what: str, done: int, total: int | None = None) -> None:
    """Tell how far it is.

    Raises
    ------
    CancelledError
        Whoever watches wants no more of it.
    """
    watcher = _WATCHER.get()
    if watcher is not None and not watcher(what, done, total):
        raise CancelledError(f"{what} was cancelled; nothing was opened.")
