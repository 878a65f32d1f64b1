"""DS9 region text, written: every digit, names in DS9's own quotes, and nothing that only imviz sees.

A composite, or a shape or frame that DS9 has not, stands in a line of our own *and* in plain lines that show
it to other programs; what those find otherwise is told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from regions import Regions

from imviz.science.regions.files.ds9_look import written_look
from imviz.science.regions.files.private import private_line
from imviz.science.regions.files.shown import in_frames, is_composite, leaves
from imviz.science.regions.outlines import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regions import Region

__all__ = ["to_ds9"]

HEAD = "# Region file format: DS9"
FRAMES = ("icrs", "fk5", "fk4", "galactic")
MOST_PARTS = 500
"""Parts of a composite that are written out for other programs."""


def to_ds9(found: Sequence[Region]) -> tuple[str, list[str]]:
    """DS9 text of regions, and what other programs find in it otherwise, in sentences."""
    lines, told = [HEAD], list[str]()
    for region in found:
        shown, why = _shown(region)
        if why:
            told.append(f"{_called(region)} {why}")
            lines.append(private_line(region, len(shown)))
        lines += shown
    return "\n".join(lines) + "\n", told


def _called(region: Any) -> str:
    name = " ".join(str(region.meta.get("text", "")).split())
    return repr(name[:80]) if name else f"A {type(region).__name__}"


def _shown(region: Any) -> tuple[list[str], str]:
    """The lines of a region, and what is otherwise in them."""
    if is_composite(region):
        found = leaves(region)
        if len(found) > MOST_PARTS:
            return [], f"has {len(found)} parts; only imviz reads it in a DS9 file."
        return (
            [_line(in_frames(one, FRAMES))[0] for one in found],
            f"is a composite; other programs see its {len(found)} parts.",
        )
    plain = in_frames(region, FRAMES)
    line, name = _line(plain)
    if plain is not region:
        return [line], "is in ICRS, or a polygon, for other programs: DS9 has no such frame or shape."
    if name != str(region.meta.get("text", "")):
        return [line], f"is called {name[:80]!r} for other programs, as DS9 has no quotes for it."
    return [line], ""


def _line(region: Any) -> tuple[str, str]:
    """The frame and the shape, written by `regions`, then what it is called and looks like; and that name."""
    frame, shape = Regions([bare(region)]).serialize(format="ds9", precision=16).splitlines()[-2:]
    quoted, name = _quoted(str(region.meta.get("text", "")))
    said = [*([f"text={quoted}"] if name else []), *written_look(region)]
    sign = "" if region.meta.get("include", True) else "-"
    return f"{frame};{sign}{shape}{' # ' if said else ''}{' '.join(said)}", name


def _quoted(name: str) -> tuple[str, str]:
    """A name in quotes of DS9's, and what is in them: changed where no quotes hold it."""
    plain = re.sub(r"\s", " ", name)
    plain = "".join(sign for sign in plain if sign.isprintable())
    if not re.search(r"[{}]", plain):
        return f"{{{plain}}}", plain
    for quote in ('"', "'"):
        if quote not in plain:
            return f"{quote}{plain}{quote}", plain
    plain = plain.replace("{", "(").replace("}", ")")
    return f"{{{plain}}}", plain
