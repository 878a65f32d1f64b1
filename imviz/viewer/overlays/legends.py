"""The colour bar, scale bar and magnifier over one figure; `imviz.view.legends` tells what they say."""

from __future__ import annotations

from typing import Any

from traitlets import Bool, Bytes, Dict, Float

from imviz.viewer.page.on_figure import OnFigure
from imviz.viewer.page.scripts import joined

__all__ = ["LegendsLayer"]


class LegendsLayer(OnFigure):
    """The widget over one figure."""

    _esm = joined("viewer/overlays/legends.js")

    colours = Bytes(b"").tag(sync=True)
    values: Any = Dict(help="low, high, label of the colour bar; empty without one.").tag(sync=True)
    scale_shown = Bool(False).tag(sync=True)
    per_pixel = Float(None, allow_none=True, help="Arcsec a view pixel; None: the bar is in pixels.").tag(
        sync=True
    )
    magnifier = Float(0.0, help="How many times it magnifies the screen; 0 without one.").tag(sync=True)
