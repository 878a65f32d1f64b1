"""The picture and the hand: how a browser shows a view (`imviz.view`), and how a mouse acts on it.

Widgets, each beside its JavaScript, and the viewer that joins them. They measure nothing and keep nothing
that could be lost; bars, menus and panels around them are the shell's.
"""

from imviz.viewer.image_viewer import ImageViewer

__all__ = ["ImageViewer"]
