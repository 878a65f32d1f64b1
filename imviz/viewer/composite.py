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


OURS = {"invert": False, "blend": "normal", "nan_color": None}
"""What a layer has besides glue's own settings (see `LayerState`), and its first values."""


class Composite(CompositeArray):
    """glue's composite of layers, drawn as uint8 colours of shape (n_rows, n_columns, 3)."""

    def allocate(self, uuid: str) -> None:
        """Make room for a layer."""
        super().allocate(uuid)
        self.layers[uuid].update(OURS)

    def __call__(self, bounds: Bounds | None = None) -> np.ndarray | None:
        """The picture sampled on `bounds`, or None when no layer is visible."""
        seen: list[tuple[np.ndarray, dict[str, Any]]] = []
        for layer in self._top_down():
            values = layer["array"](bounds=bounds)
            if values is None:
                continue
            seen.append((values, layer))
            if layer["alpha"] == 1 and layer["blend"] == "normal" and not np.isnan(values).any():
                break  # nothing below it can be seen
        if not seen:
            return None
        canvas = np.empty((*seen[0][0].shape, 3), dtype=np.uint8)
        canvas[...] = BACKGROUND
        for values, layer in reversed(seen):
            _paint(canvas, values, layer)
        return canvas

    def _top_down(self) -> list[dict[str, Any]]:
        visible = [layer for layer in self.layers.values() if layer["visible"] and layer["alpha"] > 0]
        return sorted(visible, key=lambda layer: layer["zorder"], reverse=True)


def _paint(canvas: np.ndarray, values: np.ndarray, layer: dict[str, Any]) -> None:
    """Lay one layer over what is on the canvas."""
    low, high = layer["clim"]
    missing = np.isnan(values)
    some_missing = bool(missing.any())
    kind = values.dtype if values.dtype.kind == "f" and values.dtype.itemsize >= 4 else np.dtype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.subtract(values, kind.type(low), dtype=kind)
        steps *= kind.type((LEVELS - 1) / ((high - low) or np.finfo(np.float32).tiny))
    np.clip(steps, 0, LEVELS - 1, out=steps)
    if some_missing:
        steps[missing] = 0
    colours = _table(layer).take(steps.astype(np.uint16), axis=0)
    opacity = float(layer["alpha"])
    if layer["blend"] == "add":
        colours = np.minimum(canvas + (colours * opacity + 0.5).astype(np.uint16), 255).astype(np.uint8)
    elif opacity < 1:
        colours = (canvas * (1 - opacity) + colours * opacity + 0.5).astype(np.uint8)
    if some_missing:
        np.copyto(canvas, colours, where=~missing[..., np.newaxis])
        if layer["nan_color"] is not None:
            *colour, alpha = layer["nan_color"]
            alpha *= opacity
            canvas[missing] = (canvas[missing] * (1 - alpha) + np.array(colour) * 255 * alpha + 0.5).astype(
                np.uint8
            )
    else:
        canvas[...] = colours


def _table(layer: dict[str, Any]) -> np.ndarray:
    """The layer's colours from its lower to its upper cut, shape (LEVELS, 3), uint8."""
    stretch = layer["stretch"]
    if isinstance(stretch, str):
        stretch = stretches.members[stretch]()
    level = ContrastBiasStretch(layer["contrast"], layer["bias"])(np.linspace(0.0, 1.0, LEVELS))
    brightness = stretch(level)
    return layer["cmap"](1 - brightness if layer["invert"] else brightness, bytes=True)[:, :3]
