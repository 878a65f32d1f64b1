"""Pixels that are not linear in flux: made linear, or refused by name; and the beam of a cube's plane."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.readers import load
from imviz.science.photometry.measurement import Flag, measure

RNG = np.random.default_rng(2)
FLUX = RNG.normal(100, 300, (40, 50))
SOFTEN, OFFSET = 500.0, 10.0
CARDS = {"TELESCOP": "PS1", "BSOFTEN": SOFTEN, "BOFFSET": OFFSET}
APERTURE = CirclePixelRegion(PixCoord(20, 20), 6)


def folded(flux):
    """As the survey's own page says: C = alpha asinh((L - BOFFSET) / 2 BSOFTEN)."""
    return 2.5 * np.log10(np.e) * np.arcsinh((flux - OFFSET) / (2 * SOFTEN))


@pytest.mark.parametrize("kind", ["plain", "scaled", "tiles", "in memory"])
def test_pan_starrs_asinh_pixels_become_linear(tmp_path, kind):
    hdu = fits.ImageHDU(folded(FLUX).astype("f4"), fits.Header(CARDS))
    if kind == "scaled":
        hdu.scale("int16", bscale=1e-4)
    if kind == "tiles":
        hdu = fits.CompImageHDU(hdu.data, hdu.header, compression_type="GZIP_1", quantize_level=-1e-7)
    source = fits.HDUList([fits.PrimaryHDU(), hdu])
    if kind != "in memory":
        source.writeto(tmp_path / "p.fits")
        source = tmp_path / "p.fits"
    image = load(source, ext=1)[0].image
    tolerance = 0.2 if kind == "scaled" else 1e-3
    assert np.abs(np.asarray(image.data) - FLUX).max() < tolerance
    assert np.abs(np.asarray(image.data[3:9, 4]) - FLUX[3:9, 4]).max() < tolerance
    assert np.abs(image.data[np.array([1, 30]), np.array([2, 45])] - FLUX[[1, 30], [2, 45]]).max() < tolerance
    truth = measure(type(image)(FLUX), APERTURE).values["sum"]
    assert measure(image, APERTURE).values["sum"] == pytest.approx(truth, rel=1e-3)
    assert "asinh" in " ".join(image.meta["imviz_notes"])


def test_blank_and_nan_stay_what_they_are(write):
    stored = folded(FLUX).astype("f4")
    stored[2, 3] = np.nan
    data = load(write("n.fits", fits.PrimaryHDU(stored, fits.Header(CARDS))))[0].image.data
    assert np.argwhere(np.isnan(np.asarray(data))).tolist() == [[2, 3]]


@pytest.mark.parametrize(
    ("cards", "what"),
    [
        ({"BSOFTEN": 500.0}, "asinh"),
        ({"BSOFTEN": 0.0, "BOFFSET": 1.0}, "asinh"),
        ({"BUNIT": "log10(Jy)"}, "a logarithm"),
        ({"BUNIT": "log counts"}, "a logarithm"),
        ({"BUNIT": "dex"}, "a logarithm"),
        ({"BUNIT": "sqrt(counts)"}, "a square root"),
        ({"BUNIT": "mag/arcsec2"}, "magnitude|logarithmic"),
        ({"BUNIT": "luptitudes"}, "asinh"),
        ({"SCALING": "ASINH"}, "asinh"),
        ({"STRETCH": "SQRT"}, "a square root"),
        ({"COMPAND": True}, "companded"),
        ({"ENCODING": "companded 12 to 8 bits"}, "companded"),
    ],
)
def test_what_cannot_be_made_linear_is_refused_by_name(write, cards, what):
    image = load(write("l.fits", fits.PrimaryHDU(np.ones((40, 50), "f4"), fits.Header(cards))))[0].image
    with pytest.raises(InputError, match=what):
        measure(image, APERTURE)
    assert "not linear in flux" in " ".join(image.meta["imviz_notes"])


@pytest.mark.parametrize(
    "cards",
    [
        {"BUNIT": "nanomaggy"},
        {"BUNIT": "Jy"},
        {"SCALING": "LINEAR"},
        {"BTYPE": "Column density"},
        {"COMPAND": False},
        {"OBJECT": "log"},
    ],
)
def test_other_words_mean_nothing(write, cards):
    image = load(write("o.fits", fits.PrimaryHDU(np.ones((40, 50), "f4"), fits.Header(cards))))[0].image
    assert not measure(image, APERTURE).values["flags"] & Flag.NONLINEAR_PIXELS


def test_photographic_densities_are_flagged(write):
    header = fits.Header({"PLTLABEL": "SJ03583", "ORIGIN": "CASB"})
    image = load(write("d.fits", fits.PrimaryHDU(np.ones((40, 50), "i2"), header)))[0].image
    assert measure(image, APERTURE).values["flags"] & Flag.NONLINEAR_PIXELS
    assert "photographic density" in " ".join(image.meta["imviz_notes"])


def test_each_plane_of_a_cube_has_its_own_beam(tmp_path):
    cube = fits.PrimaryHDU(np.ones((3, 40, 50), "f4"), fits.Header({"BUNIT": "Jy/beam", "CASAMBM": True}))
    table = Table({"BMAJ": [3.0, 4.0, 5.0], "BMIN": [2.0, 2.0, 2.0], "CHAN": [0, 1, 2], "POL": [0, 0, 0]})
    beams = fits.BinTableHDU(table, name="BEAMS")
    beams.columns["BMAJ"].unit = beams.columns["BMIN"].unit = "arcsec"
    fits.HDUList([cube, beams]).writeto(tmp_path / "c.fits")
    for plane, major in enumerate((3.0, 4.0, 5.0)):
        meta = load(tmp_path / "c.fits", plane=plane)[0].image.meta
        assert meta["imviz_beam"] == pytest.approx((major / 3600, 2 / 3600))


def test_doubts_about_the_header_are_notes_on_the_image(write):
    cards = {"SWCREATE": "SharpCap", "GAIN": 200, "MAGZERO": 25.0}
    image = load(write("g.fits", fits.PrimaryHDU(np.ones((40, 50), "u2"), fits.Header(cards))))[0].image
    notes = " ".join(image.meta["imviz_notes"])
    assert "GAIN = 200 is a setting of the camera, as SharpCap writes it" in notes
    assert "does not say that it is AB" in notes
