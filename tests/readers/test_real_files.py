"""Images that astropy ships: our pixels are `fits.getdata`'s, our WCS `astropy.wcs`'s."""

import warnings
from pathlib import Path

import astropy
import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.wcs import WCS

from imviz.readers import load

ASTROPY = Path(astropy.__file__).parent
COMPRESSED = ASTROPY / "io/fits/hdu/compressed/tests/data"
FITS = ASTROPY / "io/fits/tests/data"

IMAGES = {
    # path: (index, label, unit, has celestial WCS)
    COMPRESSED / "m13.fits": (0, "m13[PRIMARY,1]", None, True),
    COMPRESSED / "m13_rice.fits": (1, "m13_rice[COMPRESSED_IMAGE,1]", None, True),
    COMPRESSED / "m13_gzip.fits": (1, "m13_gzip[COMPRESSED_IMAGE,1]", None, True),
    COMPRESSED / "m13_hcomp.fits": (1, "m13_hcomp[COMPRESSED_IMAGE,1]", None, True),
    COMPRESSED / "m13_plio.fits": (1, "m13_plio[COMPRESSED_IMAGE,1]", None, True),
    COMPRESSED / "compressed_with_nan.fits": (1, "compressed_with_nan[COMPRESSED_IMAGE,1]", None, False),
    FITS / "comp.fits": (1, "comp[COMPRESSED_IMAGE,1]", None, True),
    FITS / "scale.fits": (0, "scale[PRIMARY,1]", None, True),
    FITS / "fixed-1890.fits": (0, "fixed-1890[PRIMARY,1]", None, False),
    FITS / "o4sp040b0_raw.fits": (1, "o4sp040b0_raw[SCI,1]", u.ct, False),
    FITS / "test0.fits": (1, "test0[SCI,1]", None, False),
    ASTROPY / "modeling/tests/data/1904-66_AZP.fits": (0, "1904-66_AZP[PRIMARY,1]", u.Jy / u.beam, True),
    ASTROPY / "nddata/tests/data/sip-wcs.fits": (0, "sip-wcs[PRIMARY,1]", u.adu, True),
    ASTROPY / "wcs/tests/data/dist_lookup.fits.gz": (1, "dist_lookup.fits[SCI,1]", u.electron, True),
    ASTROPY / "wcs/tests/data/dss.14.29.56-62.41.05.fits.gz": (
        0,
        "dss.14.29.56-62.41.05.fits[PRIMARY,1]",
        None,
        True,
    ),
    ASTROPY / "wcs/tests/data/j94f05bgq_flt.fits": (1, "j94f05bgq_flt[SCI,1]", u.electron, True),
}
FILES = pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.name)


@FILES
def test_pixels_are_those_astropy_reads(path):
    index, label, unit, _ = IMAGES[path]
    (loaded,) = load(path)
    expected = fits.getdata(path, index)
    np.testing.assert_array_equal(loaded.image.data, expected)
    assert loaded.image.data.dtype.newbyteorder("=") == expected.dtype.newbyteorder("=")
    assert loaded.label == label
    assert loaded.image.unit == unit


@FILES
def test_sky_positions_are_those_of_astropy_wcs(path):
    index, _, _, celestial = IMAGES[path]
    wcs = load(path)[0].image.wcs
    if not celestial:
        assert wcs is None
        return
    with warnings.catch_warnings(), fits.open(path) as hdus:
        warnings.simplefilter("ignore")
        expected = WCS(hdus[index].header, hdus)
    ny, nx = wcs.array_shape
    x, y = np.array([0.0, nx / 3, nx - 1]), np.array([0.0, ny / 2, ny - 1])
    np.testing.assert_array_equal(
        wcs.pixel_to_world_values(x, y), expected.celestial.pixel_to_world_values(x, y)
    )


@FILES
def test_an_open_hdulist_gives_the_image_its_path_gives(path):
    by_path = load(path)[0]
    with fits.open(path) as hdus:
        by_object = load(hdus)[0]
        np.testing.assert_array_equal(by_object.image.data, by_path.image.data)
    assert by_object.label == by_path.label
    assert by_object.image.unit == by_path.image.unit
    assert (by_object.image.wcs is None) == (by_path.image.wcs is None)


def test_nan_pixels_stay_nan():
    data = load(ASTROPY / "modeling/tests/data/1904-66_AZP.fits")[0].image.data
    assert np.isnan(data).sum() == 8121  # counted once with fits.getdata
