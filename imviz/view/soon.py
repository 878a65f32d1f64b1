"""Doing something a little later, once, however often it was asked for.

Replaces long debounces: a burst of changes costs one picture, made within a few tens of
milliseconds. Without a running event loop (scripts, tests) the thing is done at once.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Soon"]


class Soon:
    """A function that runs once, `seconds` after it was first (or, with `postpone`, last) asked for."""

    def __init__(self, function: Callable[[], None], seconds: float) -> None:
        self._function = function
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Run within `seconds`; asking again meanwhile changes nothing."""
        if self._timer is None:
            self._start()

    def postpone(self) -> None:
        """Run `seconds` from now, not before."""
        self.cancel()
        self._start()

    def cancel(self) -> None:
        """Do not run."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._function()
        else:
            self._timer = loop.call_later(self._seconds, self._run)

    def _run(self) -> None:
        self._timer = None
        self._function()
