"""The picture and the hand: what a viewer shows of the session's images, and how a mouse acts on it.

A viewer draws images and regions and turns gestures into calls of the session. It measures nothing
and keeps nothing that could be lost; bars, menus and panels around it are the shell's.
"""

from imviz.viewer.controls import TOOLS, Controls, KeyPress, LayerInfo, LiveShape, Tool
from imviz.viewer.image_viewer import ImageViewer
from imviz.viewer.matching import Matching
from imviz.viewer.readout import SKY_FRAMES, Readout, SkyStyle, readout
from imviz.viewer.still import still_picture
from imviz.viewer.vectors import Picked

__all__ = [
    "SKY_FRAMES",
    "TOOLS",
    "Controls",
    "ImageViewer",
    "KeyPress",
    "LayerInfo",
    "LiveShape",
    "Matching",
    "Picked",
    "Readout",
    "SkyStyle",
    "Tool",
    "readout",
    "still_picture",
]
