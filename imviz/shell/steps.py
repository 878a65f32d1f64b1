"""Long work a step at a time: between two steps the kernel hears the browser, so it can be watched and ended.

The work is a generator that yields how far it is. It runs on the kernel's own event loop, never in a second
thread, so it needs no lock; each step should take some tens of milliseconds. Without a running loop
(a script, a test) it is run to its end at once.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["Steps"]


class Steps:
    """Some work under way.

    Parameters
    ----------
    guard : callable
        Runs a function and says whether it went well (see `imviz.shell.part.Part`).
    work : generator of float
        Yields how far it is, 0 to 1.
    tell : callable
        Called with each progress, and with None at the end, however it came.
    """

    def __init__(
        self,
        guard: Callable[[Callable[[], Any]], bool],
        work: Generator[float, None, Any],
        tell: Callable[[float | None], None],
    ) -> None:
        self._guard, self._work, self._tell = guard, work, tell
        self._ended = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin; on a running loop this returns after the first step."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            while self._step():
                pass
        else:
            self._go_on()

    def cancel(self) -> None:
        """End before the next step; what the work has kept so far stays."""
        self._ended = True

    def _go_on(self) -> None:
        if self._step() and self._loop is not None:
            self._loop.call_later(0.001, self._go_on)  # messages that wait are heard first

    def _step(self) -> bool:
        """One step; whether there are more."""
        more = not self._ended and self._guard(self._advance) and not self._ended
        if not more:
            self._work.close()
            self._tell(None)
        return more

    def _advance(self) -> None:
        try:
            self._tell(min(max(float(next(self._work)), 0.0), 1.0))
        except StopIteration:
            self._ended = True
