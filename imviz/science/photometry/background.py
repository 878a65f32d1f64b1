"""The background per pixel: from a concentric annulus, or from any region.

The pixels are those whose center lies inside, without masked and non-finite ones. A region that gives
no pixel is an error that says so; it is never zero. Subtracting is done by whoever measures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from regions import (
    PixelRegion,
)

from imviz.errors import InputError
from imviz.science.photometry.annuli import Annulus, annulus_region
from imviz.science.photometry.apertures import (
    area_of,
    box_of,
    center_of,
    centers_inside,
    half_size,
    in_words,
)
from imviz.science.photometry.cutout import LARGEST, check_image, cut
from imviz.science.photometry.errors_model import typical_variance
from imviz.science.photometry.estimators import ESTIMATORS, PLANE, method_of
from imviz.science.photometry.fingerprints import Running, fingerprint, joined
from imviz.science.photometry.level import Background
from imviz.science.photometry.planes import fit_plane
from imviz.science.photometry.samples import Sample
from imviz.science.sources.neighbours import source_mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from astropy.nddata import NDData
    from numpy.typing import NDArray

    from imviz.science.photometry.apertures import Box
    from imviz.science.photometry.recipe import Recipe

__all__ = [
    "NoPixelError",
    "estimate",
    "find_background",
    "may_overlap",
    "region_of",
]


_MOST = 16_000_000  # values that a background is made of


class NoPixelError(InputError):
    """A background's region that has no pixel which can be used, or lies off the image."""


def region_of(background: Any, aperture: PixelRegion) -> PixelRegion | None:
    """Where a background (as in a `Recipe`) is measured around `aperture`; `None` for a typed value."""
    if isinstance(background, Annulus):
        return annulus_region(aperture, background.inner_radius, background.width)
    return background if isinstance(background, PixelRegion) else None


def may_overlap(background: Any, aperture: PixelRegion) -> bool:
    """Whether a background could share pixels with ``aperture``; an annulus outside of it cannot."""
    return not isinstance(background, Annulus) or background.inner_radius < half_size(aperture)


@np.errstate(all="ignore")  # pixels near the largest double
def estimate(
    image: NDData,
    region: PixelRegion,
    estimator: str = "median",
    sigma_clip: float | None = None,
    *,
    saturation: float | None = None,
    mask_sources: float | None = None,
) -> Background:
    """Background per pixel of ``image`` in ``region``.

    Parameters
    ----------
    image : astropy.nddata.NDData
        Two-dimensional; only the region's bounding box is read.
    region : regions.PixelRegion
        In pixels of ``image``.
    estimator : str
        ``median``, ``mean``, ``mode`` (3 median - 2 mean, the MMM mode), ``sextractor``
        (2.5 median - 1.5 mean; the median in crowded fields), ``biweight``, or ``plane`` (least squares).
    sigma_clip : float, optional
        Reject pixels beyond so many standard deviations of the median, up to 10 times.
    saturation : float, optional
        Pixels at this value [data unit] and above are not used.
    mask_sources : float, optional
        Leave out neighbours, found by segmentation at so many standard deviations: see
        `imviz.science.sources.neighbours.source_mask`. They do not make the background incomplete.

    Raises
    ------
    InputError
        Unknown estimator, invalid clipping, or no usable pixel in ``region``.
    """
    if estimator != PLANE and estimator not in ESTIMATORS:
        known = ", ".join((*ESTIMATORS, PLANE))
        raise InputError(f"Unknown background estimator {estimator!r}; choose from {known}.")
    if sigma_clip is not None and not sigma_clip > 0:
        raise InputError(
            f"Sigma clipping at {sigma_clip} sigma is not possible; give a number above 0 or None."
        )
    found = _pixels(image, region, mask_sources, saturation)
    method = method_of(estimator, sigma_clip) + (", sources masked" if mask_sources is not None else "")
    method += f", one pixel in {found.in_so_many}" if found.in_so_many > 1 else ""
    if estimator == PLANE:
        return _plane(found, sigma_clip, center_of(region), method)
    sample = Sample.of(found.values, sigma_clip)
    if sample is None:
        raise NoPixelError(
            f"Clipping at {sigma_clip} sigma leaves no pixel in {in_words(region)}; clip less."
        )
    value, n = float(ESTIMATORS[estimator](sample)), int(sample.values.size)
    return Background(
        value,
        sample.err(estimator),
        sample.std,
        n,
        method,
        found.complete,
        pixels=found.fingerprint,
        variance=found.variance,
        step=sample.step,
    )


def _plane(found: _Pixels, sigma_clip: float | None, at: tuple[float, float], method: str) -> Background:
    x, y = found.places()
    value, slope, err, std, n, step = fit_plane(found.values, x - at[0], y - at[1], sigma_clip)
    return Background(
        value, err, std, n, method, found.complete, slope, at, found.fingerprint, found.variance, step=step
    )


def find_background(image: NDData, region: PixelRegion, recipe: Recipe) -> Background:
    """The background per pixel that ``recipe`` asks for, in the image's unit; a plane's at the aperture."""
    where = region_of(recipe.background, region)
    if where is None:
        return manual(recipe.background, image.unit)
    found = estimate(
        image,
        where,
        recipe.background_estimator,
        recipe.sigma_clip,
        saturation=recipe.saturation,
        mask_sources=recipe.mask_sources,
    )
    if recipe.background_estimator != PLANE or found.at == center_of(region):
        return found
    pixels = _pixels(image, where, recipe.mask_sources, recipe.saturation)  # a region that is not about it
    return _plane(pixels, recipe.sigma_clip, center_of(region), found.method)


@dataclass(frozen=True, slots=True)
class _Pixels:
    """Usable values whose pixel center is inside and on no source, where, and whether all were usable.

    ``fingerprint`` is of all whose center is inside, on a source or not. ``places`` gives their x and y;
    of a region of too many pixels these are one ``in_so_many``.
    """

    values: NDArray[np.float64]
    places: Callable[[], tuple[NDArray[np.int_], NDArray[np.int_]]]
    complete: bool
    fingerprint: str
    variance: float | None
    in_so_many: int = 1


def _pixels(
    image: NDData, region: PixelRegion, mask_sources: float | None, saturation: float | None
) -> _Pixels:
    shape = check_image(image)
    whole = box_of(region)
    box = whole.clip(shape)
    if box is None:
        size = f"{shape[1]} x {shape[0]} pixels"
        raise NoPixelError(
            f"The background region {in_words(region)} lies off the image ({size}); move it onto the image."
        )
    if box.nx * box.ny > LARGEST:
        return _in_strips(image, region, box, mask_sources, saturation)
    pieces = cut(image, box, saturation)
    inside = centers_inside(region, box)
    used = inside & pieces.usable
    complete = box == whole and bool(used.sum() == inside.sum())
    if mask_sources is not None:
        used &= ~source_mask(pieces.data, used, mask_sources)
    values = pieces.data[used]
    _check_any(values.size, region)
    pixels = joined(fingerprint(pieces.data, pieces.usable, pieces.uncertainty, inside))
    variance = None if pieces.variance is None else typical_variance(pieces.variance[used])
    return _Pixels(values, lambda: _places(used, box), complete, pixels, variance)


def _in_strips(
    image: NDData, region: PixelRegion, box: Box, mask_sources: float | None, saturation: float | None
) -> _Pixels:
    """The same of a region whose box is too large to be held, a strip at a time."""
    if mask_sources is not None:
        raise InputError(
            f"Neighbours are not looked for in more than {LARGEST / 1e6:.0f} million pixels; measure without "
            "masking them, or with a background region that is smaller."
        )
    every = max(1, int(np.ceil(area_of(region) / _MOST)))
    values, variances, places, running = [], [], [], Running()
    complete, n = box == box_of(region), 0
    for strip in box.strips():
        pieces, inside = cut(image, strip, saturation), centers_inside(region, strip)
        used = inside & pieces.usable
        complete &= bool(used.sum() == inside.sum())
        running.add(pieces.data, pieces.usable, pieces.uncertainty, inside)
        chosen = slice(-n % every, None, every)
        n += int(np.count_nonzero(used))
        values.append(pieces.data[used][chosen])
        places.append([along[chosen] for along in _places(used, strip)])
        if pieces.variance is not None:
            variances.append(pieces.variance[used][chosen])
    _check_any(n, region)
    x, y = (np.concatenate(along) for along in zip(*places, strict=True))
    variance = typical_variance(np.concatenate(variances)) if variances else None
    return _Pixels(np.concatenate(values), lambda: (x, y), complete, joined(running.parts()), variance, every)


def _places(used: NDArray[np.bool_], box: Box) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    rows, columns = np.nonzero(used)
    return columns + box.x0, rows + box.y0


def _check_any(n: int, region: PixelRegion) -> None:
    if n == 0:
        raise NoPixelError(
            f"The background region {in_words(region)} has no usable pixel; move or enlarge it."
        )


def manual(value: float | u.Quantity, unit: u.UnitBase | None) -> Background:
    """A background that was typed in, brought to the image's ``unit``; exact, so its error is 0."""
    if isinstance(value, u.Quantity):
        target = u.dimensionless_unscaled if unit is None else unit
        if not value.unit.is_equivalent(target):
            image_unit = "no unit" if unit is None else f"unit {unit}"
            raise InputError(
                f"The background is in {value.unit}, which does not fit an image with {image_unit}."
            )
        value = value.to_value(target)
    number = float(value)
    if not np.isfinite(number):
        raise InputError(
            f"The background {number} is not a finite number; give a number in the image's unit."
        )
    return Background(number, 0.0, None, 0, "manual")
