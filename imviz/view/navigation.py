"""Where a view looks, and moving it: zoom, centre, everything. `ViewFrame` holds the limits.

Limits are in pixels of the view's frame, the reference image or an orientation, and keep pixels square.
A view that no browser shows yet has a nominal window, so everything here also works in a script. Zooming
keeps the centre exactly; when the frame changes, the top image's pixel in the middle and its scale stay.
"""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any, Protocol

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord

from imviz.errors import InputError
from imviz.science.sky.geometry import has_celestial
from imviz.view.aim import Aim
from imviz.view.frame import between_frames
from imviz.view.limits import Limits
from imviz.view.readout import readout, sky_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imviz.view.frame import ViewFrame
    from imviz.view.layers import Layers
    from imviz.view.picture.mesh import Transform
    from imviz.view.readout import Readout

__all__ = ["Hand", "Navigation"]

MOST_LATITUDE = 90.0  # degrees


class Hand(Protocol):
    """What the pages that show a view know of where it looks, and what is done with what they say.

    `imviz.viewer.motion.mouse.Mouse` is one.

    Attributes
    ----------
    fitted : bool
        Whether everything is shown, and shall be after a resize.
    aim : dict
        What is to be shown, and under ``n`` its number.
    tool, frame : str
        The tool in hand; changes when the view's pixels become others.
    match : dict
        How the other views' pixels lie in this one's.
    handlers : mapping of str to callable
        What is done with each kind of message.
    """

    fitted: Any
    aim: Any
    tool: Any
    frame: Any
    match: Any
    handlers: Mapping[str, Callable[[dict[str, Any]], None]]

    def ask(self, aim: Aim) -> None:
        """Ask each page to show something, in its own window."""

    def note(self, aim: Aim) -> None:
        """Remember where the hand has come to, for a page opened anew."""

    def set_home(self, box: Limits | None) -> None:
        """Tell which limits show everything."""

    def set_state(self, state: dict[str, Any]) -> None:
        """Take over what a page has said."""


class Navigation:
    """Moves one view.

    Parameters
    ----------
    frame : ViewFrame
        Its limits are moved.
    layers : Layers
        The images that are to be seen.
    hand : Hand
        What the browser knows of it.
    follow : callable
        Takes over limits and a window's shape that the browser has already.
    """

    def __init__(
        self, frame: ViewFrame, layers: Layers, hand: Hand, follow: Callable[[Limits, tuple[int, int]], None]
    ) -> None:
        self._frame, self._layers, self._hand, self._follow = frame, layers, hand, follow
        self._before: tuple[str, Any] | None = None  # the frame's label and WCS when it was last looked at
        self._aim: Aim | None = None

    @property
    def fitted(self) -> bool:
        """Whether everything is shown, and shall be after a resize or with the next image."""
        return bool(self._hand.fitted)

    @property
    def aimed(self) -> Aim | None:
        """What was asked to be seen, or what the hand has moved it to; None where nothing is shown."""
        shown = self._frame.limits
        return None if shown is None or not self._layers.states else self._aim or Aim(shown)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the window in screen pixels, nominal while it is not displayed."""
        return self._frame.window

    def show(self, box: Limits, *, fitted: bool = False) -> None:
        """Show a box, and as much more as keeps pixels square; `fitted` if it holds everything."""
        self.aim(Aim(box), fitted=fitted)

    def aim(self, aim: Aim, *, fitted: bool = False) -> None:
        """Show something, here and in every page, each in its own window."""
        self._aim = aim
        self._hand.fitted = fitted
        self._frame.show(aim.limits(self.shape))
        self._hand.ask(aim)  # after the limits, which may be those of the nominal window

    def follow(self, other: Navigation) -> None:
        """Show what another view was asked for or, where the hand has moved that on, all it shows."""
        aim = other._aimed()
        self.aim(Aim(aim.box if aim.scale is None else other.shown()), fitted=other.fitted)

    def adopt(self, limits: Limits) -> None:
        """Somebody else has set limits: each page is to show them in its own window."""
        self._aim = Aim(limits)
        self._hand.ask(self._aim)

    def hear(self, message: Mapping[str, Any]) -> None:
        """A page says where it looks, how large its window is, and which wish it had heard of by then.

        If that is not the newest wish, its limits are of no account: it will show those asked for. Nothing is
        sent back, which would come too late for a window whose size is changing.
        """
        hand, aim = self._hand, self._aim
        limits = Limits(*(float(edge) for edge in (*message["x"], *message["y"])))
        size = float(message["height"]), float(message["width"])
        shape = round(size[0]), round(size[1])
        if not (limits.width > 0 and limits.height > 0 and min(shape) > 0):
            return
        if aim is not None and message.get("aim", hand.aim["n"]) != hand.aim["n"]:
            self._follow(aim.limits(size), shape)
            return
        hand.set_state({"fitted": bool(message["fitted"])})
        self._follow(limits, shape)
        if aim is not None and not aim.shown_by(limits, size):
            self._aim = Aim(limits, limits.width / size[1])
            hand.note(self._aim)

    def home_box(self) -> Limits | None:
        """The limits of all images shown, in reference pixels; None without an image."""
        states = self._layers.states
        reference = self._frame.state.reference_data
        if not states or reference is None:
            return None
        shown = [state for state in states if state.visible] or states
        boxes = np.array([self._footprint(state.layer.label) for state in shown])
        low, high = boxes.min(axis=(0, 1)), boxes.max(axis=(0, 1))
        return Limits(float(low[0]), float(high[0]), float(low[1]), float(high[1]))

    def home(self) -> None:
        """Show all visible images whole, centred."""
        box = self.home_box()
        if box is not None:
            self.show(box, fitted=True)

    # ---- zoom

    @property
    def zoom_level(self) -> float:
        """Screen pixels per reference pixel."""
        return self.shown().zoom(self.shape)

    @zoom_level.setter
    def zoom_level(self, value: Any) -> None:
        if isinstance(value, str) and value == "fit":
            self.home()
            return
        self.aim(Aim(self.shown(), 1 / _positive(value, "zoom level", " or 'fit'")))

    def zoom(self, factor: Any) -> None:
        """Magnify by a factor about the centre."""
        self.aim(self._aimed().scaled(1 / _positive(factor, "zoom factor")))

    # ---- centre

    def center_on(self, point: Any) -> None:
        """Put a point in the middle: (x, y) of the top image, or a `SkyCoord`."""
        label = self._layers.top.layer.label
        image = self._frame.document.image(label)
        if isinstance(point, SkyCoord):
            if not point.isscalar:
                raise InputError(f"The view has one centre; give one SkyCoord, not {point.size}.")
            if not has_celestial(image.wcs):
                raise InputError(f"{label} has no celestial WCS; give (x, y) in its pixels.")
            x, y = (float(value) for value in image.wcs.world_to_pixel(point))
        else:
            x, y = _pair(point)
            if not (np.isfinite(x) and np.isfinite(y)):
                raise InputError(f"A point needs two finite numbers of pixels, not {x:g} and {y:g}.")
        if not (np.isfinite(x) and np.isfinite(y)):
            where = " ".join(str(point).split())
            raise InputError(f"The point {where} is not on the sky that {label} can show.")
        self.aim(self._aimed().centred_on(*self._frame.to_reference(label, x, y)))

    def offset_by(self, dx: Any, dy: Any) -> None:
        """Move the centre by pixels (plain numbers or `pix`), or by angles on the sky of the top image."""
        label = self._layers.top.layer.label
        try:
            dx, dy = u.Quantity(dx), u.Quantity(dy)
        except (TypeError, ValueError):
            raise InputError(
                f"Move by two numbers of pixels or by two angles, not by {dx!r} and {dy!r}."
            ) from None
        x, y = self._frame.from_reference(label, *self.shown().centre)
        pixels = [_is_pixels(step) for step in (dx, dy)]
        if all(pixels):
            self.center_on((x + dx.value, y + dy.value))
            return
        if any(pixels) or not all(step.unit.is_equivalent(u.deg) for step in (dx, dy)):
            raise InputError(f"Move by two numbers of pixels or by two angles, not by {dx} and {dy}.")
        if not abs(dy.to_value(u.deg)) <= MOST_LATITUDE:
            raise InputError(f"The second step is along the declination, at most 90 deg, not {dy}.")
        centre = sky_at(self._frame.document.image(label), label, x, y)
        self.center_on(centre.spherical_offsets_by(dx, dy))

    def _footprint(self, label: str) -> np.ndarray:
        """Corners and middles of the sides of an image in the view's pixels, shape (n, 2)."""
        n_rows, n_columns = self._frame.document.image(label).data.shape
        x, y = np.meshgrid(*([-0.5, (n - 1) / 2, n - 0.5] for n in (n_columns, n_rows)))
        transform = self._frame.transform(label, self._frame.controls.reference)
        points = np.stack([x, y] if transform is None else transform(x, y), axis=-1).reshape(-1, 2)
        return np.where(np.isfinite(points), points, np.nan_to_num(points.mean(axis=0)))

    def read(self, x: float, y: float) -> tuple[Readout, ...]:
        """What images hold at a pixel of the view: the one on top, or every visible one, that one first."""
        controls, document = self._frame.controls, self._frame.document
        visible = [layer.label for layer in reversed(controls.layers) if layer.visible]
        labels, style = visible if controls.sky_style.every else visible[:1], controls.sky_style
        places = [self._frame.from_reference(label, x, y) for label in labels]
        return tuple(
            readout(document.image(label), label, *at, style)
            for label, at in zip(labels, places, strict=True)
            if np.isfinite(at).all()
        )

    # ---- another frame

    def reframe(self) -> None:
        """After the view's frame may have become another: keep what the top image shows where it is."""
        document, label = self._frame.document, self._frame.controls.reference
        new = None if label is None else (label, document.placing(label))
        old, self._before = self._before, new
        top = self._frame.controls.top
        if old is None or new is None or top is None or self._frame.limits is None:
            return
        if old[0] == new[0] and old[1] is new[1]:
            return
        if self.fitted and old[0] != new[0]:
            self.home()
            return
        image = document.image(top).wcs if top not in document.unaligned else None
        before = between_frames(old, (top, image))
        shown = self._frame.limits
        x, y = shown.centre if before is None else before(*shown.centre)
        after = self._frame.transform(top, label)
        centre = (x, y) if after is None else after(x, y)
        back = between_frames((top, image), old)
        grown = _stretching(after, x, y) / _stretching(back, x, y)
        if np.isfinite([*centre, grown]).all() and grown > 0:
            aim = self._aimed().scaled(grown).centred_on(float(centre[0]), float(centre[1]))
            self.aim(aim, fitted=self.fitted)

    def shown(self) -> Limits:
        """What is shown; an `InputError` if that is nothing."""
        limits = self._frame.limits
        if limits is None or not self._layers.states:
            raise InputError(f"Viewer {self._frame.name} shows no image; add one first.")
        return limits

    def _aimed(self) -> Aim:
        """What is to be shown; an `InputError` if that is nothing."""
        shown = self.shown()
        return self._aim or Aim(shown)


def _stretching(transform: Transform | None, x: float, y: float) -> float:
    """By how much lengths grow at a point: the square root of the area."""
    if transform is None:
        return 1.0
    ends = transform(np.array([x - 0.5, x + 0.5, x, x]), np.array([y, y, y - 0.5, y + 0.5]))
    (left, right, below, above) = np.transpose(ends)
    across, up = right - left, above - below
    return float(np.sqrt(abs(across[0] * up[1] - across[1] * up[0])))


def _is_pixels(step: u.Quantity) -> bool:
    return step.unit in (u.dimensionless_unscaled, u.pix)


def _positive(value: Any, what: str, instead: str = "") -> float:
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else np.nan
    if not (np.isfinite(number) and number > 0):
        raise InputError(f"The {what} must be a positive number{instead}, not {value!r}.")
    return number


def _pair(point: Any) -> tuple[float, float]:
    try:
        x, y = (float(value) for value in point)
    except (TypeError, ValueError):
        raise InputError(f"A point is (x, y) in pixels or a SkyCoord, not {point!r}.") from None
    return x, y
