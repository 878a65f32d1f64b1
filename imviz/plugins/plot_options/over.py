"""What lies over the selected layers, by older notebooks' names: the look of regions, and contours.

Regions are the document's, so their look is the same in every viewer; contours are drawn by the overlays'
plugin, one image's in each viewer. Nothing is drawn here.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from imviz.errors import InputError
from imviz.plugin import Choice, LayerField
from imviz.plugins.plot_options.linked import LinkedLayers
from imviz.session.weak_calls import weak_call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.plugin import Plugin, Viewers
    from imviz.plugins.overlays import Overlays
    from imviz.session import Session

__all__ = ["OverLayers"]

STYLES = ("visible", "color", "opacity")
CONTOURS = ("contour_mode", "contour_min", "contour_max", "contour_nlevels", "contour_custom_levels")
LOOKED_AT = 200  # regions compared to say whether all look alike
MOST_LEVELS = 100


class OverLayers(LinkedLayers):
    """The fields for regions and contours, both ways."""

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

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        self._overlays: Overlays | None = None
        self._own_levels = False  # whether lowest and highest level were set by hand
        super().__init__(session, viewers)
        for name in STYLES:
            self.add_callback(f"subset_{name}", weak_call(self._style_regions, name))
        session.add_callback("selected_regions", self._pull)
        self.add_callback("contour_visible", self._draw_contours)
        for name in CONTOURS:
            self.add_callback(name, weak_call(self._set_levels, name))

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "layer":
            value = self._without_regions(value)
        if name == "contour_custom_levels" and not isinstance(value, str):
            value = ", ".join(f"{level:.10g}" for level in value)
        super().__setattr__(name, value)

    def meet(self, plugins: Mapping[str, Plugin]) -> None:
        """Learn who draws contours."""
        self._overlays = cast("Overlays | None", plugins.get("Overlays"))
        if self._overlays is not None:
            for name in ("contours_shown", "contour_image", "viewer"):
                self._overlays.add_callback(name, self._pull)
        self._pull()

    # ---- regions

    def _without_regions(self, value: Any) -> Any:
        """The images among some labels; the regions among them become the selected ones."""
        given = [value] if isinstance(value, str) else list(value)
        regions = [label for label in given if label in self._session.region_list]
        if not regions:
            return value
        self._session.select(regions)
        return [label for label in given if label not in regions] or list(self.layer)

    def _style_regions(self, name: str, value: Any) -> None:
        """The user has given the regions another look."""
        labels = self._session.selected_regions or self._session.regions
        if self._quiet or not labels:
            return
        value = getattr(value, "value", value)
        try:
            self._session.region_list.style(labels, **{name: (value or None) if name == "color" else value})
        finally:
            self._pull()

    def _show_regions(self) -> None:
        session = self._session
        chosen = session.selected_regions
        total = len(session.region_list)
        self.subset_text = f"{len(chosen)} selected" if chosen else f"all {total}" if total else ""
        found = [session.region_list[label] for label in chosen[:LOOKED_AT]]
        found = found or list(islice(session.region_list, LOOKED_AT))
        if not found:
            return
        for name in STYLES:
            setattr(self, f"subset_{name}", getattr(found[0], name) or ("" if name == "color" else 0))
            if len({getattr(record, name) for record in found}) > 1:
                self.mixed = (*self.mixed, f"subset_{name}")
        self.subset_visible = bool(found[0].visible)

    # ---- contours

    def _show(self, infos: Any, top: Any) -> None:
        super()._show(infos, top)
        self._show_regions()
        if top is None or self._overlays is None:
            return
        drawn = [self._overlays.contoured(name) for name in self.viewer]
        self.contour_visible = any(label in self.layer for label in drawn)
        if not self.contour_visible:
            self._own_levels = False
        if not self._own_levels:
            self.contour_min, self.contour_max = top.cuts

    def _set_levels(self, name: str, *_: Any) -> None:
        if self._quiet:
            return
        self._own_levels = self._own_levels or name in ("contour_min", "contour_max")
        if name == "contour_mode" and not self.contour_custom_levels:
            self.contour_custom_levels = self._even_levels()  # something to begin with
        elif self.contour_visible:
            self._draw_contours()

    def _draw_contours(self, *_: Any) -> None:
        """Draw contours of the top-most selected layer of each selected viewer, or none."""
        if self._quiet:
            return
        if self._overlays is None:
            raise InputError("There is no plugin that draws contours.")
        before = self._overlays.viewer
        try:
            levels = self._levels() if self.contour_visible else []
            with self._silence():
                for name, label in {viewer.name: label for viewer, label in self._pairs()}.items():
                    if self.contour_visible:
                        self._overlays.show_contours(label, levels, viewer=name)
                    else:
                        self._overlays.hide_contours(name)
        finally:
            self._overlays.viewer = before
            self._pull()

    def _levels(self) -> list[float]:
        if self.contour_mode == "Custom":
            try:
                levels = [float(part) for part in self.contour_custom_levels.replace(",", " ").split()]
            except ValueError:
                text = self.contour_custom_levels[:60]
                raise InputError(f"The levels {text!r} are not numbers with commas between.") from None
            if not levels:
                raise InputError("Give the levels of the contours, with commas between.")
            return levels
        return self._even_levels()

    def _even_levels(self) -> list[float]:
        if not 1 <= self.contour_nlevels <= MOST_LEVELS:
            raise InputError(f"There are 1 to {MOST_LEVELS} levels, not {self.contour_nlevels!r}.")
        steps = np.linspace(self.contour_min, self.contour_max, round(self.contour_nlevels))
        return [float(level) for level in steps]
