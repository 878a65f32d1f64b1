"""Where an image holds sources: the pixels to keep out of a background or of empty apertures.

A quick segmentation for masking, robust rather than deep; catalogs of sources are not made here. A source is
found by its core and grown as far as its wings stand out of the smoothed image: a bright star's reach further
than any fixed margin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.stats import mad_std
from scipy.ndimage import (
    binary_dilation,
    binary_propagation,
    distance_transform_edt,
    gaussian_filter,
    generate_binary_structure,
    iterate_structure,
    label,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["source_mask"]

_SMOOTH = 2.0  # pixels, sigma of what wings are looked for with
_FAINT = 2.0  # standard deviations of that, above which they are wings
_REACH = 2.5  # radii of a core that its wings may reach beyond it
_ROUNDS = 4
_FEWEST = 20  # pixels that tell level and scatter
_CORNERS_TOO = np.ones((3, 3), dtype=bool)


def source_mask(
    data: NDArray[np.float64],
    usable: NDArray[np.bool_],
    threshold: float = 5.0,
    *,
    n_pixels: int = 5,
    margin: int = 2,
) -> NDArray[np.bool_]:
    """Pixels of sources in ``data``, of the same shape.

    Parameters
    ----------
    data, usable : ndarray
        Pixels, and which of them count, (ny, nx).
    threshold : float
        Sources are above the median by so many standard deviations (scaled median absolute deviation).
    n_pixels : int
        Fewer connected pixels (corners count) are noise or a cosmic ray, not a source.
    margin : int
        Sources, as far as their wings stand out, are grown by so many pixels more.
    """
    sky, found = usable, np.zeros(data.shape, dtype=bool)
    for _ in range(_ROUNDS):  # sources lift level and scatter until they are known
        if np.count_nonzero(sky) < _FEWEST:
            break
        before, found = found, _found(data, usable, sky, threshold, n_pixels)
        if margin and found.any():
            found = binary_dilation(found, iterate_structure(generate_binary_structure(2, 1), margin))
        if (found == before).all():
            break
        sky = usable & ~found
    return found


def _found(
    data: NDArray[np.float64],
    usable: NDArray[np.bool_],
    sky: NDArray[np.bool_],
    threshold: float,
    n_pixels: int,
) -> NDArray[np.bool_]:
    """Cores of sources, bright by themselves or when smoothed, with their wings; the level is ``sky``'s."""
    level, noise = float(np.median(data[sky])), float(mad_std(data[sky]))
    above = usable & (data > level + threshold * noise)
    # cut off at the threshold, a cosmic ray does not become a source by smoothing
    smooth = _smoothed(np.minimum(data - level, threshold * noise), usable)
    low, scatter = float(np.median(smooth[sky])), float(mad_std(smooth[sky]))
    above |= usable & (smooth > low + threshold * scatter)
    labels, _ = label(above, structure=_CORNERS_TOO)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    cores: NDArray[np.bool_] = (sizes >= n_pixels)[labels]
    if not cores.any():
        return cores
    labels, _ = label(cores, structure=_CORNERS_TOO)
    away, (rows, columns) = distance_transform_edt(~cores, return_indices=True)
    radius = np.sqrt(np.bincount(labels.ravel()) / np.pi)[labels[rows, columns]]
    wings = (away <= _REACH * radius + 2 * _SMOOTH) & (smooth > low + _FAINT * scatter)
    joined: NDArray[np.bool_] = binary_propagation(cores, mask=cores | wings)
    return joined


def _smoothed(data: NDArray[np.float64], usable: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Usable pixels under a round window."""
    weight = gaussian_filter(usable.astype(float), _SMOOTH, mode="constant")
    light = gaussian_filter(np.where(usable, data, 0.0), _SMOOTH, mode="constant")
    smooth: NDArray[np.float64] = light / np.maximum(weight, 0.05)
    return smooth
