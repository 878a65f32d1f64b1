"""DS9 region text, read line by line: each shape is read or named with why not, and costs no other.

All of DS9's ways to say the same: places and sizes in image or physical pixels, degrees or sexagesimal, each
with a unit of its own; several rings in one line; attributes in braces or quotes of either kind; shapes
behind a ``#``. What has no area (vectors, rulers, texts …) is named. What is said of a look is `ds9_look`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imviz.errors import InputError
from imviz.science.regions.described import IMAGE, PHYSICAL
from imviz.science.regions.files.ds9_look import attributes, look
from imviz.science.regions.files.ds9_shapes import SHAPES, shapes_of
from imviz.science.regions.files.private import PRIVATE, private_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regions import Region

    from imviz.science.regions.described import Described

__all__ = ["parse_ds9"]

Found = list["Region | Described"]
Bad = list[tuple[Any, str]]
FRAMES = {
    IMAGE: IMAGE,
    PHYSICAL: PHYSICAL,
    "icrs": "icrs",
    "galactic": "galactic",
    **dict.fromkeys(("fk5", "j2000"), "fk5"),
    **dict.fromkeys(("fk4", "b1950"), "fk4"),
    "ecliptic": "barycentricmeanecliptic",
}
ELSEWHERE = re.compile(r"linear|detector|amplifier|tile|wcs[a-z0-9]?")
"""DS9's frames that are not read: what follows one is placed nowhere."""
WORD = re.compile(r"[a-z][\w-]*")
"""A word alone, which may be a frame that is not known: so is what follows it, and the word is named."""
BESIDE = ("text", "vector", "ruler", "compass", "projection", "segment", "composite")
"""Shapes that DS9 writes behind a ``#``."""
COMMAND = re.compile(
    r"([+\-!]?)\s*(?:(circle|box|diamond|cross|x|arrow|boxcircle)\s+(?=point\b))?([a-z]\w*)\s*"
    r"(?:\(([^()#]*)\)|([^()#]*))\s*(\|\|)?\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
WRONG = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
NO_AREA = "has no area to measure or to draw here; use circle, ellipse, box, annulus, panda or polygon"


@dataclass(slots=True)
class _State:
    """What the lines so far have said of those that follow."""

    frame: str = PHYSICAL
    settings: dict[str, Any] = field(default_factory=dict)
    group: dict[str, Any] | None = None


def parse_ds9(text: str) -> tuple[Found, Bad]:
    """The regions of DS9 text, and the lines that cannot be used with why."""
    found: Found = []
    bad: Bad = []
    state, skip = _State(), 0
    for row in text.split("\n"):
        if row.startswith(PRIVATE):
            try:
                region, skip = private_region(row)
                found.append(region)
            except InputError as error:
                bad.append((row[:200], str(error)))
            continue
        for command in _commands(row):
            try:
                new = _shapes(command, state)
            except WRONG as error:
                bad.append((command[:200], f"{command[:100]!r} cannot be read: {_reason(error)}."))
                continue
            if new and skip:
                skip -= 1
            else:
                found += new
    return found, bad


def _commands(row: str) -> Iterator[str]:
    """The commands of a line: parted by ``;`` where that is in no text."""
    row = row.strip()
    if row.startswith("#"):
        word = re.match(r"#\s*([a-z]+)\s*\(\s*[-+.\d]", row, re.IGNORECASE)
        if not word or word[1].lower() not in BESIDE:
            return  # a remark, or a shape that somebody has taken out
        row = row[1:].strip()
        start = row.find(")")
    elif ";" not in row:
        yield from [row] if row else ()
        return
    else:
        start = 0 if row.lower().startswith("global") else row.find("#")
    begin = at = 0
    closing = ""
    while at < len(row):
        sign = row[at]
        if closing:
            closing = "" if sign == closing else closing
        elif start >= 0 and at > start and sign in "{\"'" and re.search(r"=\s*$", row[:at]):
            closing = {"{": "}"}.get(sign, sign)
            closing = closing if closing in row[at + 1 :] else ""
        elif sign == ";":
            if row[begin:at].strip():
                yield row[begin:at].strip()
            begin = at + 1
            start = row.find("#", begin)
        at += 1
    if row[begin:].strip():
        yield row[begin:].strip()


def _shapes(command: str, state: _State) -> Found:
    """What one command describes; a frame or settings change the state and describe nothing."""
    lower = command.lower()
    if lower.startswith("global"):
        state.settings |= attributes(command[6:])
        return []
    plain = lower.partition("#")[0].strip()
    if plain in FRAMES or (WORD.fullmatch(plain) and plain not in SHAPES):
        state.frame = FRAMES.get(plain, plain)
        if plain not in FRAMES and not ELSEWHERE.fullmatch(plain):
            raise InputError(
                f"{plain[:40]!r} names a frame that is not known; what follows it is placed nowhere"
            )
        return []
    sign, symbol, name, inside, bare, more, rest = _parts(command)
    if not rest.startswith("#") and inside is not None and name != "composite":
        _refuse_second_shape(rest)
    said = attributes(rest.lstrip(" #|"))
    if name == "composite":
        state.group = {word: value for word, value in said.items() if word != "composite"}
        return []
    own = {**state.settings, **(state.group or {})}
    own |= ({"point": symbol} if symbol else {}) | {"include": "0" if sign in "-!" and sign else "1"} | said
    if state.group is not None and not more:
        state.group = None
    if name in BESIDE:
        raise InputError(f"a {name} {NO_AREA}")
    if state.frame not in FRAMES.values():
        raise InputError(f"its frame, {state.frame!r}, is not known; use one of: {', '.join(FRAMES)}")
    made = shapes_of(name, inside if inside is not None else bare, state.frame)
    meta, visual = look(own, point=name == "point")
    return [_made(one, meta, visual) for one in made]


def _parts(command: str) -> tuple[Any, ...]:
    match = COMMAND.fullmatch(command)
    if match is None:
        raise InputError("it is no shape of DS9's")
    sign, symbol, name, inside, bare, more, rest = match.groups()
    return sign, symbol and symbol.lower(), name.lower(), inside, bare, more, rest or ""


def _refuse_second_shape(rest: str) -> None:
    """Refuse what combines a shape with another in one line (CIAO's ``&``, ``*!``, a second bracket)."""
    if re.match(r"[-+&*!|]|[a-z]\w*\s*\(", rest, re.IGNORECASE):
        raise InputError(
            f"what stands behind its bracket, {rest[:40]!r}, would be lost; give each its own line"
        )


def _made(shape: Described, meta: dict[str, Any], visual: dict[str, Any]) -> Region | Described:
    shape.meta.update(meta)
    shape.visual.update(visual)
    return shape if shape.needs_image else shape.region()


def _reason(error: Exception) -> str:
    words = str(error).splitlines()[0].strip() if str(error) else type(error).__name__
    return re.sub(r"^\w+\.__init__\(\) ", "", words)[:130].rstrip(".")
