"""Whose error, quality or weight image an extension is: that of the science image whose place it shares.

Pipelines often give such an extension neither a WCS, nor a unit, nor the cards of the calibration, where the
science image of the same file has them. Which extension is used for measuring is the business of
`companions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import astropy.units as u

from imviz.readers.fits.roles import SCIENCE, UNCERTAINTIES, is_auxiliary, role_and_stem
from imviz.readers.headers.cards import plain
from imviz.readers.headers.units import parse_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.readers.fits.extensions import FitsSource, HDURecord

__all__ = ["lent_by_owner", "owner_of"]

_POWERS = {"StdDevUncertainty": 1, "VarianceUncertainty": 2, "InverseVariance": -2}
_IN_WORDS = {1: "", 2: ", squared", -2: ", one over its square"}
_OF_EVERY_PIXEL = ("PIXAR_A2", "PIXAR_SR")
_CALIBRATION = (
    *_OF_EVERY_PIXEL,
    *("PHOTFLAM", "PHOTMJSR", "PHOTZPT", "PHOTPLAM", "MAGZERO", "MAGZPT", "MAGZP", "ZP", "ZEROPT"),
    *("GAIN", "EGAIN", "CCDGAIN", "EXPTIME", "BMAJ", "BMIN"),
)


def owner_of(source: FitsSource, record: HDURecord) -> HDURecord | None:
    """The science image that an extension describes: of its shape, EXTVER and stem; `None` without one."""
    if not is_auxiliary(record.name):
        return None
    _, stem = role_and_stem(record.name)
    found = [
        other
        for other in source.records
        if other.kind == "image"
        and (other.shape, other.version) == (record.shape, record.version)
        and role_and_stem(other.name)[0] in SCIENCE
        and role_and_stem(other.name)[1] == stem
    ]
    return min(found, key=lambda other: other.name in ("", "PRIMARY"), default=None)


def lent_by_owner(
    source: FitsSource,
    record: HDURecord,
    meta: Mapping[str, Any],
    unit: u.UnitBase | None,
    notes: list[str],
) -> tuple[u.UnitBase | None, dict[str, Any]]:
    """The unit of an extension that describes an image, and what is added to its metadata.

    Parameters
    ----------
    source, record
        The file and the extension, opened by itself.
    meta, unit
        Its own header and unit; the unit of the science image is taken only where ``BUNIT`` says nothing:
        as it is for standard deviations, its square for variances, none for flags and weights.
    notes
        Gets a sentence for what is taken.

    Returns
    -------
    unit, lent
        ``lent`` holds the science image's header under ``imviz_science_header``: for standard deviations
        the whole, as they are in the image's own scale, else the size of its pixels.
    """
    owner = owner_of(source, record)
    if owner is None:
        return unit, {}
    header, power = plain(owner.header()), _power(record.name)
    if unit is None and power and not str(meta.get("BUNIT") or "").strip():
        theirs, _ = parse_unit(header.get("BUNIT"))
        if isinstance(theirs, u.UnitBase):
            unit = theirs**power
            notes.append(f"the unit is that of [{owner.title}]{_IN_WORDS[power]}")
    taken = header if power == 1 else {key: header[key] for key in _OF_EVERY_PIXEL if key in header}
    if any(key not in meta for key in taken if key in _CALIBRATION):
        what = "calibration" if power == 1 else "pixels' area"
        notes.append(f"the {what} is that of [{owner.title}]")
    return unit, {"imviz_science_header": taken} if taken else {}


def _power(name: str) -> int:
    """Of the image's unit in that of an extension by its role; 0 where its values have none."""
    role = role_and_stem(name)[0]
    if role.startswith("VAR_"):
        return 2
    kind = UNCERTAINTIES.get(role)
    return 0 if kind is None else _POWERS[kind.__name__]
