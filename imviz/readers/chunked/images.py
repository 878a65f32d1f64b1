"""HDF5 files and Zarr stores: files of arrays in chunks, listed and decoded in a process of their own.

Of several arrays the one that is meant is asked for by name (``"a.h5[/night/data]"``); unasked, it is the
one called data, sci or image, else the largest. They need the extras ``imviz[hdf5]`` and ``imviz[zarr]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.nddata import NDData

from imviz.errors import InputError, MissingExtraError, ReadError
from imviz.readers.chunked.zarr_store import check_store, size_of
from imviz.readers.decoding.sandbox import decode
from imviz.readers.files.storage import check_expansion
from imviz.readers.headers.units import parse_unit
from imviz.readers.labels import short
from imviz.readers.loaded import Loaded
from imviz.readers.memory.arrays import plane_of, told_by_metadata, with_plane
from imviz.readers.pixels.tiled import TiledArray

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from imviz.readers.addresses import Plane, Selection
    from imviz.readers.files.storage import Storage
    from imviz.readers.pixels.tiled import Box

__all__ = ["ChunkedFile", "hdf5_file", "load_chunked", "zarr_store"]

USUAL = ("data", "sci", "science", "image")
ROWS = 2**18  # bytes of rows that are read together of an array without chunks


@dataclass(frozen=True, slots=True)
class ChunkedFile:
    """A file or folder of arrays.

    Attributes
    ----------
    name, path
        For messages; where it lies.
    size
        Bytes it has on disk.
    part
        The decoder that gives a box of one of its arrays.
    arrays
        What the lister says of each: name, shape, dtype, chunks, unit, outside, header.
    check
        Raises when it has changed; `None` where that is not watched.
    """

    name: str
    path: str
    size: int
    part: str
    arrays: list[dict[str, Any]]
    check: Callable[[], None] | None

    def usual(self) -> dict[str, Any]:
        """The array that is meant when nobody says which."""
        called = [one for one in self.arrays if one["name"].rsplit("/", 1)[-1].lower() in USUAL]
        return (called or sorted(self.arrays, key=lambda one: -prod(one["shape"])))[0]


def hdf5_file(storage: Storage) -> ChunkedFile:
    """The arrays in an HDF5 file."""
    _need("h5py", "hdf5", storage.name, "an HDF5 file")
    storage.file.check()
    path = str(storage.file.path)
    _, arrays = decode(storage.name, "hdf5_list", path=path)
    return ChunkedFile(storage.name, path, storage.size, "hdf5_part", arrays, storage.file.check)


def zarr_store(path: Path) -> ChunkedFile:
    """The arrays in a Zarr store (a folder)."""
    name = short(path.name)
    check_store(path)
    _need("zarr", "zarr", name, "a Zarr store")
    _, arrays = decode(name, "zarr_list", path=str(path))
    return ChunkedFile(name, str(path), size_of(path), "zarr_part", arrays, None)


def load_chunked(source: ChunkedFile, selection: Selection, base: str, plane: Plane) -> list[Loaded]:
    """The chosen arrays, labelled ``base[/name]``, or just ``base`` where there is only one.

    Raises
    ------
    ReadError
        It holds no image.
    InputError
        It has no such array.
    """
    if not source.arrays:
        raise ReadError(f"{source.name} holds no 2-D image: it has no array of numbers with two axes.")
    return [_image(source, array, base, plane) for array in _chosen(source, selection)]


def _need(package: str, extra: str, name: str, what: str) -> None:
    if find_spec(package) is None:
        raise MissingExtraError(f"{name} is {what}; 'pip install imviz[{extra}]' makes imviz open it.")


def _chosen(source: ChunkedFile, selection: Selection) -> list[dict[str, Any]]:
    if selection == "*":
        return source.arrays
    if selection is None:
        return [source.usual()]
    return [_find(source, one) for one in selection if not isinstance(one, str)]


def _find(source: ChunkedFile, one: int | tuple[str, int | None]) -> dict[str, Any]:
    """The array of a number, a path, or the last part of one; upper and lower case are the same."""
    if isinstance(one, int):
        found = source.arrays[one : one + 1]
    else:
        wanted = one[0].strip("/").upper()
        names = [(array["name"].strip("/").upper(), array) for array in source.arrays]
        found = [array for name, array in names if name == wanted]
        found = found or [array for name, array in names if name.rsplit("/", 1)[-1] == wanted]
    if not found:
        what = one if isinstance(one, int) else one[0]
        offer = ", ".join(array["name"] for array in source.arrays)[:110]
        raise InputError(f"{source.name} has no array [{what!s:.40}]; it has {offer}."[:240])
    return found[0]


def _image(source: ChunkedFile, array: dict[str, Any], base: str, plane: Plane) -> Loaded:
    name, shape = array["name"], tuple(array["shape"])
    what = f"{source.name}[{short(name, 40)}]"
    if array["outside"]:
        raise ReadError(f"{what} keeps its values in another file, which is not followed; copy them into it.")
    try:
        dtype = np.dtype(array["dtype"])
    except TypeError:
        raise ReadError(f"{what} holds {array['dtype']}, not numbers.") from None
    check_expansion(what, source.size, prod(shape) * dtype.itemsize)

    def part(box: Box) -> NDArray[Any]:
        bounds = [[one.start, one.stop] for one in box]
        return decode(what, source.part, path=source.path, dataset=name, box=bounds)[0]

    chunks = array["chunks"] or [*shape[:-2], max(1, ROWS // max(shape[-1] * dtype.itemsize, 1)), shape[-1]]
    pixels = TiledArray(shape, dtype.newbyteorder("="), (chunks[-2], chunks[-1]), part, source.check)
    notes: list[str] = []
    data, choice = plane_of(pixels, what, plane, notes)
    unit, note = parse_unit(array["unit"])
    notes += [note] if note else []
    label = base if len(source.arrays) == 1 else f"{base}[{name.strip('/')}]"
    meta = dict(array["header"])
    meta |= told_by_metadata(meta, unit, None, notes)
    meta |= {"imviz_notes": notes, "imviz_source": source.path}
    ext = ((name.upper(), None),)
    return Loaded(with_plane(label, plane), NDData(data, meta=meta, unit=unit), choice.offered, ext)
