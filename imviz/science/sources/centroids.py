"""Where a source is, by four methods, and an aperture moved onto it, not further than allowed.

The table's ``xcentroid`` and ``ycentroid`` are always first moments; these are what an aperture is
centered by, and what a click near a star finds. They are of the light above the aperture's rim, so that a sky
does not hold them back, and a place without a source's light is refused, whatever method it came from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from imviz.errors import InputError
from imviz.science.photometry.apertures import center_of, scaled
from imviz.science.photometry.measurement import measure
from imviz.science.sources.above_sky import AboveSky
from imviz.science.sources.source_fits import fit_source

if TYPE_CHECKING:
    from astropy.nddata import NDData
    from regions import PixelRegion

    from imviz.science.photometry.measurement import Measurement, Recipe

__all__ = ["METHODS", "Centroid", "centroid", "recentred"]

METHODS = ("moments", "Gaussian", "quadratic", "windowed")
_ROUNDS = 20
_SETTLED = 1e-4  # pixels
_RESTLESS = 0.02  # pixels: a step that is left after all rounds
_FLICKER = 0.6  # pixels, between the two places of a small aperture whose edge pixels come and go
_CORE = 2  # pixels to each side of the brightest that a paraboloid goes through
_STEEPEST = 0.5  # smallest sigma of a window [pix]


@dataclass(frozen=True, slots=True)
class Centroid:
    """A place [pix], with its standard error where the method and the image tell it (else NaN)."""

    x: float
    y: float
    x_err: float = float("nan")
    y_err: float = float("nan")
    method: str = "moments"


_NOWHERE = Centroid(float("nan"), float("nan"))


def centroid(m: Measurement, method: str = "moments") -> Centroid:
    """Where the source of a measurement is.

    Parameters
    ----------
    m : Measurement
        Its pixels, background removed, are used.
    method : str
        ``moments`` (of what is joined above the noise); ``Gaussian`` (fitted in two dimensions);
        ``quadratic`` (a paraboloid through the 5 x 5 pixels about the brightest); ``windowed`` (moments
        under a Gaussian window that follows the source, as SExtractor's XWIN: Bertin & Arnouts 1996,
        A&AS 117, 393).

    Raises
    ------
    InputError
        Unknown method, or no source's light where it leads: nothing there, or a place between two sources.
    """
    if method not in METHODS:
        raise InputError(f"There is no centroid {str(method)[:60]!r}; choose from {', '.join(METHODS)}.")
    by = {"moments": _moments, "Gaussian": _gaussian, "quadratic": _quadratic, "windowed": _windowed}
    scene, (left, low) = AboveSky.of(m), m.patch.origin
    found = by[method](m, scene)
    if not scene.has_source_at(found.x, found.y):
        raise InputError(
            f"The {method} centroid found no source in the aperture; move it or choose another method."
        )
    return replace(found, x=found.x + left, y=found.y + low, method=method)


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
    place, found, moved, before = start, None, 0.0, (np.inf, np.inf)
    for _ in range(_ROUNDS):
        found = centroid(measure(image, scaled(region, 1.0, place), recipe), method)
        moved = float(np.hypot(found.x - place[0], found.y - place[1]))
        if moved < _FLICKER and np.hypot(found.x - before[0], found.y - before[1]) < _SETTLED:
            found = replace(found, x=(found.x + place[0]) / 2, y=(found.y + place[1]) / 2)  # to and fro
            moved = 0.0
        before, place = place, (found.x, found.y)
        far = float(np.hypot(place[0] - start[0], place[1] - start[1]))
        if max_shift is not None and far > max_shift:
            raise InputError(
                f"The source's center is {far:.2f} pixels away, more than the {max_shift:g} allowed; "
                "the aperture stayed."
            )
        if moved < _SETTLED:
            break
    else:
        if moved > _RESTLESS:
            raise InputError(f"The {method} centroid does not settle; choose another method or aperture.")
    assert found is not None  # noqa: S101  there is at least one round
    return scaled(region, 1.0, place), found


def _moments(m: Measurement, scene: AboveSky) -> Centroid:
    """First moments of the brightest source; a dead pixel counts as the one opposite, in a few rounds."""
    x, y = (float(axis) for axis in scene.brightest())
    whole = scene
    for _ in range(_ROUNDS if scene.dead.any() else 1):
        whole, before = scene.mended(x, y), (x, y)
        rows, columns = np.nonzero(whole.island())
        data = whole.data[rows, columns]
        total = float(data.sum())
        if not total > 0:
            return _NOWHERE
        x, y = float(np.sum(columns * data)) / total, float(np.sum(rows * data)) / total
        if np.hypot(x - before[0], y - before[1]) < _SETTLED:
            break
    if m.patch.variance is None:
        return Centroid(x, y)
    rows, columns = np.nonzero(whole.island() & scene.used)
    variance = m.patch.variance[rows, columns]
    x_err, y_err = (float(np.sqrt(np.sum(d * d * variance)) / total) for d in (columns - x, rows - y))
    return Centroid(x, y, x_err, y_err)


def _gaussian(m: Measurement, scene: AboveSky) -> Centroid:
    fit = fit_source(replace(m, held=replace(m.patch, data=scene.data)), "Gaussian")
    if fit.model is None:
        raise InputError(fit.message)
    v, e = fit.values, fit.errors
    return Centroid(v["x"] - m.patch.origin[0], v["y"] - m.patch.origin[1], e["x"], e["y"])


def _quadratic(_: Measurement, scene: AboveSky) -> Centroid:
    """The top of a paraboloid through the usable ones of the 5 x 5 pixels about the brightest."""
    if min(scene.data.shape) < 2 * _CORE + 1 or scene.used.sum() < 6:
        raise InputError("A quadratic centroid needs an aperture of at least 5 x 5 pixels; enlarge it.")
    x, y = scene.brightest()
    ny, nx = scene.data.shape
    if not (_CORE <= x < nx - _CORE and _CORE <= y < ny - _CORE):
        raise InputError("The brightest pixel is at the aperture's rim; enlarge the aperture or move it.")
    window = slice(y - _CORE, y + _CORE + 1), slice(x - _CORE, x + _CORE + 1)
    good = scene.used[window] if scene.dead[window].any() else np.ones((2 * _CORE + 1,) * 2, dtype=bool)
    dy, dx = (axis - _CORE for axis in np.nonzero(good))
    design = np.stack([np.ones(dx.size), dx, dy, dx * dx, dx * dy, dy * dy], axis=1)
    solved = np.linalg.lstsq(design, scene.data[window][good], rcond=None)
    (b, c, d, e, f), rank = solved[0].tolist()[1:], int(solved[2])
    bend = 4 * d * f - e * e
    if rank < design.shape[1] or not (bend > 0 and d < 0):  # no top
        return _NOWHERE
    top = (e * c - 2 * f * b) / bend, (e * b - 2 * d * c) / bend
    return Centroid(x + top[0], y + top[1]) if max(np.abs(top)) <= _CORE else _NOWHERE


def _windowed(m: Measurement, scene: AboveSky) -> Centroid:
    start = _moments(m, scene)
    x, y = start.x, start.y
    if not scene.has_source_at(x, y):
        x, y = (float(axis) for axis in scene.brightest())
    rows, columns = np.nonzero(scene.used)
    sigma = _half_light_radius(scene.data[rows, columns], np.hypot(columns - x, rows - y)) * 2 / 2.3548
    x_err = y_err = float("nan")
    for _ in range(_ROUNDS):
        whole = scene.mended(x, y)
        rows, columns = np.nonzero(whole.used)
        data, dx, dy = whole.data[rows, columns], columns - x, rows - y
        window = np.exp(-0.5 * (dx * dx + dy * dy) / sigma**2)
        total = float(np.sum(window * data))
        if not total > 0:
            return _NOWHERE
        step = 2 * np.sum(window * data * dx) / total, 2 * np.sum(window * data * dy) / total
        if m.patch.variance is not None:
            variance = np.where(scene.used, m.patch.variance, 0.0)[rows, columns]
            x_err, y_err = (
                float(2 * np.sqrt(np.sum((window * d) ** 2 * variance)) / total) for d in (dx, dy)
            )
        x, y = float(x + step[0]), float(y + step[1])
        if np.hypot(*step) < _SETTLED:
            return Centroid(x, y, x_err, y_err)
    return _NOWHERE


def _half_light_radius(data: np.ndarray, radius: np.ndarray) -> float:
    order = np.argsort(radius)
    growth = np.cumsum(data[order])
    inside = np.flatnonzero(growth >= growth[-1] / 2)
    return max(float(radius[order][inside[0]]), _STEEPEST) if inside.size and growth[-1] > 0 else 1.0
