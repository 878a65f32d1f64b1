"""Opening images: from a source to layers in a viewer, one or many at once.

Reading is `imviz.readers`' work and may go on in several threads; what it gives comes into the session
and the viewers here, in the order it was asked for. Inside `batch` that happens once, at its end.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

from echo import delay_callback

from imviz.errors import ImvizError, InputError
from imviz.readers import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imviz.readers import Loaded
    from imviz.session import Session
    from imviz.session.history import Step

    Waiting = tuple[list[Loaded], Sequence[str]]

__all__ = ["Opener"]

THREADS = 4
LONGEST = 240  # characters of a message


class Opener:
    """Brings images into a session and shows them.

    Parameters
    ----------
    session : Session
        The document.
    show : callable
        Adds the image of a label to the viewer of a name.
    tell : callable
        Shows the user a sentence.
    """

    def __init__(self, session: Session, show: Callable[[str, str], Any], tell: Callable[[str], Any]) -> None:
        self._session, self._show, self._tell = session, show, tell
        self._waiting: list[Waiting] | None = None
        self._last: list[str] = []  # labels that the last batch got
        self._gathered = 0  # sources of the last batch

    def open(self, source: Any, viewers: Sequence[str] = (), **options: Any) -> list[str]:
        """Open a source (see `imviz.readers.load`) and show it in viewers; returns the labels it got.

        Inside `batch`, the images are read now and get their labels at its end: the list is empty.
        """
        return self.take(load(source, **options), viewers)

    def open_many(self, sources: Sequence[Any], viewers: Sequence[str] = (), **options: Any) -> list[str]:
        """Open several sources, read in threads; one that cannot be opened does not cost the others.

        Raises
        ------
        ImvizError
            After the others are there: what could not be opened, and why the first of it.
        """
        with ThreadPoolExecutor(THREADS) as threads:  # most of the time is waiting for disks and networks
            tasks = [threads.submit(copy_context().run, partial(load, one, **options)) for one in sources]
        errors = [task.exception() for task in tasks]
        unforeseen = [error for error in errors if error is not None and not isinstance(error, ImvizError)]
        if unforeseen:
            raise unforeseen[0]
        with self._gathering() as refused:
            for task, error in zip(tasks, errors, strict=True):
                if error is None:
                    self.take(task.result(), viewers)
        _raise([*(error for error in errors if isinstance(error, ImvizError)), *refused], len(sources))
        return list(self._last)

    def take(self, images: list[Loaded], viewers: Sequence[str] = ()) -> list[str]:
        """Bring images that are read into the session and into the viewers named: all of them or none.

        Raises
        ------
        ReadError
            If the pixels of one cannot be read, which for many files is found only now.
        """
        if self._waiting is not None:
            self._waiting.append((images, viewers))
            return []
        with self._session.history.whole():
            labels = [self._session.origins.add(one) for one in images]
            self._show_all(labels, viewers)
        self._say_notes(images)
        return labels

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Take everything that is opened inside at once: one linking, one piece of news.

        Raises
        ------
        ImvizError
            At its end, after the others are there: what could not be taken, and why the first of it.
        """
        with self._gathering() as refused:
            yield
        _raise(refused, self._gathered)

    @contextmanager
    def _gathering(self) -> Iterator[list[ImvizError]]:
        """Take all that is opened inside at once; gives a list that has at the end why some was not taken."""
        refused: list[ImvizError] = []
        if self._waiting is not None:  # inside another: its end is the end
            yield refused
            return
        self._waiting = []
        try:
            yield refused
        finally:
            waiting, self._waiting = self._waiting, None
            self._gathered = len(waiting)
            refused += self._take_all(waiting)

    def _take_all(self, waiting: list[Waiting]) -> list[ImvizError]:
        """Bring in all that has been waiting; returns why some of it was not taken."""
        session, history = self._session, self._session.history
        self._last = []
        came: list[tuple[list[str], list[Step], Waiting]] = []
        shown: list[Loaded] = []
        refused: list[ImvizError] = []
        with session.lock:
            links = session.glue.data_collection.delay_link_manager_update()
            with delay_callback(session, "images", "revision"), links:
                for one in waiting:
                    with history.whole() as steps:
                        labels = [session.origins.add(image) for image in one[0]]
                    came.append((labels, steps, one))
            for labels, steps, (new, viewers) in came:
                try:
                    self._show_all(labels, viewers)
                except ImvizError as error:
                    refused.append(error)
                    history.retract(steps)
                    continue
                self._last += labels
                shown += new
        self._say_notes(shown)
        return refused

    def _show_all(self, labels: Sequence[str], viewers: Sequence[str]) -> None:
        for viewer in viewers:
            for label in labels:
                self._show(viewer, label)

    def _say_notes(self, images: list[Loaded]) -> None:
        whose: dict[str, list[str]] = {}
        for one in images:
            for note in one.image.meta.get("imviz_notes", ()):
                whose.setdefault(note, []).append(one.label)
        if whose:
            self._tell(_as_many_as_fit([f"{_named(labels)}: {note}." for note, labels in whose.items()]))


def _named(labels: Sequence[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{len(labels)} images"


def _as_many_as_fit(notes: list[str]) -> str:
    """The first of some sentences, in one message, and where the others are."""
    for n in range(len(notes), 0, -1):
        rest = len(notes) - n
        text = " ".join([*notes[:n], *([f"{rest} more in Metadata."] if rest else [])])
        if len(text) <= LONGEST:
            return text
    end = " … All of it is in Metadata."
    return notes[0][: LONGEST - len(end)].rsplit(" ", 1)[0] + end


def _raise(refused: Sequence[Exception], n: int) -> None:
    """Raise what went wrong with some of `n` sources, if anything did."""
    if n == 1 and refused:
        raise refused[0]
    if refused:
        raise InputError(f"{len(refused)} of {n} could not be opened: {refused[0]}"[:LONGEST])
