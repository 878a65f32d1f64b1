"""Small FITS files with known content."""

import numpy as np
import pytest
from astropy.io import fits


@pytest.fixture
def pixels():
    """30 × 40 numbers, no two alike."""
    return np.arange(1200, dtype=np.float32).reshape(30, 40)


@pytest.fixture
def tan_header():
    """A plain tangent-plane WCS, one arcsecond a pixel."""
    return fits.Header(
        [
            ("CTYPE1", "RA---TAN"),
            ("CTYPE2", "DEC--TAN"),
            ("CRPIX1", 20.0),
            ("CRPIX2", 15.0),
            ("CRVAL1", 150.0),
            ("CRVAL2", 2.0),
            ("CDELT1", -1 / 3600),
            ("CDELT2", 1 / 3600),
        ]
    )


@pytest.fixture
def write(tmp_path):
    """Write HDUs under a name; returns the path."""

    def write(name, *hdus):
        path = tmp_path / name
        fits.HDUList(list(hdus)).writeto(path)
        return path

    return write


@pytest.fixture
def mef(write, pixels, tan_header):
    """Two SCI/ERR/DQ triplets; DQ has bit 0 set at [2, 3] and bit 2 at [4, 5]."""

    def mef(name="mef.fits", telescope="JWST", **primary):
        hdus = [fits.PrimaryHDU()]
        hdus[0].header.update({"TELESCOP": telescope, "FILTER": "F200W", **primary})
        for version in (1, 2):
            dq = np.zeros(pixels.shape, dtype=np.uint32)
            dq[2, 3], dq[4, 5] = 1, 4
            science = fits.ImageHDU(pixels * version, tan_header, name="SCI", ver=version)
            science.header["BUNIT"] = "MJy/sr"
            hdus += [
                science,
                fits.ImageHDU(pixels / 10, name="ERR", ver=version),
                fits.ImageHDU(dq, name="DQ", ver=version),
            ]
        table = fits.BinTableHDU.from_columns([fits.Column("A", "J", array=[1, 2])], name="CAT")
        return write(name, *hdus, table)

    return mef
