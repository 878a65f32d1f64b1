"""An image as glue's data collection holds it, with display statistics that do not read the image.

glue asks for the limits of every new layer, over ten thousand random pixels: ten thousand page faults on
a large file, and another answer each time. Here such a question is answered from the same fixed, bounded
sample the viewer's cuts come from. Any other question goes to glue as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.units import UnitBase
from glue.core import Component, Data
from glue.core.message import NumericalDataChangedMessage

from imviz.errors import ReadError
from imviz.science.display.cuts import sample

if TYPE_CHECKING:
    from astropy.nddata import NDData

__all__ = ["ImageData"]


class ImageData(Data):
    """A 2-D image with one component, ``DATA``.

    Parameters
    ----------
    label : str
        Its label.
    image : NDData
        Its pixels, which may be lazy, and unit. glue knows neither extended precision nor logarithmic
        units: the first becomes double, the second is left out.
    wcs
        Its celestial WCS, or None.
    """

    def __init__(self, label: str, image: NDData, wcs: Any) -> None:
        super().__init__(label=label, coords=wcs)
        self.add_component(_component(image), "DATA")
        self._describe(image)

    def replace(self, image: NDData, wcs: Any) -> None:
        """Hold another image from now on; viewers are told, and keep their layers."""
        old, new = self.get_component("DATA"), _component(image)
        self._shape = new.data.shape
        old._data, old.units = new.data, new.units
        self._describe(image)
        self._coords = wcs  # its setter would take the world's components away, which views hold on to
        if wcs is not None and self._world_component_ids:
            self._set_up_coordinate_component_links(self.ndim)
        if self.hub is not None:
            changed = NumericalDataChangedMessage(self, components_changed=[self.id["DATA"]])
            self.hub.broadcast(changed)

    def _describe(self, image: NDData) -> None:
        """Have the image's metadata as glue's own, a header's cards among them."""
        self.meta.clear()
        self.meta.update(
            {str(name): value for name, value in image.meta.items() if not str(name).startswith("imviz_")}
        )

    def release(self) -> None:
        """Let go of the pixels, and so of their file: what still holds on to removed data sees zeros."""
        self.get_component("DATA")._data = np.broadcast_to(np.float32(0), self.shape)

    def compute_statistic(self, statistic: str, cid: Any, subset_state: Any = None, **options: Any) -> Any:
        """Answer glue; a statistic of a random subset is that of a fixed sample."""
        n = options.pop("random_subset", None)
        special = subset_state is not None or any(options.get(name) is not None for name in ("axis", "view"))
        if n is None or special or statistic not in {"minimum", "maximum", "percentile"}:
            return super().compute_statistic(statistic, cid, subset_state, **options)
        try:
            values = sample(self.get_component(cid).data, n)
        except ReadError:  # glue asks on any change of the layers; who wants to see the pixels is told
            return np.nan
        if options.get("positive"):
            values = values[values > 0]
        if not values.size:
            return np.nan
        percent = options["percentile"] if statistic == "percentile" else 100 * (statistic == "maximum")
        return np.percentile(values, percent)


class _Pixels(Component):
    """The pixels of an image: numbers. To know so much, glue's own reads one, which may not be possible."""

    numeric, categorical, datetime = True, False, False


def _component(image: NDData) -> Component:
    pixels, unit = image.data, image.unit
    if pixels.dtype.kind == "f" and pixels.dtype.itemsize > 8:
        pixels = np.asarray(pixels, dtype=np.float64)
    if isinstance(pixels, np.ndarray):
        pixels = pixels.view()  # glue makes what it is given read-only, and the caller's is the caller's
    return _Pixels(pixels, units=str(unit) if isinstance(unit, UnitBase) else "")
