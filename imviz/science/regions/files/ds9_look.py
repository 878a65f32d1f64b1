"""What DS9 says of a region beside its shape, both ways: name, groups, look, and what may be done with it.

Values that are DS9's defaults say nothing and are left out; words that nothing draws are kept as they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from matplotlib.colors import CSS4_COLORS

from imviz.science.regions.looks import COMMENT, color_of, kept_words, sound_look, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regions import Region

__all__ = ["attributes", "look", "written_look"]

_WORD = re.compile(
    r"([A-Za-z]\w*)\s*=\s*"
    r"(\{(?:[^{}]|\{[^{}]*\})*\}|\{[^}]*\}?|\"[^\"]*\"|'[^']*'|[^\s=]+(?:\s+[-+.\d]+(?![\w=.]))*)"
)
X11 = {"green": "#00ff00", "gray": "#bebebe", "grey": "#bebebe", "maroon": "#b03060", "purple": "#a020f0"}
"""Names that X11, and so DS9, gives to other colours than CSS and matplotlib do."""
SYMBOLS = {"circle": "o", "box": "s", "diamond": "D", "cross": "+", "x": "x", "arrow": "^", "boxcircle": "8"}
NAMES = {symbol: name for name, symbol in SYMBOLS.items()}
FLAGS = {
    **dict.fromkeys(("select", "highlite", "edit", "move", "rotate", "delete", "source"), 1),
    **dict.fromkeys(("fixed", "background"), 0),
}
"""What may be done with a region, and its default."""
SAID = ("color", "width", "dash", "dashlist", "fill", "font", "point", "text", "tag", "include")
DEFAULT_FONT = "helvetica 10 normal roman"


def attributes(text: str) -> dict[str, Any]:
    """The words of a line and their values, as texts; all of ``tag`` as a list."""
    found: dict[str, Any] = {}
    for match in _WORD.finditer(text):
        name, value = match[1].lower(), match[2].strip()
        if value[:1] in ("{", '"', "'"):
            value = value[1:].removesuffix({"{": "}"}.get(value[0], value[0]))
        if name == "tag":
            found.setdefault("tag", []).append(value)
        elif name not in found:
            found[name] = value
    return found


def look(said: Mapping[str, Any], *, point: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a region's ``meta`` and ``visual`` say, from DS9's words."""
    meta: dict[str, Any] = {}
    if said.get("text"):
        meta["text"] = said["text"]
    if said.get("tag"):
        meta["tag"] = list(said["tag"])
    meta["include"] = 0 if said.get("include") == "0" else 1
    meta |= {
        name: int(said[name])
        for name, usual in FLAGS.items()
        if said.get(name) in ("0", "1") and int(said[name]) != usual
    }
    visual, rest = sound_look(_visual(said, point=point), point=point)
    unknown = {name: said[_spelt(name)] for name in rest if _spelt(name) in said}
    unknown |= {name: value for name, value in said.items() if name not in SAID and name not in FLAGS}
    unknown.pop("line", None) if unknown.get("line") == "0 0" else None
    if unknown:
        meta[COMMENT] = kept_words(unknown)
    return meta, visual


def _visual(said: Mapping[str, Any], *, point: bool) -> dict[str, Any]:
    visual: dict[str, Any] = {}
    if "color" in said:
        visual["color"] = X11.get(said["color"].lower(), said["color"])
    if said.get("width", "1") != "1":
        visual["markeredgewidth" if point else "linewidth"] = said["width"]
    if said.get("dash") == "1" and not point:
        dashes = re.findall(r"\d+(?:\.\d+)?", said.get("dashlist", ""))
        visual["linestyle"] = (0, tuple(map(float, dashes))) if dashes else "dashed"
    if said.get("fill") == "1" and not point:
        visual["fill"] = True
    if "font" in said and said["font"] != DEFAULT_FONT:
        names = ("fontname", "fontsize", "fontweight", "fontstyle")
        visual |= dict(zip(names, said["font"].split(), strict=False))
        visual |= {"fontstyle": "normal"} if visual.get("fontstyle") == "roman" else {}
    if point and "point" in said:
        symbol, _, size = said["point"].partition(" ")
        visual["marker"] = SYMBOLS.get(symbol.lower(), "")
        visual |= {"markersize": size} if size.strip() else {}
    return visual


def _spelt(name: str) -> str:
    """DS9's word for one of matplotlib's."""
    spelt = {"linewidth": "width", "markeredgewidth": "width", "marker": "point", "markersize": "point"}
    return "font" if name.startswith("font") else spelt.get(name, name)


# ---- written


def written_look(region: Region) -> list[str]:
    """DS9's words of a region's groups, flags and look; its name is the caller's."""
    meta, visual = region.meta, region.visual
    color = color_of(visual.get("color", visual.get("edgecolor")))
    said = [f"color={CSS4_COLORS[color] if color in X11 else color}"] if color else []
    said += [f"tag={{{tag}}}" for tag in _tags(meta.get("tag")) if not re.search(r"[{}\n\r]", tag)]
    width = visual.get("linewidth", visual.get("markeredgewidth"))
    said += [f"width={width}"] if width else []
    said += _dashes(visual.get("linestyle"))
    said += ["fill=1"] if visual.get("fill") else []
    if visual.get("fontname"):
        style = str(visual.get("fontstyle", "roman")).replace("normal", "roman")
        weight, size = visual.get("fontweight", "normal"), visual.get("fontsize", 10)
        said.append(f'font="{visual["fontname"]} {size} {weight} {style}"')
    if visual.get("marker") in NAMES:
        size = visual.get("markersize")
        said.append(f"point={NAMES[visual['marker']]}" + (f" {size}" if size else ""))
    said += [f"{name}={meta[name]}" for name, usual in FLAGS.items() if meta.get(name, usual) != usual]
    there = {word.partition("=")[0] for word in said}
    others = words_of(meta.get(COMMENT))
    return said + [f"{name}={value}" for name, value in others.items() if name in _KEPT and name not in there]


_KEPT = ("textangle", "textrotate", "color", "width", "font", "point", "line", "callback", "coord", "format")
"""Words of DS9's that are written again as they came."""


def _tags(tags: Any) -> list[str]:
    return [tags] if isinstance(tags, str) else [str(tag) for tag in tags or ()]


def _dashes(style: Any) -> list[str]:
    if isinstance(style, tuple):
        lengths = [f"{length:g}" for length in style[1]]
        return ["dash=1", f"dashlist={' '.join(lengths[:2] if len(lengths) > 1 else lengths * 2)}"]
    return ["dash=1"] if style in ("dashed", "--", "dotted", ":", "dashdot", "-.") else []
