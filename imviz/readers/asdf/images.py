"""Images in ASDF files: Roman's, JWST's own, and any whose tree has arrays with two axes or more.

Pixels, quality and errors need no extra package; the GWCS needs ``imviz[roman]`` (or ``[gwcs]``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.nddata import NDData, StdDevUncertainty

from imviz.errors import ImvizError, InputError, ReadError
from imviz.readers.asdf.gwcs import wcs_in
from imviz.readers.asdf.tree import AsdfFile
from imviz.readers.headers.units import parse_unit
from imviz.readers.loaded import Loaded
from imviz.readers.memory.arrays import plane_of, told_by_metadata, with_plane
from imviz.readers.quality.missions import flags_of
from imviz.readers.quality.quality import Quality, bad_pixels

if TYPE_CHECKING:
    from astropy import units as u

    from imviz.readers.addresses import Plane, Selection
    from imviz.readers.files.storage import Storage

__all__ = ["asdf_contents", "load_asdf"]

DEEP = 5
"""Levels of the tree in which arrays are looked for."""
COMPANIONS = {"err", "dq", "context", "weight", "wavelength", "area", "amp33"}
_HEADERS = ("header", "primary_header")  # a FITS file's, as programs keep them in a tree
ALIASES = {"SCI": "DATA", "ERROR": "ERR"}


def asdf_contents(storage: Storage) -> list[tuple[str, tuple[int, ...], str]]:
    """Name, shape and type of each array with two axes or more; the science image comes first."""
    file = AsdfFile(storage)
    return [
        (name.upper(), file.shape(node) or (), _datatype(node))
        for name, node in _arrays(file, _root(file)).items()
    ]


def load_asdf(storage: Storage, selection: Selection, base: str, plane: Plane) -> list[Loaded]:
    """The chosen arrays of a file, labelled ``base[DATA]``.

    Raises
    ------
    ReadError
        It holds no image, or is damaged.
    InputError
        It has no such array.
    """
    file = AsdfFile(storage)
    root = _root(file)
    arrays = _arrays(file, root)
    if not arrays:
        raise ReadError(f"{storage.name} holds no 2-D image: its ASDF tree has no array with two axes.")
    names = list(arrays)[:1] if selection is None else _chosen(file, list(arrays), selection)
    return [_image(file, root, name, base, plane) for name in names]


def _root(file: AsdfFile) -> dict[str, Any]:
    """Where the arrays hang: Roman keeps everything under its name."""
    tree = file.tree if isinstance(file.tree, dict) else {}
    roman = tree.get("roman")
    return roman if isinstance(roman, dict) else tree


def _arrays(file: AsdfFile, root: dict[str, Any]) -> dict[str, Any]:
    """Every array with two axes or more by its place in the tree, the science image first."""
    found: dict[str, Any] = {}
    level: list[tuple[str, Any]] = [("", root)]
    for _ in range(DEEP):
        below: list[tuple[str, Any]] = []
        for path, node in level:
            for key, value in node.items() if isinstance(node, dict) else ():
                name = f"{path}.{key}" if path else str(key)
                shape = file.shape(value)
                if shape is not None and len(shape) >= 2 and 0 not in shape:
                    found[name] = value
                elif shape is None and not (path == "" and key in {"meta", "history", "asdf_library"}):
                    below.append((name, value))
        level = below[:1000]
    return dict(sorted(found.items(), key=lambda item: (item[0] != "data", item[0] in COMPANIONS)))


def _chosen(file: AsdfFile, names: list[str], selection: Selection) -> list[str]:
    """Names that are asked for."""
    if selection == "*":
        return names
    known = {name.upper(): name for name in names}
    chosen = []
    for one in selection or ():
        if isinstance(one, int):
            found = names[one] if one < len(names) else None
        else:
            word = str(one[0]).upper()
            found = known.get(word, known.get(ALIASES.get(word, "")))
        if found is None:
            wanted = one if isinstance(one, int) else one[0]
            offer = ", ".join(known)[:110]
            raise InputError(f"{file.storage.name} has no array [{wanted!s:.30}]; it has {offer}.")
        chosen.append(found)
    return chosen


def _image(file: AsdfFile, root: dict[str, Any], name: str, base: str, plane: Plane) -> Loaded:
    notes: list[str] = []
    node = _arrays(file, root)[name]
    what = f"{file.storage.name}[{name.upper()}]"
    data, choice = plane_of(file.array(node, name.upper()), what, plane, notes)
    meta = _meta(root)
    unit, note = _unit(node, root, name)
    notes += [note] if note else []
    on_sky = (
        "wcs" in meta
        and "border" not in name
        and name != "amp33"
        and file.shape(root.get("data")) is not None
    )
    wcs, remarks = wcs_in(file.storage, data.shape) if on_sky else (None, [])
    notes += remarks
    plain = {str(key): value for key, value in meta.items() if key != "wcs"}
    plain |= {key: root[key] for key in _HEADERS if isinstance(root.get(key), dict)}
    quality = uncertainty = mask = None
    if name == "data":
        uncertainty = _uncertainty(file, root, choice, data.shape, notes)
        quality = _quality(file, root, choice, data.shape, notes)
        mask = _weighed(file, root, choice, data.shape, notes) if quality is None else quality.mask
    if name.rsplit(".", 1)[-1] not in COMPANIONS:
        plain |= told_by_metadata(plain, unit, wcs, notes)
    plain |= {"imviz_source": str(file.storage.path), "imviz_notes": notes}
    if quality is not None:
        plain |= {"imviz_quality": quality, "imviz_mask": f"{quality.title}: {quality.words}"}
    elif mask is not None:
        plain["imviz_mask"] = "zero weight"
    image = NDData(data, uncertainty=uncertainty, mask=mask, wcs=wcs, meta=plain, unit=unit)
    ext = ((name.upper(), None),)
    return Loaded(with_plane(f"{base}[{name.upper()}]", plane), image, choice.offered, ext)


def _companion(
    file: AsdfFile, root: dict[str, Any], name: str, choice: Any, shape: tuple[int, ...], notes: list[str]
) -> Any:
    """An array beside the science image, if it is there and fits."""
    if file.shape(root.get(name)) is None:
        return None
    try:
        array = choice.of(file.array(root[name], name.upper()))
    except (ImvizError, ValueError) as error:
        notes.append(f"{name.upper()} left out: {error}"[:240])
        return None
    if array.shape != shape:
        notes.append(f"{name.upper()} left out: {array.shape} pixels, the image has {shape}")
        return None
    return array


def _uncertainty(file: AsdfFile, root: dict[str, Any], choice: Any, shape: Any, notes: list[str]) -> Any:
    array = _companion(file, root, "err", choice, shape, notes)
    return None if array is None else StdDevUncertainty(array, copy=False)


def _quality(
    file: AsdfFile, root: dict[str, Any], choice: Any, shape: Any, notes: list[str]
) -> Quality | None:
    array = _companion(file, root, "dq", choice, shape, notes)
    if array is None:
        return None
    meta = _meta(root)
    return Quality(shape, lambda: array, flags_of({"TELESCOP": _telescope(root, meta)}, {}))


def _weighed(file: AsdfFile, root: dict[str, Any], choice: Any, shape: Any, notes: list[str]) -> Any:
    """A mask of the pixels that nothing was measured for."""
    array = _companion(file, root, "weight", choice, shape, notes)
    return None if array is None else bad_pixels(shape, lambda: array, bad_is_zero=True)


def _meta(root: dict[str, Any]) -> dict[str, Any]:
    meta = root.get("meta")
    return meta if isinstance(meta, dict) else {}


def _telescope(root: dict[str, Any], meta: dict[str, Any]) -> str:
    named = meta.get("telescope")
    return str(named) if isinstance(named, str) else "ROMAN" if "cal_step" in root else ""


def _unit(node: Any, root: dict[str, Any], name: str) -> tuple[u.UnitBase | None, str | None]:
    """A quantity's unit, JWST's ``bunit_data``, or what Roman's data are defined to be in."""
    meta = _meta(root)
    text = node.get("unit") if isinstance(node, dict) else None
    text = meta.get(f"bunit_{name}") if text is None else text
    if text is None and name in {"data", "err"} and str(meta.get("telescope", "")).upper() == "ROMAN":
        text = "MJy/sr" if "weight" in root else "DN/s"
    return parse_unit(text)


def _datatype(node: Any) -> str:
    value = node.get("value") if isinstance(node.get("value"), dict) else node
    return str(np.dtype(str(value["datatype"]))) if "datatype" in value else ""
