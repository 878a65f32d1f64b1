"""Which extensions of a FITS source are meant: by index, by name, all images, or the usual one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imviz.errors import InputError, ReadError
from imviz.readers.fits.roles import is_auxiliary

if TYPE_CHECKING:
    from imviz.readers.addresses import Extension, Plane, Selection
    from imviz.readers.fits.extensions import FitsSource, HDURecord

__all__ = ["select", "usual"]


def select(source: FitsSource, selection: Selection, plane: Plane = None) -> list[HDURecord]:
    """The extensions to open.

    Parameters
    ----------
    source
        A FITS file or list.
    selection
        As `imviz.readers.addresses.parse_ext` gives it.
    plane
        Of images with more than two axes, as `imviz.readers.addresses.parse_plane` gives it.

    Raises
    ------
    ReadError
        The source holds no 2-D image, or what is asked for is not one.
    InputError
        Nothing in the source goes by that index or name; the message lists what does.
    """
    if plane is not None:
        found = [usual(source)] if selection in {None, "*"} else _all(source, selection)
        return [_plane_of(source, record, plane) for record in found]
    if selection is None:
        return [_checked(source, usual(source))]
    if selection == "*":
        images = [record for record in source.records if record.is_2d]
        return images or [_checked(source, usual(source))]
    return [_checked(source, record) for record in _all(source, selection)]


def contents(source: FitsSource, limit: int = 110) -> str:
    """The extensions in one short line: ``0 PRIMARY, 1 SCI (900×1000), 2 CAT (table)``."""
    items, text = [], ""
    for record in source.records:
        size = "×".join(map(str, record.shape)) or record.kind
        items.append(f"{record.index} {record.title} ({size})")
        text = ", ".join(items)
        if len(text) > limit:
            return f"{', '.join(items[:-1])[:limit]}, … {len(source.records)} in all"
    return text


def _all(source: FitsSource, selection: Selection) -> list[HDURecord]:
    return [_find(source, extension) for extension in selection or () if not isinstance(extension, str)]


def _plane_of(source: FitsSource, record: HDURecord, plane: tuple[int, ...]) -> HDURecord:
    """A plane of an extension with more than two axes."""
    what, shape = f"{source.name}[{record.title}]", record.squeezed
    if record.kind != "image" or len(shape) < 3:
        _checked(source, record)
        raise InputError(f"{what} is one 2-D image, not a stack of planes; open it without choosing a plane.")
    front = shape[:-2]
    if len(plane) != len(front) or any(k >= n for k, n in zip(plane, front, strict=True)):
        which = ",".join(map(str, plane))
        raise InputError(f"{what} has no plane [{which[:30]}]; {_planes(record)}."[:240])
    return replace(record, chosen=plane)


def _planes(record: HDURecord) -> str:
    """How to choose a plane, in words."""
    front = record.squeezed[:-2]
    letters = ",".join("klmnopq"[: len(front)]) if len(front) <= 7 else "k,…"
    ends = ", ".join(f"{letter} from 0 to {n - 1}" for letter, n in zip("klmnopq", front, strict=False))
    name = letters if len(front) == 1 else f"({letters})"
    return f"choose one with [{record.index}][{letters}] behind the file's name or plane={name}, {ends}"


def usual(source: FitsSource) -> HDURecord:
    """The extension a user means who names none: SCI, else the first image that is not about another."""
    images = [record for record in source.records if record.kind == "image" and len(record.shape) >= 2]
    science = [record for record in images if record.name == "SCI"]
    others = [record for record in images if not is_auxiliary(record.name)]
    for candidates in (science, others, images):
        flat = [record for record in candidates if record.is_2d]
        if flat:
            return flat[0]
        if candidates:
            return candidates[0]
    problem = f"; {source.problem[:100].rstrip('.')}" if source.problem else ""
    raise ReadError(f"{source.name} holds no 2-D image; it has {contents(source, 40)}{problem}.")


def _find(source: FitsSource, extension: Extension) -> HDURecord:
    """The extension of an index or name."""
    if isinstance(extension, int):
        if extension < len(source.records):
            return source.records[extension]
        wanted = str(extension)
    else:
        name, version = extension
        if name == "DATA" and all(record.name != "DATA" for record in source.records):
            name = "SCI"  # as JWST's own tree calls it
        for record in source.records:
            if record.name == name and version in {None, record.version}:
                return record
            if name == "PRIMARY" and record.index == 0 and version in {None, record.version}:
                return record
        wanted = name if version is None else f"{name},{version}"
    raise InputError(f"{source.name} has no extension [{wanted[:30]}]; it has {contents(source)}.")


def _checked(source: FitsSource, record: HDURecord) -> HDURecord:
    """The extension, if it is an image; of a stack of them, the first plane."""
    what = f"{source.name}[{record.title}]"
    if record.is_2d:
        return record
    if record.kind == "image" and len(record.squeezed) > 2:
        return replace(record, chosen=(0,) * (len(record.squeezed) - 2))
    if record.kind != "image":
        holds = {"table": "a table", "groups": "random groups", "empty": "no data"}[record.kind]
        raise ReadError(f"{what} holds {holds}, not an image; the file has {contents(source, 90)}.")
    raise ReadError(f"{what} is 1-D ({record.shape[0]} values), not an image; a 2-D image is needed.")
