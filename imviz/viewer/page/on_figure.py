"""What every widget over a figure has: the figure's scales, by which it follows the view.

The page's end is ``onFigure`` in `surface.js`. What such a widget draws or hears is each one's own.
"""

from __future__ import annotations

from ipywidgets import Widget, widget_serialization
from traitlets import Instance

from imviz.viewer.page.listening import Listening

__all__ = ["OnFigure"]


class OnFigure(Listening):
    """A widget with no place of its own on the page, that lies over the figure beside it.

    Parameters
    ----------
    scale_x, scale_y : bqplot.Scale
        The figure's.
    **traits
        Initial values.
    """

    scale_x = Instance(Widget).tag(sync=True, **widget_serialization)
    scale_y = Instance(Widget).tag(sync=True, **widget_serialization)
