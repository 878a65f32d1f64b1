"""How the top image of a view looks, by the names notebooks use.

Each passes to `Layers`, which checks and keeps it in glue's layer states.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.science.display import colormaps
from imviz.science.display.cuts import AUTOCUTS, cuts_name
from imviz.science.display.stretches import STRETCHES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.view.layers import Layers

__all__ = ["TopLook"]


class TopLook:
    """Cuts, stretch and colormap of the top image of one view.

    Parameters
    ----------
    layers : Layers
        The view's images.
    """

    def __init__(self, layers: Layers) -> None:
        self._layers = layers

    @property
    def cuts(self) -> tuple[float, float]:
        """Values of the top image shown darkest and brightest.

        Set (low, high), one of `autocut_options`, or any percentage, as "97%".
        """
        state = self._layers.top
        return float(state.v_min), float(state.v_max)

    @cuts.setter
    def cuts(self, value: Any) -> None:
        self._layers.change_top(cuts=value)

    @property
    def autocut_options(self) -> list[str]:
        """Names that `cuts` can be set to."""
        return list(AUTOCUTS)

    @property
    def default_cuts(self) -> str:
        """The automatic cuts that an image gets when it is added to this viewer: "95%" unless set."""
        return self._layers.default_cuts

    @default_cuts.setter
    def default_cuts(self, value: Any) -> None:
        self._layers.default_cuts = cuts_name(value)

    @property
    def stretch(self) -> str:
        """Stretch of the top image; set one of `stretch_options`, or an astropy stretch or its class."""
        return str(self._layers.top.stretch)

    @stretch.setter
    def stretch(self, value: Any) -> None:
        self._layers.change_top(stretch=value)

    @property
    def stretch_options(self) -> list[str]:
        """Names that `stretch` can be set to."""
        return list(STRETCHES)

    @property
    def stretch_parameters(self) -> dict[str, float]:
        """Of the top image's stretch: ``{"a": value}`` where it has a parameter; settable."""
        state = self._layers.top
        kind = STRETCHES[state.stretch]
        own = {"a": kind.default} if kind.parameter else {}
        return own | dict(state.stretch_parameters)

    @stretch_parameters.setter
    def stretch_parameters(self, value: Mapping[str, float]) -> None:
        self._layers.change_top(stretch_parameters=dict(value))

    @property
    def colormap_options(self) -> list[str]:
        """Names for `set_colormap`: those of older viewers, then all others of matplotlib."""
        return list(colormaps.names())

    def set_colormap(self, cmap: str) -> None:
        """Give the top image another colormap."""
        self._layers.change_top(colormap=cmap, color_mode="Colormap")
