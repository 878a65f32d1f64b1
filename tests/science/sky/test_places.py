"""What is at a position, and how far from another, against astropy."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData
from astropy.wcs import WCS

from imviz.science.sky.places import between, place


@pytest.fixture
def image():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.cdelt, wcs.wcs.crval = ("RA---TAN", "DEC--TAN"), (-1e-4, 1e-4), (0.001, -40)
    wcs.wcs.crpix = 10, 10
    data = np.arange(400.0).reshape(20, 20)
    data[3, 4] = np.nan
    mask = np.zeros(data.shape, bool)
    mask[5, 6] = True
    return NDData(data, wcs=wcs, mask=mask)


def test_a_place_holds_the_exact_pixel_and_the_sky(image):
    found = place(image, 7.6, 2.5)
    assert found.value == image.data[3, 8]
    sky = image.wcs.pixel_to_world(7.6, 2.5)
    assert (found.ra, found.dec) == pytest.approx((sky.ra.deg, sky.dec.deg), abs=1e-12)
    assert found.on_image
    assert not found.masked
    assert not found.extrapolated


def test_bad_pixels_and_the_outside_are_told(image):
    assert place(image, 4, 3).masked
    assert place(image, 6, 5).masked
    off = place(image, -3, 5)
    assert (off.on_image, off.value, off.masked) == (False, None, False)
    assert off.ra is not None
    image.wcs.pixel_bounds = [(-0.5, 9.5), (-0.5, 19.5)]
    assert place(image, 12, 5).extrapolated
    assert not place(image, 9, 5).extrapolated


def test_distances_over_the_meridian_are_astropys(image):
    a, b = place(image, 2, 3), place(image, 17, 11)
    start, end = (SkyCoord(one.ra, one.dec, unit="deg") for one in (a, b))
    found = between(a, b)
    assert found.pixels == pytest.approx(17)
    assert found.arcsec == pytest.approx(17 * 0.36, rel=1e-6)
    assert found.arcsec == pytest.approx(start.separation(end).arcsec)
    assert found.position_angle == pytest.approx(start.position_angle(end).deg)
    assert between(place(NDData(image.data), 0, 0), place(NDData(image.data), 3, 4)).arcsec is None


def test_a_long_integer_keeps_all_its_digits():
    from astropy.nddata import NDData

    assert place(NDData(np.full((3, 3), 2**53 + 1)), 1, 1).value == 2**53 + 1
