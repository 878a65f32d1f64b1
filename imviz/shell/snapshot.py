"""What a saved notebook shows of the window where no kernel runs: its viewers' pictures, side by side.

Made once, when the window is displayed, from what the viewers show then; nothing later changes it, and no
pan or zoom pays for it. No widget in here.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from imviz.view import still_picture

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imviz.view import View

__all__ = ["snapshot"]

GAP = 4  # pixels between two viewers
WIDEST = 1600  # pixels of all together: notebooks are shared, and large ones are a burden


def snapshot(views: Iterable[View]) -> bytes | None:
    """The views that show an image, as one PNG; None if none does."""
    pictures = [still_picture(view, regions=True, exact=False) for view in views if view.visible_labels]
    if not pictures:
        return None
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) - 1)
    joined = Image.new("RGB", (width, max(picture.height for picture in pictures)), "#888")
    at = 0
    for picture in pictures:
        joined.paste(picture, (at, 0))
        at += picture.width + GAP
    if width > WIDEST:
        joined = joined.resize((WIDEST, max(round(joined.height * WIDEST / width), 1)), Image.Resampling.BOX)
    buffer = BytesIO()
    _few_colours(joined).save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def _few_colours(picture: Image.Image) -> Image.Image:
    """The same picture at a byte a pixel, if it has no more than 256 colours (one image in one colormap)."""
    parts = np.asarray(picture).astype(np.uint32)
    packed = parts[..., 0] << 16 | parts[..., 1] << 8 | parts[..., 2]
    colours, indices = np.unique(packed, return_inverse=True)
    if colours.size > 256:
        return picture
    small = Image.fromarray(indices.reshape(packed.shape).astype(np.uint8), "P")
    small.putpalette(
        np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.uint8).tobytes()
    )
    return small
