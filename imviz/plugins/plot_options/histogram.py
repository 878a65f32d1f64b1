"""What Plot Options draws: the histogram of one layer's values, its cuts, its stretch and its colours.

From a bounded sample, taken anew only for another image or another part of it. The extremes are exact;
for a large image only once they have been sought in every pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.errors import InputError
from imviz.plugin import Histogram
from imviz.science.display.cuts import extremes, seek_extremes
from imviz.science.display.histogram import counted, seen, span
from imviz.science.results.readable import unit_text
from imviz.view.viewport import viewport_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from astropy.nddata import NDData
    from numpy.typing import NDArray

    from imviz.plugins.plot_options.selected import SelectedLayers
    from imviz.science.display.look import Look
    from imviz.session import Session

__all__ = ["LayerHistogram", "Sampled"]

AT_ONCE = 20_000_000  # pixels in which extremes are sought without asking
COLOURS = 33  # of the colour bar
MOST_BINS = 1000
DRAWN_BY = (
    "active",
    "stretch_hist_nbins",
    "stretch_hist_log",
    "stretch_hist_zoom_limits",
    "stretch_hist_all",
    "stretch_curve_visible",
)


class Sampled:
    """Values of one image after another, and what was looked for in them."""

    def __init__(self) -> None:
        self._sample: tuple[Any, NDArray[np.float64]] = (None, np.empty(0))
        self._exact: dict[str, tuple[Any, tuple[float, float] | None]] = {}

    def values(self, label: str, image: NDData, box: Any = None) -> NDArray[np.float64]:
        """A sample of an image's values, or of the part of it inside a box."""
        key = label, id(image), box
        if self._sample[0] != key:
            self._sample = key, seen(image.data, box)
        return self._sample[1]

    def extremes(self, label: str, image: NDData) -> tuple[tuple[float, float] | None, bool]:
        """The lowest and the highest value, and whether they are exact or only a sample's."""
        known, pair = self._exact.get(label, (None, None))
        if known is not image and image.data.size <= AT_ONCE:
            known, pair = self._exact[label] = image, extremes(image.data)
        if known is image:
            return pair, True
        values = self.values(label, image)
        return ((float(values.min()), float(values.max())) if values.size else None), False

    def seek(self, label: str, image: NDData) -> Iterator[float]:
        """Look at every pixel of an image; from then on its extremes are exact."""
        last = None
        for done, pair in seek_extremes(image.data):
            last = pair
            yield done
        self._exact[label] = image, last


class LayerHistogram:
    """Draws the top-most selected layer's histogram while the panel is open.

    Parameters
    ----------
    fields
        The plugin's fields: ``stretch_hist_…`` say how, ``histogram`` and ``extremes_…`` are set.
    session : Session
        Whose images they are.
    layers : SelectedLayers
        Which layer.
    """

    def __init__(self, fields: Any, session: Session, layers: SelectedLayers) -> None:
        self._fields, self._session, self._layers = fields, session, layers
        self._sampled = Sampled()
        for field in DRAWN_BY:
            fields.add_callback(field, self.refresh)

    def refresh(self, *_: Any) -> None:
        """Draw it again, if it can be seen."""
        fields, top = self._fields, self._layers.top()
        if not fields.active or self._layers.quiet or top is None:
            return
        image = self._session.image(top.label)
        whole, fields.extremes_known = self._sampled.extremes(top.label, image)
        fields.extremes_text = "no values" if whole is None else f"{whole[0]:.6g} to {whole[1]:.6g}"
        box = self._box(top.label) if fields.stretch_hist_zoom_limits else None
        values = self._sampled.values(top.label, image, box)
        between = span(values, top.look.cuts, whole if fields.stretch_hist_all else None)
        curve = bool(fields.stretch_curve_visible)
        fields.histogram = Histogram(
            counts=counted(values, int(np.clip(fields.stretch_hist_nbins or 60, 2, MOST_BINS)), between),
            span=between,
            cuts=top.look.cuts,
            curve=_curve(top.look) if curve else (),
            knots=top.look.knots if curve and top.look.stretch == "spline" else (),
            colors=_colours(top.look),
            log=bool(fields.stretch_hist_log),
            unit=unit_text(image.unit),
        )

    def follow_view(self) -> None:
        """A view has moved: what it shows is another part of the image."""
        if self._fields.active and self._fields.stretch_hist_zoom_limits:
            self.refresh()

    def find_extremes(self) -> Iterator[float]:
        """Look for the lowest and the highest value in every pixel of the top-most selected image."""
        top = self._layers.top()
        if top is None:
            raise InputError("No layer is selected; select one.")
        yield from self._sampled.seek(top.label, self._session.image(top.label))
        self.refresh()

    def _box(self, label: str) -> tuple[float, float, float, float] | None:
        """The part of an image that is seen in the first selected viewer that has it."""
        for viewer, info in self._layers.pairs():
            if info.label == label and viewer.limits is not None:
                x, y = viewport_region(viewer.frame, "pixel", label).vertices.xy
                return float(np.min(x)), float(np.max(x)), float(np.min(y)), float(np.max(y))
        return None


def _curve(look: Look) -> tuple[tuple[float, float], ...]:
    level = np.linspace(0.0, 1.0, 65)
    return tuple(zip(level.tolist(), look.brightness(level).tolist(), strict=True))


def _colours(look: Look) -> tuple[str, ...]:
    """The colours of levels between the cuts."""
    at = look.brightness(np.linspace(0.0, 1.0, COLOURS)) * 255
    return tuple(
        f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in look.table[at.round().astype(int)]
    )
