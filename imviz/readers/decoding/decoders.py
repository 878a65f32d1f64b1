"""What the decoding process can do: tiles of a FITS image, a TIFF picture, parts of an HDF5 file.

Each function takes what JSON can say and gives an array, and words about it where those are what is asked
for. They run in a process of their own (`worker`), never in the one that shows the image.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.io import fits

from imviz.readers.decoding import hdf5_content
from imviz.readers.decoding.gray import gray_picture
from imviz.readers.quiet import quiet

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["DECODERS"]

_OPEN: dict[tuple[str, int, int, int, bool], fits.HDUList] = {}
"""The FITS file that was last asked for, still open."""


def _hdus(path: str, stored: bool) -> fits.HDUList:
    status = os.stat(path)
    key = path, status.st_ino, status.st_size, status.st_mtime_ns, stored
    if key not in _OPEN:
        while _OPEN:
            _OPEN.popitem()[1].close()
        _OPEN[key] = fits.open(path, memmap=False, lazy_load_hdus=True, do_not_scale_image_data=stored)
    return _OPEN[key]


def fits_tiles(path: str, hdu: int, box: list[list[int]], stored: bool = False) -> tuple[NDArray[Any], None]:
    """The tiles of a compressed image that a box needs, cut to it; as ``stored``, or scaled by astropy."""
    with quiet():
        image = _hdus(path, stored)[hdu]
        if not hasattr(image, "section"):
            raise ValueError(f"astropy finds no image there but a {type(image).__name__}")
        return np.asarray(image.section[tuple(slice(*bounds) for bounds in box)]), None


def picture(path: str, shown: str) -> tuple[NDArray[Any], str | None]:
    """A picture as gray values, rows from the top."""
    return gray_picture(path, shown)


def hdf5_list(path: str) -> tuple[NDArray[Any], Any]:
    """The arrays in an HDF5 file: name, shape, type, unit and header of each."""
    return np.empty(0), hdf5_content.listing(path)


def hdf5_part(path: str, dataset: str, box: list[list[int]]) -> tuple[NDArray[Any], None]:
    """A box of one of them."""
    return hdf5_content.part(path, dataset, tuple(slice(*bounds) for bounds in box)), None


def zarr_list(path: str) -> tuple[NDArray[Any], Any]:
    """The arrays in a Zarr store: name, shape, type, unit and header of each."""
    import zarr

    found: list[dict[str, Any]] = []
    waiting: list[tuple[str, Any, dict[str, Any]]] = [("", zarr.open(path, mode="r"), {})]
    while waiting and len(found) < hdf5_content.MOST:
        name, node, above = waiting.pop(0)
        header = hdf5_content.header_of(above, node.attrs)
        if isinstance(node, zarr.Group):
            waiting += [(f"{name}/{key}", member, header) for key, member in sorted(node.members())]
        elif len(node.shape) >= 2:
            found.append({**_zarr_description(name or "/data", node), "header": header})
    return np.empty(0), found


def _zarr_description(name: str, node: Any) -> dict[str, Any]:
    units = [node.attrs.get(key) for key in ("units", "unit", "BUNIT")]
    unit = next((one for one in units if isinstance(one, str)), None)
    kind = np.dtype(node.dtype)
    return {
        "name": name,
        "shape": list(node.shape),
        "dtype": kind.str if kind.kind in "biufc" else str(kind)[:40],
        "chunks": list(node.chunks),
        "unit": unit,
        "outside": False,
    }


def zarr_part(path: str, dataset: str, box: list[list[int]]) -> tuple[NDArray[Any], None]:
    """A box of one of them."""
    import zarr

    node: Any = zarr.open(path, mode="r")
    if isinstance(node, zarr.Group):
        node = node[dataset.strip("/")]
    return np.asarray(node[tuple(slice(*bounds) for bounds in box)]), None


DECODERS: dict[str, Callable[..., tuple[NDArray[Any], Any]]] = {
    "fits_tiles": fits_tiles,
    "picture": picture,
    "hdf5_list": hdf5_list,
    "hdf5_part": hdf5_part,
    "zarr_list": zarr_list,
    "zarr_part": zarr_part,
}
"""By the name a request uses."""
