"""Arrays in memory, ``.npy`` files, quantities, masked arrays and NDData.

The caller's array is looked at through a read-only view: it is neither copied, nor changed, nor made
read-only itself.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.nddata import NDData
from astropy.units import Quantity
from astropy.utils.masked import Masked

from imviz.errors import InputError, ReadError
from imviz.readers.labels import ARRAY, NDDATA
from imviz.readers.lazy import LazyArray
from imviz.readers.loaded import Loaded
from imviz.readers.quiet import DAMAGED
from imviz.readers.sky import usable_wcs
from imviz.readers.storage import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.readers.addresses import Plane
    from imviz.readers.storage import Storage

__all__ = ["load_array", "load_nddata", "load_npy", "plane_of"]

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
    values = chosen(values, name, plane)
    mask = None if mask is None else chosen(mask, name, plane)
    data = plane_of(values, name, notes)
    mask = None if mask is None else _same_shape(mask, data.shape)
    return [Loaded(_with_plane(name, plane), NDData(data, mask=mask, unit=unit, meta={"imviz_notes": notes}))]


def load_nddata(source: NDData, label: str | None, plane: Plane = None) -> list[Loaded]:
    """An NDData or CCDData as an image: unit, WCS, mask, uncertainty and metadata are kept."""
    notes: list[str] = []
    name = label or NDDATA
    data = plane_of(chosen(source.data, name, plane), name, notes)
    meta = {**dict(source.meta or {}), "imviz_notes": notes}
    mask, uncertainty, wcs = source.mask, source.uncertainty, source.wcs
    if mask is not None:
        mask = np.broadcast_to(np.asarray(mask, dtype=bool), np.shape(source.data))
        mask = _same_shape(chosen(mask, name, plane), data.shape)
    if uncertainty is not None:
        error = np.broadcast_to(np.asarray(uncertainty.array), np.shape(source.data))
        error = _same_shape(chosen(error, name, plane), data.shape)
        uncertainty = type(uncertainty)(error, unit=uncertainty.unit, copy=False)
    if wcs is not None and wcs.pixel_n_dim != 2:
        notes.append(f"the WCS has {wcs.pixel_n_dim} pixel axes, the image 2; loaded without WCS")
        wcs = None
    wcs, fault = usable_wcs(wcs, data.shape)
    notes += [fault] if fault else []
    image = NDData(data, uncertainty=uncertainty, mask=mask, wcs=wcs, meta=meta, unit=source.unit)
    return [Loaded(_with_plane(name, plane), image)]


def load_npy(storage: Storage, label: str, plane: Plane = None) -> list[Loaded]:
    """An array that numpy has saved; objects in it are never unpickled."""
    try:
        array = _saved(storage)
    except DAMAGED as error:
        why = short(str(error).splitlines()[0] if str(error) else type(error).__name__, 90)
        raise ReadError(f"{storage.name} is not a readable .npy array of numbers ({why}).") from None
    notes: list[str] = []
    data = plane_of(chosen(array, storage.name, plane), storage.name, notes)
    return [
        Loaded(
            _with_plane(label, plane),
            NDData(data, meta={"imviz_notes": notes, "imviz_source": str(storage.path)}),
        )
    ]


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


def chosen(array: Any, name: str, plane: Plane) -> Any:
    """A plane of an array with more than two axes, or the array where none is asked for."""
    if plane is None:
        return array
    shape = np.shape(array)
    front = shape[:-2]
    if not front:
        raise InputError(f"{short(name)} is one 2-D image, not a stack; open it without choosing a plane.")
    if len(plane) != len(front) or any(k >= n for k, n in zip(plane, front, strict=True)):
        raise InputError(
            f"{short(name)} ({'×'.join(map(str, shape))}) has no plane {plane!s:.40}; give plane= an index "
            f"below {front[0] if len(front) == 1 else str(front)[:60]}."
        )
    return array[plane]


def _with_plane(name: str, plane: Plane) -> str:
    return name if plane is None else f"{name}[{','.join(map(str, plane))}]"


def plane_of(array: Any, name: str, notes: list[str]) -> Any:
    """A read-only 2-D view of an array of numbers.

    Parameters
    ----------
    array
        Of two dimensions once axes of length one are dropped.
    name
        For messages.
    notes
        Gets a sentence when axes are dropped.

    Raises
    ------
    InputError
        For anything else, with what would do.
    """
    view = array if isinstance(array, LazyArray) else _frozen(np.asarray(array))
    name = short(name)
    if view.dtype.kind in _REFUSED:
        raise InputError(f"{name} ({view.dtype}) holds {_REFUSED[view.dtype.kind]}."[:240])
    if view.size == 0:
        raise InputError(f"{name} is empty, shape {view.shape}; an image needs at least one pixel.")
    shape = view.shape
    while len(shape) > 2 and 1 in shape:
        at = shape.index(1)
        shape = shape[:at] + shape[at + 1 :]
    if len(shape) > 2:
        size = "×".join(map(str, shape))
        raise InputError(
            f"{name} is a {len(shape)}-D image ({size}); choose a plane with array[k], "
            f"k from 0 to {shape[0] - 1}, or plane=k."
        )
    if len(shape) < 2:
        raise InputError(f"{name} is {len(shape)}-D, shape {shape}; an image needs two axes (rows, columns).")
    if shape != view.shape:
        notes.append(f"axes of length 1 dropped: {view.shape} pixels are shown as {shape}")
    return view.reshape(shape) if view.dtype.kind != "b" else view.reshape(shape).view(np.uint8)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """A read-only view; the caller's own array stays writeable."""
    view = array.view()
    view.flags.writeable = False
    return view


def _same_shape(array: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    return _frozen(array.reshape(shape))
