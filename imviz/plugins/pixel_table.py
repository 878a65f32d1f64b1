"""The pixels around a position as a table of their exact values, under the cursor or where it was put.

The values are those of the image, never of the picture; the few pixels are all that is read. The magnifier
beside the cursor is the viewers' own (`legends.magnification`), switched on and off here.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from echo import CallbackProperty, delay_callback

from imviz.errors import InputError
from imviz.plugin import Choice, Number, Plugin, Viewers
from imviz.science.display.digits import exact
from imviz.science.photometry.apertures import Box

if TYPE_CHECKING:
    from astropy.nddata import NDData

    from imviz.session import Session

__all__ = ["PixelTable"]

SIZES = ("3", "5", "7", "9", "11", "15")
LENSES = {"Off": 0.0, "2×": 2.0, "4×": 4.0, "8×": 8.0, "16×": 16.0}


class PixelTable(Plugin):
    """Read pixels one by one."""

    name = "Pixel Table"
    icon = "mdi-eyedropper-variant"
    dataset = Choice(of="images", doc="The image that is read.")
    x = Number(doc="Column in the middle.")
    y = Number(doc="Row in the middle.")
    size = Choice(SIZES, doc="How many pixels each way.")
    follow_cursor = CallbackProperty(True, docstring="Whether the table follows the cursor.")
    magnifier = Choice(list(LENSES), doc="How many times the magnifier beside the cursor enlarges.")
    columns = CallbackProperty((), docstring="The columns shown.")
    lines = CallbackProperty((), docstring="(row number, texts, which are bad) from the top down.")
    unit = CallbackProperty("", docstring="The image's unit.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self.size = "5"
        session.add_callback("revision", self._show)
        self._viewers.watch("controls.cursor", self._on_cursor)
        self._viewers.add_callback("names", self._magnify)
        for name in ("dataset", "x", "y", "size", "active"):
            self.add_callback(name, self._show)
        self.add_callback("magnifier", self._magnify)
        self._magnify()

    def read(
        self,
        x: float | None = None,
        y: float | None = None,
        size: int | None = None,
        image: str | None = None,
    ) -> Any:
        """The values around a position.

        Parameters
        ----------
        x, y : float, optional
            In the image's pixels. Default: where the table is.
        size : int, optional
            How many pixels each way, odd.
        image : str, optional
            Default: the image the table is of.

        Returns
        -------
        ndarray or Quantity
            Shape (size, size), the lowest row first; NaN (0 in whole numbers) outside the image.
        """
        label = str(self.dataset) if image is None else image
        if not label:
            raise InputError("There is no image to read; load one first.")
        x, y = self.x if x is None else x, self.y if y is None else y
        size = int(str(self.size)) if size is None else int(size)
        if x is None or y is None or not (np.isfinite(x) and np.isfinite(y)):
            raise InputError("Give x and y, or move the cursor over a picture.")
        if not (1 <= size <= 101 and size % 2):
            raise InputError(f"The table is {size} pixels wide; it must be odd, 1 to 101.")
        data = self._session.image(label)
        values, _, _ = _around(data, floor(x + 0.5), floor(y + 0.5), size)
        return values if data.unit is None else u.Quantity(values, data.unit, copy=False, subok=True)

    def _on_cursor(self, name: str, readout: Any) -> None:
        if readout is None or not (self.active and self.follow_cursor) or name not in self._viewers:
            return
        with delay_callback(self, "dataset", "x", "y"):
            if readout.image in self._session.images:
                self.dataset = readout.image
            self.x, self.y = float(floor(readout.x + 0.5)), float(floor(readout.y + 0.5))

    def _magnify(self, *_: Any) -> None:
        for name in self._viewers:
            self._viewers[name].legends.magnification = LENSES[str(self.magnifier)]

    def _show(self, *_: Any) -> None:
        """Read the pixels, while the panel is open."""
        if not self.active or self.x is None or self.y is None or not self.dataset:
            return
        image = self._session.image(str(self.dataset))
        column, row, size = floor(self.x + 0.5), floor(self.y + 0.5), int(str(self.size))
        values, inside, bad = _around(image, column, row, size)
        first = column - size // 2
        with delay_callback(self, "columns", "lines"):
            self.unit = "" if image.unit is None else str(image.unit)
            self.columns = tuple(range(first, first + size))
            self.lines = tuple(
                (
                    row - size // 2 + n,
                    tuple(exact(values[n, k]) if inside[n, k] else "" for k in range(size)),
                    tuple(bool(one) for one in bad[n]),
                )
                for n in reversed(range(size))
            )


def _around(image: NDData, column: int, row: int, size: int) -> tuple[Any, Any, Any]:
    """Values, which of them are on the image, and which are bad; each (size, size)."""
    half = size // 2
    wanted = Box(column - half, row - half, size, size)
    kind = np.dtype(image.data.dtype)
    values = np.full((size, size), np.nan if kind.kind == "f" else 0, dtype=kind.newbyteorder("="))
    inside, bad = np.zeros((size, size), dtype=bool), np.zeros((size, size), dtype=bool)
    box = wanted.clip(image.data.shape)
    if box is None:
        return values, inside, bad
    rows, columns = (
        slice(start - first, start - first + n)
        for start, first, n in ((box.y0, wanted.y0, box.ny), (box.x0, wanted.x0, box.nx))
    )
    values[rows, columns] = image.data[box.slices]
    inside[rows, columns] = True
    if image.mask is not None and np.ndim(image.mask):
        bad[rows, columns] = np.asarray(image.mask[box.slices]).astype(bool)
    return values, inside, bad
