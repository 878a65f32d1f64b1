"""Moments of sources of known shape, the thin and the impossible included."""

import numpy as np
import pytest

from imviz.science.photometry.moments import shape_of

EVERYWHERE = np.ones((81, 91), dtype=bool)


def gaussian(a, b, angle, x=45.3, y=39.8):
    rows, columns = np.mgrid[:81, :91]
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    along, across = (columns - x) * c + (rows - y) * s, -(columns - x) * s + (rows - y) * c
    return np.exp(-0.5 * ((along / a) ** 2 + (across / b) ** 2))


@pytest.mark.parametrize("angle", [-89.0, -30.0, 0.0, 45.0, 90.0])
def test_a_gaussian_has_its_own_moments(angle):
    shape = shape_of(gaussian(5, 3, angle), EVERYWHERE)
    assert (shape.x, shape.y) == pytest.approx((45.3, 39.8), abs=1e-9)
    assert (shape.semimajor_sigma, shape.semiminor_sigma) == pytest.approx((5, 3), rel=1e-7)
    assert (shape.orientation - angle + 90) % 180 - 90 == pytest.approx(0, abs=1e-6)
    assert shape.eccentricity == pytest.approx(0.8, rel=1e-7)
    assert shape.fwhm == pytest.approx(2 * np.sqrt(np.log(2) * 34), rel=1e-7)


def test_a_single_pixel_is_as_wide_as_a_pixel():
    data = np.zeros((81, 91))
    data[30, 40] = 7.0
    shape = shape_of(data, EVERYWHERE)
    assert (shape.x, shape.y) == (40, 30)
    assert shape.semimajor_sigma == shape.semiminor_sigma == np.sqrt(1 / 12)
    assert (shape.orientation, shape.eccentricity) == (0, 0)


def test_a_line_is_as_thin_as_a_pixel_and_keeps_its_length():
    shape = shape_of(np.eye(81, 91), np.eye(81, 91) > 0)
    assert shape.semiminor_sigma == np.sqrt(1 / 12)
    assert shape.semimajor_sigma == pytest.approx(np.sqrt(2 * (81**2 - 1) / 12), rel=1e-12)
    assert shape.orientation == pytest.approx(45)


@pytest.mark.parametrize(
    "data", [np.zeros((81, 91)), np.where(np.indices((81, 91)).sum(axis=0) == 3, 0.0, 0.0)]
)
def test_nothing_has_no_shape(data):
    assert np.isnan([shape_of(data, EVERYWHERE).x, shape_of(data, EVERYWHERE).fwhm]).all()


def test_without_pixels_there_is_no_shape():
    assert np.isnan(shape_of(gaussian(5, 3, 0), ~EVERYWHERE).x)


def test_values_that_no_gaussian_has_give_a_centroid_only():
    shape = shape_of(gaussian(2, 2, 0) - 0.9 * gaussian(6, 2, 0) / 3, EVERYWHERE)
    assert np.isfinite(shape.x)
    assert np.isnan(shape.semimajor_sigma)
    assert np.isnan(shape.eccentricity)
