"""ERR, VAR, DQ opened by themselves: unit and calibration are those of the science image beside them."""

import astropy.units as u
import numpy as np
import pytest
from astropy.io import fits

from imviz.readers import load
from imviz.science.calibration.header import autofill

JWST = {"BUNIT": "MJy/sr", "PHOTMJSR": 0.5, "PIXAR_SR": 2.1e-14, "PIXAR_A2": 0.00089}
ACS = {"BUNIT": "ELECTRONS", "PHOTFLAM": 1e-19, "PHOTPLAM": 5900.0, "EXPTIME": 100.0}
EUCLID = {"BUNIT": "adu", "GAIN": 3.5, "MAGZERO": 24.6}
WITHOUT = {"PHOTMJSR": 0.5}


def pair(write, science, other, cards):
    pixels = np.ones((8, 9), "f4")
    return write(
        "pair.fits",
        fits.PrimaryHDU(),
        fits.ImageHDU(pixels, fits.Header(cards), name=science),
        fits.ImageHDU(pixels, name=other),
    )


@pytest.mark.parametrize(
    ("science", "other", "cards", "unit"),
    [
        ("SCI", "ERR", JWST, u.MJy / u.sr),
        ("SCI", "VAR_RNOISE", JWST, (u.MJy / u.sr) ** 2),
        ("SCI", "DQ", JWST, None),
        ("SCI", "WHT", JWST, None),
        ("SCI", "ERR", ACS, u.electron),
        ("3-4.F.SCI", "3-4.F.RMS", EUCLID, u.adu),
        ("3-4.F.SCI", "3-4.E.RMS", EUCLID, None),
        ("DATA", "STAT", ACS, u.electron**2),
        ("IMAGE", "IVAR", EUCLID, u.adu**-2),
        ("SCI", "ERR", WITHOUT, None),
    ],
)
def test_the_unit_is_that_of_the_science_image_by_the_role(write, science, other, cards, unit):
    image = load(pair(write, science, other, cards), ext=2)[0].image
    assert image.unit == unit
    told = any("the unit is that of [" in note for note in image.meta["imviz_notes"])
    assert told == (unit is not None)


def test_its_own_unit_stays(write):
    path = pair(write, "SCI", "ERR", JWST)
    with fits.open(path, mode="update") as hdus:
        hdus["ERR"].header["BUNIT"] = "mJy/sr"
    assert load(path, ext="ERR")[0].image.unit == u.mJy / u.sr


@pytest.mark.parametrize(("science", "other", "cards"), [("SCI", "ERR", JWST), ("A.SCI", "A.RMS", EUCLID)])
def test_standard_deviations_are_calibrated_as_their_image(write, science, other, cards):
    path = pair(write, science, other, cards)
    filled = []
    for ext in (1, 2):
        image = load(path, ext=ext)[0].image
        filled.append(autofill(image.meta, image.unit, image.wcs))
    for name in ("pixel_area", "counts_factor", "zero_point", "gain", "flux_scaling"):
        assert getattr(filled[0], name) == getattr(filled[1], name)
    assert filled[0].pixel_area or filled[0].gain
    assert any("the calibration is that of [" in note for note in image.meta["imviz_notes"])


@pytest.mark.parametrize("other", ["DQ", "VAR_POISSON", "WHT"])
def test_flags_and_variances_take_the_pixels_area_and_no_zero_point(write, other):
    image = load(pair(write, "SCI", other, JWST | {"MAGZERO": 25.0}), ext=2)[0].image
    filled = autofill(image.meta, image.unit, image.wcs)
    assert filled.pixel_area == pytest.approx(0.00089)
    assert filled.zero_point is None
    assert "the pixels' area is that of [SCI,1]" in image.meta["imviz_notes"]


def test_the_square_of_a_magnitude_is_no_unit(write):
    image = load(pair(write, "SCI", "VAR", {"BUNIT": "mag(AB)"}), ext=2)[0].image
    assert image.unit is None
