"""A see-through picture over the images of a view: made when the view rests, moved by the browser.

It lies where it was made for, at whatever zoom, until another takes its place. What it shows is the business
of whoever sets it (data quality); no image of the session is involved.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image
from traitlets import Bytes, Float, List

from imviz.viewer.page.on_figure import OnFigure
from imviz.viewer.page.scripts import joined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["QualityOverlay"]


class QualityOverlay(OnFigure):
    """The canvas over one figure's picture, below regions and markers."""

    _esm = joined("viewer/overlays/quality_overlay.js")

    png = Bytes(b"", help="The picture; empty for none.").tag(sync=True)
    place: Any = List(Float(), help="x_min, x_max, y_min, y_max in the view's pixels.").tag(sync=True)
    alpha = Float(1.0, help="0 to 1.").tag(sync=True)

    def show(
        self, picture: NDArray[np.uint8], limits: tuple[float, float, float, float], alpha: float
    ) -> None:
        """Lay a picture (RGBA, the first row at the bottom) between limits, instead of the one before."""
        buffer = BytesIO()
        Image.fromarray(picture[::-1]).save(buffer, "PNG", compress_level=3)
        with self.hold_sync():
            self.place, self.alpha, self.png = list(limits), float(alpha), buffer.getvalue()

    def clear(self) -> None:
        """Show nothing."""
        self.png = b""
