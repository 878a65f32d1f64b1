"""Backgrounds: annuli of the aperture's shape, estimators, errors."""

import numpy as np
import pytest
from regions import CircleAnnulusPixelRegion, EllipseAnnulusPixelRegion, RectangleAnnulusPixelRegion

from imviz.errors import InputError
from imviz.science.photometry.background import ESTIMATORS, annulus_region, estimate
from imviz.science.photometry.measurement import Annulus, Flag, Recipe, measure

from ..fields import circle, ellipse, image, noise, polygon, rectangle, star, value


def test_a_circle_gets_a_circular_annulus():
    ring = annulus_region(circle(), 15.0, 5.0)
    assert isinstance(ring, CircleAnnulusPixelRegion)
    assert (ring.inner_radius, ring.outer_radius) == (15.0, 20.0)
    assert ring.center.xy == (100.3, 80.6)


@pytest.mark.parametrize(
    ("aperture", "kind"), [(ellipse(), EllipseAnnulusPixelRegion), (rectangle(), RectangleAnnulusPixelRegion)]
)
def test_ellipses_and_rectangles_keep_axis_ratio_and_angle(aperture, kind):
    ring = annulus_region(aperture, 20.0, 4.0)
    assert isinstance(ring, kind)
    assert ring.inner_width == pytest.approx(40.0)
    assert ring.inner_height == pytest.approx(40.0 * 14 / 30)
    assert ring.outer_width - ring.inner_width == pytest.approx(8.0)
    assert ring.outer_height - ring.inner_height == pytest.approx(8.0)
    assert ring.angle == aperture.angle


def test_an_annulus_follows_the_outer_edge_and_other_shapes_get_a_circle():
    assert annulus_region(annulus_region(ellipse(), 20, 4), 30, 5).inner_width == pytest.approx(60)
    ring = annulus_region(polygon((40, 40), (60, 40), (60, 60), (40, 60)), 20, 5)
    assert isinstance(ring, CircleAnnulusPixelRegion)
    assert ring.center.xy == (50, 50)


@pytest.mark.parametrize(("inner", "width"), [(0, 5), (-1, 5), (5, 0), (5, np.nan)])
def test_an_annulus_without_extent_is_refused(inner, width):
    with pytest.raises(InputError, match="must be above 0"):
        annulus_region(circle(), inner, width)


def test_the_median_is_that_of_the_pixels_whose_center_is_inside():
    data = noise()
    y, x = np.mgrid[:180, :200]
    r = np.hypot(x - 100.3, y - 80.6)
    inside = data[(r < 25) & (r >= 15)]
    found = estimate(image(data), annulus_region(circle(), 15, 10))
    assert found.value == np.median(inside)
    assert found.n_pixels == inside.size
    assert found.method == "median"


@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimators_are_unbiased_and_their_errors_true_on_gaussian_sky(name):
    region = circle(30, 30, 20)
    found = [estimate(image(noise((61, 61), seed, 100.0, 5.0)), region, name) for seed in range(300)]
    values = np.array([background.value for background in found])
    error = np.mean([background.err for background in found])
    assert abs(values.mean() - 100) < 4 * values.std() / np.sqrt(300)
    # SExtractor's switches to the median for skewed samples, so only the others follow the formula
    tolerance = 0.15 if name != "sextractor" else 0.5
    assert values.std() == pytest.approx(error, rel=tolerance)


def test_clipping_removes_stars():
    data = noise()
    rng = np.random.default_rng(5)
    data[rng.integers(0, 180, 800), rng.integers(0, 200, 800)] += 500
    region = circle(100, 90, 60)
    assert estimate(image(data), region, "mean").value > 105
    assert estimate(image(data), region, "mean", 3.0).value == pytest.approx(100, abs=0.3)
    assert estimate(image(data), region, "mean", 3.0).method == "mean, 3 sigma clipped"


def test_masked_nan_and_saturated_pixels_are_not_used():
    data, mask = np.full((180, 200), 7.0), np.zeros((180, 200), dtype=bool)
    data[:90], mask[90:100] = np.nan, True
    data[100:110] = 1e6
    found = estimate(image(data, mask=mask), circle(100, 90, 60), "mean", saturation=1e5)
    assert found.value == 7
    assert not found.complete


def test_a_background_region_off_the_image_is_refused_by_name():
    with pytest.raises(InputError, match=r"circle at \(500, 500\) lies off the image"):
        measure(image(), circle(), Recipe(background=circle(500, 500, 5)))


def test_a_background_region_without_usable_pixel_is_refused():
    data = noise()
    data[:40, :40] = np.nan
    with pytest.raises(InputError, match="has no usable pixel"):
        measure(image(data), circle(), Recipe(background=circle(20, 20, 5)))


def test_a_background_that_runs_off_the_image_is_flagged():
    m = measure(image(noise() + star(20, 20)), circle(20, 20, 5), Recipe(background=Annulus(15, 10)))
    assert m.values["flags"] == Flag.BACKGROUND_INCOMPLETE
    assert value(m.values["background"]) == pytest.approx(100, abs=1)


def test_an_unknown_estimator_or_clip_is_refused_with_the_choices():
    with pytest.raises(InputError, match="median, mean, mode, sextractor, biweight"):
        Recipe(background_estimator="magic")
    with pytest.raises(InputError, match="median, mean, mode, sextractor, biweight"):
        estimate(image(), circle(), "magic")
    with pytest.raises(InputError, match="above 0"):
        estimate(image(), circle(), "mean", -3.0)


def test_a_typed_background_has_no_error_and_no_scatter():
    values = measure(image(), circle(), Recipe(background=5)).values
    assert (values["background_err"], values["background_std"], values["background_method"]) == (
        0.0,
        None,
        "manual",
    )


def test_a_background_that_is_not_finite_is_refused():
    with pytest.raises(InputError, match="be a finite number"):
        measure(image(), circle(), Recipe(background=np.nan))
