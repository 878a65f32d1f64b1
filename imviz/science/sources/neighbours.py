"""Where an image holds sources: the pixels to keep out of a background or of empty apertures.

A quick segmentation for masking, robust rather than deep; catalogs of sources are not made here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.stats import mad_std
from scipy.ndimage import binary_dilation, generate_binary_structure, iterate_structure, label

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["source_mask"]

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
        Sources are grown by so many pixels, for the wings.
    """
    values = data[usable]
    if values.size == 0:
        return np.zeros(data.shape, dtype=bool)
    above = usable & (data > np.median(values) + threshold * float(mad_std(values)))
    labels, _ = label(above, structure=_CORNERS_TOO)
    found: NDArray[np.bool_] = above & (np.bincount(labels.ravel()) >= n_pixels)[labels]
    if margin and found.any():
        grown: NDArray[np.bool_] = binary_dilation(
            found, iterate_structure(generate_binary_structure(2, 1), margin)
        )
        return grown
    return found
