"""Lines of steps that were left for another: what was undone, and then something else was done instead.

A branch keeps the whole line it was on, so that its steps are the very ones that the lines share; it is
followed by undoing what is not shared and doing the rest again (`imviz.session.history.History.follow`).
A few dozen are kept. Nothing is done or undone here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Branch", "Branches"]

MOST = 40


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A line of ``steps``, of which the first ``at`` are those of the line that was taken instead."""

    steps: tuple[Any, ...]
    at: int

    @property
    def titles(self) -> tuple[str, ...]:
        """What was done on it alone, the oldest first."""
        return tuple(step.title for step in self.steps[self.at :])

    @property
    def after(self) -> str:
        """The title of the last step that is not its own, '' for the beginning."""
        return str(self.steps[self.at - 1].title) if self.at else ""

    def shared_with(self, line: Sequence[Any]) -> int:
        """How many steps it has in common with a line, from the beginning."""
        return _shared(self.steps, line)


class Branches:
    """The branches of a history."""

    def __init__(self) -> None:
        self._there: list[Branch] = []

    @property
    def there(self) -> tuple[Branch, ...]:
        """All there are, the newest last."""
        return tuple(self._there)

    def keep(self, line: Sequence[Any], other: Sequence[Any]) -> None:
        """Keep a line that is left for another, unless it is but the beginning of the other."""
        at = _shared(line, other)
        if at < len(line):
            self._there = [*self._there, Branch(tuple(line), at)][-MOST:]

    def take(self, branch: Branch) -> tuple[Any, ...]:
        """The steps of a branch, which is none any more."""
        if not any(one is branch for one in self._there):
            raise InputError("This branch is no longer there; choose one of history.branches.")
        self._there = [one for one in self._there if one is not branch]
        return branch.steps

    def clear(self) -> None:
        """Forget all."""
        self._there = []

    def forget(self, steps: Sequence[Any]) -> None:
        """Forget the first steps of all lines; branches that have not all of them go."""
        n = len(steps)
        self._there = [
            Branch(one.steps[n:], one.at - n) for one in self._there if one.shared_with(steps) == n <= one.at
        ]

    def lighten(self, line: Sequence[Any], most: int) -> None:
        """Forget the oldest while what they alone keep alive is more than ``most`` bytes."""
        while self._there and self._held(line) > most:
            del self._there[0]

    def _held(self, line: Sequence[Any]) -> int:
        """Bytes that steps of branches keep alive, other than those of a line."""
        known = {id(step) for step in line}
        own = {id(step): step for one in self._there for step in one.steps if id(step) not in known}
        return sum(step.held() for step in own.values() if step.held is not None)


def _shared(line: Sequence[Any], other: Sequence[Any]) -> int:
    n = 0
    for mine, theirs in zip(line, other, strict=False):
        if mine is not theirs:
            break
        n += 1
    return n
