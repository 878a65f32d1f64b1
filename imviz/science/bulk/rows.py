"""Whole rows of many circles and ellipses at once, by column, as the results table takes them.

The same columns as `imviz.science.photometry.measurement.measure` gives one by one, numbers equal to
rounding, texts and fingerprints to the letter, at a hundredth of the time. Other shapes are measured one by
one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.time import Time
from regions import CirclePixelRegion, EllipsePixelRegion

from imviz.science.bulk.statistics import shapes, statistics
from imviz.science.bulk.sums import Block, off_image, survey
from imviz.science.calibration.units import calibrate, with_unit
from imviz.science.photometry.apertures import half_size
from imviz.science.photometry.cutout import LARGEST, check_image, uncertainty_kind
from imviz.science.photometry.derived import sums
from imviz.science.photometry.errors_model import SCALED
from imviz.science.photometry.fingerprints import each, pixel_hash
from imviz.science.photometry.receipt import receipt, shared_part
from imviz.science.photometry.statistics import STATISTICS, with_units
from imviz.science.regions.text import record_text, to_ds9
from imviz.science.results.row import COLUMNS, EXTRA_COLUMNS, SHAPE_UNITS
from imviz.science.sky.geometry import has_celestial

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from astropy.nddata import NDData
    from numpy.typing import NDArray
    from regions import PixelRegion

    from imviz.science.bulk.sums import Measurements
    from imviz.science.photometry.recipe import Recipe

__all__ = ["BULK_SHAPES", "ManyRows", "measure_rows", "suits"]

BULK_SHAPES = (CirclePixelRegion, EllipsePixelRegion)
"""What `measure_rows` takes."""


def suits(region: PixelRegion) -> bool:
    """Whether `measure_rows` measures such a region: one that is not too large for its pixels to be held."""
    return isinstance(region, BULK_SHAPES) and (2 * half_size(region) + 2) ** 2 < LARGEST


@dataclass(frozen=True, slots=True)
class ManyRows:
    """Rows by column (see `imviz.science.results.table.Results.extend`), in the order of the regions.

    ``failed`` holds numbers of regions, from 0, that gave no row, with the reason.
    """

    columns: Mapping[str, Any]
    n: int
    failed: Mapping[int, str]


def measure_rows(
    image: NDData,
    regions: Sequence[CirclePixelRegion | EllipsePixelRegion],
    recipe: Recipe,
    *,
    image_label: str = "",
    region_labels: Sequence[str] = (),
) -> ManyRows:
    """Measure all ``regions`` on ``image``: a row each, save for those that cannot be measured.

    Parameters
    ----------
    image, recipe
        As for `imviz.science.photometry.measurement.measure`.
    regions : sequence of regions.CirclePixelRegion or regions.EllipsePixelRegion
        In 0-based pixels of ``image``.
    image_label : str
        The image's name for the table.
    region_labels : sequence of str
        Names of the regions; default: none has one.

    Raises
    ------
    InputError
        What concerns all of them: the image, units that do not fit, one background region for all.
    """
    failed: dict[int, str] = {}
    found, more = survey(image, regions, recipe, _numbers, failed)
    labels = list(region_labels) or [""] * len(regions)
    shape = check_image(image)
    for i in np.flatnonzero(found.off_image).tolist():
        failed.setdefault(i, str(off_image(regions[i], labels[i], shape)))
    kept = np.array([i for i in range(len(regions)) if i not in failed], dtype=int)
    if not kept.size:
        return ManyRows({}, 0, failed)
    regions = [regions[i] for i in kept]
    columns: dict[str, Any] = {
        **_measured(image, found, more, kept, recipe),
        **_places(image, regions, found, kept),
        **_texts(image, regions, recipe, {name: more[name][kept] for name in _WRITTEN}),
        "id": np.arange(1, kept.size + 1),
        "data_label": image_label,
        "subset_label": [labels[i] for i in kept],
        "timestamp": Time(Time(Time.now(), precision=6).isot, precision=6),
    }
    return ManyRows({name: columns[name] for name in (*COLUMNS, *EXTRA_COLUMNS)}, kept.size, failed)


def _numbers(block: Block) -> dict[str, NDArray[Any]]:
    """Statistics, shapes and fingerprints of a block of apertures."""
    inside = block.inside
    parts = np.empty(len(block.raw), dtype=object)
    parts[:] = each(block.raw, block.usable, block.uncertainty, block.covered)
    return {**statistics(block.data, inside), **shapes(block.data, inside), "pixels": parts}


def _measured(
    image: NDData, found: Measurements, more: Mapping[str, Any], kept: NDArray[np.int_], recipe: Recipe
) -> dict[str, Any]:
    calibration = calibrate(image.unit, recipe)
    unit, std = calibration.unit, more["background_std"][kept]
    raw_err = None if _error_source(image, recipe, std) is None else more["err"][kept]
    columns = with_units({name: more[name][kept] for name in STATISTICS}, unit)
    for name, shape_unit in SHAPE_UNITS.items():
        columns[name] = more[name][kept] * shape_unit
    has_scatter = np.isfinite(std).any()
    return {
        **columns,
        **sums(more["raw"][kept], raw_err, found.area[kept], calibration),
        "background": with_unit(found.background[kept], unit),
        "background_err": with_unit(found.background_err[kept], unit),
        "background_std": with_unit(std, unit) if has_scatter else None,
        "background_method": more["background_method"][kept].tolist(),
        "flags": found.flags[kept],
        "n_masked": found.n_masked[kept],
        "n_saturated": more["n_saturated"][kept],
        "n_non_finite": more["n_non_finite"][kept],
    }


def _error_source(image: NDData, recipe: Recipe, std: NDArray[np.float64]) -> str | None:
    """As `imviz.science.photometry.errors_model.pixel_variance` chooses it."""
    has_scatter = bool(np.isfinite(std).any())
    scaled = SCALED if recipe.scale_errors and has_scatter else ""
    if uncertainty_kind(image) is not None:
        return "uncertainty" + scaled
    if recipe.gain:
        return "ccd" + scaled
    return "background scatter" if has_scatter else None


def _places(
    image: NDData, regions: Sequence[Any], found: Measurements, kept: NDArray[np.int_]
) -> dict[str, Any]:
    """Centroids and centers, in pixels and on the sky."""
    centroids = found.xcentroid[kept], found.ycentroid[kept]
    centers = np.array([(region.center.x, region.center.y) for region in regions], dtype=float).T
    sky_centroid = sky_center = None
    if has_celestial(image.wcs):
        both = image.wcs.pixel_to_world(*np.concatenate([centroids, centers], axis=1))
        sky_centroid, sky_center = both[: kept.size], both[kept.size :]
    return {
        "xcentroid": centroids[0] * u.pix,
        "ycentroid": centroids[1] * u.pix,
        "sky_centroid": sky_centroid,
        "xcenter": centers[0] * u.pix,
        "ycenter": centers[1] * u.pix,
        "sky_center": sky_center,
        "area_fraction": np.minimum(found.area[kept] / np.array([region.area for region in regions]), 1.0),
    }


_WRITTEN = ("background_std", "pixels", "background_pixels")


def _texts(
    image: NDData, regions: Sequence[Any], recipe: Recipe, found: Mapping[str, NDArray[Any]]
) -> dict[str, Any]:
    """Aperture, receipt and fingerprint of each row; most of the receipts is the same in each."""
    shared = shared_part(recipe, _error_source(image, recipe, found["background_std"]), image)
    skies = found["background_pixels"].tolist()
    parts = [(*own, sky) for own, sky in zip(found["pixels"].tolist(), skies, strict=True)]
    each_one = zip(regions, parts, strict=True)
    return {
        "aperture": [to_ds9(region) for region in regions],
        "recipe": [receipt(shared, record_text(region), one) for region, one in each_one],
        "pixel_hash": [pixel_hash(one) for one in parts],
        "seal": "",
    }
