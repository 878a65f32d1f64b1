"""What a view of images is, without any toolkit: where it looks, what it offers, reads and draws.

Plugins act on views and know nothing of widgets; `imviz.viewer` shows a view in a browser. A view keeps
nothing that could be lost: the document is the session's.
"""

from imviz.view.controls import TOOLS, Controls, KeyPress, LayerInfo, LiveShape, Tool
from imviz.view.limits import Limits
from imviz.view.matching import Matching
from imviz.view.readout import SKY_FRAMES, Readout, SkyStyle, readout
from imviz.view.still import still_picture
from imviz.view.vectors import MARKERS, Paths, Picked, Points
from imviz.view.view import View

__all__ = [
    "MARKERS",
    "SKY_FRAMES",
    "TOOLS",
    "Controls",
    "KeyPress",
    "LayerInfo",
    "Limits",
    "LiveShape",
    "Matching",
    "Paths",
    "Picked",
    "Points",
    "Readout",
    "SkyStyle",
    "Tool",
    "View",
    "readout",
    "still_picture",
]
