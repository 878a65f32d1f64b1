"""DS9's physical coordinates: pixels of the frame that an image was cut or binned from.

A file tells where its pixels lie there by ``LTV`` and ``LTM`` (IRAF's *logical* transformation); without them
physical coordinates are the image's own. Frames that are turned or stretched are refused, not guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from regions import PixCoord

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regions import PixelRegion

__all__ = ["FRAME_NAME", "from_physical"]

FRAME_NAME = "frame"
"""The word of a region's ``meta`` that says which pixels it is in."""


def from_physical(region: PixelRegion, header: Mapping[str, Any]) -> PixelRegion:
    """A region in pixels of an image, from one in physical coordinates.

    Parameters
    ----------
    region : PixelRegion
        In physical coordinates, counted from 0. Others are given back as they are.
    header : mapping
        The image's: position in the image = ``LTM`` × physical + ``LTV``, both counted from 1.

    Raises
    ------
    InputError
        If the image was turned or stretched against that frame.
    """
    if region.meta.get(FRAME_NAME) != "physical":
        return region
    scale = _number(header, "LTM1_1", 1.0)
    turned = _number(header, "LTM1_2", 0.0) or _number(header, "LTM2_1", 0.0)
    if turned or not scale > 0 or _number(header, "LTM2_2", 1.0) != scale:
        raise InputError("The image's LTM keywords turn or stretch it; give the region in image coordinates.")
    shift = np.array([_number(header, "LTV1", 0.0), _number(header, "LTV2", 0.0)]) + scale - 1
    changes = {}
    for name in region._params:
        value = getattr(region, name)
        if isinstance(value, PixCoord):
            changes[name] = PixCoord(scale * value.x + shift[0], scale * value.y + shift[1])
        elif isinstance(value, int | float):
            changes[name] = scale * value
    meta = {name: value for name, value in region.meta.items() if name != FRAME_NAME}
    return region.copy(**changes, meta=type(region.meta)(meta))


def _number(header: Mapping[str, Any], name: str, default: float) -> float:
    value = header.get(name, default)
    return float(value) if isinstance(value, int | float) else default
