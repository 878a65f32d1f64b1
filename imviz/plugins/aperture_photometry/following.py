"""Numbers that follow the hand while it draws, moves or resizes an aperture, and the settings after that.

The browser sends the newest shape only, when the one before has been answered, so nothing queues up behind
a fast hand. The document changes, and no row is added, until the hand lets go and Calculate is pressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import delay_callback

from imviz.errors import InputError
from imviz.plugins.aperture_photometry import told
from imviz.plugins.aperture_photometry.fields import MANUAL, OPTIONS
from imviz.plugins.aperture_photometry.findings import Wanted, find
from imviz.plugins.aperture_photometry.recipes import guides
from imviz.science.photometry import measurement
from imviz.science.photometry.apertures import box_of
from imviz.science.photometry.background import region_of
from imviz.science.photometry.nearby import nearby
from imviz.science.regions.text import numbers_of
from imviz.science.results import reports
from imviz.science.sky.geometry import to_image

if TYPE_CHECKING:
    from astropy.nddata import NDData
    from regions import PixelRegion

    from imviz.plugins.aperture_photometry.aperture_photometry import AperturePhotometry
    from imviz.session import Session
    from imviz.view import LiveShape

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
        self._last: tuple[NDData, measurement.Measurement] | None = None
        self._settings: tuple[Any, ...] = ()
        self._wanted: Wanted | None = None

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
            names = {"image_label": image, "region_label": shape.label or ""}
            measured = measurement.measure(data, outline, recipe, **names, quick=True)
            findings = find(data, measured, plugin._wanted(), quick=True)
        except InputError as error:
            plugin.say(str(error), "error")
            return
        scale = told.scale_of(data, measured)
        with delay_callback(plugin, "results", "fit_results", "details", "message", "is_live", "is_stale"):
            plugin.is_live, plugin.is_stale = True, False
            plugin.say(reports.warning(measured.values))
            plugin.shown_of = told.name_of(measured) if shape.label else image
            plugin.results = reports.results(measured.values, scale)
            plugin.fit_results = tuple(reports.fit_lines(findings.fit, findings.unit, scale))
            plugin.details = ()
        plugin.plot = told.plot_of(findings, scale)
        plugin.guides = guides(image, sky, None if outline is plain else outline)

    def keep(self, image: NDData, measured: measurement.Measurement) -> None:
        """Remember what is shown now, and with which settings there are; it is not stale then."""
        self._last = image, measured
        self._settings, self._wanted = self._now()
        self._plugin.is_stale = False

    def settle(self, *_: Any) -> None:
        """A setting has changed, or the hand has let go.

        Live numbers are measured anew; those of a row are said to be of the settings before, until these
        come back. Where only another plot or fit is asked for, it is made of what was measured.
        """
        plugin = self._plugin
        if self._last is None and not plugin.is_live:
            return
        try:
            settings, wanted = self._now()
            if plugin.is_live and plugin.can_calculate:
                if (settings, wanted) != (self._settings, self._wanted):
                    self._settings, self._wanted = settings, wanted
                    self._measure()
                return
            plugin.is_stale = settings != self._settings
            if self._last is not None and wanted != self._wanted and not plugin.is_stale:
                self._wanted = wanted
                image, measured = self._last
                plugin._show(image, measured, find(image, measured, wanted))
        except InputError as error:
            plugin.say(str(error), "error")

    def _measure(self) -> None:
        plugin = self._plugin
        image, region = str(plugin.dataset), str(plugin.aperture)
        data, outline, recipe = plugin._prepared(image, region, {})
        measured = measurement.measure(data, outline, recipe, image_label=image, region_label=region)
        plugin._show(data, measured, find(data, measured, plugin._wanted()))

    def _now(self) -> tuple[tuple[Any, ...], Wanted]:
        """All by which the numbers would be others, and what else is to be worked out."""
        plugin = self._plugin
        image, region = str(plugin.dataset), str(plugin.aperture)
        outline: tuple[Any, ...] = ()
        if plugin.can_calculate:
            outline = numbers_of(plugin._session.region(region, on=image))
        typed = plugin.background == MANUAL
        names = [name for name in OPTIONS if typed or name != "background_value"]
        values = (repr(getattr(plugin, name)) for name in names)
        return (image, region, outline, *values), plugin._wanted()


def placed(session: Session, shape: LiveShape, image: str) -> PixelRegion | None:
    """A shape in the hand, in the pixels of an image; `None` if it is too large to follow."""
    sky = session.sky_between(shape.reference, image)
    region = shape.region if sky is None else to_image(shape.region, *sky)
    here = box_of(region).clip(session.image(image).data.shape)
    return region if here is None or here.nx * here.ny <= LARGEST else None
