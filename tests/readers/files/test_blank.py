"""BLANK is no value, for every kind of integer, plain or in tiles, named by path or held by astropy.

The truth is the FITS standard (4.4.2.5): BLANK is compared with the stored number, before BSCALE and BZERO.
"""

import warnings

import numpy as np
import pytest
from astropy.io import fits

from imviz.readers import load

KINDS = {
    "signed 16 bit": ("i2", 0, 1, -32768),
    "unsigned 16 bit": ("i2", 2**15, 1, 32767),
    "unsigned 32 bit": ("i4", 2**31, 1, -(2**31)),
    "unsigned 64 bit": ("i8", 2**63, 1, -(2**63)),
    "signed byte": ("u1", -128, 1, 255),
    "byte": ("u1", 0, 1, 0),
    "scaled 16 bit": ("i2", 100.5, 0.25, -999),
    "scaled like unsigned": ("i2", 2**15, 2.0, 5),
}
"""Stored type, BZERO, BSCALE and BLANK."""


@pytest.fixture
def blanked(tmp_path):
    """A file of one kind with blanks in its first row, and what its pixels are."""

    def make(kind, tiles):
        stored, zero, scale, blank = KINDS[kind]
        numbers = np.arange(30, 130, dtype=stored).reshape(10, 10)
        numbers[0, :3] = blank
        path = tmp_path / "b.fits"
        hdu = fits.CompImageHDU(numbers, compression_type="GZIP_1") if tiles else fits.ImageHDU(numbers)
        fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path, overwrite=True)
        with fits.open(path, "update", disable_image_compression=True, do_not_scale_image_data=True) as hdus:
            hdus[1].header.update(BZERO=zero, BSCALE=scale, BLANK=blank)
        values = numbers.astype("f8") * scale + zero
        values[0, :3] = np.nan
        return path, values

    return make


@pytest.mark.parametrize("tiles", [False, True], ids=["plain", "tiles"])
@pytest.mark.parametrize("kind", KINDS)
def test_blank_pixels_have_no_value(blanked, kind, tiles):
    path, values = blanked(kind, tiles)
    data = load(path, ext=1)[0].image.data
    np.testing.assert_array_equal(np.asarray(data, dtype="f8"), values)
    np.testing.assert_array_equal(data[0:2, 2:5], values[0:2, 2:5])
    assert data.dtype == np.asarray(data).dtype


@pytest.mark.parametrize("looked_at", [False, True])
@pytest.mark.parametrize("kind", ["unsigned 16 bit", "unsigned 32 bit", "signed 16 bit"])
def test_nor_have_those_that_astropy_holds(blanked, kind, looked_at):
    path, values = blanked(kind, tiles=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(path) as hdus:
            if looked_at:
                assert hdus[1].data.shape == values.shape
            np.testing.assert_array_equal(np.asarray(load(hdus, ext=1)[0].image.data, dtype="f8"), values)


@pytest.mark.parametrize("blank", [70_000, -40_000])
def test_a_blank_that_cannot_be_stored_leaves_the_integers_as_they_are(write, blank):
    numbers = np.arange(100, dtype="u2").reshape(10, 10)
    path = write("i.fits", fits.PrimaryHDU(numbers))
    with fits.open(path, "update", do_not_scale_image_data=True) as hdus:
        hdus[0].header["BLANK"] = blank
    data = load(path)[0].image.data
    assert data.dtype == np.uint16
    np.testing.assert_array_equal(data, numbers)
