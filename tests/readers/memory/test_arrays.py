"""Arrays, quantities, masked arrays, NDData and .npy files as images."""

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.nddata import CCDData, InverseVariance, NDData, StdDevUncertainty
from astropy.wcs import WCS

from imviz.errors import InputError, ReadError
from imviz.readers import load
from imviz.readers.files.on_disk import DiskArray

DTYPES = ["u1", "i1", "<i2", ">i2", "u2", ">u4", "i8", "f2", "<f4", ">f4", "f8", ">f8", "g"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_an_array_keeps_its_type_and_values(dtype):
    array = np.arange(12).reshape(3, 4).astype(dtype)
    (loaded,) = load(array)
    assert loaded.label == "Array"
    assert loaded.image.data.dtype == array.dtype
    np.testing.assert_array_equal(loaded.image.data, array)


def test_booleans_become_zeros_and_ones():
    assert load(np.eye(2, dtype=bool))[0].image.data.tolist() == [[1, 0], [0, 1]]


def test_the_callers_array_stays_writeable_and_is_not_copied(pixels):
    image = load(pixels)[0].image
    assert np.shares_memory(image.data, pixels)
    assert pixels.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        image.data[0, 0] = 1


@pytest.mark.parametrize("view", [np.s_[::-1], np.s_[:, ::2], np.s_[..., np.newaxis, :, :]])
def test_strided_views_open(pixels, view):
    np.testing.assert_array_equal(load(pixels[view])[0].image.data, pixels[view].squeeze())


def test_fortran_order_opens(pixels):
    np.testing.assert_array_equal(load(np.asfortranarray(pixels))[0].image.data, pixels)


def test_a_quantity_keeps_its_unit(pixels):
    (loaded,) = load(pixels * u.nJy)
    assert (loaded.label, loaded.image.unit) == ("Array", u.nJy)


def test_a_masked_array_keeps_its_mask(pixels):
    array = np.ma.array(pixels, mask=pixels > 1000)
    image = load(array)[0].image
    np.testing.assert_array_equal(image.mask, pixels > 1000)
    np.testing.assert_array_equal(image.data, pixels)
    assert load(np.ma.array(pixels))[0].image.mask is None


def test_degenerate_axes_of_a_mask_go_with_the_datas(pixels):
    array = np.ma.array(pixels[np.newaxis], mask=pixels[np.newaxis] > 1000)
    assert load(array)[0].image.mask.shape == (30, 40)


def test_a_label_is_used_as_it_is(pixels):
    assert load(pixels, label="<b>my</b> field")[0].label == "<b>my</b> field"


def test_nddata_keeps_all_it_has(pixels, tan_header):
    wcs = WCS(tan_header)
    source = NDData(
        pixels,
        uncertainty=InverseVariance(pixels),
        mask=pixels > 5,
        wcs=wcs,
        meta={"FILTER": "R"},
        unit=u.adu,
    )
    (loaded,) = load(source)
    image = loaded.image
    assert loaded.label == "NDData"
    assert isinstance(image.uncertainty, InverseVariance)
    np.testing.assert_array_equal(image.uncertainty.array, pixels)
    np.testing.assert_array_equal(image.mask, pixels > 5)
    assert image.unit == u.adu
    assert image.meta["FILTER"] == "R"
    assert image.wcs.pixel_to_world_values(19, 14) == pytest.approx((150.0, 2.0))
    assert source.meta == {"FILTER": "R"}
    assert source.uncertainty.parent_nddata is source


def test_nddata_of_nddata_uncertainty_with_its_own_unit(pixels):
    source = CCDData(pixels, unit="Jy", uncertainty=StdDevUncertainty(pixels, unit="mJy"))
    assert load(source, label="c")[0].image.uncertainty.unit == u.mJy


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<i2", ">u2", "u1", "<f8", "<f2"])
def test_npy_stays_on_disk(tmp_path, pixels, dtype):
    values = (pixels % 251).astype(dtype)
    np.save(tmp_path / "a.npy", values)
    (loaded,) = load(tmp_path / "a.npy")
    assert loaded.label == "a"
    assert isinstance(loaded.image.data, DiskArray)
    np.testing.assert_array_equal(loaded.image.data, values)


@pytest.mark.parametrize("dtype", ["f4", "?", "g"])
def test_npy_in_another_order_or_type_is_read(tmp_path, pixels, dtype):
    values = np.asfortranarray(pixels.astype(dtype))
    np.save(tmp_path / "a.npy", values)
    np.testing.assert_array_equal(load(tmp_path / "a.npy")[0].image.data, values)


def test_a_cut_off_npy_is_refused(tmp_path, pixels):
    np.save(tmp_path / "a.npy", pixels)
    (tmp_path / "cut.npy").write_bytes((tmp_path / "a.npy").read_bytes()[:-4])
    with pytest.raises(ReadError, match=r"cut\.npy is not a readable \.npy"):
        load(tmp_path / "cut.npy")


def test_npy_objects_are_never_unpickled(tmp_path):
    np.save(tmp_path / "o.npy", np.array([[print]], dtype=object), allow_pickle=True)
    with pytest.raises(ReadError, match=r"o\.npy is not a readable \.npy array of numbers"):
        load(tmp_path / "o.npy")


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        (np.zeros((2, 2), complex), "complex numbers"),
        (np.array([["a", "b"]]), "text"),
        (np.array([[b"a"]]), "bytes"),
        (np.array([[None, 1]], dtype=object), "Python objects"),
        (np.zeros((2, 2), [("x", "f4"), ("y", "f4")]), "records"),
        (np.zeros((2, 2), "datetime64[s]"), "dates"),
        (np.zeros((0, 4)), "is empty"),
        (np.zeros(0), "is empty"),
        (np.zeros(5), "1-D"),
        (np.array(5.0), "0-D"),
        (np.zeros((10, 20, 3)), "looks like a picture in colour; pass one colour"),
        ([[1, 2], [3, 4]], "A list is not one image"),
        ((1, 2), "A tuple is not one image"),
        (None, "NoneType is not an image"),
        (3.0, "float is not an image"),
        (b"a.fits", "bytes is not an image"),
        ({"a": 1}, "dict is not an image"),
        (u.Jy, "is not an image"),
        (fits.BinTableHDU(), "A BinTableHDU holds a table"),
        (fits.HDUList(), "HDUList is empty"),
        (fits.PrimaryHDU(), "holds no data"),
        (fits.ImageHDU(np.zeros(4)), "is 1-D"),
        ("", "file name is empty"),
    ],
)
def test_what_is_no_image_is_refused_in_one_sentence(source, cause):
    with pytest.raises(InputError, match=cause) as caught:
        load(source)
    assert len(str(caught.value)) <= 240
    assert "\n" not in str(caught.value)


def test_a_label_must_be_text(pixels):
    with pytest.raises(InputError, match="label=3 is not text"):
        load(pixels, label=3)


DOUBTFUL = {
    "ROWORDER": {"ROWORDER": "TOP-DOWN"},
    "BAYERPAT": {"BAYERPAT": "RGGB"},
    "asinh": {"BSOFTEN": 100.0, "BOFFSET": 0.0},
    "setting of the camera": {"GAIN": 139, "SWCREATE": "N.I.N.A. 3"},
}


@pytest.mark.parametrize("words", DOUBTFUL)
@pytest.mark.parametrize("where", ["meta", "a header in it", "in small letters", "fits.Header"])
def test_a_header_that_came_with_an_array_has_its_doubts_told(words, where):
    cards = DOUBTFUL[words]
    meta = {
        "meta": cards,
        "a header in it": {"header": cards},
        "in small letters": {key.lower(): value for key, value in cards.items()},
        "fits.Header": fits.Header(cards),
    }[where]
    image = load(CCDData(np.ones((9, 9)), unit="adu", meta=meta))[0].image
    assert words in " ".join(image.meta["imviz_notes"])
    assert ("imviz_nonlinear" in image.meta) is (words == "asinh")
    assert (np.asarray(image.data) == 1).all()


def test_a_unit_that_only_the_metadata_names_is_told():
    image = load(NDData(np.ones((9, 9)), meta={"BUNIT": "mJy/sr"}))[0].image
    assert image.unit is None
    assert "mJy/sr" in image.meta["imviz_notes"][0]
    assert not load(NDData(np.ones((9, 9)), unit="mJy", meta={"BUNIT": "mJy"}))[0].image.meta["imviz_notes"]
