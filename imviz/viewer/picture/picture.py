"""The canvas under one figure's overlays; `imviz.view.picture.server` tells it what to draw."""

from __future__ import annotations

from traitlets import Dict, List, Unicode

from imviz.viewer.page.on_figure import OnFigure
from imviz.viewer.page.scripts import joined, stylesheet

__all__ = ["PictureLayer"]


class PictureLayer(OnFigure):
    """The canvas under one figure's overlays; `PictureServer` tells it what to draw."""

    _esm = joined("viewer/picture/picture.js")
    _css = stylesheet("viewer/page/viewer.css")

    layers = List(Dict(), help="Each image's id, size, coding and look, the top-most last.").tag(sync=True)
    colormaps = Dict(help="256 RGB triples for each name the layers use.").tag(sync=True)
    meshes = Dict(help="Where images lie that do not share the view's pixels.").tag(sync=True)
    backend = Unicode("auto", help="'auto', 'canvas' or 'webgl'.").tag(sync=True)
