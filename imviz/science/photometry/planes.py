"""A plane through pixels of the sky, by least squares with rejection of what sticks out.

Used where the sky has a gradient, as near a bright galaxy: see
`imviz.science.photometry.background.estimate`. What clipping does to scatter and error is undone, as in
`imviz.science.photometry.clipping`; pixels that come in steps have a scatter that does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.stats import mad_std

from imviz.errors import InputError
from imviz.science.photometry.clipping import ROUNDS, error_factor, mad_ratio, part_within, rms_ratio
from imviz.science.photometry.lattice import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["fit_plane"]

_FEWEST = 4
_COARSE = 3.0  # steps of scatter, below which rounded pixels are cut far out only
_STARS = 4.0  # standard deviations of rounded pixels, beyond which they are no noise


def fit_plane(
    values: NDArray[np.float64],
    x: NDArray[np.floating[Any] | np.integer[Any]],
    y: NDArray[np.floating[Any] | np.integer[Any]],
    sigma_clip: float | None = None,
) -> tuple[float, tuple[float, float], float, float, int, float]:
    """Fit ``value + slope_x x + slope_y y``.

    Parameters
    ----------
    values, x, y : ndarray
        Pixels and where they are, (n,).
    sigma_clip : float, optional
        Reject pixels beyond so many standard deviations of the plane, up to 10 times; of pixels whose
        scatter is below 3 of their steps, 4 at least, as a limit between steps cuts more on one side.

    Returns
    -------
    value, slope, err, std, n, step : float, (float, float), float, float, int, float
        At x = y = 0; ``err`` of the value there, ``std`` of a pixel about the plane, the pixels used, and the
        step that they come in, else 0.

    Raises
    ------
    InputError
        Fewer than 4 pixels, or all of them on a line.
    """
    design = np.stack([np.ones(x.size), x, y], axis=1)
    ordered = np.sort(values)
    step = float(np.nan_to_num(rounded(ordered[None], np.array([values.size])).step[0]))
    if sigma_clip is not None and step > float(mad_std(values)) / _COARSE:
        sigma_clip = max(sigma_clip, _STARS)
    kept, limit = np.ones(x.size, dtype=bool), np.inf
    for _ in range(ROUNDS):
        best = _least_squares(design[kept], values[kept])
        residual = values - design @ best
        std = _scatter(residual[kept], limit, step)
        if sigma_clip is None:
            break
        half = sigma_clip * std + step / 2  # whole steps, of which some part is within
        again = np.abs(residual - np.median(residual[kept])) <= half
        if std == 0 or (again == kept).all():
            break
        kept, limit = again, half / std
    inverse = np.linalg.inv(design[kept].T @ design[kept])
    n = int(kept.sum())
    err = error_factor("mean", limit) * np.sqrt(part_within(limit) * inverse[0, 0])
    return float(best[0]), (float(best[1]), float(best[2])), std * float(err), std, n, step


def _least_squares(design: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(values) < _FEWEST:
        raise InputError("A plane needs at least 4 pixels of background; enlarge the region or clip less.")
    found, _, rank, _ = np.linalg.lstsq(design, values, rcond=None)
    if rank < 3:
        raise InputError("The background's pixels lie on a line, which gives no plane; enlarge the region.")
    best: NDArray[np.float64] = np.asarray(found, dtype=np.float64)
    return best


def _scatter(residual: NDArray[np.float64], limit: float, step: float) -> float:
    """Of a pixel about the plane, whose three numbers the residuals have lost."""
    lost = np.sqrt(residual.size / (residual.size - 3))
    robust = float(mad_std(residual)) / mad_ratio(limit) * lost
    if not step > robust / 10:
        return robust or float(np.std(residual)) * lost
    # of coarsely rounded pixels, more than half may be one value, which has no deviation
    noise = residual[np.abs(residual) <= _STARS * np.hypot(robust, step / 2) + step / 2]
    return float(np.sqrt(np.mean(noise**2)) * lost) / rms_ratio(limit)
