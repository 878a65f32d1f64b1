"""Cuts of an image for display, from a small fixed sample, whatever the image's size.

The sample is a regular grid (never random: the same image always looks the same) with an odd step, so
that images with alternating rows or columns are sampled fairly. Only the extremes are exact: they are
sought in every pixel, a block at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.visualization import ZScaleInterval

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["AUTOCUTS", "auto_cuts", "cuts_name", "extremes", "sample", "seek_extremes"]

AUTOCUTS = ("minmax", "99.5%", "99%", "95%", "90%", "zscale")
_SAMPLE = 250_000
_BLOCK = 4_000_000  # pixels looked at together when the extremes are sought


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


def extremes(data: Any) -> tuple[float, float] | None:
    """The lowest and the highest finite value of a 2-D ``data``, exactly; None if no value is finite.

    Reads every pixel, some rows at a time: memory does not grow with the image, time does.
    """
    found = None
    for _, found in seek_extremes(data):  # noqa: B007 - the last one counts
        pass
    return found


def seek_extremes(data: Any) -> Iterator[tuple[float, tuple[float, float] | None]]:
    """`extremes` step by step: after each block, what part has been looked at (0 to 1) and what was found."""
    n_rows, n_columns = data.shape
    step = max(_BLOCK // max(n_columns, 1), 1)
    found: tuple[float, float] | None = None
    for row in range(0, n_rows, step):
        pair = _extremes(np.asarray(data[row : row + step]))
        if pair is not None:
            found = pair if found is None else (min(found[0], pair[0]), max(found[1], pair[1]))
        yield min((row + step) / n_rows, 1.0), found


def _extremes(block: NDArray[Any]) -> tuple[float, float] | None:
    if block.size == 0:
        return None
    low, high = (float(find.reduce(block, axis=None)) for find in (np.fmin, np.fmax))
    if np.isfinite([low, high]).all():
        return low, high
    values = block[np.isfinite(block)]
    return (float(values.min()), float(values.max())) if values.size else None


def cuts_name(method: Any) -> str:
    """The name of automatic cuts: ``minmax``, ``zscale`` or as ``99.5%``; also from Min/Max, 99.5, 'Zscale'.

    Raises
    ------
    InputError
        If there are none of that name.
    """
    text = str(method).strip()
    known = {"minmax": "minmax", "min/max": "minmax", "zscale": "zscale"}
    if text.lower() in known:
        return known[text.lower()]
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = np.nan
    if isinstance(method, bool) or not 0 < percent <= 100:
        raise InputError(
            f"There are no cuts {text[:40]!r}; use {', '.join(AUTOCUTS)}, any percentage, or (low, high)."
        )
    return "minmax" if percent == 100 else f"{percent:g}%"


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
    name = cuts_name(method)
    if name == "minmax":
        return _widened(*(extremes(data) or (0.0, 1.0)))
    values = sample(data)
    if values.size == 0:
        return 0.0, 1.0
    if name == "zscale":
        low, high = (float(limit) for limit in ZScaleInterval().get_limits(values))
    else:
        half = float(name[:-1]) / 2
        low, high = (float(limit) for limit in np.percentile(values, [50 - half, 50 + half]))
    if not low < high:  # zscale of few distinct values, percentiles of a rare signal
        low, high = float(values.min()), float(values.max())
    return _widened(low, high)


def _widened(low: float, high: float) -> tuple[float, float]:
    """The same limits, apart if they were one."""
    if low < high:
        return low, high
    margin = abs(low) / 2 or 0.5
    return low - margin, low + margin
