"""The GWCS that JWST's pipeline keeps in a FITS file's ASDF extension (needs the ``gwcs`` extra).

Only the WCS is taken; pixels and metadata come from FITS. ASDF holds descriptions of objects, not
code, and no pickle; its YAML is measured before it is built, since a few hundred bytes of nested
aliases would otherwise keep the builder busy for ever.
"""

from __future__ import annotations

import re
import warnings
from copy import deepcopy
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any

from astropy.wcs.wcsapi import BaseHighLevelWCS

from imviz.readers.quiet import DAMAGED, quiet

if TYPE_CHECKING:
    from imviz.readers.extensions import FitsSource

__all__ = ["gwcs_of"]

MAX_NODES = 2_000_000
"""Values a tree may have once its aliases are written out; JWST's have some ten thousand."""


def gwcs_of(source: FitsSource) -> tuple[Any | None, str | None]:
    """The GWCS of a file with an ASDF extension.

    Returns
    -------
    wcs, note
        ``(None, None)`` where the file has no such extension or the extension no WCS.
    """
    record = next((record for record in source.records if record.name == "ASDF"), None)
    if record is None:
        return None, None
    if find_spec("asdf") is None or find_spec("gwcs") is None:
        return None, "the file's GWCS needs 'pip install imviz[gwcs]'; its FITS WCS is used"
    raw = record.raw()
    start = raw.find(b"#ASDF")
    if start < 0:
        return None, "the ASDF extension holds no ASDF; its FITS WCS is used"
    content = raw[start:]
    if (fault := _fault(content)) is not None:
        return None, f"the file's GWCS is not read ({fault}); its FITS WCS is used"
    try:
        return _read_wcs(content), None
    except DAMAGED as error:
        why = (str(error).splitlines() or [type(error).__name__])[0][:90]
        return None, f"the file's GWCS cannot be read ({why}); its FITS WCS is used"


def _read_wcs(content: bytes) -> Any | None:
    """What the tree has under meta.wcs; all else in it stays untouched."""
    import asdf
    import yaml  # type: ignore[import-untyped] # it comes with asdf

    try:
        with quiet():
            warnings.simplefilter("ignore", asdf.exceptions.AsdfWarning)
            with asdf.open(BytesIO(content), lazy_load=True, memmap=False) as file:
                meta = file.tree.get("meta")
                wcs = meta.get("wcs") if isinstance(meta, dict) else None
                wcs = deepcopy(wcs)  # reads its look-up tables while the file is open
    except (yaml.YAMLError, asdf.exceptions.ValidationError) as error:
        raise ValueError(str(error)) from None
    if wcs is not None and not (isinstance(wcs, BaseHighLevelWCS) and wcs.pixel_n_dim == 2):
        raise ValueError("it does not describe a 2-D image")
    return wcs


def _fault(content: bytes) -> str | None:
    """Why a tree should not be built: too large once written out, or pointing outside the file."""
    import yaml

    text = content.split(b"\n...", 1)[0]
    sizes: list[float] = [0.0]  # of the collections now open
    opened: list[str | None] = []
    anchors: dict[str, float] = {}
    before = ""
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            value = getattr(event, "value", "")
            if before == "source" and value and not re.match(r"-?\d+$|fits:", value):
                return f"it asks for {value[:40]!r}, outside the file"
            before = value
            if isinstance(event, yaml.CollectionStartEvent):
                sizes.append(1.0)
                opened.append(event.anchor)
            elif isinstance(event, yaml.CollectionEndEvent):
                size = sizes.pop()
                sizes[-1] += size
                anchors[opened.pop() or ""] = size
            elif isinstance(event, yaml.NodeEvent):
                sizes[-1] += anchors.get(event.anchor, 1.0) if isinstance(event, yaml.AliasEvent) else 1.0
    except yaml.YAMLError:
        return "its YAML is broken"
    return f"nested aliases make {sizes[0]:.0e} values of it" if sizes[0] > MAX_NODES else None
