"""What a circle, an ellipse, a rectangle or an annulus becomes under a linear map: the pixels' local shape.

Where pixels are square, a shape stays what it is, scaled and turned. Where they are not (two scales, a shear,
a projection far from its center) a circle is an ellipse and a rectangle a parallelogram; both are found here,
exactly, as numbers. Positions, and regions as objects, are `imviz.science.sky.through_sky`'s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

__all__ = ["Form", "keeps_shapes", "mapped"]

SQUARE = 1.005
"""Ratio of a map's two scales up to which it keeps shapes: a circle's outline is then right to 0.25 %."""
_SKEW = 1e-3  # cosine between mapped sides up to which a rectangle stays one
_SAME = 1e-6  # relative; rounding of an ellipse that has become a circle


@dataclass(frozen=True, slots=True)
class Form:
    """A shape without its place.

    ``kind`` is the first word of the region's class, as ``Circle`` or ``EllipseAnnulus``; ``sizes`` are its
    full widths and heights, outermost first (a circle's: its diameter twice); ``angle`` in radians.
    """

    kind: str
    sizes: tuple[tuple[float, float], ...]
    angle: float = 0.0


def keeps_shapes(matrix: Matrix) -> bool:
    """Whether a map scales alike in all directions, to `SQUARE`."""
    a, b, c, d = matrix.ravel().tolist()
    # the ratio of the scales and its inverse add up to this
    return a * a + b * b + c * c + d * d <= (SQUARE + 1 / SQUARE) * abs(a * d - b * c)


def mapped(form: Form, matrix: Matrix) -> Form | None:
    """A shape after a linear map of the plane; `None` for what is then no region of one piece.

    Parameters
    ----------
    form : Form
        Before.
    matrix : ndarray
        The map, (2, 2), not singular.

    Returns
    -------
    Form or None
        Of the same area times the map's determinant. A rectangle that is sheared is `None`, and so is an
        annulus whose two ellipses no longer have the same angle.
    """
    if keeps_shapes(matrix):
        return _scaled(form, matrix)
    if form.kind.startswith("Rectangle"):
        return _rectangle(form, matrix)
    found = [_ellipse(size, form.angle, matrix) for size in form.sizes]
    sizes, angle = tuple(size for size, _ in found), found[0][1]
    if any(abs(math.sin(other - angle)) > _SKEW and abs(a - b) > _SKEW * a for (a, b), other in found[1:]):
        return None
    is_round = all(abs(a - b) <= _SAME * a for a, b in sizes)
    kind = form.kind.replace("Ellipse", "Circle") if is_round else form.kind.replace("Circle", "Ellipse")
    return Form(kind, sizes, angle)


def _scaled(form: Form, matrix: Matrix) -> Form:
    a, b, c, d = matrix.ravel().tolist()
    scale = math.sqrt(abs(a * d - b * c))
    x, y = math.cos(form.angle), math.sin(form.angle)
    sizes = tuple((width * scale, height * scale) for width, height in form.sizes)
    return replace(form, sizes=sizes, angle=math.atan2(c * x + d * y, a * x + b * y))


def _turned(angle: float) -> Matrix:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s], [s, c]])


def _ellipse(size: tuple[float, float], angle: float, matrix: Matrix) -> tuple[tuple[float, float], float]:
    """Full axes and angle of an ellipse's image; the width's axis is the one nearer to where it was sent."""
    axes = matrix @ _turned(angle)
    directions, lengths, _ = np.linalg.svd(axes * np.array(size))
    along = directions.T @ (axes[:, 0] / np.hypot(*axes[:, 0]))
    first = 0 if size[0] == size[1] else int(np.argmax(np.abs(along)))
    x, y = directions[:, first] * (-1 if along[first] < 0 else 1)
    return (float(lengths[first]), float(lengths[1 - first])), math.atan2(y, x)


def _rectangle(form: Form, matrix: Matrix) -> Form | None:
    (xa, xb), (ya, yb) = (matrix @ _turned(form.angle)).tolist()
    along, up = math.hypot(xa, ya), math.hypot(xb, yb)
    if abs(xa * xb + ya * yb) > _SKEW * along * up:
        return None
    even = math.sqrt(abs(xa * yb - xb * ya) / (along * up))  # the area stays right
    sizes = tuple((width * along * even, height * up * even) for width, height in form.sizes)
    return Form(form.kind, sizes, math.atan2(ya, xa))
