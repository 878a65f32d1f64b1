"""The compass of a view: which way north and east lie, and the axes of the top image. Drawn by `compass.js`.

Worked out for the middle of the view: once when the view's frame or its top image changes, and again when
a view that was moved has rested; moving it costs nothing. The browser gets unit vectors and draws arrows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from imviz.errors import InputError
from imviz.science.sky.orientation import directions

if TYPE_CHECKING:
    from imviz.view.frame import ViewFrame

__all__ = ["Compass", "arrows"]

DIGITS = 4  # of a unit vector: a hundredth of a degree


class Arrows(Protocol):
    """What draws the arrows: whether, and the label and unit vector of each."""

    shown: Any
    arrows: Any


class Compass:
    """Keeps one view's compass right.

    Parameters
    ----------
    frame : ViewFrame
        It knows where images lie.
    page : Arrows
        What draws the arrows.
    """

    def __init__(self, frame: ViewFrame, page: Arrows) -> None:
        self._frame, self._page = frame, page
        frame.controls.add_callback("compass", self.sync)
        frame.controls.add_callback("rested", self._show)

    def sync(self, *_: Any) -> None:
        """Look again now: the frame, the top image or the switch may be others."""
        self._page.shown = bool(self._frame.controls.compass)
        self._show()

    def _show(self, *_: Any) -> None:
        if self._page.shown:
            self._page.arrows = arrows(self._frame)


def arrows(frame: ViewFrame) -> list[dict[str, Any]]:
    """North, east, X and Y of the top image at the middle of a view, as unit vectors in the view's pixels."""
    label, limits = frame.controls.top, frame.limits
    if label is None or limits is None:
        return []
    x, y = frame.from_reference(label, *limits.centre)
    angles = {"X": 0.0, "Y": 90.0}
    try:
        sky = directions(frame.document.image(label).wcs, (x, y))
        angles |= {"N": sky.north, "E": sky.east}
    except InputError:  # it knows no sky there: its own axes are all there is to show
        pass
    turned = np.radians(list(angles.values()))
    ends = x + np.append(0, np.cos(turned)), y + np.append(0, np.sin(turned))
    transform = frame.transform(label, frame.controls.reference or label)
    found = np.stack(ends if transform is None else transform(*ends), axis=-1)
    vectors = found[1:] - found[0]
    vectors /= np.hypot(*vectors.T)[:, np.newaxis]
    return [
        {"label": name, "x": round(float(dx), DIGITS), "y": round(float(dy), DIGITS)}
        for name, (dx, dy) in zip(angles, vectors, strict=True)
        if np.isfinite([dx, dy]).all()
    ]
