"""What a plugin shows besides its fields: shapes on the image, plots, long tables. Plain records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    import numpy as np
    from regions import PixelRegion

__all__ = ["Guide", "Histogram", "Pages", "Plot", "Series"]


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


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Points or a line of a plot: ``x`` and ``y`` (and optionally ``err``) of one length.

    ``kind`` is 'scatter' for points, 'doubt' for points not to be relied on, 'line' for a dashed curve that
    describes them, 'trace' for a solid line that breaks at NaN.
    """

    x: np.ndarray
    y: np.ndarray
    kind: str = "scatter"
    label: str = ""
    err: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """A small plot of a result: what to draw, in words and numbers; ``marks`` are named places on x."""

    series: tuple[Series, ...]
    x_label: str
    y_label: str
    title: str
    marks: tuple[tuple[str, float], ...] = ()

    def export(self, filename: str | PathLike[str], overwrite: bool = False) -> None:
        """Draw it to a PNG, SVG or PDF file, as its ending tells."""
        from imviz.plugin.figure import write_plot

        write_plot(self, filename, overwrite=overwrite)


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
