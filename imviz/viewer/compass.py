"""The compass of a view: which way north and east lie, and the axes of the top image. Drawn by `compass.js`.

Worked out for the middle of the view: once when the view's frame or its top image changes, and again when
a view that was moved has rested; moving it costs nothing. The browser gets unit vectors and draws arrows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from traitlets import Bool, Dict, List

from imviz.errors import InputError
from imviz.science.sky.orientation import directions
from imviz.viewer.on_figure import OnFigure
from imviz.viewer.scripts import joined, stylesheet

if TYPE_CHECKING:
    from imviz.viewer.wired_view import WiredView

__all__ = ["Compass", "CompassArrows", "arrows"]

DIGITS = 4  # of a unit vector: a hundredth of a degree


class CompassArrows(OnFigure):
    """The arrows in a corner of one figure."""

    _esm = joined("viewer/compass.js")
    _css = stylesheet("viewer/viewer.css")

    shown = Bool(False).tag(sync=True)
    arrows = List(Dict(), help="label, x, y (a unit vector, y upwards) of each.").tag(sync=True)


class Compass:
    """Keeps one viewer's compass right."""

    def __init__(self, viewer: WiredView, widget: CompassArrows) -> None:
        self._viewer, self._widget = viewer, widget
        viewer.controls.add_callback("compass", self.sync)
        viewer.controls.add_callback("rested", self._show)

    def sync(self, *_: Any) -> None:
        """Look again now: the frame, the top image or the switch may be others."""
        self._widget.shown = bool(self._viewer.controls.compass)
        self._show()

    def _show(self, *_: Any) -> None:
        if self._widget.shown:
            self._widget.arrows = arrows(self._viewer)


def arrows(viewer: WiredView) -> list[dict[str, Any]]:
    """North, east, X and Y of the top image at the middle of a view, as unit vectors in the view's pixels."""
    label, limits = viewer.controls.top, viewer.limits
    if label is None or limits is None:
        return []
    x, y = viewer.navigation.from_reference(label, *limits.centre)
    angles = {"X": 0.0, "Y": 90.0}
    try:
        sky = directions(viewer.document.image(label).wcs, (x, y))
        angles |= {"N": sky.north, "E": sky.east}
    except InputError:  # it knows no sky there: its own axes are all there is to show
        pass
    turned = np.radians(list(angles.values()))
    ends = x + np.append(0, np.cos(turned)), y + np.append(0, np.sin(turned))
    transform = viewer.navigation.transform(label, viewer.controls.reference or label)
    found = np.stack(ends if transform is None else transform(*ends), axis=-1)
    vectors = found[1:] - found[0]
    vectors /= np.hypot(*vectors.T)[:, np.newaxis]
    return [
        {"label": name, "x": round(float(dx), DIGITS), "y": round(float(dy), DIGITS)}
        for name, (dx, dy) in zip(angles, vectors, strict=True)
        if np.isfinite([dx, dy]).all()
    ]
