"""A view with everything joined to it: the document, the hand, the overlays, and what is told to whom.

`LightView` is the frame: glue's state and layers and a bqplot figure. Here the mouse widget moves it, the
regions' overlay and the vectors draw over it, `navigation` and `layers_shown` change what is shown, and
each message of the browser and each change of the document goes where it belongs. The names notebooks
use are in the classes built on this one; nothing is worked out in this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.errors import ReadError
from imviz.view.comparison import Comparison
from imviz.view.compass import Compass
from imviz.view.controls import KeyPress
from imviz.view.frame import EDGES
from imviz.view.navigation import Navigation
from imviz.view.picture.server import PictureServer
from imviz.view.regions import DrawnRegions
from imviz.view.soon import Soon
from imviz.view.vector_layers import VectorLayers
from imviz.viewer.comparison import Compared
from imviz.viewer.compass import CompassArrows
from imviz.viewer.contrast import ContrastDrag
from imviz.viewer.layers import Layers
from imviz.viewer.legends import Legends, LegendsLayer
from imviz.viewer.light_view import LightView
from imviz.viewer.mouse import Mouse
from imviz.viewer.picture.picture import PictureLayer
from imviz.viewer.quality_overlay import QualityOverlay
from imviz.viewer.regions import RegionsOverlay
from imviz.viewer.vectors import VectorsOverlay

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipywidgets import Widget

    from imviz.session import Session

__all__ = ["WiredView"]

FIRST = 1000  # before any plugin: those ask the viewers
REST = 0.1  # seconds without a movement, after which the view rests


class WiredView(LightView):
    """A view on some of the session's images, joined to the document and to the hand.

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
    regions_drawn : DrawnRegions
        The regions over the picture.
    navigation : Navigation
        Where the view looks.
    mouse : Mouse
        The widget of the hand.
    vectors : VectorLayers
        Points and paths drawn over the picture: markers, catalogs, contours, grids.
    legends : Legends
        Colour bar, scale bar and magnifier.
    quality_overlay : QualityOverlay
        A see-through picture over the images: quality flags.
    picture : PictureServer
        What the browser draws of the images.
    """

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        frame, self.controls = self.frame, self.frame.controls
        self.layers_shown = Layers(self, self._on_layers)
        scales = {"scale_x": self.scale_x, "scale_y": self.scale_y}
        self.mouse = Mouse(
            **scales,
            handlers={
                "view": self._on_view,
                "cursor": self._on_cursor,
                "tool": self._on_tool_key,
                "blink": self._on_blink_key,
                "key": self._on_key,
            },
        )
        self.navigation = Navigation(frame, self.layers_shown, self.mouse, self.follow_browser)
        self._overlay = RegionsOverlay(**scales)
        self.regions_drawn = DrawnRegions(frame, self._overlay)
        self._canvas = VectorsOverlay(**scales)
        self.vectors = VectorLayers(frame, self._canvas)
        self._contrast = ContrastDrag(**scales, change=self._on_contrast)
        self._tiles = PictureLayer(**scales)
        self.picture = PictureServer(frame, self.layers_shown, self._tiles)
        arrows = CompassArrows(**scales)
        self._compass = Compass(frame, arrows)
        compared = Compared(**scales)
        self.comparison = Comparison(frame, self.layers_shown, compared)
        drawn = (self.figure, self.mouse, self._overlay, self._canvas)
        self._edges, self.quality_overlay = LegendsLayer(**scales), QualityOverlay(**scales)
        over = (self._contrast, self.quality_overlay, self._edges, arrows, compared)
        self.widgets: tuple[Widget, ...] = (*drawn, self._tiles, *over)
        self._rest = Soon(self._on_rest, REST)
        for edge in EDGES:
            self.state.add_callback(edge, self._on_limits)
        self.legends = Legends(frame, self.layers_shown, self._edges)
        self.controls.add_callback("tool", self._on_tool)
        self.controls.add_callback("orientation", self._on_layers)
        session.add_callback("images", self._on_layers, priority=FIRST)
        session.add_callback("alignment", self._on_layers)
        session.add_callback("revision", self._on_revision)
        session.orientations.add_callback("revision", self._on_layers)
        self.register_to_hub(session.glue.hub)

    def close(self) -> None:
        """Leave the session and close all widgets."""
        self._rest.cancel()
        self.regions_drawn.close()
        for name in ("images", "alignment"):
            self.document.remove_callback(name, self._on_layers)
        self.document.remove_callback("revision", self._on_revision)
        self.document.orientations.remove_callback("revision", self._on_layers)
        self.picture.close()
        super().close()
        for widget in self.widgets[1:]:
            widget.close()

    # ---- images

    def add_image(self, label: str, visible: bool = True, *, like: Any = None) -> None:
        """Show an image of the session on top of the others, by its default cuts or `like` something before.

        The first one is shown whole.
        """
        first = not self.layers_shown.states
        self.layers_shown.add(label, visible=visible, like=like)
        if first or self.navigation.fitted:
            self.home()

    def remove_image(self, label: str) -> None:
        """Take an image out of this viewer; the session keeps it."""
        self.layers_shown.remove(label)

    def set_visible(self, label: str, visible: bool) -> None:
        """Show or hide an image."""
        self.layers_shown.change(label, visible=visible)

    def set_layer(self, label: str, **options: Any) -> None:
        """Change how an image is shown, by one or more of its options.

        ``visible``, ``opacity``, ``blend`` ('normal' or 'add'); ``cuts``, ``stretch`` with
        ``stretch_parameters`` or ``knots``, ``contrast``, ``bias``; ``colormap`` or ``color`` by
        ``color_mode``, ``invert``, ``nan_color``, ``interpolation`` ('nearest' or 'smooth').

        Raises
        ------
        InputError
            For what cannot be used; nothing has changed then.
        """
        self.layers_shown.change(label, **options)

    def set_guides(self, guides: Iterable[Any]) -> None:
        """Draw shapes that cannot be edited (`imviz.plugin.Guide`) instead of those before."""
        self.regions_drawn.set_guides(guides)

    @property
    def reference_image(self) -> str | None:
        """Label of the image whose pixels the view is in unless an orientation is shown; None without."""
        return self.frame.reference_image

    def set_orientation(self, label: str) -> None:
        """Show the images in an orientation of the document, or in the "Default orientation".

        Raises
        ------
        InputError
            If there is no such orientation, or images are not aligned by WCS.
        """
        self.frame.choose(label)

    # ---- what happens

    def _on_layers(self, *_: Any) -> None:
        """Layers have changed: tell the controls, the browser's home and the overlay's frame."""
        self.controls.reference = self.frame.label
        self.controls.layers = self.layers_shown.infos()
        self.navigation.reframe()
        visible = [layer for layer in self.controls.layers if layer.visible]
        self._contrast.show(visible[-1] if visible else None)
        self.mouse.set_home(self.navigation.home_box())
        self.picture.sync()
        self.regions_drawn.sync()
        self.vectors.sync()
        self._compass.sync()
        self.comparison.sync()
        self.mouse.frame = str(hash(self.frame.key[:2]))

    def _on_revision(self, _: int) -> None:
        """Something of the document has changed: if it was an image's pixels, draw them."""
        if self.picture.outdated:
            self._on_layers()

    def _on_view(self, message: dict[str, Any]) -> None:
        self.navigation.hear(message)

    def _on_tool(self, tool: str) -> None:
        self.mouse.tool = tool

    def _on_tool_key(self, message: dict[str, Any]) -> None:
        self.controls.tool = message["tool"]

    def _on_contrast(self, **values: float) -> None:
        """The hand has changed the top image's contrast and bias."""
        if self.controls.top is not None:
            self.layers_shown.change_top(**values)

    def _on_blink_key(self, message: dict[str, Any]) -> None:
        self.blink_once(bool(message["backwards"]))

    def _on_key(self, message: dict[str, Any]) -> None:
        label = self.controls.top
        if label is not None:
            x, y = self.frame.from_reference(label, float(message["x"]), float(message["y"]))
            self.controls.key = KeyPress(str(message["key"])[:20], self.name, label, x, y)

    def _on_limits(self, _: Any) -> None:
        """The limits are others; where nothing here has set them, that is what is to be shown."""
        self._rest.postpone()
        if not self.frame.showing and self.limits is not None:
            self.navigation.adopt(self.limits)

    def _on_rest(self) -> None:
        self.controls.rested += 1

    def _on_cursor(self, message: dict[str, Any]) -> None:
        outside = message["x"] is None or self.controls.top is None
        try:
            at = () if outside else self.navigation.read(float(message["x"]), float(message["y"]))
        except ReadError as error:
            at = ()
            self.frame.say(str(error))
        self.controls.cursors = at
        self.controls.cursor = at[0] if at else None
