"""What a curve of growth tells: several radii at once, the best one, and what lies outside an aperture.

All about the aperture's own center and with the background already found, so that one cut-out serves all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy import units as u
from astropy.table import QTable
from scipy.optimize import brentq

from imviz.errors import InputError
from imviz.science.calibration.units import with_unit
from imviz.science.photometry.apertures import box_of, center_of, coverage, half_size, scaled
from imviz.science.photometry.cutout import check_image, cut
from imviz.science.photometry.errors_model import sum_variance
from imviz.science.photometry.patch import make_patch, weighted_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.nddata import NDData

    from imviz.science.photometry.measurement import Measurement
    from imviz.science.sources.profiles import Profile

__all__ = ["aperture_correction", "at_radii", "best_radius", "corrected_fwhm", "truncation"]

_RELIABLE = 0.99  # of what an untruncated Gaussian's moments would be


@np.errstate(all="ignore")
def at_radii(image: NDData, m: Measurement, sizes: Sequence[float]) -> QTable:
    """The sums of one source in apertures of several sizes, of the measured aperture's shape and center.

    Parameters
    ----------
    image : astropy.nddata.NDData
        What was measured.
    m : Measurement
        Its background is subtracted.
    sizes : sequence of float
        Radii, larger semi-axes or half longer sides [pix].

    Returns
    -------
    QTable
        ``radius``, ``sum``, ``sum_err`` (NaN without an error), ``area``, ``snr`` and ``mag_ab`` (NaN
        without a zero point).

    Raises
    ------
    InputError
        A size is not above 0, or its aperture lies off the image.
    """
    sizes = [float(size) for size in sizes]
    if not sizes or not all(np.isfinite(size) and size > 0 for size in sizes):
        raise InputError(f"Radii must be numbers above 0, as 3, 5, 8; not {sizes}."[:240])
    whole, center = half_size(m.region), center_of(m.region)
    apertures = [scaled(m.region, size / whole, center) for size in sizes]
    box = box_of(apertures[int(np.argmax(sizes))]).clip(check_image(image))
    if box is None:
        raise InputError("The apertures lie off the image; move the region onto it.")
    pieces = cut(image, box, m.recipe.saturation, m.calibration.mapped_area)
    inside = np.zeros(pieces.data.shape, dtype=bool)
    rows = []
    for aperture in apertures:
        patch, source = make_patch(pieces, coverage(aperture, box), inside, m.recipe, m.background)
        err = float("nan")
        if source is not None and patch.variance is not None:
            err = float(np.sqrt(sum_variance(patch.factors, patch.variance, m.background.err)))
        rows.append((weighted_sum(patch), err, float(patch.weights.sum())))
    raw, err, area = np.array(rows).T
    c = m.calibration
    mag = np.full(raw.size, np.nan)
    if c.zero_point is not None:
        positive = np.where(raw > 0, raw, np.nan) * (1.0 if c.zero_point_is_raw else c.sum_factor)
        mag = c.zero_point - 2.5 * np.log10(positive)
    return QTable(
        {
            "radius": sizes * u.pix,
            "sum": with_unit(raw * c.sum_factor, c.sum_unit),
            "sum_err": with_unit(err * c.sum_factor, c.sum_unit),
            "area": area * u.pix**2,
            "snr": raw / err,
            "mag_ab": mag * u.mag,
        }
    )


def best_radius(growth: Profile) -> float:
    """Size [pix] where a curve of growth has the largest signal to noise, between its points by a parabola.

    NaN without errors, or where the best is the outermost point, so that it is not known.
    """
    if growth.y_err is None:
        return float("nan")
    snr = np.where(growth.y_err > 0, growth.y / np.where(growth.y_err > 0, growth.y_err, 1.0), np.nan)
    if not np.isfinite(snr).any():
        return float("nan")
    i = int(np.nanargmax(snr))
    if i in {0, snr.size - 1} or not np.isfinite(snr[i - 1 : i + 2]).all():
        return float(growth.x[i]) if i < snr.size - 1 else float("nan")
    before, here, after = snr[i - 1 : i + 2]
    shift = 0.5 * (before - after) / (before - 2 * here + after)
    return float(growth.x[i] + shift * (growth.x[i + 1] - growth.x[i]))


def aperture_correction(growth: Profile, size: float) -> float:
    """Magnitudes to add for an aperture of ``size`` [pix] to hold what the whole curve does; below 0.

    By the source's own curve of growth, linearly between its points; NaN outside it.
    """
    x, y = np.concatenate([[0.0], growth.x]), np.concatenate([[0.0], growth.y])
    if not y[-1] > 0:
        return float("nan")
    part = float(np.interp(size, x, y, left=np.nan, right=np.nan)) / float(y[-1])
    return float(2.5 * np.log10(part)) if part > 0 else float("nan")


def truncation(k: float) -> float:
    """Part of a Gaussian's second moment found inside radius k sigma: 1 - (k²/2) / (exp(k²/2) - 1)."""
    half = k * k / 2
    return float(1 - half / np.expm1(half)) if half > 0 else 0.0


def corrected_fwhm(fwhm: float, radius: float) -> tuple[float, bool]:
    """FWHM [pix] of the Gaussian whose moments inside ``radius`` give ``fwhm``; whether to rely on it.

    Not reliable where the aperture cut off more than 1 % of the second moment's root; NaN where no
    Gaussian, however wide, has such moments.
    """
    to_sigma = 1 / (2 * np.sqrt(2 * np.log(2)))
    measured = fwhm * to_sigma
    if (
        not (np.isfinite(measured) and measured > 0) or measured >= 0.98 * radius / 2
    ):  # a flat source's is radius / 2
        return float("nan"), False

    def missing(log_sigma: float) -> float:
        sigma = float(np.exp(log_sigma))
        return sigma * np.sqrt(truncation(radius / sigma)) - measured

    sigma = float(np.exp(brentq(missing, np.log(measured * 0.999), np.log(100 * radius))))
    return sigma / to_sigma, measured >= _RELIABLE * sigma
