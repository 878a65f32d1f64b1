"""Receipts: a row measured again and compared, written as photutils code, and told as a paragraph.

A row carries its recipe, its aperture and the fingerprint of its pixels, so that all three need nothing but
the row and the image.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u

from imviz.errors import ImvizError, InputError
from imviz.science.photometry.background import Annulus, region_of
from imviz.science.photometry.measurement import measure
from imviz.science.photometry.recipe import Recipe
from imviz.science.regions.text import from_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from astropy.nddata import NDData
    from astropy.table import QTable
    from regions import PixelRegion

    from imviz.science.photometry.measurement import Measurement

__all__ = ["Verdict", "methods_paragraph", "region_of_row", "verify", "verify_row"]

COMPARED = (
    *("sum", "sum_err", "background", "background_err", "sum_aper_area", "xcentroid", "ycentroid"),
    *("aperture_sum_mag", "zero_point", "zero_point_err", "mag_ab", "mag_ab_err"),
    *("fwhm", "min", "max", "mean", "median", "flags"),
)
_ROUNDING = 1e-11  # of adding up in another order, as many apertures at once are, and of converted units
_SIZES = {
    **dict.fromkeys(("xcentroid", "ycentroid", "fwhm", "aperture_sum_mag"), 1.0),
    **dict.fromkeys(("zero_point", "zero_point_err", "mag_ab", "mag_ab_err"), 1.0),
    **dict.fromkeys(("sum", "sum_err", "sum_aper_area", "flags"), 0.0),
}
"""Of what a column's rounding is a part, at least; of the others the largest pixel."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What measuring a row again gave: the same, or ``changes`` in words.

    The same are pixels and flags to the last bit, and numbers but for the rounding of sums.
    """

    id: int
    region: str
    image: str
    changes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing changed."""
        return not self.changes

    def __str__(self) -> str:
        told = "identical" if self.same else "; ".join(self.changes)
        return f"row {self.id} ({self.region} on {self.image}): {told}"


def verify(table: QTable, image: Callable[[str], NDData]) -> list[Verdict]:
    """Measure every row of a table again.

    Parameters
    ----------
    table : QTable
        Results, as measured or read back from a file.
    image : callable
        Gives the image of a label; an `ImvizError` of it becomes the row's change.

    Raises
    ------
    InputError
        The table has no recipes.
    """
    missing = {"recipe", "pixel_hash", "data_label"} - set(table.colnames)
    if missing:
        raise InputError(
            f"The table has no column {', '.join(sorted(missing))}; give a table of imviz's results."
        )
    return [verify_row({name: row[name] for name in table.colnames}, image) for row in table]


def verify_row(row: Mapping[str, Any], image: Callable[[str], NDData]) -> Verdict:
    """Measure one row again and say what changed."""
    label, number = str(row["data_label"]), int(row.get("id", 0))
    region_label = str(row.get("subset_label", ""))
    try:
        again = measure(image(label), region_of_row(row), Recipe.from_json(str(row["recipe"])))
    except ImvizError as error:
        return Verdict(number, region_label, label, (str(error),))
    changes = []
    if str(row["pixel_hash"]) != again.values["pixel_hash"]:
        changes.append("the pixels in the aperture are others")
    rounding, largest = _rounding(again)
    for name in (name for name in COMPARED if name in row):  # CSV puts the units into the names
        before, now = row[name], again.values[name]
        if not _same(before, now, rounding * max(abs(_plain(now)), _SIZES.get(name, largest))):
            changes.append(f"{name} {_told(before)} → {_told(now)}")
    return Verdict(number, region_label, label, tuple(changes))


def _absent(value: Any) -> bool:
    return value is None or value is np.ma.masked or bool(np.any(getattr(value, "mask", False)))


def _rounding(m: Measurement) -> tuple[float, float]:
    """The relative error of sums over the aperture that rounding may make, and its largest value.

    Where values nearly add up to nothing, it is what they add up from that sets the rounding.
    """
    values = np.abs(m.patch.data[m.patch.center])
    if not values.size:
        return _ROUNDING, 0.0
    total = abs(float(np.sum(m.patch.data[m.patch.center])))
    return _ROUNDING * (float(np.sum(values)) / total if total else 1.0), float(values.max())


def _plain(value: Any) -> float:
    number = 0.0 if _absent(value) else float(getattr(value, "value", value))
    return number if np.isfinite(number) else 0.0


def _same(before: Any, now: Any, limit: float) -> bool:
    """Whether two values are no further apart than ``limit``, in the unit of ``now``."""
    if _absent(before) or _absent(now):
        return _absent(before) == _absent(now)
    if isinstance(now, u.Quantity):
        unit = getattr(before, "unit", None) or u.dimensionless_unscaled
        if not unit.is_equivalent(now.unit):
            return False
        before, now = u.Quantity(before).to_value(now.unit), now.value
    a, b = float(before), float(now)
    return a == b or (np.isnan(a) and np.isnan(b)) or abs(a - b) <= limit


def _told(value: Any) -> str:
    if _absent(value):
        return "none"
    return f"{value:.8g}" if isinstance(value, float | np.floating | u.Quantity) else str(value)


def region_of_row(row: Mapping[str, Any]) -> PixelRegion:
    """The aperture of a row, to the last bit."""
    try:
        record = json.loads(str(row["recipe"]))["aperture"]
    except (ValueError, KeyError) as error:
        raise InputError(
            f"Row {row.get('id')} has no aperture in its recipe; it cannot be measured again."
        ) from error
    return from_record(record)


def methods_paragraph(row: Mapping[str, Any]) -> str:
    """What was done, for a paper: aperture, background, errors, versions and what to cite."""
    recipe, notes = Recipe.from_json(str(row["recipe"])), json.loads(str(row["recipe"]))
    region = region_of_row(row)
    kind = type(region).__name__.removesuffix("PixelRegion").lower()
    size = getattr(region, "radius", None)
    aperture = f"a circular aperture of radius {size:g} pixels" if size is not None else f"a {kind} aperture"
    return " ".join(
        [
            f"Photometry was done with imviz {version('imviz')} in {aperture} with exact pixel overlaps.",
            _background_sentence(recipe, str(row["background_method"])),
            _error_sentence(notes.get("error")),
            *_magnitude_sentences(row),
            f"The work used photutils {version('photutils')} (Bradley et al.), astropy {version('astropy')} "
            f"(Astropy Collaboration 2013, 2018, 2022), regions {version('regions')}, "
            f"numpy {version('numpy')} (Harris et al. 2020) "
            f"and scipy {version('scipy')} (Virtanen et al. 2020).",
        ]
    )


def _background_sentence(recipe: Recipe, method: str) -> str:
    if isinstance(recipe.background, Annulus):
        inner, outer = (
            recipe.background.inner_radius,
            recipe.background.inner_radius + recipe.background.width,
        )
        return (
            f"The background ({method}) was taken from a concentric annulus of {inner:g} to {outer:g} pixels."
        )
    if region_of(recipe.background, None) is not None:
        return f"The background ({method}) was taken from a separate region."
    value = recipe.background
    return (
        "No background was subtracted." if not value else f"A background of {value} per pixel was subtracted."
    )


def _error_sentence(source: str | None) -> str:
    how = {
        "uncertainty": "the image's own uncertainties",
        "ccd": "the CCD equation (Merline & Howell 1995)",
        "background scatter": "the scatter of the background's pixels",
    }.get(source or "")
    if how is None:
        return "No errors were estimated."
    return f"Errors are from {how}, weighted by the squared overlaps, and include that of the background."


def _magnitude_sentences(row: Mapping[str, Any]) -> list[str]:
    """What AB magnitudes are by, and that the zero point's error is not in theirs."""
    zero_point, err = row.get("zero_point"), row.get("zero_point_err")
    if _absent(zero_point):
        return []
    told = f"AB magnitudes are by a zero point of {_plain(zero_point):.6g}"
    if _absent(err):
        return [f"{told} mag; their errors are by those of the sums alone."]
    common = "common to all sources of an image and not included in their errors"
    return [f"{told} ± {_plain(err):.2g} mag, whose error is {common}."]
