"""Cut-outs as FITS: the same pixels, the same sky for them, errors and flags with them; or a refusal."""

import io

import numpy as np
import pytest
from astropy.io import fits
from astropy.nddata import NDData, StdDevUncertainty
from astropy.wcs import WCS, Sip

from imviz import readers
from imviz.demo import demo_field
from imviz.errors import InputError
from imviz.science.photometry.apertures import Box
from imviz.science.sky.sections import section

BOX = Box(120, 40, 60, 50)


def tilted(sip=False):
    wcs = WCS(naxis=2)
    end = "-SIP" if sip else ""
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = (
        (f"RA---TAN{end}", f"DEC--TAN{end}"),
        (359.9999, 62.0),
        (101, 88),
    )
    wcs.wcs.cd = [[-8e-6, 3e-6], [3.1e-6, 8.2e-6]]
    if sip:
        a, b = np.zeros((4, 4)), np.zeros((4, 4))
        a[2, 0], a[0, 2], b[1, 1], b[0, 3] = 3e-5, -2e-5, 4e-5, 1e-7
        wcs.sip = Sip(a, b, None, None, wcs.wcs.crpix)
    wcs.wcs.set()
    return wcs


def written(hdus):
    """The file as it is read back."""
    buffer = io.BytesIO()
    hdus.writeto(buffer)
    buffer.seek(0)
    return fits.open(buffer)


def image(wcs, **options):
    data = np.random.default_rng(3).normal(5, 1, (200, 240)).astype("f4")
    return NDData(data, wcs=wcs, unit="MJy/sr", **options)


@pytest.mark.parametrize("sip", [False, True])
def test_a_pixel_of_the_section_is_at_the_same_sky(sip):
    whole = image(tilted(sip))
    hdus = written(section(whole, BOX))
    assert np.array_equal(hdus["SCI"].data, whole.data[40:90, 120:180])
    assert hdus["SCI"].data.dtype.itemsize == 4
    wcs = WCS(hdus["SCI"].header)
    x, y = np.meshgrid(np.arange(0, 60, 7.5), np.arange(0, 50, 7.5))
    there = whole.wcs.pixel_to_world(x + 120, y + 40)
    assert wcs.pixel_to_world(x, y).separation(there).arcsec.max() < 1e-8
    assert (hdus["SCI"].header["LTV1"], hdus["SCI"].header["LTV2"]) == (-120, -40)
    assert hdus["SCI"].header["BUNIT"] == "MJy / sr"


def test_the_reader_takes_a_section_with_its_errors_and_flags(tmp_path):
    whole = demo_field()[0].image
    section(whole, BOX).writeto(tmp_path / "cut.fits")
    (loaded,) = readers.load(tmp_path / "cut.fits")
    assert np.array_equal(loaded.image.data, np.asarray(whole.data[40:90, 120:180]))
    expected = np.asarray(whole.uncertainty.array[40:90, 120:180])
    assert np.asarray(loaded.image.uncertainty.array[...]) == pytest.approx(expected)
    assert np.array_equal(np.asarray(loaded.image.mask[...]), np.asarray(whole.mask[40:90, 120:180]))
    assert loaded.image.unit == whole.unit


def test_cards_that_still_hold_are_kept_and_no_other():
    meta = {"TELESCOP": "HST", "EXPTIME": 12.5, "CRPIX1": 3, "NAXIS1": 240, "CHECKSUM": "abc", "A_2_0": 1.0}
    hdus = written(section(image(None, meta=meta | {"imviz_notes": [], "ODD": "µ", "NAN": np.nan}), BOX))
    header = hdus["SCI"].header
    assert (header["TELESCOP"], header["EXPTIME"], header["NAXIS1"]) == ("HST", 12.5, 60)
    assert not {"CRPIX1", "A_2_0", "ODD", "NAN", "CHECKSUM"} & set(header)


def test_the_uncertainty_keeps_its_kind():
    whole = image(None, uncertainty=StdDevUncertainty(np.ones((200, 240))))
    assert np.array_equal(written(section(whole, BOX))["ERR"].data, np.ones((50, 60)))


def test_a_gwcs_is_followed_to_a_tenth_of_a_pixel():
    gwcs = pytest.importorskip("gwcs")
    from astropy import coordinates as coord
    from astropy import units as u
    from astropy.modeling import models
    from gwcs import coordinate_frames as cf

    shift = models.Shift(-100) & models.Shift(-80)
    bend = models.Mapping((0, 1, 0, 1)) | models.Polynomial2D(2, c1_0=1, c2_0=2e-5) & models.Polynomial2D(
        2, c0_1=1, c1_1=3e-5
    )
    scale = models.Scale(1e-5) & models.Scale(1e-5)
    sky = models.Pix2Sky_TAN() | models.RotateNative2Celestial(30, -20, 180)
    here = cf.Frame2D(name="detector", unit=(u.pix, u.pix))
    there = cf.CelestialFrame(reference_frame=coord.ICRS(), name="world")
    wcs = gwcs.WCS([(here, shift | bend | scale | sky), (there, None)])
    wcs.bounding_box = ((-0.5, 239.5), (-0.5, 199.5))
    hdus = written(section(image(wcs), BOX))
    x, y = np.meshgrid(np.arange(0, 60, 7.5), np.arange(0, 50, 7.5))
    found = WCS(hdus["SCI"].header).pixel_to_world(x, y)
    assert found.separation(wcs.pixel_to_world(x + 120, y + 40)).arcsec.max() < 0.1 * 0.036
    assert "GWCS" in str(hdus["SCI"].header["HISTORY"])


def test_what_cannot_be_said_faithfully_is_refused_by_name():
    from astropy.wcs import DistortionLookupTable

    wcs = tilted()
    wcs.cpdis1 = DistortionLookupTable(np.ones((4, 4), "f4"), (1, 1), (1, 1), (50, 50))
    with pytest.raises(InputError, match="cpdis1"):
        section(image(wcs), BOX)
