"""Arrays in memory, ``.npy`` files, quantities, masked arrays and NDData.

The caller's array is looked at through a read-only view: it is neither copied, nor changed, nor made
read-only itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.nddata import NDData
from astropy.units import Quantity
from astropy.utils.masked import Masked
from astropy.wcs import WCS

from imviz.errors import InputError, ReadError
from imviz.readers.headers.conventions import remarks
from imviz.readers.headers.linear import told_nonlinear
from imviz.readers.labels import ARRAY, NDDATA, short
from imviz.readers.loaded import Loaded
from imviz.readers.pixels.lazy import LazyArray
from imviz.readers.pixels.planes import choose_plane, first_plane_note
from imviz.readers.quiet import damaged, quiet
from imviz.readers.wcs.celestial import usable_wcs
from imviz.science.calibration.header import autofill

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.readers.addresses import Plane
    from imviz.readers.files.storage import Storage
    from imviz.readers.pixels.planes import PlaneChoice

__all__ = ["load_array", "load_nddata", "load_npy", "plane_of", "told_by_metadata", "with_plane"]

_REFUSED = {
    "c": "complex numbers; pass its abs(), .real or .imag",
    "O": "Python objects; convert it with .astype(float)",
    "S": "bytes, not numbers; convert it with .astype(float)",
    "U": "text, not numbers; convert it with .astype(float)",
    "V": "records, not numbers; pass one of its fields",
    "M": "dates, not numbers; convert it with .astype(float)",
    "m": "time spans, not numbers; convert it with .astype(float)",
}


def load_array(source: Any, label: str | None, plane: Plane = None) -> list[Loaded]:
    """A 2-D array, masked array or quantity as an image; a mask and a unit stay with it."""
    notes: list[str] = []
    unit = source.unit if isinstance(source, Quantity) else None
    values: Any = source.value if isinstance(source, Quantity) else source
    name = label or ARRAY
    mask = None
    if isinstance(values, Masked):
        values, mask = values.unmasked, values.mask
    elif isinstance(values, np.ma.MaskedArray):
        values, mask = values.data, None if values.mask is np.ma.nomask else np.ma.getmaskarray(values)
    data, choice = plane_of(values, name, plane, notes)
    mask = None if mask is None else _frozen(choice.of(mask))
    image = NDData(data, mask=mask, unit=unit, meta={"imviz_notes": notes})
    return [Loaded(with_plane(name, plane), image, choice.offered)]


def load_nddata(source: NDData, label: str | None, plane: Plane = None) -> list[Loaded]:
    """An NDData or CCDData as an image: unit, WCS, mask, uncertainty and metadata are kept."""
    notes: list[str] = []
    name = label or NDDATA
    data, choice = plane_of(source.data, name, plane, notes)
    meta = {**dict(source.meta or {}), "imviz_notes": notes}
    mask, uncertainty, wcs = source.mask, source.uncertainty, source.wcs
    if mask is not None:
        mask = np.broadcast_to(np.asarray(mask, dtype=bool), np.shape(source.data))
        mask = _frozen(choice.of(mask))
    if uncertainty is not None:
        error = np.broadcast_to(np.asarray(uncertainty.array), np.shape(source.data))
        uncertainty = type(uncertainty)(_frozen(choice.of(error)), unit=uncertainty.unit, copy=False)
    wcs, fault = _flat_wcs(wcs, data.shape)
    notes += [fault] if fault else []
    meta |= told_by_metadata(meta, source.unit, wcs, notes)
    image = NDData(data, uncertainty=uncertainty, mask=mask, wcs=wcs, meta=meta, unit=source.unit)
    return [Loaded(with_plane(name, plane), image, choice.offered)]


def told_by_metadata(meta: dict[str, Any], unit: Any, wcs: Any, notes: list[str]) -> dict[str, str]:
    """What a header among the metadata says of its pixels.

    Parameters
    ----------
    meta, unit, wcs
        Of an image that is no FITS file: an NDData, an array of an ASDF or HDF5 file or of a Zarr store.
    notes
        Gets what a FITS file with these cards would have: conventions, and doubts of gain and zero point.

    Returns
    -------
    dict
        Marks for the metadata, of pixels that are not linear in flux.
    """
    inner = [meta.get(name) for name in ("primary_header", "meta", "header")]
    header = {
        str(key).upper(): value
        for cards in (*inner, meta)
        if isinstance(cards, Mapping)
        for key, value in cards.items()
    }
    notes += remarks(header)
    if unit is None and str(header.get("BUNIT") or "").strip():
        notes.append(f"BUNIT = {header['BUNIT']!r:.60} is among the metadata, but pixel values have no unit")
    marks = told_nonlinear(header, notes)
    notes += autofill(meta, unit, wcs).notes
    return marks


def _flat_wcs(wcs: Any, shape: tuple[int, ...]) -> tuple[Any, str | None]:
    """The celestial part of a WCS, if that is what the image's two axes are; else a note."""
    if isinstance(wcs, WCS) and wcs.naxis > 2:
        with quiet():
            flat = wcs.sub([1, 2])
            wcs = flat if flat.has_celestial and wcs.axis_correlation_matrix[:2, 2:].sum() == 0 else wcs
    if wcs is not None and wcs.pixel_n_dim != 2:
        return None, f"the WCS has {wcs.pixel_n_dim} pixel axes, the image 2; loaded without WCS"
    return usable_wcs(wcs, shape)


def load_npy(storage: Storage, label: str, plane: Plane = None) -> list[Loaded]:
    """An array that numpy has saved; objects in it are never unpickled."""
    try:
        array = _saved(storage)
    except damaged() as error:
        why = short(str(error).splitlines()[0] if str(error) else type(error).__name__, 90)
        raise ReadError(f"{storage.name} is not a readable .npy array of numbers ({why}).") from None
    notes: list[str] = []
    data, choice = plane_of(array, storage.name, plane, notes)
    image = NDData(data, meta={"imviz_notes": notes, "imviz_source": str(storage.path)})
    return [Loaded(with_plane(label, plane), image, choice.offered)]


def _saved(storage: Storage) -> Any:
    """The array in a ``.npy`` file: left on disk where it lies there as numbers row by row."""
    with storage.handle() as file:
        if np.lib.format.read_magic(file) == (1, 0):
            shape, by_column, dtype = np.lib.format.read_array_header_1_0(file)
            start, size = file.tell(), prod(shape) * dtype.itemsize
            plain = not by_column and dtype.kind in "iuf" and dtype.itemsize <= 8
            if plain and 0 < size <= storage.size - start:
                return storage.array(start, dtype, shape)
        file.seek(0)
        return np.load(file, allow_pickle=False)


def with_plane(name: str, plane: Plane) -> str:
    """A label with the plane that was asked for behind it."""
    return name if plane is None else f"{name}[{','.join(map(str, plane))}]"


def plane_of(array: Any, name: str, plane: Plane, notes: list[str]) -> tuple[Any, PlaneChoice]:
    """A read-only 2-D view of an array of numbers, and how it was taken.

    Parameters
    ----------
    array
        Of two dimensions or more, axes of length one not counted.
    name
        For messages.
    plane
        Which one of many; `None`: the first.
    notes
        Gets a sentence when axes are dropped or there are more planes.

    Raises
    ------
    InputError
        For anything else, with what would do.
    """
    view = array if isinstance(array, LazyArray) else _frozen(np.asarray(array))
    name, shape = short(name), view.shape
    if view.dtype.kind in _REFUSED:
        raise InputError(f"{name} ({view.dtype}) holds {_REFUSED[view.dtype.kind]}."[:240])
    if view.size == 0:
        raise InputError(f"{name} is empty, shape {shape}; an image needs at least one pixel.")
    if len(shape) < 2:
        raise InputError(f"{name} is {len(shape)}-D, shape {shape}; an image needs two axes (rows, columns).")
    if plane is None and len(shape) == 3 and shape[2] in {3, 4} and min(shape[:2]) > 4:
        raise InputError(
            f"{name} {shape} looks like a picture in colour; pass one colour, array[..., 0], or their mean."
        )
    choice = choose_plane(shape, plane, name)
    flat = choice.of(view)
    if choice.offered:
        notes.append(first_plane_note(choice.offered))
    elif not choice.index and flat.shape != shape:
        notes.append(f"axes of length 1 dropped: {shape} pixels are shown as {flat.shape}")
    if flat.dtype.kind == "b":
        flat = np.asarray(flat).view(np.uint8)
    return flat, choice


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """A read-only view; the caller's own array stays writeable."""
    view = array.view()
    view.flags.writeable = False
    return view
