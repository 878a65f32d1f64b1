"""Real images that other packages ship: pixels against `fits.getdata`, sky against `astropy.wcs`, units.

Each is tested where its package is installed; only those that imviz or its tests depend on always are.
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.wcs import WCS

from imviz.readers import load
from imviz.readers.quiet import quiet
from imviz.science.sky.spheres import Sphere

FILES = {
    # file in its package: unit, whether it has a celestial WCS
    "reproject/tests/data/galactic_2d.fits": (None, True),
    "reproject/tests/data/image_with_distortion_map.fits": (None, False),
    "reproject/tests/data/aia_171_level1.fits": (None, True),
    "ccdproc/tests/data/a8280271.fits": (None, False),
    "astroscrappy/tests/data/gmos.fits": (None, False),
    "stellarphot/photometry/tests/data/cutout_for_fwhm_test.fits": (u.adu, True),
    "stellarphot/photometry/tests/data/center_cutout_1.fits": (u.adu, True),
    "astroquery/ukidss/tests/data/image.fits": (None, True),
    "astroquery/magpis/tests/data/image.fits": (u.Jy / u.beam, True),
    "astroquery/image_cutouts/first/tests/data/image.fits": (u.Jy / u.beam, True),
    "jdaviz/configs/imviz/tests/data/gauss100_fits_wcs.fits": (None, True),
    "jdaviz/configs/imviz/tests/data/gauss100_fits_wcs_block_reduced.fits": (None, True),
    "jdaviz/configs/imviz/tests/data/gauss100_fits_wcs_block_reduced_rotated.fits": (None, True),
}


def find(name):
    """The file, or a skip."""
    package, _, inner = name.partition("/")
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"{package} is not installed")
    path = Path(spec.submodule_search_locations[0], inner)
    if not path.exists():
        pytest.skip(f"this {package} has no {path.name}")
    return path


@pytest.mark.parametrize("name", FILES)
def test_pixels_sky_and_unit_are_those_astropy_gives(name):
    path = find(name)
    unit, celestial = FILES[name]
    (loaded,) = load(path)
    image = loaded.image
    with quiet(), fits.open(path) as hdus:
        index = next(n for n, hdu in enumerate(hdus) if hdu.is_image and hdu.data is not None)
        np.testing.assert_array_equal(image.data, np.squeeze(hdus[index].data))
        assert image.unit == unit
        assert (image.wcs is not None) == celestial, image.meta["imviz_notes"]
        if celestial:
            expected = WCS(hdus[index].header, hdus).celestial
            ny, nx = image.data.shape
            x, y = np.array([0.0, nx / 3, nx - 1]), np.array([0.0, ny / 2, ny - 1])
            if isinstance(
                image.wcs, Sphere
            ):  # a map of the Sun: angles about the disc's centre, not up to 360
                turned = np.subtract(image.wcs.pixel_to_world_values(x, y), expected.wcs_pix2world(x, y, 0))
                np.testing.assert_allclose((turned + 180) % 360, 180, atol=1e-12)
            else:
                np.testing.assert_array_equal(
                    image.wcs.pixel_to_world_values(x, y), expected.pixel_to_world_values(x, y)
                )


def test_a_photograph_of_the_deep_field():
    from PIL import Image

    path = find("skimage/data/hubble_deep_field.jpg")
    image = load(path)[0].image
    with Image.open(path) as picture:
        luminance = np.asarray(picture.convert("L"), dtype=float)[::-1]  # Pillow's own, of older weights
    assert image.data.shape == luminance.shape
    assert np.abs(image.data - luminance).mean() < 5


def test_a_gwcs_of_miri_in_an_asdf_file_without_an_image_is_refused():
    path = find("jdaviz/configs/imviz/tests/data/miri_i2d_lonlat_gwcs.asdf")
    with pytest.raises(ValueError, match="no 2-D image"):
        load(path)
