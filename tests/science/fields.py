"""Images whose truth is known, for the tests of imviz.science."""

import astropy.units as u
import numpy as np
from astropy.nddata import NDData
from astropy.table import QTable
from astropy.wcs import WCS
from regions import CirclePixelRegion, EllipsePixelRegion, PixCoord, PolygonPixelRegion, RectanglePixelRegion
from scipy.special import erf

from imviz.science.results.receipts import verify


def wcs(*, angle=0.0, scale=0.1, mirrored=False, shape=(180, 200), crval=(150.0, 2.0)):
    """TAN; north up and east left unless turned by `angle` [deg] or mirrored; scale in arcsec."""
    result = WCS(naxis=2)
    result.wcs.ctype = "RA---TAN", "DEC--TAN"
    result.wcs.crval = crval
    result.wcs.crpix = shape[1] / 2 + 0.7, shape[0] / 2 - 1.3
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    parity = 1.0 if mirrored else -1.0
    result.wcs.cd = np.array([[parity * c, -parity * s], [s, c]]) * scale / 3600
    result.array_shape = shape
    result.wcs.set()
    return result


def noise(shape=(180, 200), seed=1, level=100.0, std=5.0):
    return np.random.default_rng(seed).normal(level, std, shape)


def star(x, y, sigma=3.0, flux=1.0e5, shape=(180, 200)):
    """Gaussian integrated over each pixel; its sum over all pixels is `flux`."""

    def axis(n, center):
        edges = (np.arange(n + 1) - 0.5 - center) / (np.sqrt(2) * sigma)
        return np.diff(erf(edges)) / 2

    return flux * np.outer(axis(shape[0], y), axis(shape[1], x))


def image(data=None, **keywords):
    return NDData(noise() if data is None else data, **keywords)


def circle(x=100.3, y=80.6, r=12.0):
    return CirclePixelRegion(PixCoord(x, y), r)


def ellipse(x=100.3, y=80.6, width=30.0, height=14.0, angle=33.0):
    return EllipsePixelRegion(PixCoord(x, y), width, height, angle * u.deg)


def rectangle(x=100.3, y=80.6, width=30.0, height=14.0, angle=33.0):
    return RectanglePixelRegion(PixCoord(x, y), width, height, angle * u.deg)


def polygon(*vertices):
    return PolygonPixelRegion(PixCoord(*np.transpose(vertices).astype(float)))


def value(quantity):
    return getattr(quantity, "value", quantity)


def verify_row(row, image):
    """Measure one row again and say what changed."""
    columns = {}
    for name, value in row.items():
        is_array = hasattr(value, "reshape") and hasattr(value, "shape") and value is not np.ma.masked
        kind = object if value is None or value is np.ma.masked else None
        columns[name] = value.reshape(1) if is_array else np.array([None if kind else value], dtype=kind)
    return verify(QTable(columns), image)[0]
