"""The overlay of one figure that regions are drawn and edited on; `DrawnRegions` tells it what there is."""

from __future__ import annotations

from traitlets import Bool, List, Unicode

from imviz.viewer.on_figure import OnFigure
from imviz.viewer.scripts import joined, stylesheet

__all__ = ["RegionsOverlay"]


class RegionsOverlay(OnFigure):
    """The vector layer of one figure; `DrawnRegions` tells it what to draw."""

    _esm = joined("viewer/regions.js")
    _css = stylesheet("viewer/viewer.css")

    selected = List(Unicode()).tag(sync=True)
    combining = Bool(False, help="Whether a shape drawn acts on the selected region.").tag(sync=True)
