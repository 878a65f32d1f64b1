"""Images as plain JSON, and back: where each can be opened again, what it is known by, and what lies on it.

An image is opened again from its own address, or beside the session file, or in a folder that the user
points at; only where none of these has it, from pixels in the session. One that is not found is named, and
its place is kept: regions stay on it, and it is itself again when it is found. Addresses that may hold a
secret are not written.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from imviz.errors import ImvizError, MissingFileError, ReadError
from imviz.readers import Loaded, load
from imviz.readers.files.places import check_place
from imviz.readers.recorded import ext_of, plain_ext
from imviz.readers.remote.download import is_address, may_hold_secret
from imviz.session.archive import pixels, wcs
from imviz.session.archive.identity import found_below, identity, same_content
from imviz.session.archive.schema import items, plain, text
from imviz.session.region_placement import Ground

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.session import Session
    from imviz.session.archive.container import Archive
    from imviz.session.image_data import ImageData

__all__ = ["Missing", "SavedImage", "ground_record", "read_image", "to_record"]

LARGEST_SIDE = 2**31

_KNOWN: WeakKeyDictionary[ImageData, tuple[Loaded, Any]] = WeakKeyDictionary()
"""What the files of images are known by, found once for each time that an image is read."""


@dataclass(slots=True)
class Missing:
    """An image that was not found: all that the session file tells of it.

    Attributes
    ----------
    record : dict
        Its JSON, which is saved as it is.
    ground : Ground
        What regions lie on.
    index : int
        Its place among the images.
    why : str
        Why it is not there, in a sentence.
    shown : dict
        Viewer to how it was shown there.
    archive : Archive
        The file it is from.
    """

    record: dict[str, Any]
    ground: Ground
    index: int
    why: str
    archive: Archive
    shown: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SavedImage:
    """An image that a session file has, as it was found.

    Attributes
    ----------
    key : str
        What regions and catalogs of the file call it.
    loaded : Loaded or None
        None where it was not found, or was no longer in the document.
    plane : tuple of int
        The plane that was shown.
    missing : Missing or None
        What is told of one that was not found.
    ground : Ground
        Its place for regions.
    """

    key: str
    ground: Ground
    loaded: Loaded | None = None
    plane: tuple[int, ...] = ()
    missing: Missing | None = None


# ---- writing


def to_record(session: Session, label: str, folder: Path | None) -> dict[str, Any]:
    """An image of the document as JSON, but for its pixels; `folder` is the session file's."""
    one, image = session.origins.loaded(label), session.image(label)
    record: dict[str, Any] = {"label": label, **_address(one, folder)}
    if "address" in record and one is not None:
        record["known_by"] = _known_by(session, label, one)
    shown = session.origins.plane(label)
    if shown:
        record["shown_plane"] = list(shown)
    if "address" not in record:
        record |= pixels.about(image)
    return record | ground_record(session.ground(label))


def ground_record(ground: Ground) -> dict[str, Any]:
    """What regions need of an image, as JSON."""
    return {"shape": [int(n) for n in ground.shape], "wcs": plain(wcs.to_record(ground.wcs))}


def _address(one: Loaded | None, folder: Path | None) -> dict[str, Any]:
    """Where an image can be opened again; nothing if nowhere, or if that is not for others to read."""
    if one is None or one.source is None or may_hold_secret(one.source.address):
        return {}
    source = one.source
    record: dict[str, Any] = {"address": source.address, "ext": plain_ext(one.ext)}
    if source.plane is not None and not one.planes:
        record["plane"] = list(source.plane)
    if source.row_order != "file":
        record["row_order"] = source.row_order
    if folder is not None and not is_address(source.address):
        beside = os.path.relpath(source.address, folder)
        if not beside.startswith(os.pardir):
            record["beside"] = Path(beside).as_posix()
    return record


def _known_by(session: Session, label: str, one: Loaded) -> Any:
    data = session.data(label)
    known = _KNOWN.get(data)
    if known is None or known[0] is not one:
        address = one.source.address if one.source is not None else ""
        known = (
            one,
            None if is_address(address) or label in session.origins.changed() else identity(Path(address)),
        )
        _KNOWN[data] = known
    return known[1]


# ---- reading


def read_image(
    record: dict[str, Any], n: int, archive: Archive, look_in: Path | None, notes: list[str]
) -> SavedImage:
    """One image of a session file: opened if it is found, else what is known of it.

    Parameters
    ----------
    record : dict
        Its JSON.
    n : int
        Its place among the images.
    archive : Archive
        The file.
    look_in : Path or None
        A folder to look for it in.
    notes : list of str
        Gets a sentence for one that is missing or has changed.
    """
    label = text(record, "label")
    if not label.strip():
        raise ReadError("It has an image without a label.")
    ground = _ground(record, label)
    if record.get("removed") is True:
        return SavedImage(text(record, "key", label), ground)
    try:
        found, loaded = _found_and_opened(record, archive, look_in)
        loaded = replace(loaded, label=label)
        plane = tuple(items(record, "shown_plane", int))
        if plane and loaded.planes and loaded.again is not None:
            loaded = replace(loaded.again(plane), label=label, planes=loaded.planes)
    except ImvizError as error:
        notes.append(f"{label[:60]} is missing: {error}"[:240])
        return SavedImage(label, ground, missing=Missing(record, ground, n, str(error), archive))
    if found is not None and not same_content(record.get("known_by"), identity(found)):
        notes.append(f"{label[:60]} has changed since the session was saved: {found.name[-80:]}.")
    return SavedImage(label, ground, loaded, plane)


def _ground(record: Mapping[str, Any], label: str) -> Ground:
    shape = tuple(items(record, "shape", int))
    if len(shape) != 2 or not all(0 < n < LARGEST_SIDE for n in shape):
        raise ReadError(
            f"The image {label[:60]!r} has the shape {str(shape)[:60]}; an image has (rows, columns)."
        )
    return Ground(label, wcs.from_record(record.get("wcs"), shape), shape, loaded=False)


def _found(record: Mapping[str, Any], archive: Archive, look_in: Path | None) -> Path | None:
    """The file of an image, where it is on this machine now; None for one that came from elsewhere.

    Raises
    ------
    MissingFileError
        It is not there.
    """
    if "address" not in record:
        return None
    address = text(record, "address")
    if is_address(address):
        return None
    path, known = Path(address), record.get("known_by")
    known = known if isinstance(known, dict) else None
    places = [path] if path.is_absolute() else []
    if archive.path is not None:
        folder = archive.path.absolute().parent
        places += [folder / text(record, "beside", path.name), folder / path.name]
    there, refused = _those_there(places)
    same = [place for place in there if same_content(known, identity(place))]
    if same:
        return same[0]
    if look_in is not None:
        check_place(look_in)
        found = found_below(look_in, path.name, known)
        if found is not None:
            return found
    if there and there[0] == path:
        return path  # it has changed, which is told
    if refused:
        raise refused[0]
    raise MissingFileError(f"There is no file {address[-120:]!r}.")


def _those_there(places: list[Path]) -> tuple[list[Path], list[ImvizError]]:
    """The files that are there, and why others may not be opened; those are not even asked for."""
    there, refused = [], []
    for place in places:
        try:
            if "\0" not in str(place):
                check_place(place)
                there += [place] if os.path.lexists(place) else []
        except ImvizError as error:
            refused.append(error)
    return there, refused


def _found_and_opened(
    record: Mapping[str, Any], archive: Archive, look_in: Path | None
) -> tuple[Path | None, Loaded]:
    """An image and its file; where that cannot be had, the pixels that the session file has of it."""
    try:
        found = _found(record, archive, look_in)
        return found, _opened(record, found, archive)
    except ImvizError:
        if "pixels" not in record or "address" not in record:
            raise
        return None, _inside(record, archive)


def _opened(record: Mapping[str, Any], found: Path | None, archive: Archive) -> Loaded:
    if "address" not in record:
        return _inside(record, archive)
    address, plane = found or text(record, "address"), tuple(items(record, "plane", int)) or None
    try:
        return load(
            address, ext=ext_of(record.get("ext")), plane=plane, row_order=text(record, "row_order", "file")
        )[0]
    except (IndexError, TypeError) as error:
        raise ReadError(f"It has no extension {str(record.get('ext'))[:60]}.") from error


def _inside(record: Mapping[str, Any], archive: Archive) -> Loaded:
    """The image whose pixels the session file has."""
    if "pixels" not in record:
        raise ReadError("It was made in memory, and its pixels are not in the session file.")
    name = text(record, "pixels")
    image = pixels.image_of(archive.pixels(name), record)
    return Loaded(text(record, "label"), image)
