"""How a region looks, checked before anything draws it: what matplotlib can draw, and the words it cannot.

A file or a script may say anything of a region's look. What can be drawn stays in ``visual`` under
matplotlib's names, in values it takes; all else is kept as words in ``meta["comment"]``, from where a format
that knows the word writes it again. Nothing is drawn here, and how a look is spelt is each format's business.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import is_color_like, to_hex
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from regions import PointPixelRegion, PointSkyRegion, Region

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["COMMENT", "color_of", "kept_words", "settle", "sound_look", "words_of"]

COMMENT = "comment"
HEX = re.compile(r"[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")
LONG_HEX = re.compile(r"#(?:[0-9a-fA-F]{9}|[0-9a-fA-F]{12})")
LINES = ("solid", "dashed", "dotted", "dashdot", "-", "--", ":", "-.")
LONGEST = 100  # characters of a text that can be a look, as a font's name


def color_of(value: Any) -> str | None:
    """A colour as matplotlib takes it: a name or ``#rrggbb``; None for what is none.

    CARTA writes ``2ee6d6`` without the ``#``; X11, and so DS9, also has three or four digits for each colour.
    """
    if isinstance(value, str):
        text = value.strip()
        if HEX.fullmatch(text):
            text = f"#{text}"
        elif LONG_HEX.fullmatch(text):
            step = (len(text) - 1) // 3
            text = "#" + "".join(text[1 + n * step : 3 + n * step] for n in range(3))
        if re.fullmatch(r"[\d.]+", text) or not is_color_like(text):  # "0.5" is a grey to matplotlib only
            return None
        return text
    return str(to_hex(value)) if is_color_like(value) and not isinstance(value, int | float) else None


def _positive(value: Any) -> float | int | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    if not 0 < number < 1000:
        return None
    return int(number) if number.is_integer() else number


def _line(value: Any) -> Any:
    if isinstance(value, str):
        return value if value in LINES else None
    try:
        offset, lengths = value
        dashes = tuple(float(length) for length in lengths)
        whole = (float(offset), dashes)
    except (TypeError, ValueError):
        return None
    return whole if dashes and min(dashes) >= 0 and 0 < sum(dashes) < 10_000 else None


def _filled(value: Any) -> bool | None:
    return bool(value) if value in (0, 1, True, False) else None


def _marker(value: Any) -> Any:
    if isinstance(value, Path):  # the library's own drawings of DS9's box with a circle, and of its arrow
        return "8" if np.shape(value.vertices)[0] > 9 else "^"
    try:
        MarkerStyle(value)
    except (TypeError, ValueError, AttributeError):
        return None
    return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.isprintable() and len(value) <= LONGEST else None


_CHECKS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("color", "edgecolor", "facecolor"), color_of),
    **dict.fromkeys(("linewidth", "fontsize"), _positive),
    "linestyle": _line,
    **dict.fromkeys(("fontname", "fontweight", "fontstyle"), _text),
}
_OF_SHAPES: dict[str, Callable[[Any], Any]] = {"fill": _filled}
_OF_POINTS: dict[str, Callable[[Any], Any]] = {
    "marker": _marker,
    "markersize": _positive,
    "markeredgewidth": _positive,
}


def sound_look(visual: Mapping[str, Any], *, point: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """A look in two parts: what can be drawn, in values that can, and what cannot.

    Parameters
    ----------
    visual : mapping
        Under the names of `regions.RegionVisual`.
    point : bool
        Whether it is a point's, which has a symbol, and not a line around it.
    """
    checks = _CHECKS | (_OF_POINTS if point else _OF_SHAPES)
    sound: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, value in visual.items():
        if name == "default_style":  # a reader's mark of where it came from, not how it looks
            continue
        checked = checks[name](value) if name in checks else None
        if checked is None:
            rest[name] = value
        else:
            sound[name] = checked
    return sound, rest


def words_of(comment: Any) -> dict[str, str]:
    """The words kept of a look: their values by name."""
    found = re.findall(r"(\w+)=(\"[^\"]*\"|'[^']*'|\[[^\]]*\]|[^,]*)", str(comment or ""))
    return {name: value.strip() for name, value in found}


def kept_words(words: Mapping[str, Any]) -> str:
    """Words of a look that cannot be drawn, as a comment."""
    return ", ".join(f"{name}={_flat(value)}" for name, value in words.items())


def settle(region: Region) -> None:
    """Leave of a region's look, and of its parts', what can be drawn; keep the rest as a comment."""
    for part in ("region1", "region2"):
        if hasattr(region, part):
            settle(getattr(region, part))
    if not region.visual:
        return
    sound, rest = sound_look(region.visual, point=isinstance(region, PointPixelRegion | PointSkyRegion))
    if rest or sound != region.visual:
        region.visual = sound
    if rest:
        said = [str(region.meta[COMMENT])] if region.meta.get(COMMENT) else []
        region.meta[COMMENT] = ", ".join([*said, kept_words(rest)])


def _flat(value: Any) -> str:
    """A value as one word or a quoted text."""
    text = " ".join(str(value).split())
    if re.search(r"[,\s=]", text) and not text.startswith(("[", '"', "'")):
        text = '"' + text.replace('"', "'") + '"'
    return text[:200]
