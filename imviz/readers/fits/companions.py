"""The uncertainty and the mask that a FITS file keeps beside an image: ERR and DQ of its EXTVER and stem.

They are found by name (`roles`), or in a file beside the image's (`siblings`), and only beside a science
image; asked for by themselves they are images like any other. One that does not fit (another shape, a
strange unit, cut off) is left out with a note.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from astropy.nddata import InverseVariance, NDUncertainty, StdDevUncertainty, VarianceUncertainty

from imviz.errors import ReadError
from imviz.readers.fits.roles import MASKS, SCIENCE, UNCERTAINTIES, WEIGHTS, role_and_stem
from imviz.readers.fits.siblings import sibling
from imviz.readers.headers.cards import plain
from imviz.readers.headers.linear import linear
from imviz.readers.headers.units import parse_unit
from imviz.readers.pixels.deferred import DeferredArray
from imviz.readers.quality.missions import flags_of
from imviz.readers.quality.quality import Quality, bad_pixels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from astropy import units as u

    from imviz.readers.fits.extensions import FitsSource, HDURecord

__all__ = ["mask_of", "uncertainty_of"]


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
    kind = _KINDS.get(str(header.get("UTYPE")), UNCERTAINTIES[role_and_stem(record.name)[0]])
    own_unit, doubt = parse_unit(header.get("BUNIT"))
    if doubt is not None:
        notes.append(f"uncertainty [{record.title}]: {doubt}; taken as the image's")
    try:
        array = linear(record.image(), header, [])[0] if record.on_disk else _deferred(record, science)
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
    own, stem = role_and_stem(science.name)
    by_role: dict[str, HDURecord] = {}
    for record in source.records:
        role, theirs = role_and_stem(record.name)
        together = theirs == stem and record.version == science.version
        if together and record.kind == "image" and record.index != science.index:
            by_role.setdefault(role, _same_plane(record, science))
    known = own in SCIENCE  # also a detector's own name, which is all stem
    found = next((by_role[name] for name in names if name in by_role and known), None)
    if found is None:
        beside = sibling(source, science, names, notes)
        found = None if beside is None else _same_plane(beside, science)
    if found is not None and found.plane != science.plane:
        notes.append(f"[{found.title}] left out: {found.shape} pixels, the image has {science.shape}")
        return None
    return found


def _same_plane(record: HDURecord, science: HDURecord) -> HDURecord:
    """A companion of one plane among many is the same plane of its own stack."""
    return replace(record, chosen=science.chosen) if record.shape == science.shape else record


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
