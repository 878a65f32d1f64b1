"""The form of Aperture Photometry: what can be chosen, what is missing, what is subtracted.

It offers images and regions, says what to do next, and shows what is subtracted and where that is taken.
Which options count is `settings`' business; measuring is the `bench`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from echo import delay_callback

from imviz.errors import InputError
from imviz.plugins.aperture_photometry.fields import ANNULUS, GROWTH, MANUAL
from imviz.plugins.aperture_photometry.recipes import choose_background, followed, guides, recipe_of
from imviz.science.photometry import background as backgrounds
from imviz.science.photometry.nearest_sky import sky_for
from imviz.science.results.readable import readable

if TYPE_CHECKING:
    from imviz.plugin import Guide
    from imviz.plugins.aperture_photometry.fields import PhotometryFields
    from imviz.plugins.aperture_photometry.settings import Settings
    from imviz.science.photometry.level import Background
    from imviz.session import Session

__all__ = ["Form"]

NOTHING_SUBTRACTED = "Nothing is subtracted: the sky in the aperture counts as light. “Annulus” subtracts it."
FELL_BACK = "The annulus has too few usable pixels; the nearest sky is taken instead:"
NO_SKY = "There is no usable sky near the aperture; nothing is subtracted."


class Form:
    """Choices, guidance and background of a panel.

    Parameters
    ----------
    fields : PhotometryFields
        The panel.
    session : Session
        Whose images and regions are offered.
    settings : Settings
        Which options count.

    Attributes
    ----------
    guides : tuple of Guide
        Where the background is taken, and an aperture that is bent by distortion.
    """

    def __init__(self, fields: PhotometryFields, session: Session, settings: Settings) -> None:
        self._fields, self._session, self._settings = fields, session, settings
        self.guides: tuple[Guide, ...] = ()
        fields.add_callback("current_plot_type", self._follow_plot_type)

    def offer(self) -> None:
        """Offer the images and regions there are now."""
        fields, labels = self._fields, list(self._session.regions)
        kind = type(fields)
        several = ("dataset", "aperture", "background", "datasets", "apertures")
        with delay_callback(fields, *several):  # no news before all is right
            kind.datasets.set_choices(fields, self._session.images)
            kind.apertures.set_choices(fields, self._session.regions)
            kind.dataset.set_choices(fields, list(self._session.images))
            if fields.background not in (MANUAL, ANNULUS, *labels):
                gone, fields.background = str(fields.background), ANNULUS
                fields.say(f"{gone}, the background region, was deleted; the background is an annulus now.")
            kind.aperture.set_choices(fields, labels)
            kind.background.set_choices(fields, [ANNULUS, MANUAL, *labels])

    def select(self, label: str) -> None:
        """Choose a region that was selected, with the image it was seen on."""
        fields, session = self._fields, self._session
        seen = session.seen_image or session.region_image(label)
        with delay_callback(fields, "dataset", "aperture"):
            fields.aperture, fields.dataset = label, seen if seen in session.images else fields.dataset

    def refresh(self) -> None:
        """Guidance, background and guides for the present choices."""
        fields = self._fields
        fields.guidance = _guidance(fields.dataset, fields.aperture)
        fields.can_calculate = not fields.guidance
        fields.background_editable = fields.background == MANUAL
        fields.show_annulus = fields.background == ANNULUS
        if not fields.can_calculate:
            self.guides = ()
            self._tell_background(None)
            return
        shapes: tuple[Guide, ...] = ()
        try:
            shapes = self._worked_out(str(fields.dataset), str(fields.aperture))
        except InputError as error:
            fields.say(str(error), "error")
        else:
            if fields.message_kind == "error":
                fields.say("")
        self.guides = shapes if fields.active else ()

    def _worked_out(self, image: str, region: str) -> tuple[Guide, ...]:
        """Show the background of a region on an image; returns where it is taken, and a bent aperture."""
        session = self._session
        outline = session.region(region, on=image)
        self._settings.follow_size(outline)
        values = self._settings.values(image, {})
        chosen = choose_background(session, values, image, region, outline)
        sky = backgrounds.region_of(chosen, outline)
        recipe = recipe_of(values, chosen)
        self._tell_background(None if sky is None else sky_for(session.image(image), outline, recipe))
        bent = followed(session, values["follow_distortion"], image, region, outline)
        return guides(image, sky, None if bent is outline else bent)

    def _tell_background(self, sky: Background | None) -> None:
        """Show a background that was measured; without one that which was typed, if it is used."""
        fields = self._fields
        if sky is not None:
            self._show_value(sky.value)
            level = readable(sky.value, sky.err, self._session.image(fields.dataset).unit)
            fields.background_told = f"{level}: {sky.method}, {sky.n_pixels} pixels."
            fields.background_doubt = sky.fallback
            if sky.fallback:
                fields.background_told = f"{FELL_BACK} {fields.background_told}" if sky.n_pixels else NO_SKY
            return
        if fields.background == MANUAL:
            self._show_value(self._settings.typed_background)
        fields.background_doubt = fields.background == MANUAL and not fields.background_value
        fields.background_told = NOTHING_SUBTRACTED if fields.background_doubt else ""

    def _show_value(self, value: float | None) -> None:
        """Show a background value; set on the plugin it would be one that was typed."""
        type(self._fields).background_value.__set__(self._fields, value)

    def _follow_plot_type(self, kind: str) -> None:
        self._fields.fit_available = kind != GROWTH


def _guidance(dataset: str, aperture: str) -> str:
    if not dataset:
        return "Open an image first: the folder button above, or imviz.load_data(…)."
    return "" if aperture else "Pick ○ in the viewer's toolbar and drag over a star."
