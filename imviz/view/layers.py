"""The images of one viewer: which, in what order, how each is shown. glue's layer states hold it.

`Layers` adds, removes and changes layers and writes them down as `LayerInfo`. A region makes no
layer and no picture: the regions' overlay draws them all, so a region more costs the same always.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from echo import delay_callback
from glue.core import Data

from imviz.errors import InputError, ReadError
from imviz.science.display.cuts import sample
from imviz.science.display.look import Look, changed
from imviz.science.display.stretches import equalised
from imviz.view.controls import LayerInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.view.frame import ViewFrame

__all__ = ["GlueViewer", "Layers"]

DEFAULT_CUTS = "95%"


class GlueViewer(Protocol):
    """What makes layers of glue's data in the view's state, as every viewer of glue does."""

    def add_data(self, data: Data) -> Any:
        """Make a layer of an image."""

    def remove_data(self, data: Data) -> Any:
        """Take its layer away."""


class Layers:
    """The images one viewer shows.

    Parameters
    ----------
    frame : ViewFrame
        Its document knows the images, its glue state holds the layers.
    glue : GlueViewer
        It makes a layer of an image, and takes it away.
    changed : callable
        Called after a layer was added, removed, reordered or changed.

    Attributes
    ----------
    default_cuts : str
        The automatic cuts that an image gets when it comes.
    """

    def __init__(self, frame: ViewFrame, glue: GlueViewer, changed: Callable[[], None]) -> None:
        self._frame, self._glue = frame, glue
        self._changed = changed
        self.default_cuts = DEFAULT_CUTS
        frame.state.add_callback("layers", self._tell)

    @property
    def states(self) -> list[Any]:
        """glue's states of the image layers, the top-most last."""
        images = [state for state in self._frame.state.layers if isinstance(state.layer, Data)]
        return sorted(images, key=lambda state: state.zorder)

    @property
    def top(self) -> Any:
        """The state of the top-most visible image.

        Raises
        ------
        InputError
            If no image is visible.
        """
        visible = [state for state in self.states if state.visible]
        if not visible:
            raise InputError(f"Viewer {self._frame.name} shows no image; add or show one first.")
        return visible[-1]

    def state(self, label: str) -> Any:
        """The state of one image's layer.

        Raises
        ------
        InputError
            If the viewer does not have that image.
        """
        for state in self.states:
            if state.layer.label == label:
                return state
        shown = ", ".join(repr(state.layer.label) for state in self.states) or "none"
        raise InputError(f"Viewer {self._frame.name} does not have image {label!r}; it has {shown}.")

    def infos(self) -> tuple[LayerInfo, ...]:
        """All layers in words, the top-most last."""
        return tuple(LayerInfo(state.layer.label, state.look) for state in self.states)

    def add(self, label: str, *, visible: bool, like: Any = None) -> None:
        """Put an image of the session on top, or show it if it is there already.

        It gets its default cuts or, with `like`, that look, and then none of its pixels is asked for.

        Raises
        ------
        ReadError
            If its pixels cannot be read; then it is not there.
        """
        with self._frame.document.lock:
            data = self._frame.document.data(label)
            if any(state.layer is data for state in self.states):
                self.state(label).visible = visible
                return
            cuts = self.default_cuts if like is None else (0.0, 1.0)
            first = changed(Look(), {"cuts": cuts}, partial(self._pixels, label))
            self._glue.add_data(data)
            state = self.state(label)
            fresh = replace(state.look, cuts=first.cuts, preset=first.preset, opacity=1.0, visible=visible)
            state.look = like or fresh
            for edge in ("v_min", "v_max"):
                state.add_callback(edge, self._equalise)  # one that held the state would keep it
            state.add_global_callback(self._tell)
            self._tell()

    def remove(self, label: str) -> None:
        """Take an image out of the viewer; the session keeps it."""
        with self._frame.document.lock:
            self._glue.remove_data(self.state(label).layer)

    def change(self, label: str, **options: Any) -> None:
        """Change how an image is shown, by any of the options of a `Look`, as one change.

        Raises
        ------
        InputError
            For an option, a name or a number that cannot be used; nothing has changed then.
        """
        state = self.state(label)
        state.look = changed(state.look, options, partial(self._pixels, label))

    def change_top(self, **options: Any) -> None:
        """`change` for the top-most visible image."""
        self.change(self.top.layer.label, **options)

    def look(self, label: str) -> Look:
        """How an image is shown."""
        look: Look = self.state(label).look
        return look

    def move(self, label: str, by: int) -> None:
        """Move a layer up or down by some places, as far as there are any."""
        states = self.states
        state = self.state(label)
        here = states.index(state)
        there = min(max(here + int(by), 0), len(states) - 1)
        states.insert(there, states.pop(here))
        with ExitStack() as stack:
            for one in states:
                stack.enter_context(delay_callback(one, "zorder"))
            for order, one in enumerate(states, 1):
                one.zorder = order

    def only(self, label: str) -> None:
        """Make one image the only visible one."""
        for state in self.states:
            state.visible = state.layer.label == label

    def blink(self, *, backwards: bool) -> None:
        """Make the next image (in z-order) the only visible one."""
        states = self.states
        if len(states) < 2:
            return
        visible = [n for n, state in enumerate(states) if state.visible]
        here = visible[-1] if visible else -1
        self.only(states[(here + (-1 if backwards else 1)) % len(states)].layer.label)

    def _pixels(self, label: str) -> Any:
        return self._frame.document.image(label).data

    def _equalise(self, *_: Any) -> None:
        """Cuts have been changed by glue's fields: the histogram between them is another."""
        for state in self.states:
            if state.stretch != "histeq" or not state.cuts_are_foreign:
                continue
            try:
                curve = equalised(sample(self._pixels(state.layer.label)), state.look.cuts)
            except ReadError as error:  # the cuts that have changed may be another image's
                self._frame.say(str(error))
            else:
                state.curve = curve

    def _tell(self, *_: Any, **__: Any) -> None:
        self._changed()
