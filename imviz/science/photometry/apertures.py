"""How much of each pixel a region covers: exact weights, and the pixels whose center is inside.

Everything is computed on a `Box` of pixels, so the cost follows the box and never the image. Circles
and ellipses use the exact overlap of `photutils.geometry`; rectangles (which photutils < 3.1 samples at
32 x 32) and polygons that of `imviz.science.photometry.polygons`. Composites combine the exact coverages of
their parts, which is exact too except in pixels that the outlines of both parts cross: those alone are
sampled at 64 x 64. Sky regions are not handled here: see `imviz.science.sky.geometry`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from photutils.geometry import circular_overlap_grid, elliptical_overlap_grid, rectangular_overlap_grid
from regions import (
    CirclePixelRegion,
    CompoundPixelRegion,
    EllipsePixelRegion,
    PixCoord,
    PolygonPixelRegion,
    RectanglePixelRegion,
)

from imviz.errors import InputError
from imviz.science.photometry.polygons import polygon_area, polygon_centers, polygon_coverage, polygon_samples
from imviz.science.regions.kinds import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from regions import PixelRegion

__all__ = [
    "Box",
    "area_of",
    "box_of",
    "center_of",
    "centers_inside",
    "coverage",
    "half_size",
    "in_words",
    "scaled",
]

_SUBPIXELS = 64
_AREA_CELLS = 512  # along the longer side of a composite whose area is asked for
_STRIP = 4_000_000  # pixels of a strip, each of which takes a hundred bytes while it is worked on
_BLOCK = 256  # crossing pixels sampled at once: 256 * 64**2 points, 16 MB


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels: columns ``x0 .. x0+nx-1``, rows ``y0 .. y0+ny-1``."""

    x0: int
    y0: int
    nx: int
    ny: int

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Outer edges ``xmin, xmax, ymin, ymax`` (pixel n spans n-0.5 .. n+0.5)."""
        return self.x0 - 0.5, self.x0 + self.nx - 0.5, self.y0 - 0.5, self.y0 + self.ny - 0.5

    @property
    def slices(self) -> tuple[slice, slice]:
        """What cuts the box out of an ``array[y, x]``; valid for a box inside the array."""
        return slice(self.y0, self.y0 + self.ny), slice(self.x0, self.x0 + self.nx)

    def clip(self, shape: tuple[int, int]) -> Box | None:
        """The part on an image of ``shape`` (ny, nx), or `None` where nothing is left."""
        x0, y0 = max(self.x0, 0), max(self.y0, 0)
        x1, y1 = min(self.x0 + self.nx, shape[1]), min(self.y0 + self.ny, shape[0])
        return Box(x0, y0, x1 - x0, y1 - y0) if x1 > x0 and y1 > y0 else None

    def strips(self) -> Iterator[Box]:
        """Its rows, about four million pixels at a time."""
        rows = max(1, _STRIP // self.nx)
        for y in range(self.y0, self.y0 + self.ny, rows):
            yield Box(self.x0, y, self.nx, min(rows, self.y0 + self.ny - y))

    def union(self, other: Box) -> Box:
        """The smallest box that holds both."""
        x0, y0 = min(self.x0, other.x0), min(self.y0, other.y0)
        x1 = max(self.x0 + self.nx, other.x0 + other.nx)
        y1 = max(self.y0 + self.ny, other.y0 + other.ny)
        return Box(x0, y0, x1 - x0, y1 - y0)


def box_of(region: PixelRegion) -> Box:
    """Bounding box of ``region``.

    Raises
    ------
    InputError
        The region has no extent, is unbounded, or has coordinates that are not finite.
    """
    if isinstance(region, CompoundPixelRegion):
        return _compound_box(region)
    try:
        bounds = region.bounding_box
    except (AttributeError, NotImplementedError, ValueError, OverflowError) as error:
        raise InputError(f"{type(region).__name__} has no finite bounding box ({error}).") from error
    return Box(bounds.ixmin, bounds.iymin, bounds.ixmax - bounds.ixmin, bounds.iymax - bounds.iymin)


def _truth_table(region: CompoundPixelRegion) -> NDArray[np.float64]:
    """``table[i, j]`` of the operator for first = i, second = j, in {0, 1}."""
    first, second = np.array([False, False, True, True]), np.array([False, True, False, True])
    table = np.asarray(region.operator(first, second), dtype=bool).reshape(2, 2)
    if table[0, 0]:
        raise InputError("A composite region that includes the outside of all its parts is unbounded.")
    return table.astype(float)


def _compound_box(region: CompoundPixelRegion) -> Box:
    table = _truth_table(region)
    if not table[0, 1]:  # nothing outside the first part belongs to it (AND, AND NOT)
        return box_of(region.region1)
    if not table[1, 0]:
        return box_of(region.region2)
    return box_of(region.region1).union(box_of(region.region2))


def coverage(region: PixelRegion, box: Box) -> NDArray[np.float64]:
    """Fraction of each pixel of ``box`` covered by ``region``: float64, shape (ny, nx), 0 .. 1.

    Raises
    ------
    InputError
        ``region`` is a line, a point or another shape without an area.
    """
    parts = parts_of(region)
    if parts is not None:
        return coverage(parts[1], box) - coverage(parts[0], box)
    if isinstance(region, CompoundPixelRegion):
        return _compound_coverage(region, box)
    if isinstance(region, CirclePixelRegion | EllipsePixelRegion):
        return _overlap(region, box, exact=1)
    if isinstance(region, RectanglePixelRegion):
        return _polygon_coverage(*_corners(region), box)
    if isinstance(region, PolygonPixelRegion):
        return _polygon_coverage(*_vertices(region), box)
    raise InputError(
        f"{type(region).__name__} has no area; use a circle, ellipse, rectangle, annulus or polygon."
    )


def centers_inside(region: PixelRegion, box: Box) -> NDArray[np.bool_]:
    """Whether the center of each pixel of ``box`` lies inside ``region``, shape (ny, nx)."""
    parts = parts_of(region)
    if parts is not None:
        return centers_inside(parts[1], box) & ~centers_inside(parts[0], box)
    if isinstance(region, CompoundPixelRegion):
        first, second = centers_inside(region.region1, box), centers_inside(region.region2, box)
        return np.asarray(region.operator(first, second), dtype=bool)
    if isinstance(region, CirclePixelRegion | EllipsePixelRegion | RectanglePixelRegion):
        return _overlap(region, box, exact=0) > 0
    if isinstance(region, PolygonPixelRegion):
        xs, ys = _vertices(region)
        return polygon_centers(xs - box.x0, ys - box.y0, (box.ny, box.nx))
    y, x = np.mgrid[box.y0 : box.y0 + box.ny, box.x0 : box.x0 + box.nx]
    return np.asarray(region.contains(PixCoord(x, y)), dtype=bool)


def area_of(region: PixelRegion) -> float:
    """Area inside the outline [pix²], on the image or not, even-odd where a polygon crosses itself.

    A composite too large for its pixels to be counted is counted in larger cells.
    """
    if isinstance(region, PolygonPixelRegion):
        return polygon_area(*_vertices(region))
    if not isinstance(region, CompoundPixelRegion):
        return float(region.area)
    box = box_of(region)
    shrink = min(1.0, _AREA_CELLS / max(box.nx, box.ny))
    small = region if shrink == 1.0 else scaled(region, shrink, (0.0, 0.0))
    return float(coverage(small, box_of(small)).sum()) / shrink**2


def _overlap(region: PixelRegion, box: Box, exact: int) -> NDArray[np.float64]:
    """photutils' overlap grids, on our box instead of the region's own."""
    xmin, xmax, ymin, ymax = box.edges
    x, y = float(region.center.x), float(region.center.y)
    grid = (xmin - x, xmax - x, ymin - y, ymax - y, box.nx, box.ny)
    if isinstance(region, CirclePixelRegion):
        return circular_overlap_grid(*grid, float(region.radius), exact, 1)
    angle = float(region.angle.to_value("rad"))
    width, height = float(region.width), float(region.height)
    if isinstance(region, EllipsePixelRegion):
        return elliptical_overlap_grid(*grid, width / 2, height / 2, angle, exact, 1)
    return rectangular_overlap_grid(*grid, width, height, angle, exact, 1)


def _corners(region: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    angle = float(region.angle.to_value("rad"))
    # cos(90 deg) is 6e-17 in floating point; corners of unrotated boxes must stay on the pixel grid
    cos, sin = round(np.cos(angle), 15), round(np.sin(angle), 15)
    dx = np.array([-1.0, 1.0, 1.0, -1.0]) * float(region.width) / 2
    dy = np.array([-1.0, -1.0, 1.0, 1.0]) * float(region.height) / 2
    return region.center.x + dx * cos - dy * sin, region.center.y + dx * sin + dy * cos


def _vertices(region: PolygonPixelRegion) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.asarray(region.vertices.x, dtype=float), np.asarray(region.vertices.y, dtype=float)


def _polygon_coverage(xs: NDArray[np.float64], ys: NDArray[np.float64], box: Box) -> NDArray[np.float64]:
    return polygon_coverage(xs - box.edges[0], ys - box.edges[2], (box.ny, box.nx))


def _compound_coverage(region: CompoundPixelRegion, box: Box) -> NDArray[np.float64]:
    """Multilinear extension of the operator; exact wherever one part covers a pixel all or not."""
    table = _truth_table(region)
    first, second = coverage(region.region1, box), coverage(region.region2, box)
    weights = (
        table[0, 1] * (1 - first) * second + table[1, 0] * first * (1 - second) + table[1, 1] * first * second
    )
    crossing = (first > 0) & (first < 1) & (second > 0) & (second < 1)
    rows, columns = np.nonzero(crossing)
    for i in range(0, rows.size, _BLOCK):
        block = slice(i, i + _BLOCK)
        weights[rows[block], columns[block]] = _sampled(region, columns[block] + box.x0, rows[block] + box.y0)
    return weights


def _sampled(region: PixelRegion, x: NDArray[np.int_], y: NDArray[np.int_]) -> NDArray[np.float64]:
    """Coverage of single pixels by a regular grid of points in each."""
    return _samples(region, x, y).mean(axis=(1, 2))


def _samples(region: PixelRegion, x: NDArray[np.int_], y: NDArray[np.int_]) -> NDArray[np.bool_]:
    """Whether each of a grid of points in each pixel lies inside, (pixels, rows, columns)."""
    if isinstance(region, CompoundPixelRegion):
        first, second = _samples(region.region1, x, y), _samples(region.region2, x, y)
        return np.asarray(region.operator(first, second), dtype=bool)
    if isinstance(region, PolygonPixelRegion):
        return polygon_samples(*_vertices(region), x, y, _SUBPIXELS)
    offsets = (np.arange(_SUBPIXELS) + 0.5) / _SUBPIXELS - 0.5
    points = np.broadcast_arrays(x[:, None, None] + offsets, y[:, None, None] + offsets[:, None])
    return np.asarray(region.contains(PixCoord(*points)), dtype=bool)


def center_of(region: PixelRegion) -> tuple[float, float]:
    """``(x, y)`` of the region's center; of its bounding box for polygons and composites."""
    center = getattr(region, "center", None)
    if center is not None and center.isscalar:
        return float(center.x), float(center.y)
    if isinstance(region, PolygonPixelRegion):
        x, y = np.asarray(region.vertices.x), np.asarray(region.vertices.y)
        return float(x.min() + x.max()) / 2, float(y.min() + y.max()) / 2
    xmin, xmax, ymin, ymax = box_of(region).edges
    return (xmin + xmax) / 2, (ymin + ymax) / 2


def in_words(region: PixelRegion) -> str:
    """What a message calls a region that has no label: ``circle at (49.5, 40)``, 0-based (x, y)."""
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(region).__name__.removesuffix("PixelRegion")).lower()
    x, y = center_of(region)
    return f"{kind} at ({x:g}, {y:g})"


def half_size(region: PixelRegion) -> float:
    """Radius, larger semi-axis or half of the longer side [pix]; half-diagonal of the box otherwise."""
    parts = parts_of(region)
    if parts is not None:
        return half_size(parts[1])
    if isinstance(region, CirclePixelRegion):
        return float(region.radius)
    if isinstance(region, EllipsePixelRegion | RectanglePixelRegion):
        return max(float(region.width), float(region.height)) / 2
    box = box_of(region)
    return float(np.hypot(box.nx, box.ny)) / 2


def scaled(region: PixelRegion, factor: float, center: tuple[float, float]) -> PixelRegion:
    """``region`` times ``factor``, its center moved to ``center`` (x, y)."""
    old = center_of(region)

    def move(point: PixCoord) -> PixCoord:
        return PixCoord(center[0] + (point.x - old[0]) * factor, center[1] + (point.y - old[1]) * factor)

    def resize(part: PixelRegion) -> PixelRegion:
        if isinstance(part, CompoundPixelRegion):
            return CompoundPixelRegion(resize(part.region1), resize(part.region2), part.operator)
        if isinstance(part, PolygonPixelRegion):
            return PolygonPixelRegion(move(part.vertices))
        sizes = {name: getattr(part, name) for name in part._params if name not in {"center", "angle"}}
        return part.copy(center=move(part.center), **{name: size * factor for name, size in sizes.items()})

    return resize(region)
