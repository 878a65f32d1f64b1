"""The canvas over one figure that points and paths are drawn on; `VectorLayers` tells it what."""

from __future__ import annotations

from imviz.viewer.page.on_figure import OnFigure
from imviz.viewer.page.scripts import joined, stylesheet

__all__ = ["VectorsOverlay"]


class VectorsOverlay(OnFigure):
    """The canvas over one figure; `VectorLayers` tells it what to draw."""

    _esm = joined("viewer/vectors/overlay.js")
    _css = stylesheet("viewer/page/viewer.css")
