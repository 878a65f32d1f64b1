"""Arcsec per pixel against the geometry of the gnomonic projection."""

import numpy as np
import pytest
from astropy.wcs import WCS

from imviz.errors import InputError
from imviz.science.sky.geometry import pixel_scale

from ..fields import wcs


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_scale_at_the_reference_is_that_of_the_header(mirrored):
    w = wcs(scale=0.07, angle=40, mirrored=mirrored)
    assert pixel_scale(w, tuple(w.wcs.crpix - 1)) == pytest.approx(0.07, rel=1e-7)


def test_far_from_the_reference_a_pixel_is_smaller_as_in_every_gnomonic_projection():
    w = wcs(scale=60.0)
    x, y = w.wcs.crpix - 1
    theta = np.arctan(np.radians(600 * 60 / 3600))
    # radial scale cos^2, tangential cos
    assert pixel_scale(w, (x + 600, y)) == pytest.approx(60 * np.cos(theta) ** 1.5, rel=1e-6)


def test_without_a_sky_there_is_no_scale():
    with pytest.raises(InputError, match="celestial"):
        pixel_scale(WCS(naxis=2), (0, 0))
