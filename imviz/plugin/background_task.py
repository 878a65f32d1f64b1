"""Pure work beside the event loop: done in a thread, its result handed over on the loop, the latest wins.

For work that changes nothing (reading pixels, tracing lines) and would make the hand wait. Without a running
loop (a script, a test) it is done at once.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

from imviz.errors import ImvizError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BackgroundTask"]

Result = TypeVar("Result")


class BackgroundTask(Generic[Result]):
    """One kind of work; a new request makes the older ones worthless.

    Parameters
    ----------
    deliver : callable
        Called with the result, on the event loop.
    refuse : callable
        Called with the sentence of what could not be done.
    """

    def __init__(self, deliver: Callable[[Result], None], refuse: Callable[[str], None]) -> None:
        self._deliver, self._refuse = deliver, refuse
        self._asked = 0

    def __call__(self, work: Callable[[], Result]) -> None:
        """Do `work`, which takes nothing and changes nothing."""
        self._asked += 1
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._finish(work)
            return
        serial = self._asked
        future = loop.run_in_executor(None, work)
        future.add_done_callback(lambda done: self._finish(done.result) if serial == self._asked else None)

    def cancel(self) -> None:
        """Want nothing of what is under way."""
        self._asked += 1

    def _finish(self, work: Callable[[], Result]) -> None:
        try:
            result = work()
        except ImvizError as error:
            self._refuse(str(error))
        else:
            self._deliver(result)
