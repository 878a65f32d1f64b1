"""Radial profiles and the curve of growth: what is plotted under a measurement.

All are about the source's centroid; where that is undefined or outside the aperture's box they are about
the aperture's center, and the title says so. The radial profiles use the pixels of the measurement
itself; the curve of growth reads one more cut-out around it. Fits are `imviz.science.sources.profile_fits`',
and nothing is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    EllipseAnnulusPixelRegion,
    EllipsePixelRegion,
    RectangleAnnulusPixelRegion,
    RectanglePixelRegion,
)

from imviz.science.photometry.apertures import (
    Box,
    area_of,
    box_of,
    center_of,
    coverage,
    half_size,
    outline_parts,
    scaled,
)
from imviz.science.photometry.cutout import check_image, cut
from imviz.science.photometry.errors_model import sum_variance
from imviz.science.photometry.flags import Flag
from imviz.science.photometry.measurement import Patch, make_patch, weighted_sum
from imviz.science.sources.profile_fits import GaussianFit, MoffatFit, fit_gaussian, fit_moffat

if TYPE_CHECKING:
    from astropy.nddata import NDData
    from astropy.units import UnitBase
    from numpy.typing import NDArray
    from regions import PixelRegion

    from imviz.science.photometry.measurement import Measurement, Recipe

__all__ = [
    "GaussianFit",
    "MoffatFit",
    "Profile",
    "curve_of_growth",
    "fit_gaussian",
    "fit_moffat",
    "half_maximum_width",
    "radial_profile",
    "radial_profile_raw",
]

_STEPS = 10
_INNER = 2.5  # pixels from the center that tell the peak
_ABOUT = 1.5  # pixels to either side of a crossing that are looked at


@dataclass(frozen=True, slots=True)
class Profile:
    """A plot's numbers: ``x`` [pix], ``y`` [``unit``], both 1-D; ``y_err`` like ``y`` or `None`.

    ``kind`` is ``radial``, ``raw`` or ``growth``; ``marks`` are vertical lines as (name, x), EE50 and EE80
    of a curve of growth; ``unit`` is empty for an image without one.
    """

    kind: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    y_err: NDArray[np.float64] | None
    x_label: str
    y_label: str
    unit: str
    title: str
    marks: tuple[tuple[str, float], ...] = ()


def radial_profile(m: Measurement) -> Profile:
    """Mean of D in rings of one pixel: bin r holds distances from r - 0.5 up to r + 0.5; empty bins NaN."""
    radius, data, variance = _pixels(m)
    bins = np.floor(radius + 0.5).astype(int)
    n = np.bincount(bins).astype(float)
    n[n == 0] = np.nan
    mean = np.bincount(bins, weights=data) / n
    error = None if variance is None else np.sqrt(np.bincount(bins, weights=variance)) / n
    return _radial("radial", np.arange(mean.size, dtype=float), mean, error, m)


def radial_profile_raw(m: Measurement) -> Profile:
    """Every pixel of C as (distance, D), sorted by distance."""
    radius, data, variance = _pixels(m)
    order = np.argsort(radius, kind="stable")
    error = None if variance is None else np.sqrt(variance[order])
    return _radial("raw", radius[order], data[order], error, m)


def _pixels(m: Measurement) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None]:
    """Distance from the profile's center, D and variance of the pixels of C."""
    patch = m.patch
    rows, columns = np.nonzero(patch.center)
    x, y = _profile_center(m)
    radius = np.hypot(columns + patch.origin[0] - x, rows + patch.origin[1] - y)
    variance = None if patch.variance is None else patch.variance[rows, columns]
    return radius, patch.data[rows, columns], variance


def _about_centroid(m: Measurement) -> bool:
    return not m.values["flags"] & Flag.CENTROID_OUTSIDE


def _profile_center(m: Measurement) -> tuple[float, float]:
    return m.centroid if _about_centroid(m) else center_of(m.region)


def _radial(
    kind: str,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    y_err: NDArray[np.float64] | None,
    m: Measurement,
) -> Profile:
    name = "Radial profile" if kind == "radial" else "Raw radial profile"
    return Profile(kind, x, y, y_err, "Radius (pix)", *_unit_labels(m.calibration.unit), _title(name, m))


def _title(name: str, m: Measurement) -> str:
    return f"{name} from {'source centroid' if _about_centroid(m) else 'aperture center'}"


def _unit_labels(unit: UnitBase | None) -> tuple[str, str]:
    """Label of the y axis, and the unit as text."""
    text = "" if unit is None else unit.to_string()
    return text or "Value", text


@np.errstate(all="ignore")
def curve_of_growth(
    image: NDData, region: PixelRegion, m: Measurement, recipe: Recipe | None = None
) -> Profile:
    """Sum against size: apertures of the same shape at 1/10 ... 10/10 of the size.

    Parameters
    ----------
    image, region, recipe
        What `imviz.science.photometry.measurement.measure` was given (``recipe`` defaults to the
        measurement's).
    m : Measurement
        Its result, whose background is used.

    Returns
    -------
    Profile
        In the unit of the table's ``sum``. The first nine apertures are about the centroid; the tenth is
        the aperture itself, so that its sum is the table's. EE50 and EE80 are the sizes that hold 50 and
        80 % of that sum, by linear interpolation, where the curve passes them.
    """
    recipe = m.recipe if recipe is None else recipe
    center = _profile_center(m)
    apertures = [scaled(region, step / _STEPS, center) for step in range(1, _STEPS)]
    boxes = [box.clip(check_image(image)) for box in map(box_of, apertures)]
    around = _union([box for box in boxes if box is not None])
    factor = m.calibration.sum_factor
    sums, variances = [np.nan] * (_STEPS - 1), [np.nan] * (_STEPS - 1)
    if around is not None:
        pieces = cut(image, around, recipe.saturation, m.calibration.mapped_area)
        everything = np.ones(pieces.data.shape)
        whole, _ = make_patch(pieces, everything, everything > 0, recipe, m.background)
        parts = [_part(whole, aperture, box) for aperture, box in zip(apertures, boxes, strict=True)]
        sums = [weighted_sum(part) for part in parts]
        variances = [_variance(part, m) for part in parts]
    y = np.array([*sums, weighted_sum(m.patch)]) * factor
    size, label = _size(region)
    x = size * np.arange(1, _STEPS + 1) / _STEPS
    y_err = None
    if m.patch.variance is not None:
        y_err = np.sqrt([*variances, _variance(m.patch, m)]) * factor
    labels = _unit_labels(m.calibration.sum_unit)
    title = _title("Curve of growth", m)
    return Profile("growth", x, y, y_err, label, *labels, title, _enclosed(x, y))


def _part(whole: Patch, aperture: PixelRegion, box: Box | None) -> Patch:
    """An aperture's pixels, in its own box, out of ``whole``, whose usable pixels all have weight 1."""
    if box is None:
        box = Box(*whole.origin, 1, 1)
    window = Box(box.x0 - whole.origin[0], box.y0 - whole.origin[1], box.nx, box.ny).slices
    return Patch(
        whole.data[window],
        coverage(aperture, box) * whole.weights[window],
        whole.center[window],
        (box.x0, box.y0),
        None if whole.variance is None else whole.variance[window],
        None if whole.areas is None else whole.areas[window],
    )


def _variance(patch: Patch, m: Measurement) -> float:
    if patch.variance is None:
        return float("nan")
    return sum_variance(patch.factors, patch.variance, m.background.err)


def _union(boxes: list[Box]) -> Box | None:
    if not boxes:
        return None
    union = boxes[0]
    for box in boxes[1:]:
        union = union.union(box)
    return union


def _size(region: PixelRegion) -> tuple[float, str]:
    """The size that a curve of growth is plotted against, and its label."""
    parts = outline_parts(region)
    outer = region if parts is None else parts[1]
    if isinstance(region, CirclePixelRegion | CircleAnnulusPixelRegion):
        return half_size(outer), "Radius (pix)"
    if isinstance(region, EllipsePixelRegion | EllipseAnnulusPixelRegion):
        return half_size(outer), "Semimajor axis (pix)"
    if isinstance(region, RectanglePixelRegion | RectangleAnnulusPixelRegion):
        return float(outer.width), "Width (pix)"
    return float(np.sqrt(area_of(region) / np.pi)), "Equivalent radius (pix)"


def _enclosed(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[tuple[str, float], ...]:
    """Sizes where the curve first reaches 50 % and 80 % of its last point."""
    marks = []
    x, y = np.concatenate([[0.0], x]), np.concatenate([[0.0], y])
    for name, fraction in (("EE50", 0.5), ("EE80", 0.8)):
        level = fraction * y[-1]
        above = np.flatnonzero(y >= level)
        if not level > 0 or above[0] == 0 or not np.isfinite(y[above[0] - 1]):
            continue
        i = int(above[0])
        marks.append((name, float(x[i - 1] + (x[i] - x[i - 1]) * (level - y[i - 1]) / (y[i] - y[i - 1]))))
    return tuple(marks)


def half_maximum_width(profile: Profile) -> float:
    """FWHM [pix] read off a radial profile, without a model; NaN where it never falls to half its peak.

    Twice the radius where the mean in rings of one pixel first passes half of the peak; between rings, by a
    parabola through the points about there. The peak, at radius 0, follows from the innermost points by a
    polynomial in the square of the radius.
    """
    good = np.isfinite(profile.x) & np.isfinite(profile.y)
    radius, data = profile.x[good], profile.y[good]
    rings = np.floor(radius + 0.5).astype(int)
    if profile.kind == "growth" or np.unique(rings).size < 3:
        return float("nan")
    n = np.bincount(rings)
    r, y = (np.bincount(rings, weights=values)[n > 0] / n[n > 0] for values in (radius, data))
    inner = radius < _INNER
    if inner.sum() >= 12 and _n_radii(radius[inner]) > 3:
        peak = np.polynomial.polynomial.polyfit(radius[inner] ** 2, data[inner], 2)[0]
    else:
        peak = y[0] + (y[0] - y[1]) * r[0] ** 2 / (r[1] ** 2 - r[0] ** 2)
    below = np.flatnonzero(y <= peak / 2)
    if not peak > 0 or below.size == 0 or below[0] == 0:
        return float("nan")
    i = int(below[0])
    first = float(r[i - 1] + (r[i] - r[i - 1]) * (y[i - 1] - peak / 2) / (y[i - 1] - y[i]))
    return 2 * _crossing(radius, data, peak / 2, first)


def _n_radii(radius: NDArray[np.float64]) -> int:
    """How many different ones: about the middle of a pixel many points share a few."""
    return int(np.unique(np.round(radius, 6)).size)


def _crossing(x: NDArray[np.float64], y: NDArray[np.float64], level: float, first: float) -> float:
    """Where points about ``first`` pass ``level``, by a parabola; ``first`` where that tells nothing."""
    near = np.abs(x - first) < _ABOUT
    if near.sum() < 6 or _n_radii(x[near]) < 4:
        return first
    c, b, a = np.polynomial.polynomial.polyfit(x[near] - first, y[near] - level, 2)
    inside = b * b - 4 * a * c
    if not b < 0 or not inside > 0:  # it falls there
        return first
    shift = float(2 * c / (-b + np.sqrt(inside)))
    return first + shift if abs(shift) < _ABOUT / 2 else first
