"""What part of an image a view shows, as limits and as a region, asked for and told in users' terms.

`navigation` moves the view; here are the questions notebooks ask of it and the checks of what they want.
"""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from regions import PixCoord, PolygonPixelRegion, PolygonSkyRegion

from imviz.errors import InputError, WrongTypeError
from imviz.science.sky.geometry import has_celestial
from imviz.view.frame import EDGES
from imviz.view.limits import Limits

if TYPE_CHECKING:
    from imviz.view.frame import ViewFrame

__all__ = ["asked_limits", "viewport_region"]


def asked_limits(shown: Limits, **edges: Any) -> Limits:
    """The limits with some edges put elsewhere; those that are None stay.

    Raises
    ------
    WrongTypeError
        If an edge is no finite number.
    InputError
        If the upper edge is not above the lower one.
    """
    values = {name: getattr(shown, name) for name in EDGES}
    for name, value in edges.items():
        if value is None:
            continue
        if not isinstance(value, Real) or isinstance(value, bool) or not np.isfinite(float(value)):
            raise WrongTypeError(f"The limit {name} must be a finite number, not {str(value)[:60]!r}.")
        values[name] = float(value)
    wanted = Limits(**values)
    if not (wanted.width > 0 and wanted.height > 0):
        raise InputError(f"Upper limits must be above lower ones; these are {tuple(values.values())}.")
    return wanted


def viewport_region(frame: ViewFrame, sky_or_pixel: str, label: str) -> PolygonSkyRegion | PolygonPixelRegion:
    """The view's four corners as a polygon, from the lower left one anticlockwise on the screen.

    Raises
    ------
    InputError
        If nothing is shown, or the image has no celestial WCS for a region on the sky.
    """
    if sky_or_pixel not in ("sky", "pixel"):
        raise InputError(f"The region is on the 'sky' or in 'pixel', not {str(sky_or_pixel)[:60]!r}.")
    image = frame.document.image(label)
    shown = frame.limits
    if shown is None:
        raise InputError(f"Viewer {frame.name} shows no image; add one first.")
    x = np.array([shown.x_min, shown.x_max, shown.x_max, shown.x_min])
    y = np.array([shown.y_min, shown.y_min, shown.y_max, shown.y_max])
    corners = np.array([frame.from_reference(label, *corner) for corner in zip(x, y, strict=True)])
    if sky_or_pixel == "sky" and not has_celestial(image.wcs):
        raise InputError(f"{label} has no celestial WCS; ask for sky_or_pixel='pixel'.")
    region = PolygonPixelRegion(PixCoord(*corners.T))
    return region if sky_or_pixel == "pixel" else PolygonSkyRegion(image.wcs.pixel_to_world(*corners.T))
