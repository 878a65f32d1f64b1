"""What is said of rows from the top and of Bayer filters; whose WCS an error image has."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.units import Unit

from imviz.readers import load
from imviz.readers.headers.conventions import from_the_top, remarks

ROWS = {
    "N.I.N.A.": ({"ROWORDER": "TOP-DOWN"}, True),
    "lower case": ({"ROWORDER": "top-down"}, True),
    "with a blank": ({"ROWORDER": "TOP DOWN "}, True),
    "as FITS has it": ({"ROWORDER": "BOTTOM-UP"}, False),
    "not said": ({}, False),
    "a number": ({"ROWORDER": 1}, False),
}


@pytest.mark.parametrize(("header", "top"), ROWS.values(), ids=ROWS)
def test_rows_that_count_from_the_top_are_told(header, top):
    assert from_the_top(header) == top
    assert ("ROWORDER" in " ".join(remarks(header))) == top


COLOURS = {
    "N.I.N.A.": ({"BAYERPAT": "RGGB"}, True),
    "SharpCap": ({"COLORTYP": "GBRG", "XBAYROFF": 0}, True),
    "lower case": ({"BAYERPAT": "bggr  "}, True),
    "an X-Trans sensor": ({"BAYERPAT": "GBGRGBRGRBGRGBGRGBGR"[:16]}, True),
    "no pattern": ({"BAYERPAT": "NONE"}, False),
    "MaxIm's number": ({"COLORTYP": 0}, False),
    "not said": ({}, False),
}


@pytest.mark.parametrize(("header", "mixed"), COLOURS.values(), ids=COLOURS)
def test_pixels_under_a_bayer_filter_are_told(header, mixed):
    assert ("Bayer" in " ".join(remarks(header))) == mixed


def test_both_are_notes_of_the_image(write, pixels):
    header = fits.Header({"ROWORDER": "TOP-DOWN", "BAYERPAT": "RGGB"})
    first, second = load(write("camera.fits", fits.PrimaryHDU(pixels, header)))[0].image.meta["imviz_notes"]
    assert first.startswith("ROWORDER = 'TOP-DOWN'")
    assert second.startswith("BAYERPAT = 'RGGB'")


COMPANIONS = {
    "JWST": ("SCI", "ERR", True),
    "weights": ("SCI", "WHT", True),
    "Euclid": ("3-4.F.SCI", "3-4.F.RMS", True),
    "of another detector": ("3-4.F.SCI", "3-5.F.RMS", False),
    "numbered": ("SCI_1", "ERR_1", True),
    "by camera": ("CCD3.IMAGE", "CCD3.WEIGHT", True),
    "a science image": ("SCI", "IMAGE", False),
}


@pytest.mark.parametrize(("science", "other", "shared"), COMPANIONS.values(), ids=COMPANIONS)
def test_an_error_or_quality_image_without_a_wcs_has_that_of_its_science_image(
    write, pixels, tan_header, science, other, shared
):
    hdus = [
        fits.PrimaryHDU(),
        fits.ImageHDU(pixels, tan_header, name=science),
        fits.ImageHDU(pixels, name=other),
    ]
    image = load(write("pair.fits", *hdus), ext=2)[0].image
    assert (image.wcs is not None) == shared
    if shared:
        truth = load(write("pair2.fits", *hdus), ext=1)[0].image.wcs
        np.testing.assert_array_equal(
            image.wcs.pixel_to_world_values(3, 4), truth.pixel_to_world_values(3, 4)
        )
        assert f"the WCS is that of [{science.upper()},1]" in image.meta["imviz_notes"]


@pytest.mark.parametrize(
    ("name", "own", "unit"),
    [
        ("ERR", None, "MJy / sr"),
        ("RMS", None, "MJy / sr"),
        ("VAR", None, "MJy2 / sr2"),
        ("IVAR", None, "sr2 / MJy2"),
        ("DQ", None, None),
        ("WHT", None, None),
        ("ERR", "Jy", "Jy"),
        ("OTHER", None, None),
    ],
)
def test_an_error_image_without_a_unit_has_what_the_science_images_makes_of_it(
    write, pixels, tan_header, name, own, unit
):
    header = tan_header.copy()
    header["BUNIT"] = "MJy/sr"
    other = fits.ImageHDU(pixels, name=name)
    if own is not None:
        other.header["BUNIT"] = own
    path = write("unit.fits", fits.PrimaryHDU(), fits.ImageHDU(pixels, header, name="SCI"), other)
    image = load(path, ext=2)[0].image
    assert image.unit == (None if unit is None else Unit(unit))
    notes = " ".join(image.meta["imviz_notes"])
    assert ("the unit is that of [SCI,1]" in notes) == (unit is not None and own is None)


def test_its_own_wcs_and_another_version_or_shape_go_first(write, pixels, tan_header):
    own = fits.Header(tan_header)
    own["CRVAL1"] = 10.0
    other = fits.ImageHDU(pixels, name="ERR")
    other.ver = 2
    hdus = [fits.ImageHDU(pixels, tan_header, name="SCI"), fits.ImageHDU(pixels, own, name="ERR"), other]
    hdus.append(fits.ImageHDU(np.zeros((5, 5)), name="DQ"))
    images = [one.image for one in load(write("four.fits", fits.PrimaryHDU(), *hdus), ext=[2, 3, 4])]
    assert images[0].wcs.wcs.crval[0] == 10.0
    assert [image.wcs for image in images[1:]] == [None, None]


@pytest.mark.parametrize(("blank", "told"), [(-999.0, True), ("-999", True), (-999, False), (None, False)])
def test_a_blank_that_is_no_whole_number_is_told(blank, told):
    found = remarks({"BITPIX": 16} | ({} if blank is None else {"BLANK": blank}))
    assert any("BLANK" in one for one in found) is told
    assert not remarks({"BITPIX": -32, "BLANK": blank})
