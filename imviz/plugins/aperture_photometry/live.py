"""Numbers that follow the hand while it draws, moves or resizes an aperture.

The browser sends the newest shape only, when the one before has been answered, so nothing queues up behind
a fast hand. The document changes, and no row is added, until the hand lets go and Calculate is pressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from echo import delay_callback

from imviz.errors import InputError
from imviz.plugins.aperture_photometry import report
from imviz.plugins.aperture_photometry.display import wanted
from imviz.plugins.aperture_photometry.followup import find
from imviz.plugins.aperture_photometry.recipes import guides
from imviz.science.photometry import measurement
from imviz.science.photometry.apertures import box_of
from imviz.science.photometry.background import region_of
from imviz.science.photometry.nearby import nearby
from imviz.science.results import reports
from imviz.science.sky.geometry import to_image

if TYPE_CHECKING:
    from regions import PixelRegion

    from imviz.plugins.aperture_photometry.bench import Bench
    from imviz.plugins.aperture_photometry.fields import PhotometryFields
    from imviz.session import Session
    from imviz.view import LiveShape

__all__ = ["LARGEST", "Live", "placed"]

LARGEST = 1_000_000
"""Pixels of an aperture's box up to which numbers follow the hand; larger ones are measured on release."""


class Live:
    """Measures what is in the hand.

    Parameters
    ----------
    fields : PhotometryFields
        The panel that shows it, and whose options count.
    bench : Bench
        What prepares it.
    """

    def __init__(self, fields: PhotometryFields, bench: Bench) -> None:
        self._fields, self._bench = fields, bench

    def hear(self, shape: LiveShape | None) -> None:
        """Measure a shape that is being drawn, moved or resized, and show what follows at once."""
        fields = self._fields
        if shape is None or not (fields.active and fields.follow_hand):
            return
        image = str(fields.dataset if shape.label == fields.aperture else shape.image)
        if not image:
            return
        try:
            plain = placed(self._bench.session, shape, image)
            if plain is None:
                return
            data, outline, recipe = self._bench.prepared(image, shape.label or "", {}, plain)
            sky = region_of(recipe.background, outline)
            data = nearby(data, [outline] if sky is None else [outline, sky])
            names = {"image_label": image, "region_label": shape.label or ""}
            measured = measurement.measure(data, outline, recipe, **names, quick=True)
            findings = find(data, measured, wanted(fields), quick=True)
        except InputError as error:
            fields.say(str(error), "error")
            return
        scale = report.scale_of(data, measured)
        with delay_callback(fields, "results", "fit_results", "details", "message", "is_live", "is_stale"):
            fields.is_live, fields.is_stale = True, False
            fields.say(reports.warning(measured.values))
            fields.shown_of = report.name_of(measured) if shape.label else image
            fields.results = reports.results(measured.values, scale)
            fields.fit_results = tuple(reports.fit_lines(findings.fit, findings.unit, scale))
            fields.details = ()
        fields.plot = report.plot_of(findings, scale)
        fields.guides = guides(image, sky, None if outline is plain else outline)


def placed(session: Session, shape: LiveShape, image: str) -> PixelRegion | None:
    """A shape in the hand, in the pixels of an image; `None` if it is too large to follow."""
    sky = session.sky_between(shape.reference, image)
    region = shape.region if sky is None else to_image(shape.region, *sky)
    here = box_of(region).clip(session.image(image).data.shape)
    return region if here is None or here.nx * here.ny <= LARGEST else None
