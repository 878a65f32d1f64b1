"""The images of one viewer: which, in what order, how each is shown. glue's layer states hold it.

`Layers` adds, removes and changes layers and writes them down as `LayerInfo`. A region makes no
layer and no picture: the regions' overlay draws them all, so a region more costs the same always.
"""

from __future__ import annotations

from contextlib import ExitStack
from numbers import Real
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from astropy.visualization import BaseStretch
from echo import delay_callback
from glue.core import Data

from imviz.errors import InputError, ReadError
from imviz.science.display.colormaps import color, find, name_of
from imviz.science.display.cuts import auto_cuts, cuts_name, sample
from imviz.science.display.stretches import equalised, followed, knots, parameters, parse, splined
from imviz.view.controls import LayerInfo
from imviz.viewer.layer_state import CUSTOM
from imviz.viewer.looks import checked, limits, one_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.viewer.layer_state import LayerState
    from imviz.viewer.wired_view import WiredView

__all__ = ["COLOR_MODES", "Layers"]

LEAST_PERCENT = 50  # a bare number below could be a cut, not a percentage

COLOR_MODES = ("Colormap", "Color")
DEFAULT_CUTS = "95%"
_COMPOUND = (  # what an option changes together
    "v_min", "v_max", "percentile", "preset", "cmap", "color", "color_mode", "blend", "knots", "stretch",
    "stretch_parameters", "curve",
)  # fmt: skip

_CUTS_AND_COLOURS = "v_min", "v_max", "preset", "colormap", "color", "color_mode"
_COPIED = (*_CUTS_AND_COLOURS, "blend", "knots", "stretch", "curve")
_LOOK = ("visible", "alpha", "contrast", "bias", "invert", "nan_color", "interpolation")


class Layers:
    """The images one viewer shows.

    Parameters
    ----------
    viewer : WiredView
        Its session knows the images, its glue state holds the layers.
    changed : callable
        Called after a layer was added, removed, reordered or changed.

    Attributes
    ----------
    default_cuts : str
        The automatic cuts that an image gets when it comes.
    """

    def __init__(self, viewer: WiredView, changed: Callable[[], None]) -> None:
        self._viewer = viewer
        self._changed = changed
        self.default_cuts = DEFAULT_CUTS
        viewer.state.add_callback("layers", self._tell)

    @property
    def states(self) -> list[Any]:
        """glue's states of the image layers, the top-most last."""
        images = [state for state in self._viewer.state.layers if isinstance(state.layer, Data)]
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
            raise InputError(f"Viewer {self._viewer.name} shows no image; add or show one first.")
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
        raise InputError(f"Viewer {self._viewer.name} does not have image {label!r}; it has {shown}.")

    def infos(self) -> tuple[LayerInfo, ...]:
        """All layers in words, the top-most last."""
        return tuple(_info(state) for state in self.states)

    def add(self, label: str, *, visible: bool, like: Any = None) -> None:
        """Put an image of the session on top, or show it if it is there already.

        It gets its default cuts or, with `like`, is shown as by another viewer (a `LayerState`) or as it was
        (a `look`), and then none of its pixels is asked for.

        Raises
        ------
        ReadError
            If its pixels cannot be read; then it is not there.
        """
        with self._viewer.document.lock:
            data = self._viewer.document.data(label)
            if any(state.layer is data for state in self.states):
                self.state(label).visible = visible
                return
            cuts = self._cuts(label, self.default_cuts) if like is None else None
            self._viewer.add_data(data)
            state = self.state(label)
            with delay_callback(state, "alpha", "visible"):
                if cuts is not None:
                    state.set_cuts(*cuts)
                state.alpha = 1.0
                state.visible = visible
            if like is not None:
                self.copy(label, like)
            for edge in ("v_min", "v_max"):
                state.add_callback(edge, self._equalise)  # one that held the state would keep it
            state.add_global_callback(self._tell)
            self._tell()

    def remove(self, label: str) -> None:
        """Take an image out of the viewer; the session keeps it."""
        with self._viewer.document.lock:
            self._viewer.remove_data(self.state(label).layer)

    def change(self, label: str, **options: Any) -> None:
        """Change how an image is shown, by any of the options in `looks.OPTIONS`, as one change.

        Raises
        ------
        InputError
            For an option, a name or a number that cannot be used; nothing has changed then.
        """
        state = self.state(label)
        values = checked(options)
        cuts = self._cuts(label, options["cuts"]) if "cuts" in options else None
        colours = _colours(state, options)
        stretch = self._stretch(state, options, cuts)
        with delay_callback(state, *values, *_COMPOUND):
            for name, value in values.items():
                setattr(state, name, value)
            if cuts is not None:
                state.set_cuts(*cuts)
            if colours is not None:
                state.set_colours(*colours)
            if stretch is not None:
                state.knots, *found = stretch
                state.set_stretch(*found)

    def change_top(self, **options: Any) -> None:
        """`change` for the top-most visible image."""
        self.change(self.top.layer.label, **options)

    def copy(self, label: str, other: Any) -> None:
        """Show an image as another viewer does (a `LayerState`), or as it was shown (a `look`)."""
        state = self.state(label)
        with delay_callback(state, *_LOOK, *_COMPOUND):
            for name in _LOOK:
                setattr(state, name, getattr(other, name))
            state.set_cuts(other.v_min, other.v_max, other.preset)
            state.set_colours(other.colormap, other.color, other.color_mode)
            state.blend, state.knots = other.blend, other.knots
            state.set_stretch(other.stretch, dict(other.stretch_parameters), other.curve)

    def look(self, label: str) -> SimpleNamespace:
        """All of how an image is shown that `copy` takes, without the image."""
        state = self.state(label)
        found = {name: getattr(state, name) for name in (*_LOOK, *_COPIED)}
        return SimpleNamespace(**found, stretch_parameters=dict(state.stretch_parameters))

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

    def _cuts(self, label: str, cuts: Any) -> tuple[float, float, str]:
        """Lower and upper cut, and the name of automatic ones."""
        if isinstance(cuts, str) or (isinstance(cuts, Real) and float(cuts) >= LEAST_PERCENT):
            name = cuts_name(cuts)
            return *auto_cuts(self._viewer.document.image(label).data, name), name
        return *limits(cuts), CUSTOM

    def _stretch(self, state: LayerState, options: dict[str, Any], cuts: Any) -> Any:
        """Knots, name, parameters and curve after some options; None if they change none of them."""
        if not {"stretch", "stretch_parameters", "knots"} & set(options):
            return None
        name, found = parse(options.get("stretch", "spline" if "knots" in options else state.stretch))
        points = knots(options["knots"]) if "knots" in options else state.knots
        if name == "spline" and isinstance(options.get("stretch"), BaseStretch):
            points = followed(options["stretch"])
        if name == state.stretch and "stretch" not in options:
            found = dict(state.stretch_parameters)
        found |= parameters(name, options.get("stretch_parameters") or {})
        curve = splined(points) if name == "spline" else None
        if name == "histeq":
            low, high = (state.v_min, state.v_max) if cuts is None else cuts[:2]
            curve = self._equalised(state, float(low), float(high))
        return points, name, found, curve

    def _equalised(self, state: LayerState, low: float, high: float) -> Any:
        return equalised(sample(self._viewer.document.image(state.layer.label).data), (low, high))

    def _equalise(self, *_: Any) -> None:
        """Cuts have changed: the histogram between them is another."""
        for state in self.states:
            if state.stretch != "histeq":
                continue
            try:
                state.curve = self._equalised(state, float(state.v_min), float(state.v_max))
            except ReadError as error:  # the cuts that have changed may be another image's
                self._viewer.say_unreadable(str(error))

    def _tell(self, *_: Any, **__: Any) -> None:
        self._changed()


def _info(state: LayerState) -> LayerInfo:
    return LayerInfo(
        label=state.layer.label,
        visible=bool(state.visible),
        opacity=float(state.alpha),
        colormap=name_of(state.colormap),
        stretch=str(state.stretch),
        cuts=(float(state.v_min), float(state.v_max)),
        preset=str(state.preset),
        stretch_parameters=tuple(state.stretch_parameters.items()),
        knots=state.knots,
        contrast=float(state.contrast),
        bias=float(state.bias),
        invert=bool(state.invert),
        interpolation=str(state.interpolation),
        nan_color=state.nan_color,
        blend=str(state.blend),
        color_mode=str(state.color_mode),
        color=color(state.color),
    )


def _colours(state: LayerState, options: dict[str, Any]) -> tuple[Any, str, str] | None:
    """Colormap, colour and mode after some options; None if they change none of them."""
    if not {"colormap", "color", "color_mode"} & set(options):
        return None
    colormap = find(options["colormap"]) if "colormap" in options else state.colormap
    single = color(options.get("color", state.color))
    return colormap, single, one_of(options.get("color_mode", state.color_mode), COLOR_MODES, "color mode")
