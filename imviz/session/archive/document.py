"""The whole document as plain JSON, and back: each part by the module of its kind.

A file is read in two steps. `read` makes everything that the file tells of and changes nothing; `restore`
puts it into a session in the place of all that was there, as one step of its history, which can be undone.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from echo import delay_callback

from imviz.errors import ImvizError, InputError, ReadError
from imviz.readers.labels import free_label
from imviz.session.alignment import parse
from imviz.session.archive import catalogs, images, pixels, regions, results, wcs
from imviz.session.archive.schema import FORMAT, VERSION, items, mapping, plain, text, whole
from imviz.session.orientations import DEFAULT, Orientation
from imviz.session.region_commands import COMBINE_MODES
from imviz.session.region_placement import Ground

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from imviz.science.results.table import Part
    from imviz.session import Session
    from imviz.session.archive.container import Archive
    from imviz.session.archive.images import SavedImage
    from imviz.session.catalogs import Catalog
    from imviz.session.region_placement import RegionRecord

__all__ = ["PIXELS", "Read", "described", "read", "restore"]

PIXELS = ("all", "arrays", None)
"""Whose pixels go into a file: of all images, of those without a file of their own, of none."""


@dataclass(slots=True)
class Read:
    """What a session file tells of a document, made and checked.

    Attributes
    ----------
    archive : Archive
        The file.
    images : list of SavedImage
        Those of the document, and those that regions still lie on.
    notes : list of str
        What could not be had, in sentences.
    """

    archive: Archive
    images: list[SavedImage] = field(default_factory=list)
    regions: list[RegionRecord] = field(default_factory=list)
    catalogs: dict[tuple[str | None, str], Catalog] = field(default_factory=dict)
    orientations: list[Orientation] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    next_id: int = 1
    models: dict[str, Any] = field(default_factory=dict)
    history: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def grounds(self) -> dict[str, Ground]:
        """What regions lie on, by key."""
        return {one.key: one.ground for one in self.images}


# ---- writing


def described(
    session: Session, folder: Path | None = None, keep: str | None = "arrays"
) -> tuple[dict[str, Any], dict[str, Callable[[BinaryIO], object]], list[str]]:
    """A session as JSON, the pixels to be written beside it, and what could not be kept, in sentences.

    Parameters
    ----------
    session : Session
        The document.
    folder : Path, optional
        Of the file it is for: images in or below it are found again wherever the folder goes.
    keep : {'arrays', 'all', None}
        Whose pixels go into the file.
    """
    if keep not in PIXELS:
        raise InputError(f"pixels={keep!r:.60} is not known; use {', '.join(map(repr, PIXELS))}.")
    notes: list[str] = []
    with session.lock:
        found, inside = _images(session, folder, keep, notes)
        keys = _keys(session, found)
        known = [record for record in session.region_list if record.outline is not None]
        lost = len(session.region_list) - len(known)
        notes += [f"{lost} selections by value have no outline, and are left out."] if lost else []
        document = {
            "format": FORMAT,
            "version": VERSION,
            "images": found,
            "alignment": session.alignment,
            "orientations": [_orientation(session, label) for label in session.orientations.names],
            "bad_flags": plain(session.origins.bad_flags),
            "regions": [regions.to_record(one, keys[id(one.ground)]) for one in known],
            "labels_given": session.region_list.automatic,
            "selected": list(session.selected_regions),
            "combine": str(session.combine),
            "catalogs": [
                catalogs.to_record(viewer, name, one, keys.get(id(one.ground)), notes)
                for viewer, name, one in session.catalogs.items()
            ],
            "results": results.to_record(session, notes),
            "history": [list(step) for step in session.history.record],
        }
    return document, inside, notes


def _images(
    session: Session, folder: Path | None, keep: str | None, notes: list[str]
) -> tuple[list[dict[str, Any]], dict[str, Callable[[BinaryIO], object]]]:
    """The images' records, those of missing ones in their places, and the pixels to be written."""
    found: list[dict[str, Any]] = []
    inside: dict[str, Callable[[BinaryIO], object]] = {}
    for label in session.images:
        record = images.to_record(session, label, folder)
        if keep == "all" or (keep == "arrays" and "address" not in record):
            name = f"images/{len(inside) + 1}.fits"
            record = record | pixels.about(session.image(label)) | {"pixels": name}
            inside[name] = partial(pixels.write_pixels, session.image(label))
        elif "address" not in record:
            notes.append(
                f"{label} was made in memory, and its pixels are not kept: pixels='arrays' keeps them."
            )
        found.append(record)
    for missing in sorted(session.missing.values(), key=lambda one: one.index):
        record = dict(missing.record)
        if "pixels" in record:
            notes.append(f"{missing.ground.label} is missing, and its pixels are not kept.")
            del record["pixels"]
        found.insert(missing.index, record)
    return found, inside


def _keys(session: Session, found: list[dict[str, Any]]) -> dict[int, str]:
    """What each ground is called in the file; those of removed images are added to its images."""
    keys = {id(session.ground(label)): label for label in session.images}
    keys |= {id(missing.ground): missing.ground.label for missing in session.missing.values()}
    taken = {str(record["label"]) for record in found}
    for record in session.region_list:
        if id(record.ground) not in keys and record.outline is not None:
            key = free_label(f"{record.ground.label} (removed)", taken)
            taken.add(key)
            keys[id(record.ground)] = key
            about = {"label": record.ground.label, "key": key, "removed": True}
            found.append(about | images.ground_record(record.ground))
    return keys


def _orientation(session: Session, label: str) -> dict[str, Any]:
    one = session.orientations[label]
    return {"label": label, "image": one.image} | images.ground_record(one.ground)


# ---- reading


def read(archive: Archive, look_in: Path | None = None) -> Read:
    """Make all that a session file tells of.

    Parameters
    ----------
    archive : Archive
        The file.
    look_in : Path, optional
        A folder to look in for images that are not where they were.

    Raises
    ------
    ReadError
        Something in it is not as it should be.
    """
    document, made = archive.document, Read(archive)
    records = items(document, "images", dict)
    for n, record in enumerate(records):
        made.images.append(images.read_image(record, n, archive, look_in, made.notes))
    keys = [one.key for one in made.images]
    if len(set(keys)) != len(keys):
        raise ReadError("Two of its images have the same label.")
    grounds = made.grounds
    made.regions = regions.from_records(items(document, "regions", dict), grounds, made.notes)
    made.catalogs = catalogs.from_records(items(document, "catalogs", dict), grounds, made.notes)
    made.orientations = [_made_orientation(record) for record in items(document, "orientations", dict)]
    made.parts, made.next_id = results.from_record(mapping(document, "results"))
    made.models = results.models_of(mapping(document, "results"), made.notes)
    made.history = [_step(record) for record in items(document, "history", list)]
    parse(text(document, "alignment", "pixels"))
    whole(document, "labels_given", 0)
    items(document, "selected", str)
    text(document, "combine", "new")
    mapping(document, "bad_flags")
    return made


def restore(session: Session, made: Read, code: str = "", title: str = "Open a session") -> None:
    """Have what a session file tells of instead of all that is there, as one step: all of it or nothing.

    Parameters
    ----------
    session : Session
        The document.
    made : Read
        What `read` made.
    code : str
        The Python that does the same, for the history.
    title : str
        The step's.
    """
    document = made.archive.document
    with session.lock, session.history.step(title):
        for label in session.images:
            session.remove_image(label)
        session.orientations.replace_all([])
        session.align("pixels")
        session.history.begin(made.history, code)
        session.replace_missing(
            {one.ground.label: one.missing for one in made.images if one.missing is not None}
        )
        _add_images(session, made)
        session.orientations.replace_all(made.orientations)
        session.align(text(document, "alignment", "pixels"))
        session.region_list.replace_all(made.regions, whole(document, "labels_given", 0))
        session.catalogs.replace_all(made.catalogs)
        session.replace_results(made.parts, made.next_id, made.models)
        _set_bad_flags(session, made)
    _choose(session, made)


def _add_images(session: Session, made: Read) -> None:
    """Bring the images in, linked once, at the end."""
    with ExitStack() as stack:
        stack.enter_context(delay_callback(session, "images", "revision"))
        stack.enter_context(session.glue.data_collection.delay_link_manager_update())
        for one in made.images:
            if one.loaded is not None:
                session.origins.add(one.loaded, plane=one.plane, ground=one.ground)


def _set_bad_flags(session: Session, made: Read) -> None:
    """Let those flags be bad that were; those that a mission's images no longer have are told."""
    chosen = mapping(made.archive.document, "bad_flags")
    for mission in sorted(set(session.origins.bad_flags) - set(chosen)):
        session.origins.set_bad_flags(mission, None)
    for mission, names in chosen.items():
        try:
            session.origins.set_bad_flags(mission, [str(name) for name in names])
        except (ImvizError, TypeError) as error:
            made.notes.append(f"Bad flags of {mission[:60]}: {error}"[:240])


def _choose(session: Session, made: Read) -> None:
    """What is chosen in a document, and no step of it: selected regions, how drawing combines."""
    document = made.archive.document
    session.select(label for label in items(document, "selected", str) if label in session.region_list)
    mode = text(document, "combine", "new")
    session.combine = mode if mode in ("new", *COMBINE_MODES) else "new"


def _made_orientation(record: Mapping[str, Any]) -> Orientation:
    label, shape = text(record, "label"), tuple(items(record, "shape", int))
    found = wcs.from_record(record.get("wcs"), shape) if len(shape) == 2 else None
    if found is None or not label.strip() or label == DEFAULT:
        raise ReadError(f"The orientation {label[:60]!r} has no place on the sky.")
    return Orientation(Ground(label, found, shape), text(record, "image"))


def _step(record: list[Any]) -> tuple[str, str]:
    if len(record) != 2 or not all(isinstance(one, str) for one in record):
        raise ReadError(f"{str(record)[:60]!r} is no step of a history.")
    return record[0], record[1]
