"""Masks and label images as regions: outlines along the edges of the pixels, so nothing is lost.

The outline of a mask contains exactly the centres of its pixels, and its exact weights are 1 on them and 0
beside them. Holes and separate parts are joined by exclusive or, in a balanced tree.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np
from regions import CompoundPixelRegion, PixCoord, PolygonPixelRegion
from scipy import ndimage

from imviz.errors import InputError

if TYPE_CHECKING:
    from regions import PixelRegion

__all__ = ["from_labels", "from_mask"]

MOST_RINGS = 10_000
# a step along an edge with the mask on its left: from a corner (row, column) in a direction
STEPS = np.array([(0, 1), (1, 0), (0, -1), (-1, 0)])


def from_mask(mask: Any, origin: tuple[int, int] = (0, 0)) -> PixelRegion:
    """The outline of the true pixels of a 2-D mask.

    Parameters
    ----------
    mask : array of bool
        The mask.
    origin : (int, int)
        Row and column of its first pixel on the image.

    Raises
    ------
    InputError
        If it is not 2-D, has no true pixel, or falls into too many pieces.
    """
    mask = np.asarray(mask, dtype=bool)
    if mask.ndim != 2 or not mask.any():
        raise InputError(f"A mask must be 2-D with a true pixel at least; this one is {mask.shape}.")
    rings = [PolygonPixelRegion(PixCoord(x + origin[1], y + origin[0])) for x, y in _rings(mask)]
    if len(rings) > MOST_RINGS:
        raise InputError(f"The mask falls into {len(rings)} pieces; smooth or label it first.")
    return _balanced(rings)


def from_labels(labels: Any) -> list[PixelRegion]:
    """The outline of each label of a label image, in the order of the labels; 0 is the background."""
    labels = np.asarray(labels)
    if labels.ndim != 2 or labels.dtype.kind not in "iu":
        raise InputError("A label image must be 2-D and of whole numbers; 0 is the background.")
    found = []
    values = np.unique(labels[labels > 0])
    if not values.size:
        raise InputError("The label image has no label above 0, which is the background.")
    ranks = np.searchsorted(values, labels) + 1
    ranks[labels <= 0] = 0
    for rank, box in enumerate(ndimage.find_objects(ranks), 1):
        found.append(from_mask(ranks[box] == rank, (box[0].start, box[1].start)))
    return found


def _balanced(rings: list[PolygonPixelRegion]) -> PixelRegion:
    if len(rings) == 1:
        return rings[0]
    half = len(rings) // 2
    return CompoundPixelRegion(_balanced(rings[:half]), _balanced(rings[half:]), operator.xor)


def _rings(mask: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """The closed lines along the edges of a mask: x and y of their corners, in pixels."""
    padded = np.pad(mask, 1)
    starts: dict[tuple[int, int], list[int]] = {}
    # the edge below a pixel runs right, that right of it up, that above it left, that left of it down
    for direction, (dy, dx, oy, ox) in enumerate([(-1, 0, 0, 0), (0, 1, 0, 1), (1, 0, 1, 1), (0, -1, 1, 0)]):
        beside = np.roll(padded, (-dy, -dx), (0, 1))
        for row, column in np.argwhere(padded & ~beside):
            starts.setdefault((int(row) + oy, int(column) + ox), []).append(direction)
    rings = []
    while starts:
        corner = next(iter(starts))
        rings.append(_ring(starts, corner))
    return [(ring[:, 1] - 1.5, ring[:, 0] - 1.5) for ring in rings]


def _ring(starts: dict[tuple[int, int], list[int]], first: tuple[int, int]) -> np.ndarray:
    """Follow the edges from a corner until it comes again, leaving out corners on a straight line."""
    corner, before, corners = first, -1, []
    while True:
        ways = starts[corner]
        # where two pixels touch at a corner only, turn left: the parts stay apart
        way = ways[0] if len(ways) == 1 or before < 0 else next(w for w in ways if w == (before + 1) % 4)
        ways.remove(way)
        if not ways:
            del starts[corner]
        if way != before:
            corners.append(corner)
        corner = (int(corner[0] + STEPS[way][0]), int(corner[1] + STEPS[way][1]))
        before = way
        if corner == first:
            return np.array(corners, dtype=float)
