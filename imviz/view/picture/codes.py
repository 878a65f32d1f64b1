"""Pixel values as 16-bit codes, fine where the cuts are and coarse far away.

Code 0 is "no value"; codes 1 to 65535 are values ``center + scale * sinh((code - 32768) * STEP)``: evenly
spaced near the center, by a constant fraction of the distance far from it. The center is the lower cut, where
stretches that bring out faint light are steepest. A `Coding` made for some cuts shows no step at any other
cuts that `fits` accepts; for the rest a new one is made and the tiles are sent anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MIDDLE", "STEP", "Coding"]

MIDDLE = 32768
FINENESS = 64  # scales between the cuts
REACH = 1e8  # scales from the center that the last code is at
STEP = float(np.arcsinh(REACH) / (MIDDLE - 1))
LEVELS = 256  # of a display: a code must be finer than a level between the cuts


@dataclass(frozen=True, slots=True)
class Coding:
    """How values of one image become codes: the value of the middle code, and the unit of distance."""

    center: float
    scale: float

    @classmethod
    def around(cls, low: float, high: float) -> Coding:
        """The coding for cuts ``low`` and ``high``."""
        width = max(high - low, np.finfo(float).tiny * 1e9)
        return cls(low, width / FINENESS)

    def fits(self, low: float, high: float, drop: int = 0) -> bool:
        """Whether cuts can be shown without a visible step by codes less their last `drop` bits."""
        far = max(abs(low - self.center), abs(high - self.center))
        spacing = STEP * float(np.hypot(far, self.scale)) * (1 << drop)
        return spacing <= (high - low) / LEVELS and far < self.scale * REACH

    def encode(self, values: NDArray[Any], drop: int = 0) -> NDArray[np.uint16]:
        """The codes of some values, of the same shape; infinite values are the last codes.

        Of each code the last `drop` bits are zero, and it is the nearest such one.
        """
        unit = 1 << drop
        with np.errstate(over="ignore", invalid="ignore"):
            steps = np.subtract(values, self.center, dtype=np.float64)
            steps /= self.scale
            np.arcsinh(steps, out=steps)
            steps /= STEP * unit
            np.rint(steps, out=steps)
            steps *= unit
            steps += MIDDLE
            np.clip(steps, unit, 2 * MIDDLE - unit, out=steps)
            steps[np.isnan(steps)] = 0
            return steps.astype("<u2")

    def decode(self, codes: NDArray[np.uint16]) -> NDArray[np.float64]:
        """The values of some codes; NaN for 0."""
        values = self.center + self.scale * np.sinh((codes.astype(np.float64) - MIDDLE) * STEP)
        return np.where(codes == 0, np.nan, values)
