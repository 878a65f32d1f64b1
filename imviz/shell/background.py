"""One long task beside the kernel's loop: watched, cancellable, its end handled where widgets may be touched.

Reading goes on in a thread; a timer of the loop passes on how far it is, and hands over what came of it.
Without a running loop (a script, a test) the task is simply done at once.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from imviz.readers import progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

__all__ = ["Background"]

EVERY = 0.1
"""Seconds between two looks at how far it is."""


class Background:
    """Runs one task at a time.

    Parameters
    ----------
    show : callable
        Told what is being done, and how far it is: bytes so far, of how many (or None).
    """

    def __init__(self, show: Callable[[str, int, int | None], Any]) -> None:
        self._show = show
        self._news: tuple[str, int, int | None] | None = None
        self._wanted = True

    def start(self, task: Callable[[], Any], end: Callable[[Callable[[], Any]], Any]) -> None:
        """Begin a task.

        Parameters
        ----------
        task
            What to do; it may be in another thread, so it touches no widget.
        end
            Called in this thread when it is done, with a function that gives its result or raises what it
            raised.
        """
        self._wanted, self._news = True, None
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            end(lambda: self._watched(task))
            return
        threads = ThreadPoolExecutor(1, thread_name_prefix="imviz-open")
        future = threads.submit(copy_context().run, self._watched, task)
        threads.shutdown(wait=False)
        loop.call_later(EVERY, self._look, loop, future, end)

    def cancel(self) -> None:
        """End the task at its next step."""
        self._wanted = False

    def _watched(self, task: Callable[[], Any]) -> Any:
        with progress.watched(self._note):
            return task()

    def _note(self, what: str, done: int, total: int | None) -> bool:
        self._news = (what, done, total)
        return self._wanted

    def _look(self, loop: asyncio.AbstractEventLoop, future: Future[Any], end: Callable[..., Any]) -> None:
        if future.done():
            end(future.result)
            return
        if self._news is not None:
            self._show(*self._news)
        loop.call_later(EVERY, self._look, loop, future, end)
