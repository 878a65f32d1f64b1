"""How the images lie on each other, and which way is up: alignment and display frames.

The session aligns and makes the frames, a viewer shows one; the panel only asks. Nothing is resampled:
data, regions and measurements stay in their images' own pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import CallbackProperty, delay_callback

from imviz.errors import InputError
from imviz.plugin import Choice, Number, Plugin, Viewers, action
from imviz.session.orientations import DEFAULT, NORTH_UP_EAST_LEFT, NORTH_UP_EAST_RIGHT

if TYPE_CHECKING:
    from imviz.session import Session

__all__ = ["Orientation"]

ALIGNMENTS = {"Pixels": "pixels", "WCS": "wcs"}


class Orientation(Plugin):
    """Align images by pixels or by WCS; turn the view north-up or by any angle."""

    kept_elsewhere = frozenset({"align_by", "orientation"})
    name = "Orientation"
    icon = "mdi-axis-z-rotate-counterclockwise"

    align_by = Choice(tuple(ALIGNMENTS), doc="How images lie on each other: 'Pixels' or 'WCS'.")
    viewer = Choice(of="viewers", doc="The viewer that `orientation` is about.")
    orientation = Choice((DEFAULT,), doc="The display frame that the viewer shows.")
    rotation_angle = Number(0.0, doc="Degrees anticlockwise, of the next orientation to be added.")
    east_left = CallbackProperty(True, docstring="Whether east is left of north in the next orientation.")
    wcs_fast_approximation = CallbackProperty(
        False, docstring="Of older notebooks: changes nothing, alignment is exact."
    )
    by_wcs = CallbackProperty(False, docstring="Whether images are aligned by WCS.")
    notes = CallbackProperty("", docstring="Which images lie by their pixels all the same, and why.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        for name in ("alignment", "revision"):
            session.add_callback(name, self._show)
        session.orientations.add_callback("names", self._show)
        self._viewers.watch("controls.orientation", self._show)
        self.add_callback("viewer", self._show)
        self.add_callback("align_by", self._on_align_by)
        self.add_callback("orientation", self._on_orientation)
        self._show()

    # ---- older names

    @property
    def link_type(self) -> Any:
        """`align_by` by its older name."""
        return self.align_by

    @link_type.setter
    def link_type(self, value: str) -> None:
        self.align_by = value

    @property
    def wcs_use_affine(self) -> bool:
        """`wcs_fast_approximation` by its older name."""
        return bool(self.wcs_fast_approximation)

    @wcs_use_affine.setter
    def wcs_use_affine(self, value: bool) -> None:
        self.wcs_fast_approximation = value

    # ---- what it does

    @action
    def add_orientation(
        self,
        rotation_angle: float | None = None,
        east_left: bool | None = None,
        label: str | None = None,
        set_on_create: bool = True,
        wrt_data: str | None = None,
    ) -> str:
        """Make an orientation, show it, and return its label.

        Parameters
        ----------
        rotation_angle : float, optional
            Degrees by which an image appears turned anticlockwise. Default: the field of that name.
        east_left : bool, optional
            Whether east is left of north. Default: the field of that name.
        label : str, optional
            Default: as "CCW 42.00 (E-left)".
        set_on_create : bool
            Whether the viewer shows it at once.
        wrt_data : str, optional
            The image that is turned. Default: the viewer's first one.

        Raises
        ------
        InputError
            If images are not aligned by WCS, or that image has none that can be used.
        """
        angle = self.rotation_angle if rotation_angle is None else rotation_angle
        left = self.east_left if east_left is None else east_left
        image = self._image(wrt_data)
        made = self._session.orientations.add(
            image, 0.0 if angle is None else angle, east_left=bool(left), label=label
        )
        return self._made(made, show=set_on_create)

    @action
    def set_north_up_east_left(self, label: str = NORTH_UP_EAST_LEFT, set_on_create: bool = True) -> str:
        """Turn the view north up and east left, as the sky is seen."""
        made = self._session.orientations.north_up(self._image(None), label=label)
        return self._made(made, show=set_on_create)

    @action
    def set_north_up_east_right(self, label: str = NORTH_UP_EAST_RIGHT, set_on_create: bool = True) -> str:
        """Turn the view north up and east right, as the sky is seen from outside."""
        made = self._session.orientations.north_up(self._image(None), east_left=False, label=label)
        return self._made(made, show=set_on_create)

    def delete_subsets(self) -> None:
        """Delete all regions, as one step. It is never needed: images can be realigned as they are."""
        self._session.remove_regions(self._session.regions)

    # ---- inside

    def _image(self, label: str | None) -> str:
        if label is not None:
            self._session.image(label)
            return label
        first = self._viewers[self.viewer].reference_image if self.viewer else None
        if first is None and not self._session.images:
            raise InputError("An orientation is made from an image; load one first.")
        offered = [first or self._session.images[0], *self._session.images]
        return next((one for one in offered if one not in self._session.unaligned), offered[0])

    def _made(self, label: str, *, show: bool) -> str:
        self._show()
        if show and self.viewer:
            self._viewers[self.viewer].frame.choose(label)
            self._show()
        return label

    def _on_align_by(self, value: str) -> None:
        if value and ALIGNMENTS[value] != self._session.alignment:
            self._session.align(ALIGNMENTS[value])

    def _on_orientation(self, value: str) -> None:
        if value and self.viewer and value != self._shown():
            self._viewers[self.viewer].frame.choose(value)

    def _shown(self) -> str:
        """The orientation that the chosen viewer shows, if it is one that can be chosen now."""
        shown = self._viewers[self.viewer].controls.orientation if self.viewer else DEFAULT
        return shown if shown in self._offered() else DEFAULT

    def _offered(self) -> list[str]:
        return [DEFAULT, *(self._session.orientations.names if self._session.alignment == "wcs" else ())]

    def _show(self, *_: Any) -> None:
        """Show how things are; fields that say so are no wish to change them."""
        self.by_wcs = self._session.alignment == "wcs"
        self.align_by = "WCS" if self.by_wcs else "Pixels"
        self.notes = "\n".join(self._session.unaligned.values())
        with delay_callback(self, "orientation"):
            type(self).orientation.set_choices(self, self._offered())
            self.orientation = self._shown()
