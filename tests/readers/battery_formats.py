"""The battery's cases of formats that are not FITS: pictures, numpy's, ASDF, HDF5, addresses, odd names."""

import gzip
import struct
from io import BytesIO

import numpy as np
from astropy.io import fits
from PIL import Image

from readers.battery_makers import PIXELS, Case, raw, thing

ASDF = b"#ASDF 1.0.0\n#ASDF_STANDARD 1.5.0\n%YAML 1.1\n%TAG ! tag:stsci.edu:asdf/\n--- !core/asdf-1.1.0\n"
BOMB = b"a: &a [1,1,1,1,1,1,1,1,1,1]\n" + b"".join(
    b"%c: &%c [%s]\n" % (n, n, b",".join([b"*%c" % (n - 1)] * 10)) for n in range(ord("b"), ord("k"))
)


def asdf(body, outcome="refused", words="odd-file", block=b""):
    return raw(ASDF + body + b"...\n" + block, outcome, words, name="odd-file.asdf")


def block(values, *, size=None, compression=bytes(4)):
    sizes = [values.nbytes if size is None else size] * 3
    return b"\xd3BLK\0\x30" + struct.pack(">I4sQQQ16s", 0, compression, *sizes, bytes(16)) + values.tobytes()


def node(shape="[30, 40]", datatype="float32", source="0"):
    text = f"{{source: {source}, datatype: {datatype}, byteorder: little, shape: {shape}}}"
    return f"data: !core/ndarray-1.1.0 {text}\n".encode()


def picture(values, kind, outcome="right", words="", cut=0, **options):
    buffer = BytesIO()
    Image.fromarray(values).save(buffer, kind, **options)
    content = buffer.getvalue()
    content = content[: len(content) - cut]
    return raw(content, outcome, words, name=f"odd-file.{kind.lower()}")


def named(name):
    """A good FITS file of an odd name."""

    def make(folder):
        fits.writeto(folder / name, PIXELS)
        return str(folder / name)

    return Case(make, "right")


PLAIN = block(PIXELS.astype("<f4"))
FORMATS = {
    "asdf": asdf(node(), "right", "", PLAIN),
    "asdf, aliases": asdf(BOMB, words="nested aliases"),
    "asdf, deep": asdf(b"a: " + b"[" * 3000 + b"]" * 3000 + b"\n", words="odd-file"),
    "asdf, python": asdf(b"data: !!python/object/apply:os.system ['true']\n", words="no array"),
    "asdf, no tree": raw(b"#ASDF 1.0.0\n", "refused", "no array", name="odd-file.asdf"),
    "asdf, block cut": asdf(node(), words="cut off", block=PLAIN[:-10]),
    "asdf, block too small": asdf(node("[300, 400]"), words="needs 480,000 bytes", block=PLAIN),
    "asdf, block immense": asdf(node(), words="odd-file", block=block(PIXELS, size=2**63)),
    "asdf, codec unknown": asdf(node(), words="is compressed by", block=block(PIXELS, compression=b"evil")),
    "asdf, codec lies": asdf(node(), words="odd-file", block=block(PIXELS, compression=b"zlib")),
    "asdf, shape text": asdf(node("[a, b]"), words="no array", block=PLAIN),
    "asdf, shape negative": asdf(node("[-3, 4]"), words="no array", block=PLAIN),
    "asdf, shape nothing": asdf(node("[0, 4]"), words="no array", block=PLAIN),
    "asdf, type text": asdf(node(datatype="[ascii, 9]"), words="not of numbers", block=PLAIN),
    "asdf, type unknown": asdf(node(datatype="float128"), words="not of numbers", block=PLAIN),
    "asdf, elsewhere": asdf(node(source="file:///etc/passwd"), words="outside the file", block=PLAIN),
    "asdf, source -9": asdf(node(source="-9"), words="not in this file", block=PLAIN),
    "asdf, cube": asdf(node("[2, 30, 20]"), "flagged", "plane 0 of 2 is shown", PLAIN),
    **{
        f"tiff {kind}": picture(PIXELS.astype(kind), "TIFF")
        for kind in ("uint8", "uint16", "int32", "float32")
    },
    "tiff packed": picture(PIXELS.astype("u1"), "TIFF", compression="tiff_lzw"),
    "tiff cut": picture(PIXELS.astype("u2"), "TIFF", "refused", "cannot be decoded", cut=2000),
    "tiff rgb": picture(np.stack([PIXELS.astype("u1")] * 3, axis=-1), "TIFF"),
    "tiff pages": picture(
        PIXELS.astype("u1"),
        "TIFF",
        "flagged",
        "the first of 2 pictures",
        save_all=True,
        append_images=[Image.fromarray(PIXELS.astype("u1"))],
    ),
    "tiff directory loop": raw(
        b"II*\0" + struct.pack("<IHI", 8, 0, 8), "refused", "odd-file", name="odd-file.tif"
    ),
    "png 16 bits": picture(PIXELS.astype("u2"), "PNG"),
    "png gray": picture(PIXELS.astype("u1"), "PNG"),
    "png packed": raw(
        gzip.compress(b"\x89PNG\r\n\x1a\n" + bytes(50)), "refused", "odd-file", name="odd-file.png.gz"
    ),
    "hdf5 cut": raw(b"\x89HDF\r\n\x1a\n" + bytes(90), "refused", "odd-file", name="odd-file.h5"),
    "hdf5 junk": raw(b"\x89HDF\r\n\x1a\n" + b"\xff" * 2000, "refused", "odd-file", name="odd-file.h5"),
    **{
        f"address {address}": thing(address, "refused", words)
        for address, words in {
            "http://localhost/a.fits": "inside this machine",
            "http://127.0.0.1:22/a.fits": "inside this machine",
            "http://169.254.169.254/latest/meta-data": "inside this machine",
            "https://[::1]/a.fits": "inside this machine",
            "http://user:pw@localhost/a.fits": "not an address of the form",
            "ftp://localhost/a.fits": "which is not fetched",
            "file:///etc/passwd": "which is not fetched",
            "http://": "not an address of the form",
        }.items()
    },
    **{
        f"called {name!r}": named(name)
        for name in (
            "a, b.fits",
            "a[1].fits",
            "a #1.fits",
            "100%.fits",
            "ä ö ü 星.fits",
            "a*b.fits",
            "a?.fits",
        )
    },
    **{
        f"called {name!r}": named(name)
        for name in ("~a.fits", "-a.fits", "a;b.fits", "a'b\".fits", "a&b<c>.fits")
    },
}
