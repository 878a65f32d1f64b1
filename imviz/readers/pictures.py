"""PNG, JPEG and TIFF pictures: gray, upright, rows from the bottom as astronomers count.

Gray pictures keep their own values and type (8, 16 and 32 bits, floats); colour becomes luminance
(ITU-R BT.709 weights, over white where transparent) on the picture's own scale. Pictures have no unit
and no WCS. TIFF, a format with many decoders, is decoded in a process of its own.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from astropy.nddata import NDData

from imviz.errors import MissingExtraError
from imviz.readers.decoding.gray import gray_picture
from imviz.readers.decoding.sandbox import decode
from imviz.readers.loaded import Loaded

if TYPE_CHECKING:
    from imviz.readers.files.storage import Storage

__all__ = ["is_picture", "load_picture"]

_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")


def is_picture(magic: bytes) -> bool:
    """Whether a file that begins like this is a picture we read."""
    return magic.startswith(_MAGIC)


def load_picture(storage: Storage, label: str) -> list[Loaded]:
    """A picture as an image whose first row is its lowest."""
    if find_spec("PIL") is None:
        raise MissingExtraError(f"{storage.name} is a picture; 'pip install pillow' makes imviz open it.")
    storage.file.check()
    path = str(storage.file.path)
    if storage.magic()[:2] in {b"II", b"MM"}:
        values, note = decode(storage.name, "picture", path=path, shown=storage.name)
    else:
        values, note = gray_picture(path, storage.name)
    upright = values[::-1]
    upright.flags.writeable = False
    meta = {"imviz_notes": [note] if note else [], "imviz_source": str(storage.path)}
    return [Loaded(label, NDData(upright, meta=meta))]
