"""The kernel's end of the contrast tool: contrast and bias of the top image, in step with `contrast.js`.

The widget's state is the top image's; the browser sends the newest values only, one message at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from traitlets import Float

from imviz.viewer.page.on_figure import OnFigure
from imviz.viewer.page.scripts import joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Widget

    from imviz.view.controls import LayerInfo

__all__ = ["ContrastDrag"]


class ContrastDrag(OnFigure):
    """Contrast and bias by dragging over one figure.

    Parameters
    ----------
    scale_x, scale_y : bqplot.Scale
        The figure's scales.

    Attributes
    ----------
    change : callable
        Called with ``contrast`` and ``bias`` when the hand has changed them. The view sets it.
    """

    _esm = joined("viewer/overlays/contrast.js")

    contrast = Float(1.0).tag(sync=True, echo_update=False)
    bias = Float(0.5).tag(sync=True, echo_update=False)

    def __init__(self, scale_x: Widget, scale_y: Widget) -> None:
        super().__init__(scale_x=scale_x, scale_y=scale_y)
        self.change: Callable[..., None] = lambda **_: None
        self._showing = False

    def show(self, top: LayerInfo | None) -> None:
        """Take over what the top image has."""
        self._showing = True
        with self.hold_sync():
            self.contrast = 1.0 if top is None else top.contrast
            self.bias = 0.5 if top is None else top.bias
        self._showing = False

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser says, both values at once."""
        super().set_state(sync_data)
        if {"contrast", "bias"} & set(sync_data) and not self._showing:
            self.change(contrast=self.contrast, bias=self.bias)
