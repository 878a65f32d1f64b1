"""The error of an aperture sum: variance of each pixel, and how a weighted sum adds them.

What an uncertainty or the CCD equation says of a pixel is checked against the scatter of the sky's pixels,
and brought to it where that is asked for.

sum_err^2 = sum(w^2 sigma_i^2) + (sum w)^2 sigma_bkg^2, with independent pixels: in drizzled images,
whose noise is correlated, it is a lower limit. photutils 3.0 uses w instead of w^2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.science.photometry.cutout import Cutout
    from imviz.science.photometry.level import Background
    from imviz.science.photometry.recipe import Recipe

__all__ = [
    "SCALED",
    "SkyCheck",
    "ccd_variance",
    "pixel_variance",
    "recipe_variance",
    "sum_variance",
    "typical_variance",
]

SCALED = ", scaled to the sky"
"""What is added to the source of errors that were brought to the sky's scatter."""

_MAD_NOISE = 1.17  # relative standard error of a scaled median absolute deviation, times sqrt(n)
_SURE = 4.0  # standard errors that are not chance: once in 16,000 measurements
_LEAST = 1.05  # a ratio that no table of gains or flat field holds to anyway
_SUBTRACTED = 0.5  # of the level that the scatter's photons make, below which some sky is missing
_NEAR_ZERO = 3.0  # standard deviations of a pixel that a subtracted sky may be away from 0


def ccd_variance(
    data: NDArray[np.float64],
    gain: float,
    *,
    read_noise: float = 0.0,
    dark: float = 0.0,
    digitization: Any = 0.0,
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


def recipe_variance(data: NDArray[np.float64], recipe: Recipe, step: Any = 0.0) -> NDArray[np.float64] | None:
    """`ccd_variance` of pixels still with their sky, by the terms of a recipe; `None` without a ``gain``.

    Pixels that come in a ``step`` were rounded to it, unless the recipe says otherwise, or no amplifier made
    them (no read noise): photons are whole by themselves.
    """
    if not recipe.gain:
        return None
    if recipe.digitization is not None:
        step = recipe.digitization
    elif not recipe.read_noise:
        step = 0.0
    return ccd_variance(
        data,
        recipe.gain,
        read_noise=recipe.read_noise or 0.0,
        dark=recipe.dark or 0.0,
        digitization=step,
    )


def typical_variance(variance: NDArray[np.float64]) -> float:
    """The median of the valid ones; 0 without any."""
    valid = variance[np.isfinite(variance) & (variance > 0)]
    return float(np.median(valid)) if valid.size else 0.0


@dataclass(frozen=True, slots=True)
class SkyCheck:
    """The scatter of the sky against what errors say of it; numbers, or arrays of many apertures.

    ``ratio`` is the scatter in units of what is expected, NaN without either; ``differs`` where that is
    more than chance. ``factor`` and ``extra`` bring a pixel's variance to the sky's: ``factor`` times it, and
    ``extra`` [data unit^2] more; ``is_subtracted`` where the second is right, as the photons of a sky that
    was subtracted are missing, which the source's own have nothing to do with.
    """

    ratio: Any
    differs: Any
    factor: Any
    extra: Any
    is_subtracted: Any

    @classmethod
    def of(
        cls, std: Any, n_pixels: Any, level: Any, variance: Any, recipe: Recipe, step: Any = 0.0
    ) -> SkyCheck:
        """Check errors against skies.

        Parameters
        ----------
        std, n_pixels, level : float or ndarray
            Scatter of a sky's pixels, their number, and their level, all in the data unit.
        variance : float or ndarray
            Of a pixel there by the image's uncertainty [data unit^2]; NaN without one.
        step : float or ndarray
            That pixels come in [data unit], or 0.
        recipe : Recipe
            Its terms of the CCD equation come in where there is no uncertainty.
        """
        by_gain = recipe_variance(np.asarray(level, dtype=float), recipe, step)
        is_ccd = np.isnan(variance) if by_gain is not None else np.zeros(np.shape(variance), dtype=bool)
        expected = np.where(is_ccd, np.nan if by_gain is None else by_gain, variance)
        with np.errstate(all="ignore"):
            ratio = np.where(np.greater(expected, 0) & np.greater(std, 0), std / np.sqrt(expected), np.nan)
            chance = np.exp(_SURE * _MAD_NOISE / np.sqrt(n_pixels))
            differs = np.abs(np.log(ratio)) > np.log(np.maximum(chance, _LEAST))
            dark = recipe_variance(np.zeros(()), recipe, step) if by_gain is not None else np.nan
            photons = (np.square(std) - dark) * (recipe.gain or np.nan)
            subtracted = is_ccd & (ratio > 1) & (level < np.minimum(_SUBTRACTED * photons, _NEAR_ZERO * std))
            known = np.isfinite(ratio)
            factor = np.where(known & ~subtracted, ratio**2, 1.0)
            extra = np.where(known & subtracted, np.square(std) - expected, 0.0)
        return cls(ratio[()], differs[()], factor[()], extra[()], subtracted[()])

    def take(self, index: NDArray[np.int_]) -> SkyCheck:
        """Those of ``index``."""
        parts = self.ratio, self.differs, self.factor, self.extra, self.is_subtracted
        return SkyCheck(*(part[index] for part in parts))

    @classmethod
    def of_one(cls, background: Background, recipe: Recipe) -> SkyCheck:
        """Check against the sky of one aperture."""
        std = np.nan if background.std is None else background.std
        variance = np.nan if background.variance is None else background.variance
        return cls.of(std, max(background.n_pixels, 1), background.value, variance, recipe, background.step)

    def in_words(self, source: str) -> str:
        """One sentence or two on errors by ``source`` that the sky contradicts; '' where it does not."""
        if not self.differs:
            return ""
        told = (
            "the image's uncertainty says" if source.startswith("uncertainty") else "gain and read noise say"
        )
        if self.ratio > 1:
            cause = (
                "Was sky subtracted from this image?"
                if self.is_subtracted
                else "Are there faint sources or a gradient in the sky, or is the gain another?"
            )
            return (
                f"The sky scatters {self.ratio:.2g} times more than {told}; "
                f"errors are too small by that. {cause}"
            )
        return (
            f"The sky scatters {1 / self.ratio:.2g} times less than {told}; errors are too large by that. "
            "Is a bias still in the pixels, were they smoothed or averaged, or is the gain another?"
        )


def pixel_variance(
    pieces: Cutout, recipe: Recipe, background: Background
) -> tuple[NDArray[np.float64] | None, str | None]:
    """Variance of each pixel [data unit^2] and where it comes from, best source first.

    The image's ``uncertainty``; else the CCD equation, `ccd_variance`, when the recipe has a ``gain``; else
    the ``background scatter``; else `None`. The first two are brought to the sky's scatter where the recipe
    asks for that.
    """
    variance, source = pieces.variance, "uncertainty"
    if variance is None:
        variance, source = recipe_variance(pieces.data, recipe, background.step), "ccd"
    if variance is not None:
        if not recipe.scale_errors or background.std is None:
            return variance, source
        check = SkyCheck.of_one(background, recipe)
        return variance * check.factor + check.extra, source + SCALED
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
