"""A whole view of images: where it looks, what it shows and how, and what is heard of document and hand.

Its parts do the work: the frame, the layers, navigation, and what is drawn over the picture. Here they are
joined: each change of the document and each message of the hand goes where it belongs. Plugins act on views;
what a browser needs to show one is its `Pages`, which `imviz.viewer` makes of widgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from imviz.errors import ReadError
from imviz.view.catalog_layers import CatalogLayers
from imviz.view.comparison import Comparison
from imviz.view.compass import Compass
from imviz.view.controls import KeyPress
from imviz.view.frame import EDGES
from imviz.view.kept_layers import KeptLayers
from imviz.view.layers import Layers
from imviz.view.legends import Legends
from imviz.view.navigation import Navigation
from imviz.view.picture.server import PictureServer
from imviz.view.regions import DrawnRegions
from imviz.view.soon import Soon
from imviz.view.top_look import TopLook
from imviz.view.vector_layers import VectorLayers

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from glue.core import Data
    from numpy.typing import NDArray

    from imviz.view.channel import Channel
    from imviz.view.comparison import Compared
    from imviz.view.compass import Arrows
    from imviz.view.controls import LayerInfo
    from imviz.view.frame import ViewFrame
    from imviz.view.layers import GlueViewer
    from imviz.view.legends import LegendsPage
    from imviz.view.limits import Limits
    from imviz.view.navigation import Hand
    from imviz.view.picture.server import PicturePage
    from imviz.view.regions import RegionsPage

__all__ = ["Pages", "View"]

FIRST = 1000  # before any plugin: those ask the views
REST = 0.1  # seconds without a movement, after which the view rests


class ContrastPage(Protocol):
    """The contrast tool: shows what the top image has, and calls `change` when the hand has changed it."""

    change: Callable[..., None]

    def show(self, top: LayerInfo | None) -> None:
        """Take over what the top image has."""


class Veil(Protocol):
    """A see-through picture over the images."""

    def show(
        self, picture: NDArray[np.uint8], limits: tuple[float, float, float, float], alpha: float
    ) -> None:
        """Lay a picture (RGBA, the first row at the bottom) between limits, instead of the one before."""

    def clear(self) -> None:
        """Show nothing."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages that show a view draw and hear, one for each part of it."""

    hand: Hand
    picture: PicturePage
    regions: RegionsPage
    vectors: Channel
    legends: LegendsPage
    compass: Arrows
    compared: Compared
    contrast: ContrastPage
    quality: Veil


class View:
    """A view on some of the session's images.

    Parameters
    ----------
    frame : ViewFrame
        Its name and document, and the pixels it is in.
    glue : GlueViewer
        It makes a layer of an image.
    pages : Pages
        What shows it.
    follow : callable
        Takes over limits and a window's shape that the browser has already.

    Attributes
    ----------
    controls : Controls
        Tool, cursor, layers: what is offered to whoever frames it.
    layers_shown : Layers
        The images and how each is shown.
    top_look : TopLook
        How the top one is shown, by the names notebooks use.
    navigation : Navigation
        Where it looks.
    regions_drawn : DrawnRegions
        The regions over the picture.
    vectors : VectorLayers
        Points and paths over the picture: markers, catalogs, contours, grids.
    catalog_layers : CatalogLayers
        Markers and catalogs among those.
    legends : Legends
        Colour bar, scale bar and magnifier.
    comparison : Comparison
        Two of its images compared.
    quality_overlay : Veil
        A see-through picture over the images: quality flags.
    picture : PictureServer
        What the browser draws of the images.
    hand : Hand
        What moves it.
    """

    def __init__(
        self,
        frame: ViewFrame,
        glue: GlueViewer,
        pages: Pages,
        follow: Callable[[Limits, tuple[int, int]], None],
    ) -> None:
        self.name, self.document, self.controls = frame.name, frame.document, frame.controls
        self.frame, self.hand, self.quality_overlay = frame, pages.hand, pages.quality
        self.layers_shown = layers = Layers(frame, glue, self._on_layers)
        self.top_look = TopLook(layers)
        self.navigation = Navigation(frame, layers, self.hand, follow)
        self.regions_drawn = DrawnRegions(frame, pages.regions)
        self.vectors = VectorLayers(frame, pages.vectors)
        self._contrast = pages.contrast
        self.picture = PictureServer(frame, layers, pages.picture)
        self._compass = Compass(frame, pages.compass)
        self.comparison = Comparison(frame, layers, pages.compared)
        self._rest = Soon(self._on_rest, REST)
        for edge in EDGES:
            frame.state.add_callback(edge, self._on_limits)
        self.legends = Legends(frame, layers, pages.legends)
        self._hear()
        self._follow_document()
        self.catalog_layers = CatalogLayers(frame, self.vectors)
        self._kept = KeptLayers(frame, layers, self.navigation, self.add_image)

    def close(self) -> None:
        """Leave the session."""
        self._kept.close()
        self._rest.cancel()
        self.regions_drawn.close()
        for name in ("images", "alignment"):
            self.document.remove_callback(name, self._on_layers)
        self.document.remove_callback("revision", self._on_revision)
        self.document.orientations.remove_callback("revision", self._on_layers)
        self.catalog_layers.close()
        self.picture.close()

    # ---- which images

    @property
    def labels(self) -> list[str]:
        """Labels of the images this viewer has, the top-most last."""
        return [layer.label for layer in self.controls.layers]

    @property
    def visible_labels(self) -> list[str]:
        """Labels of the images this viewer shows, the top-most last."""
        return [layer.label for layer in self.controls.layers if layer.visible]

    @property
    def top_label(self) -> str | None:
        """Label of the top-most visible image; None if there is none."""
        return self.controls.top

    @property
    def first_data(self) -> Data | None:
        """The image this viewer has had for longest (glue data); None if it has none."""
        states = self.layers_shown.states
        return states[0].layer if states else None

    def add_image(self, label: str, visible: bool = True, *, like: Any = None) -> None:
        """Show an image of the session on top of the others, by its default cuts or `like` something before.

        The first one is shown whole.
        """
        first = not self.layers_shown.states
        self.layers_shown.add(label, visible=visible, like=like)
        if first or self.navigation.fitted:
            self.navigation.home()

    def remove_image(self, label: str) -> None:
        """Take an image out of this viewer; the session keeps it."""
        self.layers_shown.remove(label)

    def keep_only(self, label: str) -> None:
        """Take all images but one out of this view; the session keeps them."""
        for layer in self.controls.layers:
            if layer.label != label:
                self.remove_image(layer.label)
        if self.navigation.fitted:
            self.navigation.home()

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

    def solo(self, label: str) -> None:
        """Make one image the only visible one."""
        self.layers_shown.state(label)
        self.layers_shown.only(label)

    def follow(self, other: View) -> None:
        """Show what another view of the document shows, in the same way."""
        for label in self.labels:
            self.remove_image(label)
        for label in other.labels:
            self.add_image(label, like=other.layers_shown.look(label))
        self.layers_shown.default_cuts = other.layers_shown.default_cuts
        if other.limits is not None:
            self.navigation.follow(other.navigation)

    # ---- where it looks

    @property
    def limits(self) -> Limits | None:
        """What is shown, in pixels of the reference image; None before the first image."""
        return self.frame.limits

    @property
    def reference_image(self) -> str | None:
        """Label of the image whose pixels the view is in unless an orientation is shown; None without."""
        return self.frame.reference_image

    # ---- what happens

    def _hear(self) -> None:
        """Give each message of the hand, and each change of the controls, to what it is for."""
        self.hand.handlers = {
            "view": self.navigation.hear,
            "cursor": self._on_cursor,
            "tool": self._on_tool_key,
            "blink": self._on_blink_key,
            "key": self._on_key,
        }
        self._contrast.change = self._on_contrast
        self.controls.add_callback("tool", self._on_tool)
        self.controls.add_callback("orientation", self._on_layers)

    def _follow_document(self) -> None:
        self.document.add_callback("images", self._on_layers, priority=FIRST)
        self.document.add_callback("alignment", self._on_layers)
        self.document.add_callback("revision", self._on_revision)
        self.document.orientations.add_callback("revision", self._on_layers)

    def _on_layers(self, *_: Any) -> None:
        """Layers have changed: tell the controls, the browser's home and the overlay's frame."""
        self.controls.reference = self.frame.label
        self.controls.layers = self.layers_shown.infos()
        self.navigation.reframe()
        visible = [layer for layer in self.controls.layers if layer.visible]
        self._contrast.show(visible[-1] if visible else None)
        self.hand.set_home(self.navigation.home_box())
        self.picture.sync()
        self.regions_drawn.sync()
        self.vectors.sync()
        self._compass.sync()
        self.comparison.sync()
        self.hand.frame = str(hash(self.frame.key[:2]))

    def _on_revision(self, _: int) -> None:
        """Something of the document has changed: if it was an image's pixels, draw them."""
        if self.picture.outdated:
            self._on_layers()

    def _on_tool(self, tool: str) -> None:
        self.hand.tool = tool

    def _on_tool_key(self, message: dict[str, Any]) -> None:
        self.controls.tool = message["tool"]

    def _on_contrast(self, **values: float) -> None:
        """The hand has changed the top image's contrast and bias."""
        if self.controls.top is not None:
            self.layers_shown.change_top(**values)

    def _on_blink_key(self, message: dict[str, Any]) -> None:
        self.layers_shown.blink(backwards=bool(message["backwards"]))

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
