"""Lines of equal longitude and latitude over a rectangle of an image, with their labels.

The WCS is only ever asked where on the sky a pixel is, on a grid over the rectangle, and the lines are
traced through that grid; so any WCS will do, lines may cross the rectangle in any shape, the step from 359°
to 0° is no edge, and a pole is just a place where all longitudes meet. Steps are round numbers of hours or
degrees. Nothing is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import Angle
from contourpy import contour_generator

from imviz.errors import InputError
from imviz.science.sky.geometry import has_celestial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FRAMES", "Graticule", "graticule"]

FRAMES = ("icrs", "fk5", "galactic", "barycentrictrueecliptic")
POINTS = 81  # of the grid, along the longer side
WANTED = 6  # lines each way, about
_SECONDS = (1, 2, 5, 10, 15, 20, 30)
_DEGREES = (1, 2, 5, 10, 15, 30, 45)
_HOURS = (1, 2, 3, 6)


@dataclass(frozen=True, slots=True, eq=False)
class Graticule:
    """The lines, arrays of shape (n, 2) in pixels, and a label for each; '' for pieces after the first."""

    lines: tuple[Floats, ...]
    labels: tuple[str, ...]


def graticule(
    wcs: Any, rectangle: tuple[float, float, float, float], frame: str = "icrs", wanted: int = WANTED
) -> Graticule:
    """The grid over a rectangle.

    Parameters
    ----------
    wcs
        Celestial.
    rectangle : (x_min, x_max, y_min, y_max)
        In its pixels; need not be on the image.
    frame : str
        One of `FRAMES`. Right ascensions are labelled in hours, other longitudes in degrees.
    wanted : int
        About how many lines each way.

    Raises
    ------
    InputError
        If the WCS is not celestial, or the frame is unknown.
    """
    if frame not in FRAMES:
        raise InputError(f"There is no sky frame {str(frame)[:40]!r}; use one of {', '.join(FRAMES)}.")
    if not has_celestial(wcs):
        raise InputError("A sky grid needs an image with a celestial WCS.")
    x, y = _axes(rectangle)
    lon, lat = _sky(wcs, frame, *np.meshgrid(x, y))
    if not np.isfinite(lon).any():
        return Graticule((), ())
    in_hours = frame in ("icrs", "fk5")
    lines: list[Floats] = []
    labels: list[str] = []
    levels: list[tuple[float, bool]] = []  # of each line, and whether it is a longitude
    for values, is_lon in ((lat, False), (lon, True)):
        step, found = _levels(values, wanted, hours=is_lon and in_hours, is_lon=is_lon)
        for level in found:
            pieces = _traced(x, y, _away(values, level, is_lon=is_lon))
            text = _text(level, step, hours=is_lon and in_hours, signed=not is_lon)
            lines += pieces
            labels += [text if n == 0 else "" for n in range(len(pieces))]
            levels += [(level, is_lon)] * len(pieces)
    return Graticule(tuple(_sharpened(wcs, frame, lines, levels, x[1] - x[0])), tuple(labels))


def _away(values: Any, level: Any, *, is_lon: bool) -> Any:
    """How far values are from a level, for longitudes the short way round."""
    return (values - level + 180) % 360 - 180 if is_lon else values - level


def _sharpened(
    wcs: Any, frame: str, lines: list[Floats], levels: list[tuple[float, bool]], cell: float
) -> list[Floats]:
    """Each point moved onto its line by two Newton steps of the exact WCS, each at most a cell long."""
    if not lines:
        return []
    points = np.concatenate(lines)
    counts = [len(line) for line in lines]
    level = np.repeat([one[0] for one in levels], counts)
    is_lon = np.repeat([one[1] for one in levels], counts)
    small = 0.05 * cell

    def away(dx: float, dy: float) -> Floats:
        lon, lat = _sky(wcs, frame, points[:, 0] + dx, points[:, 1] + dy)
        return np.where(is_lon, _away(lon, level, is_lon=True), lat - level)

    for _ in range(2):
        along_x, along_y = away(small, 0) - away(-small, 0), away(0, small) - away(0, -small)
        gradient = np.stack([along_x, along_y], axis=1) / (2 * small)
        with np.errstate(invalid="ignore", divide="ignore"):
            move = -away(0, 0)[:, None] * gradient / (gradient**2).sum(axis=1)[:, None]
        move[~(np.hypot(*move.T) <= cell)] = 0.0
        points = points + move
    return np.split(points, np.cumsum(counts)[:-1])


def _axes(rectangle: tuple[float, float, float, float]) -> tuple[Floats, Floats]:
    x0, x1, y0, y1 = rectangle
    if not np.isfinite(rectangle).all() or x1 <= x0 or y1 <= y0:
        raise InputError(f"The rectangle {rectangle} has no area.")
    step = max(x1 - x0, y1 - y0) / (POINTS - 1)
    return tuple(np.linspace(a, b, max(ceil((b - a) / step) + 1, 9)) for a, b in ((x0, x1), (y0, y1)))  # type: ignore[return-value]


def _sky(wcs: Any, frame: str, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude in degrees, NaN where there is no sky."""
    places = wcs.pixel_to_world(x, y).transform_to(frame).spherical
    return np.asarray(places.lon.deg, dtype=float), np.asarray(places.lat.deg, dtype=float)


def _levels(values: Floats, wanted: int, *, hours: bool, is_lon: bool) -> tuple[float, list[float]]:
    """A round step in degrees, and its multiples within the values."""
    known = values[np.isfinite(values)]
    if not is_lon:
        low, high = float(known.min()), float(known.max())
        step = _step((high - low) / wanted, hours=False)
        first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
        return step, [n * step for n in range(first, last + 1)]
    low, span = _arc(known)
    if span > 300:  # round a pole, or the whole sky
        low, span = 0.0, 360.0
    step = _step(span / wanted, hours=hours)
    first, last = ceil(low / step - 1e-9), floor((low + span) / step + 1e-9)
    if span == 360.0:
        last -= 1
    return step, [(n * step) % 360 for n in range(first, last + 1)]


def _arc(lon: Floats) -> tuple[float, float]:
    """Where the shortest arc that holds all longitudes begins, and its length."""
    ordered = np.unique(lon % 360)
    gaps = np.diff(ordered, append=ordered[0] + 360)
    widest = int(gaps.argmax())
    start = float(ordered[(widest + 1) % len(ordered)])
    return start, 360 - float(gaps[widest])


def _step(rough: float, *, hours: bool) -> float:
    """The round step, in degrees, that is next above a rough one."""
    unit = 15.0 if hours else 1.0
    whole = _HOURS if hours else _DEGREES
    seconds = [(n / 3600, n) for n in _SECONDS] + [(n / 60, n) for n in _SECONDS]
    steps = [value for value, _ in seconds] + [float(n) for n in whole]
    rough = max(rough, 1e-12) / unit
    if rough < 1 / 3600:  # decimals of a second
        power = 10.0 ** floor(log10(rough * 3600))
        nice = next(n for n in (1, 2, 5, 10) if rough * 3600 <= n * power * (1 + 1e-9))
        return nice * power / 3600 * unit
    return next((step for step in steps if rough <= step * (1 + 1e-9)), steps[-1]) * unit


def _traced(x: Floats, y: Floats, difference: Floats) -> list[Floats]:
    """Where a quantity on the grid is zero, branch cuts left out."""
    far = np.abs(difference) > 90  # of a longitude: the other side of the sphere, where it steps by 360
    masked = np.ma.masked_invalid(np.where(far, np.nan, difference))
    if masked.mask.all():
        return []
    traced = contour_generator(x=x, y=y, z=masked).lines(0.0)
    return [np.asarray(line) for line in traced if len(line) > 1]


def _text(level: float, step: float, *, hours: bool, signed: bool) -> str:
    """A label with as many fields as its step needs."""
    unit = u.hourangle if hours else u.deg
    size = step / 15 if hours else step
    seconds = size * 3600
    decimals = 0 if seconds > 0.999999 else ceil(-log10(seconds) - 1e-9)
    fields = 1 if size > 0.999999 else 2 if seconds > 59.9999 else 3
    marks = ("h", "m", "s") if hours else ("°", "′", "″")
    angle = Angle(level, u.deg)
    parts = angle.to_string(unit, sep=":", precision=decimals, fields=fields, alwayssign=signed, pad=True)
    return "".join(part + mark for part, mark in zip(str(parts).split(":"), marks, strict=False))
