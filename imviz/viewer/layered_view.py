"""How the top image of a viewer looks, by the names notebooks use: cuts, stretch, colormap, blinking.

Each passes to `Layers`, which checks and keeps it in glue's layer states.
"""

from __future__ import annotations

from typing import Any

from imviz.viewer.layers import AUTOCUTS, STRETCHES, colormap_names
from imviz.viewer.wired_view import WiredView

__all__ = ["LayeredView"]


class LayeredView(WiredView):
    """A view whose top image can be given other cuts, another stretch and colormap."""

    def blink_once(self, reversed: bool = False) -> None:  # noqa: A002 - its name in notebooks
        """Make the next image (the one before, if reversed) the only visible one."""
        self.layers_shown.blink(backwards=reversed)

    @property
    def cuts(self) -> tuple[float, float]:
        """Values of the top image shown darkest and brightest; set (low, high) or an `autocut_options`."""
        state = self.layers_shown.top
        return float(state.v_min), float(state.v_max)

    @cuts.setter
    def cuts(self, value: Any) -> None:
        self.layers_shown.change_top(cuts=value)

    @property
    def autocut_options(self) -> list[str]:
        """Names that `cuts` can be set to."""
        return list(AUTOCUTS)

    @property
    def stretch(self) -> str:
        """Stretch of the top image; set one of `stretch_options` or an astropy stretch class."""
        return str(self.layers_shown.top.stretch)

    @stretch.setter
    def stretch(self, value: Any) -> None:
        self.layers_shown.change_top(stretch=value)

    @property
    def stretch_options(self) -> list[str]:
        """Names that `stretch` can be set to."""
        return list(STRETCHES)

    @property
    def colormap_options(self) -> list[str]:
        """Names for `set_colormap`; any matplotlib name works too."""
        return list(colormap_names())

    def set_colormap(self, cmap: str) -> None:
        """Give the top image another colormap."""
        self.layers_shown.change_top(colormap=cmap)
