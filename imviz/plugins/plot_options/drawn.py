"""What Plot Options draws: the histogram of one layer's values, its cuts, its stretch and its colours.

From a bounded sample, taken anew only for another image or another part of it. The extremes are exact;
for a large image only once they have been sought in every pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.plugin import Histogram
from imviz.science.display import colormaps
from imviz.science.display.cuts import extremes, seek_extremes
from imviz.science.display.histogram import counted, seen, span
from imviz.science.display.stretches import brightness, equalised, splined
from imviz.science.results.readable import unit_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from astropy.nddata import NDData
    from numpy.typing import NDArray

    from imviz.view import LayerInfo

__all__ = ["Drawing", "Drawn"]

AT_ONCE = 20_000_000  # pixels in which extremes are sought without asking
COLOURS = 33  # of the colour bar
MOST_BINS = 1000


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a histogram is drawn: bins (None: 60), to the extremes, log counts, with the stretch."""

    bins: float | None
    all_values: bool
    log: bool
    curve: bool


class Drawn:
    """Draws one layer after another, and remembers what was looked for in the images."""

    def __init__(self) -> None:
        self._sample: tuple[Any, NDArray[np.float64]] = (None, np.empty(0))
        self._exact: dict[str, tuple[Any, tuple[float, float] | None]] = {}

    def histogram(
        self,
        info: LayerInfo,
        image: NDData,
        box: tuple[float, float, float, float] | None,
        how: Drawing,
    ) -> Histogram:
        """The histogram of a layer; of the part of its image inside a box, if there is one."""
        values = self._values(info.label, image, box)
        whole, _ = self.extremes(info.label, image)
        between = span(values, info.cuts, whole if how.all_values else None)
        return Histogram(
            counts=counted(values, int(np.clip(how.bins or 60, 2, MOST_BINS)), between),
            span=between,
            cuts=info.cuts,
            curve=_curve(info, values) if how.curve else (),
            knots=info.knots if how.curve and info.stretch == "spline" else (),
            colors=_colours(info, values),
            log=how.log,
            unit=unit_text(image.unit),
        )

    def extremes(self, label: str, image: NDData) -> tuple[tuple[float, float] | None, bool]:
        """The lowest and the highest value, and whether they are exact or only a sample's."""
        known, found = self._exact.get(label, (None, None))
        if known is not image and image.data.size <= AT_ONCE:
            known, found = self._exact[label] = image, extremes(image.data)
        if known is image:
            return found, True
        values = self._values(label, image, None)
        return ((float(values.min()), float(values.max())) if values.size else None), False

    def seek(self, label: str, image: NDData) -> Iterator[float]:
        """Look at every pixel of an image; from then on its extremes are exact."""
        found = None
        for done, pair in seek_extremes(image.data):
            found = pair
            yield done
        self._exact[label] = image, found

    def _values(self, label: str, image: NDData, box: Any) -> NDArray[np.float64]:
        key = label, id(image), box
        if self._sample[0] != key:
            self._sample = key, seen(image.data, box)
        return self._sample[1]


def _levels(info: LayerInfo, values: NDArray[np.float64], level: NDArray[np.float64]) -> NDArray[np.float64]:
    """Brightness of a layer at some levels between its cuts, contrast and bias included."""
    curve = {"spline": lambda: splined(info.knots), "histeq": lambda: equalised(values, info.cuts)}
    contrasted = np.clip((level - info.bias) * info.contrast + 0.5, 0.0, 1.0)
    made = curve[info.stretch]() if info.stretch in curve else None
    return brightness(contrasted, info.stretch, dict(info.stretch_parameters), made)


def _curve(info: LayerInfo, values: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    level = np.linspace(0.0, 1.0, 65)
    return tuple(zip(level.tolist(), _levels(info, values, level).tolist(), strict=True))


def _colours(info: LayerInfo, values: NDArray[np.float64]) -> tuple[str, ...]:
    single = info.color_mode == "Color"
    colormap = colormaps.shades(info.color) if single else colormaps.find(info.colormap)
    table = colormaps.table(colormap, invert=info.invert)
    at = _levels(info, values, np.linspace(0.0, 1.0, COLOURS)) * 255
    return tuple(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in table[at.round().astype(int)])
