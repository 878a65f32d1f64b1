"""What kind of thing a source is, and which reader takes it.

A file is known by its first bytes, not by its suffix; an object by its type. Nothing is opened here
beyond those first bytes.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.io import fits
from astropy.nddata import NDData

from imviz.errors import InputError, ReadError
from imviz.readers import labels
from imviz.readers.addresses import (
    Plane,
    Selection,
    parse_ext,
    parse_path,
    parse_plane,
    split_brackets,
)
from imviz.readers.asdf.images import load_asdf
from imviz.readers.chunked.images import hdf5_file, load_chunked, zarr_store
from imviz.readers.chunked.zarr_store import is_store
from imviz.readers.files.storage import open_storage
from imviz.readers.fits.extensions import fits_file, hdu_list
from imviz.readers.fits.images import load_extensions
from imviz.readers.loaded import Source
from imviz.readers.memory.arrays import load_array, load_nddata, load_npy
from imviz.readers.memory.foreign import (
    file_storage,
    is_array,
    is_datamodel,
    is_file,
    load_datamodel,
    load_foreign_array,
)
from imviz.readers.pictures import is_picture, load_picture
from imviz.readers.remote.download import Download, fetch, is_address
from imviz.readers.row_order import by_row_order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imviz.readers.files.storage import Storage
    from imviz.readers.loaded import Loaded

__all__ = ["load", "load_storage"]

_IMAGE_HDUS = (fits.PrimaryHDU, fits.ImageHDU, fits.CompImageHDU)

_OTHER_FORMATS = {
    b"PK\x03\x04": "a zip archive; unzip it and open the image in it",
    b"\x1f\x9d": "compressed by 'compress'; unpack it with uncompress",
    b"\x80": "a Python pickle, which could run code and is never opened; save the array with numpy.save",
}


def load(
    source: object,
    *,
    ext: object = None,
    label: str | None = None,
    plane: object = None,
    download: Download | None = None,
    row_order: str = "file",
) -> list[Loaded]:
    """Open anything that holds images.

    Parameters
    ----------
    source
        A path (FITS, also ``.gz``, ``.bz2``, ``.fz``; PNG, JPEG, TIFF; ``.npy``; ASDF; HDF5; a Zarr store)
        or an address (``https://``, ``s3://``, ``mast:``), as such or with extensions in brackets
        (``"a.fits[SCI,2]"``, ``"a.fits[1]"``, ``"a.fits[*]"``); an `HDUList` or image HDU; `NDData` or
        `CCDData`; a `Quantity`, masked or plain array; an array of another package that turns into
        numpy's (xarray, dask); a file open for reading bytes; a pattern such as
        ``"night3/*.fits[SCI]"``; or a list of any of these.
    ext
        Which extensions of a FITS source: an index, a name, ``(name, version)``, a list of these, ``"*"``
        for every image, or `None` for the one that is meant (SCI, else the first image). Brackets
        in the name win.
    label
        What to call it instead of the file's stem; FITS extensions are appended to it.
    plane
        Of an image with three axes, the index of the one to show, from 0; of more axes, a tuple. In a
        file's name it stands behind the extension: ``"cube.fits[SCI,1][3]"``, which wins. Default: the
        first, and the image says how many there are (`Loaded.planes`).
    download
        For an address on the network: which hosts may be asked, how large it may be.
    row_order
        ``"header"``: an image whose ROWORDER says TOP-DOWN is turned, so that it stands as it does in the
        program that wrote it, with its WCS; y then counts from the file's last row. ``"file"``: as in FITS.

    Returns
    -------
    list of Loaded
        One image, or as many as were asked for. Data are read-only and in the source's own type; pixels
        of a plain FITS file stay on disk. ``meta`` is the header as a dictionary, with
        ``primary_header`` (that of the file, when another extension is shown), ``imviz_notes`` (what
        could not be used, in sentences), ``imviz_mask`` and ``imviz_source`` where they apply.

    Raises
    ------
    MissingFileError
        The file does not exist.
    ReadError
        The file is not an image, is damaged or cut off.
    InputError
        The object, the extension or the array cannot be shown as a 2-D image.
    """
    if label is not None and not isinstance(label, str):
        raise InputError(f"label={label!r} is not text; give a name such as 'm13'."[:240])
    chosen = parse_plane(plane)
    if isinstance(source, str) and is_address(source):
        found = _load_address(source, ext, label, chosen, download or Download())
    elif isinstance(source, (str, os.PathLike)):
        found = _load_paths(source, ext, label, chosen)
    else:
        found = _load_object(source, ext, label, chosen)
    return by_row_order(found, row_order)


def _load_object(source: object, ext: object, label: str | None, chosen: Plane) -> list[Loaded]:
    """What is no name of a file."""
    if isinstance(source, fits.HDUList):
        return _load_hdus(source, parse_ext(ext), label, chosen)
    if isinstance(source, _IMAGE_HDUS):
        return _load_hdus(fits.HDUList([source]), (0,), label, chosen)
    if isinstance(source, NDData):
        return _object(load_nddata, source, label, chosen)
    if isinstance(source, np.ndarray):
        return _object(load_array, source, label, chosen)
    return _load_other(source, ext, label, chosen)


def _load_other(source: object, ext: object, label: str | None, chosen: Plane) -> list[Loaded]:
    """Lists, arrays of other packages and open files."""
    if isinstance(source, (list, tuple)) and _are_sources(source):
        return _load_several(list(source), ext, label, chosen)
    if is_datamodel(source):
        return _object(load_datamodel, source, label, chosen)
    if is_array(source) and not isinstance(source, np.generic):
        return _object(load_foreign_array, source, label, chosen)
    if is_file(source):
        storage = file_storage(source)
        base = label or labels.stem(storage.path)
        found = load_storage(storage, parse_ext(ext), base, chosen)
        return [replace(one, again=partial(_storage_again, storage, one.ext, base)) for one in found]
    raise InputError(_refusal(source))


def _are_sources(items: Sequence[object]) -> bool:
    """Whether a list is one of images, rather than of numbers."""
    kinds = (str, os.PathLike, fits.HDUList, *_IMAGE_HDUS, NDData, np.ndarray)
    return bool(items) and all(
        isinstance(i, kinds) or is_file(i) or is_array(i) or is_datamodel(i) for i in items
    )


def _load_several(items: list[object], ext: object, label: str | None, plane: Plane) -> list[Loaded]:
    """Each item of a list, in its order; one that cannot be opened is named and none is."""
    if label is not None and len(items) > 1:
        raise InputError(f"label={label[:60]!r} cannot name {len(items)} images; load them one by one.")
    return [image for item in items for image in load(item, ext=ext, label=label, plane=plane)]


def _load_paths(source: str | os.PathLike[str], ext: object, label: str | None, plane: Plane) -> list[Loaded]:
    """One file, or several joined by commas."""
    name = os.fspath(source)
    if not isinstance(name, str):
        raise InputError("A file name given as bytes is not supported; pass it as str or pathlib.Path.")
    addresses = parse_path(name)
    if len(addresses) > 1 and label is not None:
        raise InputError(f"label={label[:60]!r} cannot name {len(addresses)} files; load them one by one.")
    asked = parse_ext(ext)
    images = [
        _load_file(
            a.path,
            asked if a.selection is None else a.selection,
            label,
            plane if a.plane is None else a.plane,
        )
        for a in addresses
    ]
    return [image for several in images for image in several]


def _load_address(
    source: str, ext: object, label: str | None, plane: Plane, download: Download
) -> list[Loaded]:
    """A file on the network; what is read again is what was fetched."""
    address, selection, inner = split_brackets(source)
    storage = fetch(address, download)
    base = label or labels.stem(storage.path)
    chosen = parse_ext(ext) if selection is None else selection
    plane = plane if inner is None else inner
    found = load_storage(storage, chosen, base, plane)
    place = Source(address, plane)
    return [
        replace(one, again=partial(_storage_again, storage, one.ext, base), source=place) for one in found
    ]


def _storage_again(storage: Storage, ext: Any, base: str, plane: Plane) -> Loaded:
    return load_storage(storage, ext, base, plane)[0]


def _load_file(path: Path, selection: Selection, label: str | None, plane: Plane) -> list[Loaded]:
    """A file, by what its first bytes say it is."""
    place = Source(str(path.absolute()), plane)
    if os.path.isdir(path) and is_store(path):
        found = load_chunked(zarr_store(path), selection, label or labels.stem(path), plane)
        return [replace(one, again=partial(_file_again, path, one.ext, label), source=place) for one in found]
    storage = open_storage(path)
    loaded = load_storage(storage, selection, label or labels.stem(path), plane)
    return [
        replace(one, again=partial(_file_again, path, one.ext, label), check=storage.file.check, source=place)
        for one in loaded
    ]


def _file_again(path: Path, ext: Any, label: str | None, plane: Plane) -> Loaded:
    return _load_file(path, ext, label, plane)[0]


def load_storage(storage: Storage, selection: Selection, base: str, plane: Plane) -> list[Loaded]:
    """A file's content, by what its first bytes say it is."""
    magic = storage.magic()
    if magic.startswith(b"SIMPLE"):
        return load_extensions(fits_file(storage), selection, base, plane)
    if magic.startswith(b"\x93NUMPY"):
        return load_npy(storage, base, plane)
    if magic.startswith(b"#ASDF"):
        return load_asdf(storage, selection, base, plane)
    if magic.startswith(b"\x89HDF"):
        return load_chunked(hdf5_file(storage), selection, base, plane)
    if is_picture(magic):
        return load_picture(storage, base)
    for start, what in _OTHER_FORMATS.items():
        if magic.startswith(start):
            raise ReadError(f"{storage.name} is {what}.")
    raise ReadError(
        f"{storage.name} is not an image file: it does not begin as FITS, PNG, JPEG, TIFF or .npy do; "
        "convert it to FITS."
    )


def _load_hdus(hdus: fits.HDUList, selection: Selection, label: str | None, plane: Plane) -> list[Loaded]:
    """FITS objects that astropy has opened or made."""
    source = hdu_list(hdus)
    if not source.records:
        raise InputError("The HDUList is empty; it needs at least one image HDU.")
    base = label or (labels.UNKNOWN_HDU if source.path is None else labels.stem(Path(source.path)))
    return [
        replace(one, again=partial(_hdu_again, hdus, one.ext, label))
        for one in load_extensions(source, selection, base, plane)
    ]


def _hdu_again(hdus: fits.HDUList, ext: Any, label: str | None, plane: Plane) -> Loaded:
    return _load_hdus(hdus, ext, label, plane)[0]


def _object(
    reader: Callable[..., list[Loaded]], source: object, label: str | None, plane: Plane
) -> list[Loaded]:
    """An object in memory; it can be had again, in another plane."""
    return [
        replace(one, again=lambda chosen: reader(source, label, chosen)[0])
        for one in reader(source, label, plane)
    ]


def _refusal(source: object) -> str:
    """Why an object of this type is not an image, and what to pass."""
    kind = type(source).__name__[:40]
    if isinstance(source, (list, tuple)):
        return f"A {kind} is not one image; load its items one by one, or pass numpy.array(...) of numbers."
    if isinstance(source, (fits.BinTableHDU, fits.TableHDU, fits.GroupsHDU)):
        return f"A {kind} holds a table, not an image; pass an ImageHDU."
    return (
        f"An object of type {kind} is not an image; pass a file name, HDUList, image HDU, NDData, Quantity "
        "or 2-D numpy array."
    )
