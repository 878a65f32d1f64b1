"""The brightness of a star against comparison stars over a series of exposures.

The relative flux is the target's over the sum of the comparison stars' (Collins et al. 2017, AJ 153, 77),
which takes out what all stars share: clouds, airmass, exposure time. Fluxes come measured; this module
reads no pixel. When an exposure was is `imviz.science.sources.exposure_times`' business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import astropy.units as u
import numpy as np
from astropy.table import QTable

from imviz.errors import InputError
from imviz.science.photometry.flags import Flag

if TYPE_CHECKING:
    from astropy.time import Time
    from numpy.typing import ArrayLike, NDArray

__all__ = ["SPOILING", "comparison_scatter", "light_curve"]

SPOILING = (
    Flag.PARTIAL_OVERLAP
    | Flag.MASKED_PIXELS
    | Flag.NON_FINITE_PIXELS
    | Flag.SATURATED_PIXELS
    | Flag.NO_USABLE_PIXEL
    | Flag.NO_PIXEL_CENTER
)
"""Flags that make a flux no measure of brightness: some of the star's light is not in it."""


def light_curve(
    flux: ArrayLike,
    flux_err: ArrayLike,
    times: Time | None = None,
    *,
    flags: ArrayLike | None = None,
    bjd_tdb: ArrayLike | None = None,
    airmass: ArrayLike | None = None,
) -> QTable:
    """The relative flux of a target in each exposure.

    Parameters
    ----------
    flux, flux_err : array_like
        Sums and their errors, shape (n_exposures, 1 + n_comparisons), the target first; one unit for all.
    times : Time, optional
        Middle of each exposure, shape (n_exposures,).
    flags : array_like of int, optional
        Flags of each star in each exposure, of the shape of ``flux``.
    bjd_tdb, airmass : array_like, optional
        Of each exposure, shape (n_exposures,): barycentric dates [day] and air masses, NaN where not known.

    Returns
    -------
    QTable
        In the order of the exposures: ``time``, ``bjd_tdb`` [d] and ``airmass`` (those given), ``rel_flux`` =
        target / sum of comparisons, ``rel_flux_err``, ``normalized`` = ``rel_flux`` over its median,
        ``normalized_err``, ``comparison_sum`` over its median (the transparency), ``usable`` and ``flags``
        (of any of the stars). Usable are exposures whose numbers are finite, whose comparison sum is
        positive, and without a flag of `SPOILING`; medians are over these. Numbers that there are none of are
        NaN.

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
    bits = np.zeros(values.shape, dtype=int) if flags is None else np.asarray(flags, dtype=int)
    if bits.shape != values.shape:
        raise InputError("There must be flags for each star in each exposure, or none at all.")
    joined = np.bitwise_or.reduce(bits, axis=1)
    target, total = values[:, 0], values[:, 1:].sum(axis=1)
    there = np.isfinite(target) & (total > 0)
    usable = there & ((joined & int(SPOILING)) == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative, relative_err = _ratio(values, errors, there)
        middle = _median(relative[usable])
        table = QTable(
            {
                "rel_flux": relative,
                "rel_flux_err": relative_err,
                "normalized": relative / middle,
                "normalized_err": relative_err / abs(middle),
                "comparison_sum": np.where(there, total / _median(total[usable]), np.nan),
                "usable": usable,
                "flags": joined,
            }
        )
    when = {
        "time": times,
        "bjd_tdb": None if bjd_tdb is None else np.asarray(bjd_tdb, dtype=float) * u.d,
        "airmass": None if airmass is None else np.asarray(airmass, dtype=float),
    }
    given = {name: column for name, column in when.items() if column is not None}
    table.add_columns(list(given.values()), indexes=[0] * len(given), names=list(given))
    return table


def _ratio(
    values: NDArray[np.float64], errors: NDArray[np.float64], there: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Target over comparison sum, and its error; NaN where they are not ``there``."""
    target, total = values[:, 0], values[:, 1:].sum(axis=1)
    noise = np.sqrt((errors[:, 1:] ** 2).sum(axis=1))
    # d(T/C)^2 = (dT/C)^2 + (T dC/C^2)^2; T may be 0 or negative
    err = np.hypot(errors[:, 0] / total, target * noise / total**2)
    return np.where(there, target / total, np.nan), np.where(there, err, np.nan)


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
        found = [column[np.isfinite(column)] for column in ratios.T]
        return np.array([one.std(ddof=1) / np.median(one) if one.size > 1 else np.nan for one in found])


def _median(values: NDArray[np.float64]) -> float:
    return float(np.median(values)) if values.size else np.nan
