"""The arrows in a corner of one figure; `imviz.view.compass` tells which way they point."""

from __future__ import annotations

from traitlets import Bool, Dict, List

from imviz.viewer.page.on_figure import OnFigure
from imviz.viewer.page.scripts import joined, stylesheet

__all__ = ["CompassArrows"]


class CompassArrows(OnFigure):
    """The arrows in a corner of one figure."""

    _esm = joined("viewer/overlays/compass.js")
    _css = stylesheet("viewer/page/viewer.css")

    shown = Bool(False).tag(sync=True)
    arrows = List(Dict(), help="label, x, y (a unit vector, y upwards) of each.").tag(sync=True)
