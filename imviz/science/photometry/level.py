"""The background that was found: one level for every pixel, or a plane, and how well it is known.

How it is found is the business of `imviz.science.photometry.background`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.science.photometry.apertures import Box

__all__ = ["Background"]


@dataclass(frozen=True, slots=True)
class Background:
    """A background per pixel, in the image's unit.

    ``err`` is the standard error of ``value``; ``std`` the scatter of one pixel (scaled median absolute
    deviation, or the standard deviation where that is 0; what clipping and rounding did to it is undone),
    `None` for a value that was typed in; ``variance`` what the image's uncertainty says a pixel has (their
    median), `None` without one; ``step`` that of pixels that come in such, else 0. ``complete`` is false
    when some of the region's pixels were off the image or unusable. A plane has a ``slope`` (x, y) per pixel
    and its ``value`` ``at`` (x, y), elsewhere both mean nothing. ``pixels`` is the fingerprint of those it
    was measured in, '' for a value that was typed in. A ``fallback`` is not the one that was asked for: see
    `imviz.science.photometry.nearest_sky`.
    """

    value: float
    err: float
    std: float | None
    n_pixels: int
    method: str
    complete: bool = True
    slope: tuple[float, float] = (0.0, 0.0)
    at: tuple[float, float] = (0.0, 0.0)
    pixels: str = ""
    variance: float | None = None
    fallback: bool = False
    step: float = 0.0

    def level(self, box: Box) -> float | NDArray[np.float64]:
        """The background of each pixel of ``box``: ``value``, or the plane through it."""
        if self.slope == (0.0, 0.0):
            return self.value
        y, x = np.ogrid[box.y0 : box.y0 + box.ny, box.x0 : box.x0 + box.nx]
        plane: NDArray[np.float64] = (
            self.value + self.slope[0] * (x - self.at[0]) + self.slope[1] * (y - self.at[1])
        )
        return plane
