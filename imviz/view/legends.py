"""What stands at the edges of a picture to read it by: colour bar, scale bar, magnifier; browser-drawn.

Panning and zooming costs the kernel nothing: the browser is told the colours and the cuts when a layer
changes, and a pixel's size on the sky when the view has come to rest. Exported pictures draw the same from
`color_bar` and `arcsec_per_pixel`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from imviz.errors import InputError
from imviz.science.results.readable import unit_text
from imviz.science.sky.geometry import has_celestial, pixel_scale

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from imviz.view.frame import ViewFrame
    from imviz.view.layers import Layers

__all__ = ["ColorBar", "Legends", "LegendsPage"]


@dataclass(frozen=True, slots=True, eq=False)
class ColorBar:
    """The colours of the values between the cuts: RGB, shape (256, 3), the lowest first."""

    colours: NDArray[np.uint8]
    low: float
    high: float
    label: str


class LegendsPage(Protocol):
    """What draws them: the colours and values of the bar, the size of a view pixel, the magnifier."""

    colours: Any
    values: Any
    scale_shown: Any
    per_pixel: Any
    magnifier: Any

    def hold_sync(self) -> AbstractContextManager[Any]:
        """Tell what is set inside in one message."""


class Legends:
    """The legends of one viewer.

    Parameters
    ----------
    frame : ViewFrame
        It gives the scale.
    layers : Layers
        They give the colours.
    page : LegendsPage
        What shows them.

    Attributes
    ----------
    bar_shown, scale_shown : bool
        What is shown now.
    in_pixels : bool
        Whether the scale bar is in pixels although the sky is known.
    """

    def __init__(self, frame: ViewFrame, layers: Layers, page: LegendsPage) -> None:
        self._frame, self._layers, self._page = frame, layers, page
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
        return float(self._page.magnifier)

    @magnification.setter
    def magnification(self, times: float) -> None:
        if not (times == 0 or 1 < times <= 32):
            raise InputError(f"The magnifier enlarges 1 to 32 times, or 0 for none; not {times!r}.")
        self._page.magnifier = float(times)

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
        with self._page.hold_sync():
            self._page.scale_shown = self.scale_shown and self._frame.limits is not None
            if self._page.scale_shown:
                self._page.per_pixel = self.arcsec_per_pixel
            self._page.values = {} if bar is None else {"low": bar.low, "high": bar.high, "label": bar.label}
            self._page.colours = b"" if bar is None else bar.colours.tobytes()
