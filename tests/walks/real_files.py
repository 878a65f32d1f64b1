"""The headers that people's files have, each with a value that somebody else published: ours against it.

A file with these cards is written, opened and measured as any other. The row says where the claim ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from astropy import units as u
from astropy.io import fits
from regions import CirclePixelRegion, PixCoord

from imviz.readers import load
from imviz.science.calibration.header import autofill
from imviz.science.photometry.measurement import Recipe, measure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from astropy.nddata import NDData

__all__ = ["REAL", "Real"]

UNIT_SUM = CirclePixelRegion(PixCoord(20, 15), np.sqrt(1 / np.pi))  # holds the sum of one pixel
TAN = {
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CRPIX1": 20.0,
    "CRPIX2": 15.0,
    "CRVAL1": 150.0,
    "CRVAL2": 2.0,
    "CDELT1": -0.5 / 3600,
    "CDELT2": 0.5 / 3600,
}


@dataclass(frozen=True)
class Real:
    """One kind of file: its ``cards``, whose value it is held against, ours, and where the claim holds."""

    name: str
    whose: str
    truth: float
    unit: str
    allowed: float
    cards: dict[str, object]
    ours: Callable[[NDData], float]
    holds: str
    kind: str = "f4"
    value: float = 1.0
    more: tuple[tuple[str, float], ...] = ()

    def measured(self, folder: Path) -> float:
        """Our value of a file with these cards."""
        header = fits.Header()
        for key, card in self.cards.items():
            header[f"HIERARCH {key}" if len(key) > 8 or "." in key else key] = card
        image = np.full((30, 40), self.value, dtype=self.kind)
        science = fits.ImageHDU(image, header, name="SCI")
        others = [fits.ImageHDU(np.full((30, 40), level, "f4"), name=name) for name, level in self.more]
        path = folder / "real.fits"
        fits.HDUList([fits.PrimaryHDU(), science, *others]).writeto(path, overwrite=True)
        return float(self.ours(load(path, ext="SCI")[0].image))


def row(image: NDData) -> dict[str, object]:
    recipe = Recipe(**autofill(image.meta, image.unit, image.wcs).beside(()))
    return dict(measure(image, UNIT_SUM, recipe).values)


def magnitude(image: NDData) -> float:
    return float(row(image)["mag_ab"].value)


def error(image: NDData) -> float:
    return float(getattr(row(image)["sum_err"], "value", row(image)["sum_err"]))


def total(image: NDData) -> float:
    return float(getattr(row(image)["sum"], "value", row(image)["sum"]))


def photflam(flam: float, pivot: float, seconds: float) -> float:
    """AB magnitude of one count in an exposure, by astropy's arithmetic of PHOTFLAM / EXPTIME."""
    flux = flam / seconds * u.erg / u.s / u.cm**2 / u.AA
    return float(flux.to_value(u.ABmag, u.spectral_density(pivot * u.AA)))


ACS = {"TELESCOP": "HST", "INSTRUME": "ACS", "PHOTFLAM": 7.86211e-20, "PHOTPLAM": 5921.88}
WFPC2 = {"TELESCOP": "HST", "INSTRUME": "WFPC2", "PHOTFLAM": 3.485e-18, "PHOTPLAM": 5439.0}

REAL = (
    Real(
        "R1 HST ACS/WFC F606W, electrons/s",
        "STScI's zero point table",
        26.49,
        "mag AB",
        0.01,
        {**ACS, "BUNIT": "ELECTRONS/S"},
        magnitude,
        "PHOTFLAM of the image's own date; apertures lack what the encircled energy tables say",
    ),
    Real(
        "R2 HST WFPC2 F555W, c0m without BUNIT, 100 s",
        "WFPC2 Instrument Handbook 8.7, DN × PHOTFLAM / EXPTIME",
        photflam(3.485e-18, 5439.0, 100.0),
        "mag AB",
        0.001,
        {**WFPC2, "EXPTIME": 100.0},
        magnitude,
        "calibrated single images; mosaics by MultiDrizzle before 3.3.7 have a doubt of their own",
    ),
    Real(
        "R3 JWST NIRCam, MJy/sr, 0.031″ pixels",
        "astropy: 1 MJy/sr × PIXAR_SR in AB",
        float((1e6 * 2.2587e-14 * u.Jy).to_value(u.ABmag)),
        "mag AB",
        0.001,
        {"TELESCOP": "JWST", "BUNIT": "MJy/sr", "PIXAR_SR": 2.2587e-14, "PIXAR_A2": 2.2587e-14 * 4.25452e10},
        magnitude,
        "calibrated images (cal, i2d); without aperture correction",
    ),
    Real(
        "R4 SDSS frame, nanomaggies",
        "SDSS: magnitude 22.5",
        22.5,
        "mag AB",
        1e-9,
        {"BUNIT": "nanomaggy"},
        magnitude,
        "u and z are off AB by some hundredths, as SDSS says",
    ),
    Real(
        "R5 2MASS J, MAGZP 20.9",
        "MAGZP (Vega) + 0.91, Blanton & Roweis 2007",
        21.81,
        "mag AB",
        1e-6,
        {"ORIGIN": "2MASS", "FILTER": "j", "MAGZP": 20.9},
        magnitude,
        "J, H, K of the survey's atlas images",
    ),
    Real(
        "R6 Pan-STARRS stack in asinh, 1000 s",
        "PS1 archive: 25 + 2.5 log₁₀(EXPTIME)",
        32.5,
        "mag AB",
        1e-5,
        {"TELESCOP": "PS1", "BSOFTEN": 500.0, "BOFFSET": 10.0, "EXPTIME": 1000.0},
        magnitude,
        "stacks with BSOFTEN; to some hundredths of a magnitude, as the archive says",
        value=float(2.5 * np.log10(np.e) * np.arcsinh((1.0 - 10.0) / 1000.0)),
        kind="f8",
    ),
    Real(
        "R7 UKIDSS K, MAGZPT 22.3, 10 s, airmass 1",
        "MAGZPT (Vega) + 2.5 log₁₀(10) + 1.900, Hewett et al. 2006",
        26.7,
        "mag AB",
        1e-6,
        {"INSTRUME": "WFCAM", "FILTER": "K", "MAGZPT": 22.3, "EXP_TIME": 10.0},
        magnitude,
        "images of counts; not VISTA's, whose offsets are others",
    ),
    Real(
        "R8 Rubin, nJy",
        "AB: 1 nJy is 31.4",
        31.4,
        "mag AB",
        1e-3,
        {"BUNIT": "nJy"},
        magnitude,
        "images in nJy, from Data Preview 1 on; older ones by FLUXMAG0",
    ),
    Real(
        "R9 ZTF science image, MAGZP 26.2",
        "Masci et al. 2019",
        26.2,
        "mag AB",
        1e-6,
        {"INSTRUME": "ZTF/MOSAIC", "MAGZP": 26.2, "APCOR4": -0.12},
        magnitude,
        "PSF photometry, star of color 0; apertures differ by APCOR1–6, which are told",
    ),
    Real(
        "R10 N.I.N.A., GAIN = 139 and EGAIN = 0.25",
        "N.I.N.A.'s documents: EGAIN is electrons per ADU",
        0.25,
        "e⁻/ADU",
        1e-9,
        {"SWCREATE": "N.I.N.A. 3.0", "GAIN": 139, "EGAIN": 0.25},
        lambda image: float(autofill(image.meta, image.unit, image.wcs).gain or np.nan),
        "single exposures; none for stacks that a program has rescaled",
        kind="u2",
    ),
    Real(
        "R11 IRAF's mean of 9 frames, GAIN 2, RDNOISE 6: σ of a pixel at 20 ADU",
        "nproto.findthresh: √(sky p + r²) / p, p = 9 × 2, r = 3 × 6",
        float(np.sqrt(20 * 18 + 18**2) / 18),
        "ADU",
        1e-6,
        {"GAIN": 2.0, "RDNOISE": 6.0, "NCOMBINE": 9, "BUNIT": "ADU"},
        lambda image: error(image) / _root_of_weights(),
        "frames averaged, not scaled or weighted; of their median two thirds are counted where that is told",
        value=20.0,
    ),
    Real(
        "R12 radio image, 1 Jy/beam, beam 3″ × 2″, pixels 0.5″",
        "π BMAJ BMIN / (4 ln 2)",
        float(0.25 / (np.pi * 6 / 4 / np.log(2))),
        "Jy",
        1e-5,
        {**TAN, "BUNIT": "Jy/beam", "BMAJ": 3 / 3600, "BMIN": 2 / 3600},
        total,
        "Gaussian clean beam; the residuals' beam is the dirty one",
    ),
    Real(
        "R13 MUSE, DATA and STAT: σ where STAT is 9",
        "MUSE pipeline: STAT is the variance",
        3.0,
        "10⁻²⁰ erg/s/cm²/Å",
        1e-6,
        {"BUNIT": "10**(-20)*erg/s/cm**2/Angstrom"},
        lambda image: error(image) / _root_of_weights(),
        "independent pixels; resampled cubes are correlated, see the empirical error",
        more=(("STAT", 9.0),),
    ),
)


def _root_of_weights() -> float:
    """What the error of one pixel is times, in the error of `UNIT_SUM`: its sum of squared weights' root."""
    from photutils.geometry import circular_overlap_grid

    half, r = 2.5, UNIT_SUM.radius
    return float(np.sqrt(np.sum(circular_overlap_grid(-half, half, -half, half, 5, 5, r, 1, 5) ** 2)))
