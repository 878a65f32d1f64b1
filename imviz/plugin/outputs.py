"""What a plugin shows besides its fields: shapes on the image, histograms, long tables; records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regions import PixelRegion

__all__ = ["Guide", "Histogram", "Pages"]


@dataclass(frozen=True, slots=True)
class Guide:
    """A shape a plugin wants to see on the image, drawn but not editable.

    Attributes
    ----------
    image : str
        Label of the image whose pixels the region is in.
    region : PixelRegion
        The shape.
    style : {'aperture', 'background'}
        What it stands for, which gives its colour.
    """

    image: str
    region: PixelRegion
    style: str


class Pages(Protocol):
    """A table too long to send at once: its columns, its length, and any run of rows as text.

    Rows that can be selected have ``selected`` (numbers of rows), ``choose(row, more)`` and ``focus`` (a row
    to bring to view, or None); those that can be sorted ``sort(column)``, ``sorted_by`` and ``descending``.
    """

    columns: Sequence[str]
    n_rows: int

    def rows(self, start: int, stop: int) -> list[dict[str, str]]:
        """Rows ``start`` to ``stop`` (excluded), each a text per column."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often values occur, between which cuts they are shown, and how.

    What the hand changes comes back by the plugin's method ``drag_<name of the field>``, with ``cuts`` or
    with ``knots``.

    Attributes
    ----------
    counts : tuple of int
        Numbers of values in bins of equal width.
    span : (float, float)
        Values at the left edge of the first bin and the right edge of the last.
    cuts : (float, float)
        Values shown darkest and brightest; may be outside the span.
    curve : tuple of (float, float)
        Brightness (0 to 1) at levels between the cuts (0 to 1), in order; empty: not drawn.
    knots : tuple of (float, float)
        The points of the curve that can be dragged, likewise.
    colors : tuple of str
        Colours at even levels from the lower to the upper cut, as "#ff0000".
    log : bool
        Whether the counts are drawn logarithmically.
    unit : str
        Of the values.
    """

    counts: tuple[int, ...]
    span: tuple[float, float]
    cuts: tuple[float, float]
    curve: tuple[tuple[float, float], ...] = ()
    knots: tuple[tuple[float, float], ...] = ()
    colors: tuple[str, ...] = ("#000000", "#ffffff")
    log: bool = False
    unit: str = ""
