"""What kind of thing a source is, and which reader takes it.

A file is known by its first bytes, not by its suffix; an object by its type. Nothing is opened here
beyond those first bytes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from astropy.io import fits
from astropy.nddata import NDData

from imviz.errors import InputError, ReadError
from imviz.readers import labels
from imviz.readers.addresses import Selection, parse_ext, parse_path
from imviz.readers.arrays import load_array, load_nddata, load_npy
from imviz.readers.extensions import fits_file, hdu_list
from imviz.readers.fits_images import load_extensions
from imviz.readers.pictures import is_picture, load_picture
from imviz.readers.storage import open_storage

if TYPE_CHECKING:
    from imviz.readers.loaded import Loaded

__all__ = ["load"]

_IMAGE_HDUS = (fits.PrimaryHDU, fits.ImageHDU, fits.CompImageHDU)

_OTHER_FORMATS = {
    b"#ASDF": "an ASDF file, which is not supported yet; convert it to FITS",
    b"\x89HDF": "an HDF5 file; pass one of its arrays, read with h5py",
    b"PK\x03\x04": "a zip archive; unzip it and open the image in it",
    b"\x1f\x9d": "compressed by 'compress'; unpack it with uncompress",
    b"\x80": "a Python pickle, which could run code and is never opened; save the array with numpy.save",
}


def load(source: object, *, ext: object = None, label: str | None = None) -> list[Loaded]:
    """Open anything that holds images.

    Parameters
    ----------
    source
        A path (FITS, also ``.gz``, ``.bz2``, ``.fz``; PNG, JPEG, TIFF; ``.npy``), as such or with
        extensions in brackets (``"a.fits[SCI,2]"``, ``"a.fits[1]"``, ``"a.fits[*]"``); an `HDUList` or
        image HDU; `NDData` or `CCDData`; a `Quantity`, masked or plain 2-D array.
    ext
        Which extensions of a FITS source: an index, a name, ``(name, version)``, a list of these, ``"*"``
        for every image, or `None` for the one that is meant (SCI, else the first image). Brackets
        in the name win.
    label
        What to call it instead of the file's stem; FITS extensions are appended to it.

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
    if isinstance(source, (str, os.PathLike)):
        return _load_paths(source, ext, label)
    if isinstance(source, fits.HDUList):
        return _load_hdus(source, parse_ext(ext), label)
    if isinstance(source, _IMAGE_HDUS):
        return _load_hdus(fits.HDUList([source]), (0,), label)
    if isinstance(source, NDData):
        return load_nddata(source, label)
    if isinstance(source, np.ndarray):
        return load_array(source, label)
    raise InputError(_refusal(source))


def _load_paths(source: str | os.PathLike[str], ext: object, label: str | None) -> list[Loaded]:
    """One file, or several joined by commas."""
    name = os.fspath(source)
    if not isinstance(name, str):
        raise InputError("A file name given as bytes is not supported; pass it as str or pathlib.Path.")
    addresses = parse_path(name)
    if len(addresses) > 1 and label is not None:
        raise InputError(f"label={label[:60]!r} cannot name {len(addresses)} files; load them one by one.")
    asked = parse_ext(ext)
    images = [_load_file(a.path, asked if a.selection is None else a.selection, label) for a in addresses]
    return [image for several in images for image in several]


def _load_file(path: Path, selection: Selection, label: str | None) -> list[Loaded]:
    """A file, by what its first bytes say it is."""
    storage = open_storage(path)
    magic = storage.magic()
    base = label or labels.stem(path)
    if magic.startswith(b"SIMPLE"):
        return load_extensions(fits_file(storage), selection, base)
    if magic.startswith(b"\x93NUMPY"):
        return load_npy(storage, base)
    if is_picture(magic):
        return load_picture(storage, base)
    for start, what in _OTHER_FORMATS.items():
        if magic.startswith(start):
            raise ReadError(f"{storage.name} is {what}.")
    raise ReadError(
        f"{storage.name} is not an image file: it does not begin as FITS, PNG, JPEG, TIFF or .npy do; "
        "convert it to FITS."
    )


def _load_hdus(hdus: fits.HDUList, selection: Selection, label: str | None) -> list[Loaded]:
    """FITS objects that astropy has opened or made."""
    source = hdu_list(hdus)
    if not source.records:
        raise InputError("The HDUList is empty; it needs at least one image HDU.")
    base = label or (labels.UNKNOWN_HDU if source.path is None else labels.stem(Path(source.path)))
    return load_extensions(source, selection, base)


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
