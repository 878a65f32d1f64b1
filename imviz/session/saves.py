"""Which steps of a history are in a session's file already, so that its program does none of them twice.

A program begins with the last session that was opened. If that file has been saved over since, it holds what
was done until then. Nothing is saved here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imviz.session.history import Step

__all__ = ["Saves"]


class Saves:
    """What each file of a session was saved after."""

    def __init__(self) -> None:
        self._after: dict[str, Step] = {}

    def note(self, code: str, steps: Iterable[Step]) -> None:
        """Know that `code` opens a file that has all of these steps."""
        for step in steps:
            self._after[code] = step

    def has(self, step: Step) -> bool:
        """Whether a file was saved right after a step."""
        return any(step is one for one in self._after.values())

    def clear(self) -> None:
        """Forget all."""
        self._after.clear()

    def codes(self, steps: Iterable[Step]) -> list[str]:
        """The Python of all steps that made a document, from the last session on that was opened."""
        done = list(steps)
        begin = max((n for n, step in enumerate(done) if step.anew), default=0)
        line = done[begin:]
        codes = [step.code() for step in line]
        last = self._after.get(codes[0]) if line else None
        if last is None:
            return codes
        since = next((n for n, step in enumerate(line) if step is last), None)
        if since is None:
            return ["# it was saved with steps that have been undone since", *codes]
        return [codes[0], *codes[since + 1 :]]
