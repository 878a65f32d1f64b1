"""Shapes still in the hand: where they lie on the image to be measured, and whether that is quick enough.

The browser sends the newest shape only, when the one before has been answered, so nothing queues up behind
a fast hand; the document changes when the hand lets go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imviz.science.apertures import box_of
from imviz.science.geometry import to_image

if TYPE_CHECKING:
    from regions import PixelRegion

    from imviz.session import Session
    from imviz.viewer import LiveShape

__all__ = ["LARGEST", "placed"]

LARGEST = 1_000_000
"""Pixels of an aperture's box up to which numbers follow the hand; larger ones are measured on release."""


def placed(session: Session, shape: LiveShape, image: str) -> PixelRegion | None:
    """A shape in the hand, in the pixels of an image; `None` if it is too large to follow."""
    sky = session.sky_between(shape.reference, image)
    region = shape.region if sky is None else to_image(shape.region, *sky)
    box = box_of(region)
    return region if box.nx * box.ny <= LARGEST else None
