"""The bench: prepares what a measurement needs and measures, the same for whoever asks.

The panel's button, live numbers, imexam's keys, batches and catalogs are all handed the one bench, so their
numbers are the same. It knows no panel: which options count is `settings`' business, what is shown of a
measurement `display`'s.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from imviz.plugins.aperture_photometry.recipes import choose_background, followed, recipe_of
from imviz.science.photometry import measurement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from astropy.nddata import NDData
    from regions import PixelRegion

    from imviz.plugins.aperture_photometry.settings import Settings
    from imviz.session import Session

__all__ = ["Bench"]


class Bench:
    """Prepares and measures.

    Parameters
    ----------
    session : Session
        Whose images and regions are measured.
    settings : Settings
        Whose options count where none are given.
    """

    def __init__(self, session: Session, settings: Settings) -> None:
        self.session, self._settings = session, settings

    def values(self, image: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """All options that count for an image, with those given for one call."""
        return self._settings.values(image, dict(given))

    def prepared(
        self, image: str, region: str, given: Mapping[str, Any], outline: PixelRegion | None = None
    ) -> tuple[NDData, PixelRegion, measurement.Recipe]:
        """Pixels, outline and recipe of one measurement.

        Parameters
        ----------
        image, region : str
            Labels; the region's may be of none that there is, if an `outline` is given.
        given : mapping
            Options for this measurement.
        outline : PixelRegion, optional
            As one still in the hand. Default: the region's.
        """
        values, session = self.values(image, given), self.session
        if outline is None:
            outline = session.region(region, on=image)
        recipe = recipe_of(values, choose_background(session, values, image, region, outline))
        bent = followed(session, values["follow_distortion"], image, region, outline)
        if bent is not outline:
            recipe = replace(recipe, follow_distortion=True)
        return session.image(image), bent, recipe

    def measured(
        self, image: str, region: str, given: Mapping[str, Any], outline: PixelRegion | None = None
    ) -> tuple[NDData, measurement.Measurement]:
        """The pixels, and what was measured of them; the row names the region as given here."""
        data, shape, recipe = self.prepared(image, region, given, outline)
        return data, measurement.measure(data, shape, recipe, image_label=image, region_label=region)
