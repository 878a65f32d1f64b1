"""Tiles: the squares that an image's levels are sent in, as codes, with a rim of the neighbours' pixels.

The rim (one pixel, where there is a neighbour) lets tiles be drawn a little larger than they are, so that
no seam shows between two of them, and smooth interpolation is right up to their edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imviz.view.picture.link import packed

if TYPE_CHECKING:
    from imviz.view.picture.codes import Coding
    from imviz.view.picture.pyramid import Pyramid

__all__ = ["DROPPED", "TILE", "Tile", "encode_tile"]

TILE = 96
"""Pixels along the side of a tile, its rim not counted: small, so that few come of which a corner is seen."""

DROPPED = 2
"""Bits of each code that a packed tile goes without."""


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A tile ready to be sent: what it is, its codes row by row from the bottom, whether it is exact.

    Those of a packed tile are a zlib stream (`link.packed`).
    """

    header: dict[str, Any]
    codes: bytes
    exact: bool


def encode_tile(
    pyramid: Pyramid, coding: Coding, place: tuple[int, int, int], *, pack: bool = False
) -> Tile | None:
    """The tile at (level, row, column), packed or not, or None where the image has none."""
    level, row, column = place
    if not 0 <= level < pyramid.n_levels:
        return None
    n_rows, n_columns = pyramid.level_shape(level)
    y0, x0 = row * TILE, column * TILE
    if not (0 <= y0 < n_rows and 0 <= x0 < n_columns):
        return None
    y1, x1 = min(y0 + TILE, n_rows), min(x0 + TILE, n_columns)
    rim_x, rim_y = int(x0 > 0), int(y0 > 0)
    piece = pyramid.piece(level, (y0 - rim_y, min(y1 + 1, n_rows)), (x0 - rim_x, min(x1 + 1, n_columns)))
    height, width = piece.values.shape
    header = {
        "level": level,
        "row": row,
        "column": column,
        "width": width,
        "height": height,
        "rim": [rim_x, rim_y],
        "exact": piece.exact,
        "packed": pack,
    }
    codes = coding.encode(piece.values, DROPPED if pack else 0)
    return Tile(header, packed(codes) if pack else codes.tobytes(), piece.exact)
