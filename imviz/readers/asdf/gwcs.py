"""The GWCS in an ASDF tree: of JWST's files in an extension, of Roman's in the file (the ``gwcs`` extra).

Only the WCS is built, by the packages that define it; pixels and metadata come from elsewhere. ASDF holds
descriptions of objects, not code, and no pickle; its tree has been measured before (`tree.fault`).
"""

from __future__ import annotations

from copy import deepcopy
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from astropy.wcs.wcsapi import BaseHighLevelWCS

from imviz.readers.asdf.tree import fault
from imviz.readers.quiet import damaged
from imviz.readers.wcs.celestial import leading_back, noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.readers.files.storage import Storage

__all__ = ["gwcs_of", "wcs_in"]


def gwcs_of(raw: Callable[[], bytes]) -> tuple[Any | None, list[str]]:
    """The GWCS in a FITS file's ASDF extension, given a function that reads its bytes.

    Returns
    -------
    wcs, notes
        ``(None, [])`` where the extension has no WCS.
    """
    if find_spec("asdf") is None or find_spec("gwcs") is None:
        return None, ["the file's GWCS needs 'pip install imviz[gwcs]'; its FITS WCS is used"]
    content = raw()
    start = content.find(b"#ASDF")
    if start < 0:
        return None, ["the ASDF extension holds no ASDF; its FITS WCS is used"]
    content = content[start:]
    if (why := fault(content.split(b"\n...", 1)[0])) is not None:
        return None, [f"the file's GWCS is not read ({why}); its FITS WCS is used"]
    notes: list[str] = []
    try:
        return _read_wcs(BytesIO(content), notes), notes
    except damaged() as error:
        why = _first_line(error)
        return None, [f"the file's GWCS cannot be read ({why}); its FITS WCS is used"]


def wcs_in(storage: Storage, shape: tuple[int, ...]) -> tuple[Any | None, list[str]]:
    """The GWCS of an ASDF file that has been looked over (`tree.AsdfFile`), for an image of a shape."""
    if find_spec("asdf") is None or find_spec("gwcs") is None:
        return None, ["the file's GWCS needs 'pip install imviz[roman]'; loaded without WCS"]
    notes: list[str] = []
    try:
        with storage.handle() as file:
            wcs = _read_wcs(file, notes)
    except damaged() as error:
        return None, [f"the file's GWCS cannot be read ({_first_line(error)}); loaded without WCS"]
    if wcs is not None and wcs.array_shape is None:
        wcs.array_shape = shape
    return leading_back(wcs, shape), notes


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:90]


def _read_wcs(content: BinaryIO, notes: list[str]) -> Any | None:
    """What the tree has under meta.wcs, and nothing else; what libraries say of it goes to the notes."""
    import asdf
    import yaml

    try:
        with noted(notes), asdf.open(content, lazy_load=True, memmap=False) as file:
            root = file.tree.get("roman", file.tree)
            meta = root.get("meta", {})
            wcs = meta.get("wcs")
            wcs = deepcopy(wcs)  # reads its look-up tables while the file is open
    except (yaml.YAMLError, asdf.exceptions.ValidationError) as error:
        raise ValueError(str(error)) from None
    if wcs is not None and not (isinstance(wcs, BaseHighLevelWCS) and wcs.pixel_n_dim == 2):
        raise ValueError("it does not describe a 2-D image")
    return wcs
