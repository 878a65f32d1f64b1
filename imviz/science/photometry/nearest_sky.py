"""The ring of sky that a measurement takes if nothing else is said, and what is taken where there is none.

A ring's size follows the aperture's. Between the two is a gap, for a star's wings reach beyond its aperture
and would be taken for sky: of a seeing-limited star (Moffat, β = 2.5) in an aperture of radius 2 FWHM, a ring
of equal width takes 1.2 % away if it begins at the aperture, and 0.33 % after a gap of half the radius (2.6
and 0.8 % at 1.5 FWHM). The ring is as wide as the aperture's radius, and 10 pixels at least: so it has four
times the aperture's pixels or more, and the error of its median makes that of the sum less than a fifth
larger. Neither grows beyond 50 pixels: for apertures so large it is the sky's structure that limits, not its
noise.

Where too few of the ring's pixels can be used (at an edge, in a masked patch), the sky nearest to the
aperture is used, and the background's ``method`` and a flag say so. Estimating is `background`'s.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from imviz.errors import InputError
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.apertures import half_size
from imviz.science.photometry.background import NoPixelError, find_background, region_of
from imviz.science.photometry.cutout import check_image
from imviz.science.photometry.estimators import PLANE
from imviz.science.photometry.level import Background

if TYPE_CHECKING:
    from astropy.nddata import NDData
    from regions import PixelRegion

    from imviz.science.photometry.recipe import Recipe

__all__ = ["CLIP", "FEWEST", "default_annulus", "default_inner_radius", "default_width", "sky_for"]

CLIP = 3.0
"""Standard deviations beyond which pixels are left out: stars in the ring, hardly any of the sky's own."""
FEWEST = 10
"""Pixels of an incomplete ring that are enough: of fewer, the scatter says little and of one nothing."""
_GAP = (0.5, 3.0, 50.0)  # of the aperture's size; at least, and at most [pix]
_WIDTH = (1.0, 10.0, 50.0)
_FARTHEST = 1000.0  # pixels from the aperture up to which sky is looked for


def default_inner_radius(region: PixelRegion) -> float:
    """Inner edge of the ring [pix]: the aperture's radius, larger semi-axis or half longer side, and the gap.

    The gap is half of that size, from 3 to 50 pixels; up to the next 0.01.
    """
    size = half_size(region)
    return _rounded(size + _within(size, *_GAP))


def default_width(region: PixelRegion) -> float:
    """Width of the ring [pix]: that same size, from 10 to 50 pixels; up to the next 0.01."""
    return _rounded(_within(half_size(region), *_WIDTH))


def _within(size: float, part: float, least: float, most: float) -> float:
    return min(max(part * size, least), most)


def _rounded(pixels: float) -> float:
    return float(np.ceil(pixels * 100 - 1e-6) / 100)


def default_annulus(region: PixelRegion, inner: float | None = None, width: float | None = None) -> Annulus:
    """The ring about an aperture; what is given of it stays."""
    return Annulus(
        default_inner_radius(region) if inner is None else inner,
        default_width(region) if width is None else width,
    )


def sky_for(image: NDData, region: PixelRegion, recipe: Recipe) -> Background:
    """The background per pixel of one aperture, which for an annulus is always found.

    Parameters
    ----------
    image : astropy.nddata.NDData
        Two-dimensional.
    region : regions.PixelRegion
        The aperture.
    recipe : Recipe
        What to subtract. Of an annulus that is incomplete and has fewer than `FEWEST` usable pixels, the
        nearest sky is taken instead, from rings about the aperture's edge, each twice as wide; with none up
        to 1000 pixels away the background is 0. Both are marked as a ``fallback``.

    Raises
    ------
    InputError
        An annulus that is none, or another background without a usable pixel.
    """
    if not isinstance(recipe.background, Annulus):
        return find_background(image, region, recipe)
    region_of(recipe.background, region)  # which refuses an annulus that is none
    found = _try(image, region, recipe)
    if found is not None and (found.complete or found.n_pixels >= FEWEST):
        return replace(found, method=f"annulus, {found.method}")
    return _nearest(image, region, recipe)


def _nearest(image: NDData, region: PixelRegion, recipe: Recipe) -> Background:
    inner, width = half_size(region), default_width(region)
    farthest = min(_FARTHEST, float(np.hypot(*check_image(image))))
    estimator = "median" if recipe.background_estimator == PLANE else recipe.background_estimator
    best = None
    while best is None or best.n_pixels < FEWEST:
        ring = Annulus(inner, width)
        found = _try(image, region, replace(recipe, background=ring, background_estimator=estimator))
        if found is not None:
            method = f"nearest sky, {inner:.4g} to {inner + width:.4g} pix, {found.method}"
            best = replace(found, method=method, fallback=True)
        if width >= farthest:
            break
        width *= 2
    return best or Background(0.0, 0.0, None, 0, "none", fallback=True)


def _try(image: NDData, region: PixelRegion, recipe: Recipe) -> Background | None:
    """A background, if there are pixels for it; a plane that they are too few for is none either."""
    try:
        return find_background(image, region, recipe)
    except NoPixelError:
        return None
    except InputError:
        if recipe.background_estimator != PLANE:
            raise
        return None
