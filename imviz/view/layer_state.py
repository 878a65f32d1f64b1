"""How one image is shown in one viewer: glue's layer state, with an observed field for all of a look.

The look's properties are declared in `imviz.science.display.look`; what glue's state has under a name of its
own is mapped here, the rest gets a field of its own (`observed`). The picture is made from `LayerState.look`,
menus and plugins change it through `Layers`. It checks nothing: who makes a `Look` does.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import ref

from echo import CallbackProperty, delay_callback
from glue.viewers.image.state import ImageLayerState

from imviz.science.display import colormaps
from imviz.science.display.look import CUSTOM, Look, options_of
from imviz.science.display.stretches import STRETCHES

if TYPE_CHECKING:
    from collections.abc import Callable


__all__ = ["LayerState", "observed"]

GLUES = {  # glue's fields for what a look calls otherwise, or keeps as one
    "opacity": ("alpha",),
    "cuts": ("v_min", "v_max", "percentile"),
    "colormap": ("cmap",),
}

State = TypeVar("State", bound=type)


def observed(look: type[Look]) -> Callable[[State], State]:
    """Give a kind of state an observed field for each property of a look that it does not have."""

    def decorate(kind: State) -> State:
        for one in fields(look):
            if one.name not in GLUES and not hasattr(kind, one.name):
                doc = one.metadata["option"].doc
                setattr(kind, one.name, CallbackProperty(one.default, docstring=doc))
        kind.declared = look  # type: ignore[attr-defined]
        return kind

    return decorate


@observed(Look)
class LayerState(ImageLayerState):
    """glue's state of an image layer with all of its look.

    Attributes
    ----------
    declared : type of Look
        Whose properties it has.
    """

    declared: type[Look]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._shown: Look | None = None  # the last look taken: what glue's fields alone do not tell
        super().__init__(*args, **kwargs)
        for edge in ("v_min", "v_max"):
            self.add_callback(edge, self._check_preset)

    @property
    def look(self) -> Look:
        """How the layer looks, whoever has set it; settable, as one change."""
        values = {name: getattr(self, name) for name in options_of(self.declared) if name not in GLUES}
        values |= {
            "opacity": float(self.alpha),
            "cuts": self._cuts,
            "colormap": self._colormap,
            "color": colormaps.color(self.color),
            "stretch_parameters": tuple(self._parameters.items()),
        }
        return self.declared(**values)

    @look.setter
    def look(self, look: Look) -> None:
        names = options_of(look)
        with delay_callback(self, *(field for name in names for field in GLUES.get(name, (name,)))):
            self._shown = look
            self.percentile = CUSTOM  # glue's own percentiles come from a random sample
            self.v_min, self.v_max = look.cuts
            single = look.color_mode == "Color"
            self.cmap = colormaps.shades(look.color) if single else colormaps.find(look.colormap)
            self.alpha = look.opacity
            for name in names:
                if name not in GLUES:
                    value = getattr(look, name)
                    setattr(self, name, dict(value) if name == "stretch_parameters" else value)

    @property
    def viewer_state(self) -> Any:
        """glue's state of the viewer, which holds this one: a way back would keep both alive for ever."""
        return self._viewer_state() if self._viewer_state is not None else None

    @viewer_state.setter
    def viewer_state(self, state: Any) -> None:
        self._viewer_state = None if state is None else ref(state)

    @property
    def cuts_are_foreign(self) -> bool:
        """Whether somebody has set the cuts by glue's fields, not by a look."""
        return self._shown is None or self._cuts != self._shown.cuts

    def setup_stretch_callback(self) -> None:
        """Offer the stretches there are; glue would offer those of its registry."""
        field = ImageLayerState.stretch
        field.set_choices(self, list(STRETCHES))
        field.set_display_func(self, lambda name: STRETCHES[name].label)
        self.stretch = "linear"

    @property
    def stretch_object(self) -> Callable[[Any], Any]:
        """The stretch: levels 0 to 1 in, brightness 0 to 1 out."""
        return self.look.stretched

    @property
    def _cuts(self) -> tuple[float, float]:
        return (0.0, 1.0) if self.v_min is None else (float(self.v_min), float(self.v_max))

    @property
    def _colormap(self) -> str:
        """The colormap's name, also while the layer is shown in shades of a colour."""
        if self._shown is not None and self.color_mode == "Color":
            return self._shown.colormap
        return colormaps.name_of(self.cmap)

    @property
    def _parameters(self) -> dict[str, float]:
        """Those of the stretch: what is left of another stretch does not count."""
        own = self._shown is not None and self._shown.stretch == self.stretch
        return dict(self.stretch_parameters) if own else {}

    def _check_preset(self, *_: Any) -> None:
        """Cuts that somebody else has set are no automatic ones."""
        if self.cuts_are_foreign:
            self.preset = CUSTOM
