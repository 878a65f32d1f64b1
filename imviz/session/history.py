"""Every change of the document, in order, so that any of them can be taken back and done again.

A change is a `Step`: what it is called, how it is undone and redone, and the Python that does the same.
Whoever changes the document hands the step to `History.do`, which runs it and remembers it; steps done
inside `History.step` count as one. There is no limit, except to the pixels of removed images that steps
hold. What was undone when another change is made stays, as a branch (`imviz.session.branches`), until the
session ends. What is selected, how an image is displayed and where a view looks are no part of the document,
and no part of this.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from echo import HasCallbackProperties

from imviz.errors import InputError
from imviz.session.branches import Branches
from imviz.session.news import News
from imviz.session.program import program
from imviz.session.saves import Saves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from threading import RLock

    from imviz.session.branches import Branch

__all__ = ["History", "Step"]

MOST_HELD = 2**31


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the document.

    Attributes
    ----------
    title : str
        What a list calls it, as "Add Subset 1".
    redo, undo : callable
        Make the change, and take it back; each must leave the document exactly as it was.
    code : callable
        Gives the Python that makes the change, with ``session`` for the document.
    held : callable or None
        Gives the bytes it keeps alive now; None if it never keeps more than a few numbers.
    image : str
        The image that it is about, as it was called then; '' for none.
    when : datetime.datetime
        When it was first done.
    kind : str
        Steps of one kind that follow each other count as one, as planes that a slider runs through; '' for
        one that stands by itself.
    anew : bool
        Whether nothing of the document before it is left: a session was opened.
    """

    title: str
    redo: Callable[[], object]
    undo: Callable[[], object]
    code: Callable[[], str]
    held: Callable[[], int] | None = None
    image: str = ""
    when: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)
    kind: str = ""
    anew: bool = False


class History(HasCallbackProperties):
    """What was done, and what was undone and can be done again.

    Printing it, or ``str(history)``, gives a script that does the same; `titles` is the list a panel shows.

    Parameters
    ----------
    lock : RLock
        The document's; held while a step runs.
    amiss : callable
        Told what an observer could not do.

    Attributes
    ----------
    revision : int
        Rises with each step done, undone or redone.
    most_held : int
        Bytes of removed images that may be kept to be brought back. Beyond it the oldest steps are forgotten,
        up to the one that held most for longest.
    saves : imviz.session.saves.Saves
        Which of the steps are in a session's file.
    """

    revision: Any = News(0, docstring="Rises with each step done, undone or redone.")

    def __init__(self, lock: RLock, amiss: Callable[[Exception], object]) -> None:
        super().__init__()
        self._lock, self.amiss = lock, amiss
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._open: list[Step] | None = None
        self._branches = Branches()
        self._earlier: tuple[tuple[str, str], ...] = ()
        self.saves = Saves()
        self.most_held = MOST_HELD

    def __len__(self) -> int:
        return len(self._done)

    def __iter__(self) -> Iterator[Step]:
        return iter(tuple(self._done))

    def __str__(self) -> str:
        return program(self.saves.codes(self._done))

    def __repr__(self) -> str:
        return str(self) if self._done else "Nothing has been done yet."

    @property
    def titles(self) -> tuple[str, ...]:
        """What was done, the oldest first."""
        return tuple(step.title for step in self._done)

    @property
    def undone(self) -> tuple[str, ...]:
        """What can be done again, the next first."""
        return tuple(step.title for step in reversed(self._undone))

    @property
    def line(self) -> tuple[Step, ...]:
        """What was done and then what can be done again, the oldest first: `go_to` goes anywhere in it."""
        return (*self._done, *reversed(self._undone))

    @property
    def branches(self) -> tuple[Branch, ...]:
        """What was undone before something else was done, the newest last: see `follow`."""
        return self._branches.there

    @property
    def record(self) -> tuple[tuple[str, str], ...]:
        """Title and Python of all that made the document as it is, steps of sessions before among them."""
        since = max((n for n, step in enumerate(self._done, 1) if step.anew), default=0)
        return (*self._earlier, *((step.title, step.code()) for step in self._done[since:]))

    def begin(self, earlier: Sequence[tuple[str, str]], code: str) -> None:
        """Begin anew, as a step: with what was done before, as `record` gave it, and how to get there."""
        before, after = self._earlier, tuple(earlier)

        def have(record: tuple[tuple[str, str], ...]) -> None:
            self._earlier = record

        self.do(Step("Begin", lambda: have(after), lambda: have(before), lambda: code, anew=True))

    def do(self, step: Step) -> None:
        """Make a change, and remember it if it was made."""
        with self._lock:
            step.redo()
            if self._open is not None:
                self._open.append(step)
            else:
                self._remember(step)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Count all that is done inside as one step, called `title`, or as a part of the one it is inside.

        After an error, what was done inside is taken back.
        """
        with self._lock:
            if self._open is not None:
                with self.whole():
                    yield
                return
            self._open = []
            try:
                with self.whole():
                    yield
            finally:
                parts, self._open = self._open, None
                if parts:
                    self._remember(_joined(title, parts))

    @contextmanager
    def whole(self) -> Iterator[list[Step]]:
        """All that is done inside stays done, each as a step of its own; after an error, nothing of it does.

        Gives a list that has those steps at the end.
        """
        with self._lock:
            steps = self._done if self._open is None else self._open
            known = {id(step) for step in steps}
            made: list[Step] = []
            well = False
            try:
                yield made
                well = True
            finally:
                made += [step for step in steps if id(step) not in known]
                if not well:
                    self.retract(made)

    def retract(self, steps: Sequence[Step]) -> None:
        """Take some of the steps done back, and forget them."""
        with self._lock:
            for step in reversed(steps):
                step.undo()
                for kept in (self._done, self._open or []):
                    kept[:] = [one for one in kept if one is not step]
            self.revision += 1

    def undo(self, n: int = 1) -> str:
        """Take back the last `n` steps; returns the title of the last one taken back, or ''."""
        return self._move(self._done, self._undone, n, lambda step: step.undo())

    def redo(self, n: int = 1) -> str:
        """Do the last `n` undone steps again; returns the title of the last one, '' if there was none."""
        return self._move(self._undone, self._done, n, lambda step: step.redo())

    def go_to(self, n: int) -> None:
        """Have the document as it was after the first `n` of all steps in `line`; 0 is the beginning.

        Raises
        ------
        InputError
            There are not so many steps.
        """
        with self._lock:
            most = len(self._done) + len(self._undone)
            if not 0 <= n <= most:
                raise InputError(f"There is no step {n}; there are {most}, and 0 is the beginning.")
            self.undo(len(self._done) - n)
            self.redo(n - len(self._done))

    def follow(self, branch: Branch) -> None:
        """Have the document as it was at the end of a branch; what is left for it becomes a branch.

        Raises
        ------
        InputError
            It is none of `branches`.
        """
        with self._lock:
            steps = self._branches.take(branch)
            self._branches.keep(self.line, steps)
            shared = branch.shared_with(self._done)
            self.undo(len(self._done) - shared)
            self._undone[:] = reversed(steps[shared:])
            self.redo(len(self._undone))
            self.revision += 1

    def clear(self) -> None:
        """Forget all steps, and let go of what they keep (images that were removed); nothing is undone."""
        with self._lock:
            self._done.clear()
            self._undone.clear()
            self._branches.clear()
            self.saves.clear()
            self.revision += 1

    def _move(self, source: list[Step], target: list[Step], n: int, run: Callable[[Step], object]) -> str:
        title = ""
        with self._lock:
            try:
                for _ in range(min(n, len(source))):
                    run(source[-1])
                    title = source[-1].title
                    target.append(source.pop())
                    if target[-1].held is not None:
                        self._lighten()
            finally:
                if title:
                    self.revision += 1
        return title

    def _remember(self, step: Step) -> None:
        last = self._done[-1] if self._done and not self._undone else None
        if last is not None and step.kind and last.kind == step.kind and not self.saves.has(last):
            self._done.pop()
            step = replace(step, undo=last.undo)
        if self._undone:
            self._branches.keep(self.line, (*self._done, step))
        self._done.append(step)
        self._undone.clear()
        if step.held is not None:
            self._lighten()
        self.revision += 1

    def _lighten(self) -> None:
        """Forget the oldest branch and steps, and the last to be done again, while too much is held."""
        self._branches.lighten(self.line, self.most_held)
        for steps in (self._done, self._undone):
            held = [0 if step.held is None else step.held() for step in steps]
            while sum(held) > self.most_held:
                n = next(n for n, size in enumerate(held) if size) + 1
                if steps is self._done:
                    self._branches.forget(steps[:n])
                del steps[:n], held[:n]


def _joined(title: str, parts: list[Step]) -> Step:
    """Several steps as one."""
    if len(parts) == 1:
        return replace(parts[0], title=title)

    def redo() -> None:
        _all([(part.redo, part.undo) for part in parts])

    def undo() -> None:
        _all([(part.undo, part.redo) for part in reversed(parts)])

    heavy = [part.held for part in parts if part.held is not None]
    held = (lambda: sum(size() for size in heavy)) if heavy else None
    anew = any(part.anew for part in parts)

    def code() -> str:  # where a session was opened, that is all
        return "\n".join(filter(None, (part.code() for part in parts if part.anew or not anew)))

    return Step(title, redo, undo, code, held, anew=anew)


def _all(changes: Sequence[tuple[Callable[[], object], Callable[[], object]]]) -> None:
    """Make some changes, each with what takes it back; if one cannot be made, none is."""
    made: list[Callable[[], object]] = []
    try:
        for make, take_back in changes:
            make()
            made.append(take_back)
    finally:
        for take_back in reversed(made) if len(made) < len(changes) else ():
            take_back()
