"""The error of an aperture sum as nature shows it: the scatter of the same aperture where nothing is.

Resampled (drizzled, coadded) images have correlated noise, for which the sum over independent pixels of
`imviz.science.photometry.errors_model` is too small. The same aperture with the same background, put at
empty places around the source, has the noise of the source's surroundings as it is. The photons of the
source itself are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from astropy.nddata import NDData
from astropy.stats import mad_std
from scipy.ndimage import gaussian_filter
from scipy.special import gammaln
from scipy.stats import f as fisher
from scipy.stats import t as student

from imviz.errors import InputError
from imviz.science.calibration.units import calibrate
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.apertures import Box, box_of, center_of, coverage, in_words, scaled
from imviz.science.photometry.background import NoPixelError, find_background, region_of
from imviz.science.photometry.cutout import Cutout, check_image, cut
from imviz.science.photometry.planes import fit_plane
from imviz.science.photometry.recipe import Recipe
from imviz.science.sources.neighbours import source_mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from regions import PixelRegion

    from imviz.science.photometry.level import Background

__all__ = ["EmpiricalError", "empirical_error"]

_FEWEST = 10
_SMOOTH = 1.5  # pixels, sigma of what a faint source is looked for with
_WINGS = 3  # pixels about it that are not empty, though nothing stands out there
_OUTLIER = 3e-5  # chance to be rejected, on either side, for a place that is as empty as the others
_FEW = 30  # places, below which the error itself is off by more than an eighth
_TILTED = 20_000  # pixels that tell the slope of the sky
_SOME = 3  # places with a source
_CROWDED = 1.07  # how much larger the scatter with them, for that to be said
_ROUNDED = 100 * np.finfo(float).eps  # of the largest value in each pixel, what a sum may differ by
_ALIKE = (
    "The sums at the empty places are all the same, as of pixels without noise or filled with one value, so "
    "the error by them is 0 and tells nothing."
)
_UNEVEN = 1e-3  # chance that nearer and farther places scatter so differently where noise is the same


@dataclass(frozen=True, slots=True)
class EmpiricalError:
    """``err`` of a raw sum [data unit], the scatter of ``sums`` at ``centers``, (n, 2), x and y.

    ``uncertainty`` is that of ``err``, relative, by the number of places; ``note`` says in a sentence how far
    it is to be trusted, '' where that is all.
    """

    err: float
    sums: NDArray[np.float64]
    centers: NDArray[np.float64]
    uncertainty: float = float("nan")
    note: str = ""


def empirical_error(
    image: NDData, region: PixelRegion, recipe: Recipe | None = None, *, n_places: int = 100
) -> EmpiricalError:
    """Standard error of the raw sum of ``region`` by empty apertures around it.

    Parameters
    ----------
    image, region, recipe
        As for `imviz.science.photometry.measurement.measure`. A background annulus moves along, without the
        sources that happen to be in it there; the error of any other background is added by its own estimate.
    n_places : int
        How many places to use, the nearest first; ``err`` is uncertain by ``1 / sqrt(2 (n_places - 1))``.

    Returns
    -------
    EmpiricalError
        Places lie on a grid of the aperture's bounding box, whole pixels away from it, so that they do
        not overlap and the same call gives the same result. Those with a source, an unusable pixel or a
        part off the image are left out, and sums that stand out: 4.2 standard deviations from the median of
        100 places, 6.5 of 10, as Student's distribution has it. The scatter is unbiased for Gaussian sums of
        any number.

    Raises
    ------
    InputError
        Fewer than 10 places are free.
    """
    recipe = Recipe() if recipe is None else recipe
    shape = check_image(image)
    box = box_of(region)
    if box.nx > shape[1] or box.ny > shape[0]:
        raise InputError(f"The {in_words(region)} is larger than the image, which leaves no empty place.")
    weights = coverage(region, box)
    area = float(weights.sum())
    sky = None if isinstance(recipe.background, Annulus) else find_background(image, region, recipe)
    places = _Places.around(image, region, recipe, weights, sky, n_places)
    if np.count_nonzero(places.is_empty) < _FEWEST:
        n = np.count_nonzero(places.is_empty)
        raise InputError(
            f"Only {n} places around the {in_words(region)} are empty, which is too few for an "
            f"empirical error; {_FEWEST} are needed, so use a smaller aperture."
        )
    values, positions = places.sums[places.is_empty], places.centers[places.is_empty]
    farthest = float(student.isf(_OUTLIER, len(values) - 1)) * float(mad_std(values))
    kept = np.abs(values - np.median(values)) <= farthest
    kept |= kept.sum() < _FEWEST
    values, positions = values[kept], positions[kept]
    scatter = _scatter(values)
    err = scatter if sky is None else float(np.hypot(scatter, area * sky.err))
    uncertainty = float(1 / np.sqrt(2 * (values.size - 1)))
    if scatter <= places.rounding:
        return EmpiricalError(err, values, positions, uncertainty, _ALIKE)
    return EmpiricalError(err, values, positions, uncertainty, _note(values, places.sums, uncertainty))


@dataclass(frozen=True, slots=True)
class _Places:
    """The aperture elsewhere: raw ``sums`` (n,), ``centers`` (n, 2), and which of them hold no source.

    Sums that differ by ``rounding`` are the same.
    """

    sums: NDArray[np.float64]
    centers: NDArray[np.float64]
    is_empty: NDArray[np.bool_]
    rounding: float

    @classmethod
    def around(
        cls,
        image: NDData,
        region: PixelRegion,
        recipe: Recipe,
        weights: NDArray[np.float64],
        sky: Background | None,
        n_places: int,
    ) -> _Places:
        """Nearest first, until ``n_places`` of them are empty; of usable pixels all."""
        shape, box = check_image(image), box_of(region)
        around = _around(box, n_places, _reach(region, recipe)).clip(shape)
        sums: list[float] = []
        centers, is_empty, largest = [], [], 0.0
        if around is not None:
            pieces = cut(
                image, around, recipe.saturation, calibrate(image.unit, recipe, image.wcs).mapped_area
            )
            free = pieces.usable & ~_sources(pieces)
            empty = NDData(pieces.data, mask=~free, unit=image.unit)
            x, y = center_of(region)
            for dx, dy in _shifts(box, pieces, weights > 0):
                center = (x + dx, y + dy)
                rows, columns = _window(box, around, dx, dy)
                place = Box(box.x0 + dx, box.y0 + dy, box.nx, box.ny)
                there = sky
                if there is None:  # in pixels of the cut-out
                    place = Box(columns.start, rows.start, box.nx, box.ny)
                    moved = scaled(region, 1.0, (center[0] - around.x0, center[1] - around.y0))
                    there = _sky_at(empty, moved, recipe)
                    if there is None:
                        continue
                values = pieces.data[rows, columns] - there.level(place)
                values = values if pieces.areas is None else values * pieces.areas[rows, columns]
                sums.append(float(np.sum(weights * values)))
                centers.append(center)
                inside = pieces.data[rows, columns][weights > 0]
                largest = max(largest, float(np.abs(inside).max()))
                is_empty.append(bool(free[rows, columns][weights > 0].all()))
                if sum(is_empty) == n_places:
                    break
        rounding = float(_ROUNDED * largest * weights.sum())
        return cls(np.array(sums), np.array(centers), np.array(is_empty, dtype=bool), rounding)


def _sky_at(image: NDData, region: PixelRegion, recipe: Recipe) -> Background | None:
    """The background about a place; `None` where sources fill its ring."""
    try:
        return find_background(image, region, recipe)
    except NoPixelError:
        return None


def _scatter(values: NDArray[np.float64]) -> float:
    """The standard deviation, unbiased: of few values the usual one is too small on average."""
    n = values.size
    unbiased = np.sqrt(2 / (n - 1)) * np.exp(gammaln(n / 2) - gammaln((n - 1) / 2))
    return float(np.std(values, ddof=1) / unbiased)


def _note(values: NDArray[np.float64], everywhere: NDArray[np.float64], uncertainty: float) -> str:
    """How far the scatter of ``values``, nearest first, can be trusted; '' if as far as any.

    ``everywhere`` are the sums with those that were left out for a source.
    """
    n, notes = values.size, []
    if n < _FEW:
        notes.append(f"only {n} places are empty, so the error by them is uncertain by {uncertainty:.0%}")
    crowding, held = _scatter(everywhere) / _scatter(values), everywhere.size - n
    if held >= _SOME and crowding > _CROWDED:
        notes.append(
            f"{held} of {everywhere.size} places around hold sources and are left out, so that this is the "
            f"error on empty sky; counting them, too, the sums scatter {crowding:.2g} times as much"
        )
    half = n // 2
    near, far = _scatter(values[:half]), _scatter(values[half:])
    if near > 0 and far > 0:
        larger, smaller = max(near, far), min(near, far)
        if 2 * fisher.sf((larger / smaller) ** 2, half - 1, half - 1) < _UNEVEN:
            notes.append(
                f"the farther half of the places scatters {far / near:.2g} times as much as the nearer, "
                "so the noise is not the same everywhere"
            )
    sentence = "; ".join(notes)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def _sources(pieces: Cutout) -> NDArray[np.bool_]:
    """Pixels of sources: those that stand out by themselves, and faint ones that do so when smoothed."""
    usable = pieces.usable
    if not usable.any():
        return ~usable
    flat = np.where(usable, pieces.data - _tilt(pieces), 0.0)
    smooth = gaussian_filter(flat, _SMOOTH, mode="nearest")
    return source_mask(flat, usable) | source_mask(smooth, usable, margin=_WINGS)


def _tilt(pieces: Cutout) -> NDArray[np.float64] | float:
    """The sky's level with its slope, beside which a source stands out; of some of the pixels."""
    rows, columns = np.nonzero(pieces.usable)
    every = slice(None, None, max(1, rows.size // _TILTED))
    rows, columns = rows[every], columns[every]
    try:
        level, (along, up), *_ = fit_plane(pieces.data[rows, columns], columns, rows, 3.0)
    except InputError:  # too few, or all in line
        return float(np.median(pieces.data[pieces.usable]))
    y, x = np.ogrid[: pieces.box.ny, : pieces.box.nx]
    plane: NDArray[np.float64] = level + along * x + up * y
    return plane


def _reach(region: PixelRegion, recipe: Recipe) -> int:
    """How far beyond the aperture's box its annulus reaches [pix]; 0 without one."""
    where = region_of(recipe.background, region) if isinstance(recipe.background, Annulus) else None
    return 0 if where is None else max(0, box_of(region).x0 - box_of(where).x0)


def _around(box: Box, n_places: int, margin: int) -> Box:
    """Room for about four times ``n_places`` boxes, as many may hold sources, with a ``margin`` [pix]."""
    reach = int(np.ceil(np.sqrt(4 * n_places) / 2))
    dx, dy = reach * box.nx + margin, reach * box.ny + margin
    return Box(box.x0 - dx, box.y0 - dy, box.nx + 2 * dx, box.ny + 2 * dy)


def _window(box: Box, around: Box, dx: int, dy: int) -> tuple[slice, slice]:
    """The box moved by whole pixels, as slices of the cut-out."""
    return Box(box.x0 + dx - around.x0, box.y0 + dy - around.y0, box.nx, box.ny).slices


def _shifts(box: Box, pieces: Cutout, inside: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Places of usable pixels on the grid, nearest first; but for the aperture's own."""
    around = pieces.box
    i = np.arange(around.x0 - box.x0, around.x0 + around.nx - box.x0 - box.nx + 1)
    j = np.arange(around.y0 - box.y0, around.y0 + around.ny - box.y0 - box.ny + 1)
    dx, dy = (axis.ravel() for axis in np.meshgrid(i[i % box.nx == 0], j[j % box.ny == 0]))
    for k in np.argsort(dx * dx + dy * dy, kind="stable"):
        shift = int(dx[k]), int(dy[k])
        if shift != (0, 0) and pieces.usable[_window(box, around, *shift)][inside].all():
            yield shift
