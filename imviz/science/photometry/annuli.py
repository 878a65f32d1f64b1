"""Annuli of an aperture's own shape, where a background is measured."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import numpy as np
from regions import (
    CircleAnnulusPixelRegion,
    EllipseAnnulusPixelRegion,
    EllipsePixelRegion,
    PixCoord,
    PixelRegion,
    RectangleAnnulusPixelRegion,
    RectanglePixelRegion,
)

from imviz.errors import InputError
from imviz.science.photometry.apertures import center_of, half_size
from imviz.science.regions.kinds import parts_of

__all__ = ["Annulus", "annulus_region"]


@dataclass(frozen=True, slots=True)
class Annulus:
    """A background annulus of the aperture's own shape: see `annulus_region`. Both in pixels."""

    inner_radius: float
    width: float


def annulus_region(aperture: PixelRegion, inner_radius: float, width: float) -> PixelRegion:
    """Annulus concentric with ``aperture`` and of its own shape.

    Parameters
    ----------
    aperture : regions.PixelRegion
        A circle gives a circular annulus; an ellipse or rectangle one of the same axis ratio (inner
        edge) and angle; an annulus follows its outer edge; polygons and composites get a circular one.
    inner_radius : float
        Radius, larger semi-axis or half of the longer side of the inner edge [pix]; above 0.
    width : float
        Added to both semi-axes (half-sides) of the inner edge to give the outer [pix]; above 0.

    Raises
    ------
    InputError
        ``inner_radius`` or ``width`` is not a positive finite number.
    """
    for name, value in (("inner radius", inner_radius), ("width", width)):
        if not (isinstance(value, Real) and np.isfinite(value) and value > 0):
            raise InputError(f"The background annulus' {name} is {value!r}; it must be above 0 pixels."[:240])
    parts = parts_of(aperture)
    shape = parts[1] if parts is not None else aperture
    if isinstance(shape, EllipsePixelRegion | RectanglePixelRegion):
        is_ellipse = isinstance(shape, EllipsePixelRegion)
        kind = EllipseAnnulusPixelRegion if is_ellipse else RectangleAnnulusPixelRegion
        scale = inner_radius / half_size(shape)
        inner = (float(shape.width) * scale, float(shape.height) * scale)
        outer = (inner[0] + 2 * width, inner[1] + 2 * width)
        return kind(shape.center, inner[0], outer[0], inner[1], outer[1], shape.angle)
    return CircleAnnulusPixelRegion(PixCoord(*center_of(shape)), inner_radius, inner_radius + width)
