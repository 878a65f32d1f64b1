"""The viewers a plugin may look at and change, by name, and what happens over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from weakref import WeakMethod, WeakValueDictionary

from echo import CallbackProperty, HasCallbackProperties

from imviz.session.weak_calls import weak_call

if TYPE_CHECKING:
    from imviz.view import KeyPress, LiveShape, View

__all__ = ["Viewers"]

Told = Callable[[str, Any], None]


class Viewers(HasCallbackProperties):
    """The views of the viewers there are, by name, and what is pressed over them: what a plugin may act on.

    A view's own ``controls`` tell its layers, cursor and tool; `View.set_layer` changes a layer.
    """

    names = CallbackProperty((), docstring="Names of the viewers, in the order they were made.")
    key: KeyPress | None = CallbackProperty(None, docstring="The last key pressed over a picture.")
    examining: Mapping[str, str] = CallbackProperty(
        {}, docstring="While keys go to `exam` and to nobody else (imexam): what each does."
    )
    exam: KeyPress | None = CallbackProperty(None, docstring="The last key pressed while `examining`.")
    live: LiveShape | None = CallbackProperty(None, docstring="The shape in the hand, as last told.")

    def __init__(self, viewers: Mapping[str, View] | None = None) -> None:
        super().__init__()
        self._viewers = {} if viewers is None else viewers
        self._met: WeakValueDictionary[str, View] = WeakValueDictionary()
        self._watched: list[tuple[str, WeakMethod[Told]]] = []

    def __getitem__(self, name: str) -> View:
        return self._viewers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._viewers)

    def refresh(self) -> None:
        """Tell that viewers have come or gone."""
        self._meet()
        self.names = tuple(self._viewers)

    def watch(self, what: str, told: Told) -> None:
        """Hear of a property of every viewer, those to come included.

        Parameters
        ----------
        what : str
            Where it is in a viewer: ``"controls.cursor"``, ``"vectors.picked"``.
        told : method
            Called with the viewer's name and the new value, as long as its object lives.
        """
        self._meet()
        self._watched.append((what, WeakMethod(told)))
        for name, viewer in self._met.items():
            _connect(name, viewer, what, told)

    def _meet(self) -> None:
        """Connect the viewers that are new, also one that has another's name, to all that watch."""
        for name, viewer in self._viewers.items():
            if self._met.get(name) is not viewer:
                for what, kept in self._watched:
                    if (told := kept()) is not None:
                        _connect(name, viewer, what, told)
        self._met = WeakValueDictionary(self._viewers)


def _connect(name: str, viewer: View, what: str, told: Told) -> None:
    part, _, news = what.rpartition(".")
    attrgetter(part)(viewer).add_callback(news, weak_call(told, name))
