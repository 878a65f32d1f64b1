"""What was done to the document, step by step: a click on one, and the document is as it was then.

Steps that are no longer done stay in the list and can be done again. Where something else was done instead,
they are a branch: a line of its own that a click follows, until the session ends. The history itself is
`imviz.session.history`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import CallbackProperty

from imviz.errors import InputError
from imviz.plugin import Held, Plugin, Viewers

if TYPE_CHECKING:
    from datetime import datetime

    from imviz.session import Session
    from imviz.session.history import History as Changes

__all__ = ["History"]


class Steps:
    """The steps as rows, the beginning first; the last that is done is chosen."""

    title = "Steps"
    columns = ("#", "Step", "Image", "When")

    def __init__(self, history: Changes) -> None:
        self._history = history

    @property
    def n_rows(self) -> int:
        """The steps, and the beginning."""
        return len(self._history.line) + 1

    @property
    def focus(self) -> int:
        """The last step that is done."""
        return len(self._history)

    @property
    def selected(self) -> tuple[int, ...]:
        """The last step that is done."""
        return (self.focus,)

    def choose(self, row: int, *, more: bool) -> None:  # noqa: ARG002 - one step at a time
        """Have the document as it was after this step."""
        self._history.go_to(row)

    def rows(self, start: int, stop: int) -> list[dict[str, str]]:
        """Rows ``start`` to ``stop`` (excluded)."""
        done, line = len(self._history), self._history.line
        lines = [{"#": "0", "Step": "The beginning"}] if start == 0 else []
        for n in range(max(start, 1), stop):
            step = line[n - 1]
            title = step.title if n <= done else f"{step.title} (undone)"
            lines.append({"#": str(n), "Step": title, "Image": step.image, "When": _clock(step.when)})
        return lines


class Lines:
    """The branches as rows, the oldest first."""

    title = "Branches"
    columns = ("After", "Steps", "Last of them", "When")
    focus = None
    selected = ()

    def __init__(self, history: Changes) -> None:
        self._history = history

    @property
    def n_rows(self) -> int:
        """How many branches there are."""
        return len(self._history.branches)

    def choose(self, row: int, *, more: bool) -> None:  # noqa: ARG002 - one at a time
        """Have the document as it was at the end of this branch."""
        self._history.follow(self._history.branches[row])

    def rows(self, start: int, stop: int) -> list[dict[str, str]]:
        """Rows ``start`` to ``stop`` (excluded)."""
        return [
            {
                "After": branch.after or "The beginning",
                "Steps": str(len(branch.titles)),
                "Last of them": branch.titles[-1],
                "When": _clock(branch.steps[-1].when),
            }
            for branch in self._history.branches[start:stop]
        ]


class History(Plugin):
    """See what was done, and go back to any of it."""

    name = "History"
    icon = "mdi-history"
    n_steps = CallbackProperty(0, docstring="How many steps there are, undone ones too.")
    n_done = CallbackProperty(0, docstring="How many of them are done.")
    n_branches = CallbackProperty(0, docstring="How many lines of steps were left for others.")
    steps = Held("The steps.")
    branches = Held("The branches.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        session.history.add_callback("revision", self._refresh)
        self.add_callback("active", self._refresh)
        self._refresh()

    def go_to(self, step: int) -> None:
        """Have the document as it was after a step, counted from 1; 0 is the beginning."""
        self._session.history.go_to(step)

    def follow(self, branch: int) -> None:
        """Have the document as it was at the end of a branch, counted from 1.

        Raises
        ------
        InputError
            There are not so many.
        """
        branches = self._session.history.branches
        if not 1 <= branch <= len(branches):
            raise InputError(f"There is no branch {branch}; there are {len(branches)}.")
        self._session.history.follow(branches[branch - 1])

    def _refresh(self, *_: Any) -> None:
        history = self._session.history
        self.n_done, self.n_branches = len(history), len(history.branches)
        self.n_steps = self.n_done + len(history.undone)
        if self.active:  # nobody looks at pages of a closed panel
            self.steps, self.branches = Steps(history), Lines(history)


def _clock(when: datetime) -> str:
    """The time of day where the user is."""
    return when.astimezone().strftime("%H:%M:%S")
