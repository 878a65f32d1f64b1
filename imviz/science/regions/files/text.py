"""DS9 and CRTF text: parsed by `regions`, line by line where a line is bad, so that each is named.

Lines that begin with ``# imviz`` hold what the format has no shape for, as JSON.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.utils.exceptions import AstropyUserWarning
from regions import (
    CircleAnnulusPixelRegion,
    CircleAnnulusSkyRegion,
    CompoundPixelRegion,
    CompoundSkyRegion,
    PixelRegion,
    Region,
    Regions,
)
from regions.io.crtf.core import CRTFRegionParserError

from imviz.errors import InputError
from imviz.science.regions.files.records import from_json, to_json
from imviz.science.regions.physical import FRAME_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["parse_crtf", "parse_ds9", "to_crtf", "to_ds9"]

Bad = list[tuple[Any, str]]
OWN = "# imviz "
FRAME = re.compile(
    r"(image|physical|icrs|fk5|fk4|j2000|b1950|galactic|ecliptic|linear|detector|amplifier|wcs\w?)"
)
PHYSICAL = {"", "physical"}
"""Frames that are physical; a line without any is."""
HEAD = {"ds9": "# Region file format: DS9\n", "crtf": "#CRTFv0\n"}
WRONG = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, CRTFRegionParserError)


def parse_ds9(text: str) -> tuple[list[Region], Bad]:
    """The regions of DS9 text, and the lines that cannot be used with why.

    Those in physical coordinates, DS9's default, say so: see `imviz.science.regions.physical`.
    """
    plain, own, bad = _own_lines(text)
    lines = list(_ds9_lines(plain))
    frames = {frame for _, _, frame in lines}
    found = _whole(plain, "ds9") if not frames & PHYSICAL else None
    if found is None and frames <= PHYSICAL:  # all of them, as a file without any frame
        found = _whole("".join(f"{settings}image\n{line}\n" for line, settings, _ in lines), "ds9")
        _mark_physical(found or ())
    if found is None:
        found = []
        for line, settings, frame in lines:
            n = len(found)
            physical = frame in PHYSICAL
            _take(line, settings + ("image\n" if physical else frame + "\n"), "ds9", found, bad)
            _mark_physical(found[n:] if physical else ())
    return _merged(found, own), bad


def _mark_physical(found: Iterable[Region]) -> None:
    for region in found:
        region.meta[FRAME_NAME] = "physical"


def parse_crtf(text: str) -> tuple[list[Region], Bad]:
    """The regions of CRTF text, and the lines that cannot be used with why."""
    plain, own, bad = _own_lines(text)
    found = _whole(plain, "crtf")
    if found is None:
        found, settings = [], ""
        for line in plain.splitlines():
            if line.strip().startswith("global"):
                settings = line + "\n"
            elif line.strip() and not line.startswith("#"):
                _take(line.strip(), HEAD["crtf"] + settings, "crtf", found, bad)
    for region in found:
        if "label" in region.meta:
            region.meta["text"] = region.meta.pop("label")
        for name in ("type", "coord"):
            region.meta.pop(name, None)
    return _merged(found, own), bad


def to_ds9(found: Sequence[Region]) -> str:
    """DS9 text of regions."""
    lines = [HEAD["ds9"]]
    for n, region in enumerate(found):
        if isinstance(region, CompoundPixelRegion | CompoundSkyRegion) or not _is_ds9(region):
            lines.append(f"{OWN}{n} {to_json(region)}\n")
            continue
        lines.append(_ds9_line(region))
    return "".join(lines)


def to_crtf(found: Sequence[Region]) -> str:
    """CRTF text of regions."""
    lines = [HEAD["crtf"]]
    for n, region in enumerate(found):
        line = _crtf_line(region)
        lines.append(f"{OWN}{n} {to_json(region)}\n" if line is None else line)
    return "".join(lines)


def _ds9_line(region: Any) -> str:
    """The frame and the shape, written by `regions`, and what it is called and looks like."""
    bare = type(region)(**{name: getattr(region, name) for name in region._params})
    frame, shape = Regions([bare]).serialize(format="ds9", precision=16).splitlines()[-2:]
    color = region.visual.get("color", region.visual.get("edgecolor"))
    said = [f"color={color}"] if color else []
    said += [f"text={{{region.meta['text']}}}"] if region.meta.get("text") else []
    said += [f"tag={{{tag}}}" for tag in region.meta.get("tag", ()) if "}" not in str(tag)]
    said += [f"width={region.visual['linewidth']}"] if region.visual.get("linewidth") else []
    sign = "" if region.meta.get("include", True) else "-"
    return f"{frame};{sign}{shape}{' # ' if said else ''}{' '.join(said)}\n"


def _is_ds9(region: Any) -> bool:
    """Whether DS9 has the shape's frame, and its text no bracket that would end it."""
    text = str(region.meta.get("text", ""))
    frame = getattr(getattr(region, "center", getattr(region, "vertices", None)), "frame", None)
    known = frame is None or frame.name in ("icrs", "fk5", "fk4", "galactic")
    return known and not re.search(r"[{}\n\r;#\"']", text) and "RegularPolygon" not in type(region).__name__


def _own_lines(text: str) -> tuple[str, dict[int, Region], Bad]:
    """The text without our own lines, and the regions in those by their place."""
    if OWN not in text:
        return text, {}, []
    plain, own, bad = [], {}, []
    for line in text.splitlines():
        if not line.startswith(OWN):
            plain.append(line)
            continue
        place, _, record = line.removeprefix(OWN).partition(" ")
        try:
            own[int(place)] = from_json(record)
        except ValueError as error:
            bad.append((line[:200], str(error)))
    return "\n".join(plain), own, bad


def _merged(found: list[Region], own: dict[int, Region]) -> list[Region]:
    rest, merged = iter(found), []
    for n in range(len(found) + len(own)):
        region = own.get(n) or next(rest, None)
        if region is not None:
            merged.append(region)
    return [*merged, *rest, *(region for n, region in own.items() if n >= len(found) + len(own))]


def _whole(text: str, file_format: str) -> list[Region] | None:
    """All regions, if nothing at all is wrong with the text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", AstropyUserWarning)
            return list(Regions.parse(text, format=file_format))
    except (*WRONG, AstropyUserWarning):
        return None


def _take(line: str, context: str, file_format: str, found: list[Region], bad: Bad) -> None:
    """Parse one line after the lines it depends on."""
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            these = list(Regions.parse(context + line, format=file_format))
    except WRONG as error:
        bad.append((line[:200], f"{line[:100]!r} cannot be read: {_reason(error)}."))
        return
    said = [str(one.message) for one in told if isinstance(one.message, AstropyUserWarning)]
    if said and not these:
        bad.append((line[:200], f"{line[:100]!r} cannot be read: {said[0][:100]}"))
    found.extend(these)


def _reason(error: Exception) -> str:
    words = str(error).splitlines()[0].strip() if str(error) else type(error).__name__
    return re.sub(r"^\w+\.__init__\(\) ", "", words)[:100].rstrip(".")


def _ds9_lines(text: str) -> Iterator[tuple[str, str, str]]:
    """Each line that may hold a region, with the global settings and the frame it stands under."""
    frame = settings = ""
    for row in text.splitlines():
        if row.strip().startswith("global"):
            settings = row + "\n"
            continue
        body, mark, comment = row.partition("#")
        pieces = [piece.strip() for piece in body.split(";")]
        for piece in pieces:
            if FRAME.fullmatch(piece.lower()):
                frame = piece.lower()
            elif piece:
                yield f"{piece} {mark}{comment}".strip(), settings, frame
        if not body.strip() and re.match(r"\s*(text|vector|ruler|compass|segment|composite)\s*[( ]", comment):
            yield row.strip(), settings, frame


# ---- CRTF

CRTF = {"circle": ("radius",), "ellipse": ("height", "width"), "rectangle": ("width", "height")}


def _crtf_line(region: Any) -> str | None:
    """One line, or None for what CRTF has no shape or frame for."""
    kind = re.sub("(Pixel|Sky)Region$", "", type(region).__name__).lower()
    pixel = isinstance(region, PixelRegion)
    frames = {"icrs": "ICRS", "fk5": "J2000", "fk4": "B1950", "galactic": "GALACTIC"}
    where = next(
        (v for v in (getattr(region, n, None) for n in ("center", "vertices", "start")) if v is not None),
        None,
    )
    coord = "image" if pixel else frames.get(getattr(getattr(where, "frame", None), "name", ""))
    text = str(region.meta.get("text", ""))
    if coord is None or where is None or re.search(r"['\"\n\r,\[\]=#]", text):
        return None
    if kind in CRTF:
        numbers = [_crtf_length(getattr(region, name), half=kind == "ellipse") for name in CRTF[kind]]
        name = {"rectangle": "rotbox"}.get(kind, kind)
        inside = f"{_crtf_place(where)}, {numbers[0] if kind == 'circle' else '[' + ', '.join(numbers) + ']'}"
        if kind != "circle":
            inside += f", {_digits(region.angle.to_value(u.deg))}deg"
    elif isinstance(region, CircleAnnulusPixelRegion | CircleAnnulusSkyRegion):
        radii = _crtf_length(region.inner_radius), _crtf_length(region.outer_radius)
        name, inside = "annulus", f"{_crtf_place(where)}, [{', '.join(radii)}]"
    elif kind == "polygon":
        name, inside = "poly", ", ".join(_crtf_place(where[n]) for n in range(len(where)))
    elif kind == "point":
        name, inside = "symbol", f"{_crtf_place(where)}, ."
    elif kind == "line":
        name, inside = "line", f"{_crtf_place(region.start)}, {_crtf_place(region.end)}"
    else:
        return None
    sign = "" if region.meta.get("include", True) else "-"
    color = region.visual.get("color", region.visual.get("edgecolor"))
    rest = (f", label='{text}'" if text else "") + (f", color={color}" if color else "")
    return f"{sign}{name}[{inside}], coord={coord}{rest}\n"


def _crtf_place(where: Any) -> str:
    if hasattr(where, "spherical"):
        return f"[{_digits(where.spherical.lon.deg)}deg, {_digits(where.spherical.lat.deg)}deg]"
    return f"[{_digits(where.x)}pix, {_digits(where.y)}pix]"


def _digits(number: Any) -> str:
    """All digits of a number, without the exponent that CRTF has not."""
    return np.format_float_positional(float(number), trim="0")


def _crtf_length(length: Any, *, half: bool = False) -> str:
    divisor = 2 if half else 1
    if isinstance(length, u.Quantity):
        return f"{_digits(length.to_value(u.arcsec) / divisor)}arcsec"
    return f"{_digits(length / divisor)}pix"


def refuse_mixture(found: Sequence[Region], file_format: str) -> None:
    """Refuse regions in pixels where a format has the sky only."""
    if any(isinstance(region, PixelRegion) for region in found):
        raise InputError(f"{file_format} has regions on the sky only; ask for frame='sky'.")
