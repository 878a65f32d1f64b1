"""100,000 circles (and ellipses) on 4096 x 4096 pixels, beside sep on the same: ``pytest benchmarks``.

With sums, errors, areas, centroids and flags; the goal is 1 s on two cores.
"""

import numpy as np
import pytest
import sep
from astropy import units as u
from astropy.nddata import NDData, StdDevUncertainty
from regions import CirclePixelRegion, EllipsePixelRegion, PixCoord

from imviz.science.photometry import Recipe, measure_many

N, SIDE, RADIUS = 100_000, 4096, 5.0


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(1).normal(100.0, 5.0, (SIDE, SIDE)).astype(np.float32)


@pytest.fixture(scope="module")
def places():
    return np.random.default_rng(2).uniform(0, SIDE - 1, (2, N))


@pytest.mark.parametrize("errors", [False, True], ids=["sums", "errors"])
def test_many_circles(benchmark, pixels, places, errors):
    uncertainty = StdDevUncertainty(np.full_like(pixels, 5.0)) if errors else None
    image = NDData(pixels, uncertainty=uncertainty)
    regions = [CirclePixelRegion(PixCoord(x, y), RADIUS) for x, y in places.T]
    found = benchmark.pedantic(measure_many, (image, regions, Recipe()), rounds=3)
    assert np.isfinite(found.sum).all()
    assert np.isfinite(found.sum_err).all() == errors


def test_many_ellipses(benchmark, pixels, places):
    image = NDData(pixels, uncertainty=StdDevUncertainty(np.full_like(pixels, 5.0)))
    turns = np.random.default_rng(3).uniform(0, 180, N) * u.deg
    regions = [
        EllipsePixelRegion(PixCoord(x, y), 12, 8, turn) for (x, y), turn in zip(places.T, turns, strict=True)
    ]
    found = benchmark.pedantic(measure_many, (image, regions, Recipe()), rounds=3)
    assert np.isfinite(found.sum_err).all()


def test_sep_on_the_same(benchmark, pixels, places):
    sums, _, _ = benchmark.pedantic(
        sep.sum_circle, (pixels, *places, RADIUS), {"subpix": 0, "err": 5.0}, rounds=3
    )
    assert np.isfinite(sums).all()
