"""Points and paths to be drawn over an image: where they are and what they look like, in plain numbers.

What markers, catalogs, contours, grids and footprints have in common. A description is checked when it is
made and never changed; a viewer places it through its alignment and draws it. No widget, no WCS here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.coordinates import SkyCoord
from matplotlib.colors import to_hex

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MARKERS", "Paths", "Picked", "Points", "palette"]

MARKERS = ("circle", "square", "diamond", "triangle", "plus", "x", "dot")
LABEL_PLACES = ("start", "middle", "end")


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Many points with one kind of marker.

    Parameters
    ----------
    x, y : array_like
        Positions in pixels. Not finite ones are not drawn.
    image : str, optional
        Label of the image whose pixels they are in. Default: the pixels the view itself is in.
    sky : SkyCoord, optional
        Positions on the sky, instead of `x`, `y` and `image`.
    marker : str
        One of `MARKERS`.
    color : str or sequence of str
        Anything matplotlib knows as a colour; one for all, or one for each point.
    size : float or array_like
        Width of the markers in screen pixels; one for all, or one for each point.
    fill : bool
        Whether the markers are filled.
    alpha : float
        Opacity, 0 to 1.
    width : float
        Width of the markers' lines in screen pixels.
    labels : sequence of str
        A text for each point, shown where there is room for it. Default: none.
    pickable : bool
        Whether a click picks a point (see ``viewer.vectors.picked``).
    """

    x: Any = ()
    y: Any = ()
    image: str | None = None
    sky: SkyCoord | None = None
    marker: str = "circle"
    color: Any = "#ff5252"
    size: Any = 9.0
    fill: bool = False
    alpha: float = 1.0
    width: float = 1.5
    labels: Sequence[str] = ()
    pickable: bool = False

    def __post_init__(self) -> None:
        if self.sky is None:
            x, y = (_numbers(values, name) for values, name in ((self.x, "x"), (self.y, "y")))
            _same_length(x, len(y), "x positions")
            object.__setattr__(self, "x", x)
            object.__setattr__(self, "y", y)
        else:
            object.__setattr__(self, "sky", _flat_sky(self.sky))
        if self.marker not in MARKERS:
            raise InputError(f"There is no marker {self.marker!r}; use one of {', '.join(MARKERS)}.")
        sizes = _numbers(self.size, "size")
        if not (np.isfinite(sizes).all() and (sizes > 0).all()):
            raise InputError("The size of a marker must be a positive number of screen pixels.")
        if np.ndim(self.size):
            _same_length(sizes, len(self), "sizes")
        object.__setattr__(self, "size", sizes)
        _same_length(self.labels, len(self), "labels", empty=True)
        _check_alpha(self.alpha)
        palette(self.color, len(self))

    def __len__(self) -> int:
        return len(self.x) if self.sky is None else len(self.sky)


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Lines through many points each: contours, grids, footprints.

    Parameters
    ----------
    lines : sequence of array_like or SkyCoord
        Each of shape (n, 2), in pixels, or (all of them) on the sky. A NaN lifts the pen.
    image : str, optional
        Label of the image whose pixels they are in. Default: the pixels the view itself is in.
    color : str or sequence of str
        One colour for all, or one for each line.
    width : float
        In screen pixels.
    dash : sequence of float
        Lengths of dashes and gaps in screen pixels. Default: solid.
    closed : bool
        Whether each line goes back to where it began.
    fill : float
        Opacity of the inside of closed lines, 0 to 1.
    alpha : float
        Opacity of the lines, 0 to 1.
    labels : sequence of str
        A text for each line, shown where there is room for it. Default: none.
    label_at : {'start', 'middle', 'end'}
        Where on its line a label is.
    """

    lines: Sequence[Any] = ()
    image: str | None = None
    color: Any = "#4dd0e1"
    width: float = 1.5
    dash: Sequence[float] = ()
    closed: bool = False
    fill: float = 0.0
    alpha: float = 1.0
    labels: Sequence[str] = ()
    label_at: str = "middle"

    def __post_init__(self) -> None:
        on_sky = [isinstance(line, SkyCoord) for line in self.lines]
        if any(on_sky) and not all(on_sky):
            raise InputError("The lines are partly on the sky and partly in pixels; give all in one way.")
        lines = [
            _flat_sky(line) if sky else _line(line) for line, sky in zip(self.lines, on_sky, strict=True)
        ]
        object.__setattr__(self, "lines", tuple(lines))
        if self.label_at not in LABEL_PLACES:
            raise InputError(f"A label is at one of {', '.join(LABEL_PLACES)}, not {self.label_at!r}.")
        _same_length(self.labels, len(lines), "labels", empty=True)
        for alpha in (self.fill, self.alpha):
            _check_alpha(alpha)
        palette(self.color, len(lines))

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def starts(self) -> np.ndarray:
        """Where each line begins in the row of all points, and where the last one ends."""
        return np.concatenate([[0], np.cumsum([len(line) for line in self.lines])]).astype(np.uint32)

    @property
    def sky(self) -> SkyCoord | None:
        """All points on the sky; None if they are in pixels."""
        if not self.lines or not isinstance(self.lines[0], SkyCoord):
            return None
        lines = [line.icrs for line in self.lines]
        ra, dec = (np.concatenate([getattr(line, axis).deg for line in lines]) for axis in ("ra", "dec"))
        return SkyCoord(ra, dec, unit="deg")

    @property
    def x(self) -> np.ndarray:
        """All points' x, in pixels."""
        return np.concatenate([line[:, 0] for line in self.lines]) if self.lines else np.empty(0)

    @property
    def y(self) -> np.ndarray:
        """All points' y, in pixels."""
        return np.concatenate([line[:, 1] for line in self.lines]) if self.lines else np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class Picked:
    """A point that was clicked, or the points in a box that was drawn. No two are equal.

    Attributes
    ----------
    layer : str
        Name of their layer.
    indices : tuple of int
        Which of the layer's points.
    more : bool
        Whether it is to join those selected before (Shift or Ctrl was held).
    """

    layer: str
    indices: tuple[int, ...]
    more: bool

    @property
    def index(self) -> int:
        """The (first) point picked."""
        return self.indices[0]


def palette(color: Any, n: int) -> tuple[list[str], np.ndarray | None]:
    """The different colours, as ``#rrggbb``, and (if there is more than one) which of them each of `n` has.

    Raises
    ------
    InputError
        If one is not a colour, or there are not as many as there are things.
    """
    single = isinstance(color, str) or (len(color) in (3, 4) and len(color) != n and np.isreal(color[0]))
    if not single:
        _same_length(color, n, "colours")
    try:
        if single:
            return [to_hex(color)], None
        names = np.asarray(color) if isinstance(color, np.ndarray) else np.asarray(color, dtype=str)
        different, which = np.unique(names, axis=0, return_inverse=True)
        if len(different) <= 65535:
            return [to_hex(name) for name in different], which.ravel().astype(np.uint16)
    except (ValueError, TypeError):
        raise InputError(f"{str(color)[:80]!r} is not a colour; use a name or '#rrggbb'.") from None
    raise InputError(f"{len(different)} different colours are too many; use up to 65535.")


def _numbers(values: Any, name: str) -> np.ndarray:
    try:
        return np.ma.filled(np.ma.asarray(values, dtype=float), np.nan).reshape(-1)
    except (TypeError, ValueError):
        raise InputError(f"{name} must be numbers, not {str(values)[:80]!r}.") from None


def _line(line: Any) -> np.ndarray:
    try:
        points = np.asarray(line, dtype=float)
    except (TypeError, ValueError):
        points = np.empty(0)
    if points.ndim != 2 or points.shape[1] != 2:
        raise InputError(f"A line is n points (x, y), shape (n, 2); this one is {str(line)[:80]!r}.")
    return points


def _flat_sky(sky: SkyCoord) -> SkyCoord:
    return sky.reshape(1) if sky.isscalar else sky.ravel()


def _same_length(values: Any, n: int, what: str, *, empty: bool = False) -> None:
    if len(values) != n and not (empty and len(values) == 0):
        raise InputError(f"There are {len(values)} {what} for {n}; give one for each.")


def _check_alpha(alpha: float) -> None:
    if not 0 <= float(alpha) <= 1:
        raise InputError(f"The opacity must be a number from 0 to 1, not {alpha!r}.")
