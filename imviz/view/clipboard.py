"""Copying regions and pasting them, within one session: the hand's Ctrl+C and Ctrl+V.

What is copied is kept in pixels of the image it was copied on, so a paste on another image is that shape in
that image's pixels, or, aligned by WCS, at its place on the sky. It is no part of the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from imviz.science.sky.geometry import to_image
from imviz.view.shapes import to_region, to_shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from regions import PixelRegion

    from imviz.session import Session
    from imviz.view.shapes import Shape

__all__ = ["copy", "paste"]

APART = 8.0  # pixels: how far a paste lies from what was copied, where no place is given

_copied: WeakKeyDictionary[Session, list[tuple[str, PixelRegion]]] = WeakKeyDictionary()


def copy(session: Session, labels: Iterable[str]) -> None:
    """Remember some regions, each in the pixels of its own image."""
    _copied[session] = [
        (image, session.region(label))
        for label in labels
        if (image := session.region_image(label)) is not None
    ]


def paste(session: Session, on: str, at: Mapping[str, float] | None) -> list[str]:
    """Add what was copied, and return the new labels.

    Parameters
    ----------
    session : Session
        The document.
    on : str
        The image to paste on.
    at : mapping, optional
        ``x`` and ``y`` in its pixels, for the middle of what is pasted. Default: a little beside it.
    """
    placed = []
    for image, region in _copied.get(session, ()):
        sky = session.sky_between(image, on) if image in session.images else None
        placed.append(region if sky is None else to_image(region, *sky))
    if not placed:
        return []
    dx, dy = APART, -APART
    if at is not None:
        boxes = [region.bounding_box for region in placed]
        x = (min(box.ixmin for box in boxes) + max(box.ixmax for box in boxes) - 1) / 2
        y = (min(box.iymin for box in boxes) + max(box.iymax for box in boxes) - 1) / 2
        dx, dy = at["x"] - x, at["y"] - y
    return session.add_regions([to_region(_moved(to_shape(region), dx, dy)) for region in placed], on)


def _moved(shape: Shape, dx: float, dy: float) -> Shape:
    moved = {**shape, "x": shape["x"] + dx, "y": shape["y"] + dy}
    if "points" in shape:
        moved["points"] = [[x + dx, y + dy] for x, y in shape["points"]]
    if "parts" in shape:
        moved["parts"] = [_moved(part, dx, dy) for part in shape["parts"]]
    return moved
