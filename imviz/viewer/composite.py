"""Composing the visible layers into one 8-bit picture, a table lookup a layer.

glue's layer artists describe each layer to a `CompositeArray`; this one draws the same description
with one 4096-entry colour table a layer instead of floating point colours, and lets what lies under
a layer show where the layer has no value. Cuts, stretch, contrast and bias are glue's own functions,
evaluated on the table's entries.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.visualization import ContrastBiasStretch
from glue.config import stretches
from glue.viewers.image.composite_array import CompositeArray

__all__ = ["Composite"]

LEVELS = 4096
BACKGROUND = (0, 0, 0)
Bounds = list[tuple[float, float, int]]


class Composite(CompositeArray):
    """glue's composite of layers, drawn as uint8 colours of shape (n_rows, n_columns, 3)."""

    def __call__(self, bounds: Bounds | None = None) -> np.ndarray | None:
        """The picture sampled on `bounds`, or None when no layer is visible."""
        canvas: np.ndarray | None = None
        for layer in self._from_the_lowest_seen():
            values = layer["array"](bounds=bounds)
            if values is None:
                continue
            if canvas is None:
                canvas = np.empty((*values.shape, 3), dtype=np.uint8)
                canvas[...] = BACKGROUND
            _paint(canvas, values, layer)
        return canvas

    def _from_the_lowest_seen(self) -> list[dict[str, Any]]:
        return sorted(
            (layer for layer in self.layers.values() if layer["visible"] and layer["alpha"] > 0),
            key=lambda layer: layer["zorder"],
        )


def _paint(canvas: np.ndarray, values: np.ndarray, layer: dict[str, Any]) -> None:
    """Lay one layer over what is on the canvas."""
    known = np.isfinite(values)
    low, high = layer["clim"]
    span = high - low
    with np.errstate(invalid="ignore", over="ignore"):
        steps = (values - low) * ((LEVELS - 1) / span) if span else np.where(values > low, LEVELS - 1.0, 0.0)
        index = np.clip(np.nan_to_num(steps, nan=0.0), 0, LEVELS - 1).astype(np.intp)
    colours = _table(layer)[index]
    opacity = float(layer["alpha"])
    if opacity < 1:
        mixed = canvas * (1 - opacity) + colours * opacity
        colours = (mixed + 0.5).astype(np.uint8)
    if known.all():
        canvas[...] = colours
    else:
        infinite = ~known & ~np.isnan(values)  # beyond any cut: shown as the brightest or darkest
        np.copyto(canvas, colours, where=(known | infinite)[..., np.newaxis])


def _table(layer: dict[str, Any]) -> np.ndarray:
    """The layer's colours from its lower to its upper cut, shape (LEVELS, 3), uint8."""
    stretch = layer["stretch"]
    if isinstance(stretch, str):
        stretch = stretches.members[stretch]()
    level = ContrastBiasStretch(layer["contrast"], layer["bias"])(np.linspace(0.0, 1.0, LEVELS))
    return layer["cmap"](stretch(level), bytes=True)[:, :3]
