"""Files that are not images, or harm: each is refused in one sentence that names it and the cause.

`BAD` only grows. A case is a file's bytes and what the sentence must say.
"""

import bz2
import gzip
import lzma
import os
import pickle
import time

import numpy as np
import pytest
from astropy.io import fits

from imviz.errors import ImvizError, MissingFileError, ReadError
from imviz.readers import load


def card(key, value):
    """One 80-byte card with a fixed-format value."""
    return f"{key:<8}= {value!s:>20}".ljust(80).encode()


def header(*cards, end=True):
    """A header's blocks."""
    raw = b"".join(cards) + (b"END".ljust(80) if end else b"")
    return raw.ljust(-(-len(raw) // 2880) * 2880)


def primary(bitpix=-32, axes=(40, 30), extra=(), **changes):
    """A primary header whose parts can be made wrong one by one."""
    values = {"SIMPLE": "T", "BITPIX": bitpix, "NAXIS": len(axes)}
    values |= {f"NAXIS{n}": size for n, size in enumerate(axes, 1)}
    values |= changes
    return header(*(card(key, value) for key, value in values.items() if value is not None), *extra)


DATA = bytes(40 * 30 * 4).ljust(5760, b"\0")
TILES = {
    "XTENSION": "'BINTABLE'",
    "BITPIX": 8,
    "NAXIS": 2,
    "NAXIS1": 8,
    "NAXIS2": 1,
    "PCOUNT": 0,
    "GCOUNT": 1,
}
FORGED = TILES | {"ZIMAGE": "T", "ZBITPIX": -32, "ZNAXIS": 2, "ZNAXIS1": 60000, "ZNAXIS2": 60000}

BAD = {
    "empty": (b"", "is empty"),
    "text": (b"hello, this is no image", "is not an image file"),
    "html": (b"<!DOCTYPE html><html>404 Not Found</html>", "is not an image file"),
    "zeros": (bytes(5760), "is not an image file"),
    "SIMPLE alone": (b"SIMPLE  =", "no END card"),
    "no END": (header(card("SIMPLE", "T"), card("BITPIX", 8), end=False), "no END card"),
    "no BITPIX": (primary(BITPIX=None), "has no BITPIX"),
    "no NAXIS": (primary(NAXIS=None), "has no NAXIS"),
    "no NAXIS2": (primary(NAXIS2=None), "has no NAXIS2"),
    "BITPIX 7": (primary(bitpix=7) + DATA, "BITPIX = 7"),
    "BITPIX text": (primary(bitpix="'big'") + DATA, "BITPIX = 'big'"),
    "NAXIS 1e9": (primary(NAXIS=10**9) + DATA, "NAXIS = 1000000000 is impossible"),
    "NAXIS -1": (primary(NAXIS=-1) + DATA, "NAXIS = -1 is impossible"),
    "NAXIS 1.5": (primary(NAXIS="1.5") + DATA, "NAXIS = 1.5 is impossible"),
    "NAXIS1 negative": (primary(axes=(-40, 30)) + DATA, "NAXIS1 = -40 is impossible"),
    "NAXIS1 overflows": (primary(axes=(10**17, 10**17)) + DATA, "is cut off"),
    "NAXIS1 has 19 digits": (primary(axes=(10**18 * 9, 2)) + DATA, "is impossible"),
    "cut off": (primary() + DATA[:3000], "is cut off: [PRIMARY] lacks its last 1,800 of 4,800 bytes"),
    "header only": (primary(axes=()), "holds no 2-D image"),
    "zero axis": (primary(axes=(0, 30)), "holds no 2-D image"),
    "1-D": (primary(axes=(1200,)) + DATA, "holds no 2-D image"),
    "BSCALE text": (primary(extra=[card("BSCALE", "'x'")]) + DATA, "BSCALE = 'x' is not a number"),
    "table only": (
        primary(axes=()) + header(*(card(k, v) for k, v in (TILES | {"TFIELDS": 0}).items())) + bytes(2880),
        "holds no 2-D image; it has 0 PRIMARY,1 (empty), 1 1 (table)",
    ),
    "forged tiles": (
        primary(axes=()) + header(*(card(k, v) for k, v in FORGED.items())) + bytes(2880),
        "lacks some of its tiles",
    ),
    "TFIELDS without end": (
        primary(axes=())
        + header(*(card(k, v) for k, v in (FORGED | {"ZNAXIS1": 40, "TFIELDS": 2**31}).items()))
        + bytes(2880),
        "TFIELDS = 2147483648 is impossible",
    ),
    "tiles of nonsense": (
        primary(axes=())
        + header(*(card(k, v) for k, v in (FORGED | {"ZNAXIS1": 40, "ZNAXIS2": 30}).items()))
        + bytes(2880),
        "lacks some of its tiles",
    ),
    "tiles of nothing": (
        primary(axes=())
        + header(*(card(k, v) for k, v in (FORGED | {"ZNAXIS1": 40, "ZNAXIS2": 1}).items()))
        + bytes(2880),
        "cannot be decoded",
    ),
    "gzip cut off": (gzip.compress(primary() + DATA)[:60], "cannot be unpacked"),
    "gzip of nothing": (gzip.compress(b""), "unpacks to nothing"),
    "gzip bomb": (gzip.compress(bytes(2**20), 9) * 300, "unpacks from"),
    "gzip damaged": (gzip.compress(primary() + os.urandom(5760))[:-40] + bytes(40), "cannot be unpacked"),
    "bz2 damaged": (bz2.compress(primary() + DATA)[:-20], "cannot be unpacked"),
    "gzip of text": (gzip.compress(b"hello"), "is not an image file"),
    "pickle": (pickle.dumps(np.zeros((2, 2))), "Python pickle"),
    "zip": (b"PK\x03\x04 archive", "zip archive"),
    "hdf5": (b"\x89HDF\r\n\x1a\n", "cannot be decoded"),
    "asdf": (b"#ASDF 1.0.0\n", "ASDF"),
    "png header only": (b"\x89PNG\r\n\x1a\n", "cannot be decoded as a picture"),
    "jpeg header only": (b"\xff\xd8\xff\xe0", "cannot be decoded as a picture"),
    "tiff header only": (b"II*\x00", "cannot be decoded as a picture"),
    "npy header only": (b"\x93NUMPY\x01\x00", "not a readable .npy"),
    "npy cut off": (
        b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (9, 9)}",
        "readable",
    ),
}


@pytest.mark.parametrize(("content", "cause"), BAD.values(), ids=BAD)
def test_refused_at_once_in_one_sentence(tmp_path, content, cause):
    path = tmp_path / "bad-file.fits"
    path.write_bytes(content)
    start = time.process_time()
    with pytest.raises(ReadError) as caught:
        load(path)
    message = str(caught.value)
    assert cause in message
    assert "bad-file.fits" in message
    assert len(message) <= 240
    assert "\n" not in message
    assert time.process_time() - start < 2  # a hang is what is looked for, not speed


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"nowhere\.fits does not exist"):
        load(tmp_path / "nowhere.fits")


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["directory", "pipe"])
def test_what_is_no_file_is_refused(tmp_path, make):
    make(tmp_path / "thing")
    with pytest.raises(ReadError, match=r"thing is a (directory|device)"):
        load(tmp_path / "thing")


def test_a_link_to_itself_is_refused(tmp_path):
    (tmp_path / "loop.fits").symlink_to(tmp_path / "loop.fits")
    with pytest.raises(ReadError, match=r"loop\.fits"):
        load(tmp_path / "loop.fits")


@pytest.mark.parametrize("name", ["a\0b.fits", "x" * 5000, "/dev/null", "\n", "[", "[]", "[SCI]", ",", "a,b"])
def test_impossible_names_are_refused(name):
    with pytest.raises(ImvizError) as caught:
        load(name)
    assert len(str(caught.value)) <= 240


def test_a_good_image_before_damage_opens_with_a_note(tmp_path, write, pixels):
    path = write("a.fits", fits.PrimaryHDU(), fits.ImageHDU(pixels, name="SCI"))
    with path.open("ab") as file:
        file.write(header(card("XTENSION", "'IMAGE   '"), card("BITPIX", 7), card("NAXIS", 0)))
    image = load(path)[0].image
    np.testing.assert_array_equal(image.data, pixels)
    assert "BITPIX = 7" in image.meta["imviz_notes"][0]


def test_a_cut_off_companion_is_left_out_with_a_note(write, pixels):
    path = write(
        "a.fits", fits.PrimaryHDU(), fits.ImageHDU(pixels, name="SCI"), fits.ImageHDU(pixels, name="ERR")
    )
    os.truncate(path, path.stat().st_size - 2880)
    image = load(path)[0].image
    assert image.uncertainty is None
    assert "cut off" in image.meta["imviz_notes"][0]


def test_cards_that_are_no_fits_do_not_matter(tmp_path):
    junk = [b"WHAT = IS THIS".ljust(80), b"NUMBER  = 1 2 3".ljust(80), b"OBJECT  = 'open".ljust(80)]
    junk += [b"NAME    = 'caf\xe9'".ljust(80), bytes(80), b"\xff" * 80, b"NEWLINE = 'a\nb'".ljust(80)]
    path = tmp_path / "junk.fits"
    path.write_bytes(primary(extra=junk) + DATA)
    assert load(path)[0].image.data.shape == (30, 40)


@pytest.mark.parametrize("suffix", ["gz", "bz2"])
def test_compressed_files_open(tmp_path, write, pixels, suffix):
    path = write("a.fits", fits.PrimaryHDU(pixels))
    packed = tmp_path / f"a.fits.{suffix}"
    packed.write_bytes({"gz": gzip, "bz2": bz2}[suffix].compress(path.read_bytes()))
    (loaded,) = load(packed)
    assert loaded.label == "a.fits[PRIMARY,1]"
    np.testing.assert_array_equal(loaded.image.data, pixels)


def test_the_last_block_need_not_be_padded(tmp_path):
    path = tmp_path / "short.fits"
    path.write_bytes(primary() + DATA[:4800])
    assert load(path)[0].image.data.shape == (30, 40)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_disk_that_is_full_is_not_a_damaged_file(tmp_path, full_disk, pack):
    path = tmp_path / "a.fits.packed"
    path.write_bytes(pack(primary() + DATA))  # a few hundred bytes; twice what the disk has, unpacked
    with pytest.raises(ReadError, match=r"cannot be kept in .*File too large; free some room") as refusal:
        load(path)
    assert "download" not in str(refusal.value)
