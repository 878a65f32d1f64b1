"""The overlay of one figure that regions are drawn and edited on; `DrawnRegions` tells it what there is."""

from __future__ import annotations

from traitlets import Bool, List, Unicode

from imviz.viewer.page.on_figure import OnFigure
from imviz.viewer.page.scripts import joined, stylesheet

__all__ = ["RegionsOverlay"]


class RegionsOverlay(OnFigure):
    """The vector layer of one figure; `DrawnRegions` tells it what to draw."""

    _esm = joined("viewer/regions/overlay.js")
    _css = stylesheet("viewer/page/viewer.css")

    selected = List(Unicode()).tag(sync=True)
    combining = Bool(False, help="Whether a shape drawn acts on the selected region.").tag(sync=True)
