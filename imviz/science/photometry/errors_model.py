"""The error of an aperture sum: variance of each pixel, and how a weighted sum adds them.

sum_err^2 = sum(w^2 sigma_i^2) + (sum w)^2 sigma_bkg^2, with independent pixels: in drizzled images,
whose noise is correlated, it is a lower limit. photutils 3.0 uses w instead of w^2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.science.photometry.background import Background
    from imviz.science.photometry.cutout import Cutout
    from imviz.science.photometry.recipe import Recipe

__all__ = ["ccd_variance", "pixel_variance", "recipe_variance", "sum_variance"]


def ccd_variance(
    data: NDArray[np.float64],
    gain: float,
    *,
    read_noise: float = 0.0,
    dark: float = 0.0,
    digitization: float = 0.0,
) -> NDArray[np.float64]:
    """Variance of each pixel [data unit^2] by the CCD equation (Merline & Howell 1995, Exp. Astron. 6, 163).

    Parameters
    ----------
    data : ndarray
        Pixels [data unit] that still hold the sky's photons; negative ones count as 0.
    gain : float
        Electrons per data unit.
    read_noise : float
        Standard deviation of one read [electron].
    dark : float
        Electrons per pixel that were subtracted from ``data`` (dark current, or a sky): their noise stays.
    digitization : float
        Step of the converter [data unit], 1 for raw counts: rounding adds (0.289 step)^2, step^2 / 12.
    """
    electrons = np.maximum(data * gain, 0.0) + dark + read_noise**2
    variance: NDArray[np.float64] = electrons / gain**2 + digitization**2 / 12
    return variance


def recipe_variance(data: NDArray[np.float64], recipe: Recipe) -> NDArray[np.float64] | None:
    """`ccd_variance` of pixels still with their sky, by the terms of a recipe; `None` without a ``gain``."""
    if not recipe.gain:
        return None
    return ccd_variance(
        data,
        recipe.gain,
        read_noise=recipe.read_noise or 0.0,
        dark=recipe.dark or 0.0,
        digitization=recipe.digitization or 0.0,
    )


def pixel_variance(
    pieces: Cutout, recipe: Recipe, background: Background
) -> tuple[NDArray[np.float64] | None, str | None]:
    """Variance of each pixel [data unit^2] and where it comes from, best source first.

    The image's ``uncertainty``; else the CCD equation, `ccd_variance`, when the recipe has a ``gain``; else
    the ``background scatter``; else `None`.
    """
    if pieces.variance is not None:
        return pieces.variance, "uncertainty"
    variance = recipe_variance(pieces.data, recipe)
    if variance is not None:
        return variance, "ccd"
    if background.std is not None:
        return np.full(pieces.data.shape, background.std**2), "background scatter"
    return None, None


def sum_variance(weights: NDArray[np.float64], variance: NDArray[np.float64], background_err: float) -> float:
    """Variance of sum(w (data - background)); NaN where a pixel with weight has no valid variance."""
    pixels = float(np.sum(weights * weights * variance))
    if not np.isfinite(pixels):  # perhaps only by pixels without weight: NaN x 0 is NaN
        used = weights > 0
        pixels = float(np.sum(weights[used] ** 2 * variance[used]))
    return pixels + float(np.sum(weights) * background_err) ** 2
