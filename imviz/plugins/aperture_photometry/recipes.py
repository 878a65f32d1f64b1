"""Options of the panel, or of one call, as a recipe for `imviz.science.photometry.measurement`.

Pure functions of values and the session; which values count for which image is `form`'s business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.plugin import Guide
from imviz.plugins.aperture_photometry.fields import ANNULUS, FILLED, MANUAL
from imviz.science.photometry.measurement import Recipe
from imviz.science.photometry.nearest_sky import default_annulus
from imviz.science.sky.distortion import true_outline
from imviz.science.sky.geometry import has_celestial

if TYPE_CHECKING:
    from astropy.units import Quantity
    from regions import PixelRegion

    from imviz.science.photometry.annuli import Annulus
    from imviz.session import Session

__all__ = ["choose_background", "followed", "guides", "recipe_of"]

NEIGHBOURS = 5.0  # standard deviations above which a neighbour is a source


def recipe_of(values: dict[str, Any], background: float | Quantity | Annulus | PixelRegion) -> Recipe:
    """The recipe of the panel's ``values`` with a background already chosen."""
    return Recipe(
        background=background,
        background_estimator=str(values["background_estimator"]),
        sigma_clip=values["sigma_clip"] or None,
        mask_sources=NEIGHBOURS if values["mask_neighbours"] else None,
        digitization=values["digitization"],
        pixel_area_map=values["pixel_area_map"] or None,
        scale_errors=values["scale_errors"] or None,
        **{name: values[name] for name in FILLED},
    )


def followed(session: Session, follow: bool, image: str, region: str, outline: PixelRegion) -> PixelRegion:
    """An aperture as it is measured: one that lies through the sky is bent with the image, if asked for.

    One in pixels of this very image stays what it is.
    """
    if not follow or region not in session.region_list:
        return outline
    record = session.region_list[region]
    through_sky = record.on_sky or session.sky_between(record.ground.label, image) is not None
    wcs = session.image(image).wcs
    return true_outline(outline, wcs) if through_sky and has_celestial(wcs) else outline


def guides(image: str, sky: PixelRegion | None, bent: PixelRegion | None) -> tuple[Guide, ...]:
    """What is drawn beside the region: where the background is taken, and an aperture that is bent."""
    shapes = [(sky, "background"), (bent, "aperture")]
    return tuple(Guide(image, region, style) for region, style in shapes if region is not None)


def choose_background(
    session: Session, values: dict[str, Any], image: str, region: str, outline: PixelRegion
) -> float | Quantity | Annulus | PixelRegion:
    """What the recipe is to subtract: a value, an annulus or a region in the image's pixels.

    The region may be the aperture itself, which leaves what its pixels scatter about their own median.
    """
    name = str(values["background"])
    if name == MANUAL:
        return values["background_value"] if values["background_value"] is not None else 0.0
    if name == ANNULUS:
        return default_annulus(outline, values["annulus_inner_radius"], values["annulus_width"])
    return outline if name == region else session.region(name, on=image)
