"""The shapes of DS9's region text: their numbers and units, and the several that one line may hold.

Sizes become whole widths (DS9's ellipses have semi-axes). Sectors of a panda, which `regions` has not, become
polygons of the same area within 1e-4.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from astropy import units as u
from astropy.coordinates import Angle, SkyCoord

from imviz.errors import InputError
from imviz.science.regions.described import IMAGE, PHYSICAL, SKY, Described

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["SHAPES", "shapes_of"]

EQUATORIAL = ("icrs", "fk5", "fk4")
ARCSEC = {'"': 1.0, "'": 60.0, "d": 3600.0, "r": float(u.rad.to(u.arcsec)), "°": 3600.0}
STEP = 1.0  # degrees between two corners of an arc
MOST = 10_000  # shapes from one line


def shapes_of(name: str, numbers: str, frame: str) -> list[Described]:
    """The shapes of one line.

    Parameters
    ----------
    name : str
        DS9's name of the shape.
    numbers : str
        What stands between its brackets.
    frame : str
        'image', 'physical' or a frame on the sky, in which numbers without a unit are.

    Raises
    ------
    ValueError
        Naming what is wrong.
    """
    if name not in _READERS:
        raise InputError(f"{name!r} is no shape that can be read")
    words = [word for word in re.split(r"[,\s]+", numbers.strip()) if word]
    return _READERS[name](words, frame)


# ---- numbers


def _places(words: Sequence[str], frame: str) -> tuple[tuple[tuple[float, float], ...], str]:
    """Pairs of coordinates, and the one frame they are in."""
    if len(words) % 2 or not words:
        raise InputError("a place has two coordinates")
    read = [_coordinate(word, n % 2, frame) for n, word in enumerate(words)]
    frames = {where for _, where in read}
    if len(frames) > 1:
        raise InputError("its coordinates are in different frames")
    values = [value for value, _ in read]
    if not np.isfinite(values).all():
        raise InputError("a number is not finite")
    return tuple(zip(values[::2], values[1::2], strict=True)), frames.pop()


def _coordinate(word: str, axis: int, frame: str) -> tuple[float, str]:
    """A number and the frame it is in; pixels of an image from 0."""
    pixel = frame in (IMAGE, PHYSICAL)
    sky = "fk5" if pixel else frame
    lower = word.lower()
    if re.search(r"[:hms]", lower) or re.search(r"d.", lower):
        hours = axis == 0 and sky in EQUATORIAL and not re.search(r"d", lower)
        return float(Angle(lower, u.hourangle if hours else u.deg).deg), sky
    if lower[-1] in "dr°":
        return float(lower[:-1]) * ARCSEC[lower[-1]] / 3600, sky
    if lower[-1] == "i":
        return float(lower[:-1]) - 1, IMAGE
    if lower[-1] == "p":
        return float(lower[:-1]), PHYSICAL
    return float(lower) - (frame == IMAGE), frame if pixel else sky


def _sizes(words: Sequence[str], frame: str) -> tuple[tuple[float, ...], str]:
    """Lengths, and the one kind they are of: pixels, or on the sky and in arcsec."""
    read = [_size(word.lower(), frame) for word in words]
    kinds = {kind for _, kind in read}
    if len(kinds) > 1:
        raise InputError("its sizes are in different units")
    values = tuple(value for value, _ in read)
    if not np.isfinite(values).all():
        raise InputError("a number is not finite")
    return values, kinds.pop()


def _size(word: str, frame: str) -> tuple[float, str]:
    if word[-1] in ARCSEC:
        return float(word[:-1]) * ARCSEC[word[-1]], SKY
    if word[-1] in "ip":
        return float(word[:-1]), IMAGE if word[-1] == "i" else PHYSICAL
    return (float(word), frame) if frame in (IMAGE, PHYSICAL) else (float(word) * 3600, SKY)


def _angle(word: str) -> float:
    """Degrees."""
    lower = word.lower()
    value = float(lower[:-1]) * ARCSEC[lower[-1]] / 3600 if lower[-1] in ARCSEC else float(lower)
    if not np.isfinite(value):
        raise InputError("its angle is not finite")
    return value


def _rings(words: list[str]) -> tuple[list[str], int | None]:
    """The words without ``n=3``, and that number."""
    said = [word for word in words if "=" in word]
    plain = [word for word in words if "=" not in word]
    if not said:
        return plain, None
    name, _, number = said[0].partition("=")
    if len(said) > 1 or name.lower() != "n" or not number.isdigit() or not 0 < int(number) <= MOST:
        raise InputError(f"{said[0][:40]!r} is no number of rings")
    return plain, int(number)


# ---- shapes


def _exactly(kind: str, n_places: int, n_sizes: int) -> Callable[[list[str], str], list[Described]]:
    """A reader of a shape of so many places and sizes."""

    def read(words: list[str], frame: str) -> list[Described]:
        if len(words) != 2 * n_places + n_sizes:
            raise InputError(f"a {kind.lower()} has {2 * n_places + n_sizes} numbers, not {len(words)}")
        points, where = _places(words[: 2 * n_places], frame)
        sizes, measure = _sizes(words[2 * n_places :], frame) if n_sizes else ((), "")
        return [Described(kind, points, where, sizes, measure)]

    return read


def _polygon(words: list[str], frame: str) -> list[Described]:
    if len(words) < 6:
        raise InputError("a polygon has three corners at least")
    points, where = _places(words, frame)
    return [Described("Polygon", points, where)]


def _annulus(words: list[str], frame: str) -> list[Described]:
    words, n = _rings(words)
    if len(words) < 4:
        raise InputError(f"an annulus has a center and two radii at least, not {len(words)} numbers")
    points, where = _places(words[:2], frame)
    radii, measure = _sizes(words[2:], frame)
    if n is not None:
        radii = tuple(np.linspace(radii[0], radii[-1], n + 1).tolist())
    return [
        Described("CircleAnnulus", points, where, (inner, outer), measure)
        if inner
        else Described("Circle", points, where, (outer,), measure)
        for inner, outer in pairwise(radii)
    ]


def _with_axes(kind: str, times: float) -> Callable[[list[str], str], list[Described]]:
    """A reader of ellipses or boxes, one or several rings of them, whose sizes are so many times DS9's."""

    def read(words: list[str], frame: str) -> list[Described]:
        words, n = _rings(words)
        if len(words) < 4:
            raise InputError(
                f"a {kind.lower()} has a center and two sizes at least, not {len(words)} numbers"
            )
        points, where = _places(words[:2], frame)
        turned = len(words) % 2 == 1
        angle = _angle(words[-1]) if turned else 0.0
        lengths, measure = _sizes(words[2 : -1 if turned else None], frame)
        edges = np.reshape(lengths, (-1, 2)) * times
        if n is not None:
            edges = np.linspace(edges[0], edges[-1], n + 1)
        pairs = [(float(across), float(along)) for across, along in edges]
        if len(pairs) == 1:
            return [Described(kind, points, where, pairs[0], measure, angle)]
        return [
            Described(f"{kind}Annulus", points, where, (inner[0], inner[1], *outer), measure, angle)
            if any(inner)
            else Described(kind, points, where, outer, measure, angle)
            for inner, outer in pairwise(pairs)
        ]

    return read


def _panda(words: list[str], frame: str) -> list[Described]:
    """Sectors of rings: center, two angles, how many between them, two radii, how many between them."""
    if len(words) != 8:
        raise InputError(f"a panda has 8 numbers, not {len(words)}")
    points, where = _places(words[:2], frame)
    first, last = _angle(words[2]), _angle(words[3])
    n_angles, n_radii = int(words[4]), int(words[7])
    radii, measure = _sizes(words[5:7], frame)
    if not (n_angles > 0 and n_radii > 0 and n_angles * n_radii <= MOST):
        raise InputError("a panda has one sector and one ring at least")
    if measure != (where if where in (IMAGE, PHYSICAL) else SKY):
        raise InputError("the places and radii of a panda are both in pixels or both on the sky")
    span = last - first
    span = span if 0 < span <= 360 else span % 360 or 360.0
    edges = np.linspace(radii[0], radii[1], n_radii + 1)
    if n_angles == 1 and span == 360:
        return [
            shape
            for inner, outer in pairwise(edges)
            for shape in _annulus([*words[:2], *_again(inner, outer, measure)], frame)
        ]
    sides = first + np.linspace(0, span, n_angles + 1)
    return [
        Described("Polygon", _sector(points[0], where, (a, b), (inner, outer)), where)
        for a, b in pairwise(sides)
        for inner, outer in pairwise(edges)
    ]


def _again(inner: float, outer: float, measure: str) -> list[str]:
    unit = {SKY: '"', IMAGE: "i", PHYSICAL: "p"}[measure]
    return [f"{inner!r}{unit}" for inner in (float(inner), float(outer))]


def _sector(
    center: tuple[float, float], frame: str, sides: tuple[float, float], radii: tuple[float, float]
) -> tuple[tuple[float, float], ...]:
    """The corners of a sector of a ring, of its area: the chords of an arc lie as much out as in."""
    steps = max(int(np.ceil((sides[1] - sides[0]) / STEP)), 2)
    angles = np.deg2rad(np.linspace(*sides, steps + 1))
    step = angles[1] - angles[0]
    inner, outer = np.array(radii) * np.sqrt(step / np.sin(step))
    far = [(outer, angle) for angle in angles]
    near = [(inner, angle) for angle in angles[::-1]] if radii[0] else [(0.0, angles[0])]
    r, angle = np.transpose([*far, *near])
    if frame in (IMAGE, PHYSICAL):
        x, y = center[0] + r * np.cos(angle), center[1] + r * np.sin(angle)
    else:  # from west through north
        middle = SkyCoord(*center, unit="deg", frame=frame)
        there = middle.directional_offset_by((angle - np.pi / 2) * u.rad, r * u.arcsec)
        x, y = there.spherical.lon.deg, there.spherical.lat.deg
    return tuple(zip(map(float, x), map(float, y), strict=True))


_READERS = {
    "circle": _exactly("Circle", 1, 1),
    "point": _exactly("Point", 1, 0),
    "line": _exactly("Line", 2, 0),
    "ellipse": _with_axes("Ellipse", 2.0),
    "box": _with_axes("Rectangle", 1.0),
    "rotbox": _with_axes("Rectangle", 1.0),
    "annulus": _annulus,
    "polygon": _polygon,
    "panda": _panda,
    "cpanda": _panda,
}
SHAPES = frozenset(_READERS)
"""DS9's names of the shapes that are read."""
