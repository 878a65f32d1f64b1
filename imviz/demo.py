"""A synthetic field of stars and galaxies whose every flux, width and position is known.

Something to measure with no file and no network: two exposures of one sky, with units, WCS, an error
of each pixel, a data-quality mask, and the troubles of real frames (a dead column, hot pixels, two
saturated stars, a hole of NaN). Stars are pixel-integrated Gaussians, so an aperture's sum and a
fitted width can be compared with a formula. The same numbers come out at every call (fixed seed).

It is not a simulator: the galaxies carry no exact total flux, the bright stars' spikes are decoration,
and noise is uncorrelated. `demo_stars` says what is true; row 0 is the star tests and lessons use.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.nddata import NDData, StdDevUncertainty
from astropy.stats import gaussian_sigma_to_fwhm
from astropy.table import QTable
from astropy.wcs import WCS
from scipy.special import erf

from imviz.science.safe_files import writing

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

__all__ = ["DemoImage", "demo_field", "demo_stars", "write_demo"]

SEED = 20261123
UNIT = u.MJy / u.sr
FWHM_ARCSEC = 0.186  # of a star as recorded, the pixel's own width included (in exposure 1: 6 pixels)
SKY = 0.35  # MJy/sr, the middle of a plane that tilts by 8 % over the field
ELECTRONS = 900.0  # per MJy/sr and pixel of 0.031 arcsec: sets the Poisson noise
READ_NOISE = 8.0  # electrons
SATURATION = 150.0  # MJy/sr

# Bits of the DQ extension, as JWST's pipeline numbers them; only DO_NOT_USE makes a pixel bad.
DO_NOT_USE, SATURATED, DEAD, HOT = 1, 2, 1024, 2048

ISOLATED = (250.3, 640.8)  # exposure 1, (x, y): nothing else within 60 pixels
ISOLATED_MAG = 22.4  # AB
BRIGHT = ((760.2, 705.6, 900.0), (118.7, 171.4, 380.0))  # x, y, peak above the saturation


class DemoImage(NamedTuple):
    """One exposure: the label it is loaded under, and the image."""

    label: str
    image: NDData


@dataclass(frozen=True, slots=True)
class _Pointing:
    """Where an exposure looks: its size, pixel scale (arcsec) and rotation (degrees)."""

    number: int
    shape: tuple[int, int]
    scale: float
    rotation: float
    sky: tuple[float, float]  # the sky of the middle pixel, degrees


POINTINGS = (
    _Pointing(1, (900, 1000), 0.031, 0.0, (150.11632, 2.20583)),
    _Pointing(2, (760, 820), 0.0405, 17.0, (150.11596, 2.20611)),
)


@dataclass(frozen=True, slots=True)
class _Galaxy:
    """A Sérsic profile with softened core and, if `arms`, two logarithmic spiral arms."""

    x: float  # pixel of exposure 1
    y: float
    peak: float  # MJy/sr at the effective radius
    radius: float  # effective, pixels of exposure 1
    index: float
    ratio: float  # minor / major
    angle: float  # degrees from +x, counter-clockwise
    arms: float = 0.0  # contrast, 0–1


GALAXIES = (
    _Galaxy(520.0, 455.0, 0.55, 62.0, 1.0, 0.62, 35.0, 0.75),
    _Galaxy(523.0, 455.0, 3.0, 9.0, 2.0, 0.85, 35.0),
    _Galaxy(845.0, 240.0, 0.60, 34.0, 3.2, 0.78, -20.0),
    _Galaxy(885.0, 262.0, 0.45, 11.0, 2.0, 0.60, 70.0),
    _Galaxy(330.0, 205.0, 0.50, 36.0, 1.0, 0.22, 118.0),
    _Galaxy(331.0, 205.0, 1.6, 6.0, 1.6, 0.60, 118.0),
    _Galaxy(655.0, 150.0, 0.40, 22.0, 1.0, 0.80, 10.0, 0.65),
    _Galaxy(118.0, 405.0, 0.55, 20.0, 2.5, 0.70, 60.0),
    _Galaxy(450.0, 770.0, 0.38, 26.0, 1.0, 0.45, 160.0, 0.45),
    _Galaxy(610.0, 690.0, 0.45, 12.0, 1.2, 0.50, 80.0),
    _Galaxy(905.0, 520.0, 0.42, 18.0, 1.0, 0.30, 40.0),
    _Galaxy(700.0, 560.0, 0.32, 10.0, 1.0, 0.70, 130.0),
    _Galaxy(95.0, 800.0, 0.50, 17.0, 2.8, 0.82, 15.0),
    _Galaxy(405.0, 95.0, 0.35, 13.0, 1.0, 0.55, 150.0),
)


def demo_field() -> list[DemoImage]:
    """Two exposures of the field, ``demo[SCI,1]`` and ``demo-2[SCI,1]``.

    Returns
    -------
    list of DemoImage
        900 × 1000 pixels of 0.031 arcsec with north up, and 760 × 820 pixels of 0.0405 arcsec rotated
        by 17°. Each is float32 in MJy/sr with celestial WCS, `StdDevUncertainty` and mask (True = bad).
    """
    return [_image(pointing) for pointing in POINTINGS]


def demo_stars(exposure: int = 1) -> QTable:
    """The true stars on one exposure, the isolated one first.

    Parameters
    ----------
    exposure
        1 or 2.

    Returns
    -------
    QTable
        ``id`` (the same in both exposures), ``x`` and ``y`` (pixels, 0-indexed centres), ``sky``,
        ``flux`` (MJy/sr, the sum over all pixels of the star alone), ``flux_density`` (µJy),
        ``mag`` (AB) and ``fwhm`` (pixels, as recorded: the pixel's width is in it). The two saturated
        stars are not in it. Row 0 is the isolated star, of AB 22.4, at (250.3, 640.8) on exposure 1.
    """
    pointing = POINTINGS[exposure - 1]
    ids, x, y, flux_density = _stars(pointing)
    flux = (flux_density / _pixel_area(pointing)).to(UNIT)
    return QTable(
        {
            "id": ids,
            "x": x * u.pix,
            "y": y * u.pix,
            "sky": _wcs(pointing).pixel_to_world(x, y),
            "flux": flux,
            "flux_density": flux_density,
            "mag": flux_density.to(u.ABmag),
            "fwhm": np.full(x.size, FWHM_ARCSEC / pointing.scale) * u.pix,
        }
    )


def write_demo(path: str | PathLike[str], exposure: int = 1) -> Path:
    """Write one exposure (1 or 2) as a FITS file with SCI, ERR and DQ extensions; returns the path."""
    pointing = POINTINGS[exposure - 1]
    data, err, dq = _expose(pointing)
    header = _header(pointing)
    hdus = [
        fits.PrimaryHDU(header=_primary(pointing)),
        fits.ImageHDU(data, header, name="SCI"),
        fits.ImageHDU(err, fits.Header([("BUNIT", "MJy/sr", "physical units of the errors")]), name="ERR"),
        fits.ImageHDU(dq, name="DQ"),
    ]
    with writing(path, overwrite=True) as temporary:
        fits.HDUList(hdus).writeto(temporary, overwrite=True)
    return Path(path)


def _image(pointing: _Pointing) -> NDData:
    """One exposure as NDData, its metadata laid out as the readers lay out a file's."""
    data, err, dq = _expose(pointing)
    meta = {**_header(pointing), "primary_header": dict(_primary(pointing)), "imviz_notes": []}
    mask = (dq & DO_NOT_USE) != 0
    uncertainty = StdDevUncertainty(err, copy=False)
    image = NDData(data, uncertainty=uncertainty, mask=mask, wcs=_wcs(pointing), meta=meta, unit=UNIT)
    label = "demo[SCI,1]" if pointing.number == 1 else f"demo-{pointing.number}[SCI,1]"
    return DemoImage(label, image)


def _primary(pointing: _Pointing) -> fits.Header:
    """The header of the whole exposure."""
    cards = [
        ("TELESCOP", "JWST", "imitated: this exposure is synthetic"),
        ("INSTRUME", "NIRCAM", "imitated: this exposure is synthetic"),
        ("FILTER", "F200W", "imitated: this exposure is synthetic"),
        ("ORIGIN", "imviz demo", "made by imviz, not by a telescope"),
        ("OBJECT", "imviz demo field"),
        ("EXPOSURE", pointing.number, "1 or 2"),
    ]
    return fits.Header(cards)


def _header(pointing: _Pointing) -> fits.Header:
    """The header of the SCI extension: unit, pixel area and WCS."""
    cards = [
        ("EXTNAME", "SCI"),
        ("EXTVER", 1),
        ("BUNIT", "MJy/sr", "physical units of the pixels"),
        ("PIXAR_SR", _pixel_area(pointing).to_value(u.sr), "pixel area (steradian)"),
        ("PIXAR_A2", pointing.scale**2, "pixel area (arcsec^2)"),
    ]
    header = fits.Header(cards)
    header.update(_wcs(pointing).to_header())
    return header


def _pixel_area(pointing: _Pointing) -> u.Quantity:
    """The sky a pixel covers (sr)."""
    return (pointing.scale**2 * u.arcsec**2).to(u.sr)


def _wcs(pointing: _Pointing) -> WCS:
    """A tangent projection about the middle pixel, RA to the left of north."""
    ny, nx = pointing.shape
    turn, scale = np.deg2rad(pointing.rotation), pointing.scale / 3600
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crpix = [(nx + 1) / 2, (ny + 1) / 2]
    wcs.wcs.crval = pointing.sky
    wcs.wcs.cdelt = [-scale, scale]
    wcs.wcs.pc = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    wcs.wcs.radesys = "ICRS"
    wcs.pixel_shape = (nx, ny)
    wcs.wcs.set()
    return wcs


def _onto(pointing: _Pointing, x: NDArray[np.float64], y: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Positions of the first exposure's pixels in another exposure's, through the sky."""
    if pointing.number == 1:
        return [x, y]
    sky = _wcs(POINTINGS[0]).all_pix2world(x, y, 0)
    return [np.asarray(c) for c in _wcs(pointing).all_world2pix(*sky, 0)]


def _stars(
    pointing: _Pointing,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], u.Quantity]:
    """Number, x, y and flux density (µJy) of the unsaturated stars on an exposure."""
    rng = np.random.default_rng(SEED)
    x, y = rng.uniform(-180, 1180, 420), rng.uniform(-180, 1080, 420)
    mag = 22.0 + 6.5 * rng.uniform(0, 1, 420) ** 0.5  # many faint, few bright
    crowded = np.hypot(x - ISOLATED[0], y - ISOLATED[1]) < 60
    for bright_x, bright_y, _ in BRIGHT:
        crowded |= np.hypot(x - bright_x, y - bright_y) < 30
    x, y, mag = (
        np.append(first, column[~crowded])
        for first, column in zip((*ISOLATED, ISOLATED_MAG), (x, y, mag), strict=True)
    )
    ids = np.arange(1, x.size + 1)
    x, y = _onto(pointing, x, y)
    ny, nx = pointing.shape
    on = (x > 0) & (x < nx - 1) & (y > 0) & (y < ny - 1)
    return ids[on], x[on], y[on], (mag[on] * u.ABmag).to(u.uJy)


def _expose(
    pointing: _Pointing,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint32]]:
    """Pixels, their standard error and their quality bits: the scene, then the detector."""
    rng = np.random.default_rng([SEED, pointing.number])
    electrons = ELECTRONS * (pointing.scale / POINTINGS[0].scale) ** 2
    scene = _scene(pointing)
    noisy = rng.poisson(scene * electrons) + READ_NOISE * rng.standard_normal(scene.shape)
    data = (noisy / electrons).astype(np.float32)
    err = (np.sqrt(scene * electrons + READ_NOISE**2) / electrons).astype(np.float32)
    dq = _damage(data, rng)
    return data, err, dq


def _scene(pointing: _Pointing) -> NDArray[np.float64]:
    """What a noiseless detector would record (MJy/sr)."""
    ny, nx = pointing.shape
    tilt_x, tilt_y = np.linspace(-0.5, 0.5, nx), np.linspace(-0.5, 0.5, ny)
    scene = SKY * (1 + 0.05 * tilt_x[np.newaxis, :] + 0.03 * tilt_y[:, np.newaxis])
    for galaxy in GALAXIES:
        _add_galaxy(scene, pointing, galaxy)
    sigma = np.sqrt((FWHM_ARCSEC / pointing.scale / gaussian_sigma_to_fwhm) ** 2 - 1 / 12)
    _, x, y, flux_density = _stars(pointing)
    flux = (flux_density / _pixel_area(pointing)).to_value(UNIT)
    for star in zip(x, y, flux, strict=True):
        _add_star(scene, *star, sigma)
    for bright_x, bright_y, peak in BRIGHT:
        _add_bright(scene, pointing, (bright_x, bright_y, peak), sigma)
    return scene


def _box(scene: NDArray[np.float64], x: float, y: float, reach: float) -> tuple[slice, slice]:
    """The part of the scene within `reach` pixels of a position."""
    ny, nx = scene.shape
    low_x, high_x = np.clip([int(x - reach), int(x + reach) + 2], 0, nx)
    low_y, high_y = np.clip([int(y - reach), int(y + reach) + 2], 0, ny)
    return slice(low_y, high_y), slice(low_x, high_x)


def _offsets(
    rows: slice, columns: slice, x: float, y: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far above (a column) and to the right of (a row) a position each pixel's centre lies."""
    return np.arange(rows.start, rows.stop)[:, np.newaxis] - y, np.arange(columns.start, columns.stop) - x


def _add_star(scene: NDArray[np.float64], x: float, y: float, flux: float, sigma: float) -> None:
    """Add a circular Gaussian integrated over each pixel; `flux` is its sum over all pixels."""
    rows, columns = _box(scene, x, y, 8 * sigma)

    def share(pixels: slice, centre: float) -> NDArray[np.float64]:
        edges = (np.arange(pixels.start, pixels.stop + 1) - 0.5 - centre) / (sigma * np.sqrt(2))
        return np.asarray(np.diff(erf(edges)) / 2)

    scene[rows, columns] += flux * np.outer(share(rows, y), share(columns, x))


def _add_galaxy(scene: NDArray[np.float64], pointing: _Pointing, galaxy: _Galaxy) -> None:
    """Add a tilted Sérsic galaxy, its core softened to the width of a star."""
    zoom = POINTINGS[0].scale / pointing.scale
    radius = galaxy.radius * zoom
    x, y = (float(c[0]) for c in _onto(pointing, np.array([galaxy.x]), np.array([galaxy.y])))
    rows, columns = _box(scene, x, y, 9 * radius)
    dy, dx = _offsets(rows, columns, x, y)
    turn = np.deg2rad(galaxy.angle - pointing.rotation)
    along = dx * np.cos(turn) + dy * np.sin(turn)
    across = (dy * np.cos(turn) - dx * np.sin(turn)) / galaxy.ratio
    soft = 0.5 * FWHM_ARCSEC / pointing.scale
    r = np.sqrt(along**2 + across**2 + soft**2) / radius
    light = galaxy.peak * np.exp(-(2 * galaxy.index - 1 / 3) * (r ** (1 / galaxy.index) - 1))
    if galaxy.arms:
        phase = 2 * (np.arctan2(across, along) - 2.9 * np.log(r))
        light *= 1 + galaxy.arms * np.cos(phase) * np.clip(2 * r - 0.3, 0, 1)
    scene[rows, columns] += light


def _add_bright(
    scene: NDArray[np.float64], pointing: _Pointing, star: tuple[float, float, float], sigma: float
) -> None:
    """Add a star brighter than the detector takes, with six faint spikes."""
    x, y = (float(c[0]) for c in _onto(pointing, np.array([star[0]]), np.array([star[1]])))
    zoom = POINTINGS[0].scale / pointing.scale
    _add_star(scene, x, y, star[2] * 2 * np.pi * sigma**2, sigma)
    rows, columns = _box(scene, x, y, 150 * zoom)
    dy, dx = _offsets(rows, columns, x, y)
    for angle in np.deg2rad([30.0, 90.0, 150.0]):  # the telescope's, whichever way it looks
        along, across = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
        spike = np.exp(-np.abs(along) / (22 * zoom) - 0.5 * (across / (0.55 * sigma)) ** 2)
        scene[rows, columns] += star[2] * 0.006 * spike


def _damage(data: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.uint32]:
    """Spoil pixels as detectors do, in place; returns the quality bits. The isolated star is spared."""
    ny, nx = data.shape
    dq = np.zeros(data.shape, dtype=np.uint32)
    full = data > SATURATION
    data[full] = SATURATION
    dq[full] |= DO_NOT_USE | SATURATED
    y, x = rng.integers(0, ny, 260), rng.integers(0, nx, 260)
    far = np.hypot(x - ISOLATED[0], y - ISOLATED[1]) > 60
    y, x = y[far], x[far]
    data[y, x] += rng.uniform(1, 20, y.size).astype(np.float32)
    dq[y, x] |= DO_NOT_USE | HOT
    column = int(0.593 * nx)
    data[ny // 3 :, column] = 0
    dq[ny // 3 :, column] |= DO_NOT_USE | DEAD
    hole = np.hypot(np.arange(ny)[:, np.newaxis] - 0.31 * ny, np.arange(nx) - 0.19 * nx) < 3.2
    data[hole] = np.nan
    dq[hole] |= DO_NOT_USE
    return dq
