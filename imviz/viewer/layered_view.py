"""Which images a viewer shows and how the top one looks, by the names notebooks use.

Each passes to `Layers`, which checks and keeps it in glue's layer states.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.science.display import colormaps
from imviz.science.display.cuts import AUTOCUTS, cuts_name
from imviz.science.display.stretches import STRETCHES
from imviz.viewer.wired_view import WiredView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue.core import Data

__all__ = ["LayeredView"]


class LayeredView(WiredView):
    """A view whose top image can be given other cuts, another stretch and colormap."""

    # ---- which images

    @property
    def data_labels_loaded(self) -> list[str]:
        """Labels of the images this viewer has, the top-most last."""
        return [layer.label for layer in self.controls.layers]

    @property
    def data_labels_visible(self) -> list[str]:
        """Labels of the images this viewer shows, the top-most last."""
        return [layer.label for layer in self.controls.layers if layer.visible]

    @property
    def top_visible_data_label(self) -> str | None:
        """Label of the top-most visible image; None if there is none."""
        return self.controls.top

    @property
    def first_loaded_data(self) -> Data | None:
        """The image this viewer has had for longest (glue data); None if it has none."""
        states = self.layers_shown.states
        return states[0].layer if states else None

    def keep_only(self, label: str) -> None:
        """Take all images but one out of this viewer; the session keeps them."""
        for layer in self.controls.layers:
            if layer.label != label:
                self.remove_image(layer.label)
        if self.navigation.fitted:
            self.home()

    def blink_once(self, reversed: bool = False) -> None:  # noqa: A002 - its name in notebooks
        """Make the next image (the one before, if reversed) the only visible one."""
        self.layers_shown.blink(backwards=reversed)

    # ---- how the top one looks

    @property
    def cuts(self) -> tuple[float, float]:
        """Values of the top image shown darkest and brightest.

        Set (low, high), one of `autocut_options`, or any percentage, as "97%".
        """
        state = self.layers_shown.top
        return float(state.v_min), float(state.v_max)

    @cuts.setter
    def cuts(self, value: Any) -> None:
        self.layers_shown.change_top(cuts=value)

    @property
    def autocut_options(self) -> list[str]:
        """Names that `cuts` can be set to."""
        return list(AUTOCUTS)

    @property
    def default_cuts(self) -> str:
        """The automatic cuts that an image gets when it is added to this viewer: "95%" unless set."""
        return self.layers_shown.default_cuts

    @default_cuts.setter
    def default_cuts(self, value: Any) -> None:
        self.layers_shown.default_cuts = cuts_name(value)

    @property
    def stretch(self) -> str:
        """Stretch of the top image; set one of `stretch_options`, or an astropy stretch or its class."""
        return str(self.layers_shown.top.stretch)

    @stretch.setter
    def stretch(self, value: Any) -> None:
        self.layers_shown.change_top(stretch=value)

    @property
    def stretch_options(self) -> list[str]:
        """Names that `stretch` can be set to."""
        return list(STRETCHES)

    @property
    def stretch_parameters(self) -> dict[str, float]:
        """Of the top image's stretch: ``{"a": value}`` where it has a parameter; settable."""
        state = self.layers_shown.top
        kind = STRETCHES[state.stretch]
        own = {"a": kind.default} if kind.parameter else {}
        return own | dict(state.stretch_parameters)

    @stretch_parameters.setter
    def stretch_parameters(self, value: Mapping[str, float]) -> None:
        self.layers_shown.change_top(stretch_parameters=dict(value))

    @property
    def colormap_options(self) -> list[str]:
        """Names for `set_colormap`: those of older viewers, then all others of matplotlib."""
        return list(colormaps.names())

    def set_colormap(self, cmap: str) -> None:
        """Give the top image another colormap."""
        self.layers_shown.change_top(colormap=cmap, color_mode="Colormap")

    def get_alignment_method(self, label: str) -> str:
        """How an image lies on the one the viewer is laid out by: 'self', 'pixels' or 'wcs'."""
        document, reference = self.document, self.reference_image
        document.image(label)
        if reference in (None, label):
            return "self"
        return "wcs" if document.sky_between(label, reference) else "pixels"
