"""CASA's region text (CRTF), read line by line: each shape is read or named with why not, and costs no other.

Coordinates in pixels count from 0; texts may stand in quotes of either kind, with anything in them; a place
may be in pixels and its sizes on the sky. The spectral words (``range``, ``corr``, ``restfreq``, ``veltype``)
are kept and mean nothing here; what has no area (``vector``, ``text``) is named.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import Angle

from imviz.errors import InputError
from imviz.science.regions.described import IMAGE, SKY, Described
from imviz.science.regions.files.private import PRIVATE, private_region
from imviz.science.regions.looks import COMMENT, kept_words, sound_look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regions import Region

__all__ = ["parse_crtf"]

Found = list["Region | Described"]
Bad = list[tuple[Any, str]]
FRAMES = {
    **dict.fromkeys(("j2000", "fk5", "j2000_vla"), "fk5"),
    **dict.fromkeys(("b1950", "fk4", "b1950_vla"), "fk4"),
    "icrs": "icrs",
    "galactic": "galactic",
    "supergal": "supergalactic",
    "image": IMAGE,
    "ecliptic": "geocentrictrueecliptic",
}
WRONG = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
LINE = re.compile(r"([+\-]?)\s*(ann\s)?\s*([a-z]+)\s*\[", re.IGNORECASE)
TOKEN = re.compile(r"[-+.\d]+[\"'](?=\s*[\],])|\"[^\"]*\"|'[^']*'|[\[\],=]|[^\[\],=\"'\s]+")
LENGTHS = {
    "deg": 3600.0,
    "arcmin": 60.0,
    "arcsec": 1.0,
    '"': 1.0,
    "'": 60.0,
    "rad": float(u.rad.to(u.arcsec)),
    "mas": 1e-3,
}
SHAPES = {  # how many places, and how many lists of sizes, with how many sizes
    "circle": (1, 1),
    "annulus": (1, 2),
    "ellipse": (1, 2),
    "rotbox": (1, 2),
    "centerbox": (1, 2),
    "box": (2, 0),
    "poly": (-1, 0),
    "line": (2, 0),
    "symbol": (1, 0),
    "point": (1, 0),
}
META = ("range", "corr", "restfreq", "veltype")
LOOKS = {"linewidth": "linewidth", "linestyle": "linestyle", "color": "color"}
FONT = {"font": "fontname", "fontsize": "fontsize", "fontstyle": "fontstyle"}
POINTS = {"symsize": "markersize", "symthick": "markeredgewidth", "symbol": "marker"}
USUAL = {"linewidth": "1", "linestyle": "-", "symsize": "1", "symthick": "1", "usetex": "false"}
"""CASA's defaults, which it writes on every line."""


def parse_crtf(text: str) -> tuple[Found, Bad]:
    """The regions of CRTF text, and the lines that cannot be used with why."""
    found: Found = []
    bad: Bad = []
    settings: dict[str, Any] = {}
    skip = 0
    for row in text.split("\n"):
        line = row.strip()
        try:
            if row.startswith(PRIVATE):
                region, skip = private_region(row)
                found.append(region)
            elif line.lower().startswith("global"):
                settings |= _words(TOKEN.findall(line[6:]))
            elif line and not line.startswith("#"):
                new = _region(line, settings)
                found += [] if skip else [new]
                skip = max(skip - 1, 0)
        except WRONG as error:
            bad.append((line[:200], f"{line[:100]!r} cannot be read: {_reason(error)}."))
    return found, bad


def _region(line: str, settings: Mapping[str, Any]) -> Region | Described:
    start = LINE.match(line)
    if start is None:
        raise InputError("it is no shape of CASA's")
    sign, _, kind = start.groups()
    kind = kind.lower()
    if kind in ("vector", "text"):
        raise InputError(f"a {kind} has no area to measure or to draw here")
    if kind not in SHAPES:
        raise InputError(f"{kind!r} is no shape of CASA's")
    tree, rest = _tree(TOKEN.findall(line[start.end() - 1 :]))
    said = {**settings, **_words(rest)}
    shape = _described(kind, tree, said)
    point = shape.kind == "Point"
    meta, visual = _look(said, tree if point else [], point=point)
    meta["include"] = sign != "-"
    shape.meta.update(meta)
    shape.visual.update(visual)
    return shape if shape.needs_image else shape.region()


def _tree(pieces: list[str]) -> tuple[list[Any], list[str]]:
    """What stands in the outer brackets, lists in lists; and the pieces after them."""
    stack: list[list[Any]] = [[]]
    for n, piece in enumerate(pieces):
        if piece == "[":
            stack.append([])
        elif piece == "]":
            done = stack.pop()
            stack[-1].append(done)
            if len(stack) == 1:
                return done, pieces[n + 1 :]
        elif piece != ",":
            stack[-1].append(piece)
    raise InputError("a bracket is not closed")


def _words(pieces: list[str]) -> dict[str, Any]:
    """``word=value`` pairs; a value is a word, a text in quotes or a list in brackets."""
    found: dict[str, Any] = {}
    n = 0
    while n < len(pieces):
        if n + 2 < len(pieces) and pieces[n + 1] == "=":
            name, value = pieces[n].lower(), pieces[n + 2]
            n += 3
            if value == "[":
                end = pieces.index("]", n) if "]" in pieces[n:] else len(pieces)
                found[name] = [piece.strip("'\"") for piece in pieces[n:end] if piece != ","]
                n = end + 1
            else:
                found[name] = value[1:-1] if value[0] in "\"'" and len(value) > 1 else value
        else:
            n += 1
    return found


# ---- shapes


def _described(kind: str, tree: list[Any], said: Mapping[str, Any]) -> Described:
    n_places, n_sizes = SHAPES[kind]
    places = [one for one in tree if isinstance(one, list)]
    if n_places < 0:
        if len(places) < 3 or len(places) != len(tree):
            raise InputError("a polygon has three corners at least")
        points, frame = _points(places, said)
        return Described("Polygon", points, frame)
    points, frame = _points(places[:n_places], said)
    if len(points) != n_places:
        raise InputError(f"a {kind} has {n_places} place{'s' * (n_places > 1)}, as [x, y]")
    if kind == "box":
        return _between(points, frame)
    if not n_sizes:
        return Described("Line" if kind == "line" else "Point", points, frame)
    lengths = [tree[1]] if n_sizes == 1 else tree[1]
    if not isinstance(lengths, list) or len(lengths) != n_sizes:
        raise InputError(f"a {kind} has {n_sizes} size{'s' * (n_sizes > 1)} with units")
    read = [_length(str(one)) for one in lengths]
    if len({measure for _, measure in read}) > 1:
        raise InputError("its sizes are in different units")
    sizes, measure = tuple(size for size, _ in read), read[0][1]
    if kind in ("circle", "annulus"):
        return Described("Circle" if kind == "circle" else "CircleAnnulus", points, frame, sizes, measure)
    angle = _degrees(str(tree[2])) if len(tree) > 2 and kind != "centerbox" else 0.0
    if kind == "ellipse":  # semi-axes, that along y first
        return Described("Ellipse", points, frame, (2 * sizes[1], 2 * sizes[0]), measure, angle)
    return Described("Rectangle", points, frame, sizes, measure, angle)


def _between(points: tuple[tuple[float, float], ...], frame: str) -> Described:
    """A box of two corners; on the sky its width is that of its middle, along the parallel."""
    (x0, y0), (x1, y1) = points
    if frame == IMAGE:
        sizes = abs(x1 - x0), abs(y1 - y0)
        return Described("Rectangle", (((x0 + x1) / 2, (y0 + y1) / 2),), frame, sizes, IMAGE)
    across = (x1 - x0 + 180) % 360 - 180
    middle = (x0 + across / 2) % 360, (y0 + y1) / 2
    width = abs(across) * float(np.cos(np.deg2rad(middle[1])))
    return Described("Rectangle", (middle,), frame, (3600 * width, 3600 * abs(y1 - y0)), SKY)


def _points(places: list[Any], said: Mapping[str, Any]) -> tuple[tuple[tuple[float, float], ...], str]:
    frame = FRAMES.get(str(said.get("coord", "")).lower())
    if frame is None and said.get("coord"):
        raise InputError(
            f"its frame, {str(said['coord'])[:30]!r}, is not known; use one of: {', '.join(FRAMES)}"
        )
    points, pixels = [], set()
    for place in places:
        if len(place) != 2:
            raise InputError("a place has two coordinates")
        pair = [_coordinate(str(one), axis, frame) for axis, one in enumerate(place)]
        pixels |= {in_pixels for _, in_pixels in pair}
        points.append((pair[0][0], pair[1][0]))
    if len(pixels) > 1:
        raise InputError("its coordinates are in different frames")
    if not np.isfinite(points).all():
        raise InputError("a number is not finite")
    on_sky = "fk5" if frame in (None, IMAGE) else frame
    return tuple(points), IMAGE if pixels == {True} else on_sky


def _coordinate(word: str, axis: int, frame: str | None) -> tuple[float, bool]:
    """Pixels, or degrees; and whether it is pixels."""
    lower = word.lower()
    if lower.endswith("pix"):
        return float(lower[:-3]), True
    for unit in ("arcsec", "arcmin", "deg", "rad"):
        if lower.endswith(unit):
            return float(lower.removesuffix(unit)) * LENGTHS[unit] / 3600, False
    if lower.count(".") >= 2:
        return float(Angle(lower.replace(".", ":", 2), u.deg).deg), False  # 40.25.10.0: degrees
    if re.search(r"[:hms]", lower):
        hours = axis == 0 and "d" not in lower and frame not in ("galactic", "supergalactic")
        return float(Angle(lower, u.hourangle if hours else u.deg).deg), False
    if frame == IMAGE:
        return float(lower), True
    return float(lower), False


def _length(word: str) -> tuple[float, str]:
    match = re.fullmatch(r"([-+.\de]*?\d\.?)(pix|[a-z]+|\"|')", word, re.IGNORECASE)
    if match is None:
        raise InputError(f"{word[:30]!r} is no length with a unit")
    number, unit = float(match[1]), match[2].lower()
    if unit == "pix":
        return number, IMAGE
    if unit not in LENGTHS:
        raise InputError(f"{word[:30]!r} is no length with a unit")
    return number * LENGTHS[unit], SKY


def _degrees(word: str) -> float:
    number, measure = _length(word)
    if measure != SKY or not np.isfinite(number):
        raise InputError(f"{word[:30]!r} is no angle")
    return number / 3600


# ---- looks


def _look(said: Mapping[str, Any], tree: list[Any], *, point: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a region's ``meta`` and ``visual`` say."""
    meta: dict[str, Any] = {"text": said["label"]} if said.get("label") else {}
    meta |= {name: said[name] for name in META if said.get(name)}
    names = LOOKS | FONT | (POINTS if point else {})
    given = {name: value for name, value in said.items() if USUAL.get(name) != value}
    visual = {names[name]: value for name, value in given.items() if name in names}
    if point and len(tree) > 1 and isinstance(tree[1], str):
        visual["marker"] = tree[1].strip("'\"")
    sound, rest = sound_look(visual, point=point)
    back = {value: name for name, value in names.items()}
    unknown = {back[name]: value for name, value in rest.items() if back[name] in given}
    kept = {"label", "coord", *META, *names}
    unknown |= {name: value for name, value in given.items() if name not in kept}
    if unknown:
        meta[COMMENT] = kept_words(unknown)
    return meta, sound


def _reason(error: Exception) -> str:
    words = str(error).splitlines()[0].strip() if str(error) else type(error).__name__
    return re.sub(r"^\w+\.__init__\(\) ", "", words)[:130].rstrip(".")
