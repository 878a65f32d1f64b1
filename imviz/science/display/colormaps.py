"""Colormaps by name: matplotlib's, and the names that notebooks of older viewers use.

`find` gives the colormap of a name, `name_of` the name for people, `table` its 256 colours. Colours of
layers that are added to each other come from `additive`, and their colormap from `shades`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import (
    Colormap,
    LinearSegmentedColormap,
    ListedColormap,
    hsv_to_rgb,
    to_hex,
    to_rgb,
    to_rgba,
)

from imviz.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MENU", "additive", "color", "find", "name_of", "names", "rgba", "shades", "table"]

MENU: dict[str, str] = {
    "Gray": "gray",
    "Viridis": "viridis",
    "Plasma": "plasma",
    "Inferno": "inferno",
    "Magma": "magma",
    "Purple-Blue": "PuBu",
    "Yellow-Green-Blue": "YlGnBu",
    "Yellow-Orange-Red": "YlOrRd",
    "Red-Purple": "RdPu",
    "Blue-Green": "BuGn",
    "Hot": "hot",
    "Red-Blue": "RdBu",
    "Red-Yellow-Blue": "RdYlBu",
    "Purple-Orange": "PuOr",
    "Purple-Green": "PRGn",
    "Rainbow": "rainbow",
    "Seismic": "seismic",
    "Reversed: Gray": "gray_r",
    "Reversed: Viridis": "viridis_r",
    "Reversed: Plasma": "plasma_r",
    "Reversed: Inferno": "inferno_r",
    "Reversed: Magma": "magma_r",
    "Reversed: Hot": "hot_r",
    "Reversed: Rainbow": "rainbow_r",
    "Random": "random",
}
"""Names for people, in the order of the menu, and what matplotlib calls each."""

_COLORS = 256
_others: dict[str, Colormap] = {}  # colormaps that matplotlib does not have, seen by `name_of`


def names() -> tuple[str, ...]:
    """All names: those of the menu first, then matplotlib's others (those that end in _r work too)."""
    known = set(MENU.values())
    others = sorted((one for one in mpl.colormaps if one not in known and one[-2:] != "_r"), key=str.lower)
    return (*MENU, *others)


@cache
def _random() -> Colormap:
    hue, saturation, value = (
        np.random.default_rng(20).uniform((0.0, 0.2, 0.5), (1.0, 0.7, 1.0), (_COLORS, 3)).T
    )
    return ListedColormap(hsv_to_rgb(np.stack([hue, saturation, value], axis=1)), name="random")


def find(name: str) -> Colormap:
    """The colormap of a name, in any case.

    Raises
    ------
    InputError
        If there is none.
    """
    wanted = str(name).lower()
    known = {label.lower(): label_of for label, label_of in MENU.items()}
    known = {one.lower(): one for one in mpl.colormaps} | {"random": "random"} | known
    if str(name) in _others:
        return _others[str(name)]
    if str(name) in mpl.colormaps:  # matplotlib's names differ by case only in 'Grays', 'grays' and such
        return mpl.colormaps[str(name)]
    if wanted not in known:
        offered = ", ".join(list(MENU)[:6])
        raise InputError(
            f"There is no colormap {str(name)[:60]!r}; use a matplotlib name or one of {offered}…"
        )
    return _random() if known[wanted] == "random" else mpl.colormaps[known[wanted]]


def name_of(colormap: Colormap) -> str:
    """The name for people: the menu's if it is there, else its own; `find` knows it by that from now on."""
    name = str(colormap.name)
    if name not in mpl.colormaps and name != "random":
        _others[name] = colormap
    return next((label for label, known in MENU.items() if known == name), name)


def table(colormap: Colormap, invert: bool = False) -> NDArray[np.uint8]:
    """The 256 colours, shape (256, 3), turned round if inverted."""
    colours = (colormap(np.linspace(0.0, 1.0, _COLORS))[:, :3] * 255 + 0.5).astype(np.uint8)
    return np.ascontiguousarray(colours[::-1] if invert else colours)


def color(value: Any) -> str:
    """A colour as ``#rrggbb``, from whatever matplotlib takes for one.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        return str(to_hex(to_rgb(value)))
    except (TypeError, ValueError):
        raise InputError(
            f"{str(value)[:60]!r} is no colour; use a name as 'red', '#ff0000' or (r, g, b) from 0 to 1."
        ) from None


def rgba(value: Any) -> tuple[float, float, float, float] | None:
    """A colour as four numbers from 0 to 1; None stays None.

    Raises
    ------
    InputError
        If it is no colour.
    """
    if value is None:
        return None
    try:
        red, green, blue, alpha = to_rgba(value)
    except (TypeError, ValueError):
        raise InputError(
            f"{str(value)[:60]!r} is no colour; use a name as 'red', '#ff0000', (r, g, b, a) or None."
        ) from None
    return float(red), float(green), float(blue), float(alpha)


def shades(value: str) -> Colormap:
    """The colormap from black to one colour."""
    return LinearSegmentedColormap.from_list(f"shades of {value}", ["#000000", value], N=_COLORS)


def additive(n: int) -> tuple[str, ...]:
    """Colours for `n` images whose light is added, from blue to red: together they are white.

    Three are blue, green and red. So what is equally bright in all images is shown without a hue.
    """
    if n < 1:
        return ()
    if n == 1:
        return ("#ffffff",)
    hues = np.array([210.0, 30.0]) if n == 2 else np.linspace(240.0, 0.0, n)
    colours = hsv_to_rgb(np.stack([hues / 360, np.ones(n), np.ones(n)], axis=1))
    return tuple(to_hex(one) for one in colours / colours.sum(axis=0))
