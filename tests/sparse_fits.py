"""A large FITS image that takes no disk: a hole in a file, with one star in it."""

import os

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

BLOCK = 2880
STAMP = 256  # pixels on a side: all that is written
SIGMA = 6.0


def write_star(path, side):
    """Write a `side` × `side` float32 image in MJy/sr with a star; returns the star's (x, y), off centre.

    The star is a Gaussian of `SIGMA` pixels and peak 1000 on a background of 10 ± 1.
    """
    x = y = side // 4 + 37
    header = _header(side)
    start = len(header)
    corner = x - STAMP // 2, y - STAMP // 2
    offset = np.arange(STAMP) - STAMP // 2
    peak = np.exp(-0.5 * (offset / SIGMA) ** 2)
    noise = np.random.default_rng(1).normal(10, 1, (STAMP, STAMP))
    stamp = (1000 * np.outer(peak, peak) + noise).astype(">f4")
    with path.open("wb") as file:
        file.write(header)
        for row, values in enumerate(stamp):
            file.seek(start + 4 * ((corner[1] + row) * side + corner[0]))
            file.write(values.tobytes())
    os.truncate(path, start + -(-4 * side * side // BLOCK) * BLOCK)
    return x, y


def _header(side):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "RA---TAN", "DEC--TAN"
    wcs.wcs.crval = 150.0, 2.0
    wcs.wcs.crpix = side / 2, side / 2
    wcs.wcs.cdelt = -1e-5, 1e-5
    header = fits.Header(
        [("SIMPLE", True), ("BITPIX", -32), ("NAXIS", 2), ("NAXIS1", side), ("NAXIS2", side)]
    )
    header.update(wcs.to_header())
    header["BUNIT"] = "MJy/sr"
    return header.tostring(endcard=True, padding=True).encode("ascii")
