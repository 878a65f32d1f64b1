"""Objects of other packages, known by what they can do and never imported: open files, xarray, dask.

An open binary file gives the bytes it has; an array that computes its values when asked (dask) is asked
once, if the result is not immense; a labelled array (xarray) brings its name, unit and attributes.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.nddata import NDData, StdDevUncertainty

from imviz.errors import InputError, ReadError
from imviz.readers import labels
from imviz.readers.files.storage import memory_storage
from imviz.readers.headers.units import parse_unit
from imviz.readers.labels import short
from imviz.readers.memory.arrays import load_array, load_nddata
from imviz.readers.pixels.tiled import TiledArray
from imviz.readers.quality.missions import flags_of
from imviz.readers.quality.quality import Quality
from imviz.readers.quiet import DAMAGED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.readers.addresses import Plane
    from imviz.readers.files.storage import Storage
    from imviz.readers.loaded import Loaded
    from imviz.readers.pixels.tiled import Box

__all__ = ["file_storage", "is_array", "is_datamodel", "is_file", "load_datamodel", "load_foreign_array"]

LARGEST = 2**31
"""Bytes taken from an object that is not on disk: twice a 16k × 16k float32 image."""


def is_file(source: object) -> bool:
    """Whether this is an open file, or behaves like one."""
    return callable(getattr(source, "read", None)) and callable(getattr(source, "seek", None))


def is_array(source: object) -> bool:
    """Whether this is an array by another name: has a shape and a type, and turns into numpy's."""
    return all(hasattr(source, name) for name in ("__array__", "shape", "dtype"))


def file_storage(source: Any) -> Storage:
    """All bytes of an open binary file, from its beginning; it stays open, and where it was.

    Raises
    ------
    ReadError
        It is closed, not readable, opened as text, empty or immense.
    """
    name = str(getattr(source, "name", "") or "file object")
    shown = short(Path(name).name or name)
    try:
        before = source.tell()
        source.seek(0)
        try:
            content = source.read(LARGEST + 1)
        finally:
            source.seek(before)
    except DAMAGED as error:
        why = short(str(error) or type(error).__name__, 90)
        raise ReadError(f"{shown} cannot be read ({why}); pass the file's name instead.") from None
    if not isinstance(content, (bytes, bytearray)):
        raise ReadError(f"{shown} is open as text; open it with mode 'rb' or pass its name.")
    if len(content) > LARGEST:
        raise ReadError(f"{shown} gives more than {LARGEST / 1e9:.2g} GB; pass the file's name instead.")
    return memory_storage(Path(name), bytes(content))


def load_foreign_array(source: Any, label: str | None, plane: Plane) -> list[Loaded]:
    """An array of another package as an image.

    Raises
    ------
    InputError
        Its values cannot be had, are no numbers, or are too many.
    """
    kind = type(source).__name__[:40]
    name = getattr(source, "name", None)
    label = label or (name if isinstance(name, str) and hasattr(source, "attrs") and name else None)
    try:
        values: Any = _lazily(kind, source) if getattr(source, "chunks", None) else np.asarray(source)
    except InputError:
        raise
    except DAMAGED as error:
        raise _unturned(kind, error) from None
    (loaded,) = load_array(values, label, plane)
    attributes = getattr(source, "attrs", None)
    if not isinstance(attributes, dict):
        return [loaded]
    unit, note = parse_unit(attributes.get("units", attributes.get("unit")))
    notes = [*loaded.image.meta["imviz_notes"], *([note] if note else [])]
    meta = {**{str(key): value for key, value in attributes.items()}, "imviz_notes": notes}
    image = NDData(loaded.image.data, mask=loaded.image.mask, meta=meta, unit=unit)
    return [replace(loaded, image=image)]


def is_datamodel(source: object) -> bool:
    """Whether this is an image of JWST's or Roman's datamodels: pixels, quality, and a tree of metadata."""
    return all(hasattr(source, name) for name in ("data", "dq", "meta", "save", "to_asdf"))


def load_datamodel(source: Any, label: str | None, plane: Plane) -> list[Loaded]:
    """An image of the missions' own datamodels: pixels, unit, errors, quality flags and GWCS."""
    kind = type(source).__name__[:40]
    try:
        meta = source.meta
        names = {key: getattr(meta, key, None) for key in ("filename", "telescope", "bunit_data")}
        data, error, quality = (_array(source, name) for name in ("data", "err", "dq"))
        wcs = getattr(meta, "wcs", None)
    except DAMAGED as failed:
        raise _unturned(kind, failed) from None
    roman = str(names["telescope"]).upper() == "ROMAN"
    text = names["bunit_data"] or (None if not roman else "MJy/sr" if hasattr(source, "weight") else "DN/s")
    unit, note = parse_unit(text)
    uncertainty = None if error is None or error.shape != data.shape else StdDevUncertainty(error, copy=False)
    image = NDData(data, uncertainty=uncertainty, wcs=wcs, unit=unit, meta={"telescope": names["telescope"]})
    name = label or (labels.stem(Path(names["filename"])) if isinstance(names["filename"], str) else kind)
    (loaded,) = load_nddata(image, f"{name}[DATA]", plane)
    more = loaded.image.meta
    more["imviz_notes"] = [*more["imviz_notes"], *([note] if note else [])]
    if quality is None or quality.shape != loaded.image.data.shape:
        return [loaded]
    flags = Quality(quality.shape, lambda: quality, flags_of({"TELESCOP": names["telescope"]}, {}))
    more |= {"imviz_quality": flags, "imviz_mask": f"DQ: {flags.words}"}
    loaded.image.mask = flags.mask
    return [loaded]


def _array(source: Any, name: str) -> Any:
    """An array of a datamodel, its own and not a copy; `None` where there is none."""
    value = getattr(source, name, None)
    value = getattr(value, "value", value)
    return None if value is None or not np.size(value) else np.asarray(value)


def _unturned(kind: str, error: Exception) -> InputError:
    why = short((str(error) or type(error).__name__).splitlines()[0], 90)
    return InputError(f"A {kind} did not turn into numbers ({why}); pass a numpy array.")


def _lazily(kind: str, source: Any) -> Any:
    """An array in chunks that computes only what is looked at; one that cannot is computed whole."""
    inner = source.data if hasattr(source, "dims") and hasattr(source, "data") else source  # xarray over dask
    shape, dtype = tuple(int(n) for n in source.shape), np.dtype(source.dtype)
    if not callable(getattr(inner, "__getitem__", None)) or len(shape) < 2 or dtype.kind not in "biuf":
        _check_size(kind, source)
        return np.asarray(source)
    sizes = [one if isinstance(one, int) else max(one, default=1) for one in inner.chunks]

    def part(box: Box) -> NDArray[Any]:
        try:
            return np.asarray(inner[box])
        except DAMAGED as error:
            raise _unturned(kind, error) from None

    return TiledArray(shape, dtype.newbyteorder("="), (int(sizes[-2]), int(sizes[-1])), part)


def _check_size(kind: str, source: Any) -> None:
    """Refuse to have more computed than memory may bear."""
    size = prod(int(n) for n in source.shape) * np.dtype(source.dtype).itemsize
    if size > LARGEST:
        raise InputError(
            f"A {kind} of {size / 1e9:.3g} GB would be computed whole; pass a part of it, or save it as FITS."
        )
