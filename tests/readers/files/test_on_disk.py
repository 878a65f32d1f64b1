"""Arrays that stay in their file: numpy's answers, only what is asked for is read, no change unseen."""

import copy
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from astropy.io import fits
from astropy.nddata import NDData
from hypothesis import given, settings
from hypothesis import strategies as st

from imviz.errors import ReadError
from imviz.readers import load
from imviz.readers.files.on_disk import DiskArray
from imviz.readers.files.open_file import OpenFile

NY, NX = 23, 37


def make(path, values, offset=8):
    path.write_bytes(bytes(offset) + values.tobytes())
    return DiskArray(OpenFile(path), offset, values.dtype, values.shape)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    values = np.arange(NY * NX, dtype=">f4").reshape(NY, NX)
    return values, make(tmp_path_factory.mktemp("on_disk") / "a.bin", values)


@pytest.fixture
def counted(tmp_path, monkeypatch):
    """A large array, mostly a hole, and the list of the sizes read from it."""
    values = np.zeros((0, 8192), dtype=">f4")
    make(tmp_path / "l.bin", values)
    os.truncate(tmp_path / "l.bin", 8 + 4 * 8192 * 8192)
    array = DiskArray(OpenFile(tmp_path / "l.bin"), 8, np.dtype(">f4"), (8192, 8192))
    sizes, read = [], OpenFile.read
    monkeypatch.setattr(
        OpenFile, "read", lambda self, offset, count: sizes.append(count) or read(self, offset, count)
    )
    return array, sizes


def axis(n):
    number = st.integers(-n, n - 1)
    edge = st.none() | st.integers(-2 * n, 2 * n)
    return st.one_of(
        number,
        number.map(np.int64),
        st.builds(slice, edge, edge, st.none() | st.sampled_from([1, 2, 7, -1, -3])),
    )


def several(n):
    return st.lists(st.integers(-n, n - 1), min_size=1, max_size=50).map(np.array)


@given(st.one_of(axis(NY), st.tuples(axis(NY), axis(NX)), st.tuples(st.just(...), axis(NX)), several(NY)))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_a_cut_is_numpys(pair, key):
    values, array = pair
    np.testing.assert_array_equal(array[key], values[key], strict=False)
    assert np.shape(array[key]) == np.shape(values[key])
    assert array[key].dtype == np.dtype("=f4")


@given(st.tuples(several(NY), axis(NX)) | st.tuples(axis(NY), several(NX)))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_integer_arrays_beside_slices_are_numpys(pair, key):
    values, array = pair
    np.testing.assert_array_equal(array[key], values[key])


@pytest.mark.parametrize("shape", [(5,), (4, 6), (2, 3, 4), (0,)])
def test_points_are_numpys(pair, shape):
    values, array = pair
    rng = np.random.default_rng(3)
    key = rng.integers(-NY, NY, shape), rng.integers(-NX, NX, shape)
    np.testing.assert_array_equal(array[key], values[key])


OTHER = {
    "a mask": lambda a: a[np.asarray(a) > 7],
    "rows by mask": lambda a: a[np.arange(NY) % 2 == 0],
    "new axis": lambda a: a[np.newaxis, 2:4],
    "open mesh": lambda a: a[np.ix_([3, 1, 20], [0, 36, 5, 5])],
    "everything": lambda a: a[...],
    "nothing more": lambda a: a[()],
    "sum": lambda a: a.sum(),
    "mean of an axis": lambda a: a.mean(axis=0),
    "numpy.median": np.median,
    "numpy.isnan": np.isnan,
    "arithmetic": lambda a: 2 * a - a / 3 + 1,
    "comparison": lambda a: a > 100,
    "astype": lambda a: a.astype(int),
    "T": lambda a: a.T,
    "list": lambda a: [row.tolist() for row in a],
    "len": len,
    "float64": lambda a: np.asarray(a, dtype=float),
    "a copy": np.array,
    "deepcopy": lambda a: np.asarray(copy.deepcopy(a)),
    "pickle": lambda a: pickle.loads(pickle.dumps(a)),
    "one row": lambda a: a.reshape(1, NY, NX)[0][2],
    "pixel of a plane": lambda a: a.reshape((1, NY, NX))[0, 2, 3],
}


@pytest.mark.parametrize("ask", OTHER.values(), ids=OTHER)
def test_whatever_else_is_asked_is_numpys(pair, ask):
    values, array = pair
    np.testing.assert_array_equal(ask(array), ask(values))


@pytest.mark.parametrize("key", [NY, (0, NX), (-NY - 1, 0), (np.array([NY]), 0), (0, 0, 0), "x"])
def test_outside_is_an_index_error(pair, key):
    with pytest.raises(IndexError):
        pair[1][key]


def test_it_cannot_be_written(pair):
    with pytest.raises(TypeError):
        pair[1][0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        pair[1].fill(1)


def test_nddata_takes_it_as_it_is(pair):
    assert NDData(pair[1]).data is pair[1]


@pytest.mark.parametrize(
    ("key", "limit"),
    [
        ((5000, 5000), 4),
        (np.s_[4000:4100, 4000:4100], 100 * (8192 * 4)),  # at most whole rows
        (np.s_[4000:4010, :], 10 * 8192 * 4),
        (np.s_[::64, ::64], 128 * 8192 * 4),
        ((np.array([0, 8191]), np.array([0, 8191])), 8),
    ],
)
def test_no_more_is_read_than_asked_for(counted, key, limit):
    array, sizes = counted
    array[key]
    assert sum(sizes) <= limit


def test_pieces_stay_small(counted):
    array, sizes = counted
    array[::2]
    assert max(sizes) <= 2**22 + 8192 * 4


def rewrite(path, pixels):
    fits.PrimaryHDU(pixels + 1).writeto(path, overwrite=True)


def change_in_place(path, _):
    with path.open("r+b") as file:
        file.seek(2880)
        file.write(b"\1\2\3\4")
    os.utime(path, ns=(1, 1))  # however coarse the file system's clock is


def replace(path, pixels):
    fits.PrimaryHDU(pixels + 1).writeto(path.with_name("new.fits"))
    path.with_name("new.fits").replace(path)


CHANGES = {
    "rewritten": rewrite,
    "changed in place": change_in_place,
    "replaced": replace,
    "cut short": lambda path, _: os.truncate(path, 3000),
    "emptied": lambda path, _: os.truncate(path, 0),
    "longer": lambda path, _: os.truncate(path, 100_000),
}
LOOKS = {
    "a pixel": lambda data: data[3, 4],
    "a cut": lambda data: data[:5, :5],
    "points": lambda data: data[np.array([1]), np.array([2])],
    "all": np.asarray,
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_file_that_changes_while_open_is_refused_by_name(write, pixels, change, look):
    path = write("open.fits", fits.PrimaryHDU(pixels))
    image = load(path)[0].image
    look(image.data)
    change(path, pixels)
    with pytest.raises(ReadError, match=r"open\.fits changed on disk at .*load it again\.$") as caught:
        look(image.data)
    assert len(str(caught.value)) <= 240


def test_after_loading_it_again_it_is_the_new_one(write, pixels):
    path = write("open.fits", fits.PrimaryHDU(pixels))
    old = load(path)[0].image
    replace(path, pixels)
    np.testing.assert_array_equal(load(path)[0].image.data, pixels + 1)
    with pytest.raises(ReadError):
        old.data[0, 0]


def test_a_companion_read_late_is_not_the_new_files(mef, pixels):
    path = mef()
    image = load(path)[0].image
    replace(path, pixels)
    for late in (image.mask, image.uncertainty.array):
        with pytest.raises(ReadError, match="changed on disk"):
            np.asarray(late)


def test_a_scaled_companion_read_late_is_not_the_new_files(write, pixels):
    dq = fits.ImageHDU(np.zeros(pixels.shape, np.uint32), name="DQ")
    path = write("s.fits", fits.PrimaryHDU(), fits.ImageHDU(pixels, name="SCI"), dq)
    image = load(path)[0].image
    fits.writeto(path, pixels, overwrite=True)
    with pytest.raises(ReadError, match=r"s\.fits changed on disk"):
        np.asarray(image.mask)


def test_no_signal_when_the_file_is_cut_under_a_reader(write, pixels):
    """In a process of its own: with a memory map it is ended by SIGBUS."""
    path = write("open.fits", fits.PrimaryHDU(np.zeros((2000, 2000), "f4")))
    code = (
        "import os, sys\nfrom imviz.readers import load\nimage = load(sys.argv[1])[0].image\n"
        "os.truncate(sys.argv[1], 2880)\n"
        "try:\n    image.data.sum()\nexcept ValueError as error:\n    print(type(error).__name__)\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.strip()) == (0, "ReadError")


def test_the_file_is_closed_with_the_last_array(write, pixels):
    image = load(write("a.fits", fits.PrimaryHDU(pixels)))[0].image
    fd = image.data._file._fd
    assert os.fstat(fd)
    del image
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)


@pytest.mark.parametrize("step", [1, 400])
def test_a_pictures_grid_is_numpys(tmp_path, step):
    values = np.arange(1200 * 1000, dtype=">i4").reshape(1200, 1000)
    array = make(tmp_path / "g.bin", values)
    y, x = np.array([0, 0, 1, 2, 2]) * step, np.array([2, 1, 0]) * step
    for rows, columns in [
        np.meshgrid(y, x, indexing="ij"),
        np.meshgrid(y, x, indexing="ij", copy=False),
        np.broadcast_arrays(y[:, np.newaxis], x),
        np.broadcast_arrays(y[:1, np.newaxis], x),
        np.broadcast_arrays(np.array(5), x),
    ]:
        np.testing.assert_array_equal(array[rows, columns], values[rows, columns])
        assert array[rows, columns].shape == values[rows, columns].shape
