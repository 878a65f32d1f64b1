"""Finding sources on an image: stars by a matched filter, anything by segmentation with deblending.

The image is searched in blocks that overlap, so that memory follows the block and a search can be
watched and ended; a source belongs to the block in whose core its centroid lies. The finders are
photutils'. Nothing is measured here for publication: the sources found are positions to put apertures on.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
import photutils
from astropy.convolution import Gaussian2DKernel, convolve_fft
from astropy.stats import SigmaClip, gaussian_fwhm_to_sigma
from astropy.table import QTable
from astropy.utils.exceptions import AstropyUserWarning
from packaging.version import Version
from photutils.background import Background2D
from photutils.detection import DAOStarFinder
from photutils.segmentation import SourceCatalog, deblend_sources, detect_sources
from photutils.utils.exceptions import NoDetectionsWarning

from imviz.errors import InputError
from imviz.science.photometry.apertures import Box
from imviz.science.photometry.cutout import check_image, cut
from imviz.science.sky.geometry import has_celestial

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from astropy.nddata import NDData
    from numpy.typing import NDArray

    from imviz.science.photometry.cutout import Cutout

__all__ = ["METHODS", "Finder", "detect", "detecting"]

METHODS = ("stars", "segments")
BLOCK = 1024  # pixels along a side of a block's core
MESH = 64  # pixels along a side of a cell in which the background is estimated
MOST = 1_000_000  # sources; a threshold that finds more finds noise
# photutils 3.0 draws a progress bar unless told not to; 3.1 warns of being told
_QUIETLY: dict[str, Any] = {"progress_bar": False} if Version(photutils.__version__) < Version("3.1") else {}
_CLIP = SigmaClip(sigma=3.0, maxiters=5)
_COLUMNS = ("x", "y", "peak", "flux", "fwhm", "elongation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """What counts as a source.

    Parameters
    ----------
    method : {'stars', 'segments'}
        ``stars``: peaks of the image convolved with a star's profile (DAOFIND); finds point sources,
        also close ones. ``segments``: connected pixels above the threshold, overlapping sources
        separated; finds extended ones too.
    fwhm : float
        Full width at half maximum of a star, pixels.
    threshold : float
        In standard deviations of the local background, for the filtered image.
    n_pixels : int
        Connected pixels that make a segment.

    Raises
    ------
    InputError
        A number that cannot be used, or an unknown method.
    """

    method: str = "stars"
    fwhm: float = 3.0
    threshold: float = 5.0
    n_pixels: int = 5

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise InputError(f"Sources cannot be found by {self.method!r}; use one of: {', '.join(METHODS)}.")
        for name in ("fwhm", "threshold", "n_pixels"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                raise InputError(f"The {name.replace('_', ' ')} of a search must be positive, not {value!r}.")
        if self.fwhm > BLOCK / 8:
            raise InputError(
                f"A star {self.fwhm:g} pixels wide is not one to search for; use up to {BLOCK // 8}."
            )


def detect(image: NDData, finder: Finder | None = None, within: Box | None = None) -> QTable:
    """The sources of an image, brightest first; see `detecting`."""
    search = detecting(image, finder, within)
    while True:
        try:
            next(search)
        except StopIteration as end:
            found: QTable = end.value
            return found


def detecting(
    image: NDData, finder: Finder | None = None, within: Box | None = None
) -> Generator[float, None, QTable]:
    """Search an image block by block, yielding how much is done (0 to 1).

    Parameters
    ----------
    image : astropy.nddata.NDData
        Two-dimensional, in a linear unit; masked and non-finite pixels hold no source.
    finder : Finder, optional
        What counts as a source.
    within : Box, optional
        The part of the image to search. Default: all of it.

    Returns
    -------
    QTable
        ``id`` (from 1, brightest first), ``xcentroid``, ``ycentroid`` [pix, 0-based], ``sky_centroid``
        (with a celestial WCS), ``peak`` and ``flux`` above the local background [data unit], ``fwhm`` [pix]
        and ``elongation`` (NaN for ``stars``, whose filter assumes them).

    Raises
    ------
    InputError
        The image is not one that can be searched, or more than a million sources are above the threshold.
    """
    finder = finder or Finder()
    shape = check_image(image)
    whole = within or Box(0, 0, shape[1], shape[0])
    margin = max(32, int(np.ceil(8 * finder.fwhm)))
    parts: list[NDArray[np.float64]] = []
    cores = list(_cores(whole))
    for number, core in enumerate(cores):
        yield number / len(cores)
        parts.append(_search(image, finder, core, _grown(core, margin, shape)))
        if sum(len(part) for part in parts) > MOST:
            raise InputError(
                f"More than {MOST:,} sources are above {finder.threshold:g} sigma; use a higher one."
            )
    return _table(image, np.concatenate(parts))


def _cores(box: Box) -> Iterator[Box]:
    for y0 in range(box.y0, box.y0 + box.ny, BLOCK):
        for x0 in range(box.x0, box.x0 + box.nx, BLOCK):
            yield Box(x0, y0, min(BLOCK, box.x0 + box.nx - x0), min(BLOCK, box.y0 + box.ny - y0))


def _grown(core: Box, margin: int, shape: tuple[int, int]) -> Box:
    x0, y0 = max(core.x0 - margin, 0), max(core.y0 - margin, 0)
    x1, y1 = min(core.x0 + core.nx + margin, shape[1]), min(core.y0 + core.ny + margin, shape[0])
    return Box(x0, y0, x1 - x0, y1 - y0)


def _search(image: NDData, finder: Finder, core: Box, block: Box) -> NDArray[np.float64]:
    """Sources whose centroid is in `core`: shape (n, 6), in the order of `_COLUMNS`."""
    piece = cut(image, block)
    if np.count_nonzero(piece.usable) < MESH:
        return np.empty((0, len(_COLUMNS)))
    with warnings.catch_warnings():  # "no sources were found" is an answer
        warnings.simplefilter("ignore", AstropyUserWarning)
        warnings.simplefilter("ignore", NoDetectionsWarning)
        level, noise = _background(piece)
        find = _stars if finder.method == "stars" else _segments
        found = find(piece, piece.data - level, noise, finder)
    found[:, 0] += block.x0
    found[:, 1] += block.y0
    x, y = found[:, 0] + 0.5, found[:, 1] + 0.5
    inside = (x >= core.x0) & (x < core.x0 + core.nx) & (y >= core.y0) & (y < core.y0 + core.ny)
    return found[inside]


def _background(piece: Cutout) -> tuple[NDArray[np.float64], float]:
    """The background of each pixel, and the scatter about it."""
    mask = ~piece.usable
    try:
        mesh = Background2D(
            piece.data, MESH, mask=mask, filter_size=3, sigma_clip=_CLIP, exclude_percentile=90.0
        )
    except ValueError:  # no cell has enough usable pixels: one value for all
        values = _CLIP(piece.data[piece.usable], masked=False)
        return np.full(piece.data.shape, np.median(values)), float(np.std(values))
    return np.asarray(mesh.background, dtype=float), float(mesh.background_rms_median)


def _stars(piece: Cutout, data: NDArray[np.float64], noise: float, finder: Finder) -> NDArray[np.float64]:
    threshold = finder.threshold * max(noise, np.finfo(float).tiny)
    search = DAOStarFinder(threshold=threshold, fwhm=finder.fwhm, min_separation=finder.fwhm)
    found = search(np.where(piece.usable, data, 0.0), mask=~piece.usable)
    if found is None:
        return np.empty((0, len(_COLUMNS)))
    x = "x_centroid" if "x_centroid" in found.colnames else "xcentroid"
    unknown = np.full(len(found), np.nan)
    return np.column_stack(
        [found[x], found[x.replace("x", "y", 1)], found["peak"], found["flux"], unknown, unknown]
    )


def _segments(piece: Cutout, data: NDArray[np.float64], noise: float, finder: Finder) -> NDArray[np.float64]:
    kernel = Gaussian2DKernel(finder.fwhm * gaussian_fwhm_to_sigma)
    smooth = convolve_fft(np.where(piece.usable, data, 0.0), kernel, boundary="fill", fill_value=0.0)
    # the noise of the smoothed image: white noise, averaged with the kernel's weights
    noise *= float(np.sqrt(np.sum(kernel.array**2)))
    segments = detect_sources(smooth, finder.threshold * noise, finder.n_pixels, mask=~piece.usable)
    if segments is None:
        return np.empty((0, len(_COLUMNS)))
    segments = deblend_sources(smooth, segments, finder.n_pixels, **_QUIETLY)
    sources = SourceCatalog(data, segments, convolved_data=smooth, mask=~piece.usable)
    names = ("max_value", "segment_flux", "fwhm", "elongation")
    values = [np.atleast_1d(_plain(getattr(sources, name))) for name in names]
    centres = np.atleast_2d(sources.centroid)
    return np.column_stack([centres[:, 0], centres[:, 1], *values])


def _plain(values: Any) -> NDArray[np.float64]:
    return np.asarray(getattr(values, "value", values), dtype=float)


def _table(image: NDData, found: NDArray[np.float64]) -> QTable:
    found = found[np.isfinite(found[:, 0]) & np.isfinite(found[:, 1])]
    found = found[np.argsort(-found[:, 3], kind="stable")]
    x, y, peak, flux, fwhm, elongation = found.T
    unit = image.unit
    table = QTable({"id": np.arange(1, len(found) + 1), "xcentroid": x * u.pix, "ycentroid": y * u.pix})
    if has_celestial(image.wcs):
        table["sky_centroid"] = image.wcs.pixel_to_world(x, y)
    table["peak"] = peak if unit is None else peak * unit
    table["flux"] = flux if unit is None else flux * unit
    table["fwhm"], table["elongation"] = fwhm * u.pix, elongation
    return table
