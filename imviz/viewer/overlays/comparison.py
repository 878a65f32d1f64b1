"""The divider or slider over one figure, by which two images are compared; the browser draws and moves it."""

from __future__ import annotations

from traitlets import Float, Unicode

from imviz.viewer.page.on_figure import OnFigure
from imviz.viewer.page.scripts import joined, stylesheet

__all__ = ["Compared"]


class Compared(OnFigure):
    """The browser's end: the divider or the slider over one figure."""

    _esm = joined("viewer/overlays/comparison.js")
    _css = stylesheet("viewer/page/viewer.css")

    mode = Unicode("").tag(sync=True)
    left = Unicode().tag(sync=True)
    right = Unicode().tag(sync=True)
    at = Float(0.5).tag(sync=True, echo_update=False)
