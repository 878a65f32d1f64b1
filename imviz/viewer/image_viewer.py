"""One image viewer: the interface notebooks use to say where it looks.

`WiredView` joins the view to document and hand, `LayeredView` has the names for how the top image looks.
The methods here pass on to `navigation`; nothing is worked out in this module.
"""

from __future__ import annotations

from typing import Any

from imviz.viewer.layered_view import LayeredView

__all__ = ["ImageViewer"]


class ImageViewer(LayeredView):
    """A view on some of the session's images.

    Parameters
    ----------
    session : Session
        The document.
    name : str
        Reference name of the viewer, as "imviz-0".

    Attributes
    ----------
    controls : Controls
        Tool, cursor, layers: what a frame around the viewer shows and changes.
    widgets : tuple of Widget
        The figure first, then what is drawn over it; to be shown inside one element of class
        ``imviz-figure``.
    document : Session
        The session (glue's own is ``session``).
    layers_shown : Layers
        The images and how each is shown.
    navigation : Navigation
        Where the view looks.
    mouse : Mouse
        The widget of the hand.
    vectors : VectorLayers
        Points and paths drawn over the picture: markers, catalogs, contours, grids.
    """

    def home(self) -> None:
        """Show all visible images whole, centred."""
        self.navigation.home()

    def reset_limits(self) -> None:
        """Show all visible images whole, centred."""
        self.navigation.home()

    @property
    def zoom_level(self) -> float:
        """Screen pixels per image pixel; set a number, or 'fit' to show everything."""
        return self.navigation.zoom_level

    @zoom_level.setter
    def zoom_level(self, value: float | str) -> None:
        self.navigation.zoom_level = value

    def zoom(self, factor: float) -> None:
        """Magnify by `factor` about the centre."""
        self.navigation.zoom(factor)

    def center_on(self, point: Any) -> None:
        """Put a point in the middle: (x, y) of the top image, or a `SkyCoord`."""
        self.navigation.center_on(point)

    def offset_by(self, dx: Any, dy: Any) -> None:
        """Move the centre by pixels (plain numbers or `pix`) or by angles on the sky."""
        self.navigation.offset_by(dx, dy)
