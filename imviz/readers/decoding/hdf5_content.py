"""Inside an HDF5 file: which of its datasets are images, and their values. Runs in the decoding process.

Links and datasets that lead to another file are passed over: what a user opens is this file and no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["header_of", "listing", "part"]

MOST = 2000
"""Objects looked at; a file of more is listed so far."""
_MOST_CARDS, _LONGEST = 300, 200


def listing(path: str) -> list[dict[str, Any]]:
    """Name, shape, type, chunks, unit and header of every dataset of numbers with two axes or more.

    The header is what stands in attributes of the dataset and of the groups it lies in.
    """
    import h5py

    found: list[dict[str, Any]] = []
    with h5py.File(path, "r") as file:
        waiting: list[tuple[Any, dict[str, Any]]] = [(file, header_of({}, file.attrs))]
        seen = 0
        while waiting and seen < MOST:
            group, header = waiting.pop(0)
            for key in group:
                seen += 1
                if not isinstance(group.get(key, getlink=True), h5py.HardLink) or seen > MOST:
                    continue
                item = group[key]
                if isinstance(item, h5py.Group):
                    waiting.append((item, header_of(header, item.attrs)))
                elif isinstance(item, h5py.Dataset) and len(item.shape or ()) >= 2:
                    found.append({**_description(item), "header": header_of(header, item.attrs)})
    return found


def header_of(above: Mapping[str, Any], attributes: Any) -> dict[str, Any]:
    """Single numbers and short texts among attributes, over those of the groups above; no other is kept."""
    found = dict(above)
    for key in list(attributes)[:_MOST_CARDS]:
        try:
            value = attributes[key]
        except (OSError, TypeError, ValueError):
            continue  # of a type that numpy does not have
        if isinstance(value, np.ndarray | np.generic) and value.size == 1:
            value = value.item()
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, bool | int | float | str) and not key.startswith("imviz_"):
            found[key[:_LONGEST]] = value[:_LONGEST] if isinstance(value, str) else value
    return found


def _description(item: Any) -> dict[str, Any]:
    unit = next((item.attrs[key] for key in ("units", "unit", "BUNIT") if key in item.attrs), None)
    if isinstance(unit, bytes):
        unit = unit.decode("utf-8", "replace")
    kind = np.dtype(item.dtype)
    return {
        "name": item.name,
        "shape": list(item.shape),
        "dtype": kind.str if kind.kind in "biufc" else str(kind)[:40],
        "chunks": None if item.chunks is None else list(item.chunks),
        "unit": unit if isinstance(unit, str) else None,
        "outside": bool(item.external or item.is_virtual),
    }


def part(path: str, dataset: str, box: tuple[slice, ...]) -> NDArray[Any]:
    """The values in a box of a dataset."""
    import h5py

    with h5py.File(path, "r") as file:
        item = file[dataset]
        if item.external or item.is_virtual:
            raise ValueError("its values lie in another file")
        return np.asarray(item[box])
