"""The uncertainty and the mask that a FITS file keeps beside an image: ERR and DQ of the same EXTVER.

They are found by name, or in a file beside the image's (`imviz.readers.siblings`), and only beside a
science image; asked for by themselves they are images like any other. One that does not fit (another
shape, a strange unit, cut off) is left out with a note.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from astropy.nddata import InverseVariance, NDUncertainty, StdDevUncertainty, VarianceUncertainty

from imviz.errors import ReadError
from imviz.readers.deferred import DeferredArray
from imviz.readers.headers import plain
from imviz.readers.missions import flags_of
from imviz.readers.quality import Quality, bad_pixels
from imviz.readers.siblings import sibling
from imviz.readers.units import parse_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from astropy import units as u

    from imviz.readers.extensions import FitsSource, HDURecord

__all__ = ["mask_of", "uncertainty_of"]

SCIENCE = frozenset({"", "COMPRESSED_IMAGE", "DATA", "IMAGE", "PRIMARY", "SCI", "SCIENCE"})

UNCERTAINTIES: dict[str, type[NDUncertainty]] = {
    **dict.fromkeys(("ERR", "ERROR", "ERRORS", "SIGMA", "STDDEV", "UNCERT", "RMS"), StdDevUncertainty),
    **dict.fromkeys(("VAR", "VARIANCE"), VarianceUncertainty),
    **dict.fromkeys(("IVAR", "INVVAR"), InverseVariance),
}
"""By extension name, the first that is there wins; a UTYPE keyword (CCDData's) overrides the kind."""

MASKS = ("DQ", "QUALITY", "MASK", "MSK", "BPM")
WEIGHTS = ("WHT", "WGT")  # of drizzled images: only its zeros are used, its scale differs by pipeline


def uncertainty_of(
    source: FitsSource, science: HDURecord, unit: u.UnitBase | None, notes: list[str]
) -> NDUncertainty | None:
    """The uncertainty beside an image, on disk as the image is, with its kind and unit.

    Parameters
    ----------
    source, science
        The file and its extension that is the image.
    unit
        Of the image.
    notes
        Gets a sentence when there is an uncertainty that cannot be used.
    """
    record = _beside(source, science, tuple(UNCERTAINTIES), notes)
    if record is None:
        return None
    header = plain(record.header())
    kind = _KINDS.get(str(header.get("UTYPE")), UNCERTAINTIES[record.name])
    own_unit, _ = parse_unit(header.get("BUNIT"))
    try:
        array = record.image() if record.on_disk else _deferred(record, science)
    except ReadError as error:
        notes.append(f"uncertainty [{record.title}] left out: {error}")
        return None
    if own_unit is not None and not _fits(kind, own_unit, unit):
        notes.append(f"unit {own_unit} of [{record.title}] does not go with {unit}; taken as the image's")
        own_unit = None
    return kind(array, unit=own_unit, copy=False)


def mask_of(
    source: FitsSource, science: HDURecord, primary: Mapping[str, Any], notes: list[str]
) -> Quality | DeferredArray | None:
    """What tells the bad pixels of an image, not read yet: a quality image, or a mask of zero weights."""
    record = _beside(source, science, MASKS, notes)
    if record is not None:
        flags = flags_of(primary, plain(record.header()))
        return Quality(science.plane, _reader(record, science), flags, record.title)
    record = _beside(source, science, WEIGHTS, notes)
    if record is not None:
        return bad_pixels(science.plane, _reader(record, science), bad_is_zero=True)
    return None


_KINDS: dict[str, type[NDUncertainty]] = {
    kind.__name__: kind for kind in (StdDevUncertainty, VarianceUncertainty, InverseVariance)
}


def _beside(
    source: FitsSource, science: HDURecord, names: tuple[str, ...], notes: list[str]
) -> HDURecord | None:
    """The extension of one of these names that belongs to an image, in its file or in one beside it."""
    by_name = {
        record.name: replace(record, chosen=science.chosen) if record.shape == science.shape else record
        for record in reversed(source.records)
        if record.version == science.version and record.kind == "image" and record.index != science.index
    }
    known = science.name in SCIENCE
    record = next((by_name[name] for name in names if name in by_name and known), None)
    record = sibling(source, science, names, notes) if record is None else record
    if record is not None and record.plane != science.plane:
        notes.append(f"[{record.title}] left out: {record.shape} pixels, the image has {science.shape}")
        return None
    return record


def _reader(record: HDURecord, science: HDURecord) -> Any:
    def read() -> Any:
        return record.image().reshape(science.plane)

    return read


def _deferred(record: HDURecord, science: HDURecord) -> DeferredArray:
    return DeferredArray(science.plane, _reader(record, science))


def _fits(kind: type[NDUncertainty], own: u.UnitBase, unit: u.UnitBase | None) -> bool:
    """Whether an uncertainty's unit can be turned into the one its kind has for the image's."""
    if unit is None:
        return False
    power = {StdDevUncertainty: 1, VarianceUncertainty: 2, InverseVariance: -2}[kind]
    return bool(own.is_equivalent(unit**power))
