"""Display frames that are no image: planes on the sky, north up or turned by any angle, made from an image.

An orientation has a label and a WCS, as an image has, so it can stand wherever the pixels of an image are
asked for: a view may be in its pixels, a region may be expressed in them. It is never measured and never
loaded. Which viewer shows which is the viewers' business; orientations need images aligned by WCS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from echo import HasCallbackProperties

from imviz.errors import InputError
from imviz.science.sky.orientation import Directions, directions, tangent_plane
from imviz.session.history import Step
from imviz.session.news import News
from imviz.session.region_placement import Ground

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imviz.session.interface import Document

__all__ = ["DEFAULT", "NORTH_UP_EAST_LEFT", "NORTH_UP_EAST_RIGHT", "Orientation", "Orientations"]

DEFAULT = "Default orientation"
"""What the pixels of a viewer's first image are called where an orientation can be chosen."""
NORTH_UP_EAST_LEFT, NORTH_UP_EAST_RIGHT = "North-up, East-left", "North-up, East-right"


@dataclass(frozen=True, slots=True, eq=False)
class Orientation:
    """A plane on the sky.

    Attributes
    ----------
    ground : Ground
        Its label and its pixels' place on the sky, as of an image that regions lie on.
    image : str
        Label of the image it was made from.
    """

    ground: Ground
    image: str

    @property
    def label(self) -> str:
        """Its name."""
        return self.ground.label

    @property
    def coords(self) -> Any:
        """The WCS of its pixels."""
        return self.ground.wcs


class Orientations(HasCallbackProperties):
    """The orientations of one document, by label."""

    names: Any = News((), docstring="Labels, in the order they were made.")
    revision: Any = News(0, docstring="Rises when one is replaced under its label.")

    def __init__(self, session: Document) -> None:
        super().__init__()
        self._session = session
        self._made: dict[str, Orientation] = {}

    def amiss(self, error: Exception) -> None:
        """Say what an observer could not do."""
        self._session.amiss(error)

    def __contains__(self, label: object) -> bool:
        return label in self._made

    def __getitem__(self, label: str) -> Orientation:
        if label not in self._made:
            raise InputError(
                f"There is no orientation {label!r}; there is: {', '.join((DEFAULT, *self.names))}."
            )
        return self._made[label]

    def add(self, image: str, angle: float, *, east_left: bool = True, label: str | None = None) -> str:
        """Make the frame in which an image appears turned by `angle` degrees anticlockwise.

        Parameters
        ----------
        image : str
            Its centre, scale and own orientation are where the frame starts from.
        angle : float
            Degrees.
        east_left : bool
            Whether east is anticlockwise of north; an image of the other parity is mirrored first.
        label : str, optional
            Default: as "CCW 42.00 (E-left)". One that is there already is replaced.
        """
        angle = _finite(angle)
        if label is None:
            label = f"CCW {angle:.2f} (E-{'left' if east_left else 'right'})"
        centre, own = self._from(image)
        north = own.north if own.east_left == east_left else 180 - own.north
        code = f"session.orientations.add({image!r}, {angle!r}, east_left={east_left!r}, label={label!r})"
        return self._make(image, centre, Directions(north + angle, 0, own.scale, east_left), label, code)

    def north_up(self, image: str, *, east_left: bool = True, label: str | None = None) -> str:
        """Make the frame in which north is up at the centre of an image, and return its label."""
        centre, own = self._from(image)
        label = label or (NORTH_UP_EAST_LEFT if east_left else NORTH_UP_EAST_RIGHT)
        code = f"session.orientations.north_up({image!r}, east_left={east_left!r}, label={label!r})"
        return self._make(image, centre, Directions(90, 0, own.scale, east_left), label, code)

    def replace_all(self, orientations: Iterable[Orientation]) -> None:
        """Have other orientations instead of all these, as one change."""
        before, after = dict(self._made), {one.label: one for one in orientations}
        there, back = lambda: self._apply(after), lambda: self._apply(before)
        self._session.history.do(Step("Replace orientations", there, back, lambda: ""))

    def _from(self, image: str) -> tuple[tuple[float, float], Directions]:
        wcs = self._session.placing(image)
        if wcs is None:
            why = self._session.unaligned.get(image)
            if self._session.alignment == "wcs":
                raise InputError(f"{why} An orientation is made from an image on the sky."[:240])
            raise InputError("An orientation needs images aligned by WCS; use align_by='wcs' first.")
        n_rows, n_columns = self._session.ground(image).shape
        centre = ((n_columns - 1) / 2, (n_rows - 1) / 2)
        return centre, directions(wcs, centre)

    def _make(self, image: str, centre: tuple[float, float], axes: Directions, label: str, code: str) -> str:
        if (
            not (isinstance(label, str) and label.strip())
            or label == DEFAULT
            or label in (*self._session.images, *self._session.missing)
        ):
            raise InputError(f"An orientation cannot be called {str(label)[:60]!r}; choose another label.")
        sky = self._session.ground(image).wcs.pixel_to_world(*centre)
        ground = Ground(label, tangent_plane(sky, centre, axes), self._session.ground(image).shape)
        before, after = dict(self._made), {**self._made, label: Orientation(ground, image)}
        there, back = lambda: self._apply(after), lambda: self._apply(before)
        self._session.history.do(Step(f"Orientation {label}", there, back, lambda: code))
        return label

    def _apply(self, made: dict[str, Orientation]) -> None:
        self._made = dict(made)
        self.names = tuple(self._made)
        self.revision += 1  # views in one of them look again


def _finite(angle: Any) -> float:
    try:
        number = float(getattr(angle, "to_value", lambda _: angle)("deg"))
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise InputError(f"The rotation angle must be a number of degrees, not {str(angle)[:60]!r}.")
    return number
