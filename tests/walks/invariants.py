"""What must hold of every number: measured through the public API, judged by someone else's truth.

Each function takes a `Door` (load, draw, measure, a row comes back) and yields, for each trial, how far
the row is from the truth. `CHECKS` names each, its truth and its tolerance; the tests run them, the planted
defects must trip them, and the documentation's page is made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sep
from astropy import units as u
from astropy.nddata import NDData, StdDevUncertainty
from astropy.wcs import WCS
from photutils.aperture import CircularAperture, aperture_photometry
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    EllipsePixelRegion,
    PixCoord,
    RectanglePixelRegion,
)
from scipy.special import erf

from imviz import Imviz

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from astropy.coordinates import SkyCoord

SHAPE = 90, 110  # rows, columns: unequal, so that x and y cannot be swapped unseen


class Door:
    """The front door: an image and a region go in as a user's would, a row comes out."""

    def __init__(self) -> None:
        self.imviz = Imviz()
        self.plugin = self.imviz.plugins["Aperture Photometry"]

    def row(self, data: Any, region: Any, *, factors: dict[str, Any] | None = None, **image: Any) -> Any:
        """The row of one measurement; `image` are NDData's keywords, `factors` the plugin's."""
        session = self.imviz.app.session
        given = data if isinstance(data, NDData) else NDData(data, **image)
        self.imviz.load_data(given, data_label="image", show_in_viewer=False)
        try:
            self.imviz.load_regions(region)
            options = {"background": "Manual", "background_value": 0.0, **(factors or {})}
            if options["background"] != "Manual":
                del options["background_value"]
            row, _ = self.plugin.calculate_photometry(
                "image", session.regions[-1], update_plots=False, add_to_table=False, **options
            )
        finally:
            for label in session.regions:
                session.remove_region(label)
            session.remove_image("image")
        return row[0]

    def sum(self, data: Any, region: Any, **options: Any) -> float:
        """The row's sum, as a bare number."""
        return float(getattr(total := self.row(data, region, **options)["sum"], "value", total))


@dataclass(frozen=True)
class Check:
    """One invariant: its name, what it is held against, how many trials, how far off it may be."""

    name: str
    truth: str
    n: int
    tolerance: float
    residuals: Callable[[Door, int], Iterator[float]]


CHECKS: list[Check] = []


def check(name: str, truth: str, n: int, tolerance: float) -> Callable[[Any], Any]:
    """Put a function that yields residuals on the list."""

    def enlist(function: Any) -> Any:
        CHECKS.append(Check(name, truth, n, tolerance, function))
        return function

    return enlist


# ---- images and regions


def circle(x: float, y: float, r: float) -> CirclePixelRegion:
    return CirclePixelRegion(PixCoord(x, y), r)


def ellipse(x: float, y: float, a: float, b: float, angle: float) -> EllipsePixelRegion:
    return EllipsePixelRegion(PixCoord(x, y), 2 * a, 2 * b, angle * u.deg)


def places(n: int, seed: int) -> Iterator[tuple[np.random.Generator, float, float]]:
    """A random generator and a place well inside the image, n times."""
    rng = np.random.default_rng(seed)
    for _ in range(n):
        yield rng, rng.uniform(35, SHAPE[1] - 36), rng.uniform(35, SHAPE[0] - 36)


def star(x: float, y: float, sigma: float, flux: float = 1e5, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    """A Gaussian integrated over each pixel; the sum over the plane is `flux`."""

    def along(n: int, at: float) -> np.ndarray:
        return np.diff(erf((np.arange(n + 1) - 0.5 - at) / np.sqrt(2) / sigma)) / 2

    return flux * np.outer(along(shape[0], y), along(shape[1], x))


def sampled(x: float, y: float, a: float, b: float, angle: float) -> np.ndarray:
    """An elliptical Gaussian of peak 1000, sampled at pixel centres."""
    yy, xx = np.mgrid[: SHAPE[0], : SHAPE[1]]
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    along, across = (xx - x) * c + (yy - y) * s, (yy - y) * c - (xx - x) * s
    return 1000 * np.exp(-(along**2) / 2 / a**2 - across**2 / 2 / b**2)


def sky(scale: float, angle: float, parity: int = -1, ra: float = 150.0, dec: float = 2.0) -> WCS:
    """TAN, `scale` arcsec a pixel, turned by `angle` degrees; parity -1 is east left."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval = ("RA---TAN", "DEC--TAN"), (ra, dec)
    wcs.wcs.crpix = SHAPE[1] / 2 + 0.3, SHAPE[0] / 2 - 0.6
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    wcs.wcs.cd = np.array([[parity * c, -parity * s], [s, c]]) * scale / 3600
    return wcs


def apart(value: float, truth: float) -> float:
    return abs(value - truth) / abs(truth)


# ---- geometry and sums


@check("P1 area of a circle on ones", "πr²", 60, 1e-12)
def circle_area(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 1):
        r = rng.uniform(0.4, 34)
        yield apart(door.sum(np.ones(SHAPE), circle(x, y, r)), np.pi * r**2)


@check("P1 area of an ellipse on ones", "πab", 60, 1e-12)
def ellipse_area(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 2):
        a, b = rng.uniform(2, 34, 2)
        yield apart(door.sum(np.ones(SHAPE), ellipse(x, y, a, b, rng.uniform(-90, 90))), np.pi * a * b)


@check("P1 area of a rectangle on ones", "width × height", 60, 1e-12)
def rectangle_area(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 3):
        w, h = rng.uniform(1, 44, 2)
        region = RectanglePixelRegion(PixCoord(x, y), w, h, rng.uniform(-90, 90) * u.deg)
        yield apart(door.sum(np.ones(SHAPE), region), w * h)


@check("P2 linearity", "aS(A) + bS(B)", 40, 1e-12)
def linearity(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 4):
        first, second = rng.normal(100, 5, (2, *SHAPE))
        a, b = rng.uniform(0.1, 3, 2)
        region = circle(x, y, rng.uniform(2, 30))
        expected = a * door.sum(first, region) + b * door.sum(second, region)
        yield apart(door.sum(a * first + b * second, region), expected)


@check("P3 disk + annulus = larger disk", "addition", 40, 1e-12)
def additivity(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 5):
        data, (r1, r2) = rng.normal(100, 5, SHAPE), np.sort(rng.uniform(1, 34, 2))
        ring = CircleAnnulusPixelRegion(PixCoord(x, y), r1, r2 + 0.5)
        parts = door.sum(data, circle(x, y, r1)) + door.sum(data, ring)
        yield apart(parts, door.sum(data, circle(x, y, r2 + 0.5)))


@check("P4 shift by whole pixels", "np.roll", 40, 1e-12)
def translation(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 6):
        data, dx, dy = rng.normal(100, 5, SHAPE), int(rng.integers(-9, 10)), int(rng.integers(-9, 10))
        r = rng.uniform(2, 24)
        moved = door.sum(np.roll(data, (dy, dx), (0, 1)), circle(x + dx, y + dy, r))
        yield apart(moved, door.sum(data, circle(x, y, r)))


@check("P5 transpose, flip, 90° turn", "the same pixels", 20, 1e-12)
def symmetry(door: Door, n: int) -> Iterator[float]:
    _ny, nx = SHAPE
    for rng, x, y in places(n, 7):
        data, angle = rng.normal(100, 5, SHAPE), rng.uniform(-80, 80)
        true = door.sum(data, ellipse(x, y, 20, 9, angle))
        yield apart(door.sum(data.T, ellipse(y, x, 20, 9, 90 - angle)), true)
        yield apart(door.sum(data[:, ::-1], ellipse(nx - 1 - x, y, 20, 9, -angle)), true)
        yield apart(door.sum(np.rot90(data), ellipse(y, nx - 1 - x, 20, 9, angle - 90)), true)


@check("P6 flux of a star moved by parts of a pixel", "all of it (8σ)", 30, 1e-10)
def subpixel_shift(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 8):
        sigma = rng.uniform(1, 4)
        yield apart(door.sum(star(x, y, sigma), circle(x, y, 8.2 * sigma)), 1e5)


@check("P6 the same over a level sky, less an annulus", "all of it (8σ)", 20, 1e-10)
def level_sky(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 31):
        sigma = rng.uniform(1, 3)
        data = star(x, y, sigma) + rng.uniform(-500, 500)
        ring = {"background": "Annulus", "annulus_inner_radius": 8.5 * sigma, "annulus_width": 6.0}
        yield apart(door.sum(data, circle(x, y, 8.2 * sigma), factors=ring), 1e5)


@check("P7 flux of a star within r, times σ⁴", "1 − exp(−r²/2s²), s² = σ² + 1/6 (two pixels' blur)", 30, 0.12)
def enclosed_flux(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 9):
        sigma = rng.uniform(1, 4)
        r = sigma * rng.uniform(1, 3)
        # the star is integrated over each pixel, and the aperture takes a pixel as flat: 1/12 pix² each
        part = 1 - np.exp(-(r**2) / 2 / (sigma**2 + 1 / 6))
        yield apart(door.sum(star(x, y, sigma), circle(x, y, r)), 1e5 * part) * sigma**4


@check("P8 circle and ellipse, integer pixels", "sep (exact overlap)", 30, 1e-12)
def sep_integers(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 10):
        data = rng.integers(0, 4000, SHAPE).astype(float)
        r, a, b = rng.uniform(1, 30), *np.sort(rng.uniform(2, 30, 2))[::-1]
        yield apart(door.sum(data, circle(x, y, r)), sep.sum_circle(data, [x], [y], r, subpix=0)[0][0])
        angle = rng.uniform(-1.5, 1.5)
        theirs = sep.sum_ellipse(data, [x], [y], [a], [b], [angle], subpix=0)[0][0]
        yield apart(door.sum(data, ellipse(x, y, a, b, np.degrees(angle))), theirs)


@check("P8 circle, real pixels", "sep (single precision inside)", 30, 1e-7)
def sep_reals(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 11):
        data, r = rng.normal(1000, 30, SHAPE), rng.uniform(1, 30)
        yield apart(door.sum(data, circle(x, y, r)), sep.sum_circle(data, [x], [y], r, subpix=0)[0][0])


@check("P10 aperture over the edge", "the image padded with zeros", 30, 1e-12)
def edge(door: Door, n: int) -> Iterator[float]:
    for rng, _, y in places(n, 12):
        data, x, r = rng.normal(100, 5, SHAPE), rng.uniform(-3, 8), rng.uniform(6, 20)
        padded = np.pad(data, 30)
        row = door.row(data, circle(x, y, r))
        yield apart(float(row["sum"]), door.sum(padded, circle(x + 30, y + 30, r)))
        yield 0.0 if row["flags"] else np.inf


@check("P11 cut-out", "photutils on the whole image", 30, 1e-12)
def whole_image(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 13):
        data, r = rng.normal(100, 5, SHAPE), rng.uniform(1, 30)
        theirs = aperture_photometry(data, CircularAperture((x, y), r))["aperture_sum"][0]
        yield apart(door.sum(data, circle(x, y, r)), theirs)


@check("P12 byte orders and types of pixels", "the same values as native float64", 12, 0.0)
def pixel_types(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 14):
        counts, region = rng.integers(0, 30000, SHAPE), circle(x, y, 12.3)
        true = door.sum(counts.astype("f8"), region)
        for kind in (">f8", "<f4", ">f4", ">i2", "<i4", ">u2"):
            yield apart(door.sum(counts.astype(kind), region), true)


@check("P13 sign", "S(−A) = −S(A)", 20, 0.0)
def sign(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 15):
        data, region = rng.normal(0, 5, SHAPE), circle(x, y, rng.uniform(2, 30))
        yield abs(door.sum(-data, region) + door.sum(data, region))


@check("P17 AB magnitude of any zero flux, mag", "−2.5 log₁₀(sum / zero)", 30, 1e-12)
def magnitudes(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 16):
        zero = 10.0 ** rng.uniform(-30, 30)
        row = door.row(star(x, y, 2), circle(x, y, 20), unit="Jy", factors={"flux_scaling": zero})
        true = -2.5 * np.log10(row["sum"].value / zero)
        yield abs(row["aperture_sum_mag"].value - true)


@check("P17 per steradian times the pixel's area", "MJy/sr × arcsec² in Jy", 20, 1e-12)
def steradians(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 17):
        area = rng.uniform(1e-9, 1)
        data, region = rng.normal(100, 5, SHAPE), circle(x, y, 10)
        row = door.row(data, region, unit="MJy/sr", factors={"pixel_area": area})
        true = (door.sum(data, region) * u.MJy / u.sr * area * u.arcsec**2).to_value(u.Jy)
        yield apart(row["sum"].to_value(u.Jy), true)


# ---- errors and background


@check("P16 pull of a sum, its scatter", "1, Monte Carlo; 4/√2n", 600, 4 / np.sqrt(1200))
def pull_scatter(door: Door, n: int) -> Iterator[float]:
    yield abs(np.std(_pulls(door, n, "Manual")) - 1)


@check("P16 pull of a sum less an annulus, its scatter", "1, Monte Carlo; 4/√2n", 600, 4 / np.sqrt(1200))
def pull_with_background(door: Door, n: int) -> Iterator[float]:
    yield abs(np.std(_pulls(door, n, "Annulus")) - 1)


@check("P16 pull of a sum, its mean", "0, Monte Carlo; 4/√n", 600, 4 / np.sqrt(600))
def pull_mean(door: Door, n: int) -> Iterator[float]:
    yield abs(np.mean(_pulls(door, n, "Annulus")))


def _pulls(door: Door, n: int, background: str) -> list[float]:
    rng, shape = np.random.default_rng(18), (41, 43)
    clean, noise = star(21.3, 20.4, 1.5, 2000, shape), np.random.default_rng(2).uniform(2, 6, (41, 43))
    level = 50.0 if background == "Annulus" else 0.0
    options = {"background": background, "annulus_inner_radius": 9.0, "annulus_width": 8.0}
    true = float(aperture_photometry(clean, CircularAperture((21.3, 20.4), 5))["aperture_sum"][0])
    if background == "Annulus":  # the star's own wing in the annulus is none of the error's business
        noise = np.full(shape, 4.0)
        clean = star(21.3, 20.4, 0.9, 2000, shape)
        true = 2000.0
    pulls = []
    for _ in range(n):
        data = NDData(level + clean + rng.normal(0, noise), uncertainty=StdDevUncertainty(noise))
        row = door.row(data, circle(21.3, 20.4, 5), factors=options)
        pulls.append((float(row["sum"]) - true) / float(row["sum_err"]))
    return pulls


@check("P15 median of an annulus on Gaussian sky, mean bias in its errors", "0; 4 of them", 300, 4.0)
def background_bias(door: Door, n: int) -> Iterator[float]:
    rng, found = np.random.default_rng(19), []
    options = {"background": "Annulus", "annulus_inner_radius": 8.0, "annulus_width": 8.0}
    for _ in range(n):
        row = door.row(rng.normal(100, 5, (41, 43)), circle(21, 20, 5), factors=options)
        found.append(float(row["background"]) - 100)
    yield abs(np.mean(found)) / (np.std(found) / np.sqrt(n))


# ---- what is not there


@check("P23 NaN outside the aperture", "the row without them", 20, 0.0)
def nan_outside(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 20):
        data, region = rng.normal(100, 5, SHAPE), circle(x, y, 10)
        holed = data.copy()
        yy, xx = np.mgrid[: SHAPE[0], : SHAPE[1]]
        holed[np.hypot(xx - x, yy - y) > 12] = np.nan
        yield abs(door.sum(holed, region) - door.sum(data, region))


@check("P23 NaN or a masked pixel inside", "sum and area without those pixels; a flag", 20, 1e-12)
def missing_inside(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 21):
        data, region = rng.normal(100, 5, SHAPE), circle(x, y, 10)
        mask = np.zeros(SHAPE, dtype=bool)
        mask[int(y) : int(y) + 2, int(x)] = True  # wholly inside
        true, lost = door.sum(data, region), data[mask].sum()
        for row in (
            door.row(np.where(mask, np.nan, data), region),
            door.row(NDData(data, mask=mask), region),
        ):
            yield apart(float(row["sum"]), true - lost)
            yield apart(row["sum_aper_area"].value, np.pi * 100 - 2)
            yield 0.0 if row["flags"] and row["n_masked"] == 2 else np.inf


# ---- centroids and shapes


@check("P18 centroid by moments, pix", "where the star was put (7σ)", 20, 1e-6)
def centroid(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 22):
        sigma = rng.uniform(1, 3)
        row = door.row(star(x, y, sigma), circle(x + 0.2, y - 0.3, 9 * sigma))
        yield np.hypot(row["xcentroid"].value - x, row["ycentroid"].value - y)


@check("P19 FWHM by moments within k = 5σ", "2.3548 σ √(1 − (k²/2)/(e^{k²/2} − 1))", 15, 2e-3)
def fwhm(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 23):
        sigma = rng.uniform(3, 6)
        row = door.row(sampled(x, y, sigma, sigma, 0), circle(x, y, 5 * sigma))
        half = 25 / 2
        yield apart(
            row["fwhm"].value, 2 * np.sqrt(2 * np.log(2)) * sigma * np.sqrt(1 - half / np.expm1(half))
        )


@check("P20 orientation, degrees", "the angle drawn", 20, 1e-4)
def orientation(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 24):
        angle = rng.uniform(-89, 89)
        found = door.row(sampled(x, y, 4, 2, angle), circle(x, y, 30))["orientation"].value
        yield abs((found - angle + 90) % 180 - 90)


# ---- the sky


@check("P21 sky of the centroid, arcsec", "astropy.wcs", 20, 1e-6)
def sky_centroid(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 25):
        wcs = sky(0.2, rng.uniform(0, 360), rng.choice([-1, 1]), ra=rng.choice([0.0, 150.0]), dec=-70)
        found = door.row(star(x, y, 2), circle(x, y, 18), wcs=wcs)
        true = wcs.pixel_to_world(found["xcentroid"].value, found["ycentroid"].value)
        yield found["sky_centroid"].separation(true).arcsec


@check("P22 radius on the sky in pixels", "radius / √|det CD|", 20, 1e-6)
def sky_radius(door: Door, n: int) -> Iterator[float]:
    from regions import CircleSkyRegion

    for rng, x, y in places(n, 26):
        scale = rng.uniform(0.05, 0.5)
        wcs = sky(scale, rng.uniform(0, 360), rng.choice([-1, 1]))
        region = CircleSkyRegion(wcs.pixel_to_world(x, y), 12.5 * scale * u.arcsec)
        area = door.row(np.ones(SHAPE), region, wcs=wcs)["sum_aper_area"].value
        yield apart(np.sqrt(area / np.pi), 12.5)


@check("P20w tilted sky ellipse on either parity, degrees", "position angle by spherical offsets", 16, 1e-2)
def sky_ellipse(door: Door, n: int) -> Iterator[float]:
    from regions import EllipseSkyRegion

    for rng, x, y in places(n, 27):
        turn, parity, angle = rng.uniform(0, 360), rng.choice([-1, 1]), rng.uniform(0, 180)
        wcs = sky(0.2, turn, parity)
        center: SkyCoord = wcs.pixel_to_world(x, y)
        # regions' angle runs from west through north: the major axis points to position angle angle - 90
        tip = center.directional_offset_by((angle - 90) * u.deg, 3 * u.arcsec)
        tx, ty = wcs.world_to_pixel(tip)
        true = np.degrees(np.arctan2(ty - y, tx - x))
        region = EllipseSkyRegion(center, 6 * u.arcsec, 2 * u.arcsec, angle * u.deg)
        door.imviz.load_data(NDData(np.ones(SHAPE), wcs=wcs), data_label="image", show_in_viewer=False)
        door.imviz.load_regions(region)
        session = door.imviz.app.session
        found = session.region(session.regions[-1], on="image").angle.to_value(u.deg)
        session.remove_region(session.regions[-1])
        session.remove_image("image")
        yield abs((found - true + 90) % 180 - 90)
