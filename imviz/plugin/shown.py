"""What a plugin shows besides its fields: shapes on the image, plots, long tables. Plain records only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from regions import PixelRegion

__all__ = ["Guide", "Pages", "Plot", "Series"]


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
    """Points or a line of a plot: ``x`` and ``y`` (and optionally ``err``) of one length."""

    x: np.ndarray
    y: np.ndarray
    kind: str = "scatter"
    label: str = ""
    err: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """A small plot of a result: what to draw, in words and numbers."""

    series: tuple[Series, ...]
    x_label: str
    y_label: str
    title: str


class Pages(Protocol):
    """A table too long to send at once: its columns, its length, and any run of rows as text."""

    columns: Sequence[str]
    n_rows: int

    def rows(self, start: int, stop: int) -> list[dict[str, str]]:
        """Rows ``start`` to ``stop`` (excluded), each a text per column."""
