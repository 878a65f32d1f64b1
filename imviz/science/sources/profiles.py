"""Radial profiles and the curve of growth: what is plotted under a measurement.

All are about the source's centroid; where that is undefined or outside the aperture's box they are about
the aperture's center, and the title says so. The radial profiles use the pixels of the measurement
itself; the curve of growth reads one more cut-out around it. Fits are `imviz.science.sources.profile_fits`',
and nothing is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from scipy.optimize import brentq

from imviz.science.photometry.apertures import (
    Box,
    area_of,
    box_of,
    coverage,
    half_size,
    scaled,
)
from imviz.science.photometry.cutout import check_image, cut
from imviz.science.photometry.errors_model import sum_variance
from imviz.science.photometry.patch import Patch, make_patch, weighted_sum
from imviz.science.regions.kinds import parts_of
from imviz.science.sources.profile_fits import GaussianFit, MoffatFit, fit_gaussian, fit_moffat
from imviz.science.sources.rings import about_centroid, profile_center, rings_of

if TYPE_CHECKING:
    from collections.abc import Callable

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
    "radial_profile",
    "radial_profile_raw",
]

_STEPS = 10
_FINE = 1e-3  # of a radius that is sought


@dataclass(frozen=True, slots=True)
class Profile:
    """A plot's numbers: ``x`` [pix], ``y`` [``unit``], both 1-D; ``y_err`` like ``y`` or `None`.

    ``kind`` is ``radial``, ``raw`` or ``growth``; ``marks`` are vertical lines as (name, x), EE50 and EE80
    of a curve of growth; ``unit`` is empty for an image without one; ``pixels`` are those that rings are
    means of, as x and y.
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
    pixels: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None


def radial_profile(m: Measurement) -> Profile:
    """Mean of D in rings of one pixel: bin r holds distances from r - 0.5 up to r + 0.5; empty bins NaN."""
    rings = rings_of(m)
    mean = rings.mean(rings.data)
    profile = _radial("radial", np.arange(mean.size, dtype=float), mean, rings.error(), m)
    return replace(profile, pixels=(np.hypot(rings.dx, rings.dy), rings.data))


def radial_profile_raw(m: Measurement) -> Profile:
    """Every pixel of C as (distance, D), sorted by distance."""
    rings = rings_of(m, raw=True)
    return _radial("raw", np.hypot(rings.dx, rings.dy), rings.data, rings.error(), m)


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
    return f"{name} from {'source centroid' if about_centroid(m) else 'aperture center'}"


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
        the aperture itself, so that its sum is the table's. EE50 and EE80 are the sizes of the apertures that
        hold 50 and 80 % of that sum, to 0.1 %, where the curve passes them first.
    """
    recipe = m.recipe if recipe is None else recipe
    nest = _Nest.around(image, region, m, recipe)
    parts = [nest.part(step / _STEPS) for step in range(1, _STEPS)]
    factor = m.calibration.sum_factor
    y = np.array([*map(weighted_sum, parts), weighted_sum(m.patch)]) * factor
    size, label = _size(region)
    x = size * np.arange(1, _STEPS + 1) / _STEPS
    y_err = None
    if m.patch.variance is not None:
        y_err = np.sqrt([_variance(part, m) for part in (*parts, m.patch)]) * factor
    labels = _unit_labels(m.calibration.sum_unit)
    marks = _enclosed(y, lambda part: weighted_sum(nest.part(part)) * factor)
    marks = tuple((name, part * size) for name, part in marks)
    return Profile("growth", x, y, y_err, label, *labels, _title("Curve of growth", m), marks)


@dataclass(frozen=True, slots=True)
class _Nest:
    """Apertures of one shape inside each other, about one center, and the pixels under them."""

    region: PixelRegion
    center: tuple[float, float]
    whole: Patch | None

    @classmethod
    def around(cls, image: NDData, region: PixelRegion, m: Measurement, recipe: Recipe) -> _Nest:
        """About the profile's center, up to the full size; usable pixels all have weight 1."""
        center = profile_center(m)
        box = box_of(scaled(region, 1.0, center)).clip(check_image(image))
        if box is None:
            return cls(region, center, None)
        pieces = cut(image, box, recipe.saturation, m.calibration.mapped_area)
        everything = np.ones(pieces.data.shape)
        whole, _ = make_patch(pieces, everything, everything > 0, recipe, m.background)
        return cls(region, center, whole)

    def part(self, size: float) -> Patch:
        """The pixels of the aperture of a part of the size, in its own box."""
        whole = self.whole
        if whole is None:
            return _EMPTY
        ny, nx = whole.data.shape
        x0, y0 = whole.origin
        aperture = scaled(self.region, size, self.center)
        here = box_of(aperture)
        box = Box(here.x0 - x0, here.y0 - y0, here.nx, here.ny).clip((ny, nx))
        if box is None:
            return _EMPTY
        window, origin = box.slices, (box.x0 + x0, box.y0 + y0)
        return Patch(
            whole.data[window],
            coverage(aperture, Box(*origin, box.nx, box.ny)) * whole.weights[window],
            whole.center[window],
            origin,
            None if whole.variance is None else whole.variance[window],
            None if whole.areas is None else whole.areas[window],
        )


_NOTHING = np.zeros((1, 1))
_EMPTY = Patch(_NOTHING, _NOTHING, _NOTHING > 0, (0, 0), _NOTHING)


def _variance(patch: Patch, m: Measurement) -> float:
    if patch.variance is None:
        return float("nan")
    return sum_variance(patch.factors, patch.variance, m.background.err)


def _size(region: PixelRegion) -> tuple[float, str]:
    """The size that a curve of growth is plotted against, and its label."""
    parts = parts_of(region)
    outer = region if parts is None else parts[1]
    if isinstance(region, CirclePixelRegion | CircleAnnulusPixelRegion):
        return half_size(outer), "Radius (pix)"
    if isinstance(region, EllipsePixelRegion | EllipseAnnulusPixelRegion):
        return half_size(outer), "Semimajor axis (pix)"
    if isinstance(region, RectanglePixelRegion | RectangleAnnulusPixelRegion):
        return float(outer.width), "Width (pix)"
    return float(np.sqrt(area_of(region) / np.pi)), "Equivalent radius (pix)"


def _enclosed(y: NDArray[np.float64], sum_at: Callable[[float], float]) -> tuple[tuple[str, float], ...]:
    """Parts of the size that first hold 50 % and 80 % of a curve's last point, by the sums of apertures.

    Between two points of the curve the size is sought: the first of them may hold nearly all.
    """
    marks = []
    curve = np.concatenate([[0.0], y])
    for name, fraction in (("EE50", 0.5), ("EE80", 0.8)):
        level = fraction * curve[-1]
        above = np.flatnonzero(curve >= level)
        if not level > 0 or above[0] == 0 or not np.isfinite(curve[above[0] - 1]):
            continue
        i = int(above[0])
        marks.append((name, _sought(sum_at, level, curve, i)))
    return tuple(marks)


def _sought(sum_at: Callable[[float], float], level: float, curve: NDArray[np.float64], i: int) -> float:
    """Where a curve passes ``level`` between two of its points, the ``i``-th the first not below."""

    def excess(part: float) -> float:
        return sum_at(part) - level if part else -level

    low, high = (i - 1) / _STEPS, i / _STEPS
    if i == _STEPS and not excess(high) >= 0:  # the last aperture is not about the same center
        return float(low + (high - low) * (level - curve[i - 1]) / (curve[i] - curve[i - 1]))
    return float(brentq(excess, low, high, rtol=_FINE, xtol=1e-9))
