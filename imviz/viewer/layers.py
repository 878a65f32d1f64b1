"""The images of one viewer: which, in what order, how each is shown. glue's layer states hold it.

`Layers` adds, removes and changes layers and writes them down as `LayerInfo`. A region makes no
layer and no picture: the regions' overlay draws them all, so a region more costs the same always.
"""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from astropy.visualization import AsinhStretch, LinearStretch, LogStretch, SqrtStretch
from echo import delay_callback
from glue.config import colormaps
from glue.core import Data

from imviz.errors import InputError
from imviz.science.display import auto_cuts
from imviz.viewer.controls import LayerInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.colors import Colormap

    from imviz.viewer.wired_view import WiredView

__all__ = ["AUTOCUTS", "STRETCHES", "Layers", "colormap_names"]

AUTOCUTS = ("minmax", "99.5%", "99%", "95%", "90%", "zscale")
STRETCHES = ("arcsinh", "linear", "log", "sqrt")
_STRETCH_CLASSES = {AsinhStretch: "arcsinh", LinearStretch: "linear", LogStretch: "log", SqrtStretch: "sqrt"}
DEFAULT_CUTS = "95%"


def colormap_names() -> tuple[str, ...]:
    """The colormaps of the menu, in its order; any matplotlib name works too."""
    return tuple(name for name, _ in colormaps.members)


def _colormap(name: str) -> Colormap:
    for known, colormap in colormaps.members:
        if known.lower() == str(name).lower():
            return colormap
    try:
        return mpl.colormaps[str(name)]
    except KeyError:
        offered = ", ".join(colormap_names()[:6])
        raise InputError(
            f"There is no colormap {name!r}; use a matplotlib name or one of {offered}…"
        ) from None


def _colormap_name(colormap: Colormap) -> str:
    return next((name for name, known in colormaps.members if known is colormap), colormap.name)


def _stretch(value: Any) -> str:
    name = _STRETCH_CLASSES.get(value, value) if isinstance(value, type) else value
    if name not in STRETCHES:
        raise InputError(f"There is no stretch {value!r}; use one of {', '.join(STRETCHES)}.")
    return str(name)


class Layers:
    """The images one viewer shows.

    Parameters
    ----------
    viewer : WiredView
        Its session knows the images, its glue state holds the layers.
    changed : callable
        Called after a layer was added, removed, reordered or changed.
    """

    def __init__(self, viewer: WiredView, changed: Callable[[], None]) -> None:
        self._viewer = viewer
        self._changed = changed
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

    def add(self, label: str, *, visible: bool) -> None:
        """Put an image of the session on top, with its default cuts; show it if it is there already."""
        data = self._viewer.document.data(label)
        if any(state.layer is data for state in self.states):
            self.state(label).visible = visible
            return
        self._viewer.add_data(data)
        state = self.state(label)
        with delay_callback(state, "v_min", "v_max", "percentile", "alpha", "visible"):
            state.percentile = "Custom"  # glue's own percentiles come from a random sample
            state.v_min, state.v_max = self._cuts(label, DEFAULT_CUTS)
            state.alpha = 1.0
            state.visible = visible
        state.add_global_callback(self._tell)
        self._tell()

    def remove(self, label: str) -> None:
        """Take an image out of the viewer; the session keeps it."""
        self._viewer.remove_data(self.state(label).layer)

    def change(self, label: str, **options: Any) -> None:
        """Change how an image is shown: ``visible``, ``opacity``, ``colormap``, ``stretch``, ``cuts``.

        Raises
        ------
        InputError
            For an option, a name or a number that cannot be used; nothing has changed then.
        """
        state = self.state(label)
        values: dict[str, Any] = {}
        for name, value in options.items():
            values.update(self._value(label, name, value))
        together = [name for name in values if name != "stretch"]
        with delay_callback(state, *together):
            for name in together:
                setattr(state, name, values[name])
        if "stretch" in values:  # glue's artist must hear of it after glue's state: not while delayed
            state.stretch = values["stretch"]

    def change_top(self, **options: Any) -> None:
        """`change` for the top-most visible image."""
        self.change(self.top.layer.label, **options)

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

    def _value(self, label: str, name: str, value: Any) -> dict[str, Any]:
        match name:
            case "visible":
                return {"visible": bool(value)}
            case "opacity":
                return {"alpha": _number(value, 0.0, 1.0, "opacity")}
            case "colormap":
                return {"cmap": _colormap(value)}
            case "stretch":
                return {"stretch": _stretch(value)}
            case "cuts":
                low, high = self._cuts(label, value)
                return {"percentile": "Custom", "v_min": low, "v_max": high}
        known = "visible, opacity, colormap, stretch, cuts"
        raise InputError(f"A layer has no option {name!r}; it has {known}.")

    def _cuts(self, label: str, cuts: Any) -> tuple[float, float]:
        if isinstance(cuts, str):
            if cuts not in AUTOCUTS:
                raise InputError(f"There are no cuts {cuts!r}; use {', '.join(AUTOCUTS)} or (low, high).")
            low, high = auto_cuts(self._viewer.document.image(label).data, cuts)
            return float(low), float(high)
        try:
            values = np.asarray(cuts, dtype=float)
        except (TypeError, ValueError):
            values = np.empty(0)
        if values.shape != (2,) or not np.isfinite(values).all() or values[0] >= values[1]:
            raise InputError(f"Cuts must be (low, high) with low < high, or a name; not {cuts!r}.")
        return float(values[0]), float(values[1])

    def _tell(self, *_: Any, **__: Any) -> None:
        self._changed()


def _info(state: Any) -> LayerInfo:
    return LayerInfo(
        label=state.layer.label,
        visible=bool(state.visible),
        opacity=float(state.alpha),
        colormap=_colormap_name(state.cmap),
        stretch=str(state.stretch),
        cuts=(float(state.v_min), float(state.v_max)),
    )


def _number(value: Any, low: float, high: float, name: str) -> float:
    number = float(value) if isinstance(value, Real) else np.nan
    if not low <= number <= high:
        raise InputError(f"The {name} must be a number from {low:g} to {high:g}, not {value!r}.")
    return number
