"""CASA's region text (CRTF), written: every digit, names in quotes, and nothing that only imviz sees.

What CRTF has no shape for stands in a line of our own *and* in plain lines that show it to other programs;
what those find otherwise is told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from regions import CircleAnnulusPixelRegion, CircleAnnulusSkyRegion, PixelRegion

from imviz.science.regions.files.private import private_line
from imviz.science.regions.files.shown import filled_rings, in_frames, is_composite, leaves
from imviz.science.regions.looks import COMMENT, color_of, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regions import Region

__all__ = ["to_crtf"]

HEAD = "#CRTFv0"
SIZES = {"circle": ("radius",), "ellipse": ("height", "width"), "rectangle": ("width", "height")}
FRAMES = {"icrs": "ICRS", "fk5": "J2000", "fk4": "B1950", "galactic": "GALACTIC"}
SYMBOLS = ".,ov^<>1234sp*hH+xDd|_"
MOST_PARTS = 500
KEPT = ("symsize", "symthick", "labelpos", "labelcolor", "labeloff", "usetex", "font", "color", "linestyle")
"""Words of CASA's that are written again as they came."""


def to_crtf(found: Sequence[Region]) -> tuple[str, list[str]]:
    """CRTF text of regions, and what other programs find in it otherwise, in sentences."""
    lines, told = [HEAD], list[str]()
    for region in found:
        shown, why = _shown(region)
        if why:
            name = " ".join(str(region.meta.get("text", "")).split())
            told.append(f"{name[:80]!r} {why}" if name else f"A {type(region).__name__} {why}")
            lines.append(private_line(region, len(shown)))
        lines += shown
    return "\n".join(lines) + "\n", told


def _shown(region: Any) -> tuple[list[str], str]:
    """The lines of a region, and what is otherwise in them."""
    simple = leaves(region) if is_composite(region) else [region]
    if len(simple) > MOST_PARTS:
        return [], f"has {len(simple)} parts; only imviz reads it in a CRTF file."
    plain = [one for leaf in simple for one in filled_rings(in_frames(leaf, tuple(FRAMES)))]
    lines = [_line(one) for one in plain]
    if is_composite(region):
        return lines, f"is a composite; other programs see its {len(plain)} parts."
    if len(plain) > 1:
        return lines, "is a ring that CRTF has not; other programs see its outside, and its inside excluded."
    if plain[0] is not region:
        return (
            lines,
            "is in ICRS, or a polygon, for other programs: CRTF has no such frame or shape.",
        )
    name = str(region.meta.get("text", ""))
    if _label(name)[1] != name:
        return lines, f"is called {_label(name)[1][:80]!r} for other programs, as CRTF has no quotes for it."
    return lines, ""


def _line(region: Any) -> str:
    kind = re.sub("(Pixel|Sky)Region$", "", type(region).__name__).lower()
    where = next(
        v for v in (getattr(region, n, None) for n in ("center", "vertices", "start")) if v is not None
    )
    coord = "image" if isinstance(region, PixelRegion) else FRAMES[where.frame.name]
    if kind in SIZES:
        numbers = [_length(getattr(region, name), half=kind == "ellipse") for name in SIZES[kind]]
        inside = f"{_place(where)}, {numbers[0] if kind == 'circle' else '[' + ', '.join(numbers) + ']'}"
        if kind != "circle":
            inside += f", {_digits(region.angle.to_value(u.deg))}deg"
        name = {"rectangle": "rotbox"}.get(kind, kind)
    elif isinstance(region, CircleAnnulusPixelRegion | CircleAnnulusSkyRegion):
        radii = _length(region.inner_radius), _length(region.outer_radius)
        name, inside = "annulus", f"{_place(where)}, [{', '.join(radii)}]"
    elif kind == "polygon":
        name, inside = "poly", ", ".join(_place(where[n]) for n in range(len(where)))
    elif kind == "line":
        name, inside = "line", f"{_place(region.start)}, {_place(region.end)}"
    else:  # a point, or a text's place
        marker = region.visual.get("marker")
        symbol = marker if isinstance(marker, str) and len(marker) == 1 and marker in SYMBOLS else "."
        name, inside = "symbol", f"{_place(where)}, {symbol}"
    sign = "" if region.meta.get("include", True) else "-"
    return f"{sign}{name}[{inside}]{''.join(f', {word}' for word in (f'coord={coord}', *_said(region)))}"


def _said(region: Any) -> list[str]:
    """Name and look."""
    visual = region.visual
    quoted, name = _label(str(region.meta.get("text", "")))
    said = [f"label={quoted}"] if name else []
    color = color_of(visual.get("color", visual.get("edgecolor")))
    said += [f"color={color.removeprefix('#')}"] if color else []
    style = visual.get("linestyle")
    names = {"dashed": "--", "solid": "-", "dotted": ":", "dashdot": "-."}
    style = names.get(style, style) if isinstance(style, str) else "--" if style else None
    words = {
        "linewidth": visual.get("linewidth"),
        "linestyle": style,
        "symsize": visual.get("markersize"),
        "symthick": visual.get("markeredgewidth"),
        "font": visual.get("fontname"),
        "fontsize": visual.get("fontsize"),
        "fontstyle": visual.get("fontstyle"),
    }
    said += [f"{name}={value}" for name, value in words.items() if value is not None]
    said += [f"{name}={region.meta[name]}" for name in ("restfreq", "veltype") if region.meta.get(name)]
    said += [
        f"{name}=[{', '.join(map(str, region.meta[name]))}]"
        for name in ("range", "corr")
        if region.meta.get(name)
    ]
    there = {word.partition("=")[0] for word in said}
    others = words_of(region.meta.get(COMMENT))
    return said + [f"{name}={value}" for name, value in others.items() if name in KEPT and name not in there]


def _label(name: str) -> tuple[str, str]:
    """A name in quotes of CASA's, and what is in them: changed where no quotes hold it."""
    plain = "".join(sign for sign in re.sub(r"\s", " ", name) if sign.isprintable())
    quote = "'" if "'" not in plain else '"'
    if quote in plain:
        plain = plain.replace('"', "''")
        quote = '"'
    return f"{quote}{plain}{quote}", plain


def _place(where: Any) -> str:
    if hasattr(where, "spherical"):
        return f"[{_digits(where.spherical.lon.deg)}deg, {_digits(where.spherical.lat.deg)}deg]"
    return f"[{_digits(where.x)}pix, {_digits(where.y)}pix]"


def _digits(number: Any) -> str:
    """All digits of a number, without the exponent that CRTF has not."""
    return np.format_float_positional(float(number), trim="0")


def _length(length: Any, *, half: bool = False) -> str:
    divisor = 2 if half else 1
    if isinstance(length, u.Quantity):
        return f"{_digits(length.to_value(u.arcsec) / divisor)}arcsec"
    return f"{_digits(length / divisor)}pix"
