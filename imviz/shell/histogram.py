"""A histogram of an image's values with its cuts, drawn and dragged in the browser.

The view of an `imviz.plugin.Histogram`: what is dragged comes back as the newest cuts or knots, one
message at a time; what becomes of them is the plugin's business.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Bool, Dict, List, Unicode

from imviz.viewer.page.listening import Listening
from imviz.viewer.page.scripts import joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.plugin import Histogram

__all__ = ["HistogramView"]

HERE = Path(__file__)


class HistogramView(Listening):
    """Shows a `Histogram`.

    Parameters
    ----------
    histogram : Histogram
        The first one to show.
    drag : callable
        Called with ``{"cuts": (low, high)}`` or ``{"knots": …}`` when the hand has changed them.
    """

    _esm = joined("shell/histogram.js")
    _css = HERE.with_suffix(".css").read_text(encoding="utf-8")

    counts: Any = List().tag(sync=True)
    span: Any = List().tag(sync=True)
    cuts: Any = List().tag(sync=True)
    curve: Any = List().tag(sync=True)
    knots: Any = List().tag(sync=True)
    colors = List(Unicode()).tag(sync=True)
    log = Bool(False).tag(sync=True)
    unit = Unicode("").tag(sync=True)
    dragged = Dict().tag(sync=True, echo_update=False)

    def __init__(self, histogram: Histogram, drag: Callable[[dict[str, Any]], Any]) -> None:
        self._drag = drag
        super().__init__()
        self.show(histogram)

    def show(self, histogram: Histogram) -> None:
        """Show another one; what is the same as before is not sent again."""
        with self.hold_sync():
            for name in ("counts", "span", "cuts", "colors"):
                setattr(self, name, list(getattr(histogram, name)))
            for name in ("curve", "knots"):
                setattr(self, name, [list(point) for point in getattr(histogram, name)])
            self.log, self.unit = histogram.log, histogram.unit

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser says."""
        super().set_state(sync_data)
        change = sync_data.get("dragged")
        if isinstance(change, dict) and set(change) in ({"cuts"}, {"knots"}):
            self._drag(change)
