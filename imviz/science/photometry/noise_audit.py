"""Whether the noise of an image is what its header or its uncertainty say, by a few cut-outs of it.

The cost is that of nine small cut-outs, whatever the image's size. In each the scatter of the sky's pixels,
stars clipped, is held against the image's uncertainty there, or against the CCD equation with the gain and
the read noise that the header tells. The middle one of the nine is the verdict: stars and nebulae in some of
them do not count.

The same few pixels tell whether a sky that the header speaks of is still in them; the noise of one that is
not belongs to every error (`filled_in`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from imviz.errors import InputError
from imviz.science.calibration.cards import Cards
from imviz.science.calibration.header import autofill
from imviz.science.calibration.subtracted_sky import sky_level
from imviz.science.photometry.apertures import Box
from imviz.science.photometry.cutout import check_image, cut
from imviz.science.photometry.errors_model import SkyCheck, typical_variance
from imviz.science.photometry.recipe import Recipe
from imviz.science.photometry.samples import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from astropy.nddata import NDData

    from imviz.science.calibration.header import AutoFill
    from imviz.science.calibration.subtracted_sky import SkyLevel

__all__ = ["NoiseAudit", "audit", "filled_in"]

_PLACES = (0.2, 0.5, 0.8)  # of each side
_SIDE = 48  # pixels of a cut-out
_FEWEST = 100  # usable pixels of one that tells anything
_ROUGH = 1.1  # times; what flat fields, gradients and faint stars make of any image
_GONE = 0.3  # of a level that the header tells, below which it is no longer in the pixels


@dataclass(frozen=True, slots=True)
class NoiseAudit:
    """``ratio`` of the sky's scatter to what ``source`` says, NaN if it cannot be told; ``verdict`` in words.

    ``n_places`` are the cut-outs that could be used; ``agrees`` is `None` where nothing can be told.
    """

    ratio: float
    source: str
    n_places: int
    agrees: bool | None
    verdict: str


def audit(image: NDData) -> NoiseAudit:
    """Hold the noise of ``image`` against what its uncertainty or its header say of it."""
    try:
        places = list(_places(image))
    except InputError as error:
        return NoiseAudit(float("nan"), "", 0, None, f"Not checked: {error}")
    filled = filled_in(image)
    recipe = Recipe(gain=filled.gain, read_noise=filled.read_noise, dark=filled.dark)
    checks = [
        SkyCheck.of(one.std, one.values.size, one.median, variance, recipe, one.step)
        for one, variance in places
    ]
    checks = sorted((one for one in checks if np.isfinite(one.ratio)), key=lambda one: float(one.ratio))
    if not checks:
        lacking = (
            "There is no gain and no uncertainty to check" if places else "Too few usable pixels to check"
        )
        return NoiseAudit(float("nan"), "", len(places), None, f"{lacking}.")
    source = "uncertainty" if np.isfinite(places[0][1]) else "ccd"
    middle = checks[len(checks) // 2]
    agrees = not (middle.differs and abs(np.log(middle.ratio)) > np.log(_ROUGH))
    told = "the image's uncertainty says" if source == "uncertainty" else "gain and read noise say"
    words = f"The sky scatters {middle.ratio:.2f} times what {told}: they agree."
    if not agrees:
        words = middle.in_words(source)
    beside = filled.sources.get("dark", "") if source == "ccd" else ""
    return NoiseAudit(
        float(middle.ratio), source, len(checks), agrees, words + (f" ({beside})" if beside else "")
    )


def filled_in(image: NDData) -> AutoFill:
    """What the header of ``image`` tells a recipe, with the electrons of a sky that was subtracted.

    As `imviz.science.calibration.header.autofill`. Pixels are only looked at where the header tells a gain
    and a level of the sky.
    """
    filled = autofill(image.meta, image.unit, image.wcs)
    header = Cards(image.meta)
    told = sky_level(header)
    if told is None or not filled.gain:
        return filled
    if told.subtracted is False or not _explains(image, filled, told):
        return filled
    sentence = f"sky of {told.level:.4g} subtracted ({told.card}), whose photons left their noise"
    return replace(
        filled,
        dark=told.level * filled.gain,
        sources={**filled.sources, "dark": sentence},
        cards={**filled.cards, "dark": header.taken()},
    )


def _explains(image: NDData, filled: AutoFill, told: SkyLevel) -> bool:
    """Whether a sky of such a level is gone from the pixels, and its photons make the noise likelier.

    The second keeps levels in another unit out, as those of single exposures in a sum of many.
    """
    try:
        places = list(_places(image))
    except InputError:
        return False
    if not places:
        return False
    is_gone = told.subtracted or np.median([one.median for one, _ in places]) < _GONE * told.level
    off = []
    for dark in (0.0, told.level * float(filled.gain or 0.0)):
        recipe = Recipe(gain=filled.gain, read_noise=filled.read_noise, dark=dark)
        ratios = [
            SkyCheck.of(one.std, one.values.size, one.median, np.nan, recipe, one.step).ratio
            for one, _ in places
        ]
        off.append(float(np.abs(np.log(np.nanmedian(ratios)))) if np.isfinite(ratios).any() else np.inf)
    return bool(is_gone) and off[1] < off[0]


def _places(image: NDData) -> Iterator[tuple[Sample, float]]:
    """Clipped pixels of each cut-out, and their variance by the image's uncertainty (NaN without one)."""
    ny, nx = check_image(image)
    width, height = min(_SIDE, nx), min(_SIDE, ny)
    boxes = dict.fromkeys(  # of a small image several are the same
        Box(int(across * (nx - width)), int(up * (ny - height)), width, height)
        for up in _PLACES
        for across in _PLACES
    )
    for box in boxes:
        pieces = cut(image, box)
        sky = Sample.of(pieces.data[pieces.usable], 3.0) if pieces.usable.any() else None
        if sky is None or sky.values.size < _FEWEST or not sky.std > 0:
            continue
        variance = np.nan if pieces.variance is None else typical_variance(pieces.variance[pieces.usable])
        yield sky, variance
