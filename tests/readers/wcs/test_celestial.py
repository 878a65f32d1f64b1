"""The WCS of an image, and the sentence where it has none."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
from astropy.io import fits
from astropy.utils.data import get_pkg_data_filename
from astropy.wcs import WCS

from imviz.readers import load
from imviz.readers.wcs.celestial import usable_wcs

BROKEN = {
    "a SIP coefficient that is text": (
        {"A_ORDER": 2, "A_0_2": "NAXIS: 2"},
        "A_0_2 = 'NAXIS: 2' is not a number",
    ),
    "a SIP order without end": (
        {"A_ORDER": 10**9, "B_ORDER": 2},
        "A_ORDER = 1000000000 is not a whole number",
    ),
    "a SIP order that is no integer": ({"A_ORDER": 2.5, "B_ORDER": 2}, "A_ORDER = 2.5 is not a whole number"),
    "a negative SIP order": ({"A_ORDER": -1, "B_ORDER": -1}, "A_ORDER = -1 is not a whole number"),
    "a reference value that is text": ({"CRVAL1": "10:00:00"}, "CRVAL1 = '10:00:00' is not a number"),
    "a logical reference pixel": ({"CRPIX1": True}, "CRPIX1 = True is not a number"),
    "a number as axis type": ({"CTYPE1": 5}, "CTYPE1 = 5 is not text"),
    "no pixel size": ({"CDELT1": 0.0, "CDELT2": 0.0}, "loaded without WCS"),
    "a singular matrix": ({"CD1_1": 1e-4, "CD1_2": 1e-4, "CD2_1": 1e-4, "CD2_2": 1e-4}, "loaded without WCS"),
    "two longitudes": ({"CTYPE2": "RA---TAN"}, "loaded without WCS"),
    "mixed projections": ({"CTYPE2": "DEC--SIN"}, "loaded without WCS"),
    "an unknown projection": ({"CTYPE1": "RA---QQQ", "CTYPE2": "DEC--QQQ"}, "loaded without WCS"),
    "linear axes": ({"CTYPE1": "LINEAR", "CTYPE2": "LINEAR"}, "LINEAR, LINEAR are not celestial"),
    "an impossible reference value": ({"CRVAL1": 1e35}, "CRVAL1 = 1e+35 is out of range"),
    "a reference latitude past the pole": ({"CRVAL2": 1e20}, "loaded without WCS"),
    "a look-up table that is not there": ({"CPDIS1": "LOOKUP", "DP1": "EXTVER: 9"}, "loaded without WCS"),
}


@pytest.mark.parametrize(("cards", "why"), BROKEN.values(), ids=BROKEN)
def test_a_broken_wcs_is_left_out_and_said(write, pixels, tan_header, cards, why):
    for key, value in cards.items():
        tan_header[key] = value
    path = write("w.fits", fits.PrimaryHDU(pixels, tan_header))
    image = load(path)[0].image
    assert image.wcs is None
    (note,) = image.meta["imviz_notes"]
    assert why in note
    assert note.endswith("loaded without WCS")
    assert len(note) <= 240
    np.testing.assert_array_equal(image.data, pixels)


def test_the_card_that_ends_the_process_does_not(write, pixels, tan_header):
    """`A_0_2 = 'NAXIS: 2'` makes astropy.wcs crash with a segmentation fault: so in a process of its own."""
    tan_header.update({"A_ORDER": 2, "B_ORDER": 2, "A_0_2": "NAXIS: 2"})
    path = write("crash.fits", fits.PrimaryHDU(pixels, tan_header))
    code = "import sys; from imviz.readers import load; i = load(sys.argv[1])[0].image; "
    code += "print(i.wcs, i.data.sum())"
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.split()) == (0, ["None", str(pixels.sum())])


def test_no_wcs_keywords_need_no_note(write, pixels):
    image = load(write("n.fits", fits.PrimaryHDU(pixels)))[0].image
    assert (image.wcs, image.meta["imviz_notes"]) == (None, [])


def test_declination_may_come_first(write, pixels, tan_header):
    tan_header.update({"CTYPE1": "DEC--TAN", "CTYPE2": "RA---TAN", "CRVAL1": 2.0, "CRVAL2": 150.0})
    wcs = load(write("d.fits", fits.PrimaryHDU(pixels, tan_header)))[0].image.wcs
    sky = wcs.pixel_to_world(19.0, 14.0)
    assert (sky.ra.deg, sky.dec.deg) == pytest.approx((150.0, 2.0))


def test_the_wcs_knows_the_images_shape(write, pixels, tan_header):
    assert load(write("s.fits", fits.PrimaryHDU(pixels, tan_header)))[0].image.wcs.array_shape == (30, 40)


def test_a_stokes_and_a_frequency_axis_are_taken_off(write, pixels):
    cards = {"CTYPE": ["RA---SIN", "DEC--SIN", "FREQ", "STOKES"], "CRVAL": [10.0, -30.0, 1.4e9, 1.0]}
    cards |= {
        "CDELT": [-1e-3, 1e-3, 1e6, 1.0],
        "CRPIX": [20.0, 15.0, 1.0, 1.0],
        "CUNIT": ["deg", "deg", "Hz", ""],
    }
    header = fits.Header(
        [(f"{key}{n + 1}", v) for key, values in cards.items() for n, v in enumerate(values)]
    )
    wcs = load(write("r.fits", fits.PrimaryHDU(pixels[np.newaxis, np.newaxis], header)))[0].image.wcs
    assert wcs.pixel_n_dim == 2
    assert wcs.pixel_to_world_values(19, 14) == pytest.approx((10.0, -30.0))


@pytest.mark.parametrize("projection", ["TAN", "SIN", "ARC", "STG", "ZEA", "CAR", "AIT", "MOL", "CEA", "HPX"])
def test_projections_are_those_of_astropy(write, pixels, tan_header, projection):
    tan_header.update({"CTYPE1": f"GLON-{projection}", "CTYPE2": f"GLAT-{projection}", "CRVAL2": 0.0})
    wcs = load(write("p.fits", fits.PrimaryHDU(pixels, tan_header)))[0].image.wcs
    x, y = np.array([0.0, 20.0, 39.0]), np.array([0.0, 7.0, 29.0])
    np.testing.assert_array_equal(wcs.all_pix2world(x, y, 0), WCS(tan_header).all_pix2world(x, y, 0))


@pytest.mark.parametrize("matrix", [[[np.nan, 0], [0, 1e-4]], [[0, 0], [0, 0]], [[1e-4, 1e-4], [1e-4, 1e-4]]])
def test_a_wcs_object_without_pixels_of_a_size_is_left_out_with_a_sentence(matrix):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.cd = ["RA---TAN", "DEC--TAN"], matrix
    found, note = usable_wcs(wcs, (80, 100))
    assert found is None
    assert note.startswith("WCS ")
    assert note.endswith("loaded without WCS")


def test_a_wcs_object_that_works_or_is_not_celestial_is_kept():
    sky, other = WCS(naxis=2), WCS(naxis=2)
    sky.wcs.ctype, sky.wcs.cdelt = ["RA---TAN", "DEC--TAN"], [-1e-4, 1e-4]
    for wcs in (sky, other, None):
        assert usable_wcs(wcs, (80, 100)) == (wcs, None)


def test_a_digitized_plate_without_ctype_has_the_plate_s_solution(write):
    plate = get_pkg_data_filename("tests/data/dss.14.29.56-62.41.05.fits.gz", package="astropy.wcs")
    with fits.open(plate) as hdus:
        hdu = fits.PrimaryHDU(hdus[0].data, hdus[0].header)
    for key in ("CTYPE1", "CTYPE2", "SKEW"):  # SKEW is no card of the standard
        hdu.header.remove(key, ignore_missing=True)
    wcs = load(write("plate.fits", hdu))[0].image.wcs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy says which old cards it has mended
        truth = WCS(hdu.header).all_pix2world([[3, 4]], 0)[0]
    np.testing.assert_allclose(np.ravel(wcs.pixel_to_world_values(3, 4)), truth, rtol=1e-12)
