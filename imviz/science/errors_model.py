"""The error of an aperture sum: variance of each pixel, and how a weighted sum adds them.

sum_err^2 = sum(w^2 sigma_i^2) + (sum w)^2 sigma_bkg^2, with independent pixels: in drizzled images,
whose noise is correlated, it is a lower limit. photutils 3.0 uses w instead of w^2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.science.background import Background
    from imviz.science.cutout import Cutout
    from imviz.science.recipe import Recipe

__all__ = ["pixel_variance", "sum_variance"]


def pixel_variance(
    pieces: Cutout, recipe: Recipe, background: Background
) -> tuple[NDArray[np.float64] | None, str | None]:
    """Variance of each pixel [data unit^2] and where it comes from, best source first.

    The image's ``uncertainty``; else the CCD equation ``(max(data, 0) gain + read_noise^2) / gain^2``
    when the recipe has a ``gain`` [electron per data unit] (the data must still hold the sky's photons);
    else the ``background scatter``; else `None`.
    """
    if pieces.variance is not None:
        return pieces.variance, "uncertainty"
    if recipe.gain:
        electrons = np.maximum(pieces.data * recipe.gain, 0.0) + (recipe.read_noise or 0.0) ** 2
        return electrons / recipe.gain**2, "ccd"
    if background.std is not None:
        return np.full(pieces.data.shape, background.std**2), "background scatter"
    return None, None


def sum_variance(weights: NDArray[np.float64], variance: NDArray[np.float64], background_err: float) -> float:
    """Variance of sum(w (data - background)); NaN where a pixel with weight has no valid variance."""
    used = weights > 0
    w = weights[used]
    return float(np.sum(w**2 * variance[used]) + (np.sum(w) * background_err) ** 2)
