"""What stands at the edges of a picture to read it by: colour bar, scale bar, magnifier; browser-drawn.

Panning and zooming costs the kernel nothing: the browser is told the colours and the cuts when a layer
changes, and a pixel's size on the sky when the view has come to rest. Exported pictures draw the same from
`color_bar` and `arcsec_per_pixel`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from traitlets import Bool, Bytes, Dict, Float

from imviz.errors import InputError
from imviz.science.results.readable import unit_text
from imviz.science.sky.geometry import has_celestial, pixel_scale
from imviz.viewer.on_figure import OnFigure
from imviz.viewer.scripts import joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.view.frame import ViewFrame
    from imviz.viewer.layers import Layers

__all__ = ["ColorBar", "Legends", "LegendsLayer"]


@dataclass(frozen=True, slots=True, eq=False)
class ColorBar:
    """The colours of the values between the cuts: RGB, shape (256, 3), the lowest first."""

    colours: NDArray[np.uint8]
    low: float
    high: float
    label: str


class LegendsLayer(OnFigure):
    """The widget over one figure."""

    _esm = joined("viewer/legends.js")

    colours = Bytes(b"").tag(sync=True)
    values: Any = Dict(help="low, high, label of the colour bar; empty without one.").tag(sync=True)
    scale_shown = Bool(False).tag(sync=True)
    per_pixel = Float(None, allow_none=True, help="Arcsec a view pixel; None: the bar is in pixels.").tag(
        sync=True
    )
    magnifier = Float(0.0, help="How many times it magnifies the screen; 0 without one.").tag(sync=True)


class Legends:
    """The legends of one viewer.

    Parameters
    ----------
    viewer : WiredView
        Its layers give colours, its navigation the scale.
    widget : LegendsLayer
        What shows them.

    Attributes
    ----------
    bar_shown, scale_shown : bool
        What is shown now.
    in_pixels : bool
        Whether the scale bar is in pixels although the sky is known.
    """

    def __init__(self, frame: ViewFrame, layers: Layers, widget: LegendsLayer) -> None:
        self._frame, self._layers, self._widget = frame, layers, widget
        self.bar_shown = self.scale_shown = self.in_pixels = False
        frame.controls.add_callback("layers", self._sync)
        frame.controls.add_callback("rested", self._sync)

    def show(
        self, *, bar: bool | None = None, scale: bool | None = None, in_pixels: bool | None = None
    ) -> None:
        """Show or hide; what is None stays."""
        self.bar_shown = self.bar_shown if bar is None else bool(bar)
        self.scale_shown = self.scale_shown if scale is None else bool(scale)
        self.in_pixels = self.in_pixels if in_pixels is None else bool(in_pixels)
        self._sync()

    @property
    def magnification(self) -> float:
        """How many times the magnifier beside the cursor enlarges the screen; 0: there is none."""
        return float(self._widget.magnifier)

    @magnification.setter
    def magnification(self, times: float) -> None:
        if not (times == 0 or 1 < times <= 32):
            raise InputError(f"The magnifier enlarges 1 to 32 times, or 0 for none; not {times!r}.")
        self._widget.magnifier = float(times)

    @property
    def color_bar(self) -> ColorBar | None:
        """The colours of the top image; None if nothing is shown."""
        top = self._frame.controls.top
        if top is None:
            return None
        one = self._layers.look(top)
        low, high = one.cuts
        image = self._frame.document.image(top)
        return ColorBar(one.colours(np.linspace(low, high, 256)), low, high, unit_text(image.unit))

    @property
    def arcsec_per_pixel(self) -> float | None:
        """The size of a view pixel in the middle of what is shown; None if it is not known, or not wanted."""
        controls, limits = self._frame.controls, self._frame.limits
        if self.in_pixels or limits is None or controls.reference is None:
            return None
        wcs = self._frame.wcs
        if not has_celestial(wcs):
            return None
        try:
            scale = pixel_scale(wcs, limits.centre)
        except (InputError, ValueError):  # the WCS does not reach there
            return None
        return scale if np.isfinite(scale) and scale > 0 else None

    def _sync(self, *_: Any) -> None:
        bar = self.color_bar if self.bar_shown else None
        with self._widget.hold_sync():
            self._widget.scale_shown = self.scale_shown and self._frame.limits is not None
            if self._widget.scale_shown:
                self._widget.per_pixel = self.arcsec_per_pixel
            self._widget.values = (
                {} if bar is None else {"low": bar.low, "high": bar.high, "label": bar.label}
            )
            self._widget.colours = b"" if bar is None else bar.colours.tobytes()
