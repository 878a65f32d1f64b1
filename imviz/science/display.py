"""Cuts of an image for display, from a small fixed sample, whatever the image's size.

The sample is a regular grid (never random: the same image always looks the same) with an odd step, so
that images with alternating rows or columns are sampled fairly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.visualization import ZScaleInterval

from imviz.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AUTOCUTS", "auto_cuts", "sample"]

AUTOCUTS = ("minmax", "99.5%", "99%", "95%", "90%", "zscale")
_SAMPLE = 250_000
_MINMAX_SAMPLE = 4_000_000  # extremes are rare: exact up to 2000 x 2000, sampled beyond


def sample(data: Any, n: int = _SAMPLE) -> NDArray[np.float64]:
    """At most about ``n`` finite values of a 2-D ``data``, on a regular grid: 1-D, native float64.

    ``data`` is only sliced with steps, so a memory map or a lazy array is not read whole.
    """
    ny, nx = data.shape
    step = max(int(np.ceil(np.sqrt(ny * nx / n))), 1) | 1
    if ny * nx <= n:
        step = 1
    values = np.asarray(data[::step, ::step], dtype=np.float64).ravel()
    return values[np.isfinite(values)]


def auto_cuts(data: Any, method: str = "99.5%") -> tuple[float, float]:
    """Display limits ``(vmin, vmax)``, finite and increasing for any image.

    Parameters
    ----------
    data : array_like
        Two-dimensional; NaN and infinities are passed over.
    method : str
        ``minmax``, ``zscale``, or the central percentage of the values as ``99.5%``.

    Raises
    ------
    InputError
        Unknown ``method``.
    """
    percent = _percent(method)
    values = sample(data, _MINMAX_SAMPLE if method == "minmax" else _SAMPLE)
    if values.size == 0:
        return 0.0, 1.0
    if method == "zscale":
        low, high = (float(limit) for limit in ZScaleInterval().get_limits(values))
    elif method == "minmax":
        low, high = float(values.min()), float(values.max())
    else:
        low, high = (float(limit) for limit in np.percentile(values, [50 - percent / 2, 50 + percent / 2]))
    if not low < high:  # zscale of few distinct values, percentiles of a rare signal
        low, high = float(values.min()), float(values.max())
    if low < high:
        return low, high
    margin = abs(low) / 2 or 0.5
    return low - margin, low + margin


def _percent(method: str) -> float:
    """The number in ``99.5%``; 100 for the other methods."""
    if method in {"minmax", "zscale"}:
        return 100.0
    try:
        percent = float(str(method).removesuffix("%"))
    except ValueError:
        percent = np.nan
    if not 0 < percent <= 100:
        raise InputError(f"Unknown autocut {str(method)[:40]!r}; use one of {', '.join(AUTOCUTS)}.")
    return percent
