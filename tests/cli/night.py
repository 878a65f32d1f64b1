"""A night's files for the tests of the command line: two exposures of stars whose fluxes are known."""

from __future__ import annotations

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from scipy.special import erf

STARS = ((40.3, 52.1), (81.6, 30.2))  # x, y
SIGMA, FLUX, LEVEL = 1.8, 2500.0, 3.0
SHAPE = 90, 120


def profile(n, at):
    return np.diff(erf((np.arange(n + 1) - 0.5 - at) / np.sqrt(2) / SIGMA)) / 2


def sky(shift=0.0):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval, wcs.wcs.crpix = [150.0, 2.0], [60.5 + shift, 45.5]
    wcs.wcs.cdelt = [-0.2 / 3600, 0.2 / 3600]
    return wcs


def write(path, shift=0.0, unit="Jy"):
    """One exposure; stars and sky lie `shift` pixels to the right."""
    data = np.full(SHAPE, LEVEL)
    for x, y in STARS:
        data += FLUX * np.outer(profile(SHAPE[0], y), profile(SHAPE[1], x + shift))
    header = sky(shift).to_header()
    header["BUNIT"], header["MAGZERO"] = unit, 24.5
    hdus = [fits.PrimaryHDU(), fits.ImageHDU(data, header, name="SCI")]
    fits.HDUList([*hdus, fits.ImageHDU(np.full(SHAPE, 0.5), name="ERR")]).writeto(path)
    return path
