"""Plot Options: the plugin. Its panel's layout is in ``plot_options.vue``.

Each field stands for one property of the selected layers: it shows what the top-most of them has, is named
in `mixed` where they differ, and sets all of them when it is set (see `linked`). Viewers keep the
properties and check them; `drawn` draws the histogram.
"""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from imviz.errors import InputError
from imviz.plugin import Viewers, action
from imviz.plugins.plot_options.drawn import Drawing, Drawn
from imviz.plugins.plot_options.fields import FIRST_LOOK
from imviz.plugins.plot_options.over import OverLayers
from imviz.science.display import colormaps, composites
from imviz.science.display.cuts import cuts_name
from imviz.view.viewport import viewport_region

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from os import PathLike

    from numpy.typing import NDArray

    from imviz.session import Session
    from imviz.view.limits import Limits

__all__ = ["PlotOptions"]

DRAWN_BY = (
    "active",
    "stretch_hist_nbins",
    "stretch_hist_log",
    "stretch_hist_zoom_limits",
    "stretch_hist_all",
    "stretch_curve_visible",
)


class PlotOptions(OverLayers):
    """How images look.

    Examples
    --------
    >>> from imviz import Imviz
    >>> options = Imviz().plugins["Plot Options"]
    >>> options.stretch_function.choices[:2]
    ('Arcsinh', 'Linear')
    """

    name = "Plot Options"
    icon = "mdi-tune"

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        self._drawn = Drawn()
        super().__init__(session, viewers)
        for field in DRAWN_BY:
            self.add_callback(field, self._refresh)

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
        top = self._top()
        return {} if top is None else {"knots": tuple(zip(*top.knots, strict=True))}

    @stretch_params.setter
    def stretch_params(self, value: dict[str, Any]) -> None:
        if set(value) != {"knots"}:
            raise InputError("Stretch parameters are {'knots': (levels, brightnesses)}.")
        self._change(knots=list(zip(*value["knots"], strict=True)))

    @property
    def zoom_center_x(self) -> float:
        """x of the middle of the first selected viewer; setting it moves all selected."""
        return self._limits().centre[0]

    @zoom_center_x.setter
    def zoom_center_x(self, value: float) -> None:
        self._look(lambda shown: shown.centred_on(_finite(value), shown.centre[1]))

    @property
    def zoom_center_y(self) -> float:
        """y of the middle of the first selected viewer; setting it moves all selected."""
        return self._limits().centre[1]

    @zoom_center_y.setter
    def zoom_center_y(self, value: float) -> None:
        self._look(lambda shown: shown.centred_on(shown.centre[0], _finite(value)))

    @property
    def zoom_radius(self) -> float:
        """Half the shorter side of the first selected viewer, in pixels; setting it zooms all selected."""
        shown = self._limits()
        return min(shown.width, shown.height) / 2

    @zoom_radius.setter
    def zoom_radius(self, value: float) -> None:
        if not _finite(value) > 0:
            raise InputError(f"The zoom radius must be a positive number of pixels, not {value!r}.")
        self._look(lambda shown: shown.scaled(2 * float(value) / min(shown.width, shown.height)))

    @action
    def reset_viewer_bounds(self) -> None:
        """Show all images of the selected viewers whole."""
        for name in self.viewer:
            self._viewers[name].navigation.home()

    @action
    def reset_look(self) -> None:
        """Give the selected layers the look they came with."""
        self._change(**FIRST_LOOK, cuts=cuts_name(self.default_cuts))
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
        with self._silence():
            for viewer, label in self._pairs():
                viewer.set_layer(
                    label, color=colors[label], color_mode="Color", cuts="99%", stretch="arcsinh",
                    visible=True, opacity=1.0, contrast=1.0, bias=0.5, invert=False,
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
        top = self._top()
        if top is None:
            raise InputError("No layer is selected; select one.")
        yield from self._drawn.seek(top.label, self._session.image(top.label))
        self._refresh()

    def drag_histogram(self, *, cuts: Any = None, knots: Any = None) -> None:
        """What the hand has changed on the histogram."""
        if cuts is not None:
            self._change(cuts=tuple(cuts))
        if knots is not None:
            self._change(knots=[tuple(knot) for knot in knots])

    # ---- the view

    def _limits(self) -> Limits:
        if not self.viewer:
            raise InputError("No viewer is selected; select one.")
        return self._viewers[self.viewer[0]].navigation.shown()

    def _look(self, moved: Callable[[Limits], Limits]) -> None:
        for name in self.viewer:
            navigation = self._viewers[name].navigation
            navigation.show(moved(navigation.shown()))

    # ---- the histogram

    def _follow_view(self, *_: Any) -> None:
        if self.active and self.stretch_hist_zoom_limits:
            self._refresh()

    def _refresh(self, *_: Any) -> None:
        """Draw the histogram anew, if it can be seen."""
        top = self._top()
        if not self.active or self._quiet or top is None:
            return
        image = self._session.image(top.label)
        found, self.extremes_known = self._drawn.extremes(top.label, image)
        self.extremes_text = "no values" if found is None else f"{found[0]:.6g} to {found[1]:.6g}"
        self.histogram = self._drawn.histogram(
            top,
            image,
            self._box(top.label) if self.stretch_hist_zoom_limits else None,
            Drawing(
                self.stretch_hist_nbins,
                bool(self.stretch_hist_all),
                bool(self.stretch_hist_log),
                bool(self.stretch_curve_visible),
            ),
        )

    def _box(self, label: str) -> tuple[float, float, float, float] | None:
        """The part of an image that is seen in the first selected viewer that has it."""
        for viewer, one in self._pairs():
            if one == label and viewer.limits is not None:
                x, y = viewport_region(viewer.frame, "pixel", label).vertices.xy
                return float(np.min(x)), float(np.max(x)), float(np.min(y)), float(np.max(y))
        return None


def _finite(value: Any) -> float:
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else np.nan
    if not np.isfinite(number):
        raise InputError(f"A position must be a finite number, not {str(value)[:60]!r}.")
    return number
