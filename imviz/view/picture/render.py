"""The picture of a view without a browser: the same pyramid, looks and placement, drawn by numpy.

For files, for tests, and for the still picture in a saved notebook. Cost follows the picture's size.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from imviz.errors import InputError, ReadError
from imviz.view.comparison import Share
from imviz.view.picture.mesh import positions
from imviz.view.picture.pyramid import FINE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.science.display.look import Look
    from imviz.view.limits import Limits
    from imviz.view.picture.pyramid import Pyramid
    from imviz.view.view import View

    Floats = NDArray[np.floating[Any]]

__all__ = ["png", "render"]

BACKGROUND = 0.0
MOST = 20_000  # rows or columns of a picture


def render(
    view: View,
    limits: Limits | None = None,
    shape: tuple[int, int] | None = None,
    *,
    exact: bool = True,
) -> NDArray[np.uint8]:
    """What a view shows of its images.

    Parameters
    ----------
    view : View
        Need not be displayed.
    limits : Limits, optional
        The rectangle to draw, in the view's pixels. Default: what it shows, grown to fit `shape`.
    shape : (int, int), optional
        Rows and columns of the picture. Default: the viewer's on the screen, or 600 × 800.
    exact : bool
        Whether each pixel of the picture is the mean of all pixels of the image under it. Else what is not
        at hand is estimated from one row in each block: quick for images of any size.

    Returns
    -------
    ndarray
        RGB, uint8, shape (rows, columns, 3), the first row at the top.

    Raises
    ------
    InputError
        For a shape that no picture can have.
    """
    shape = shape or view.frame.window
    if not all(isinstance(n, int | np.integer) and 1 <= n <= MOST for n in shape):
        raise InputError(f"A picture is 1 to {MOST} pixels high and wide, not {shape!r}.")
    canvas = np.full((*shape, 3), BACKGROUND)
    limits = limits or view.limits
    if limits is not None:
        limits = limits.squared(shape)
        looks = {state.layer.label: (state, state.look) for state in view.layers_shown.states}
        visible = [Share(label) for label, (_, one) in looks.items() if one.visible]
        for share in view.comparison.shares() or visible:
            state, one = looks[share.label]
            if share.opacity is not None:
                one = replace(one, opacity=share.opacity, blend="normal")
            if one.opacity > 0:
                try:
                    values = _values(view, state, one, (limits, shape), exact=exact)
                except ReadError as error:
                    view.frame.say(str(error))
                    continue
                columns = slice(*(round(edge * shape[1]) for edge in share.between))
                _paint(canvas[:, columns], values[:, columns], one)
    return np.ascontiguousarray((np.clip(canvas, 0, 255) + 0.5).astype(np.uint8)[::-1])


def png(picture: NDArray[np.uint8]) -> bytes:
    """A picture as a PNG file."""
    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def _values(
    view: View, state: Any, one: Look, frame: tuple[Limits, tuple[int, int]], *, exact: bool
) -> Floats:
    """The layer's values at the picture's pixel centres, first row at the bottom; NaN outside the image."""
    limits, shape = frame
    half_x, half_y = limits.width / shape[1] / 2, limits.height / shape[0] / 2
    y_axis = limits.y_min + half_y, limits.y_max - half_y, shape[0]
    x_axis = limits.x_min + half_x, limits.x_max - half_x, shape[1]
    pyramid = view.picture.pyramid(state.layer)
    transform = view.frame.transform_to(state.layer)
    if transform is None:
        x, y = (np.linspace(*axis) for axis in (x_axis, y_axis))
        level = _level(pyramid, 2 * half_x, exact=exact)
        return _sample_grid(pyramid, x, y, level, smooth=one.interpolation == "smooth")
    x, y = positions(y_axis, x_axis, transform)
    level = _level(pyramid, _spacing(x, y), exact=exact)
    return _sample(pyramid, x, y, level, smooth=one.interpolation == "smooth")


def _level(pyramid: Pyramid, per_pixel: float, *, exact: bool) -> int:
    """The level whose pixels are nearest in size to the picture's, made if it is to be exact."""
    level = int(np.clip(np.rint(np.log2(max(per_pixel, 1e-9))), 0, pyramid.n_levels - 1))
    if exact and level > FINE:
        for _ in pyramid.make_overview():
            pass
    return level


def _spacing(x: Floats, y: Floats) -> float:
    """How far apart neighbouring samples typically are on the image."""
    steps = np.hypot(np.diff(x, axis=1), np.diff(y, axis=1))
    steps = steps[np.isfinite(steps)]
    return float(np.median(steps)) if steps.size else 1.0


def _sample_grid(pyramid: Pyramid, x: Floats, y: Floats, level: int, *, smooth: bool) -> Floats:
    """The values on a grid with axes ``x`` and ``y`` in the image's pixels."""
    if smooth:
        return _sample(pyramid, *np.meshgrid(x, y), level, smooth=True)
    values = np.full((y.size, x.size), np.nan)
    n_rows, n_columns = pyramid.shape
    inside_x = (x >= -0.5) & (x < n_columns - 0.5)
    inside_y = (y >= -0.5) & (y < n_rows - 0.5)
    if inside_x.any() and inside_y.any():
        columns, rows = (np.floor(axis + 0.5).astype(np.intp) >> level for axis in (x[inside_x], y[inside_y]))
        piece = pyramid.piece(level, (rows.min(), rows.max() + 1), (columns.min(), columns.max() + 1))
        found = piece.values[rows - rows.min()][:, columns - columns.min()]
        values[np.ix_(inside_y, inside_x)] = found
    return values


def _sample(pyramid: Pyramid, x: Floats, y: Floats, level: int, *, smooth: bool) -> Floats:
    """The values at any positions in the image's pixels."""
    values = np.full(x.shape, np.nan)
    n_rows, n_columns = pyramid.shape
    inside = (x >= -0.5) & (x < n_columns - 0.5) & (y >= -0.5) & (y < n_rows - 0.5)
    if not inside.any():
        return values
    shape, step = pyramid.level_shape(level), 1 << level
    # positions in the level's own pixels, whose centres are at whole numbers
    u, v = ((axis[inside] + 0.5) / step - 0.5 for axis in (x, y))
    room = 1 if smooth else 0
    first = [int(np.floor(axis.min() + 0.5)) - room for axis in (v, u)]
    last = [int(np.floor(axis.max() + 0.5)) + 1 + room for axis in (v, u)]
    rows, columns = ((max(a, 0), min(b, n)) for a, b, n in zip(first, last, shape, strict=True))
    piece = pyramid.piece(level, rows, columns).values
    v, u = v - rows[0], u - columns[0]
    values[inside] = _linear(piece, v, u) if smooth else _nearest(piece, v, u)
    return values


def _nearest(piece: Floats, v: Floats, u: Floats) -> Floats:
    row, column = (
        np.clip(np.floor(axis + 0.5).astype(np.intp), 0, n - 1)
        for axis, n in zip((v, u), piece.shape, strict=True)
    )
    return piece[row, column]


def _linear(piece: Floats, v: Floats, u: Floats) -> Floats:
    """Between the four nearest; where one of them has no value, the nearest."""
    v, u = (np.clip(axis, 0, n - 1) for axis, n in zip((v, u), piece.shape, strict=True))
    row, column = (
        np.minimum(axis.astype(np.intp), max(n - 2, 0)) for axis, n in zip((v, u), piece.shape, strict=True)
    )
    above, right = (np.minimum(i + 1, n - 1) for i, n in zip((row, column), piece.shape, strict=True))
    dv, du = v - row, u - column
    found: Floats = (piece[row, column] * (1 - du) + piece[row, right] * du) * (1 - dv)
    found = found + (piece[above, column] * (1 - du) + piece[above, right] * du) * dv
    holes = ~np.isfinite(found)
    if holes.any():
        found[holes] = _nearest(piece, v[holes], u[holes])
    return found


def _paint(canvas: NDArray[np.float64], values: Floats, one: Look) -> None:
    """Lay one layer over what is on the canvas."""
    missing = np.isnan(values)
    colours = one.colours(values).astype(float)
    cover = np.full(values.shape, one.opacity)
    if one.nan_color is None:
        cover[missing] = 0
    else:
        colours[missing] = 255 * np.asarray(one.nan_color[:3])
        cover[missing] *= one.nan_color[3]
    cover = cover[..., np.newaxis]
    if one.blend == "add":
        np.minimum(canvas + colours * cover, 255, out=canvas)
    else:
        canvas *= 1 - cover
        canvas += colours * cover
