"""The picture of a view: the visible layers composed at screen resolution, sent as one image.

The mark that glue-jupyter's viewer draws with, made quick: the picture is sampled at the centres of
screen pixels, travels as 8-bit colours, is a JPEG while the view moves and an exact PNG as soon as
it rests. It asks for no picture before a browser has told the size of the window.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from bqplot import ColorScale
from bqplot_image_gl import ImageGL
from PIL import Image
from traittypes import Array

from imviz.viewer.limits import Limits
from imviz.viewer.soon import Soon

__all__ = ["ScreenImage", "encode"]

NOTHING = np.zeros((1, 1, 3), dtype=np.uint8)
Compose = Callable[[list[tuple[float, float, int]]], np.ndarray | None]
Frame = Callable[[], tuple[Limits, tuple[int, int]] | None]


def encode(picture: np.ndarray, mark: ScreenImage | None = None) -> dict[str, Any]:
    """A picture as the front end reads it: JPEG while the view moves, else PNG at its fastest level.

    Parameters
    ----------
    picture : ndarray
        Shape (height, width, 3), uint8, first row at the bottom of the view.
    mark : ScreenImage, optional
        The mark it belongs to, which knows whether the view moves.
    """
    buffer = BytesIO()
    moving = mark is not None and mark.moving
    if moving:
        Image.fromarray(picture).save(buffer, "JPEG", quality=90, subsampling=0)
    else:
        Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return {
        "type": "image",
        "format": "jpeg" if moving else "png",
        "use_colormap": False,
        "min": 0,
        "max": 1,
        "data": buffer.getvalue(),
    }


def _never_sent(_: Any, __: Any = None) -> None:
    raise NotImplementedError("the browser does not send pictures")


class ScreenImage(ImageGL):
    """The composed picture of a view.

    Parameters
    ----------
    scales : dict
        The figure's ``x`` and ``y`` scales.
    compose : callable
        Given ``[(y_first, y_last, n_rows), (x_first, x_last, n_columns)]`` (positions of the first and
        last sample, in reference pixels), returns the uint8 picture or None.
    frame : callable
        Returns the view's limits and its shape (height, width) in device pixels, or None while no
        browser shows it.
    """

    image = Array(NOTHING).tag(sync=True, scaled=True, rtype="Color", to_json=encode, from_json=_never_sent)

    def __init__(self, scales: dict[str, Any], compose: Compose, frame: Frame) -> None:
        self.moving = False
        self._compose = compose
        self._frame = frame
        self._drawn: tuple[Limits, tuple[int, int]] | None = None
        self._soon = Soon(self._refresh, 0.03)
        self._at_rest = Soon(self._refresh, 0.15)
        super().__init__(image=NOTHING, scales={**scales, "image": ColorScale()})

    def update(self, *_: Any, force: bool = False) -> None:
        """Draw soon, if the view is not the one drawn already."""
        if force or self._frame() != self._drawn:
            self._soon()

    def invalidate_cache(self) -> None:
        """Draw soon, whatever was drawn before: a layer has changed."""
        self.update(force=True)

    def preview(self) -> None:
        """Draw at once, for a view in motion; the exact picture follows when it rests."""
        if self._frame() == self._drawn:
            return
        self._soon.cancel()
        self._draw(moving=True)
        self._at_rest.postpone()

    def stop(self) -> None:
        """Draw no more."""
        self._soon.cancel()
        self._at_rest.cancel()

    def _refresh(self) -> None:
        self._at_rest.cancel()
        self._draw(moving=False)

    def _draw(self, *, moving: bool) -> None:
        frame = self._frame()
        if frame is None:
            return
        limits, (n_rows, n_columns) = frame
        half_x, half_y = limits.width / n_columns / 2, limits.height / n_rows / 2
        picture = self._compose(
            [
                (limits.y_min + half_y, limits.y_max - half_y, n_rows),
                (limits.x_min + half_x, limits.x_max - half_x, n_columns),
            ]
        )
        picture = NOTHING if picture is None else picture
        # an exact picture equal to the preview's must be sent all the same: the preview was a JPEG
        unsent = self.moving and not moving and np.array_equal(picture, self.image)
        self.moving = moving
        with self.hold_sync():
            self.image = picture
            self.x = (limits.x_min, limits.x_max)
            self.y = (limits.y_min, limits.y_max)
        if unsent:
            self.send_state("image")
        self._drawn = frame
