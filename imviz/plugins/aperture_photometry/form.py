"""The form of Aperture Photometry: its fields kept up with the session and with the chosen image's header.

Factors come from the header until they are typed by hand; the annulus keeps its distance from the aperture
until its radius or width is. A background value that is typed makes the background *Manual*, as older
notebooks expect, and is kept beside the one that is measured. Measuring is `aperture_photometry`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from astropy import units as u
from astropy.units import Quantity
from echo import delay_callback

from imviz.errors import InputError
from imviz.options import check_options
from imviz.plugins.aperture_photometry.fields import (
    ANNULUS,
    FILLED,
    GROWTH,
    MANUAL,
    OPTIONS,
    PhotometryFields,
)
from imviz.plugins.aperture_photometry.recipes import (
    choose_background,
    followed,
    guides,
    recipe_of,
)
from imviz.science.calibration.header import AutoFill
from imviz.science.photometry import background as backgrounds
from imviz.science.photometry.nearest_sky import default_inner_radius, default_width, sky_for
from imviz.science.photometry.noise_audit import filled_in
from imviz.science.results.readable import readable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regions import PixelRegion

    from imviz.plugin import Viewers
    from imviz.plugins.aperture_photometry.many import Outcome, Target
    from imviz.science.photometry.background import Background
    from imviz.session import Session

__all__ = ["PhotometryForm"]

TYPED = "typed here"
NOTHING_SUBTRACTED = "Nothing is subtracted: the sky in the aperture counts as light. “Annulus” subtracts it."
FELL_BACK = "The annulus has too few usable pixels; the nearest sky is taken instead:"
NO_SKY = "There is no usable sky near the aperture; nothing is subtracted."
REFRESHING = ("aperture", "active", *(name for name in OPTIONS if name != "background_value"))


class PhotometryForm(PhotometryFields):
    """What a measurement needs: image, aperture, background and factors, kept up with the session."""

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._filled = AutoFill()
        self._default_ring = dict[str, float]()
        self._typed_background: float | None = 0.0
        for news in ("images", "regions", "revision"):  # in whatever order they come
            session.add_callback(news, self._follow)
        session.add_callback("selected_region", self._follow_selection)
        self.add_callback("dataset", self._fill_from_header)
        self.add_callback("flux_scaling", self._keep_flux_unit, echo_old=True, priority=1)
        self.add_callback("zero_point", self._drop_zero_point_err, priority=1)
        for factor in FILLED:
            self.add_callback(factor, self._name_sources)
        for field in REFRESHING:
            self.add_callback(field, self._refresh)
        self.add_callback("current_plot_type", self._follow_plot_type)
        self._follow()

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "background_value":
            self._typed_background = self.background_value
            self.background = MANUAL
            self._refresh()

    def from_dict(self, fields: Mapping[str, Any]) -> None:
        """Set fields by name; beside a background that is measured, its value is none that was typed."""
        measured = fields.get("background", MANUAL) != MANUAL
        super().from_dict({n: v for n, v in fields.items() if not (measured and n == "background_value")})

    def _show_last(self, targets: Sequence[Target], outcome: Outcome) -> None:
        """Show the last of many measurements; here there is nothing to show it in."""

    def _values(self, image: str, given: dict[str, Any]) -> dict[str, Any]:
        """The plugin's options, with those of this call, for this image."""
        check_options("Photometry", given, OPTIONS)
        values = {name: getattr(self, name) for name in OPTIONS}
        if image != self.dataset:  # another image: its own header, save for what was typed here
            typed = {name for name, source in FILLED.items() if getattr(self, source) == TYPED}
            values |= self._autofill(image).beside(typed)
        for name, size in self._default_ring.items():
            if values[name] == size:
                values[name] = None  # each aperture its own
        if given.get("zero_point") is not None:
            values["zero_point_err"] = None  # the panel's is not of this one
        if given.get("background_value") is not None and given.get("background") is None:
            values["background"] = MANUAL
        elif values["background"] == MANUAL or given.get("background") == MANUAL:
            values["background_value"] = self._typed_background
        values |= {name: value for name, value in given.items() if value is not None}
        if given.get("background_value") is not None and values["background"] != MANUAL:
            raise InputError(
                f"A background value needs background='{MANUAL}', not {str(values['background'])!r}."
            )
        return values

    def _autofill(self, image: str) -> AutoFill:
        return filled_in(self._session.image(image))

    def _follow(self, *_: Any) -> None:
        """Offer the images and regions there are now."""
        labels = list(self._session.regions)
        with delay_callback(self, "dataset", "aperture", "background"):  # no news before all is right
            type(self).dataset.set_choices(self, list(self._session.images))
            if self.background not in (MANUAL, ANNULUS, *labels):
                gone, self.background = str(self.background), ANNULUS
                self.say(f"{gone}, the background region, was deleted; the background is an annulus now.")
            type(self).aperture.set_choices(self, labels)
            type(self).background.set_choices(self, [ANNULUS, MANUAL, *labels])
        self._refresh()

    def _follow_selection(self, label: str | None) -> None:
        if label and label != self.background:
            self._follow()
            seen = self._session.seen_image or self._session.region_image(label)
            with delay_callback(self, "dataset", "aperture"):
                self.aperture, self.dataset = label, seen if seen in self._session.images else self.dataset

    def _follow_plot_type(self, kind: str) -> None:
        self.fit_available = kind != GROWTH

    def _fill_from_header(self, *_: Any) -> None:
        """Take factors and units of the chosen image; a value typed by hand stays, and says so."""
        if not self.dataset:
            return
        unit = self._session.image(self.dataset).unit
        filled, before = self._autofill(self.dataset), self._filled
        self._filled = filled
        with delay_callback(self, *FILLED):
            for name in FILLED:
                if getattr(self, name) in (None, getattr(before, name)):
                    setattr(self, name, getattr(filled, name))
            self._drop_zero_point_err()
        self.background_unit = _text(unit)
        self.counts_unit = _text(unit / u.ct) if isinstance(unit, u.UnitBase) else ""
        self._keep_flux_unit(None, self.flux_scaling)
        self._name_sources()
        self._refresh()

    def _keep_flux_unit(self, old: Any, new: Any) -> None:
        """A number typed over a quantity is in its unit, the one the panel shows."""
        if isinstance(old, Quantity) and new is not None and not isinstance(new, Quantity):
            self.flux_scaling = Quantity(new, old.unit)
        else:
            self.flux_unit = _text(new.unit) if isinstance(new, Quantity) else self.background_unit

    def _drop_zero_point_err(self, *_: Any) -> None:
        """A zero point that is typed is not the header's, so the header's error is not its error."""
        theirs = self._filled.zero_point, self._filled.zero_point_err
        if self.zero_point != theirs[0] and self.zero_point_err == theirs[1]:
            self.zero_point_err = None

    def _name_sources(self, *_: Any) -> None:
        for name, source in FILLED.items():
            value, filled = getattr(self, name), getattr(self._filled, name)
            told = self._filled.sources.get(name, "") if value == filled else TYPED
            setattr(self, source, told if value is not None or value == filled else "")

    def _refresh(self, *_: Any) -> None:
        """Guidance, background and the outlines on the image, for the present choices."""
        self.guidance = _guidance(self.dataset, self.aperture)
        self.can_calculate = not self.guidance
        self.background_editable = self.background == MANUAL
        self.show_annulus = self.background == ANNULUS
        if not self.can_calculate:
            self.guides = ()
            self._tell_background(None)
            return
        sky = bent = None
        try:
            outline = self._session.region(self.aperture, on=self.dataset)
            self._follow_aperture_size(outline)
            values = self._values(self.dataset, {})
            chosen = choose_background(self._session, values, self.dataset, self.aperture, outline)
            sky = backgrounds.region_of(chosen, outline)
            recipe = recipe_of(values, chosen)
            self._tell_background(
                None if sky is None else sky_for(self._session.image(self.dataset), outline, recipe)
            )
            follow = self.follow_distortion
            bent = followed(self._session, follow, self.dataset, self.aperture, outline)
            bent = None if bent is outline else bent
        except InputError as error:
            self.say(str(error), "error")
        else:
            if self.message_kind == "error":
                self.say("")
        self.guides = guides(self.dataset, sky, bent) if self.active else ()

    def _tell_background(self, found: Background | None) -> None:
        """Show a background that was measured; without one that which was typed, if it is used."""
        if found is not None:
            super().__setattr__("background_value", found.value)
            unit = self._session.image(self.dataset).unit
            level = readable(found.value, found.err, unit)
            self.background_told = f"{level}: {found.method}, {found.n_pixels} pixels."
            self.background_doubt = found.fallback
            if found.fallback:
                self.background_told = f"{FELL_BACK} {self.background_told}" if found.n_pixels else NO_SKY
            return
        if self.background == MANUAL:
            super().__setattr__("background_value", self._typed_background)
        self.background_doubt = self.background == MANUAL and not self.background_value
        self.background_told = NOTHING_SUBTRACTED if self.background_doubt else ""

    def _follow_aperture_size(self, outline: PixelRegion) -> None:
        """Keep the annulus about the aperture until it is typed."""
        ring = {
            "annulus_inner_radius": default_inner_radius(outline),
            "annulus_width": default_width(outline),
        }
        before, self._default_ring = self._default_ring, ring
        for name, size in ring.items():
            if getattr(self, name) in (None, before.get(name)):
                setattr(self, name, size)


def _guidance(dataset: str, aperture: str) -> str:
    if not dataset:
        return "Open an image first: the folder button above, or imviz.load_data(…)."
    return "" if aperture else "Pick ○ in the viewer's toolbar and drag over a star."


def _text(unit: Any) -> str:
    """A unit as `Unit` reads it, without the spaces that astropy writes around a stroke."""
    return str(unit or "").replace(" / ", "/")
