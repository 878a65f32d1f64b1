"""Polygons' weights and centers, against `regions`, which clips each pixel by itself, and formulas."""

import tracemalloc
from operator import and_, or_, xor

import numpy as np
import pytest
from astropy.nddata import NDData
from regions import CirclePixelRegion, EllipsePixelRegion, PixCoord, PolygonPixelRegion, RectanglePixelRegion

from imviz.errors import InputError
from imviz.science.bulk.ellipses import Ellipses
from imviz.science.bulk.rows import measure_rows
from imviz.science.bulk.sums import _too_large
from imviz.science.bulk.windows import Boxes
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.apertures import Box, area_of, box_of, centers_inside, coverage
from imviz.science.photometry.empirical import empirical_error
from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.photometry.region_weights import cutout
from imviz.science.sources.profiles import curve_of_growth, fit_gaussian, radial_profile, radial_profile_raw


def polygon(x, y):
    return PolygonPixelRegion(PixCoord(np.asarray(x, dtype=float), np.asarray(y, dtype=float)))


def round_one(n, radius=20.0, x=45.0, y=30.0):
    turn = 2 * np.pi * np.arange(n) / n
    return polygon(x + radius * np.cos(turn), y + radius * np.sin(turn))


def star_shaped(seed, n=9, grid=0.0):
    """Without crossings: corners at rising angles; on a grid of so many pixels if one is given."""
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.uniform(0, 2 * np.pi, n))
    radius = rng.uniform(2, 14, n)
    x, y = 15.3 + radius * np.cos(turn), 12.1 + radius * np.sin(turn)
    return polygon(x, y) if not grid else polygon(np.round(x / grid) * grid, np.round(y / grid) * grid)


@pytest.mark.parametrize("seed", range(6))
def test_weights_are_exact(seed):
    region = star_shaped(seed)
    mask = region.to_mask(mode="exact")
    np.testing.assert_allclose(coverage(region, box_of(region)), mask.data, rtol=0, atol=1e-12)


@pytest.mark.parametrize("n", [3, 4, 1000, 20000])
def test_a_regular_polygon_has_its_area_whatever_its_number_of_corners(n):
    region, truth = round_one(n), n / 2 * 400 * np.sin(2 * np.pi / n)
    assert coverage(region, box_of(region)).sum() == pytest.approx(truth, rel=1e-12)
    assert area_of(region) == pytest.approx(truth, rel=1e-12)


def test_pixels_beside_the_outline_have_exactly_nothing_or_all():
    region = round_one(20000)
    weights = coverage(region, box_of(region))
    y, x = np.indices(weights.shape)
    box = box_of(region)
    away = np.hypot(x + box.x0 - 45, y + box.y0 - 30)
    assert (weights[away > 21] == 0).all()
    assert (weights[away < 19] == 1).all()


@pytest.mark.parametrize("grid", [1.0, 0.5, 0.0])
@pytest.mark.parametrize("seed", range(4))
def test_centers_are_those_that_regions_has_inside_also_on_the_outline(seed, grid):
    region = star_shaped(seed, grid=grid)
    box = Box(-2, 3, 31, 22)
    y, x = np.mgrid[box.y0 : box.y0 + box.ny, box.x0 : box.x0 + box.nx]
    np.testing.assert_array_equal(centers_inside(region, box), region.contains(PixCoord(x, y)))


@pytest.mark.parametrize("far", [30.0, 2e3, 1e7])
def test_a_part_of_a_polygon_has_the_weights_it_has_in_the_whole(far):
    """A triangle whose long side crosses the box, its other corners ever further away."""
    region = polygon([10 - far, 10 + far, 10 - far], [10 - far / 2, 10 + far / 2, 10 + 2 * far])
    x, y = np.meshgrid(np.arange(20.0), np.arange(20.0))
    above = y - 10 - (x - 10) / 2  # of the line: a pixel's part above it by the trapezium of its two sides
    samples = np.mean(
        [np.clip(above - s / 2 + 0.5, 0, 1) for s in (np.arange(4000) + 0.5) / 4000 - 0.5], axis=0
    )
    np.testing.assert_allclose(coverage(region, Box(0, 0, 20, 20)), samples, atol=2e-8)


def test_a_hole_reached_by_a_bridge_and_a_bow_tie_are_filled_even_odd():
    keyhole = polygon([0, 20, 20, 0, 0, 5, 5, 15, 15, 5, 0], [0, 0, 20, 20, 0, 5, 15, 15, 5, 5, 0])
    assert area_of(keyhole) == pytest.approx(300)
    assert coverage(keyhole, box_of(keyhole)).sum() == pytest.approx(300)
    bow_tie = polygon([0, 10, 0, 10], [0, 0, 10, 10])  # its signed area is 0
    assert area_of(bow_tie) == pytest.approx(50, rel=1e-3)


@pytest.mark.parametrize("by", [and_, or_, xor])
def test_composites_of_polygons_are_sampled_as_regions_samples_them(by):
    ring, box = round_one(60, radius=7.0, x=10.2, y=9.9), Box(0, 0, 21, 20)
    both = by(ring, RectanglePixelRegion(PixCoord(14.1, 9.0), 9, 3.3))
    offsets = (np.arange(64) + 0.5) / 64 - 0.5
    x, y = ((np.arange(n)[:, None] + offsets).ravel() for n in (box.nx, box.ny))
    inside = np.asarray(both.contains(PixCoord(*np.meshgrid(x, y))), dtype=float)
    sampled = inside.reshape(box.ny, 64, box.nx, 64).mean(axis=(1, 3))
    np.testing.assert_allclose(coverage(both, box), sampled, atol=0.012)


LARGE = 1e4
LARGER_THAN_THE_IMAGE = {
    "square": polygon([-LARGE, LARGE, LARGE, -LARGE], [-LARGE, -LARGE, LARGE, LARGE]),
    "circle": CirclePixelRegion(PixCoord(49, 50), LARGE),
    "ellipse": EllipsePixelRegion(PixCoord(49, 50), 3 * LARGE, LARGE),
    "rectangle": RectanglePixelRegion(PixCoord(49, 50), LARGE, 3 * LARGE),
    "composite": CirclePixelRegion(PixCoord(49, 50), LARGE) | round_one(50, LARGE),
}


@pytest.mark.parametrize("shape", LARGER_THAN_THE_IMAGE)
def test_a_shape_larger_than_the_image_costs_its_part_on_the_image(shape):
    region, pixels = LARGER_THAN_THE_IMAGE[shape], np.random.default_rng(1).normal(10, 1, (100, 100))
    image = NDData(pixels)
    tracemalloc.start()
    try:
        m = measure(image, region, Recipe(background=CirclePixelRegion(PixCoord(0, 0), LARGE)))
        growth = curve_of_growth(image, region, m)
        found = radial_profile(m).y.size, radial_profile_raw(m).y.size
        values, weights = cutout(region, pixels)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 50e6  # the whole shape has 4e8 pixels
    assert m.values["sum"] == pytest.approx(np.sum(pixels - np.median(pixels)))
    assert growth.y[-1] == m.values["sum"]
    assert found[1] == 10000
    assert values.shape == (100, 100)
    assert weights.min() == pytest.approx(1, rel=1e-12)
    assert m.values["area_fraction"] == pytest.approx(1e4 / area_of(region))


def test_an_empirical_error_needs_room():
    image = NDData(np.random.default_rng(1).normal(0, 1, (100, 100)))
    with pytest.raises(ValueError, match="larger than the image"):
        empirical_error(image, LARGER_THAN_THE_IMAGE["square"], Recipe(background=Annulus(3, 2)))


class Endless:
    """An image of 32000 x 32000 that nobody could hold; what is cut out is made when it is asked for."""

    shape, dtype, ndim = (32000, 32000), np.dtype("f4"), 2

    def __getitem__(self, key):
        rows, columns = key
        return np.ones((rows.stop - rows.start, columns.stop - columns.start), dtype="f4")


ENDLESS = NDData(np.zeros((2, 2)))
ENDLESS._data = Endless()


@pytest.mark.parametrize(
    ("region", "recipe"),
    [
        (CirclePixelRegion(PixCoord(16000, 16000), 9000), Recipe()),
        (RectanglePixelRegion(PixCoord(16000, 16000), 1e6, 1e6), Recipe()),
        (round_one(500, 9000, 16000, 16000), Recipe()),
    ],
)
def test_what_is_still_in_the_hand_is_refused_in_words_before_it_is_read(region, recipe):
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="more than the 64 million that are held at once; Calculate"):
            measure(ENDLESS, region, recipe, quick=True)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5e6


def test_among_many_such_a_one_is_told_and_spares_the_others():
    regions = [CirclePixelRegion(PixCoord(60, 60), r) for r in (5.0, 9000.0)]
    small = NDData(np.ones((100, 100)))
    found = measure_rows(small, regions, Recipe())
    assert (found.n, dict(found.failed)) == (2, {})  # its part on this image is small
    boxes = Boxes.around(
        Ellipses.of([regions[0], CirclePixelRegion(PixCoord(16000, 16000), 9000)]), Endless.shape
    )
    failed = {}
    assert _too_large(boxes, failed).tolist() == [False, True]
    assert "18001 x 18001" in failed[1]
    with pytest.raises(InputError, match="held at once"):
        _too_large(boxes, None)


@pytest.mark.parametrize("n", [300, 20000])
def test_a_fit_in_a_large_aperture_looks_at_a_part_of_its_pixels(n):
    y, x = np.mgrid[:401, :401]
    data = 1000 * np.exp(-0.5 * ((x - 200.3) ** 2 + (y - 199.6) ** 2) / 4) + np.random.default_rng(1).normal(
        0, 1, x.shape
    )
    m = measure(NDData(data), round_one(n, 190, 200, 200))
    fit = fit_gaussian(radial_profile(m), m)
    assert fit.fwhm == pytest.approx(2 * 2.3548, rel=0.01)
    assert fit.amplitude == pytest.approx(1000, rel=0.01)
