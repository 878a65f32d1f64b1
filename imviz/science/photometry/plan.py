"""How to measure any region on any image: what the recipes of a whole night have in common.

A `Plan` holds what was asked for; each image fills in the factors its own header tells, and each aperture its
own annulus and place. One measurement is `imviz.science.photometry.measurement`'s, as everywhere; reading
images and keeping rows is the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from regions import Region, SkyRegion

from imviz.errors import ImvizError, InputError
from imviz.science.photometry.measurement import Measurement, measure
from imviz.science.photometry.nearest_sky import CLIP, default_annulus
from imviz.science.photometry.noise_audit import filled_in
from imviz.science.photometry.recipe import Recipe
from imviz.science.sky.distortion import true_outline
from imviz.science.sky.geometry import sky_to_pixel
from imviz.science.sources.centroids import recentred

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from astropy import units as u
    from astropy.nddata import NDData
    from regions import PixelRegion

__all__ = ["FROM_HEADER", "Plan"]

FROM_HEADER = (
    *("pixel_area", "counts_factor", "flux_scaling", "zero_point", "zero_point_err"),
    *("gain", "read_noise", "dark", "saturation", "beam_area"),
)
"""Options of a recipe that an image's header may fill in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do with each region on each image.

    Parameters
    ----------
    background : float, Quantity, regions.Region or None
        A value per pixel or a region, in pixels or on the sky; `None`: an annulus about each aperture.
    annulus : tuple of float
        Its inner radius and width, pixels; `None`: as `imviz.science.photometry.nearest_sky` has them about
        each aperture, and as the panel does.
    options : mapping
        Other options of `imviz.science.photometry.measurement.Recipe`; they come before what a header tells.
        Pixels of the background are clipped at 3 standard deviations if nothing else is said.
    use_header : bool
        Whether headers fill in what `options` do not say.
    centroid : str
        How apertures are moved onto their sources first (see `imviz.science.sources.centroids`); '' to leave
        them.
    max_shift : float, optional
        Pixels that an aperture may be moved at most.
    follow_distortion : bool
        Whether regions on the sky get their outline through the whole WCS: see
        `imviz.science.sky.distortion`.
    """

    background: float | u.Quantity | Region | None = None
    annulus: tuple[float | None, float | None] = (None, None)
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    use_header: bool = True
    centroid: str = ""
    max_shift: float | None = 5.0
    follow_distortion: bool = False

    def carry_out(
        self, image: NDData, label: str, regions: Iterable[tuple[str, Region]]
    ) -> Iterator[tuple[str, Measurement | str]]:
        """Measure regions, with their labels, on an image; for each its measurement, or why there is none.

        Regions in pixels are so on every image; regions on the sky go through the image's WCS.
        """
        factors = self._factors(image)
        sky = _Placed(self.background, image) if isinstance(self.background, Region) else None
        for name, region in regions:
            try:
                yield name, self._measure(image, label, (name, region), factors, sky)
            except ImvizError as error:
                yield name, str(error)

    def _factors(self, image: NDData) -> dict[str, Any]:
        filled = filled_in(image).beside(self.options) if self.use_header else {}
        return {"sigma_clip": CLIP, **filled, **self.options}

    def _measure(
        self,
        image: NDData,
        label: str,
        named: tuple[str, Region],
        factors: Mapping[str, Any],
        sky: _Placed | None,
    ) -> Measurement:
        name, region = named
        outline = in_pixels(region, image)
        recipe = Recipe(background=self._background(outline) if sky is None else sky.region, **factors)
        if self.centroid:
            outline, _ = recentred(image, outline, recipe, self.centroid, max_shift=self.max_shift)
            recipe = replace(recipe, recentred=self.centroid)
        if self.follow_distortion and isinstance(region, SkyRegion):
            outline = true_outline(outline, image.wcs)
            recipe = replace(recipe, follow_distortion=True)
        return measure(image, outline, recipe, image_label=label, region_label=name)

    def _background(self, outline: PixelRegion) -> Any:
        if self.background is not None:
            return self.background
        return default_annulus(outline, *self.annulus)


class _Placed:
    """A background region in pixels of an image, found when first needed, so that errors are a row's."""

    def __init__(self, region: Region, image: NDData) -> None:
        self._given, self._image = region, image
        self._region: PixelRegion | None = None

    @property
    def region(self) -> PixelRegion:
        if self._region is None:
            self._region = in_pixels(self._given, self._image)
        return self._region


def in_pixels(region: Region, image: NDData) -> PixelRegion:
    """A region in pixels of an image; one that is in pixels already is so on every image."""
    if not region.meta.get("include", True):
        raise InputError("The region is an exclusion (a negative one), which is no aperture; take it out.")
    return sky_to_pixel(region, image.wcs) if isinstance(region, SkyRegion) else region
