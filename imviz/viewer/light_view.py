"""glue-jupyter's image view without its weight: no toolbar, no panels, no contours, no region pictures.

glue's viewer state, its layers and the bqplot figure stay as they are; what is replaced is whatever
costs widgets, time or truth: the debounced picture (`ScreenImage`), the sampled percentiles and
contours (`BitmapArtist`), limits that crop the image, an aspect ratio that divides by zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from echo import delay_callback
from glue.viewers.image.layer_artist import ImageLayerArtist
from glue_jupyter.bqplot.image import BqplotImageView
from traitlets import Float

from imviz.errors import ReadError
from imviz.viewer.composite import OURS, Composite
from imviz.viewer.layer_state import LayerState
from imviz.viewer.limits import Limits
from imviz.viewer.sampling import bilinear, nearest, positions
from imviz.viewer.screen_image import ScreenImage
from imviz.viewer.soon import Soon

if TYPE_CHECKING:
    from bqplot_linlog import LinLogScale
    from glue.core import Data

    from imviz.viewer.sampling import Transform

__all__ = ["BitmapArtist", "LightView"]

NO_MARGINS = {"left": 0, "right": 0, "top": 0, "bottom": 0}
MAX_RATIO = 2.0  # device pixels per CSS pixel that are worth computing
EDGES = ("x_min", "x_max", "y_min", "y_max")


class BitmapArtist(ImageLayerArtist):
    """glue's artist of an image layer, without contours and without a matplotlib to redraw."""

    _layer_state_cls = LayerState

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("invert", "blend", "nan_color", "curve", "interpolation"):
            self.state.add_callback(name, self._show_look)

    def _show_look(self, *_: Any) -> None:
        """Draw anew after a change of what glue's state does not have."""
        if self.uuid is not None:
            self._update_visual_attributes()

    def _update_visual_attributes(self) -> None:
        if self.enabled:
            self.composite.set(self.uuid, **{name: getattr(self.state, name) for name in OURS})
        super()._update_visual_attributes()

    def redraw(self) -> None:
        """Nothing: the composite draws itself when it is told that a layer has changed."""

    def get_image_data(self, bounds: Any = None) -> Any:
        """The layer on the view's samples; None, and the viewer says why, if its file has changed."""
        try:
            return self._samples(bounds)
        except ReadError as error:
            self.axes._say_unreadable(str(error))
            return None

    def _samples(self, bounds: Any) -> Any:
        """Through the sky where the layer lies so, else glue's own."""
        transform = self.axes.transform_to(self.layer)
        smooth = self.state.interpolation == "smooth"
        if (transform is None and not smooth) or bounds is None or self.uuid is None:
            return super().get_image_data(bounds=bounds)
        y_axis, x_axis = bounds
        x, y = positions(y_axis, x_axis, transform or (lambda x, y: (x, y)))
        values = self.layer.get_component(self.state.attribute).data
        return bilinear(values, x, y) if smooth else nearest(values, x, y)


class LightView(BqplotImageView):
    """A bqplot figure that shows glue's layers of images, and nothing around it.

    Parameters
    ----------
    session : glue.core.session.Session
        Its application only has to answer ``get_setting("disable_output_widget")``.
    """

    tools: ClassVar[list[str]] = []

    def __init__(self, session: Any) -> None:
        self._pixel_ratio = 1.0
        self._pushing = False
        super().__init__(session)
        self._pull = Soon(self._scales_to_state, 0.06)
        for scale in (self.scale_x, self.scale_y):
            _keep_echoes_home(scale)
        self._mouse_interact.close()
        self._drop_stock_picture()
        self._composite = Composite()
        self._composite_image = ScreenImage(self.scales, self._composite, self._frame)
        self.figure.interaction = None
        self.figure.marks = [self._composite_image]
        self.figure.background_style = {"fill": "#000"}
        self._fig_margin_zero = NO_MARGINS
        self.state.show_axes = False
        self._sync_show_axes()

    def _say_unreadable(self, sentence: str) -> None:
        """Tell the user that a layer's pixels cannot be read any more."""

    def transform_to(self, layer: Data) -> Transform | None:  # noqa: ARG002 - for who knows of alignment
        """How the view's pixels lie on an image, or None where they are the image's own."""
        return None

    @property
    def limits(self) -> Limits | None:
        """What is shown, in pixels of the reference image; None before the first image."""
        edges = [getattr(self.state, edge) for edge in EDGES]
        if any(edge is None for edge in edges):
            return None
        limits = Limits(*(float(edge) for edge in edges))
        return limits if limits.width > 0 and limits.height > 0 else None

    def show_limits(self, limits: Limits) -> None:
        """Show other limits, all four at once."""
        with delay_callback(self.state, *EDGES):
            for edge in EDGES:
                setattr(self.state, edge, getattr(limits, edge))

    def follow_browser(self, limits: Limits, shape: tuple[int, int], pixel_ratio: float) -> None:
        """Take over limits the browser shows already: nothing is sent back but the picture."""
        self.shape = shape
        self._pixel_ratio = min(max(pixel_ratio, 1.0), MAX_RATIO)
        self._pushing = True
        self.scale_x.set_state({"min": limits.x_min, "max": limits.x_max})
        self.scale_y.set_state({"min": limits.y_min, "max": limits.y_max})
        self._pushing = False
        self.show_limits(limits)
        self._composite_image.preview()

    def get_data_layer_artist(self, layer: Data | None = None, layer_state: Any = None) -> BitmapArtist:
        """The artist of an image."""
        return self.get_layer_artist(BitmapArtist, layer=layer, layer_state=layer_state)

    def get_subset_layer_artist(self, *_: Any, **__: Any) -> None:
        """None: a region makes no layer here, so one region more costs the same however many there are."""

    def close(self) -> None:
        """Leave glue's hub and close the figure's widgets."""
        self._pull.cancel()
        self._composite_image.stop()
        self.cleanup()
        colours = self._composite_image.scales["image"]
        for widget in (
            self.figure,
            self._composite_image,
            colours,
            self.axis_x,
            self.axis_y,
            *self.scales.values(),
        ):
            widget.close()

    # ---- what glue-jupyter would build

    def initialize_layer_options(self) -> None:
        """No panel: the shell has one."""

    def initialize_toolbar(self) -> None:
        """No toolbar: the shell makes one from `controls.TOOLS`."""

    def create_layout(self) -> None:
        """No layout: the shell frames the figure."""

    def _setup_view_listener(self) -> None:
        """No widget for it: `mouse.js` tells the size with the limits."""

    def _sync_show_axes(self) -> None:
        shown = bool(self.state.show_axes)
        self.figure.axes = [self.axis_x, self.axis_y] if shown else []
        self.figure.fig_margin = self._fig_margin_default if shown else self._fig_margin_zero

    # ---- limits, scales and picture

    def _reshow_limits(self, old: Any, new: Any) -> None:
        """Keep the limits: who adds the first image shows it whole, and relinking must not move the view."""

    def _sync_figure_aspect(self, *_: Any, **__: Any) -> None:
        """Nothing: pixels are kept square by `Limits.squared` here and in `mouse.js`."""

    def _update_bqplot_limits(self, *args: Any, **kwargs: Any) -> None:
        if self.limits is None:  # glue passes through unset and empty limits
            return
        self._pushing = True
        super()._update_bqplot_limits(*args, **kwargs)
        self._pushing = False

    def update_glue_scales(self, *_: Any) -> None:
        """Follow scales that somebody else has changed, soon and all at once."""
        if not self._pushing:
            self._pull()

    def _drop_stock_picture(self) -> None:
        """Take away glue-jupyter's own picture, with which nothing has been drawn yet."""
        mark = self._composite_image
        for scale in (self.scale_x, self.scale_y):
            scale.unobserve(mark.debounced_update, "min")
            scale.unobserve(mark.debounced_update, "max")
        mark.scale_image.close()
        mark.close()

    def _scales_to_state(self) -> None:
        x, y = self.scale_x, self.scale_y
        self.show_limits(Limits(x.min, x.max, y.min, y.max))

    def _frame(self) -> tuple[Limits, tuple[int, int]] | None:
        if self.shape is None or self.limits is None or min(self.shape) < 1:
            return None
        height, width = (max(round(side * self._pixel_ratio), 1) for side in self.shape)
        return self.limits, (height, width)


def _keep_echoes_home(scale: LinLogScale) -> None:
    """Send no echo of limits that the browser sets: late ones would throw the view back under the hand."""
    scale.add_traits(
        **{edge: Float(None, allow_none=True).tag(sync=True, echo_update=False) for edge in ("min", "max")}
    )
