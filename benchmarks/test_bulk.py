"""100,000 circles (and ellipses) on 4096 x 4096 pixels, beside sep on the same: ``pytest benchmarks``.

With sums, errors, areas, centroids and flags; the goal is 1 s on two cores.
"""

import numpy as np
import pytest
import sep
from astropy import units as u
from astropy.nddata import NDData, StdDevUncertainty
from regions import CirclePixelRegion, EllipsePixelRegion, PixCoord

from imviz import Imviz
from imviz.science.bulk.rows import measure_rows
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.measurement import Recipe, measure_many

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


@pytest.mark.parametrize("background", [0.0, Annulus(6.0, 4.0)], ids=["manual", "annulus"])
def test_a_thousand_whole_rows(benchmark, pixels, background):
    """All columns of the table, fingerprints and receipts included, for circles of radius 5."""
    image = NDData(pixels, unit="MJy/sr")
    regions = [CirclePixelRegion(PixCoord(600 + n % 40 * 9.3, 600 + n // 40 * 9), 5) for n in range(1000)]
    found = benchmark.pedantic(measure_rows, (image, regions, Recipe(background=background)), rounds=5)
    assert found.n == 1000
    assert not found.failed


@pytest.mark.parametrize("n_before", [0, 10_000])
def test_a_thousand_apertures_into_the_table(benchmark, pixels, n_before):
    """From regions of the session to rows that the panel shows, by the notebook's own call."""
    imviz = Imviz()
    imviz.load_data(NDData(pixels, unit="MJy/sr"), data_label="a")
    imviz.load_regions(
        [CirclePixelRegion(PixCoord(600 + n % 40 * 9, 600 + n // 40 * 9), 5) for n in range(1000)]
    )
    plugin, session = imviz.plugins["Aperture Photometry"], imviz.app.session
    plugin.active = True
    job = [{"aperture": list(session.regions)}]
    for _ in range(n_before // 1000):
        plugin.calculate_batch_photometry(job, update_plots=False)
    benchmark.pedantic(plugin.calculate_batch_photometry, (job,), {"update_plots": False}, rounds=5)
    assert session.n_rows == n_before + 5000
