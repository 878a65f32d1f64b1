"""Plot Options: the plugin. Its panel's layout is in ``plot_options.vue``.

It declares the fields and joins its parts: which layers are selected, their look, the histogram, the look of
regions, contours, and where the views look. The fields that stand for a layer's look are made from the
declaration of a look (`linked`). Viewers keep and check what is set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import CallbackProperty
from PIL import Image

from imviz.delegation import told_by
from imviz.errors import InputError
from imviz.plugin import Choice, Held, LayerField, Number, Plugin, Several, Viewers, action
from imviz.plugins.plot_options.bounds import ViewBounds
from imviz.plugins.plot_options.contours import LayerContours, levels_text
from imviz.plugins.plot_options.histogram import LayerHistogram
from imviz.plugins.plot_options.linked import CUTS, LinkedLook, linked_to
from imviz.plugins.plot_options.regions import RegionStyle
from imviz.plugins.plot_options.selected import SelectedLayers
from imviz.science.display import colormaps, composites
from imviz.science.display.cuts import cuts_name
from imviz.science.display.look import Look, options_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from os import PathLike

    import numpy as np
    from numpy.typing import NDArray

    from imviz.plugins.plot_options.linked import Link
    from imviz.session import Session

__all__ = ["PlotOptions"]

UNTOUCHED = ("visible", "cuts", "blend")
"""What *Reset look* does not put back as it is declared: cuts are the image's own, blending the mode's."""


@linked_to(Look)
class PlotOptions(Plugin):
    """How images look.

    Examples
    --------
    >>> from imviz import Imviz
    >>> options = Imviz().plugins["Plot Options"]
    >>> options.stretch_function.choices[:2]
    ('Arcsinh', 'Linear')
    """

    kept_elsewhere = frozenset({"default_cuts", "contour_mode"})
    name = "Plot Options"
    icon = "mdi-tune"
    links: Mapping[str, Link]

    viewer = Several(doc="The viewers to change.")
    layer = Several(doc="The images in them to change.")
    viewer_multiselect = CallbackProperty(True, docstring="Whether several viewers can be selected.")
    layer_multiselect = CallbackProperty(True, docstring="Whether several layers can be selected.")
    mixed = CallbackProperty((), docstring="Names of the fields in which the selected layers differ.")
    n_layers = CallbackProperty(0, docstring="How many layers are selected.")
    default_cuts = Choice(CUTS, doc="Cuts that images get when they are shown.")

    stretch_parameter_name = CallbackProperty("", docstring="What the parameter does; '' without one.")
    stretch_hist_nbins = Number(60, doc="Number of bins of the histogram.")
    stretch_hist_log = CallbackProperty(False, docstring="Whether counts are drawn logarithmically.")
    stretch_hist_zoom_limits = CallbackProperty(False, docstring="Whether only what is seen is counted.")
    stretch_hist_all = CallbackProperty(False, docstring="Whether the histogram goes to the extremes.")
    stretch_curve_visible = CallbackProperty(True, docstring="Whether the stretch is drawn.")
    histogram = Held("Values of the top-most selected image, with its cuts and stretch.")
    extremes_text = CallbackProperty("", docstring="The lowest and the highest value.")
    extremes_known = CallbackProperty(True, docstring="Whether these are exact, or a sample's.")

    subset_visible = LayerField(True, doc="Whether the regions are drawn: the selected ones, or all.")
    subset_color = LayerField("", doc="Their colour; '' gives each one of its own.")
    subset_opacity = LayerField(1.0, doc="Their opacity, 0 to 1.")
    subset_text = LayerField("", doc="Which regions these are, in words.")

    contour_visible = LayerField(False, doc="Whether contours of the selected layer are drawn.")
    contour_mode = Choice(["Linear", "Custom"], doc="Levels at even steps, or those of the list.")
    contour_min = LayerField(0.0, doc="The lowest level; the layer's lower cut until it is set.")
    contour_max = LayerField(1.0, doc="The highest level; the layer's upper cut until it is set.")
    contour_nlevels = LayerField(5, doc="How many levels.")
    contour_custom_levels = LayerField("", doc="Levels, with commas between.")

    zoom_center_x = told_by("_bounds", ViewBounds.zoom_center_x)
    zoom_center_y = told_by("_bounds", ViewBounds.zoom_center_y)
    zoom_radius = told_by("_bounds", ViewBounds.zoom_radius)

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self.default_cuts = "95%"
        self._layers = SelectedLayers(self, session, self._viewers, self._pull, self._follow_view)
        self._look = LinkedLook(self, self._layers, self._pull)
        self._regions = RegionStyle(self, session, self._layers, self._pull)
        self._contours = LayerContours(self, self._layers, self._pull)
        self._bounds = ViewBounds(self._layers)
        self._histogram = LayerHistogram(self, session, self._layers)
        session.add_callback("revision", self._pull)
        self._layers.follow_viewers()

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "layer":
            value = self._regions.without_regions(value)
        elif name == "contour_custom_levels":
            value = levels_text(value)
        super().__setattr__(name, value)

    def meet(self, plugins: Mapping[str, Plugin]) -> None:
        """Learn who draws contours."""
        self._contours.meet(plugins.get("Overlays"))
        self._pull()

    # ---- for notebooks and the panel

    def select_all(self, viewers: bool = True, layers: bool = True) -> None:
        """Select every viewer, every layer, or both."""
        if viewers:
            self.viewer.select_all()
        if layers:
            self.layer.select_all()

    @property
    def multiselect(self) -> bool:
        """Whether several viewers and layers can be selected (older notebooks' name for both)."""
        return bool(self.viewer_multiselect and self.layer_multiselect)

    @multiselect.setter
    def multiselect(self, several: bool) -> None:
        self.viewer_multiselect = self.layer_multiselect = bool(several)
        self.viewer, self.layer = self.viewer, self.layer

    @property
    def stretch_params(self) -> dict[str, Any]:
        """The spline's knots, as ``{"knots": (levels, brightnesses)}``; settable."""
        top = self._layers.top()
        return {} if top is None else {"knots": tuple(zip(*top.look.knots, strict=True))}

    @stretch_params.setter
    def stretch_params(self, value: dict[str, Any]) -> None:
        if set(value) != {"knots"}:
            raise InputError("Stretch parameters are {'knots': (levels, brightnesses)}.")
        self._look.change(knots=list(zip(*value["knots"], strict=True)))

    @action
    def reset_viewer_bounds(self) -> None:
        """Show all images of the selected viewers whole."""
        for viewer in self._layers.viewers:
            viewer.navigation.home()

    @action
    def reset_look(self) -> None:
        """Give the selected layers the look they came with."""
        first = {name: getattr(Look(), name) for name, one in options_of(Look).items() if not one.derived}
        first = {name: value for name, value in first.items() if name not in UNTOUCHED}
        self._look.change(**first, cuts=cuts_name(self.default_cuts))
        self.say("")

    @action
    def apply_RGB_presets(self) -> None:  # noqa: N802 - its name in notebooks
        """Make a colour picture of the selected layers, or of all if only one is selected.

        Blue to red in their order, each in shades of its colour, their light added, with 99 % cuts and an
        arcsinh stretch: what is equally bright in all is white.
        """
        labels = list(self.layer) if len(self.layer) > 1 else list(self.layer_items)
        if len(labels) < 2:
            raise InputError("A colour picture needs two or more images in the viewer; add another one.")
        self.layer = labels
        colors = dict(zip(labels, colormaps.additive(len(labels)), strict=True))
        with self._layers.quiet:
            for viewer, info in self._layers.pairs():
                viewer.set_layer(
                    info.label, color=colors[info.label], color_mode="Color", cuts="99%", stretch="arcsinh",
                    visible=True, opacity=1.0, contrast=1.0, bias=0.5, invert=False, blend="add",
                )  # fmt: skip
        self._pull()

    def make_lupton_RGB(  # noqa: N802 - as the presets' name
        self, red: str, green: str, blue: str, filename: str | PathLike[str] | None = None, **options: Any
    ) -> NDArray[np.uint8]:
        """A colour picture of three images by Lupton's method (`imviz.science.display.composites`).

        Returns the colours, shape (ny, nx, 3), row 0 the images' row 0; with `filename`, they are also
        written there as a picture, which has row 0 at the bottom.
        """
        data = [self._session.image(label).data for label in (red, green, blue)]
        colours = composites.lupton(*data, **options)
        if filename is not None:
            Image.fromarray(colours[::-1]).save(filename)
        return colours

    @action
    def find_extremes(self) -> Iterator[float]:
        """Look for the lowest and the highest value in every pixel of the top-most selected image."""
        yield from self._histogram.find_extremes()

    def drag_histogram(self, *, cuts: Any = None, knots: Any = None) -> None:
        """What the hand has changed on the histogram."""
        if cuts is not None:
            self._look.change(cuts=tuple(cuts))
        if knots is not None:
            self._look.change(knots=[tuple(knot) for knot in knots])

    # ---- inside

    def _follow_view(self, *_: Any) -> None:
        self._histogram.follow_view()

    def _pull(self, *_: Any) -> None:
        """Show what the selected layers have, and what lies over them."""
        if self._layers.quiet:
            return
        with self._layers.quiet:
            self._layers.offer()
            self.n_layers = len(self._layers.pairs())
            for part in (self._look, self._regions, self._contours):
                part.show()
        self._histogram.refresh()
