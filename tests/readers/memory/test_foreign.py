"""Open files, arrays of other packages, lists and patterns."""

import gzip
from io import BytesIO, StringIO

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.nddata import NDData

from imviz.errors import ImvizError, InputError, MissingFileError, ReadError
from imviz.readers import load


class Lazy:
    """As dask's: computes when asked."""

    chunks = ((3,), (4,))

    def __init__(self, values):
        self.values, self.shape, self.dtype = values, values.shape, values.dtype

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype=dtype)


class Labelled(Lazy):
    """As xarray's DataArray."""

    chunks = None
    name = "flux"
    dims = ("y", "x")

    def __init__(self, values, **attrs):
        super().__init__(values)
        self.attrs = attrs


class Immense(Lazy):
    def __init__(self):
        self.shape, self.dtype = (10**6, 10**6), np.dtype("f4")


class Broken(Lazy):
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("worker lost\nmore")


def test_a_lazy_array_is_computed(pixels):
    (loaded,) = load(Lazy(pixels))
    assert loaded.label == "Array"
    np.testing.assert_array_equal(loaded.image.data, pixels)


def test_a_labelled_array_brings_name_unit_and_attributes(pixels):
    (loaded,) = load(Labelled(pixels, units="MJy/sr", telescope="T"))
    assert loaded.label == "flux"
    assert loaded.image.unit == u.MJy / u.sr
    assert loaded.image.meta["telescope"] == "T"


def test_its_unknown_unit_is_noted(pixels):
    assert "furlong" in load(Labelled(pixels, units="furlong"))[0].image.meta["imviz_notes"][0]


@pytest.mark.parametrize("name", ["xarray", "dask.array"])
def test_the_real_ones(name, pixels):
    package = pytest.importorskip(name)
    source = package.DataArray(pixels) if name == "xarray" else package.from_array(pixels, chunks=7)
    np.testing.assert_array_equal(load(source)[0].image.data, pixels)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Immense(), "4e\\+03 GB would be computed whole"),
        (Broken(np.zeros((3, 4))), r"did not turn into numbers \(worker lost\)"),
        (Lazy(np.array([["a"]])), "text"),
    ],
)
def test_what_cannot_be_had_is_said(source, words):
    with pytest.raises(InputError, match=words) as caught:
        load(source)
    assert len(str(caught.value)) <= 240


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_an_open_file_is_read_and_stays_as_it_was(mef, pixels, pack):
    file = BytesIO(pack(mef().read_bytes()))
    file.seek(17)
    (loaded,) = load(file, ext=("SCI", 2))
    assert loaded.label == "file object[SCI,2]"
    np.testing.assert_array_equal(loaded.image.data, pixels * 2)
    assert file.tell() == 17
    assert not file.closed


def test_an_open_file_goes_by_its_name(mef):
    with mef().open("rb") as file:
        assert load(file)[0].label == "mef[SCI,1]"


@pytest.mark.parametrize("content", [b"", b"hello", b"SIMPLE", gzip.compress(b"", mtime=0)])
def test_an_open_file_that_is_no_image(content):
    with pytest.raises(ReadError, match="file object"):
        load(BytesIO(content))


def test_text_and_closed_files_are_refused():
    with pytest.raises(ReadError, match="open as text"):
        load(StringIO("hello"))
    closed = BytesIO(b"x")
    closed.close()
    with pytest.raises(ReadError, match="closed file"):
        load(closed)


def test_a_list_gives_all_in_order(mef, pixels, write):
    sources = [mef(), pixels, fits.ImageHDU(pixels), NDData(pixels), f"{mef('b.fits')}[SCI,2]"]
    labels = ["mef[SCI,1]", "Array", "Unknown HDU object[0]", "NDData", "b[SCI,2]"]
    assert [loaded.label for loaded in load(sources)] == labels
    assert [loaded.label for loaded in load(tuple(sources))] == labels


def test_one_label_is_not_for_many(pixels):
    with pytest.raises(InputError, match="cannot name 2 images"):
        load([pixels, pixels], label="a")
    assert load([pixels], label="a")[0].label == "a"


@pytest.mark.parametrize("source", [[], (), [1, 2], [[1, 2], [3, 4]], [None], ["a.fits", 3]])
def test_a_list_of_something_else_is_refused(source):
    with pytest.raises(InputError, match="is not one image"):
        load(source)


def test_a_bad_item_is_named(mef):
    with pytest.raises(MissingFileError, match=r"gone\.fits"):
        load([mef(), "gone.fits"])


@pytest.mark.parametrize(
    ("pattern", "labels"),
    [
        ("n?.fits", ["n1[SCI,1]", "n2[SCI,1]"]),
        ("n*.fits[SCI,2]", ["n1[SCI,2]", "n2[SCI,2]"]),
        ("n1.fits[*]", ["n1[SCI,1]", "n1[ERR,1]", "n1[DQ,1]", "n1[SCI,2]", "n1[ERR,2]", "n1[DQ,2]"]),
    ],
)
def test_a_pattern_stands_for_files(mef, pattern, labels):
    mef("n2.fits")
    folder = mef("n1.fits").parent
    (folder / "n9.fits").mkdir()
    assert [loaded.label for loaded in load(folder / pattern)] == labels


def test_a_name_with_a_star_is_itself(mef, tmp_path):
    mef("star.fits").rename(tmp_path / "s*.fits")
    mef("sx.fits")
    assert [loaded.label for loaded in load(tmp_path / "s*.fits")] == ["s*[SCI,1]"]


def test_a_pattern_without_files(tmp_path):
    with pytest.raises(MissingFileError, match="No file matches") as caught:
        load(tmp_path / "*.fits")
    assert isinstance(caught.value, ImvizError)
