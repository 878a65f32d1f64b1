"""Images from the top, turned on request: a pixel keeps its value, error, flag and place on the sky."""

import numpy as np
import pytest
from astropy.io import fits

from imviz.errors import InputError
from imviz.readers import load
from imviz.readers.row_order import turned_wcs

SIP = {
    "CTYPE1": "RA---TAN-SIP",
    "CTYPE2": "DEC--TAN-SIP",
    "A_ORDER": 3,
    "B_ORDER": 3,
    "A_2_0": 1e-5,
    "A_1_1": -2e-5,
    "A_0_3": 1e-7,
    "B_0_2": 3e-5,
    "B_1_2": 1e-7,
    "B_0_1": 1e-4,
}
LINEAR = {
    "CDELT": {},
    "CROTA2": {"CROTA2": 33.0},
    "PC": {"PC1_1": 0.8, "PC1_2": -0.6, "PC2_1": 0.6, "PC2_2": 0.8},
    "CD": {"CD1_1": -2e-4, "CD1_2": 1e-5, "CD2_1": 2e-5, "CD2_2": 3e-4},
    "SIP": SIP,
    "TPV": {
        "CTYPE1": "RA---TPV",
        "CTYPE2": "DEC--TPV",
        "PV1_1": 1.0,
        "PV2_1": 1.0,
        "PV1_4": 1e-2,
        "PV2_5": 1e-2,
    },
    "the Sun": {"CTYPE1": "HPLN-TAN", "CTYPE2": "HPLT-TAN"},
}


@pytest.fixture
def top_down(write, pixels, tan_header):
    def make(**cards):
        header = fits.Header(tan_header)
        header.update({"ROWORDER": "TOP-DOWN"} | cards)
        error, quality = (
            fits.ImageHDU(np.sqrt(pixels), name="ERR"),
            fits.ImageHDU(pixels.astype("i2") % 7, name="DQ"),
        )
        return write("top.fits", fits.PrimaryHDU(), fits.ImageHDU(pixels, header, name="SCI"), error, quality)

    return make


@pytest.mark.parametrize("cards", LINEAR.values(), ids=LINEAR)
def test_a_pixel_keeps_its_value_error_flag_and_sky(top_down, cards):
    path = top_down(**cards)
    as_is, turned = (load(path, row_order=order)[0].image for order in ("file", "header"))
    np.testing.assert_array_equal(turned.data, np.asarray(as_is.data)[::-1])
    np.testing.assert_array_equal(turned.uncertainty.array, np.asarray(as_is.uncertainty.array)[::-1])
    np.testing.assert_array_equal(turned.mask, np.asarray(as_is.mask)[::-1])
    ny, nx = as_is.data.shape
    y, x = (axis.ravel() for axis in np.mgrid[0:ny:7, 0:nx:7])
    there = turned.wcs.pixel_to_world_values(x, ny - 1 - y)
    np.testing.assert_allclose(there, as_is.wcs.pixel_to_world_values(x, y), rtol=0, atol=1e-10)
    back = turned.wcs.world_to_pixel_values(*there)
    np.testing.assert_allclose(back, [x, ny - 1 - y], atol=1e-3)


def test_it_stays_on_disk_and_is_read_in_parts(top_down, pixels):
    data = load(top_down(), row_order="header")[0].image.data
    assert "DiskArray" in repr(data)
    truth = pixels[::-1]
    points = np.array([1, 9]), np.array([2, 3])
    for key in (np.s_[3:9, 4:20], np.s_[::-2, ::3], np.s_[5], np.s_[-1, 2], np.s_[:, 7], points):
        np.testing.assert_array_equal(data[key], truth[key])
    assert data.sum() == pixels.sum()


def test_the_note_says_what_was_done_or_could_be(top_down):
    path = top_down()
    as_is, turned = (load(path, row_order=order)[0].image for order in ("file", "header"))
    (as_is,), (turned,) = as_is.meta["imviz_notes"], turned.meta["imviz_notes"]
    assert "first row is the top" in as_is
    assert turned == "rows are turned as ROWORDER = 'TOP-DOWN' says: y counts from the file's last row"


@pytest.mark.parametrize("order", ["BOTTOM-UP", None])
def test_an_image_that_counts_as_fits_does_is_left_alone(top_down, pixels, order):
    image = load(top_down(ROWORDER=order), row_order="header")[0].image
    np.testing.assert_array_equal(image.data, pixels)


def test_read_anew_it_is_turned_again(top_down, pixels):
    (one,) = load(top_down(), row_order="header")
    np.testing.assert_array_equal(one.again(None).image.data, pixels[::-1])


def test_what_cannot_follow_stays_and_says_so(top_down, pixels):
    image = load(top_down(LTV2=-10.0, LTM2_2=1.0), row_order="header")[0].image
    np.testing.assert_array_equal(image.data, pixels)
    assert "rows are not turned" in image.meta["imviz_notes"][0]
    assert turned_wcs(object(), (3, 4)) is None


def test_another_word_is_refused(top_down):
    with pytest.raises(InputError, match="row_order='up' is not known; use 'file' or 'header'"):
        load(top_down(), row_order="up")
