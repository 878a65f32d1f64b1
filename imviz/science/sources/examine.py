"""Quick looks at a place of an image, as IRAF's imexamine has them: cuts, fits of cuts, statistics, levels.

Each reads one cut-out about the place, clipped at the image's edge. Pixels that are masked or not finite
are NaN in cuts and left out of numbers. Photometry itself is `imviz.science.photometry.measurement`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.modeling.fitting import TRFLSQFitter
from astropy.modeling.models import Const1D, Gaussian1D
from contourpy import contour_generator

from imviz.errors import InputError
from imviz.science.photometry.apertures import Box
from imviz.science.photometry.cutout import check_image, cut

if TYPE_CHECKING:
    from astropy.nddata import NDData
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Cut", "CutFit", "around", "contours", "cut_along", "fit_cut", "pixel", "statistics", "vector"]

_TO_FWHM = float(2 * np.sqrt(2 * np.log(2)))
_VECTOR_STEP = 0.5  # pixels


@dataclass(frozen=True, slots=True)
class Cut:
    """Values along a line: ``x`` [pix along it, or the pixel's own coordinate] and ``y`` [data unit]."""

    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True)
class CutFit:
    """A Gaussian on a constant fitted to a cut; widths and places in pixels, with their errors."""

    center: float
    center_err: float
    fwhm: float
    fwhm_err: float
    peak: float
    level: float
    x: Floats
    y: Floats


def around(image: NDData, x: float, y: float, half: int) -> tuple[Floats, Box]:
    """The pixels up to ``half`` away from the pixel of (x, y), unusable ones NaN, and their box.

    Raises
    ------
    InputError
        (x, y) is so far off the image that none are on it.
    """
    column, row = int(np.floor(x + 0.5)), int(np.floor(y + 0.5))
    box = Box(column - half, row - half, 2 * half + 1, 2 * half + 1).clip(check_image(image))
    if box is None:
        raise InputError(f"({x:.1f}, {y:.1f}) is off the image; move the cursor onto it.")
    pieces = cut(image, box)
    return np.where(pieces.usable, pieces.data, np.nan), box


def pixel(image: NDData, x: float, y: float) -> tuple[Any, float]:
    """The value of the pixel at a place, in its own type, and its error; NaN where unusable, or without one.

    Raises
    ------
    InputError
        The place is off the image.
    """
    values, box = around(image, x, y, 0)
    variance = cut(image, box).variance
    if np.isnan(values[0, 0]):
        return float("nan"), float("nan")
    value = np.asarray(image.data[box.y0 : box.y0 + 1, box.x0 : box.x0 + 1])[0, 0]
    return value, float("nan") if variance is None else float(np.sqrt(variance[0, 0]))


def cut_along(image: NDData, x: float, y: float, axis: str, half: int | None = None, average: int = 1) -> Cut:
    """A ``row`` or ``column`` through (x, y), the mean of ``average`` neighbouring ones.

    Parameters
    ----------
    half : int, optional
        Pixels to either side. Default: the whole row or column.
    """
    ny, nx = check_image(image)
    column, row = int(np.floor(x + 0.5)), int(np.floor(y + 0.5))
    side = average // 2
    if axis == "row":
        low, high = (0, nx) if half is None else (column - half, column + half + 1)
        box = Box(low, row - side, high - low, average)
    else:
        low, high = (0, ny) if half is None else (row - half, row + half + 1)
        box = Box(column - side, low, average, high - low)
    inside = box.clip((ny, nx))
    if inside is None:
        raise InputError(f"({x:.1f}, {y:.1f}) is off the image; move the cursor onto it.")
    pieces = cut(image, inside)
    across, start = (0, inside.x0) if axis == "row" else (1, inside.y0)
    n = pieces.usable.sum(axis=across)
    mean = np.where(n > 0, pieces.data.sum(axis=across) / np.maximum(n, 1), np.nan)
    return Cut(start + np.arange(mean.size, dtype=float), mean)


def fit_cut(found: Cut) -> CutFit:
    """A Gaussian on a constant level, by least squares.

    Raises
    ------
    InputError
        Too few pixels, or nothing that looks like a source.
    """
    good = np.isfinite(found.y)
    x, y = found.x[good], found.y[good]
    if x.size < 6 or np.ptp(y) == 0:
        raise InputError("The cut holds too little to fit a Gaussian; move the cursor onto a star.")
    level, scale = float(np.median(y)), float(np.ptp(y))
    top = int(np.argmax(y))
    above = int(np.count_nonzero(y > level + (y[top] - level) / 2))
    start = Gaussian1D(1.0, x[top], max(above / _TO_FWHM, 0.7)) + Const1D(0.0)
    fitter = TRFLSQFitter(calc_uncertainties=True)
    model = fitter(start, x, (y - level) / scale)
    errors = (
        np.sqrt(np.diag(model.cov_matrix.cov_matrix)) if model.cov_matrix is not None else np.full(4, np.nan)
    )
    fwhm = abs(float(model.stddev_0.value)) * _TO_FWHM
    if not (x[0] <= model.mean_0.value <= x[-1]) or not model.amplitude_0.value > 0 or fwhm > 2 * np.ptp(x):
        raise InputError("No source in the cut; move the cursor onto a star.")
    fine = np.linspace(x[0], x[-1], 200)
    return CutFit(
        float(model.mean_0.value),
        float(errors[1]),
        fwhm,
        float(errors[2]) * _TO_FWHM,
        float(model.amplitude_0.value) * scale,
        level + float(model.amplitude_1.value) * scale,
        fine,
        level + scale * model(fine),
    )


def statistics(image: NDData, x: float, y: float, half: int) -> dict[str, float]:
    """``npix``, ``mean``, ``median``, ``stddev`` (of a sample), ``min`` and ``max`` of a square."""
    values, _ = around(image, x, y, half)
    values = values[np.isfinite(values)]
    if values.size == 0:
        raise InputError("No usable pixel there; move the cursor.")
    return {
        "npix": float(values.size),
        "mean": float(values.mean()),
        "median": float(np.median(values)),
        "stddev": float(values.std(ddof=1)) if values.size > 1 else float("nan"),
        "min": float(values.min()),
        "max": float(values.max()),
    }


def contours(image: NDData, x: float, y: float, half: int, n_levels: int = 5) -> list[Floats]:
    """Lines of equal value in a square, each (n, 2) in image pixels, at even levels between min and max."""
    values, box = around(image, x, y, half)
    if not np.isfinite(values).any():
        raise InputError("No usable pixel there; move the cursor.")
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if min(values.shape) < 2 or high <= low:
        raise InputError("Nothing to draw contours of: all pixels there are the same.")
    columns, rows = box.x0 + np.arange(box.nx), box.y0 + np.arange(box.ny)
    lines = contour_generator(columns, rows, np.ma.masked_invalid(values))
    levels = low + (high - low) * np.arange(1, n_levels + 1) / (n_levels + 1)
    return [np.asarray(line, dtype=float) for level in levels for line in lines.lines(float(level))]


def vector(image: NDData, start: tuple[float, float], end: tuple[float, float]) -> Cut:
    """Values along a straight line, every half pixel, by linear interpolation; NaN off the image."""
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    if not 0 < length <= 20000:
        raise InputError("A vector needs two places, at most 20000 pixels apart.")
    distance = np.linspace(0, length, int(np.ceil(length / _VECTOR_STEP)) + 1)
    xs, ys = (a + (b - a) * distance / length for a, b in zip(start, end, strict=True))
    x0, y0 = int(np.floor(xs.min())), int(np.floor(ys.min()))
    whole = Box(x0, y0, int(np.floor(xs.max())) + 2 - x0, int(np.floor(ys.max())) + 2 - y0)
    box = whole.clip(check_image(image))
    values = np.full(distance.size, np.nan)
    if box is None:
        return Cut(distance, values)
    pieces = cut(image, box)
    data = np.where(pieces.usable, pieces.data, np.nan)
    i, j = np.floor(xs).astype(int) - box.x0, np.floor(ys).astype(int) - box.y0
    fx, fy = xs - np.floor(xs), ys - np.floor(ys)
    total = np.zeros(distance.size)
    for di, dj, part in (
        (0, 0, (1 - fx) * (1 - fy)),
        (1, 0, fx * (1 - fy)),
        (0, 1, (1 - fx) * fy),
        (1, 1, fx * fy),
    ):
        inside = (i + di >= 0) & (i + di < box.nx) & (j + dj >= 0) & (j + dj < box.ny)
        corner = np.full(distance.size, np.nan)
        corner[inside] = data[(j + dj)[inside], (i + di)[inside]]
        total += np.where(part > 0, corner * part, 0.0)
    return Cut(distance, total)
