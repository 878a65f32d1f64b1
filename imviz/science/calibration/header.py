"""What an image's header tells a photometry recipe: pixel area, factors, zero point, detector.

Every value comes with the sentence that says where it was found. Nothing is guessed: what a header does
not tell is `None`. Whether a user's own entry is kept is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.wcs.utils import proj_plane_pixel_area

from imviz.science.calibration.beams import beam_area
from imviz.science.calibration.cards import Cards
from imviz.science.calibration.detectors import gain, read_noise, saturation
from imviz.science.calibration.zero_points import zero_point, zero_point_err
from imviz.science.sky.geometry import has_celestial

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

__all__ = ["AutoFill", "autofill", "wcs_pixel_area"]

_AB_ZERO = 3631 * u.Jy
_FINDERS = {
    "beam_area": beam_area,
    "zero_point": zero_point,
    "zero_point_err": zero_point_err,
    "gain": gain,
    "read_noise": read_noise,
    "saturation": saturation,
}
_FLAM = u.erg / u.s / u.cm**2 / u.AA

# arcsec² per pixel by instrument and detector, from the instruments' handbooks, for undrizzled images
_HST_AREAS = {
    ("ACS", "WFC"): 0.05**2,
    ("ACS", "HRC"): 0.028 * 0.025,
    ("ACS", "SBC"): 0.034 * 0.03,
    ("WFC3", "UVIS"): 0.04**2,
    ("WFC3", "IR"): 0.135 * 0.121,
}


@dataclass(frozen=True, slots=True)
class AutoFill:
    """Values for `imviz.science.photometry.measurement.Recipe`; `None` where the header does not tell.

    ``pixel_area`` and ``beam_area`` are in arcsec²; ``counts_factor`` in data unit per count;
    ``zero_point`` the AB magnitude of one data unit and ``zero_point_err`` its error; ``gain`` in electrons
    per data unit, ``read_noise`` in electrons, as ``dark``, that of a sky that was subtracted, which only
    `imviz.science.photometry.noise_audit.filled_in` finds; ``sources`` maps a field's name to the sentence
    that says where its value came from, ``doubts`` to what is doubtful about it (or why nothing was filled),
    ``cards`` to the cards that were looked at for it, by keyword and value.
    """

    pixel_area: float | None = None
    counts_factor: float | None = None
    flux_scaling: u.Quantity | None = None
    zero_point: float | None = None
    zero_point_err: float | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    gain: float | None = None
    read_noise: float | None = None
    saturation: float | None = None
    beam_area: float | None = None
    dark: float | None = None
    cards: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    doubts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """All doubts, a sentence for each value, for the image they are about."""
        return [f"{name.replace('_', ' ')}: {'; '.join(said)}" for name, said in self.doubts.items()]

    def beside(self, given: Container[str]) -> dict[str, Any]:
        """The values by field, save for those ``given`` otherwise.

        A zero point that is given is not the header's, so neither is its error.
        """
        left = {one.name for one in fields(self)} - {"sources", "cards", "doubts"}
        if "zero_point" in given:
            left.remove("zero_point_err")
        return {name: getattr(self, name) for name in left if name not in given}


def autofill(meta: Any, unit: u.UnitBase | None, wcs: Any) -> AutoFill:
    """Values for a recipe, from ``image.meta``, ``image.unit`` and ``image.wcs``.

    Parameters
    ----------
    meta : Mapping or None
        A FITS header or a dictionary (nested as in JWST's ASDF trees); the primary header's cards may be
        in it under ``header`` or ``primary_header``, those of the image it describes (of an ERR extension)
        under ``imviz_science_header``.
    unit : astropy.units.Unit or None
        Of the data. AB flux scaling is offered for surface brightness in Jy per solid angle and for flux
        densities in Jy.
    wcs : WCS or None
        Gives the pixel area where no card does.
    """
    header = Cards(meta)
    sources: dict[str, str] = {}
    cards: dict[str, Mapping[str, Any]] = {}
    pixel_area = _pixel_area(header, wcs, sources)
    cards["pixel_area"] = header.taken()
    flux_scaling = _flux_scaling(header, unit, pixel_area, sources)
    cards["flux_scaling"] = header.taken()
    counts_factor = _counts_factor(header, unit, sources)
    cards["counts_factor"] = header.taken()
    told: dict[str, float | None] = {}
    doubts: dict[str, tuple[str, ...]] = {}
    for name, find in _FINDERS.items():
        found = find(header, unit)
        cards[name] = header.taken()
        told[name] = None if found is None else found.value
        if found is not None:
            sources[name] = found.told
            doubts |= {name: found.doubts} if found.doubts else {}
    filled = {"pixel_area": pixel_area, "counts_factor": counts_factor, "flux_scaling": flux_scaling}
    return AutoFill(**filled, **told, sources=sources, cards=cards, doubts=doubts)


def _telescope(header: Cards) -> str:
    return header.word("TELESCOP", "telescope", "meta.telescope")


def _pixel_area(header: Cards, wcs: Any, sources: dict[str, str]) -> float | None:
    """Pixel area in arcsec²: the header's own, the instrument's, or the WCS'."""
    for path in (
        ("PIXAR_A2",),
        ("photometry", "pixelarea_arcsecsq"),
        ("meta", "photometry", "pixelarea_arcsecsq"),
    ):
        area = header.number(*path)
        if area is not None:
            sources["pixel_area"] = f"pixel area from {'.'.join(path)}"
            return area
    steradian = header.number("PIXAR_SR") or header.number("photometry", "pixelarea_steradians")
    if steradian is not None:
        sources["pixel_area"] = "pixel area from PIXAR_SR"
        return float((steradian * u.sr).to_value(u.arcsec**2))
    area = wcs_pixel_area(wcs)
    if area is not None and _telescope(header) != "HST":
        sources["pixel_area"] = "pixel area from the WCS"
        return area
    key = (header.word("INSTRUME", "instrument.name"), header.word("DETECTOR", "instrument.detector"))
    if _telescope(header) == "HST" and key in _HST_AREAS and header.word("DRIZCORR") != "COMPLETE":
        sources["pixel_area"] = f"pixel area of {' '.join(key)} (INSTRUME, DETECTOR)"
        return _HST_AREAS[key]
    if area is not None:
        sources["pixel_area"] = "pixel area from the WCS"
    return area


def wcs_pixel_area(wcs: Any) -> float | None:
    """arcsec² of the pixel at the reference point of a FITS WCS, or at the middle of any other."""
    if not has_celestial(wcs):
        return None
    if hasattr(wcs, "pixel_scale_matrix"):
        area = float(proj_plane_pixel_area(wcs.celestial)) * 3600**2
    else:
        area = _local_pixel_area(wcs)
    return area if np.isfinite(area) and area > 0 else None


def _local_pixel_area(wcs: Any) -> float:
    """arcsec² by the sky offsets of two neighbours of the middle pixel; NaN for an unknown size."""
    low = getattr(wcs, "low_level_wcs", wcs)
    bounds = low.pixel_bounds
    if bounds is None and low.array_shape is not None:
        bounds = [(0, n) for n in reversed(low.array_shape)]
    if bounds is None or None in bounds:
        return float("nan")
    x, y = (sum(limits) / 2 for limits in bounds)
    middle, right, above = (wcs.pixel_to_world(x + dx, y + dy) for dx, dy in ((0, 0), (1, 0), (0, 1)))
    first = [axis.to_value(u.arcsec) for axis in middle.spherical_offsets_to(right)]
    second = [axis.to_value(u.arcsec) for axis in middle.spherical_offsets_to(above)]
    return float(abs(first[0] * second[1] - first[1] * second[0]))


def _flux_scaling(
    header: Cards, unit: u.UnitBase | None, pixel_area: float | None, sources: dict[str, str]
) -> u.Quantity | None:
    """3631 Jy for data that are a flux density, or become one with the pixel area."""
    if unit is None:
        return None
    if unit.is_equivalent(u.Jy):
        sources["flux_scaling"] = f"AB zero point, 3631 Jy (data in {unit})"
        return _AB_ZERO
    if unit.is_equivalent(u.Jy / u.sr) and pixel_area is not None:
        card = "BUNIT" if header.find("BUNIT") is not None else "data unit"
        sources["flux_scaling"] = f"AB zero point, 3631 Jy ({card} {unit}, with the pixel area)"
        return _AB_ZERO
    return None


def _counts_factor(header: Cards, unit: u.UnitBase | None, sources: dict[str, str]) -> float | None:
    """Data unit per count: PHOTMJSR for JWST, PHOTFLAM for HST data in flux per wavelength, per second."""
    if unit is None:
        return None
    if unit.is_equivalent(u.MJy / u.sr):
        for path in (("PHOTMJSR",), ("photometry", "conversion_megajanskys"), ("FLUXCONV",)):  # Spitzer's
            factor = header.number(*path)
            if factor is not None:
                sources["counts_factor"] = f"counts factor from {path[-1]} (MJy/sr per DN/s)"
                return float((factor * u.MJy / u.sr).to_value(unit))
    if unit.is_equivalent(_FLAM):
        factor = header.number("PHOTFLAM")
        if factor is not None:
            sources["counts_factor"] = "counts factor from PHOTFLAM (flux per electron/s)"
            return float((factor * _FLAM).to_value(unit))
    return None
