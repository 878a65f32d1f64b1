"""What viewers show, on paper: pictures with all that lies over them, by matplotlib.

The picture itself is an image of the size asked for; regions, markers, grids, contours, bars and their labels
are true vectors in SVG and PDF. Nothing is read or computed here: a `Sheet` holds all that is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from regions import CompoundPixelRegion

from imviz.science.regions.outlines import bare
from imviz.view.vectors import Paths, Points, palette

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray
    from regions import PixelRegion

    from imviz.science.display.scale_bars import ScaleBar

__all__ = ["DPI", "PICTURES", "Sheet", "draw_sheet", "save"]

PICTURES = ("png", "svg", "pdf")

DPI = 100.0  # a picture pixel is a pixel of the file; texts are as large as on the screen
POINT = 72.0 / DPI  # points of matplotlib in a screen pixel
SHADE = (0.05, 0.06, 0.08, 0.8)
MARKS = {
    "circle": "o",
    "square": "s",
    "diamond": "D",
    "triangle": "^",
    "plus": "+",
    "x": "x",
    "dot": ".",
}


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A picture and what lies over it, all in the view's pixels.

    Attributes
    ----------
    picture : ndarray
        RGB, uint8, shape (rows, columns, 3), the first row at the top.
    limits : (x_min, x_max, y_min, y_max)
        What it shows.
    layers : tuple of (Points or Paths, x, y)
        Vector layers with where their points are, the lowest first.
    regions : tuple of (PixelRegion, color)
        Regions to outline.
    bar : (colours, low, high, label) or None
        The colour bar.
    scale : ScaleBar or None
        The scale bar.
    """

    picture: NDArray[np.uint8]
    limits: tuple[float, float, float, float]
    layers: tuple[tuple[Points | Paths, Any, Any], ...] = ()
    regions: tuple[tuple[PixelRegion, str], ...] = ()
    bar: tuple[NDArray[np.uint8], float, float, str] | None = None
    scale: ScaleBar | None = None


def save(figure: Figure, path: Path, kind: str) -> None:
    """Write a figure: 'png', 'svg' or 'pdf', the same bytes for the same figure."""
    import matplotlib as mpl

    with mpl.rc_context({"svg.hashsalt": "imviz", "svg.fonttype": "none", "pdf.fonttype": 42}):
        metadata: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
        figure.savefig(path, format=kind, dpi=DPI, metadata=metadata)


def draw_sheet(sheet: Sheet) -> Figure:
    """A picture with all that lies over it, one of its pixels a pixel of the figure."""
    from matplotlib.figure import Figure

    rows, columns = sheet.picture.shape[:2]
    figure = Figure(figsize=(columns / DPI, rows / DPI), dpi=DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.imshow(sheet.picture, extent=sheet.limits, origin="upper", interpolation="none", aspect="auto")
    for layer, x, y in sheet.layers:
        if isinstance(layer, Points):
            _points(axes, layer, np.asarray(x), np.asarray(y))
        else:
            _paths(axes, layer, np.asarray(x), np.asarray(y))
    for region, color in sheet.regions:
        _outline(axes, region, color)
    axes.set_xlim(sheet.limits[:2])
    axes.set_ylim(sheet.limits[2:])
    if sheet.bar is not None:
        _color_bar(figure, sheet.bar)
    if sheet.scale is not None:
        _scale_bar(figure, sheet.scale, sheet.limits[1] - sheet.limits[0])
    return figure


def _points(axes: Axes, layer: Points, x: NDArray[Any], y: NDArray[Any]) -> None:
    colors, which = palette(layer.color, len(layer))
    tints = np.array(colors)[which if which is not None else np.zeros(len(layer), dtype=int)]
    sizes = np.broadcast_to(layer.size, len(layer)) * POINT
    line_only = layer.marker in ("plus", "x", "dot")
    axes.scatter(
        x,
        y,
        s=sizes**2,
        marker=MARKS[layer.marker],
        alpha=layer.alpha,
        linewidths=layer.width * POINT,
        **({"c": tints} if line_only or layer.fill else {"facecolors": "none", "edgecolors": tints}),
    )
    for n, text in enumerate(layer.labels):
        if text and np.isfinite(x[n]):
            lift = (0, sizes[n] / 2 + 4 * POINT)
            _label(axes, text, (x[n], y[n]), str(tints[n]), lift)


def _paths(axes: Axes, layer: Paths, x: NDArray[Any], y: NDArray[Any]) -> None:
    from matplotlib.collections import LineCollection

    starts = layer.starts.astype(int)
    lines = [np.stack([x[a:b], y[a:b]], axis=1) for a, b in pairwise(starts)]
    if layer.closed:
        lines = [np.concatenate([line, line[:1]]) for line in lines]
    colors, which = palette(layer.color, len(layer))
    tints = np.array(colors)[which if which is not None else np.zeros(len(layer), dtype=int)]
    style: Any = (0, [step * POINT for step in layer.dash]) if layer.dash else "solid"
    drawn = LineCollection(
        [line for line in lines if len(line)],
        colors=[tint for tint, line in zip(tints, lines, strict=True) if len(line)],
        linewidths=layer.width * POINT,
        linestyles=[style],
        alpha=layer.alpha,
    )
    axes.add_collection(drawn, autolim=False)
    for n, text in enumerate(layer.labels):
        if text and len(lines[n]):
            spot = {"start": 0, "end": -1}.get(layer.label_at, (len(lines[n]) - 1) // 2)
            if np.isfinite(lines[n][spot]).all():
                _label(axes, text, tuple(lines[n][spot]), str(tints[n]), (0, 4 * POINT))


def _label(axes: Axes, text: str, place: tuple[float, float], color: str, lift: tuple[float, float]) -> None:
    axes.annotate(
        text,
        place,
        lift,
        textcoords="offset points",
        ha="center",
        va="bottom",
        color=color,
        fontsize=12 * POINT,
        annotation_clip=True,
        clip_on=True,
        parse_math=False,
        bbox={"facecolor": SHADE, "edgecolor": "none", "pad": 1.0},  # an outline would turn text into paths
    )


def _outline(axes: Axes, region: PixelRegion, color: str) -> None:
    if isinstance(region, CompoundPixelRegion):
        _outline(axes, region.region1, color)
        _outline(axes, region.region2, color)
        return
    artist = bare(region).as_artist()
    if hasattr(artist, "set_facecolor"):
        artist.set(facecolor="none", edgecolor=color, linewidth=2 * POINT, fill=False)
    elif hasattr(artist, "set_markeredgecolor"):
        artist.set(markeredgecolor=color, color=color)
    else:
        artist.set(color=color)
    axes.add_artist(artist)


def _color_bar(figure: Figure, bar: tuple[NDArray[np.uint8], float, float, str]) -> None:
    from matplotlib.ticker import MaxNLocator

    colours, low, high, label = bar
    columns, rows = figure.get_size_inches() * DPI
    tall = max(min(220.0, rows - 110), 40.0)
    panel = figure.add_axes((1 - 92 / columns, 1 - (tall + 44) / rows, 84 / columns, (tall + 36) / rows))
    panel.set(facecolor=SHADE, xticks=[], yticks=[])
    strip = figure.add_axes((1 - 84 / columns, 1 - (tall + 32) / rows, 14 / columns, tall / rows))
    extent = (0.0, 1.0, low, high if high > low else low + 1)
    strip.imshow(colours[:, None, :], extent=extent, origin="lower", aspect="auto")
    strip.set_xticks([])
    strip.yaxis.tick_right()
    strip.yaxis.set_major_locator(MaxNLocator(max(int(tall / 44), 2)))
    strip.tick_params(colors="white", labelsize=11 * POINT, length=4 * POINT)
    for side in (*panel.spines.values(), *strip.spines.values()):
        side.set_color("white")
        side.set_linewidth(0.7)
    for side in panel.spines.values():
        side.set_visible(False)
    panel.text(
        0.1, 1 - 12 / (tall + 36), label, color="white", fontsize=11 * POINT, va="center", parse_math=False
    )


def _scale_bar(figure: Figure, scale: ScaleBar, width: float) -> None:
    columns, rows = figure.get_size_inches() * DPI
    length = scale.pixels / width * columns
    wide = max(length, 9 * len(scale.label)) + 20
    panel = figure.add_axes((10 / columns, 8 / rows, wide / columns, 38 / rows))
    panel.set(facecolor=SHADE, xticks=[], yticks=[], xlim=(0, wide), ylim=(0, 38))
    for side in panel.spines.values():
        side.set_visible(False)
    left = (wide - length) / 2
    panel.plot([left, left, left + length, left + length], [13, 8, 8, 13], color="white", linewidth=2 * POINT)
    panel.text(wide / 2, 26, scale.label, color="white", fontsize=12 * POINT, ha="center", va="center")
