"""Annuli of an aperture's own shape."""

import numpy as np
import pytest
from regions import CircleAnnulusPixelRegion, EllipseAnnulusPixelRegion, RectangleAnnulusPixelRegion

from imviz.errors import InputError
from imviz.science.photometry.annuli import annulus_region

from ..fields import circle, ellipse, polygon, rectangle


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
