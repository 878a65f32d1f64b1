"""Sums, areas and errors of apertures against sep, closed forms and Monte Carlo."""

import operator

import astropy.units as u
import numpy as np
import pytest
import sep
from astropy.nddata import InverseVariance, StdDevUncertainty, VarianceUncertainty
from hypothesis import given, settings
from hypothesis import strategies as st
from regions import CircleAnnulusPixelRegion, CompoundPixelRegion, PixCoord, RectangleAnnulusPixelRegion

from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.measurement import Recipe, measure

from ..fields import circle, ellipse, image, noise, polygon, rectangle, star, value

INVARIANT = settings(derandomize=True, max_examples=50, deadline=None)
CENTER = st.floats(60, 120)


def total(data, region, recipe=None):
    return value(measure(image(data), region, recipe).values["sum"])


def area(region, data=None):
    return measure(image(np.ones((180, 200)) if data is None else data), region).values["sum_aper_area"].value


@given(CENTER, CENTER, st.floats(0.3, 45))
@INVARIANT
def test_a_circle_on_ones_is_pi_r_squared(x, y, r):
    assert total(np.ones((180, 200)), circle(x, y, r)) == pytest.approx(np.pi * r**2, rel=1e-12)


@given(CENTER, CENTER, st.floats(1, 45), st.floats(1, 45), st.floats(-180, 180))
@INVARIANT
def test_an_ellipse_on_ones_is_pi_a_b(x, y, a, b, angle):
    region = ellipse(x, y, 2 * a, 2 * b, angle)
    assert total(np.ones((180, 200)), region) == pytest.approx(np.pi * a * b, rel=1e-11)


@given(CENTER, CENTER, st.floats(0.3, 60), st.floats(0.3, 60), st.floats(-180, 180))
@INVARIANT
def test_a_rectangle_on_ones_is_its_area_at_any_angle(x, y, width, height, angle):
    region = rectangle(x, y, width, height, angle)
    assert total(np.ones((180, 200)), region) == pytest.approx(width * height, rel=1e-11, abs=1e-12)


def test_a_polygon_on_ones_is_its_area_by_the_shoelace_formula():
    vertices = np.array([(50.2, 40.1), (90.7, 44.9), (70.3, 61.0), (88.1, 99.6), (47.3, 80.8)])
    x, y = vertices.T
    shoelace = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    assert area(polygon(*vertices)) == pytest.approx(shoelace, rel=1e-12)


def test_a_polygon_that_crosses_itself_fills_by_even_and_odd():
    bow_tie = polygon((40, 40), (80, 80), (80, 40), (40, 80))
    assert area(bow_tie) == pytest.approx(800, abs=1)


def test_a_circle_agrees_with_sep_exact():
    data = np.ascontiguousarray(noise())
    for r in (0.7, 1.5, 3.0, 10.0, 37.7):
        theirs, _, _ = sep.sum_circle(data, [100.3], [80.6], r, subpix=0)
        assert total(data, circle(r=r)) == pytest.approx(theirs[0], rel=1e-7)


def test_an_ellipse_and_an_annulus_agree_with_sep_exact():
    data = np.ascontiguousarray(noise())
    theirs, _, _ = sep.sum_ellipse(data, [100.3], [80.6], 15.0, 7.0, np.radians(33.0), subpix=0)
    assert total(data, ellipse()) == pytest.approx(theirs[0], rel=1e-7)
    ring = CircleAnnulusPixelRegion(PixCoord(100.3, 80.6), 10.0, 17.5)
    theirs, _, _ = sep.sum_circann(data, [100.3], [80.6], 10.0, 17.5, subpix=0)
    assert total(data, ring) == pytest.approx(theirs[0], rel=1e-7)


@given(CENTER, CENTER, st.floats(1, 20), st.floats(0.1, 20))
@INVARIANT
def test_disk_plus_annulus_is_the_larger_disk(x, y, r, width):
    data = noise()
    ring = CircleAnnulusPixelRegion(PixCoord(x, y), r, r + width)
    parts = total(data, circle(x, y, r)) + total(data, ring)
    assert parts == pytest.approx(total(data, circle(x, y, r + width)), rel=1e-12)


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
@INVARIANT
def test_the_sum_is_linear_in_the_data(a, b):
    first, second = noise(seed=1), noise(seed=2)
    expected = a * total(first, circle()) + b * total(second, circle())
    scale = (abs(a) + abs(b)) * total(first, circle())
    assert total(a * first + b * second, circle()) == pytest.approx(expected, rel=1e-12, abs=1e-12 * scale)


@pytest.mark.parametrize("shape", [circle, ellipse, rectangle])
def test_turning_image_and_aperture_by_90_degrees_changes_nothing(shape):
    data = noise()
    turned = np.rot90(data, -1)  # (x, y) goes to (ny - 1 - y, x), clockwise in array order
    x, y = 100.3, 80.6
    region = shape(x, y) if shape is circle else shape(x, y, 30.0, 14.0, 33.0)
    there = shape(180 - 1 - y, x) if shape is circle else shape(180 - 1 - y, x, 30.0, 14.0, 123.0)
    assert total(turned, there) == pytest.approx(total(data, region), rel=1e-12)


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
@INVARIANT
def test_a_sub_pixel_shift_of_star_and_aperture_keeps_the_flux(dx, dy):
    data = star(100 + dx, 90 + dy, sigma=2.0)
    assert total(data, circle(100 + dx, 90 + dy, 16.0)) == pytest.approx(1e5, rel=1e-10)


@pytest.mark.parametrize(("sigma", "r"), [(3.0, 12.0), (30.0, 60.0), (40.0, 60.0), (30.0, 85.0)])
def test_a_gaussian_star_has_its_analytic_flux_inside_r(sigma, r):
    data = star(300.2, 299.9, sigma=sigma, shape=(600, 601))
    expected = 1e5 * (1 - np.exp(-(r**2) / (2 * sigma**2)))
    assert total(data, circle(300.2, 299.9, r)) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("r", [1.5, 2.0, 3.0, 5.0])
def test_pixelation_is_two_convolutions_with_a_pixel(r):
    # an integrated star seen by exact weights is wider by 1/12 pix^2 twice; the rest is the pixels' phase
    variance = 3.0**2 + 1 / 6
    expected = 1e5 * (1 - np.exp(-(r**2) / (2 * variance)))
    assert total(star(100.2, 79.9), circle(100.2, 79.9, r)) == pytest.approx(expected, rel=3e-3)


def test_the_same_pixels_of_every_type_give_the_same_sum():
    data = np.round(noise() * 8).astype(np.int16)
    expected = total(data.astype(np.float64), circle())
    for kind in (">f8", "<f8", ">f4", "<f4", ">i2", "<i2", "<i4", "<u2"):
        assert total(data.astype(kind), circle()) == expected


def test_an_aperture_over_the_edge_is_that_on_a_zero_padded_image():
    data = noise()
    padded = np.pad(data, 30)
    assert total(data, circle(2.2, 3.1, 20)) == pytest.approx(
        total(padded, circle(32.2, 33.1, 20)), rel=1e-12
    )


def test_a_huge_aperture_sums_the_whole_image():
    assert total(np.ones((180, 200)), circle(100, 90, 50_000.0)) == 180 * 200


def compound(first, second, operation):
    return CompoundPixelRegion(first, second, operation)


def test_composites_of_boxes_on_the_pixel_grid_are_exact():
    first, second = rectangle(50, 50, 21, 21, 0), rectangle(60, 60, 21, 21, 0)
    expected = {operator.and_: 121, operator.or_: 761, operator.xor: 640, operator.gt: 320}
    for operation, pixels in expected.items():
        assert area(compound(first, second, operation)) == pytest.approx(pixels, rel=1e-12)


def test_overlapping_circles_have_the_area_of_the_lens():
    r, d = 20.0, 15.0
    lens = 2 * r**2 * np.arccos(d / (2 * r)) - d / 2 * np.sqrt(4 * r**2 - d**2)
    both = compound(circle(80.3, 80.1, r), circle(80.3 + d, 80.1, r), operator.and_)
    assert area(both) == pytest.approx(lens, rel=1e-6)
    either = compound(circle(80.3, 80.1, r), circle(80.3 + d, 80.1, r), operator.or_)
    assert area(either) == pytest.approx(2 * np.pi * r**2 - lens, rel=1e-6)


def test_nested_composites_are_measured():
    ring = compound(circle(r=20), circle(r=10), operator.xor)
    half = compound(ring, rectangle(100.3, 80.6 + 50, 100, 100, 0), operator.and_)
    assert area(half) == pytest.approx(np.pi * 300 / 2, rel=1e-4)  # four crossing pixels are sampled


def test_rectangular_annulus_is_the_difference_of_its_boxes():
    ring = RectangleAnnulusPixelRegion(PixCoord(90.1, 80.2), 10, 30, 6, 20, 17 * u.deg)
    assert area(ring) == pytest.approx(30 * 20 - 10 * 6, rel=1e-12)


@pytest.mark.parametrize("r", [1.5, 2.0, 3.0, 5.0])
def test_sum_err_is_the_scatter_of_monte_carlo_sums(r):
    rng = np.random.default_rng(1)
    data = rng.normal(size=(40_000, 13, 13))
    region = circle(6.2, 5.9, r)
    m = measure(image(data[0], uncertainty=StdDevUncertainty(np.ones((13, 13)))), region)
    patch = m.patch
    x, y = patch.origin
    ny, nx = patch.weights.shape
    sums = np.tensordot(data[:, y : y + ny, x : x + nx], patch.weights, axes=2)
    assert value(m.values["sum_err"]) == pytest.approx(sums.std(), rel=0.01)


def test_every_kind_of_uncertainty_gives_the_same_error():
    sigma = np.random.default_rng(3).uniform(1, 2, (180, 200))
    kinds = (StdDevUncertainty(sigma), VarianceUncertainty(sigma**2), InverseVariance(sigma**-2))
    errors = [value(measure(image(uncertainty=kind), circle()).values["sum_err"]) for kind in kinds]
    assert errors == pytest.approx([errors[0]] * 3, rel=1e-12)


def test_an_uncertainty_in_another_unit_is_converted():
    own = measure(image(unit="Jy", uncertainty=StdDevUncertainty(np.full((180, 200), 2.0))), circle())
    milli = StdDevUncertainty(np.full((180, 200), 2000.0), unit="mJy")
    other = measure(image(unit="Jy", uncertainty=milli), circle())
    assert other.values["sum_err"].to_value("Jy") == pytest.approx(
        own.values["sum_err"].to_value("Jy"), rel=1e-12
    )


def test_the_error_of_the_background_is_in_sum_err():
    m = measure(image(), circle(), Recipe(background=Annulus(20, 10)))
    w, b = m.patch.weights, m.background
    expected = np.sqrt(np.sum(w**2) * b.std**2 + (w.sum() * b.err) ** 2)
    assert value(m.values["sum_err"]) == pytest.approx(expected, rel=1e-12)


def test_the_ccd_equation_is_used_when_a_gain_is_known():
    data = np.full((180, 200), 400.0)
    m = measure(image(data, unit="adu"), circle(), Recipe(gain=2.0, read_noise=6.0))
    variance = (400 * 2.0 + 36) / 4
    expected = np.sqrt(variance * np.sum(m.patch.weights**2))
    assert m.values["sum_err"].to_value("adu") == pytest.approx(expected, rel=1e-12)


def test_without_any_noise_estimate_there_is_no_error():
    values = measure(image(), circle()).values
    assert values["sum_err"] is None
    assert values["snr"] is None
    assert values["mag_ab_err"] is None
