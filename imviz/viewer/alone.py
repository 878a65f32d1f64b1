"""One viewer on its own in a notebook cell, without the window: figure and all that lies over it, no toolbar.

The window has its own frame for a viewer; nothing here knows of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Box

from imviz.errors import InputError
from imviz.viewer.page.lifetime import keep_weakly

if TYPE_CHECKING:
    from ipywidgets import Widget

__all__ = ["alone"]

HEIGHT = 450


def alone(widgets: tuple[Widget, ...], height: int | str | None = None) -> Box:
    """A widget that holds a viewer's (the figure first), as wide as its cell and as high as asked for.

    Raises
    ------
    InputError
        For a height that is neither a number of pixels nor a CSS length.
    """
    if height is None:
        height = HEIGHT
    if not isinstance(height, int | str) or isinstance(height, bool):
        raise InputError(f"A height is a number of pixels or a CSS length, not {height!r}.")
    box = Box(
        widgets,
        layout={"width": "100%", "height": f"{height}px" if isinstance(height, int) else height},
    )
    figure = widgets[0]
    figure.layout.width = figure.layout.height = "100%"
    box.add_class("imviz-figure")
    keep_weakly(box)
    return box
