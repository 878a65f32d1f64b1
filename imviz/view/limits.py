"""The rectangle of the reference image a view shows, and the arithmetic of moving it. Pure.

`mouse.js` does the same sums in the browser while the hand moves; this is what the kernel uses when
Python asks. Pixels are square on the screen in both.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Edges of a view, in pixels of the reference image (integers at pixel centres)."""

    x_min: float
    x_max: float
    y_min: float
    y_max: float

    @classmethod
    def around(cls, x: float, y: float, width: float, height: float) -> Limits:
        """A rectangle of a size about a centre."""
        return cls(x - width / 2, x + width / 2, y - height / 2, y + height / 2)

    @property
    def width(self) -> float:
        """Width in image pixels."""
        return self.x_max - self.x_min

    @property
    def height(self) -> float:
        """Height in image pixels."""
        return self.y_max - self.y_min

    @property
    def centre(self) -> tuple[float, float]:
        """The point (x, y) in the middle."""
        return (self.x_min + self.x_max) / 2, (self.y_min + self.y_max) / 2

    def zoom(self, shape: tuple[int, int]) -> float:
        """Screen pixels per image pixel in a window of `shape` (height, width)."""
        return max(shape[1] / self.width, shape[0] / self.height)

    def zoomed_to(self, zoom: float, shape: tuple[int, int]) -> Limits:
        """About the same centre, at `zoom` screen pixels per image pixel."""
        return Limits.around(*self.centre, shape[1] / zoom, shape[0] / zoom)

    def centred_on(self, x: float, y: float) -> Limits:
        """Of the same size, about another centre."""
        return Limits.around(x, y, self.width, self.height)

    def scaled(self, factor: float) -> Limits:
        """About the same centre, `factor` times as large."""
        return Limits.around(*self.centre, self.width * factor, self.height * factor)

    def squared(self, shape: tuple[float, float]) -> Limits:
        """Grown along one axis so that pixels are square in a window of `shape` (height, width)."""
        per_pixel = max(self.width / shape[1], self.height / shape[0])
        return Limits.around(*self.centre, per_pixel * shape[1], per_pixel * shape[0])
