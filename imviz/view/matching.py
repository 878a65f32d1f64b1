"""Views that move together: matched pan and zoom, and a crosshair in the others where the cursor is.

The browser does it (`matching.js`), by an affine map for each pair of viewers that is worked out here about
what is in the middle: once when matching begins, when a frame changes, and when a view that was moved rests.
By sky, two views meet by the WCS of their frames; by pixels, the same pixels are shown.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.wcs.utils import pixel_to_pixel

from imviz.errors import InputError
from imviz.readers.quiet import quiet
from imviz.science.sky.geometry import has_celestial
from imviz.view.aim import Aim
from imviz.view.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.view.view import View

__all__ = ["MATCHES", "Matching"]

MATCHES = ("sky", "pixels")
IDENTITY = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
_groups = count(1)


class Matching:
    """Makes the views of one window move together.

    Parameters
    ----------
    views : mapping
        Name to view; may change.

    Attributes
    ----------
    by : {None, 'sky', 'pixels'}
        How viewers are matched, or None.
    """

    def __init__(self, views: Mapping[str, View]) -> None:
        self._views = views
        self._group = f"group-{id(self)}-{next(_groups)}"
        self.by: str | None = None
        self.crosshair = True
        self._followed: dict[str, Any] = {}

    def start(
        self, by: str | None, *, lead: str | None = None, crosshair: bool = True, gather: bool = True
    ) -> None:
        """Match the viewers by 'sky' or by 'pixels', or (None) no more; all look where `lead` does.

        Viewers that were matched before, and look where they looked then, need not `gather`.

        Raises
        ------
        InputError
            For another way to match.
        """
        if by is not None and by not in MATCHES:
            raise InputError(f"Viewers are matched by 'sky', by 'pixels' or by None, not {str(by)[:60]!r}.")
        self.by, self.crosshair = by, bool(crosshair)
        for view in self._views.values():
            view.controls.matched = by or ""
        self.refresh()
        leader = self._views.get(lead or next(iter(self._views), ""))
        if by is not None and leader is not None and gather:
            self._gather(leader)

    def refresh(self, *_: Any) -> None:
        """Work the maps out anew: viewers have come or gone, or one has rested or shows another frame."""
        for name, view in self._views.items():
            if self._followed.get(name) is not view:
                self._followed[name] = view
                view.controls.add_callback("rested", self.refresh)
                view.controls.add_callback("reference", self.refresh)
            view.controls.matched = self.by or ""
            view.hand.match = self._told(view)
        for name in set(self._followed) - set(self._views):
            del self._followed[name]

    def _told(self, view: View) -> dict[str, Any]:
        if self.by is None or len(self._views) < 2:
            return {"group": "", "name": view.name}
        others = [other for other in self._views.values() if other is not view]
        maps = {other.name: self._map(other, view) for other in others}
        return {"group": self._group, "name": view.name, "crosshair": self.crosshair, "from": maps}

    def _map(self, source: View, target: View) -> list[float] | None:
        """a … f of x' = a x + b y + c, y' = d x + e y + f: from one view's pixels to another's."""
        here, there = source.frame.wcs, target.frame.wcs
        if source.limits is None or target.limits is None:
            return None
        if self.by == "pixels" or here is there or not (has_celestial(here) and has_celestial(there)):
            return IDENTITY
        x, y = source.limits.centre
        with quiet():
            xs, ys = x + np.array([0, 0.5, -0.5, 0, 0]), y + np.array([0, 0, 0, 0.5, -0.5])
            found = pixel_to_pixel(here, there, xs, ys)
        (x0, xr, xl, xu, xd), (y0, yr, yl, yu, yd) = found
        a, b, d, e = xr - xl, xu - xd, yr - yl, yu - yd
        numbers = [a, b, x0 - a * x - b * y, d, e, y0 - d * x - e * y]
        return [float(number) for number in numbers] if np.isfinite(numbers).all() else None

    def _gather(self, leader: View) -> None:
        """Let the others look where one does."""
        shown = leader.limits
        for view in self._views.values():
            found = None if view is leader or shown is None else self._map(leader, view)
            if shown is None or found is None:
                continue
            a, b, c, d, e, f = found
            x, y = shown.centre
            per_pixel = float(shown.width / leader.navigation.shape[1] * np.sqrt(abs(a * e - b * d)))
            centre = a * x + b * y + c, d * x + e * y + f
            view.navigation.aim(Aim(Limits.around(*centre, shown.width, shown.height), per_pixel))
