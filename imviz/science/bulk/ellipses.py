"""Exact overlap of many ellipses with the pixels around each, in closed form and without a loop.

An ellipse is, at each x, the interval ``slope x ± half(x)``. The area of a pixel inside it is a second
difference, over the pixel's four corners, of the integral along x of y clipped to that interval, which is
elementary between the places where the line y meets the outline. Transcendental functions are so needed
once for each grid line, not once for each pixel. One aperture at a time is
`imviz.science.photometry.apertures`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from regions import CirclePixelRegion, EllipsePixelRegion

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Ellipses"]


@dataclass(frozen=True, slots=True)
class Ellipses:
    """``n`` ellipses: centers, semi-axes [pix] and angle [rad] from x towards y, each of shape (n,)."""

    x: Floats
    y: Floats
    a: Floats
    b: Floats
    angle: Floats

    @classmethod
    def of(cls, regions: Sequence[CirclePixelRegion | EllipsePixelRegion]) -> Ellipses:
        """The ellipses of circular and elliptical regions; `InputError` names the first of another shape."""
        circular = CirclePixelRegion | EllipsePixelRegion
        if all(isinstance(one, CirclePixelRegion) for one in regions):
            found = np.array([(*one.center.xy, one.radius) for one in regions], dtype=float).reshape(-1, 3)
            rows = np.column_stack([found[:, [0, 1, 2, 2]], np.zeros(len(found))])
        elif all(isinstance(one, circular) for one in regions):
            rows = np.array([_numbers(one) for one in regions], dtype=float)
        else:
            i = next(i for i, one in enumerate(regions) if not isinstance(one, circular))
            raise InputError(
                f"Region {i} is a {type(regions[i]).__name__}; many at once are measured for circles and "
                "ellipses only, so measure the others one by one."
            )
        if not np.isfinite(rows).all():
            bad = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
            raise InputError(f"Region {bad} has a position or size that is not finite.")
        return cls(*np.ascontiguousarray(rows.T))

    def __len__(self) -> int:
        return int(self.x.size)

    def take(self, index: NDArray[np.int_]) -> Ellipses:
        """Those of ``index``."""
        return Ellipses(*(values[index] for values in (self.x, self.y, self.a, self.b, self.angle)))

    def half_sides(self) -> tuple[Floats, Floats]:
        """Half the width and height of the bounding boxes."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return np.hypot(self.a * cos, self.b * sin), np.hypot(self.a * sin, self.b * cos)

    def centers_inside(self, dx: Floats, dy: Floats) -> NDArray[np.bool_]:
        """Whether pixel centers lie inside; ``dx`` (n, nx), ``dy`` (n, ny) from each ellipse's."""
        across, up = dx[:, None, :], dy[:, :, None]
        if np.array_equal(self.a, self.b):
            return across * across + up * up < (self.a * self.a)[:, None, None]
        cos, sin = (f(self.angle)[:, None, None] for f in (np.cos, np.sin))
        major = across * cos + up * sin
        minor = up * cos - across * sin
        a, b = self.a[:, None, None], self.b[:, None, None]
        return major * major / (a * a) + minor * minor / (b * b) < 1.0

    def coverage(self, dx: Floats, dy: Floats) -> Floats:
        """Fraction of each pixel inside, (n, ny, nx); pixel centers as in `centers_inside`, evenly spaced."""
        half_x, half_y = self.half_sides()
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        slope = (self.a - self.b) * (self.a + self.b) * cos * sin / half_x**2
        curve = self.a * self.b / half_x**2
        x = np.clip(_edges(dx), -half_x[:, None], half_x[:, None])
        corners = _Lines(half_x, half_y, slope, curve).integrals(x, _edges(dy))
        columns = corners[:, :, 1:] - corners[:, :, :-1]
        weights = columns[:, 1:] - columns[:, :-1]
        # what is left of rounding outside must be an exact 0: a pixel with weight may be masked and flagged
        weights[weights < 1e-14 * (self.a * self.b)[:, None, None]] = 0.0
        return np.minimum(weights, 1.0, out=weights)


def _numbers(region: Any) -> tuple[float, ...]:
    """Center, semi-axes and angle."""
    x, y = region.center.xy
    if isinstance(region, CirclePixelRegion):
        return x, y, region.radius, region.radius, 0.0
    return x, y, region.width / 2, region.height / 2, region.angle.to_value("rad")


def _edges(centers: Floats) -> Floats:
    return np.concatenate([centers - 0.5, centers[:, -1:] + 0.5], axis=1)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Integrals along horizontal lines of ellipses about (0, 0); see the module's docstring."""

    half_x: Floats
    half_y: Floats
    slope: Floats
    curve: Floats

    def _middle(self, x: Floats) -> Floats:
        """Integral of ``slope x``."""
        return self.slope[:, None] * x * x / 2

    def _half(self, x: Floats) -> Floats:
        """Integral of ``half(x) = curve sqrt(half_x² - x²)``."""
        s = self.half_x[:, None]
        area = x * np.sqrt(np.maximum((s - x) * (s + x), 0.0)) + s * s * np.arcsin(np.clip(x / s, -1, 1))
        return self.curve[:, None] * area / 2

    def _crossings(self, y: Floats) -> tuple[Floats, Floats]:
        """Where the lines ``y`` enter and leave the ellipse; both at the right end where they miss it."""
        s, slope, curve = self.half_x[:, None], self.slope[:, None], self.curve[:, None]
        top = self.half_y[:, None]
        # (y - slope x)² = curve² (s² - x²), and slope² + curve² = (top / s)²
        norm = (top / s) ** 2
        root = curve * s * np.sqrt(np.maximum((top - y) * (top + y), 0.0)) / top
        middle = slope * y / norm
        reach = root / np.sqrt(norm)
        misses = np.abs(y) >= top
        first = np.where(misses, s, np.clip(middle - reach, -s, s))
        return first, np.where(misses, s, np.clip(middle + reach, -s, s))

    def integrals(self, x: Floats, y: Floats) -> Floats:
        """The integral up to ``x`` (n, mx) of ``y`` (n, my) clipped to the ellipse, (n, my, mx)."""
        first, last = self._crossings(y)
        ends = (self.slope * self.half_x)[:, None]
        left, right = np.where(-ends < y, 1.0, -1.0), np.where(ends < y, 1.0, -1.0)
        at_first = self._middle(first) + left * self._half(first)
        inside = at_first - y * first
        after = at_first + y * (last - first) - self._middle(last) - right * self._half(last)
        middle, half = self._middle(x)[:, None, :], self._half(x)[:, None, :]
        across = x[:, None, :]
        before = middle + left[:, :, None] * half
        beyond = after[:, :, None] + middle + right[:, :, None] * half
        between = inside[:, :, None] + y[:, :, None] * across
        result = np.where(across <= last[:, :, None], between, beyond)
        np.copyto(result, before, where=across <= first[:, :, None])
        return result
