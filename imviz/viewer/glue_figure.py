"""glue-jupyter's image view without its weight: no toolbar, no panels, no contours, no region pictures.

glue's viewer state, its layers and the bqplot figure stay as they are; what is replaced is whatever
costs widgets, time or truth: the debounced picture and the layers' share in it (the picture is
`imviz.viewer.picture`), limits that crop the image, an aspect ratio that divides by zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from glue.viewers.common.layer_artist import LayerArtist
from glue_jupyter.bqplot.image import BqplotImageView
from traitlets import Float

from imviz.session.weak_calls import weak_call
from imviz.view.frame import ViewFrame, shown_limits
from imviz.view.layer_state import LayerState
from imviz.view.limits import Limits
from imviz.view.soon import Soon
from imviz.viewer.page.lifetime import keep_weakly

if TYPE_CHECKING:
    from collections.abc import Callable

    from bqplot_linlog import LinLogScale
    from glue.core import Data

    from imviz.session import Session

__all__ = ["GlueFigure", "PictureArtist"]

NO_MARGINS = {"left": 0, "right": 0, "top": 0, "bottom": 0}


class PictureArtist(LayerArtist):
    """A layer as glue's container of layers wants it: it holds the state, and the picture draws from that."""

    _layer_state_cls = LayerState

    def __init__(self, _: Any, viewer_state: Any, layer_state: Any = None, layer: Any = None) -> None:
        super().__init__(viewer_state, layer_state=layer_state, layer=layer)

    def update(self) -> None:
        """Nothing: who shows the state has heard of its change."""

    redraw = clear = update


class GlueFigure(BqplotImageView):
    """A bqplot figure that shows glue's layers of images, and nothing around it.

    Parameters
    ----------
    document : Session
        Whose images it shows. The application of its glue session only has to answer
        ``get_setting("disable_output_widget")``.
    name : str
        The viewer's name, as "imviz-0".

    Attributes
    ----------
    frame : ViewFrame
        The pixels it is in, and which of them it shows.
    """

    tools: ClassVar[list[str]] = []

    def __init__(self, document: Session, name: str) -> None:
        self.name, self.document = name, document
        self._pushing = False
        super().__init__(document.glue)
        self.frame = ViewFrame(name, document, self.state)
        self._pull = Soon(self._scales_to_state, 0.06)
        for scale in (self.scale_x, self.scale_y):
            _keep_echoes_home(scale)
        self._mouse_interact.close()
        self._drop_stock_picture()
        self.figure.interaction = None
        self.figure.marks = []
        self.figure.background_style = {"fill": "none"}  # the picture lies under the figure
        self._fig_margin_zero = NO_MARGINS
        self.state.show_axes = False
        self._show_axes()
        keep_weakly(self.figure, self.axis_x, self.axis_y, *self.scales.values())

    @property
    def limits(self) -> Limits | None:
        """What is shown, in pixels of the reference image; None before the first image."""
        return self.frame.limits

    def close(self) -> None:
        """Leave glue's hub and close the figure's widgets."""
        self._pull.cancel()
        self.cleanup()
        for widget in (self.figure, self.axis_x, self.axis_y, *self.scales.values()):
            widget.close()

    def _follow_browser(self, limits: Limits, shape: tuple[int, int]) -> None:
        """Take over limits the browser shows already: nothing is sent back."""
        self.shape = self.frame.shape = shape  # glue-jupyter's own, too
        self._pushing = True
        self.scale_x.set_state({"min": limits.x_min, "max": limits.x_max})
        self.scale_y.set_state({"min": limits.y_min, "max": limits.y_max})
        self._pushing = False
        self.frame.show(limits)

    # ---- what glue-jupyter calls

    def _artist(self, layer: Data | None = None, layer_state: Any = None) -> PictureArtist:
        """The artist of an image."""
        return self.get_layer_artist(PictureArtist, layer=layer, layer_state=layer_state)

    def _build_nothing(self, *_: Any, **__: Any) -> None:
        """What glue-jupyter builds and we do not want.

        No panels and toolbar: the shell has them. No layer of a region: one more costs the same, however many
        there are. No widget that hears the window's size: `mouse.js` tells it with the limits.
        """

    get_data_layer_artist = _artist
    create_layout = initialize_layer_options = initialize_toolbar = _build_nothing
    get_subset_layer_artist = _setup_view_listener = _build_nothing

    @property
    def _sync_show_axes(self) -> Callable[..., Any]:
        """What glue-jupyter keeps for as long as the program runs; so it must not keep the view."""
        return weak_call(self._show_axes)

    def _show_axes(self) -> None:
        shown = bool(self.state.show_axes)
        self.figure.axes = [self.axis_x, self.axis_y] if shown else []
        self.figure.fig_margin = self._fig_margin_default if shown else self._fig_margin_zero

    # ---- limits, scales and picture

    def _reshow_limits(self, old: Any, new: Any) -> None:
        """Keep the limits: who adds the first image shows it whole, and relinking must not move the view."""

    @property
    def _sync_figure_aspect(self) -> Callable[..., None]:
        """Nothing: pixels are kept square by `Limits.squared` here and in `mouse.js`."""
        return _nothing

    def _update_bqplot_limits(self, *args: Any, **kwargs: Any) -> None:
        if shown_limits(self.state) is None:  # glue passes through unset and empty limits
            return
        self._pushing = True
        super()._update_bqplot_limits(*args, **kwargs)
        self._pushing = False

    def _on_scales(self, *_: Any) -> None:
        """Follow scales that somebody else has changed, soon and all at once."""
        if not self._pushing:
            self._pull()

    update_glue_scales = _on_scales

    def _drop_stock_picture(self) -> None:
        """Take away glue-jupyter's own picture, with which nothing has been drawn yet."""
        mark = self._composite_image
        for scale in (self.scale_x, self.scale_y):
            scale.unobserve(mark.debounced_update, "min")
            scale.unobserve(mark.debounced_update, "max")
        mark.scale_image.close()
        mark.close()
        del self._composite_image, self._composite

    def _scales_to_state(self) -> None:
        x, y = self.scale_x, self.scale_y
        self.frame.show(Limits(x.min, x.max, y.min, y.max))


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing, for nobody's sake: glue-jupyter keeps it for as long as the program runs."""


def _keep_echoes_home(scale: LinLogScale) -> None:
    """Send no echo of limits that the browser sets: late ones would throw the view back under the hand."""
    scale.add_traits(
        **{edge: Float(None, allow_none=True).tag(sync=True, echo_update=False) for edge in ("min", "max")}
    )
