"""A layer as the browser knows it: its number, its coding, and what it is told of the look. No pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.view.picture.codes import STEP
from imviz.view.picture.pyramid import FINE
from imviz.view.picture.tiles import DROPPED, TILE

if TYPE_CHECKING:
    from imviz.science.display.look import Look
    from imviz.view.layer_state import LayerState
    from imviz.view.picture.codes import Coding
    from imviz.view.picture.pyramid import Pyramid

__all__ = ["Served", "described", "map_name"]


class Served:
    """What the browser knows of one layer."""

    def __init__(self, number: int, state: LayerState, pyramid: Pyramid, coding: Coding) -> None:
        self.id, self.state, self.pyramid, self.coding = number, state, pyramid, coding
        self.version = 0
        self.estimated = False  # whether the browser has tiles that are not exact
        self.packed = False  # whether it has tiles whose codes are cut short
        self.refining = False

    def fits(self, low: float, high: float) -> bool:
        """Whether the tiles that the browser has do for some cuts."""
        return self.coding.fits(low, high, DROPPED if self.packed else 0)

    def recode(self, coding: Coding) -> None:
        """Send other codes: the tiles there are, are of no use any more."""
        self.coding, self.version, self.packed = coding, self.version + 1, False


def described(served: Served, one: Look) -> dict[str, Any]:
    """A layer for the browser: what is needed to ask for its tiles and to colour them."""
    n_rows, n_columns = served.pyramid.shape
    return {
        "id": served.id,
        "label": served.state.layer.label,
        "version": served.version,
        "rows": n_rows,
        "columns": n_columns,
        "levels": served.pyramid.n_levels,
        "tile": TILE,
        "fine": FINE,
        "coding": [served.coding.center, served.coding.scale, STEP],
        "table": map_name(one),
        **one.message(),
    }


def map_name(one: Look) -> str:
    """A name for a table of colours: the same for the same colours."""
    return f"{np.frombuffer(one.table.tobytes(), dtype='<u4').astype(np.uint64).dot(_WEIGHTS):x}"


_WEIGHTS = (np.arange(1, 193, dtype=np.uint64) * np.uint64(2654435761)) | np.uint64(1)
