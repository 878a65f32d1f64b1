"""Bad and odd inputs, and what must come of each: `CASES` only grows.

A case is made in an empty folder; its outcome is "right" (opens as it should), "flagged" (opens, and a
note says what was not used) or "refused" (one sentence); `words` are in the note or the sentence.
"""

import bz2
import gzip
import lzma
import os
from io import BytesIO, StringIO

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.nddata import NDData, StdDevUncertainty

from readers.battery_formats import FORMATS
from readers.battery_makers import (
    BESIDE,
    NAME,
    PIXELS,
    UNITS,
    Case,
    forged_npy,
    hdus,
    junk,
    npy,
    png,
    raw,
    special,
    thing,
    wcs,
)
from readers.test_bad_files import BAD, DATA, card, primary

__all__ = ["CASES", "NAME"]

STRUCTURE = {
    **{
        f"{key} = {value}": raw(primary(**{key: value}) + DATA, "refused", f"{key} = ")
        for key in ("BITPIX", "NAXIS", "NAXIS1")
        for value in ("''", "T", "1e3", "-9", "NaN", "0x10", "(1,2)")
    },
    **{
        f"BITPIX {n}": raw(primary(bitpix=n) + DATA, "refused", f"BITPIX = {n}")
        for n in (0, 1, 24, -8, -16, 128)
    },
    "NAXIS 1000": raw(primary(NAXIS=1000) + DATA, "refused", "NAXIS = 1000"),
    "NAXIS 999, none there": raw(primary(NAXIS=999) + DATA, "refused", "has no NAXIS3"),
    "PCOUNT -1": raw(primary(extra=[card("PCOUNT", -1)]) + DATA, "refused", "PCOUNT = -1"),
    "GCOUNT huge": raw(primary(extra=[card("GCOUNT", 10**15)]) + DATA, "refused", "cut off"),
    "BZERO text": raw(primary(extra=[card("BZERO", "'x'")]) + DATA, "refused", "BZERO = "),
    "one byte short": raw(primary() + DATA[:4799], "refused", "lacks its last 1 of 4,800 bytes"),
    "no data at all": raw(primary(), "refused", "cut off"),
    "not padded": raw(primary() + DATA[:4800], "right"),
    "trailing bytes": raw(primary() + DATA + b"more", "right"),
    "trailing zeros": raw(primary() + DATA + bytes(28800), "right"),
    "SIMPLE = F": raw(primary(SIMPLE="F") + DATA, "right"),
    "lower case": raw(primary().lower() + DATA, "refused", "is not an image file"),
    "UTF-16": raw(primary().decode().encode("utf-16") + DATA, "refused", "is not an image file"),
    "byte order mark": raw(b"\xef\xbb\xbf" + primary() + DATA, "refused", "is not an image file"),
    "CR LF": raw(b"SIMPLE  =                    T\r\nEND\r\n", "refused", "no END card"),
    "two headers": raw(primary(axes=()) + primary() + DATA, "refused", "holds no 2-D image"),
    "one pixel": hdus(fits.PrimaryHDU(PIXELS[:1, :1])),
    "one row": hdus(fits.PrimaryHDU(PIXELS[:1])),
    "one column": hdus(fits.PrimaryHDU(PIXELS[:, :1])),
    "four axes of one": hdus(
        fits.PrimaryHDU(PIXELS[None, None]), outcome="flagged", words="axes of length 1"
    ),
    "table first": hdus(
        fits.PrimaryHDU(),
        fits.BinTableHDU.from_columns([fits.Column("A", "J", array=[1])]),
        fits.ImageHDU(PIXELS),
    ),
    "ERR only": hdus(fits.PrimaryHDU(), fits.ImageHDU(PIXELS, name="ERR")),
    "same name twice": hdus(fits.PrimaryHDU(), *[fits.ImageHDU(PIXELS, name="SCI")] * 2, ext="*"),
    "all NaN": hdus(fits.PrimaryHDU(PIXELS * np.nan)),
    "all infinite": hdus(fits.PrimaryHDU(PIXELS + np.inf)),
    **{
        f"type {kind}": hdus(fits.PrimaryHDU(PIXELS.astype(kind)))
        for kind in ("u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f8")
    },
    **{
        f"card {line!r}": junk(line)
        for line in (
            b"=",
            b"        ",
            b"KEY",
            b"KEY =5",
            b"KEY     = 'open",
            b"KEY     = 1 2",
            b"\0" * 80,
            b"\xff" * 80,
            b"HIERARCH a b c",
            b"CONTINUE 'x'",
            b"END    x",
            b"KEY     = 1e999999",
            b"KEY     = '<script>'",
        )
    },
}

SKY = {
    **{
        f"WCS {key} = {value!r}": wcs(words=f"{key} = ", **{key: value})
        for key, value in [
            ("CRVAL1", "x"),
            ("CRVAL2", True),
            ("CRPIX1", "20"),
            ("CDELT1", "NaN"),
            ("CD1_1", "a"),
            ("PC1_2", ""),
            ("CTYPE1", 3),
            ("CUNIT1", 1.0),
            ("A_ORDER", "2"),
            ("B_ORDER", 10),
            ("WCSAXES", 0),
            ("LONPOLE", "x"),
            ("PV1_1", "x"),
            ("A_0_2", "NAXIS: 2"),
            ("CRVAL1", 1e300),
            ("CROTA2", "x"),
        ]
    },
    "WCS no pixel size": wcs(CDELT1=0.0),
    "WCS one axis of the sky": wcs(CTYPE2="FREQ"),
    "WCS projection unknown": wcs(CTYPE1="RA---XYZ", CTYPE2="DEC--XYZ"),
    "WCS unit of length": wcs(CUNIT1="m", CUNIT2="m"),
    "WCS latitude 95": wcs(CRVAL2=1e4),
    "WCS lookup missing": wcs(CPDIS1="LOOKUP", DP1="EXTVER: 9"),
    "WCS far away": wcs("right", CRPIX1=1e5),
    "WCS at the pole": wcs("right", CRVAL2=90.0),
    "WCS RA 720": wcs(words="CRVAL1 = 720 is more than a turn; taken as 0 degrees", CRVAL1=720.0),
    "WCS EQUINOX text": wcs(words="EQUINOX = 'J2000' is text; read as 2000", EQUINOX="J2000"),
    "WCS DATE-OBS nonsense": wcs("right", **{"DATE-OBS": "yesterday"}),
}

ASKED = {
    **{
        f"asked {ask}": hdus(fits.PrimaryHDU(PIXELS), outcome="refused", words=words, suffix=ask)
        for ask, words in {
            "[9]": "no extension [9]",
            "[SCI]": "no extension [SCI]",
            "[PRIMARY,2]": "no extension",
            "[0][0]": "not a stack",
            "[9][0]": "no extension [9]",
            "[-1]": "no extension",
        }.items()
    },
    **{
        f"ext {ext!r}": hdus(fits.PrimaryHDU(PIXELS), outcome="refused", words="", ext=ext)
        for ext in (7, "ERR", ("SCI", 1), [0, 9])
    },
    "cube": hdus(fits.PrimaryHDU(np.stack([PIXELS] * 3)), outcome="flagged", words="plane 0 of 3 is shown"),
    "cube, no such plane": hdus(
        fits.PrimaryHDU(np.stack([PIXELS] * 3)), outcome="refused", words="no plane", plane=3
    ),
    "cube, plane": hdus(fits.PrimaryHDU(np.stack([PIXELS] * 3)), outcome="flagged", words="plane 2", plane=2),
}

GOOD = primary() + DATA
PACKED = {
    **{
        f"{name} good": raw(pack(GOOD), "right")
        for name, pack in {"gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}.items()
    },
    **{
        f"{name} cut": raw(pack(GOOD)[:-9], "refused", "cannot be unpacked")
        for name, pack in {"gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}.items()
    },
    "gzip twice": raw(gzip.compress(gzip.compress(GOOD)), "refused", "is not an image file"),
    "gzip and rubbish": raw(gzip.compress(GOOD) + b"rubbish", "refused", "cannot be unpacked"),
    "xz bomb": raw(lzma.compress(bytes(2**20)) * 300, "refused", "unpacks from"),
}

PICTURES = {
    "PNG gray": raw(png(2, 1, data=b"\0\1\2"), "right"),
    "PNG of no size": raw(png(0, 0), "refused", "as a picture"),
    "PNG huge": raw(png(2**31 - 1, 2**31 - 1), "refused", ""),
    "PNG short": raw(png(100, 100, data=b"\0\1\2"), "refused", "as a picture"),
    "PNG of a strange kind": raw(png(2, 2, kind=7), "refused", "as a picture"),
    "GIF": raw(b"GIF89a" + bytes(50), "refused", "is not an image file"),
    "BMP": raw(b"BM" + bytes(50), "refused", "is not an image file"),
    "PDF": raw(b"%PDF-1.4" + bytes(50), "refused", "is not an image file"),
    "PostScript": raw(b"%!PS-Adobe-3.0 EPSF", "refused", "is not an image file"),
    "SVG": raw(b"<svg onload='alert(1)'/>", "refused", "is not an image file"),
}

ARRAYS = {
    "npy": npy(PIXELS, "right"),
    "npy columns first": npy(np.asfortranarray(PIXELS), "right"),
    "npy cut": npy(PIXELS, "refused", "npy", cut=1),
    "npy cube": npy(np.zeros((2, 3, 4)), "flagged", "plane 0 of 2 is shown"),
    "npy line": npy(np.zeros(4), "refused", "1-D"),
    "npy empty": npy(np.zeros((0, 4)), "refused", "is empty"),
    "npy complex": npy(np.zeros((2, 2), complex), "refused", "complex"),
    "npy text": npy(np.array([["a"]]), "refused", "text"),
    "npy objects": npy(np.array([[None]]), "refused", "npy"),
    "npy huge": forged_npy("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999, 9999999), }"),
    "npy negative": forged_npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-4, 4), }"),
    "npy code": forged_npy("__import__('os').system('true')"),
    "npy strange type": forged_npy("{'descr': '<q9', 'fortran_order': False, 'shape': (4, 4), }"),
    "quantity": thing(PIXELS * u.Jy, "right"),
    "magnitudes": thing(PIXELS[1:] * u.mag, "right"),
    "float16": thing(PIXELS.astype("f2"), "right"),
    "long double": thing(PIXELS.astype("g"), "right"),
    "negative strides": thing(PIXELS[::-1, ::-1], "right"),
    "no strides": thing(np.broadcast_to(np.float32(1), (30, 40)), "right"),
    "matrix": thing(np.ma.masked_all((3, 4)), "right"),
    "NDData with a scalar mask": thing(NDData(PIXELS, mask=np.True_), "right"),
    "NDData with an error": thing(NDData(PIXELS, uncertainty=StdDevUncertainty(PIXELS)), "right"),
    **{
        f"object {type(source).__name__} {n}": thing(source, "refused", words)
        for n, (source, words) in enumerate(
            [
                (None, "is not an image"),
                (1, "is not an image"),
                (2.5, "is not an image"),
                (b"x", "is not an image"),
                ({}, "is not an image"),
                (set(), "is not an image"),
                (object(), "is not an image"),
                (int, "is not an image"),
                ([], "is not one image"),
                ((), "is not one image"),
                ([[1, 2]], "is not one image"),
                ([None], "is not one image"),
                (np.float64(3), "is not an image"),
                (np.array(3), "0-D"),
                (np.zeros((2, 2), complex), "complex"),
                (BytesIO(), "is empty"),
                (BytesIO(b"hello"), "is not an image file"),
                (StringIO("x"), "as text"),
                (fits.HDUList(), "is empty"),
                (fits.PrimaryHDU(), "holds no data"),
                (u.Jy, "is not an image"),
            ]
        )
    },
}

PLACES = {
    "folder": special(os.mkdir, "is a directory"),
    "pipe": special(os.mkfifo, "is a device"),
    "link to itself": special(lambda path: path.symlink_to(path), ""),
    "link to nothing": special(lambda path: path.symlink_to("nowhere"), "does not exist"),
    "device": Case(lambda _: "/dev/zero", "refused", "is a device", of_file=False),
    **{
        f"name {name!r}": thing(name, "refused")
        for name in (
            "",
            " ",
            "\0",
            "\n",
            "[0]",
            "a\0b",
            "x" * 300,
            "y" * 9000,
            "~nobody/a.fits",
            "*",
            "no/such/*.fits",
            "a.fits[",
            "a.fits]",
            "a.fits[]",
            "a.fits[[0]]",
            "a.fits[0][",
            "http://127.0.0.1/a.fits",
            "file:///etc/passwd",
            "s3://bucket/a.fits",
            "HTTPS://[::1]/",
            "gopher://x",
            "..",
            "/",
        )
    },
}

CASES = {
    **{f"bad: {name}": raw(content, "refused", words) for name, (content, words) in BAD.items()},
    **STRUCTURE,
    **SKY,
    **UNITS,
    **BESIDE,
    **ASKED,
    **PACKED,
    **PICTURES,
    **ARRAYS,
    **PLACES,
    **FORMATS,
}
