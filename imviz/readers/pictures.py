"""PNG, JPEG and TIFF pictures by Pillow: gray, upright, rows from the bottom as astronomers count.

Gray pictures keep their own values and type; colour becomes luminance (ITU-R BT.709 weights, over
white where transparent) on the picture's own scale. Pictures have no unit and no WCS.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.nddata import NDData

from imviz.errors import MissingExtraError, ReadError
from imviz.readers.loaded import Loaded
from imviz.readers.quiet import DAMAGED, quiet
from imviz.readers.storage import check_expansion, short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imviz.readers.storage import Storage

__all__ = ["is_picture", "load_picture"]

_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_FORMATS = ("PNG", "JPEG", "TIFF")
_GRAY = {"1", "L", "I", "I;16", "I;16B", "I;16L", "I;16N", "F"}
BT709 = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


def is_picture(magic: bytes) -> bool:
    """Whether a file that begins like this is a picture we read."""
    return magic.startswith(_MAGIC)


def load_picture(storage: Storage, label: str) -> list[Loaded]:
    """A picture as an image whose first row is its lowest."""
    if find_spec("PIL") is None:
        raise MissingExtraError(f"{storage.name} is a picture; 'pip install pillow' makes imviz open it.")
    from PIL import Image, ImageOps

    refused: tuple[type[Exception], ...] = (*DAMAGED, Image.DecompressionBombError)
    try:
        with quiet(), storage.handle() as file, Image.open(file, formats=_FORMATS) as picture:
            check_expansion(storage.name, storage.size, picture.width * picture.height * 4)
            values = _gray(ImageOps.exif_transpose(picture))
    except refused as error:
        if isinstance(error, ReadError):
            raise
        why = short(str(error).splitlines()[0] if str(error) else type(error).__name__, 90)
        raise ReadError(f"{storage.name} cannot be decoded as a picture ({why}); save it again.") from None
    upright = values[::-1]
    upright.flags.writeable = False
    meta = {"imviz_notes": [], "imviz_source": str(storage.path)}
    return [Loaded(label, NDData(upright, meta=meta))]


def _gray(picture: Any) -> NDArray[Any]:
    """One number for each pixel."""
    if picture.mode in _GRAY:
        values = np.array(picture)
        return values.view(np.uint8) if values.dtype == bool else values
    rgba = np.asarray(picture.convert("RGBA"), dtype=np.float32)
    opacity = rgba[..., 3:] / np.float32(255)
    colours = rgba[..., :3] * opacity + np.float32(255) * (1 - opacity)
    return np.asarray(colours @ BT709)
