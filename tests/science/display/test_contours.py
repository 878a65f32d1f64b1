"""Contours against a circle's formula; levels against what they are called; bounded reading."""

import numpy as np
import pytest
from astropy.nddata import NDData

from imviz.errors import InputError
from imviz.science.display.contours import contour_levels, contours, smoothed, thinned
from imviz.science.photometry.apertures import Box

Y, X = np.mgrid[:200, :240].astype(float)
SIGMA = 12.0
STAR = 100 * np.exp(-((X - 120.3) ** 2 + (Y - 90.7) ** 2) / (2 * SIGMA**2))


@pytest.mark.parametrize("level", [10, 50, 90])
def test_the_contours_of_a_gaussian_are_circles(level):
    x, y, values = thinned(NDData(STAR), Box(0, 0, 240, 200))
    (line,) = contours(x, y, values, level)
    radius = SIGMA * np.sqrt(2 * np.log(100 / level))
    assert np.hypot(line[:, 0] - 120.3, line[:, 1] - 90.7) == pytest.approx(radius, abs=0.05)
    assert np.array_equal(line[0], line[-1])


def test_a_large_box_is_thinned_and_stays_in_place():
    class Lazy:
        shape, ndim, dtype, read = (30000, 30000), 2, np.dtype("f4"), 0

        def __getitem__(self, key):
            y, x = (np.arange(30000, dtype="f4")[part] for part in key)
            Lazy.read += y.size * x.size
            return np.hypot(*np.meshgrid(x - 15000, y - 14000))

        def __array__(self, dtype=None, copy=None):
            raise MemoryError("all of the image")

    x, y, values = thinned(NDData(Lazy()), Box(0, 0, 30000, 30000))
    assert Lazy.read <= 1024**2
    (line,) = contours(x, y, values, 9000.0)
    assert np.hypot(line[:, 0] - 15000, line[:, 1] - 14000) == pytest.approx(9000, abs=1)


def test_unusable_pixels_leave_a_gap_that_smoothing_does_not_spread():
    data, mask = STAR.copy(), np.zeros(STAR.shape, bool)
    data[90, 120], mask[:, 150:] = np.nan, True
    _, _, values = thinned(NDData(data, mask=mask), Box(0, 0, 240, 200))
    soft = smoothed(values, 2.0)
    assert np.array_equal(np.isnan(soft), np.isnan(values))
    x, y, whole = thinned(NDData(STAR), Box(0, 0, 240, 200))
    assert soft[60, 60] == pytest.approx(smoothed(whole, 2.0)[60, 60], rel=1e-6)
    assert max(line[:, 0].max() for line in contours(x, y, soft, 5.0)) < 150


def test_levels_are_what_they_are_called():
    noise = np.random.default_rng(0).normal(7, 2, (400, 400))
    noise[200, 200] = 1000
    levels = contour_levels(noise, "Significance", 4)
    assert levels == pytest.approx(7 + 2 * np.array([3, 6, 12, 24]), rel=0.02)
    percent = contour_levels(noise, "Percentiles", 3)
    assert [np.mean(noise < level) for level in percent] == pytest.approx([0.8, 0.98, 0.998], abs=1e-3)
    linear = contour_levels(noise, "Linear", 3)
    assert np.diff(linear, 2) == pytest.approx(0, abs=1e-9)
    assert contour_levels(noise, "Manual", manual=[5, 3, 5]) == [3, 5]


@pytest.mark.parametrize(
    ("kind", "options"),
    [("Magic", {}), ("Manual", {}), ("Manual", {"manual": [np.nan]}), ("Linear", {"n": 0})],
)
def test_what_is_no_level_is_refused(kind, options):
    with pytest.raises(InputError):
        contour_levels(STAR, kind, **options)


def test_a_flat_image_has_nothing_to_contour():
    with pytest.raises(InputError, match="nothing to contour"):
        contour_levels(np.ones((5, 5)), "Linear")
