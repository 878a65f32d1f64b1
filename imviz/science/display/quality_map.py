"""Quality flags as colours: which flag each pixel of a view shows, from the piece that is looked at.

A view pixel that covers many pixels of the image shows a flag if any of them has it, up to `MOST` pixels;
beyond that it shows the pixel in its middle. A pixel with several of the flags wanted shows the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import hsv_to_rgb, to_hex, to_rgb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["MOST", "coloured", "flag_colours", "flags_at", "flags_between"]

MOST = 16_000_000  # pixels of the quality image read for one view


def flag_colours(names: Sequence[str]) -> dict[str, str]:
    """A colour for each flag, neighbours far apart, always the same for the same flags."""
    hues = (0.02 + 0.618033988749895 * np.arange(len(names))) % 1.0
    value = np.where(np.arange(len(names)) % 2, 0.85, 1.0)
    colours = hsv_to_rgb(np.stack([hues, np.full(len(names), 0.85), value], axis=-1).reshape(-1, 3))
    return {name: to_hex(colour) for name, colour in zip(names, colours, strict=True)}


def flags_between(
    values: Any, x_edges: NDArray[Any], y_edges: NDArray[Any], *, combine: bool = True
) -> NDArray[np.int64]:
    """The flags in each cell of a grid over a quality image, 0 outside it.

    Parameters
    ----------
    values : array_like
        The quality image; only what the grid covers is read.
    x_edges, y_edges : ndarray
        Rising, in its pixels (pixel n spans n - 0.5 to n + 0.5).
    combine : bool
        Whether the flags of all pixels whose centres lie in a cell are joined; codes are not to be.

    Returns
    -------
    ndarray
        Shape (len(y_edges) - 1, len(x_edges) - 1), the lowest row first.
    """
    found = np.zeros((len(y_edges) - 1, len(x_edges) - 1), dtype=np.int64)
    spans = [_span(edges, n) for edges, n in zip((y_edges, x_edges), values.shape, strict=True)]
    n_rows, n_columns = (last - first + 1 for first, last in spans)
    if n_rows < 1 or n_columns < 1:
        return found
    steps = [(edges[-1] - edges[0]) / (len(edges) - 1) for edges in (y_edges, x_edges)]
    many = n_rows * n_columns > MOST
    if many or not combine or max(steps) <= 1:
        return _middles(
            values, spans, (y_edges, x_edges), [max(1, int(step)) if many else 1 for step in steps]
        )
    (y0, y1), (x0, x1) = spans
    piece = _whole_numbers(values[y0 : y1 + 1, x0 : x1 + 1])
    cells = []
    for axis, (edges, (first, last)) in enumerate(zip((y_edges, x_edges), spans, strict=True)):
        of_pixel = np.searchsorted(edges, np.arange(first, last + 1), "right") - 1
        of_pixel = np.clip(of_pixel, 0, len(edges) - 2)
        cell, starts = np.unique(of_pixel, return_index=True)
        piece = np.bitwise_or.reduceat(piece, starts, axis=axis)
        cells.append(cell)
    found[np.ix_(*cells)] = piece
    return found


def _span(edges: NDArray[Any], n: int) -> tuple[int, int]:
    """The first and last pixel of an axis that a grid covers."""
    return max(int(np.floor(edges[0] + 0.5)), 0), min(int(np.ceil(edges[-1] + 0.5)) - 1, n - 1)


def _middles(values: Any, spans: Any, edges: Any, steps: list[int]) -> NDArray[np.int64]:
    """The flags of the pixel in the middle of each cell, to within a step."""
    places, inside = [], []
    for one, (first, last), step in zip(edges, spans, steps, strict=True):
        middle = np.floor((one[:-1] + one[1:]) / 2 + 0.5).astype(int)
        here = np.flatnonzero((middle >= first) & (middle <= last))
        inside.append(here)
        places.append((middle[here] - first) // step)
    (y0, y1), (x0, x1) = spans
    piece = _whole_numbers(values[y0 : y1 + 1 : steps[0], x0 : x1 + 1 : steps[1]])
    found = np.zeros(tuple(len(one) - 1 for one in edges), dtype=np.int64)
    found[np.ix_(*inside)] = piece[np.ix_(*places)]
    return found


def flags_at(values: Any, x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.int64]:
    """The flags at positions of any shape, 0 outside the image; only the box that holds them is read."""
    rows, columns = values.shape
    known = np.isfinite(x) & np.isfinite(y)
    column = np.where(known, np.floor(np.where(known, x, 0) + 0.5), -1).astype(int)
    row = np.where(known, np.floor(np.where(known, y, 0) + 0.5), -1).astype(int)
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    found = np.zeros(x.shape, dtype=np.int64)
    if not inside.any():
        return found
    x0, y0 = column[inside].min(), row[inside].min()
    wide, tall = column[inside].max() - x0 + 1, row[inside].max() - y0 + 1
    step = max(1, int(np.sqrt(wide * tall / MOST)))
    piece = _whole_numbers(values[y0 : y0 + tall : step, x0 : x0 + wide : step])
    found[inside] = piece[(row[inside] - y0) // step, (column[inside] - x0) // step]
    return found


def coloured(
    flags: NDArray[np.int64], shown: Mapping[str, int], colours: Mapping[str, str], *, codes: bool = False
) -> NDArray[np.uint8]:
    """RGBA, shape (..., 4); see-through where no flag of `shown` (name to value) is set."""
    picture = np.zeros((*flags.shape, 4), dtype=np.uint8)
    for name, value in reversed(list(shown.items())):  # the first is painted last
        here = flags == value if codes else (flags & value) != 0
        picture[here] = (*(np.array(to_rgb(colours[name])) * 255).round().astype(int), 255)
    return picture


def _whole_numbers(values: Any) -> NDArray[np.int64]:
    found = np.asarray(values)
    if found.dtype.kind == "f":
        found = np.nan_to_num(found)
    return found.astype(np.int64)
