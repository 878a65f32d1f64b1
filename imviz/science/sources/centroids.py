"""Where a source is, by four methods, and an aperture moved onto it, not further than allowed.

The table's ``xcentroid`` and ``ycentroid`` are always first moments; these are what an aperture is
centered by, and what a click near a star finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from photutils.centroids import centroid_quadratic

from imviz.errors import InputError
from imviz.science.photometry.apertures import center_of, scaled
from imviz.science.photometry.measurement import measure
from imviz.science.sources.source_fits import fit_source

if TYPE_CHECKING:
    from astropy.nddata import NDData
    from regions import PixelRegion

    from imviz.science.photometry.measurement import Measurement, Recipe

__all__ = ["METHODS", "Centroid", "centroid", "recentred"]

METHODS = ("moments", "Gaussian", "quadratic", "windowed")
_ROUNDS = 20
_SETTLED = 1e-4  # pixels
_STEEPEST = 0.5  # smallest sigma of a window [pix]


@dataclass(frozen=True, slots=True)
class Centroid:
    """A place [pix], with its standard error where the method and the image tell it (else NaN)."""

    x: float
    y: float
    x_err: float = float("nan")
    y_err: float = float("nan")
    method: str = "moments"


def centroid(m: Measurement, method: str = "moments") -> Centroid:
    """Where the source of a measurement is.

    Parameters
    ----------
    m : Measurement
        Its pixels, background removed, are used.
    method : str
        ``moments``; ``Gaussian`` (fitted in two dimensions); ``quadratic`` (a paraboloid through the 5 x 5
        pixels about the brightest); ``windowed`` (moments under a Gaussian window that follows the source,
        as SExtractor's XWIN: Bertin & Arnouts 1996, A&AS 117, 393).

    Raises
    ------
    InputError
        Unknown method, or nothing in the aperture that has a center.
    """
    if method not in METHODS:
        raise InputError(f"There is no centroid {str(method)[:60]!r}; choose from {', '.join(METHODS)}.")
    found = {"moments": _moments, "Gaussian": _gaussian, "quadratic": _quadratic, "windowed": _windowed}[
        method
    ](m)
    if not (np.isfinite(found.x) and np.isfinite(found.y)):
        raise InputError(
            f"The {method} centroid found no source in the aperture; move it or choose another method."
        )
    return found


def recentred(
    image: NDData,
    region: PixelRegion,
    recipe: Recipe | None = None,
    method: str = "moments",
    *,
    max_shift: float | None = None,
) -> tuple[PixelRegion, Centroid]:
    """``region`` moved so that its center is its source's centroid.

    Parameters
    ----------
    image, region, recipe
        As for `imviz.science.photometry.measurement.measure`; an annulus moves along.
    method : str
        See `centroid`.
    max_shift : float, optional
        Pixels that the center may move at most. Default: no limit.

    Raises
    ------
    InputError
        No source, or one further away than ``max_shift``, which is said.
    """
    start = center_of(region)
    place, found = start, None
    for _ in range(_ROUNDS):
        found = centroid(measure(image, scaled(region, 1.0, place), recipe), method)
        moved, place = np.hypot(found.x - place[0], found.y - place[1]), (found.x, found.y)
        far = float(np.hypot(place[0] - start[0], place[1] - start[1]))
        if max_shift is not None and far > max_shift:
            raise InputError(
                f"The source's center is {far:.2f} pixels away, more than the {max_shift:g} allowed; "
                "the aperture stayed."
            )
        if moved < _SETTLED:
            break
    assert found is not None  # noqa: S101  there is at least one round
    return scaled(region, 1.0, place), found


def _moments(m: Measurement) -> Centroid:
    rows, columns = np.nonzero(m.patch.center)
    total = float(m.patch.data[rows, columns].sum())
    x, y = m.centroid
    if m.patch.variance is None or not total:
        return Centroid(x, y)
    variance = m.patch.variance[rows, columns]
    dx, dy = columns + m.patch.origin[0] - x, rows + m.patch.origin[1] - y
    x_err, y_err = (float(np.sqrt(np.sum(d * d * variance)) / abs(total)) for d in (dx, dy))
    return Centroid(x, y, x_err, y_err)


def _gaussian(m: Measurement) -> Centroid:
    fit = fit_source(m, "Gaussian")
    if fit.model is None:
        raise InputError(fit.message)
    v, e = fit.values, fit.errors
    return Centroid(v["x"], v["y"], e["x"], e["y"], "Gaussian")


def _quadratic(m: Measurement) -> Centroid:
    data, center = m.patch.data, m.patch.center
    if min(data.shape) < 5 or center.sum() < 6:
        raise InputError("A quadratic centroid needs an aperture of at least 5 x 5 pixels; enlarge it.")
    y, x = np.unravel_index(int(np.argmax(np.where(center, data, -np.inf))), data.shape)
    ny, nx = data.shape
    if not (2 <= x <= nx - 3 and 2 <= y <= ny - 3):
        raise InputError("The brightest pixel is at the aperture's rim; enlarge the aperture or move it.")
    window = data[y - 2 : y + 3, x - 2 : x + 3]
    dx, dy = centroid_quadratic(window, fit_boxsize=5)
    return Centroid(x - 2 + dx + m.patch.origin[0], y - 2 + dy + m.patch.origin[1], method="quadratic")


def _windowed(m: Measurement) -> Centroid:
    rows, columns = np.nonzero(m.patch.center)
    data = m.patch.data[rows, columns]
    x, y = m.centroid[0] - m.patch.origin[0], m.centroid[1] - m.patch.origin[1]
    sigma = _half_light_radius(data, np.hypot(columns - x, rows - y)) * 2 / 2.3548
    variance = None if m.patch.variance is None else m.patch.variance[rows, columns]
    x_err = y_err = float("nan")
    for _ in range(_ROUNDS):
        dx, dy = columns - x, rows - y
        window = np.exp(-0.5 * (dx * dx + dy * dy) / sigma**2)
        total = float(np.sum(window * data))
        if not total > 0:
            return Centroid(float("nan"), float("nan"), method="windowed")
        step = 2 * np.sum(window * data * dx) / total, 2 * np.sum(window * data * dy) / total
        if variance is not None:
            x_err, y_err = (
                float(2 * np.sqrt(np.sum((window * d) ** 2 * variance)) / total) for d in (dx, dy)
            )
        x, y = float(x + step[0]), float(y + step[1])
        if np.hypot(*step) < _SETTLED:
            break
    return Centroid(x + m.patch.origin[0], y + m.patch.origin[1], x_err, y_err, "windowed")


def _half_light_radius(data: np.ndarray, radius: np.ndarray) -> float:
    order = np.argsort(radius)
    growth = np.cumsum(data[order])
    inside = np.flatnonzero(growth >= growth[-1] / 2)
    return max(float(radius[order][inside[0]]), _STEEPEST) if inside.size and growth[-1] > 0 else 1.0
