"""How a layer is to look, settled: everything a picture needs of a layer's state. Nothing is changed here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.science.display.stretches import brightness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.viewer.layer_state import LayerState

__all__ = ["Look", "look"]

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One layer's look.

    Attributes
    ----------
    cuts : (float, float)
        Values shown darkest and brightest.
    stretch : str
        Name of the stretch; its parameter is ``parameter``, its points (of a curve) ``curve``.
    colormap : ndarray
        RGB of brightness 0 to 1, uint8, shape (256, 3); inverted already if it is to be.
    contrast, bias : float
        Of the level before the stretch: ``(level - bias) * contrast + 0.5``.
    opacity : float
        0 to 1.
    nan_color : tuple of float or None
        RGBA of pixels without a value, 0 to 1; None: see-through.
    blend : {'normal', 'add'}
        Over what lies below, or added to it.
    interpolation : {'nearest', 'smooth'}
        What is seen between pixel centres.
    visible : bool
        Whether it is drawn at all.
    order : float
        Higher is nearer to the eye.
    """

    cuts: tuple[float, float]
    stretch: str
    parameter: float | None
    curve: Curve | None
    colormap: NDArray[np.uint8]
    contrast: float
    bias: float
    opacity: float
    nan_color: tuple[float, ...] | None
    blend: str
    interpolation: str
    visible: bool
    order: float

    def colours(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        """RGB of some values, shape (..., 3); those of NaN mean nothing."""
        low, high = self.cuts
        with np.errstate(invalid="ignore", over="ignore"):
            level = (np.asarray(values, dtype=float) - low) / ((high - low) or np.finfo(float).tiny)
            level = (np.clip(level, 0, 1) - self.bias) * self.contrast + 0.5
        level = np.nan_to_num(np.clip(level, 0, 1))
        parameters = None if self.parameter is None else {"a": self.parameter}
        shine = brightness(level, self.stretch, parameters, self.curve)
        return self.colormap[np.minimum(shine * 256, 255).astype(np.uint8)]


def look(state: LayerState) -> Look:
    """The look that a layer's state asks for."""
    shades = (state.cmap(np.arange(256) / 255.0)[:, :3] * 255 + 0.5).astype(np.uint8)
    return Look(
        cuts=(float(state.v_min), float(state.v_max)),
        stretch=str(state.stretch),
        parameter=state.parameter,
        curve=state.curve,
        colormap=shades[::-1] if state.invert else shades,
        contrast=float(state.contrast),
        bias=float(state.bias),
        opacity=float(state.alpha),
        nan_color=state.nan_color,
        blend=state.blend,
        interpolation=state.interpolation,
        visible=bool(state.visible),
        order=float(state.zorder),
    )
