"""Aperture corrections that a header publishes (ZTF's APCOR1 to APCOR6), held against the frame's own stars.

A zero point for PSF photometry is not for apertures: what they lack is in the header, or is measured. The
header's are relative to the PSF's whole flux, the stars' to their largest aperture, so the steps between are
compared, in words. Nothing is applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.science.bulk.sums import measure_many
from imviz.science.calibration.cards import Cards
from imviz.science.calibration.header import autofill
from imviz.science.calibration.zero_points import ZTF_APERTURES
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.apertures import Box
from imviz.science.photometry.recipe import Recipe
from imviz.science.sources.detection import Finder, detect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.nddata import NDData
    from numpy.typing import NDArray

__all__ = ["Correction", "compared", "measured_corrections", "published_corrections"]

SIDE = 1536  # pixels of the frame's middle in which stars are sought
MOST, FEWEST = 60, 8  # stars
BRIGHT, APART = 100.0, 1.5  # signal to noise of a star, and its distance to others in largest apertures


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be added to magnitudes in an aperture to have those in the largest, by ``n`` stars."""

    diameter: float
    value: float
    err: float
    n: int


def published_corrections(meta: Any) -> dict[float, float]:
    """The header's corrections [mag] by the aperture's diameter [pix]; empty where it has none."""
    cards = Cards(meta)
    found = {size: cards.find(f"APCOR{n}") for n, size in enumerate(ZTF_APERTURES, 1)}
    return {size: float(value) for size, value in found.items() if isinstance(value, int | float)}


def measured_corrections(image: NDData, diameters: Sequence[float]) -> list[Correction]:
    """Corrections from each aperture to the largest, as the median of the frame's own isolated stars.

    Parameters
    ----------
    image : astropy.nddata.NDData
        Stars are sought in its middle; saturated and masked ones, by its header and mask, are left out.
    diameters : sequence of float
        Of the apertures [pix].

    Raises
    ------
    InputError
        The image has too few bright, isolated stars.
    """
    largest = max(diameters)
    saturation = autofill(image.meta, image.unit, image.wcs).saturation
    recipe = Recipe(background=Annulus(largest / 2 + 4, 8.0), saturation=saturation)
    places = _isolated(image, APART * largest)
    first = measure_many(image, _circles(places, 6.0), recipe)
    centres = np.column_stack([first.xcentroid, first.ycentroid])
    near = np.hypot(*(centres - places).T) < 1.5
    centres = centres[near]
    sums = [measure_many(image, _circles(centres, size), recipe) for size in (*diameters, largest)]
    total = sums[-1]
    with np.errstate(all="ignore"):
        good = (total.flags & 0b1111) == 0  # none off the edge, masked, not finite, saturated
        good &= (total.sum / total.sum_err > BRIGHT) & (total.sum > 0)
        steps = [2.5 * np.log10(one.sum / total.sum)[good] for one in sums[:-1]]
    n = int(good.sum())
    if n < FEWEST:
        raise InputError(f"The image has {n} bright, isolated stars in its middle; {FEWEST} are needed.")
    return [_median(size, step, n) for size, step in zip(diameters, steps, strict=True)]


def compared(image: NDData) -> list[str]:
    """The header's aperture corrections beside those of the frame's own stars, a sentence for each aperture.

    Raises
    ------
    InputError
        The header has none to compare, or the image too few stars.
    """
    published = published_corrections(image.meta)
    if len(published) < 2:
        raise InputError("The header publishes no aperture corrections (APCOR1 to APCOR6) to compare with.")
    largest = max(published)
    said = []
    for one in measured_corrections(image, sorted(published))[:-1]:
        step = published[one.diameter] - published[largest]
        off, err = step - one.value, max(one.err, 0.002)
        verdict = "they agree" if abs(off) < 3 * err + 0.01 else f"they differ by {off:+.3f} mag"
        said.append(
            f"From {one.diameter:g} to {largest:g} pixels across the header says {step:+.3f} mag, "
            f"{one.n} of this frame's stars {one.value:+.3f} ± {one.err:.3f}: {verdict}."
        )
    return [
        *said,
        f"At {largest:g} pixels the header adds another {published[largest]:+.3f} mag to the PSF's.",
    ]


def _isolated(image: NDData, distance: float) -> NDArray[np.float64]:
    """Centers (x, y) of the brightest sources that have no other of 1 % of their flux near them."""
    ny, nx = image.data.shape
    box = Box(max(0, (nx - SIDE) // 2), max(0, (ny - SIDE) // 2), min(nx, SIDE), min(ny, SIDE))
    found = detect(image, Finder(fwhm=2.5, threshold=8.0), within=box)
    places = np.column_stack([found["xcentroid"].value, found["ycentroid"].value])
    flux = np.asarray(getattr(found["flux"], "value", found["flux"]), dtype=float)
    kept = []
    for n, (place, own) in enumerate(zip(places, flux, strict=True)):
        apart = np.hypot(*(places - place).T)
        apart[n] = np.inf
        if not ((apart < distance) & (flux > 0.01 * own)).any():
            kept.append(place)
        if len(kept) == MOST:
            break
    return np.array(kept, dtype=float).reshape(-1, 2)


def _circles(places: NDArray[np.float64], diameter: float) -> list[CirclePixelRegion]:
    return [CirclePixelRegion(PixCoord(float(x), float(y)), diameter / 2) for x, y in places]


def _median(diameter: float, steps: NDArray[np.float64], n: int) -> Correction:
    """Median and its error, sqrt(pi / 2) of the mean's, by the median absolute deviation."""
    middle = float(np.median(steps))
    scatter = 1.4826 * float(np.median(np.abs(steps - middle)))
    return Correction(diameter, middle, scatter * float(np.sqrt(np.pi / 2 / n)), n)
