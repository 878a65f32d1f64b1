"""The brightness of a star against comparison stars over a series of exposures.

The relative flux is the target's over the sum of the comparison stars' (Collins et al. 2017, AJ 153, 77),
which takes out what all stars share: clouds, airmass, exposure time. Fluxes come measured; this module
reads no pixel. Times are the middle of each exposure, as its header tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.table import QTable
from astropy.time import Time

from imviz.errors import InputError
from imviz.science.calibration.header import Cards

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["comparison_scatter", "light_curve", "mid_exposure"]

_SCALES = {"UTC": "utc", "UT": "utc", "TAI": "tai", "TT": "tt", "TDT": "tt", "TDB": "tdb", "UT1": "ut1"}
_MIDDLES_MJD = ("MJD-AVG", "EXPMID", "MJDMID", "MJD_MID", "TMID")
_STARTS_MJD = ("EXPSTART", "MJD-BEG", "MJD-OBS", "MJD_OBS", "OBSMJD", "MJD")
_EXPOSURES = ("XPOSURE", "EXPTIME", "EXPOSURE", "TELAPSE", "EFFEXPTM")


def light_curve(flux: ArrayLike, flux_err: ArrayLike, times: Time | None = None) -> QTable:
    """The relative flux of a target in each exposure.

    Parameters
    ----------
    flux, flux_err : array_like
        Sums and their errors, shape (n_exposures, 1 + n_comparisons), the target first; one unit for all.
    times : Time, optional
        Middle of each exposure, shape (n_exposures,).

    Returns
    -------
    QTable
        In the order of the exposures: ``time`` (if given), ``rel_flux`` = target / sum of comparisons,
        ``rel_flux_err``, ``normalized`` = ``rel_flux`` over its median, ``normalized_err``,
        ``comparison_sum`` over its median (the transparency), ``usable`` (all its numbers are finite and
        the comparison sum positive; the others are NaN).

    Raises
    ------
    InputError
        Shapes do not fit, or there is no comparison star.
    """
    values, errors = (np.asarray(array, dtype=float) for array in (flux, flux_err))
    if values.ndim != 2 or values.shape != errors.shape or values.shape[1] < 2:
        raise InputError("A light curve needs, for each exposure, a target and at least one comparison star.")
    if times is not None and times.shape != values.shape[:1]:
        raise InputError(f"There are {len(values)} exposures and {times.size} times; give one for each.")
    target, total = values[:, 0], values[:, 1:].sum(axis=1)
    noise = np.sqrt((errors[:, 1:] ** 2).sum(axis=1))
    usable = np.isfinite(target) & (total > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(usable, target / total, np.nan)
        # d(T/C)^2 = (dT/C)^2 + (T dC/C^2)^2; T may be 0 or negative
        relative_err = np.where(usable, np.hypot(errors[:, 0] / total, target * noise / total**2), np.nan)
        middle = _median(relative[usable])
        table = QTable(
            {
                "rel_flux": relative,
                "rel_flux_err": relative_err,
                "normalized": relative / middle,
                "normalized_err": relative_err / abs(middle),
                "comparison_sum": np.where(usable, total / _median(total[usable]), np.nan),
                "usable": usable,
            }
        )
    if times is not None:
        table.add_column(times, index=0, name="time")
    return table


def comparison_scatter(flux: ArrayLike) -> NDArray[np.float64]:
    """How steady each comparison star is: the scatter of its flux over the sum of the others'.

    Parameters
    ----------
    flux : array_like
        As for `light_curve`; needs two comparison stars or more, else the scatter is NaN.

    Returns
    -------
    ndarray
        Relative standard deviation (ddof 1) of each comparison star, shape (n_comparisons,). One that
        varies stands out and should be left out.
    """
    stars = np.asarray(flux, dtype=float)[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = stars / (stars.sum(axis=1, keepdims=True) - stars)
        ratios[~np.isfinite(ratios)] = np.nan
        if stars.shape[0] < 2 or np.isnan(ratios).all():
            return np.full(stars.shape[1], np.nan)
        spread: NDArray[np.float64] = np.nanstd(ratios, axis=0, ddof=1) / np.nanmedian(ratios, axis=0)
    return spread


def _median(values: NDArray[np.float64]) -> float:
    return float(np.median(values)) if values.size else np.nan


def mid_exposure(meta: Any) -> Time | None:
    """The middle of an exposure, from its header; `None` where it does not tell.

    Parameters
    ----------
    meta : mapping
        The header; FITS' ``MJD-AVG``, ``EXPMID``, ``DATE-AVG``; ``EXPSTART`` with ``EXPEND``; ``MJD-OBS``,
        ``DATE-BEG`` or ``DATE-OBS`` (with ``TIME-OBS``) plus half of ``XPOSURE`` or ``EXPTIME`` [s]. The
        scale is ``TIMESYS``', UTC without it.
    """
    cards = Cards(meta)
    scale = _SCALES.get((cards.word("TIMESYS") or "UTC").upper(), "utc")
    middle = _first(cards, _MIDDLES_MJD)
    if middle is not None:
        return Time(middle, format="mjd", scale=scale)
    average = _date(cards.word("DATE-AVG"), "", scale)
    if average is not None:
        return average
    start = _first(cards, _STARTS_MJD)
    end = _first(cards, ("EXPEND", "MJD-END"))
    if start is not None and end is not None and end >= start:
        return Time((start + end) / 2, format="mjd", scale=scale)
    begun = Time(start, format="mjd", scale=scale) if start is not None else None
    if begun is None:
        day = cards.word("DATE-BEG") or cards.word("DATE-OBS")
        begun = _date(day, cards.word("TIME-OBS") or cards.word("UTC-OBS"), scale)
    if begun is None:
        return None
    return begun + (_first(cards, _EXPOSURES) or 0.0) / 2 * u.s


def _first(cards: Cards, names: tuple[str, ...]) -> float | None:
    return next((number for name in names if (number := cards.number(name)) is not None), None)


def _date(day: str, clock: str, scale: str) -> Time | None:
    if not day:
        return None
    text = day if "T" in day or not clock else f"{day}T{clock}"
    try:
        return Time(text, format="isot" if "T" in text else "iso", scale=scale)
    except ValueError:  # 31/12/99 and other dates of the last century
        return None
