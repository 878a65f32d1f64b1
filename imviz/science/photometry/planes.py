"""A plane through pixels of the sky, by least squares with rejection of what sticks out.

Used where the sky has a gradient, as near a bright galaxy: see
`imviz.science.photometry.background.estimate`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.stats import mad_std

from imviz.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["fit_plane"]

_FEWEST = 4
_ROUNDS = 10


def fit_plane(
    values: NDArray[np.float64],
    x: NDArray[np.floating[Any]],
    y: NDArray[np.floating[Any]],
    sigma_clip: float | None = None,
) -> tuple[float, tuple[float, float], float, float, int]:
    """Fit ``value + slope_x x + slope_y y``.

    Parameters
    ----------
    values, x, y : ndarray
        Pixels and where they are, (n,).
    sigma_clip : float, optional
        Reject pixels beyond so many standard deviations of the plane, up to 10 times.

    Returns
    -------
    value, slope, err, std, n : float, (float, float), float, float, int
        At x = y = 0; ``err`` of the value there, ``std`` of a pixel about the plane, and the pixels used.

    Raises
    ------
    InputError
        Fewer than 4 pixels, or all of them on a line.
    """
    design = np.stack([np.ones(x.size), x, y], axis=1)
    kept = np.ones(x.size, dtype=bool)
    for _ in range(_ROUNDS):
        if kept.sum() < _FEWEST:
            raise InputError(
                "A plane needs at least 4 pixels of background; enlarge the region or clip less."
            )
        best, _, rank, _ = np.linalg.lstsq(design[kept], values[kept], rcond=None)
        if rank < 3:
            raise InputError(
                "The background's pixels lie on a line, which gives no plane; enlarge the region."
            )
        residual = values - design @ best
        std = float(mad_std(residual[kept])) or float(np.std(residual[kept]))
        if sigma_clip is None:
            break
        again = np.abs(residual - np.median(residual[kept])) <= sigma_clip * std
        if std == 0 or (again == kept).all():
            break
        kept = again
    inverse = np.linalg.inv(design[kept].T @ design[kept])
    n = int(kept.sum())
    return float(best[0]), (float(best[1]), float(best[2])), std * float(np.sqrt(inverse[0, 0])), std, n
