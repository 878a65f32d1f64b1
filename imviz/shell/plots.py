"""A small plot of a plugin's result, drawn by bqplot: points, and the curve that describes them.

A `PlotView` is made once and shows one `imviz.plugin.Plot` after another, with the same axes and as
few widgets as bqplot allows. Colours are middle tones that read on white and on black; the colours of
axes and text come from the window's style sheet, so they follow the theme without the kernel.
"""

from __future__ import annotations

from itertools import cycle, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from bqplot import Axis, Figure, Label, LinearScale, Lines, Mark, Scatter

from imviz.viewer.page.lifetime import keep_weakly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from imviz.plugin import Plot, Series

__all__ = ["MAX_POINTS", "PlotView"]

POINTS, FIT = "#6d8fb3", "#d63fb4"
TRACES = ("#6d8fb3", "#e08a3c", "#4fa66a", "#b07cc6", "#c9a227", "#d0605e")
PLACE = "#e08a3c"
MAX_POINTS = 4000
"""Most points of one series that a browser draws as SVG without becoming slow; more are thinned evenly."""


class PlotView(Figure):
    """A figure that shows a `Plot`.

    Parameters
    ----------
    plot : Plot
        The first one to show.
    """

    marks: list[Mark]

    def __init__(self, plot: Plot) -> None:
        x, y = LinearScale(), LinearScale()
        axes = [
            Axis(scale=x, tick_format="~g"),
            Axis(scale=y, orientation="vertical", tick_format=".6~g"),
        ]
        super().__init__(
            axes=axes,
            scale_x=x,
            scale_y=y,
            fig_margin={"top": 26, "bottom": 40, "left": 58, "right": 10},
            background_style={"fill": "none"},
            padding_x=0.03,
            padding_y=0.06,
        )
        for axis, offset in zip(axes, ("32px", "46px"), strict=True):
            axis.label_offset = offset
        keep_weakly(self, x, y, *axes)
        self.show(plot)

    def close(self) -> None:
        """Close the figure with all that is in it."""
        for widget in (*self.marks, *self.axes, self.scale_x, self.scale_y):
            widget.close()
        super().close()

    def show(self, plot: Plot) -> None:
        """Show another plot; marks of the one before take the new values where they are of the same kind."""
        before = self.marks
        colours = cycle(TRACES)
        drawn = [
            mark
            for series in plot.series
            for mark in (_trace(series, next(colours)) if series.kind == "trace" else _marks(series))
        ]
        drawn += _places(plot)
        with self.hold_sync():
            self.title = plot.title
            if [type(mark) for mark in before] == [kind for kind, _ in drawn]:
                for mark, (_, values) in zip(before, drawn, strict=True):
                    _set(mark, values)
                before = []
            else:
                scales = {"x": self.scale_x, "y": self.scale_y}
                self.marks = [kind(scales=scales, **values) for kind, values in drawn]
                keep_weakly(*self.marks)
        for axis, label, name in zip(self.axes, (plot.x_label, plot.y_label), "xy", strict=True):
            with axis.hold_sync():
                axis.label = label
                axis.tick_values = _ticks([getattr(series, name) for series in plot.series])
        for mark in before:
            mark.close()


def _ticks(values: Sequence[ArrayLike]) -> np.ndarray:
    """A handful of round numbers over the range of some values; bqplot's own choice is crowded."""
    numbers = np.concatenate([np.ravel(np.asarray(value, dtype=float)) for value in values])
    numbers = numbers[np.isfinite(numbers)]
    low, high = (numbers.min(), numbers.max()) if numbers.size else (0.0, 1.0)
    if high <= low:
        return np.array([low])
    rough = (high - low) / 5
    power = 10.0 ** np.floor(np.log10(rough))
    step = power * next(nice for nice in (1, 2, 5, 10) if rough <= nice * power * (1 + 1e-9))
    return np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1) * step


Drawn = tuple[type[Mark], dict[str, Any]]
"""A mark to be: its class and its traits, all that tell two of a class apart."""


def _set(mark: Mark, values: dict[str, Any]) -> None:
    with mark.hold_sync():
        for name, value in values.items():
            setattr(mark, name, value)


def _marks(series: Series) -> list[Drawn]:
    """The marks of one series: a dashed line; or points, under them their error bars if there are errors."""
    x, y, err = _finite(series)
    if series.kind == "line":
        return [_line(x, y, colors=[FIT], line_style="dashed", stroke_width=2)]
    look: dict[str, Any] = {"colors": [POINTS], "fill": True, "stroke": None}
    if series.kind == "doubt":
        look = {"colors": [PLACE], "fill": False, "stroke": PLACE}
    points = (Scatter, {"x": x, "y": y, "default_size": 22 if x.size < 200 else 8, **look})
    if err is None:
        return [points]
    bars = np.stack([x, x], axis=1), np.stack([y - err, y + err], axis=1)
    return [_line(*bars, colors=[POINTS], stroke_width=1, opacities=[0.6]), points]


def _line(x: np.ndarray, y: np.ndarray, **options: Any) -> Drawn:
    plain: dict[str, Any] = {
        "line_style": "solid",
        "opacities": [],
        "fill": "none",
        "fill_colors": [],
        "fill_opacities": [],
        "labels": [],
    }
    return Lines, {"x": x, "y": y, **plain, **options}


def _trace(series: Series, colour: str) -> list[Drawn]:
    """A solid line that is broken where there is no value, in a band of one standard deviation."""
    x, y = np.asarray(series.x, dtype=float), np.asarray(series.y, dtype=float)
    chosen = _outline(y)
    label = {"labels": [series.label]} if series.label else {}
    line = _line(x[chosen], y[chosen], colors=[colour], stroke_width=1.5, **label)
    if series.err is None:
        return [line]
    err = np.nan_to_num(np.asarray(series.err, dtype=float)[chosen], posinf=0, neginf=0)
    band = _line(
        x[chosen],
        np.stack([y[chosen] - err, y[chosen] + err]),
        colors=[colour, colour],
        stroke_width=0,
        fill="between",
        fill_colors=[colour],
        fill_opacities=[0.25],
    )
    return [band, line]


def _places(plot: Plot) -> list[Drawn]:
    """A dotted upright line with its name for each marked place on x."""
    values = np.concatenate([np.ravel(np.asarray(one.y, dtype=float)) for one in plot.series])
    values = values[np.isfinite(values)]
    places = [(name, place) for name, place in plot.marks if np.isfinite(place)]
    if not places or not values.size:
        return []
    x = np.array([place for _, place in places])
    low, high = np.full(x.size, values.min()), np.full(x.size, values.max())
    lines = _line(
        np.stack([x, x], axis=1),
        np.stack([low, high], axis=1),
        colors=[PLACE],
        line_style="dotted",
        stroke_width=1.5,
    )
    steps = np.linspace(0, 1, 12)[1 : x.size + 1]  # one above the other, so that near ones can be read
    names = {"x": x, "y": low + (high - low) * steps, "text": [name for name, _ in places]}
    return [lines, (Label, {**names, "colors": [PLACE], "default_size": 11, "x_offset": 4})]


def _outline(y: np.ndarray) -> np.ndarray:
    """Which points of a line to draw: all, or of a long one the lowest and highest in each short piece."""
    n = len(y)
    if n <= MAX_POINTS:
        return np.arange(n)
    edges = np.linspace(0, n, MAX_POINTS // 2 + 1).astype(int)
    low, high = np.where(np.isfinite(y), y, np.inf), np.where(np.isfinite(y), y, -np.inf)
    pieces = [slice(a, b) for a, b in pairwise(edges)]
    ends = [(part.start + low[part].argmin(), part.start + high[part].argmax()) for part in pieces]
    return np.unique(ends)


def _finite(series: Series) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Finite points only, as float64, evenly thinned to `MAX_POINTS`; errors that are not finite are 0."""
    x, y = np.asarray(series.x, dtype=float), np.asarray(series.y, dtype=float)
    chosen = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    chosen = chosen[:: max(1, -(-chosen.size // MAX_POINTS))]
    err = (
        None if series.err is None else np.nan_to_num(np.asarray(series.err, dtype=float), posinf=0, neginf=0)
    )
    return x[chosen], y[chosen], None if err is None else err[chosen]
