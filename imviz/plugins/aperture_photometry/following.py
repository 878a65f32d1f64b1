"""Numbers that follow the hand while it draws, moves or resizes an aperture.

The browser sends the newest shape only, when the one before has been answered, so nothing queues up behind
a fast hand. The document changes, and no row is added, until the hand lets go and Calculate is pressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from echo import delay_callback

from imviz.errors import InputError
from imviz.plugins.aperture_photometry import told
from imviz.plugins.aperture_photometry.findings import find
from imviz.plugins.aperture_photometry.recipes import guides
from imviz.science.photometry import measurement
from imviz.science.photometry.apertures import box_of
from imviz.science.photometry.background import region_of
from imviz.science.photometry.nearby import nearby
from imviz.science.regions.text import to_ds9
from imviz.science.results import reports
from imviz.science.sky.geometry import to_image

if TYPE_CHECKING:
    from regions import PixelRegion

    from imviz.plugins.aperture_photometry.aperture_photometry import AperturePhotometry
    from imviz.session import Session
    from imviz.viewer import LiveShape

__all__ = ["LARGEST", "Following", "placed"]

LARGEST = 1_000_000
"""Pixels of an aperture's box up to which numbers follow the hand; larger ones are measured on release."""


class Following:
    """Measures what is in the hand, for one plugin, with its options.

    Parameters
    ----------
    plugin : AperturePhotometry
        Whose panel shows it.
    """

    def __init__(self, plugin: AperturePhotometry) -> None:
        self._plugin = plugin
        self._settled: tuple[str, str] | None = None

    def hear(self, shape: LiveShape | None) -> None:
        """Measure a shape that is being drawn, moved or resized, and show what follows at once."""
        plugin = self._plugin
        if shape is None or not (plugin.active and plugin.follow_hand):
            return
        image = str(plugin.dataset if shape.label == plugin.aperture else shape.image)
        if not image:
            return
        try:
            plain = placed(plugin._session, shape, image)
            if plain is None:
                return
            data, outline, recipe = plugin._prepared(image, shape.label or "", {}, plain)
            sky = region_of(recipe.background, outline)
            data = nearby(data, [outline] if sky is None else [outline, sky])
            measured = measurement.measure(data, outline, recipe, quick=True)
            findings = find(data, measured, plugin._wanted(), quick=True)
        except InputError as error:
            plugin.say(str(error), "error")
            return
        with delay_callback(plugin, "results", "fit_results", "details", "message", "is_live"):
            plugin.is_live = True
            plugin.say(reports.warning(measured.values))
            plugin.results = reports.lines(measured.values, reports.RESULTS)
            plugin.fit_results = tuple(reports.fit_lines(findings.fit, findings.profile.unit))
            plugin.details = ()
        plugin.plot = told.plot_of(findings.profile, findings.fit, findings)
        plugin.guides = guides(image, sky, None if outline is plain else outline)

    def settle(self) -> None:
        """The hand has let go: the rest of the numbers, too, once for each place."""
        plugin = self._plugin
        if not (plugin.is_live and plugin.can_calculate):
            return
        image, region = str(plugin.dataset), str(plugin.aperture)
        try:
            outline = plugin._session.region(region, on=image)
            settled = image, to_ds9(outline)
            if settled == self._settled:
                return
            self._settled = settled
            data, outline, recipe = plugin._prepared(image, region, {}, outline)
            measured = measurement.measure(data, outline, recipe)
            findings = find(data, measured, plugin._wanted())
        except InputError as error:
            plugin.say(str(error), "error")
            return
        plugin._show(data, measured, findings)


def placed(session: Session, shape: LiveShape, image: str) -> PixelRegion | None:
    """A shape in the hand, in the pixels of an image; `None` if it is too large to follow."""
    sky = session.sky_between(shape.reference, image)
    region = shape.region if sky is None else to_image(shape.region, *sky)
    here = box_of(region).clip(session.image(image).data.shape)
    return region if here is None or here.nx * here.ny <= LARGEST else None
