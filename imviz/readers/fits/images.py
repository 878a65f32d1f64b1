"""FITS extensions as images: pixels, unit, WCS, mask, uncertainty and header brought together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from astropy.nddata import NDData

from imviz.readers.asdf.gwcs import gwcs_of
from imviz.readers.fits.beams import beam_of
from imviz.readers.fits.companions import mask_of, uncertainty_of
from imviz.readers.fits.owners import lent_by_owner, owner_of
from imviz.readers.fits.roles import is_auxiliary
from imviz.readers.fits.selection import select
from imviz.readers.headers.cards import comments, plain
from imviz.readers.headers.conventions import remarks as conventions
from imviz.readers.headers.linear import linear
from imviz.readers.headers.units import parse_unit
from imviz.readers.labels import extension_labels
from imviz.readers.loaded import Loaded
from imviz.readers.pixels.planes import first_plane_note
from imviz.readers.quality.quality import Quality
from imviz.readers.wcs.celestial import WITHOUT, celestial_wcs, leading_back
from imviz.science.calibration.header import autofill

if TYPE_CHECKING:
    from astropy.io import fits

    from imviz.readers.addresses import Plane, Selection
    from imviz.readers.fits.extensions import FitsSource, HDURecord

__all__ = ["load_extensions"]


def load_extensions(source: FitsSource, selection: Selection, base: str, plane: Plane = None) -> list[Loaded]:
    """The chosen extensions of a FITS source, labelled ``base[NAME,VERSION]``, a plane's index behind.

    Raises
    ------
    ReadError, InputError
        As `imviz.readers.fits.selection.select`, or pixels that are not there.
    """
    records = select(source, selection, plane)
    named = [(record.index, record.name, record.version) for record in records]
    in_tree = any(record.name == "ASDF" for record in source.records)
    labels = extension_labels(base, named, in_tree=in_tree)
    end = "" if plane is None else f"[{','.join(map(str, plane))}]"
    offered = [record.squeezed[:-2] if plane is None and record.chosen else () for record in records]
    return [
        Loaded(f"{label}{end}", _image(source, record, planes), planes, (record.index,))
        for label, record, planes in zip(labels, records, offered, strict=True)
    ]


def _image(source: FitsSource, record: HDURecord, offered: tuple[int, ...]) -> NDData:
    """One extension with all that belongs to it."""
    notes: list[str] = [source.problem] if source.problem else []
    pixels = record.image()
    if offered:
        notes.append(first_plane_note(offered))
    elif record.chosen:
        notes.append(f"plane {', '.join(map(str, record.chosen))} of {record.squeezed} pixels is shown")
    elif record.shape != record.plane:
        notes.append(f"axes of length 1 dropped: {record.shape} pixels are shown as {record.plane}")
    header = record.header()
    meta: dict[str, Any] = plain(header)
    pixels, marks = linear(pixels, meta, notes)
    first = source.records[0]
    primary = meta if record.index == first.index else plain(first.header())
    remarks = comments(header), {} if primary is meta else comments(first.header())
    unit, note = parse_unit(meta.get("BUNIT"))
    notes += [note] if note else []
    unit, lent = lent_by_owner(source, record, meta, unit, notes)
    meta |= lent
    notes += conventions({**primary, **meta})
    wcs = _wcs(source, record, header, notes)
    uncertainty = uncertainty_of(source, record, unit, notes)
    quality = mask_of(source, record, {**meta, **primary}, notes)
    if primary is not meta:
        meta["primary_header"] = primary
    mask = quality.mask if isinstance(quality, Quality) else quality
    if isinstance(quality, Quality):
        meta["imviz_quality"] = quality
    if quality is not None:
        meta["imviz_mask"] = (
            f"{quality.title}: {quality.words}" if isinstance(quality, Quality) else "zero weight"
        )
    if source.path is not None:
        meta["imviz_source"] = source.path
    meta |= marks
    if (beam := beam_of(source, record, meta)) is not None:
        meta["imviz_beam"] = beam
    meta["imviz_comments"], meta["imviz_primary_comments"] = remarks
    meta["imviz_notes"] = notes + autofill(meta, unit, wcs).notes
    return NDData(pixels, uncertainty=uncertainty, mask=mask, wcs=wcs, meta=meta, unit=unit)


def _wcs(source: FitsSource, record: HDURecord, header: fits.Header, notes: list[str]) -> Any | None:
    """The image's WCS: the pipeline's own (GWCS) where there is one, else the header's, else its owner's."""
    owner = owner_of(source, record)
    tree = next((one for one in source.records if one.name == "ASDF"), None)
    wcs = None
    if tree is not None and len(record.shape) == 2 and _has_place(record, owner):
        wcs, remarks = gwcs_of(tree.raw)
        notes += remarks
    if wcs is not None:
        if wcs.array_shape is None:
            wcs.array_shape = record.shape
        return leading_back(wcs, record.shape)
    kept = [axis for axis, size in enumerate(record.shape) if size > 1 or len(record.shape) == 2]
    kept = kept[len(record.chosen) :]
    while len(kept) < 2:  # an image one pixel wide among dropped axes: the last ones are its own
        kept = sorted({*kept, max(set(range(len(record.shape))) - set(kept))})
    elsewhere = [] if owner is None else [(owner.header, f"[{owner.title}]")]
    if _inherits(source, record, header):
        elsewhere.append((source.records[0].header, "the primary header"))
    size, axes = record.shape, (kept[0], kept[1])
    wcs, remarks = celestial_wcs(header, size, axes, source.hdulist)
    broken = any(remark.endswith(WITHOUT) for remark in remarks)
    for other, whose in elsewhere if wcs is None and not broken else ():
        found, said = celestial_wcs(other(), size, axes, source.hdulist)
        if found is not None:
            wcs, remarks = found, [f"the WCS is that of {whose}", *said]
            break
    notes += remarks
    return wcs


def _has_place(record: HDURecord, owner: HDURecord | None) -> bool:
    """Whether a file's one GWCS can be an image's: the science image's, and those of the same pixels."""
    return owner is not None or not is_auxiliary(record.name)


def _inherits(source: FitsSource, record: HDURecord, header: fits.Header) -> bool:
    """Whether the primary header's cards count for an extension: it says so, or is the file's only image."""
    first, *others = source.records
    images = [other.index for other in others if other.kind == "image"]
    return first.kind == "empty" and (header.get("INHERIT") is True or images == [record.index])
