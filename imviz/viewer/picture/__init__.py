"""The picture of a view: tiles of pixel values that the browser colours and places; the same in Python.

The kernel sends values, not colours (`tiles`, from a `pyramid`, as `codes`), where a layer lies (`mesh`)
and how it is to look (`look`); panning, zooming, cuts, stretch, colours and blinking are the browser's
alone. `render` draws the same picture in Python. Nothing here changes how an image looks; that is
`imviz.viewer.layers`.
"""

from imviz.viewer.picture.look import Look, look
from imviz.viewer.picture.render import png, render
from imviz.viewer.picture.server import PictureServer

__all__ = ["Look", "PictureServer", "look", "png", "render"]
