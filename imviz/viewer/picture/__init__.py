"""The browser's end of the picture: the widget that draws it, and who answers it.

What is sent, and the picture without a browser, is `imviz.view.picture`.
"""

from imviz.viewer.picture.render import png, render
from imviz.viewer.picture.server import PictureServer

__all__ = ["PictureServer", "png", "render"]
