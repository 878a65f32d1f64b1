"""One number for each pixel of a picture (PNG, JPEG, TIFF), by Pillow. Nothing about files or labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.errors import ReadError
from imviz.readers.files.storage import check_expansion
from imviz.readers.labels import short
from imviz.readers.quiet import damaged, quiet

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["gray_picture"]

_FORMATS = ("PNG", "JPEG", "TIFF")
_GRAY = {"1", "L", "I", "I;16", "I;16B", "I;16L", "I;16N", "F"}
BT709 = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


def gray_picture(path: str, name: str) -> tuple[NDArray[Any], str | None]:
    """A picture's values, rows from the top, and a note on what was made of them.

    Parameters
    ----------
    path
        The file.
    name
        What the user calls it, for messages.
    """
    from PIL import Image, ImageOps

    try:
        with quiet(), open(path, "rb") as file, Image.open(file, formats=_FORMATS) as picture:
            size = file.seek(0, 2)
            check_expansion(name, size, picture.width * picture.height * 4)
            frames = int(getattr(picture, "n_frames", 1))
            note = f"the first of {frames} pictures in the file is shown" if frames > 1 else None
            return _gray(ImageOps.exif_transpose(picture)), note
    except damaged(Image.DecompressionBombError) as error:
        if isinstance(error, ReadError):
            raise
        why = short(str(error).splitlines()[0] if str(error) else type(error).__name__, 90)
        raise ReadError(f"{name} cannot be decoded as a picture ({why}); save it again.") from None


def _gray(picture: Any) -> NDArray[Any]:
    """One number for each pixel."""
    if picture.mode in _GRAY:
        values = np.array(picture)
        return values.view(np.uint8) if values.dtype == bool else values
    rgba = np.asarray(picture.convert("RGBA"), dtype=np.float32)
    opacity = rgba[..., 3:] / np.float32(255)
    colours = rgba[..., :3] * opacity + np.float32(255) * (1 - opacity)
    return np.asarray(colours @ BT709)
