"""Planes of cubes: chosen behind the file's name or with ``plane=``, else the first, which is said."""

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.nddata import NDData, StdDevUncertainty
from astropy.wcs import WCS

from imviz.errors import InputError
from imviz.readers import load
from imviz.readers.files.on_disk import DiskArray

CUBE = np.arange(5 * 6 * 7, dtype=np.float32).reshape(5, 6, 7)


@pytest.fixture
def cube(write, tan_header):
    def cube(values=CUBE, name="cube.fits"):
        header = tan_header.copy()
        header.update({"CTYPE3": "FREQ", "CRVAL3": 1e9, "CDELT3": 1e6, "CRPIX3": 1.0, "CUNIT3": "Hz"})
        hdus = [fits.ImageHDU(values, header, name="SCI"), fits.ImageHDU(values / 10, name="ERR")]
        dq = fits.ImageHDU((values % 3 == 0).astype(np.int16), name="DQ")
        return write(name, fits.PrimaryHDU(), *hdus, dq, fits.ImageHDU(values[0], name="FLAT"))

    return cube


@pytest.mark.parametrize("bracket", ["[SCI,1][3]", "[SCI][3]", "[1][3]", "[sci, 1][ 3 ]"])
def test_a_plane_stands_behind_the_extension(cube, bracket):
    (loaded,) = load(f"{cube()}{bracket}")
    assert loaded.label == "cube[SCI,1][3]"
    assert isinstance(loaded.image.data, DiskArray)
    np.testing.assert_array_equal(loaded.image.data, CUBE[3])


@pytest.mark.parametrize("plane", [3, np.int64(3), (3,)])
def test_plane_chooses_one(cube, plane):
    np.testing.assert_array_equal(load(cube(), plane=plane)[0].image.data, CUBE[3])


def test_what_belongs_to_the_plane_comes_with_it(cube):
    image = load(cube(), plane=2)[0].image
    np.testing.assert_array_equal(image.uncertainty.array, CUBE[2] / np.float32(10))
    np.testing.assert_array_equal(image.mask, CUBE[2] % 3 == 0)
    assert image.wcs.pixel_to_world_values(19, 14) == pytest.approx((150.0, 2.0))
    assert image.meta["imviz_notes"] == ["plane 2 of (5, 6, 7) pixels is shown"]


def test_scaled_and_compressed_cubes_open_by_plane(write):
    values = np.arange(5 * 16 * 16, dtype=np.uint16).reshape(5, 16, 16)
    packed = fits.CompImageHDU(values, compression_type="RICE_1")
    path = write("p.fits", fits.PrimaryHDU(values), packed)
    for index in (0, 1):
        np.testing.assert_array_equal(load(path, ext=index, plane=4)[0].image.data, values[4])


def test_an_open_hdulist_too(cube):
    with fits.open(cube()) as hdus:
        (loaded,) = load(hdus, plane=1)
        np.testing.assert_array_equal(loaded.image.data, CUBE[1])


def test_four_axes_need_two_indices(cube, write):
    values = CUBE.reshape(5, 2, 3, 7)
    path = write("four.fits", fits.PrimaryHDU(values))
    np.testing.assert_array_equal(load(f"{path}[0][4,1]")[0].image.data, values[4, 1])
    with pytest.raises(InputError, match=r"no plane \[4\]; choose one with \[0\]\[k,l\]"):
        load(f"{path}[0][4]")


def test_axes_of_length_one_do_not_count(write):
    path = write("one.fits", fits.PrimaryHDU(CUBE[np.newaxis]))
    np.testing.assert_array_equal(load(path, plane=2)[0].image.data, CUBE[2])


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        ("[SCI,1][5]", r"has no plane \[5\]; choose one"),
        ("[SCI,1][0,0]", r"has no plane \[0,0\]; choose one"),
        ("[FLAT][0]", "is one 2-D image, not a stack"),
        ("[0][0]", "holds no data"),
    ],
)
def test_what_works_is_said(cube, ask, words):
    with pytest.raises(InputError, match=words) as caught:
        load(f"{cube()}{ask}")
    assert len(str(caught.value)) <= 240


@pytest.mark.parametrize("plane", [-1, 1.0, "1", True, (), [1], (1, "a")])
def test_another_plane_is_refused(plane):
    with pytest.raises(InputError, match="plane="):
        load(CUBE, plane=plane)


@pytest.mark.parametrize(
    "source",
    [CUBE, CUBE * u.Jy, np.ma.array(CUBE, mask=CUBE > 7), NDData(CUBE, uncertainty=StdDevUncertainty(CUBE))],
)
def test_arrays_have_planes(source):
    (loaded,) = load(source, plane=1, label="a")
    assert loaded.label == "a[1]"
    np.testing.assert_array_equal(loaded.image.data, CUBE[1])


def test_npy_has_planes(tmp_path):
    np.save(tmp_path / "c.npy", CUBE)
    np.testing.assert_array_equal(load(tmp_path / "c.npy", plane=1)[0].image.data, CUBE[1])


@pytest.mark.parametrize("plane", [5, (1, 1)])
def test_an_array_says_how_many_it_has(plane):
    with pytest.raises(InputError, match="give plane= an index below 5"):
        load(CUBE, plane=plane)
    with pytest.raises(InputError, match="not a stack"):
        load(CUBE[0], plane=plane)


def test_nobody_chooses_and_the_first_is_shown_with_the_way_to_the_others(cube):
    (loaded,) = load(cube())
    assert loaded.label == "cube[SCI,1]"
    assert loaded.planes == (5,)
    np.testing.assert_array_equal(loaded.image.data, CUBE[0])
    assert loaded.image.meta["imviz_notes"] == ["plane 0 of 5 is shown; the slider or plane=… shows another"]
    third = loaded.again((3,))
    np.testing.assert_array_equal(third.image.data, CUBE[3])
    np.testing.assert_array_equal(third.image.uncertainty.array, CUBE[3] / np.float32(10))


@pytest.mark.parametrize("source", [CUBE, CUBE[np.newaxis], CUBE * u.Jy, np.ma.array(CUBE), NDData(CUBE)])
def test_arrays_too(source):
    (loaded,) = load(source)
    assert loaded.planes == (5,)
    np.testing.assert_array_equal(loaded.image.data, CUBE[0])
    np.testing.assert_array_equal(loaded.again((4,)).image.data, CUBE[4])


def test_the_sky_of_a_cube_in_memory_stays():
    wcs = WCS(naxis=3)
    wcs.wcs.ctype = "RA---TAN", "DEC--TAN", "FREQ"
    wcs.wcs.cdelt = -0.01, 0.01, 1e6
    wcs.wcs.crval = 150, 2, 1e9
    image = load(NDData(CUBE, wcs=wcs))[0].image
    assert image.wcs.pixel_n_dim == 2
    assert image.wcs.pixel_to_world_values(-1, -1) == pytest.approx((150, 2))
