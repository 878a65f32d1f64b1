"""An aperture of more pixels than are held at once, strip by strip of its box, to the same numbers.

Sums, errors, moments, counts, extremes and fingerprints are added up in one pass. A median is the same value
as of all pixels together: a sample brackets it, a second pass counts what lies below and keeps what lies
between. Memory follows the strip, time the aperture. Profiles and fits, which want every pixel at hand, are
not had this way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from imviz.science.photometry.apertures import area_of
from imviz.science.photometry.errors_model import sum_variance
from imviz.science.photometry.fingerprints import HASHED, Running
from imviz.science.photometry.flags import Flag
from imviz.science.photometry.moments import shape_of_sums
from imviz.science.photometry.patch import Scene, Worked, found_in, of_whole, weighted_sum
from imviz.science.photometry.statistics import (
    LOCATION,
    MAD_TO_STD,
    MIDVARIANCE,
    STATISTICS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from imviz.science.photometry.patch import Piece

    Floats = NDArray[np.float64]
    Values = Callable[[], Iterator[Floats]]
    Counted = tuple[Floats, NDArray[np.int_]]

__all__ = ["work_in_strips"]

_SAMPLE = 1_000_000  # values that bracket a median
_BRACKET = 5.0  # standard errors of the sample's median on either side
_NONE, _ALL = Flag(0), Flag.NO_USABLE_PIXEL | Flag.NO_PIXEL_CENTER  # what every strip must say
_COUNTS = ("n_masked", "n_saturated", "n_non_finite")


def work_in_strips(scene: Scene) -> Worked | None:
    """As `imviz.science.photometry.patch.work_on`, of an aperture of any size; without a patch."""
    totals = _Totals(scene)
    for strip in scene.box.strips():
        totals.add(scene.piece(strip))
    if not totals.is_touched:
        return None

    def values() -> Iterator[Floats]:
        for strip in scene.box.strips():
            yield scene.values(strip)

    return totals.worked(values)


@dataclass(slots=True)
class _Totals:
    """What adds up, strip by strip."""

    scene: Scene
    is_touched: bool = False
    raw: float = 0.0
    pixel_variance: float = 0.0
    factors: float = 0.0
    area: float = 0.0
    covered: float = 0.0
    n: int = 0
    mean: float = 0.0
    squares: float = 0.0
    low: float = np.inf
    high: float = -np.inf
    flags: Flag = _NONE
    unanimous: Flag = _ALL
    error_source: str | None = None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))
    sample: list[Floats] = field(default_factory=list)
    across: Floats | None = None
    up: list[Floats] = field(default_factory=list)
    leaning: list[Floats] = field(default_factory=list)
    pixels: Running = field(default_factory=Running)

    def add(self, piece: Piece) -> None:
        """Take in a strip."""
        patch, pieces = piece.patch, piece.pieces
        self.is_touched |= bool(piece.touched.any())
        found = found_in(piece, overlap=self.scene.overlaps(piece))
        self.flags |= found
        self.unanimous &= found
        self._add_sums(piece)
        self._add_values(patch.data[patch.center])
        inside = np.where(patch.center, patch.data, 0.0)
        across = inside.sum(axis=0)
        self.across = across if self.across is None else self.across + across
        self.up.append(inside.sum(axis=1))
        self.leaning.append((inside * (np.arange(across.size) - across.size / 2)).sum(axis=1))
        chosen = (piece.weights > HASHED) | piece.inside
        self.pixels.add(pieces.data, pieces.usable, pieces.uncertainty, chosen)

    def _add_sums(self, piece: Piece) -> None:
        patch, pieces, touched = piece.patch, piece.pieces, piece.touched
        if patch.weights.any():
            self.raw += weighted_sum(patch)
        if patch.variance is not None:
            self.pixel_variance += sum_variance(patch.factors, patch.variance, 0.0)
        self.error_source = piece.error_source
        self.factors += float(np.sum(patch.factors))
        self.area += float(np.sum(patch.weights))
        self.covered += float(np.sum(piece.weights))
        unusable = [~pieces.usable, pieces.saturated, ~pieces.finite]
        for name, those in zip(_COUNTS, unusable, strict=True):
            self.counts[name] += 0 if those is None else int(np.count_nonzero(touched & those))

    def _add_values(self, values: Floats) -> None:
        if not values.size:
            return
        n, mean = self.n + values.size, float(values.mean())
        step = mean - self.mean  # Chan, Golub & LeVeque (1979): sums of squares of parts, without loss
        self.squares += float(values.var()) * values.size + step**2 * self.n * values.size / n
        self.mean += step * values.size / n
        self.n = n
        self.low, self.high = min(self.low, float(values.min())), max(self.high, float(values.max()))
        every = max(1, self.scene.box.nx * self.scene.box.ny // _SAMPLE)
        self.sample.append(values[::every].copy())

    def worked(self, values: Values) -> Worked:
        """All of it, with the statistics that need further passes over the ``values``."""
        scene, across = self.scene, np.zeros(0) if self.across is None else self.across
        shape = shape_of_sums(across, np.concatenate(self.up), np.concatenate(self.leaning))
        shape = shape.moved(scene.box.x0, scene.box.y0)
        variance = None
        if self.error_source is not None:
            variance = self.pixel_variance + (self.factors * scene.background.err) ** 2
        flags = (self.flags & ~_ALL) | self.unanimous
        whole = of_whole(scene, shape)
        area = area_of(scene.region) if whole & Flag.PARTIAL_OVERLAP else self.covered
        fraction = min(self.area / area, 1.0) if area > 0 else float("nan")
        return Worked(
            self._statistics(values),
            shape,
            self.raw if self.area else float("nan"),
            variance,
            self.area,
            {**self.counts, "area_fraction": fraction},
            flags | whole,
            self.pixels.parts(),
            self.error_source,
            None,
        )

    def _statistics(self, values: Values) -> dict[str, float]:
        """Those of `imviz.science.photometry.statistics.statistics_of`."""
        if not self.n:
            return dict.fromkeys(STATISTICS, float("nan"))
        sample = np.concatenate(self.sample)
        median = _median(values, self.n, sample)
        mad = _median(lambda: (np.abs(some - median) for some in values()), self.n, np.abs(sample - median))
        var = self.squares / self.n
        location, midvariance = _biweights(values, self.n, median, mad)
        return {
            "min": self.low,
            "max": self.high,
            "mean": self.mean,
            "median": median,
            "mode": 3 * median - 2 * self.mean,
            "std": float(np.sqrt(var)),
            "mad_std": mad * MAD_TO_STD,
            "var": var,
            "biweight_location": location,
            "biweight_midvariance": midvariance,
        }


def _median(values: Values, n: int, sample: Floats) -> float:
    """The median of n values that come in pieces; ``sample`` is some of them."""
    wide = _BRACKET * 0.5 / np.sqrt(sample.size)  # of the ranks, as parts of one
    while True:
        low, high = np.quantile(sample, [max(0.5 - wide, 0.0), min(0.5 + wide, 1.0)])
        if wide > 1:
            low, high = -np.inf, np.inf
        below, found = 0, (np.zeros(0), np.zeros(0, dtype=int))
        for some in values():
            below += int(np.count_nonzero(some < low))
            found = _merged(found, np.unique(some[(some >= low) & (some <= high)], return_counts=True))
        ranks = below + np.cumsum(found[1])  # of those that come after each
        if below <= (n - 1) // 2 and ranks.size and n // 2 < ranks[-1]:
            first, second = found[0][np.searchsorted(ranks, [(n - 1) // 2, n // 2], side="right")]
            return float((first + second) / 2)
        wide *= 8


def _merged(one: Counted, other: Counted) -> Counted:
    """Values and how often each occurs, of two such: pixels that come in steps are few values."""
    values, places = np.unique(np.concatenate([one[0], other[0]]), return_inverse=True)
    counts = np.bincount(places, np.concatenate([one[1], other[1]]), values.size).astype(int)
    return values, counts


def _biweights(values: Values, n: int, median: float, mad: float) -> tuple[float, float]:
    """Location and midvariance; the median and 0 where the deviation is 0."""
    if mad == 0:
        return median, 0.0
    shift, weight, above, below = 0.0, 0.0, 0.0, 0.0
    for some in values():
        away = some - median
        weights = np.maximum(1 - (away / (LOCATION * mad)) ** 2, 0.0) ** 2
        shift += float(np.sum(away * weights))
        weight += float(np.sum(weights))
        squared = (away / (MIDVARIANCE * mad)) ** 2
        near = np.maximum(1 - squared, 0.0)
        above += float(np.sum((away * near * near) ** 2))
        below += float(np.sum(near * (1 - 5 * squared)))
    return median + shift / weight, n * above / below**2
