"""What must hold of errors, profiles, fits and whole fields: more checks for the page of `invariants`.

The truth is a table someone else wrote (photutils' hundred Gaussians), a formula, or a simulation of what a
detector and a pipeline do. Those with thousands of exposures call the panel's own functions directly.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import photutils.datasets
from astropy import units as u
from astropy.modeling.models import Gaussian2D, Moffat2D
from astropy.nddata import NDData, StdDevUncertainty
from astropy.table import QTable
from walks.invariants import SHAPE, apart, check, circle, ellipse, places, sampled, star

from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.empirical import empirical_error
from imviz.science.photometry.measurement import Recipe, measure, measure_many
from imviz.science.photometry.radii import aperture_correction, best_radius, corrected_fwhm
from imviz.science.sky.distortion import sky_outline
from imviz.science.sources.centroids import METHODS, recentred
from imviz.science.sources.profiles import curve_of_growth, radial_profile_raw
from imviz.science.sources.widths import half_maximum_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from walks.invariants import Door

TABLE = Path(photutils.datasets.__file__).parent / "data" / "100gaussians_params.ecsv"
FIELD = photutils.datasets.make_100gaussians_image(noise=False)
TO_FWHM = 2 * np.sqrt(2 * np.log(2))

# ---- the hundred Gaussians


def _alone(n: int) -> Iterator[tuple[np.ndarray, dict[str, float]]]:
    """The field with one of its sources only, for those that lie wholly on it, and what its table says."""
    rows = [
        {name: float(getattr(row[name], "value", row[name])) for name in row.colnames}
        for row in QTable.read(TABLE)
    ]
    y, x = np.mgrid[: FIELD.shape[0], : FIELD.shape[1]]
    models = [
        Gaussian2D(r["amplitude"], r["x_mean"], r["y_mean"], r["x_stddev"], r["y_stddev"], r["theta"])(x, y)
        for r in rows
    ]
    everything, reach = sum(models), 6.0
    for model, row in list(zip(models, rows, strict=True))[:n]:
        far = reach * max(row["x_stddev"], row["y_stddev"])
        if far < row["x_mean"] < x.max() - far and far < row["y_mean"] < y.max() - far:
            yield FIELD - (everything - model), row


@check(
    "T1 flux of photutils' hundred Gaussians, neighbours taken away", "their table (5σ ellipse)", 100, 1e-4
)
def hundred_fluxes(door: Door, n: int) -> Iterator[float]:
    for data, row in _alone(n):
        region = ellipse(
            row["x_mean"], row["y_mean"], 5 * row["x_stddev"], 5 * row["y_stddev"], np.degrees(row["theta"])
        )
        factors = {"background": "Manual", "background_value": 5.0}
        yield apart(door.sum(data, region, factors=factors), row["flux"])


@check("T1 their widths and places, pix", "their table (6σ circle)", 30, 1e-3)
def hundred_shapes(door: Door, n: int) -> Iterator[float]:
    for data, row in _alone(n):
        r = 6 * max(row["x_stddev"], row["y_stddev"])
        factors = {"background": "Manual", "background_value": 5.0}
        found = door.row(data, circle(row["x_mean"], row["y_mean"], r), factors=factors)
        yield abs(found["xcentroid"].value - row["x_mean"])
        yield abs(found["ycentroid"].value - row["y_mean"])
        sigmas = sorted([row["x_stddev"], row["y_stddev"]])
        yield abs(found["semiminor_sigma"].value - sigmas[0])
        yield abs(found["semimajor_sigma"].value - sigmas[1])


# ---- errors


@check("T2 error by w² of unit noise, r = 1.5, 2, 3, 5", "scatter of sums, Monte Carlo", 60_000, 0.01)
def white_error(_: Door, n: int) -> Iterator[float]:
    rng = np.random.default_rng(40)
    for r in (1.5, 2.0, 3.0, 5.0):
        image = NDData(np.ones((15, 16)), uncertainty=StdDevUncertainty(np.ones((15, 16))))
        m = measure(image, circle(7.3, 6.8, r))
        sums = rng.normal(0, 1, (n, int((m.patch.weights > 0).sum()))) @ m.patch.weights[m.patch.weights > 0]
        yield apart(float(m.values["sum_err"]), float(np.std(sums)))


@check(
    "T3 error by the CCD equation", "scatter of exposures: photons, dark, amplifier, converter", 40_000, 0.01
)
def ccd_error(_: Door, n: int) -> Iterator[float]:
    rng, gain, noise, dark = np.random.default_rng(41), 1.7, 3.0, 20.0
    for electrons, step in ((400.0, 1.0), (30.0, 6.0)):
        collected = rng.poisson(electrons + dark, (n, 11, 11)) + rng.normal(0, noise, (n, 11, 11))
        data = np.round(collected / gain / step) * step - dark / gain
        recipe = Recipe(gain=gain, read_noise=noise, dark=dark, digitization=step)
        m = measure(NDData(data.mean(axis=0)), circle(5.2, 4.9, 4.0), recipe)
        (x, y), (ny, nx) = m.patch.origin, m.patch.weights.shape
        sums = np.tensordot(data[:, y : y + ny, x : x + nx], m.patch.weights, axes=2)
        yield apart(float(m.values["sum_err"]), float(np.std(sums)))


def _drizzle(exposures: np.ndarray, dithers: np.ndarray, scale: int) -> np.ndarray:
    """Exposures laid on a finer grid by the area each pixel shares with each of its, and averaged."""
    side = exposures.shape[1]
    total = np.zeros((side * scale, side * scale))
    for exposure, (dx, dy) in zip(exposures, dithers, strict=True):
        across, up = (_overlap(side, scale, shift) for shift in (dx, dy))
        total += up @ exposure @ across.T
    return total / len(exposures)


def _overlap(side: int, scale: int, shift: float) -> np.ndarray:
    """(fine, coarse): what part of a fine pixel lies in a coarse one moved by part of it; wrapped around."""
    fine = (np.arange(side * scale)[:, None] / scale - np.arange(side) - shift + side / 2) % side - side / 2
    return np.clip(np.minimum(fine + 1 / scale, 1) - np.maximum(fine, 0), 0, None) * scale


@check("T4 pulls of stars in drizzled noise, empirical error", "1, simulated dithers; 0.05", 40, 0.05)
def drizzled_pulls(_: Door, n: int) -> Iterator[float]:
    yield abs(np.std(_correlated_pulls(n, 42, 100.0)) - 1)


@check("T4 the same less an annulus each", "1, simulated dithers; 0.05", 40, 0.05)
def drizzled_pulls_with_annulus(_: Door, n: int) -> Iterator[float]:
    yield abs(np.std(_correlated_pulls(n, 43, Annulus(8.0, 4.0))) - 1)


def _correlated_pulls(n: int, seed: int, background: float | Annulus) -> np.ndarray:
    rng, side = np.random.default_rng(seed), 150
    # at all parts of a coarse pixel, on which the noise of a drizzled one depends
    grid = [np.array([x, y]) + rng.uniform(-2, 2, 2) for x in range(55, 270, 40) for y in range(50, 260, 40)]
    regions = [circle(x, y, 4.0) for x, y in grid]
    stars = sum(star(x, y, 1.5, 3e3, (2 * side, 2 * side)) for x, y in grid)
    recipe, level = Recipe(background=background), 100.0
    truth = measure_many(NDData(level + stars), regions, recipe).sum
    pulls = []
    for _ in range(n):
        noise = _drizzle(rng.normal(level, 60, (3, side, side)), rng.uniform(0, 1, (3, 2)), 2)
        image = NDData(noise + stars)
        error = empirical_error(image, regions[17], recipe).err
        pulls.append((measure_many(image, regions, recipe).sum - truth) / error)
    return np.array(pulls)


# ---- profiles and growth


@check("T5 FWHM at half maximum, without a model", "2.3548 σ of a Gaussian; a Moffat's own", 20, 5e-3)
def direct_width(_: Door, n: int) -> Iterator[float]:
    yy, xx = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for rng, x, y in places(n, 44):
        sigma, alpha = rng.uniform(2.5, 5), rng.uniform(1.5, 4)
        found = half_maximum_width(
            radial_profile_raw(measure(NDData(sampled(x, y, sigma, sigma, 0)), circle(x, y, 4 * sigma)))
        )
        yield apart(found, TO_FWHM * sigma)
        moffat = Moffat2D(1000, x, y, 2 * sigma, alpha)
        profile = radial_profile_raw(measure(NDData(moffat(xx, yy)), circle(x, y, 5 * sigma)))
        yield apart(half_maximum_width(profile), moffat.fwhm)


@check("T5 FWHM by moments within k = 3 … 5σ, truncation undone", "2.3548 σ", 15, 1e-3)
def corrected_width(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 45):
        sigma = rng.uniform(4, 6)
        r = rng.uniform(3, 5) * sigma
        row = door.row(sampled(x, y, sigma, sigma, 0), circle(x, y, r))
        yield apart(corrected_fwhm(row["fwhm"].value, r)[0], TO_FWHM * sigma)


@check("T6 radii that hold 50 and 80 % of a star", "σ √(2 ln 2), σ √(2 ln 5)", 15, 0.02)
def enclosed_radii(_: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 46):
        sigma = rng.uniform(3, 5)
        image, region = NDData(star(x, y, sigma)), circle(x, y, 6 * sigma)
        marks = dict(curve_of_growth(image, region, measure(image, region)).marks)
        yield apart(marks["EE50"], sigma * np.sqrt(2 * np.log(2)))
        yield apart(marks["EE80"], sigma * np.sqrt(2 * np.log(5)))


@check("T6 radius of best signal to noise, background-limited", "1.585 σ", 10, 0.1)
def best(_: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 47):
        sigma = rng.uniform(3, 5)
        image = NDData(star(x, y, sigma), uncertainty=StdDevUncertainty(np.full(SHAPE, 50.0)))
        region = circle(x, y, 4 * sigma)
        yield apart(best_radius(curve_of_growth(image, region, measure(image, region))), 1.5852 * sigma)


@check("T6 aperture correction, mag", "2.5 log₁₀(1 − exp(−r²/2σ²)), negative", 10, 0.01)
def correction(_: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 48):
        sigma = rng.uniform(3, 4)
        image, region = NDData(star(x, y, sigma)), circle(x, y, 7 * sigma)
        r = 2.1 * sigma
        found = aperture_correction(curve_of_growth(image, region, measure(image, region)), r)
        yield abs(found - 2.5 * np.log10(1 - np.exp(-(r**2) / 2 / sigma**2)))


@check(
    "T7 centroid by moments, Gaussian, windowed, from 1.5 pix away, pix", "where the star was put", 10, 5e-3
)
def centroids(_: Door, n: int) -> Iterator[float]:
    yield from _astray(n, [method for method in METHODS if method != "quadratic"])


@check("T7 centroid by the peak's parabola, from 1.5 pix away, pix", "where the star was put", 10, 0.05)
def quadratic(_: Door, n: int) -> Iterator[float]:
    yield from _astray(n, ["quadratic"])


def _astray(n: int, methods: list[str]) -> Iterator[float]:
    for rng, x, y in places(n, 49):
        image = NDData(star(x, y, rng.uniform(2, 3)))
        for method in methods:
            _, found = recentred(image, circle(x + 1, y - 1.1, 14), Recipe(), method, max_shift=5.0)
            yield float(np.hypot(found.x - x, found.y - y))


# ---- the sky


@check("T8 constant sky in circles on a distorted field, bent, pixels by area", "brightness × πr²", 20, 2e-5)
def distorted(_: Door, n: int) -> Iterator[float]:
    from regions import CircleSkyRegion
    from science.sky.test_distortion import BENT, BRIGHTNESS, COUNTED, FLATTENED, R

    rng = np.random.default_rng(50)
    for _ in range(n):
        center = BENT.pixel_to_world(rng.uniform(60, 260), rng.uniform(60, 240))
        region = sky_outline(CircleSkyRegion(center, R * u.arcsec), BENT)
        truth = BRIGHTNESS * np.pi * R**2
        yield apart(measure(COUNTED, region).values["sum"], truth)
        yield apart(measure(FLATTENED, region, Recipe(pixel_area_map=True)).values["sum"], truth)


# ---- one number by every door


@check("T9 the number under the hand", "the row of Calculate there", 15, 0.0)
def live(door: Door, n: int) -> Iterator[float]:
    for rng, x, y in places(n, 51):
        image = NDData(rng.normal(100, 5, SHAPE), uncertainty=StdDevUncertainty(np.full(SHAPE, 5.0)))
        region, recipe = circle(x, y, rng.uniform(2, 20)), Recipe(background=Annulus(21.0, 5.0))
        quick, row = (measure(image, region, recipe, quick=moving).values for moving in (True, False))
        names = ("sum", "sum_err", "snr", "background", "fwhm", "xcentroid")
        yield float(sum(repr(quick[name]) != repr(row[name]) for name in names))


@check("T9 the command line", "the window's row", 3, 0.0)
def command_line(door: Door, n: int) -> Iterator[float]:
    import tempfile

    from astropy.io import fits

    from imviz.cli import main

    with tempfile.TemporaryDirectory() as folder:
        for rng, x, y in places(n, 52):
            data, r = rng.normal(100, 5, SHAPE), rng.uniform(3, 20)
            file, regions, out = (str(Path(folder) / name) for name in ("a.fits", "a.reg", "a.ecsv"))
            fits.writeto(file, data, overwrite=True)
            Path(regions).write_text(f"image\ncircle({x + 1!r},{y + 1!r},{r!r})\n", encoding="ascii")
            words = [file, "--regions", regions, "--background", "annulus", "--overwrite", "--quiet"]
            assert main(["phot", *words, "-o", out]) == 0
            theirs = QTable.read(out)[0]
            ours = door.row(data, circle(x, y, r), factors={"background": "Annulus"})
            yield float(
                sum(theirs[name] != ours[name] for name in ("sum", "sum_err", "median", "pixel_hash"))
            )
