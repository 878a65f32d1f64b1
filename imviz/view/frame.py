"""The frame of a view: whose pixels it is in, which part of them it shows, and how images lie in them.

The pixels are those of the reference image, or of an orientation of the document while images are aligned by
WCS. glue's viewer state holds the reference image and the limits. The frame moves nothing by itself and
knows no layer; that is `navigation` and the layers.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.wcs.utils import pixel_to_pixel
from echo import delay_callback

from imviz.errors import InputError
from imviz.readers.quiet import quiet
from imviz.science.sky.extrapolated import extrapolated
from imviz.session.orientations import DEFAULT
from imviz.view.controls import Controls
from imviz.view.limits import Limits

if TYPE_CHECKING:
    from glue.core import Data

    from imviz.session import Session
    from imviz.view.picture.mesh import Transform

__all__ = ["EDGES", "ViewFrame", "between_frames", "shown_limits"]

EDGES = ("x_min", "x_max", "y_min", "y_max")
NOMINAL_SHAPE = (600, 800)  # height, width in screen pixels, until a browser tells


class ViewFrame:
    """The pixels one view is in, and which of them it shows.

    Parameters
    ----------
    name : str
        The view's name, as "imviz-0".
    document : Session
        It knows the images and how they are aligned.
    state : glue.viewers.image.state.ImageViewerState
        It holds the reference image and the limits.

    Attributes
    ----------
    controls : Controls
        The view's observable face.
    shape : (int, int) or None
        Height and width of the window in screen pixels; None until a browser tells.
    showing : bool
        Whether limits are just being set here, not by somebody else.
    """

    def __init__(self, name: str, document: Session, state: Any) -> None:
        self.name, self.document, self.state = name, document, state
        self.controls = Controls()
        self.shape: tuple[int, int] | None = None
        self.showing = False

    # ---- limits

    @property
    def window(self) -> tuple[int, int]:
        """Height and width of the window in screen pixels, nominal while it is not displayed."""
        return self.shape or NOMINAL_SHAPE

    @property
    def limits(self) -> Limits | None:
        """What is shown, in the frame's pixels; None before the first image."""
        return shown_limits(self.state)

    def show(self, limits: Limits) -> None:
        """Show other limits, all four at once."""
        self.showing = True
        with delay_callback(self.state, *EDGES):
            for edge in EDGES:
                setattr(self.state, edge, getattr(limits, edge))
        self.showing = False

    # ---- whose pixels

    @property
    def reference_image(self) -> str | None:
        """Label of the image whose pixels the view is in unless an orientation is shown; None without."""
        reference = self.state.reference_data
        return None if reference is None else str(reference.label)

    @property
    def label(self) -> str | None:
        """The label of the image or orientation whose pixels are the view's."""
        chosen = self.controls.orientation
        there = chosen in self.document.orientations  # or it is the default one, or undone
        if self.reference_image is not None and there and self.document.alignment == "wcs":
            return chosen
        return self.reference_image

    @property
    def wcs(self) -> Any:
        """The WCS of the frame's pixels, however images are aligned; None if they have none."""
        label, document = self.label, self.document
        if label is None:
            return None
        there = label in document.orientations
        return document.orientations[label].coords if there else document.image(label).wcs

    @property
    def key(self) -> tuple[Any, ...]:
        """What the pixels are: when it changes, everything has another place."""
        label, document = self.controls.reference, self.document
        return label, document.alignment, label and document.placing(label), tuple(document.unaligned)

    def alignment_of(self, label: str) -> str:
        """How an image lies on the one the view is laid out by: 'self', 'pixels' or 'wcs'."""
        self.document.image(label)
        if self.reference_image in (None, label):
            return "self"
        return "wcs" if self.document.sky_between(label, self.reference_image) else "pixels"

    def choose(self, orientation: str) -> None:
        """Show the images in an orientation of the document, or in the "Default orientation".

        Raises
        ------
        InputError
            If there is no such orientation, or images are not aligned by WCS.
        """
        if orientation != DEFAULT:
            self.document.orientations[orientation]
            if self.document.alignment != "wcs":
                raise InputError("An orientation needs images aligned by WCS; use align_by='wcs' first.")
        self.controls.orientation = orientation

    # ---- one image's pixels and another's

    def transform(self, source: str, target: str) -> Transform | None:
        """From pixels of one image to those of another, arrays in and out; None if they are the same."""
        sky = self.document.sky_between(source, target)
        return None if sky is None else partial(_through_the_sky, *sky)

    def transform_to(self, layer: Data) -> Transform | None:
        """How the frame's pixels lie on an image; None if they are its own."""
        label = self.label
        return None if label is None else self.transform(label, layer.label)

    def transform_from(self, layer: Data) -> Transform | None:
        """How the pixels of an image lie in the frame; None if they are its own."""
        label = self.label
        return None if label is None else self.transform(layer.label, label)

    def to_reference(self, label: str, x: float, y: float) -> tuple[float, float]:
        """A pixel of an image, in the frame's pixels."""
        return self._between(label, self.controls.reference, x, y)

    def from_reference(self, label: str, x: float, y: float) -> tuple[float, float]:
        """A pixel of the frame, in an image's pixels."""
        return self._between(self.controls.reference, label, x, y)

    def say(self, sentence: str) -> None:
        """Tell the user, through the controls, what could not be done."""
        self.controls.message = sentence

    def _between(self, source: str, target: str, x: float, y: float) -> tuple[float, float]:
        transform = self.transform(source, target)
        if transform is None:
            return x, y
        found_x, found_y = transform(x, y)
        return float(found_x), float(found_y)


def shown_limits(state: Any) -> Limits | None:
    """The limits that glue's viewer state holds; None while they are unset or empty."""
    edges = [getattr(state, edge) for edge in EDGES]
    if any(edge is None for edge in edges):
        return None
    limits = Limits(*(float(edge) for edge in edges))
    return limits if limits.width > 0 and limits.height > 0 else None


def between_frames(source: tuple[str, Any], target: tuple[str, Any]) -> Transform | None:
    """From pixels of one (label, WCS) to those of another; without WCS, pixel lies on pixel."""
    known = source[0] != target[0] and source[1] is not None and target[1] is not None
    return partial(_through_the_sky, source[1], target[1]) if known else None


def _through_the_sky(here: Any, there: Any, x: Any, y: Any) -> Any:
    if not np.size(x):  # a catalog of no sources, which astropy cannot bring anywhere
        return x, y
    with quiet():  # a position that a distorted WCS cannot invert is drawn where its best guess is
        return pixel_to_pixel(extrapolated(here), extrapolated(there), x, y)
