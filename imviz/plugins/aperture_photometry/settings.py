"""The options of one measurement: the fields as they stand, the image's header, what was typed.

Factors come from the header until they are typed by hand; the annulus keeps its distance from the aperture
until its radius or width is. A background value that is typed is kept beside the one that is measured. What
the panel tells of all that is `form`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from astropy import units as u
from astropy.units import Quantity
from echo import delay_callback

from imviz.errors import InputError
from imviz.options import check_options
from imviz.plugins.aperture_photometry.fields import FILLED, MANUAL, OPTIONS
from imviz.science.calibration.header import AutoFill
from imviz.science.photometry.nearest_sky import default_inner_radius, default_width
from imviz.science.photometry.noise_audit import filled_in

if TYPE_CHECKING:
    from regions import PixelRegion

    from imviz.plugins.aperture_photometry.fields import PhotometryFields
    from imviz.session import Session

__all__ = ["Settings"]

TYPED = "typed here"


class Settings:
    """What counts for a measurement of an image.

    Parameters
    ----------
    fields : PhotometryFields
        The form.
    session : Session
        Whose images have the headers.

    Attributes
    ----------
    typed_background : float or None
        The background value that was typed last.
    """

    def __init__(self, fields: PhotometryFields, session: Session) -> None:
        self._fields, self._session = fields, session
        self._filled = AutoFill()
        self._default_ring = dict[str, float]()
        self.typed_background: float | None = 0.0
        fields.add_callback("flux_scaling", self._keep_flux_unit, echo_old=True, priority=1)
        fields.add_callback("zero_point", self._drop_zero_point_err, priority=1)
        for factor in FILLED:
            fields.add_callback(factor, self._name_sources)

    def values(self, image: str, given: dict[str, Any]) -> dict[str, Any]:
        """The form's options, with those given for one call, for an image."""
        check_options("Photometry", given, OPTIONS)
        fields = self._fields
        values = {name: getattr(fields, name) for name in OPTIONS}
        if image != fields.dataset:  # another image: its own header, save for what was typed here
            typed = {name for name, source in FILLED.items() if getattr(fields, source) == TYPED}
            values |= self._autofill(image).beside(typed)
        for name, size in self._default_ring.items():
            if values[name] == size:
                values[name] = None  # each aperture its own
        if given.get("zero_point") is not None:
            values["zero_point_err"] = None  # the panel's is not of this one
        if given.get("background_value") is not None and given.get("background") is None:
            values["background"] = MANUAL
        elif values["background"] == MANUAL or given.get("background") == MANUAL:
            values["background_value"] = self.typed_background
        values |= {name: value for name, value in given.items() if value is not None}
        if given.get("background_value") is not None and values["background"] != MANUAL:
            raise InputError(
                f"A background value needs background='{MANUAL}', not {str(values['background'])!r}."
            )
        return values

    def fill_from_header(self) -> None:
        """Take factors and units of the chosen image; a value typed by hand stays, and says so."""
        fields = self._fields
        unit = self._session.image(fields.dataset).unit
        filled, before = self._autofill(fields.dataset), self._filled
        self._filled = filled
        with delay_callback(fields, *FILLED):
            for name in FILLED:
                if getattr(fields, name) in (None, getattr(before, name)):
                    setattr(fields, name, getattr(filled, name))
            self._drop_zero_point_err()
        fields.background_unit = _text(unit)
        fields.counts_unit = _text(unit / u.ct) if isinstance(unit, u.UnitBase) else ""
        self._keep_flux_unit(None, fields.flux_scaling)
        self._name_sources()

    def follow_size(self, outline: PixelRegion) -> None:
        """Keep the annulus about an aperture until it is typed."""
        ring = {
            "annulus_inner_radius": default_inner_radius(outline),
            "annulus_width": default_width(outline),
        }
        before, self._default_ring = self._default_ring, ring
        for name, size in ring.items():
            if getattr(self._fields, name) in (None, before.get(name)):
                setattr(self._fields, name, size)

    def _autofill(self, image: str) -> AutoFill:
        return filled_in(self._session.image(image))

    def _keep_flux_unit(self, old: Any, new: Any) -> None:
        """A number typed over a quantity is in its unit, the one the panel shows."""
        if isinstance(old, Quantity) and new is not None and not isinstance(new, Quantity):
            self._fields.flux_scaling = Quantity(new, old.unit)
        else:
            unit = _text(new.unit) if isinstance(new, Quantity) else self._fields.background_unit
            self._fields.flux_unit = unit

    def _drop_zero_point_err(self, *_: Any) -> None:
        """A zero point that is typed is not the header's, so the header's error is not its error."""
        fields, theirs = self._fields, (self._filled.zero_point, self._filled.zero_point_err)
        if fields.zero_point != theirs[0] and fields.zero_point_err == theirs[1]:
            fields.zero_point_err = None

    def _name_sources(self, *_: Any) -> None:
        """Say beside each factor where it comes from."""
        for name, source in FILLED.items():
            value, filled = getattr(self._fields, name), getattr(self._filled, name)
            origin = self._filled.sources.get(name, "") if value == filled else TYPED
            setattr(self._fields, source, origin if value is not None or value == filled else "")


def _text(unit: Any) -> str:
    """A unit as `Unit` reads it, without the spaces that astropy writes around a stroke."""
    return str(unit or "").replace(" / ", "/")
