"""A GWCS of one direction only, solved: against analytic inverses, at poles, and where nothing is."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from astropy import coordinates
from astropy.modeling import models

from imviz.science.sky.numerical_inverse import NumericalInverse, with_inverse

gwcs = pytest.importorskip("gwcs")
SHAPE = 800, 1000


MIDDLE = models.Shift(-500) & models.Shift(-400)


def sky_of(lon, lat):
    """From a turned plane to the sky."""
    turn = models.AffineTransformation2D(matrix=5e-5 * np.array([[-0.8, 0.6], [0.6, 0.8]]))
    return turn | models.Pix2Sky_TAN() | models.RotateNative2Celestial(lon, lat, 180)


def tangent(lon, lat):
    """From pixels to the sky, with an analytic inverse."""
    return MIDDLE | sky_of(lon, lat)


def bent():
    """The same with terms of second and third order: some pixels at the corners, and no analytic inverse."""
    x = models.Polynomial2D(3, c1_0=1, c0_1=1e-3, c2_0=1e-5, c1_1=3e-6, c0_2=-2e-6, c3_0=1e-9)
    y = models.Polynomial2D(2, c1_0=-1e-3, c0_1=1, c2_0=2e-6, c1_1=-3e-6, c0_2=1e-5)
    return MIDDLE | models.Mapping((0, 1, 0, 1)) | x & y | sky_of(10, 20)


def pipeline(model, box=True):
    frames = gwcs.coordinate_frames
    detector = frames.Frame2D(name="detector", unit=(u.pix, u.pix))
    sky = frames.CelestialFrame(reference_frame=coordinates.ICRS(), unit=(u.deg, u.deg))
    wcs = gwcs.WCS([(detector, model), (sky, None)])
    if box:
        wcs.bounding_box = (-0.5, SHAPE[1] - 0.5), (-0.5, SHAPE[0] - 0.5)
    return wcs


def some_pixels(n=500):
    return np.random.default_rng(3).uniform(-0.5, [[999.5], [799.5]], (2, n))


@pytest.mark.parametrize("place", [(10, 20), (0, 0), (359.999, -45), (123, 89.999), (200, -90)])
def test_it_is_the_analytic_inverse(place):
    model = tangent(*place)
    sky = model(*some_pixels())
    found = np.array(NumericalInverse(model, SHAPE)(*sky))
    assert np.abs(found - model.inverse(*sky)).max() < 1e-6


def test_a_bent_image_comes_back_to_its_pixels_and_a_little_beyond():
    model, pixels = bent(), some_pixels() * 1.2 - 80
    found = NumericalInverse(model, SHAPE)(*model(*pixels))
    assert np.abs(np.array(found) - pixels).max() < 1e-6


def test_scalars_stay_scalars_and_arrays_keep_their_shape():
    inverse = NumericalInverse(bent(), SHAPE)
    assert np.ndim(inverse(10.0, 20.0)[0]) == 0
    assert inverse(np.full((2, 3), 10.0), np.full((2, 3), 20.0))[1].shape == (2, 3)


def test_what_has_no_place_is_nan_and_spoils_no_neighbour():
    x, y = NumericalInverse(bent(), SHAPE)([10.0, 190.0, np.nan, 10.0], [20.0, -20.0, 20.0, 25.0])
    assert (x[0], y[0]) == pytest.approx((500, 400), abs=1e-6)
    assert np.isnan(x[1:]).all()


@pytest.mark.parametrize("box", [True, False])
def test_a_pipeline_of_one_direction_leads_back_and_keeps_its_box(box):
    wcs = with_inverse(pipeline(bent(), box), SHAPE)
    x, y = some_pixels()
    back = wcs.world_to_pixel(wcs.pixel_to_world(x, y))
    assert np.abs(np.subtract(back, [x, y])).max() < 1e-6
    assert (wcs.bounding_box is not None) == box


def test_a_pipeline_that_leads_back_is_left_alone():
    wcs = pipeline(tangent(10, 20))
    assert with_inverse(wcs, SHAPE) is wcs


def test_one_that_cannot_be_solved_is_left_alone():
    one = models.Polynomial2D(1)  # every pixel is one place
    wcs = pipeline(models.Mapping((0, 1, 0, 1)) | one & one.copy() | sky_of(0, 0))
    assert with_inverse(wcs, SHAPE) is wcs
