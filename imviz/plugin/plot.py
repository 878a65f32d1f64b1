"""A small plot of a result: what to draw, in words and numbers, and its drawing in a file by matplotlib.

How it is shown in the window is the shell's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from imviz.errors import InputError
from imviz.plugin.figure import DPI, PICTURES, save
from imviz.science.safe_files import writing

if TYPE_CHECKING:
    from os import PathLike

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Plot", "Series", "draw_plot", "write_plot"]

TRACES = ("#3f6f9f", "#c8711f", "#3b8a52", "#8d55a8", "#a5841a", "#b5453f")


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
        write_plot(self, filename, overwrite=overwrite)


def write_plot(plot: Plot, path: str | PathLike[str], *, overwrite: bool = False) -> None:
    """Draw a plot to a file whose ending tells the format.

    Raises
    ------
    InputError
        If the ending is none of `PICTURES`.
    FileExistsError
        If the file is there and may not be replaced.
    """
    kind = Path(path).suffix.lower().lstrip(".")
    if kind not in PICTURES:
        raise InputError(f"{str(path)[:120]!r} must end in one of: .{', .'.join(PICTURES)}.")
    with writing(Path(path), overwrite=overwrite) as temporary:
        save(draw_plot(plot), temporary, kind)


def draw_plot(plot: Plot) -> Figure:
    """A plugin's plot, 640 × 420 pixels, dark ink on white."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.2), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    for n, series in enumerate(plot.series):
        _series(axes, series, TRACES[n % len(TRACES)])
    axes.set(xlabel=plot.x_label, ylabel=plot.y_label, title=plot.title)
    if sum(bool(series.label) for series in plot.series) > 1:
        axes.legend(fontsize="small")
    return figure


def _series(axes: Axes, series: Series, color: str) -> None:
    x, y = np.asarray(series.x, dtype=float), np.asarray(series.y, dtype=float)
    err = None if series.err is None else np.nan_to_num(np.asarray(series.err, dtype=float))
    label = series.label or None
    if series.kind in ("scatter", "doubt"):
        fill = "none" if series.kind == "doubt" else "full"
        axes.errorbar(x, y, err, fmt=".", fillstyle=fill, color=color, elinewidth=0.8, label=label)
        return
    if err is not None:
        axes.fill_between(x, y - err, y + err, color=color, alpha=0.25, linewidth=0)
    axes.plot(x, y, "--" if series.kind == "line" else "-", color=color, linewidth=1.3, label=label)
