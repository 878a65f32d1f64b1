"""How the battery's cases are made (files of given bytes or HDUs, objects, places), and two small tables."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits

from readers.test_bad_files import DATA, primary

PIXELS = np.arange(1200, dtype=np.float32).reshape(30, 40)
NAME = "odd-file.fits"
TAN = {
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CRPIX1": 20.0,
    "CRPIX2": 15.0,
    "CRVAL1": 150.0,
    "CRVAL2": 2.0,
    "CDELT1": -3e-4,
    "CDELT2": 3e-4,
}


@dataclass(frozen=True)
class Case:
    make: Callable[[Path], Any]
    outcome: str
    words: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    of_file: bool = True


def raw(content, outcome, words="", *, name=NAME, suffix="", **options):
    """A file of these bytes; `suffix` is asked for behind its name."""

    def make(folder):
        (folder / name).write_bytes(content)
        return f"{folder / name}{suffix}"

    return Case(make, outcome, words, options)


def hdus(*parts, outcome="right", words="", suffix="", name=NAME, **options):
    """A file of these HDUs."""
    buffer = BytesIO()
    fits.HDUList([part.copy() for part in parts]).writeto(buffer, output_verify="ignore")
    return raw(buffer.getvalue(), outcome, words, name=name, suffix=suffix, **options)


def wcs(outcome="flagged", words="loaded without WCS", **cards):
    hdu = fits.PrimaryHDU(PIXELS)
    hdu.header.update({**TAN, **cards})
    return hdus(hdu, outcome=outcome, words=words if outcome == "flagged" else "")


def unit(text, outcome="right", words=""):
    hdu = fits.PrimaryHDU(PIXELS)
    hdu.header["BUNIT"] = text
    return hdus(hdu, outcome=outcome, words=words)


def thing(source, outcome, words="", **options):
    """An object that is no file."""
    return Case(lambda _: source, outcome, words, options, of_file=False)


def beside(words, **companions):
    """An image with companions that do not fit it."""
    parts = [fits.ImageHDU(value, name=name) for name, value in companions.items()]
    return hdus(fits.PrimaryHDU(), fits.ImageHDU(PIXELS, name="SCI"), *parts, outcome="flagged", words=words)


def junk(line):
    return raw(primary(extra=[line.ljust(80)[:80]]) + DATA, "right")


def npy(array, outcome, words="", cut=0):
    buffer = BytesIO()
    np.save(buffer, array)
    content = buffer.getvalue()
    return raw(content[: len(content) - cut], outcome, words, name="odd-file.npy")


def forged_npy(text):
    body = text.encode().ljust(118) + b"\n"
    return raw(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(body)) + body + bytes(64), "refused", "npy")


def png(width, height, kind=0, depth=8, data=b""):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def special(make_it, words):
    def make(folder):
        make_it(folder / NAME)
        return folder / NAME

    return Case(make, "refused", words)


UNITS = {
    **{
        f"unit {text!r}": unit(text, "flagged", "is not known")
        for text in ("furlong", "1/0", "((", "m**", "ADU frame-1 x")
    },
    **{f"unit {value!r}": unit(value, "flagged", "is not a unit") for value in (5, 2.5, True)},
    **{f"unit {text!r}": unit(text) for text in ("", "ELECTRONS/S", "10**-20 W m-2", "counts / s")},
    "unit 'mag'": unit("mag", "flagged", "not linear in flux"),
    "unit 'MJY/SR'": unit("MJY/SR", "flagged", "read as megajansky per steradian"),
}

BESIDE = {
    "ERR of another shape": beside("[ERR,1] left out", ERR=PIXELS[:5]),
    "DQ of another shape": beside("[DQ,1] left out", DQ=PIXELS[:, :5].astype("i2")),
    "ERR a cube": beside("[ERR,1] left out", ERR=np.stack([PIXELS] * 2)),
}
