"""What a view has been asked to show. Pure.

Which limits show a box with square pixels depends on the window, and a window that no page has drawn yet has
no size: what a notebook asks for then, opening a viewer and filling it in one go, is worked out for a nominal
window and is wrong in the real one. So the wish is kept until the hand moves the view: the kernel makes
limits of it for the window it knows, and each page (`aim.js`) for its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from imviz.view.limits import Limits

__all__ = ["Aim"]

SAME = 1e-6  # of the view's size


@dataclass(frozen=True, slots=True)
class Aim:
    """A part of the view's frame to be shown.

    Attributes
    ----------
    box : Limits
        What is to be seen; without a scale all of it, and as much more as keeps pixels square.
    scale : float or None
        Pixels of the frame per screen pixel, about the middle of the box, however much of the box that shows.
    """

    box: Limits
    scale: float | None = None

    def limits(self, size: tuple[float, float]) -> Limits:
        """The limits that show it in a window of a size (height, width)."""
        if self.scale is None:
            return self.box.squared(size)
        return Limits.around(*self.box.centre, self.scale * size[1], self.scale * size[0])

    def centred_on(self, x: float, y: float) -> Aim:
        """The same about another point."""
        return replace(self, box=self.box.centred_on(x, y))

    def scaled(self, factor: float) -> Aim:
        """About the same point, `factor` times as large a part."""
        scale = None if self.scale is None else self.scale * factor
        return Aim(self.box.scaled(factor), scale)

    def shown_by(self, limits: Limits, size: tuple[float, float]) -> bool:
        """Whether some limits are those that show it in a window of a size."""
        own = self.limits(size)
        off = np.subtract([*own.centre, own.width, own.height], [*limits.centre, limits.width, limits.height])
        return bool(np.abs(off).max() <= SAME * max(own.width, own.height))

    def told(self) -> dict[str, Any]:
        """It, for a page."""
        box = self.box
        return {"x": [box.x_min, box.x_max], "y": [box.y_min, box.y_max], "scale": self.scale}
