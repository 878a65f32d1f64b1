"""Contours of the selected layers, by older notebooks' names.

They are drawn by the overlays' plugin, one image's in each viewer; here is which, and at what levels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from imviz.errors import InputError
from imviz.session.weak_calls import weak_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.plugins.plot_options.selected import SelectedLayers

__all__ = ["LayerContours", "levels_text"]

LEVELS = ("contour_mode", "contour_min", "contour_max", "contour_nlevels", "contour_custom_levels")
MOST_LEVELS = 100


class Contourer(Protocol):
    """Who draws contours: of one image in each viewer."""

    viewer: Any

    def show_contours(self, image: str, levels: list[float], *, viewer: str) -> None:
        """Draw an image's contours at some levels."""

    def hide_contours(self, viewer: str) -> None:
        """Draw none."""

    def contoured(self, viewer: str) -> str | None:
        """Label of the image whose contours are drawn; None without."""


def levels_text(value: Any) -> str:
    """Levels with commas between, from such a text or from numbers."""
    return value if isinstance(value, str) else ", ".join(f"{level:.10g}" for level in value)


class LayerContours:
    """Keeps the fields ``contour_…`` and the contours drawn in step.

    Parameters
    ----------
    fields
        The plugin's fields.
    layers : SelectedLayers
        Whose contours they are.
    changed : callable
        Called after contours were drawn or hidden, here or elsewhere.
    """

    def __init__(self, fields: Any, layers: SelectedLayers, changed: Callable[..., None]) -> None:
        self._fields, self._layers, self._changed = fields, layers, changed
        self._overlays: Contourer | None = None
        self._own_levels = False  # whether lowest and highest level were set by hand
        fields.add_callback("contour_visible", self._draw)
        for name in LEVELS:
            fields.add_callback(name, weak_call(self._set_levels, name))

    def meet(self, overlays: Any) -> None:
        """Learn who draws contours; None: nobody."""
        self._overlays = overlays
        if overlays is not None:
            for name in ("contours_shown", "contour_image", "viewer"):
                overlays.add_callback(name, self._changed)

    def show(self) -> None:
        """Have the fields say what is drawn."""
        fields, top = self._fields, self._layers.top()
        if top is None or self._overlays is None:
            return
        drawn = [self._overlays.contoured(name) for name in fields.viewer]
        fields.contour_visible = any(label in fields.layer for label in drawn)
        self._own_levels = self._own_levels and bool(fields.contour_visible)
        if not self._own_levels:
            fields.contour_min, fields.contour_max = top.look.cuts

    def _set_levels(self, name: str, *_: Any) -> None:
        fields = self._fields
        if self._layers.quiet:
            return
        self._own_levels = self._own_levels or name in ("contour_min", "contour_max")
        if name == "contour_mode" and not fields.contour_custom_levels:
            fields.contour_custom_levels = self._even_levels()  # something to begin with
        elif fields.contour_visible:
            self._draw()

    def _draw(self, *_: Any) -> None:
        """Draw contours of the top-most selected layer of each selected viewer, or none."""
        if self._layers.quiet:
            return
        if self._overlays is None:
            raise InputError("There is no plugin that draws contours.")
        before = self._overlays.viewer
        try:
            levels = self._levels() if self._fields.contour_visible else []
            with self._layers.quiet:
                for name, label in {viewer.name: info.label for viewer, info in self._layers.pairs()}.items():
                    if self._fields.contour_visible:
                        self._overlays.show_contours(label, levels, viewer=name)
                    else:
                        self._overlays.hide_contours(name)
        finally:
            self._overlays.viewer = before
            self._changed()

    def _levels(self) -> list[float]:
        if self._fields.contour_mode == "Linear":
            return self._even_levels()
        text = self._fields.contour_custom_levels
        try:
            levels = [float(part) for part in text.replace(",", " ").split()]
        except ValueError:
            raise InputError(f"The levels {text[:60]!r} are not numbers with commas between.") from None
        if not levels:
            raise InputError("Give the levels of the contours, with commas between.")
        return levels

    def _even_levels(self) -> list[float]:
        fields = self._fields
        if not 1 <= fields.contour_nlevels <= MOST_LEVELS:
            raise InputError(f"There are 1 to {MOST_LEVELS} levels, not {fields.contour_nlevels!r}.")
        steps = np.linspace(fields.contour_min, fields.contour_max, round(fields.contour_nlevels))
        return [float(level) for level in steps]
