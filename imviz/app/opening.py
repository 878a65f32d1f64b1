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
        self._waiting: list[tuple[list[Loaded], str | None]] | None = None
        self._last: list[str] = []  # labels that the last batch got

    def open(self, source: Any, viewer: str | None = None, **options: Any) -> list[str]:
        """Open a source (see `imviz.readers.load`) and show it; returns the labels it got.

        Inside `batch`, the images are read now and get their labels at its end: the list is empty.
        """
        return self.take(load(source, **options), viewer)

    def open_many(self, sources: Sequence[Any], viewer: str | None = None, **options: Any) -> list[str]:
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
        with self.batch():
            for task, error in zip(tasks, errors, strict=True):
                if error is None:
                    self.take(task.result(), viewer)
        refused = [str(error) for error in errors if error is not None]
        if len(sources) == 1 and refused:
            raise next(error for error in errors if error is not None)
        if refused:
            raise InputError(f"{len(refused)} of {len(sources)} could not be opened: {refused[0]}"[:LONGEST])
        return list(self._last)

    def take(self, found: list[Loaded], viewer: str | None = None) -> list[str]:
        """Bring images that are read into the session, and into a viewer if one is named."""
        if self._waiting is not None:
            self._waiting.append((found, viewer))
            return []
        labels = [self._session.origins.add(one) for one in found]
        for label in labels if viewer is not None else ():
            self._show(viewer or "", label)
        self._say_notes(found)
        return labels

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Take everything that is opened inside at once: one linking, one piece of news."""
        if self._waiting is not None:  # inside another: its end is the end
            yield
            return
        self._waiting = []
        try:
            yield
        finally:
            waiting, self._waiting = self._waiting, None
            self._take_all(waiting)

    def _take_all(self, waiting: list[tuple[list[Loaded], str | None]]) -> None:
        session = self._session
        self._last = []
        shown: list[tuple[str, str]] = []
        links = session.glue.data_collection.delay_link_manager_update()
        with session.lock, delay_callback(session, "images", "revision"), links:
            for found, viewer in waiting:
                labels = [session.origins.add(one) for one in found]
                self._last += labels
                shown += [(viewer, label) for label in labels if viewer is not None]
        for viewer, label in shown:
            self._show(viewer, label)
        self._say_notes([one for found, _ in waiting for one in found])

    def _say_notes(self, found: list[Loaded]) -> None:
        notes = [f"{one.label}: {note}." for one in found for note in one.image.meta.get("imviz_notes", ())]
        if notes:
            self._tell(" ".join(notes)[:LONGEST])
