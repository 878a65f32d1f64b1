"""What follows from a raw sum: flux, counts, magnitudes and their errors; of one aperture or of many.

Everything takes numbers or arrays of one shape, so that one measurement and thousands are one arithmetic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np

from imviz.science.calibration.units import with_unit

if TYPE_CHECKING:
    from imviz.science.calibration.units import Calibration

__all__ = ["sums"]

_POGSON = 2.5 / np.log(10)


def sums(raw: Any, raw_err: Any, area: Any, calibration: Calibration) -> dict[str, Any]:
    """Sum, area, counts, magnitudes and errors, by column; `None` where a factor or an error is not known.

    Parameters
    ----------
    raw, raw_err : float or ndarray
        Sums of w D and their standard errors [data unit]; ``raw_err`` `None` without a noise estimate.
    area : float or ndarray
        Sums of w over the usable pixels [pix²].
    calibration : Calibration
        Factors and units.

    Notes
    -----
    ``mag_ab_err`` is by the sum's error alone, as is that of every magnitude. ``zero_point_err`` stands
    beside it: all rows of an image are off by the same, so that it does not average out.
    """
    total = raw * calibration.sum_factor
    err = None if raw_err is None else raw_err * calibration.sum_factor
    counts = None if calibration.counts_factor is None else raw / calibration.counts_factor
    scaling = calibration.flux_scaling
    mag_ab = mag_ab_err = None
    if calibration.zero_point is not None:
        reference = raw if calibration.zero_point_is_raw else total
        mag_ab = calibration.zero_point + _magnitude(reference)
        if raw_err is not None:
            mag_ab_err = np.where(np.greater(raw, 0), _POGSON * _ratio(raw_err, raw), np.nan)[()]
    return {
        "sum": with_unit(total, calibration.sum_unit),
        "sum_aper_area": area * u.pix**2,
        "pixarea_tot": _optional(calibration.pixel_sr, u.sr),
        "aperture_sum_counts": _optional(counts, u.ct),
        "aperture_sum_counts_err": _optional(None if counts is None else _root(counts), u.ct),
        "counts_fac": _optional(
            calibration.counts_factor, (calibration.unit or u.dimensionless_unscaled) / u.ct
        ),
        "aperture_sum_mag": _optional(None if scaling is None else _magnitude(raw / scaling), u.mag),
        "flux_scaling": None if scaling is None else with_unit(scaling, calibration.unit),
        "sum_err": None if err is None else with_unit(err, calibration.sum_unit),
        "snr": None if raw_err is None else _ratio(raw, raw_err),
        "zero_point": _optional(calibration.zero_point, u.mag),
        "zero_point_err": _optional(calibration.zero_point_err, u.mag),
        "mag_ab": _optional(mag_ab, u.mag),
        "mag_ab_err": _optional(mag_ab_err, u.mag),
    }


def _optional(value: Any, unit: u.UnitBase) -> u.Quantity | None:
    return None if value is None else u.Quantity(value, unit)


def _magnitude(ratio: Any) -> Any:
    """-2.5 log10, NaN for what has no magnitude."""
    return -2.5 * np.log10(np.where(np.greater(ratio, 0), ratio, np.nan))[()]


def _root(value: Any) -> Any:
    return np.sqrt(np.where(np.greater_equal(value, 0), value, np.nan))[()]


def _ratio(value: Any, divisor: Any) -> Any:
    return value / np.where(np.equal(divisor, 0), np.nan, divisor)[()]
