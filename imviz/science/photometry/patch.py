"""What a measurement takes from its pixels: sums, statistics, shape, flags and fingerprints, all at once.

`Worked` holds them, whether the pixels were worked on together (`work_on`, here) or strip by strip
(`imviz.science.photometry.strips`). D below is data - background, w the exact overlap of a pixel with the
aperture, C the usable pixels whose center is inside. Units, positions on the sky and the row are
`imviz.science.photometry.measurement`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.science.photometry.apertures import box_of, centers_inside, coverage
from imviz.science.photometry.background import may_overlap, region_of
from imviz.science.photometry.cutout import LARGEST, Cutout, cut
from imviz.science.photometry.errors_model import pixel_variance, sum_variance
from imviz.science.photometry.excluded import excluded
from imviz.science.photometry.fingerprints import HASHED, fingerprint
from imviz.science.photometry.flags import Flag
from imviz.science.photometry.moments import Shape, shape_of
from imviz.science.photometry.statistics import STATISTICS, statistics_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from astropy.nddata import NDData
    from numpy.typing import NDArray
    from regions import PixelRegion

    from imviz.science.photometry.apertures import Box
    from imviz.science.photometry.level import Background
    from imviz.science.photometry.recipe import Recipe

__all__ = ["Patch", "Piece", "Scene", "Worked", "make_patch", "weighted_sum", "work_on"]


@dataclass(frozen=True, slots=True)
class Patch:
    """The pixels of one measurement; arrays of shape (ny, nx) in native float64 or bool.

    ``data`` is D in the image's unit (0 where unusable), ``weights`` w (0 where unusable), ``center`` C;
    ``areas`` what each pixel counts besides, where that is asked for.
    Add ``origin`` (x, y) to a pixel's position in the patch to get its position in the image.
    """

    data: NDArray[np.float64]
    weights: NDArray[np.float64]
    center: NDArray[np.bool_]
    origin: tuple[int, int]
    variance: NDArray[np.float64] | None
    areas: NDArray[np.float64] | None = None

    @property
    def factors(self) -> NDArray[np.float64]:
        """What D is multiplied by in the sum: w, times the pixel's own area where that counts."""
        return self.weights if self.areas is None else self.weights * self.areas


@dataclass(frozen=True, slots=True)
class Worked:
    """What was taken from an aperture's pixels.

    ``statistics`` are D's over C, by name; ``shape`` that of D over C, its position in the image; ``raw`` the
    sum of w D [data unit] with its ``variance`` (`None` without an error), ``area`` that of w; ``counts`` of
    `imviz.science.photometry.excluded`; ``parts`` the fingerprints of values, mask and uncertainties. The
    ``patch`` is `None` of pixels that are too many to be held.
    """

    statistics: Mapping[str, float]
    shape: Shape
    raw: float
    variance: float | None
    area: float
    counts: Mapping[str, Any]
    flags: Flag
    parts: tuple[str, ...]
    error_source: str | None
    patch: Patch | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Scene:
    """An aperture on an image: its ``box`` there, its background, and how it is measured.

    ``pixel_area`` [arcsec^2] is the unit of the pixels' own areas where they count.
    """

    image: NDData
    region: PixelRegion
    box: Box
    recipe: Recipe
    background: Background
    pixel_area: float | None = None

    @property
    def is_large(self) -> bool:
        """Whether it has more pixels than are held at once."""
        return self.box.nx * self.box.ny > LARGEST

    def piece(self, box: Box) -> Piece:
        """Its part in a box."""
        pieces = cut(self.image, box, self.recipe.saturation, self.pixel_area)
        weights, inside = coverage(self.region, box), centers_inside(self.region, box)
        patch, source = make_patch(pieces, weights, inside, self.recipe, self.background)
        return Piece(pieces, weights, inside, patch, source)

    def values(self, box: Box) -> NDArray[np.float64]:
        """D over C in a box."""
        pieces = cut(self.image, box, self.recipe.saturation)
        chosen = centers_inside(self.region, box) & pieces.usable
        return np.where(chosen, pieces.data - self.background.level(box), 0.0)[chosen]

    def overlaps(self, piece: Piece) -> bool:
        """Whether the background is measured in pixels of the aperture, too."""
        if not may_overlap(self.recipe.background, self.region):
            return False
        where = region_of(self.recipe.background, self.region)
        return where is not None and bool((centers_inside(where, piece.pieces.box) & piece.inside).any())


@dataclass(frozen=True, slots=True)
class Piece:
    """Pixels of an aperture: as they are, the aperture's ``weights``, centers ``inside``, and the patch."""

    pieces: Cutout
    weights: NDArray[np.float64]
    inside: NDArray[np.bool_]
    patch: Patch
    error_source: str | None

    @property
    def touched(self) -> NDArray[np.bool_]:
        """Pixels with any weight, usable or not."""
        return self.weights > 0


def make_patch(
    pieces: Cutout,
    weights: NDArray[np.float64],
    center: NDArray[np.bool_],
    recipe: Recipe,
    background: Background,
) -> tuple[Patch, str | None]:
    """Background-subtracted pixels with unusable ones at weight 0, and the source of the variance."""
    variance, source = pixel_variance(pieces, recipe, background)
    patch = Patch(
        data=np.where(pieces.usable, pieces.data - background.level(pieces.box), 0.0),
        weights=np.where(pieces.usable, weights, 0.0),
        center=center & pieces.usable,
        origin=(pieces.box.x0, pieces.box.y0),
        variance=variance,
        areas=pieces.areas,
    )
    return patch, source


def weighted_sum(patch: Patch) -> float:
    """Raw sum of w D in the data unit; NaN when no pixel has weight."""
    if not patch.weights.any():
        return float("nan")
    factors = patch.factors
    total = float(np.sum(patch.data * factors))
    if not np.isfinite(total):  # perhaps only by pixels without weight: inf x 0 is NaN
        used = patch.weights > 0
        total = float(np.sum(patch.data[used] * factors[used]))
    return total


def work_on(scene: Scene, *, quick: bool = False) -> Worked | None:
    """Work on all pixels together; `None` where the aperture touches none.

    With ``quick`` the statistics are NaN and there are no fingerprints.
    """
    piece = scene.piece(scene.box)
    if not piece.touched.any():
        return None
    patch, pieces = piece.patch, piece.pieces
    quiet = dict.fromkeys(STATISTICS, float("nan"))
    shape = shape_of(patch.data, patch.center).moved(*patch.origin)
    variance = None
    if patch.variance is not None:
        variance = sum_variance(patch.factors, patch.variance, scene.background.err)
    chosen = (piece.weights > HASHED) | piece.inside
    return Worked(
        quiet if quick else statistics_of(patch.data[patch.center]),
        shape,
        weighted_sum(patch),
        variance,
        float(np.sum(patch.weights)),
        excluded(pieces, piece.weights, scene.region),
        found_in(piece, overlap=scene.overlaps(piece)) | of_whole(scene, shape),
        () if quick else fingerprint(pieces.data, pieces.usable, pieces.uncertainty, chosen),
        piece.error_source,
        patch,
    )


def found_in(piece: Piece, *, overlap: bool) -> Flag:
    """What is unusual of some pixels, `Flag.NO_USABLE_PIXEL` and `Flag.NO_PIXEL_CENTER` of all of them."""
    pieces, touched = piece.pieces, piece.touched
    causes = {
        Flag.MASKED_PIXELS: pieces.masked is not None and bool((touched & pieces.masked).any()),
        Flag.NON_FINITE_PIXELS: bool((touched & ~pieces.finite).any()),
        Flag.SATURATED_PIXELS: pieces.saturated is not None and bool((touched & pieces.saturated).any()),
        Flag.NO_USABLE_PIXEL: not (piece.patch.weights > 0).any(),
        Flag.NO_PIXEL_CENTER: not piece.patch.center.any(),
        Flag.BACKGROUND_OVERLAP: overlap,
    }
    return _set(causes)


def of_whole(scene: Scene, shape: Shape) -> Flag:
    """What is unusual of the aperture and its background as a whole."""
    xmin, xmax, ymin, ymax = scene.box.edges
    causes = {
        Flag.PARTIAL_OVERLAP: scene.box != box_of(scene.region),
        Flag.BACKGROUND_INCOMPLETE: not scene.background.complete,
        Flag.BACKGROUND_FALLBACK: scene.background.fallback,
        Flag.CENTROID_OUTSIDE: not (xmin <= shape.x <= xmax and ymin <= shape.y <= ymax),
    }
    return _set(causes)


def _set(causes: Mapping[Flag, bool]) -> Flag:
    flags = Flag(0)
    for flag, is_set in causes.items():
        if is_set:
            flags |= flag
    return flags
