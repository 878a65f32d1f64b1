"""How one image is shown in one viewer: glue's layer state, and what glue's has no word for.

The picture is made from it (`imviz.viewer.picture`), menus and plugins change it through `Layers`. It
checks nothing: `Layers.change` does, before anything is set.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from echo import CallbackProperty, delay_callback
from glue.viewers.image.state import ImageLayerState

from imviz.science.display.colormaps import shades
from imviz.science.display.stretches import KNOTS, STRETCHES, brightness

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.colors import Colormap

__all__ = ["CUSTOM", "LayerState"]

CUSTOM = "Custom"
"""Name of cuts that are no automatic ones."""


class LayerState(ImageLayerState):
    """glue's state of an image layer with more to say about its look.

    Attributes
    ----------
    invert : bool
        Whether the colormap is turned round: the highest value gets its first colour.
    nan_color : tuple of float or None
        RGBA, 0 to 1, of pixels without a value; None: what lies below is seen.
    blend : {'normal', 'add'}
        Whether the layer covers what lies below or its light is added to it.
    interpolation : {'nearest', 'smooth'}
        What is seen between pixel centres.
    curve : tuple of (float, float), or None
        Of the stretches ``spline`` and ``histeq``: brightness at levels between the cuts, both 0 to 1,
        in order; straight lines between.
    knots : tuple of (float, float)
        The few points that the spline's curve goes through.
    color_mode : {'Colormap', 'Color'}
        With 'Color' the layer is shown in shades of `color`, added to what lies below.
    preset : str
        The automatic cuts that the cuts are, or ``"Custom"``.
    """

    invert = CallbackProperty(False, docstring="Whether the colormap is turned round.")
    nan_color = CallbackProperty(None, docstring="RGBA of pixels without a value, or None: see-through.")
    blend = CallbackProperty("normal", docstring="'normal' covers what lies below, 'add' adds its light.")
    interpolation = CallbackProperty("nearest", docstring="'nearest' or 'smooth'.")
    curve = CallbackProperty(None, docstring="Points (level, brightness) of the spline or histeq stretch.")
    knots = CallbackProperty(KNOTS, docstring="Points (level, brightness) the spline goes through.")
    color_mode = CallbackProperty("Colormap", docstring="'Colormap', or 'Color': shades of one colour.")
    preset = CallbackProperty(CUSTOM, docstring="Name of the automatic cuts, or 'Custom'.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._colormap: Colormap | None = None  # the one to go back to from a colour
        self._preset_cuts: tuple[float, float] | None = None
        self._parameters_of = ""
        super().__init__(*args, **kwargs)
        for edge in ("v_min", "v_max"):
            self.add_callback(edge, self._check_preset)

    @property
    def colormap(self) -> Colormap:
        """The colormap, also while the layer is shown in shades of a colour."""
        return self.cmap if self._colormap is None else self._colormap

    @property
    def stretch_object(self) -> Callable[[Any], Any]:
        """The stretch: levels 0 to 1 in, brightness 0 to 1 out."""
        parameters = None if self.parameter is None else {"a": self.parameter}
        return partial(brightness, name=self.stretch, parameters=parameters, curve=self.curve)

    @property
    def parameter(self) -> float | None:
        """The parameter of the stretch; None if it has none."""
        kind = STRETCHES[self.stretch]
        own = dict(self.stretch_parameters) if self._parameters_of == self.stretch else {}
        return float(own.get("a", kind.default)) if kind.parameter else None

    def setup_stretch_callback(self) -> None:
        """Offer the stretches there are; glue would offer those of its registry."""
        field = ImageLayerState.stretch
        field.set_choices(self, list(STRETCHES))
        field.set_display_func(self, lambda name: STRETCHES[name].label)
        self.stretch = "linear"

    def set_stretch(self, name: str, parameters: dict[str, float], curve: Any) -> None:
        """Take another stretch, whole, at once."""
        self._parameters_of = name
        with delay_callback(self, "stretch", "stretch_parameters", "curve"):
            self.curve = curve
            self.stretch = name
            self.stretch_parameters = parameters

    def set_cuts(self, low: float, high: float, preset: str) -> None:
        """Take other cuts, both at once."""
        self._preset_cuts = low, high
        with delay_callback(self, "v_min", "v_max", "percentile", "preset"):
            self.percentile = CUSTOM  # glue's own percentiles come from a random sample
            self.v_min, self.v_max = low, high
            self.preset = preset

    def set_colours(self, colormap: Colormap, color: str, mode: str) -> None:
        """Take another colormap or colour, and show the one or the shades of the other."""
        was, single = self.color_mode, mode == "Color"
        with delay_callback(self, "cmap", "color", "color_mode", "blend"):
            self._colormap = colormap if single else None
            self.cmap = shades(color) if single else colormap
            self.color, self.color_mode = color, mode
            if was != mode:
                self.blend = "add" if single else "normal"

    def _check_preset(self, *_: Any) -> None:
        """Cuts that somebody else has set are no automatic ones."""
        if (self.v_min, self.v_max) != self._preset_cuts:
            self.preset = CUSTOM
