"""A source looked into before any of it is loaded: what images it has, how large, and then those of them.

For a dialog that lets a user choose. A file on the network is fetched once, an uploaded one is there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.readers import labels
from imviz.readers.addresses import parse_ext, parse_path, split_brackets
from imviz.readers.asdf.images import asdf_contents
from imviz.readers.chunked.images import ChunkedFile, hdf5_file, zarr_store
from imviz.readers.chunked.zarr_store import is_store
from imviz.readers.files.storage import open_storage
from imviz.readers.fits.extensions import fits_file
from imviz.readers.fits.selection import usual
from imviz.readers.remote.download import Download, fetch, is_address
from imviz.readers.sources import load, load_storage

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.readers.files.storage import Storage
    from imviz.readers.fits.extensions import FitsSource
    from imviz.readers.loaded import Loaded

__all__ = ["Content", "Opened", "look_into", "look_into_storage"]


@dataclass(frozen=True, slots=True)
class Content:
    """One image that a source has.

    Attributes
    ----------
    ext
        What names it, as in brackets behind a file's name.
    title
        What it is called.
    shape, dtype, size
        Of its pixels; bytes unpacked.
    usual
        Whether it is the one that is opened when nobody chooses.
    """

    ext: str
    title: str
    shape: tuple[int, ...]
    dtype: str
    size: int
    usual: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A source and the way to load what is chosen of it.

    Attributes
    ----------
    name
        The file's.
    contents
        Its images; empty where there is nothing to choose.
    load
        Gives the images of some `Content.ext`; of `None`: what the source's own name asks for.
    """

    name: str
    contents: tuple[Content, ...]
    load: Callable[[list[str] | None], list[Loaded]]


def look_into(source: str, download: Download | None = None) -> Opened:
    """What a path or an address leads to.

    Raises
    ------
    ImvizError
        As `imviz.readers.load` does.
    """
    if is_address(source):
        address, selection, plane = split_brackets(source)
        storage = fetch(address, download or Download())
        return look_into_storage(storage, chosen=(selection, plane) != (None, None), asked=(selection, plane))
    addresses = parse_path(source)
    path = addresses[0].path
    if len(addresses) > 1 or addresses[0].selection is not None:
        return Opened(path.name, (), lambda _: load(source))
    contents = _of_store(zarr_store(path)) if os.path.isdir(path) and is_store(path) else None
    contents = _of_storage(open_storage(path)) if contents is None else contents
    literal = path

    def chosen(exts: list[str] | None) -> list[Loaded]:
        return load(literal, ext=None if exts is None else [_ext(one) for one in exts])

    return Opened(path.name, contents if len(contents) > 1 else (), chosen)


def look_into_storage(storage: Storage, *, chosen: bool = False, asked: Any = (None, None)) -> Opened:
    """What a file has that is not where the user keeps files: fetched or uploaded."""
    base, (selection, plane) = labels.stem(storage.path), asked

    def some(exts: list[str] | None) -> list[Loaded]:
        wanted = selection if exts is None else parse_ext([_ext(one) for one in exts])
        return load_storage(storage, wanted, base, plane)

    contents = () if chosen else _of_storage(storage)
    return Opened(storage.name, contents if len(contents) > 1 else (), some)


def _ext(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _of_storage(storage: Storage) -> tuple[Content, ...]:
    """The images of a file; none of a kind that has just one."""
    magic = storage.magic()
    if magic.startswith(b"SIMPLE"):
        return _of_fits(fits_file(storage))
    if magic.startswith(b"\x89HDF"):
        return _of_store(hdf5_file(storage))
    if magic.startswith(b"#ASDF"):
        found = asdf_contents(storage)
        return tuple(
            Content(name, name, shape, kind, _size(shape, kind), n == 0)
            for n, (name, shape, kind) in enumerate(found)
        )
    return ()


def _of_fits(source: FitsSource) -> tuple[Content, ...]:
    images = [record for record in source.records if record.kind == "image" and len(record.shape) >= 2]
    first = usual(source) if images else None
    return tuple(
        Content(
            str(record.index),
            record.title,
            record.shape,
            record.stored,
            _size(record.shape, record.stored),
            record is first,
        )
        for record in images
    )


def _of_store(source: ChunkedFile) -> tuple[Content, ...]:
    first = source.usual()["name"] if source.arrays else None
    return tuple(
        Content(
            one["name"],
            one["name"],
            tuple(one["shape"]),
            one["dtype"].lstrip("<>|="),
            _size(tuple(one["shape"]), one["dtype"]),
            one["name"] == first,
        )
        for one in source.arrays
    )


def _size(shape: tuple[int, ...], kind: str) -> int:
    try:
        return prod(shape) * np.dtype(kind).itemsize
    except TypeError:
        return 0
