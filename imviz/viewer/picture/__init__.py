"""The browser's end of the picture: the widget that draws it.

What it is sent, and the picture without a browser, is `imviz.view.picture`.
"""

from imviz.viewer.picture.picture import PictureLayer
from imviz.viewer.picture.render import png, render

__all__ = ["PictureLayer", "png", "render"]
