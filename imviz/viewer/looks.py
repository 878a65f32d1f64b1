"""What may be said of a layer's look: each option of `Layers.change`, checked, as values of its state.

Cuts, stretch and colours belong together with others of the state, or need the image: `Layers` sees to
those. Nothing is changed in here.
"""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.errors import InputError
from imviz.science.display import colormaps

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["OPTIONS", "TOGETHER", "checked", "limits", "number"]

TOGETHER = ("cuts", "stretch", "stretch_parameters", "knots", "colormap", "color", "color_mode")
"""Options that `Layers` puts together with others."""


def number(value: Any, low: float, high: float, name: str) -> float:
    """A number in a range, ends included.

    Raises
    ------
    InputError
        If it is none.
    """
    found = float(value) if isinstance(value, Real) and not isinstance(value, bool) else np.nan
    if not low <= found <= high:
        raise InputError(f"The {name} must be a number from {low:g} to {high:g}, not {str(value)[:60]!r}.")
    return found


def limits(cuts: Any) -> tuple[float, float]:
    """Cuts given as two numbers.

    Raises
    ------
    InputError
        If they are not that, or not in order.
    """
    try:
        values = np.asarray(cuts, dtype=float)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.shape != (2,) or not np.isfinite(values).all() or values[0] >= values[1]:
        raise InputError(f"Cuts must be (low, high) with low < high, or a name; not {str(cuts)[:80]!r}.")
    return float(values[0]), float(values[1])


def one_of(value: Any, choices: tuple[str, ...], name: str) -> str:
    """One of some words.

    Raises
    ------
    InputError
        If it is none of them.
    """
    if value not in choices:
        raise InputError(f"The {name} is one of {', '.join(choices)}, not {str(value)[:60]!r}.")
    return str(value)


_ALONE: dict[str, Callable[[Any], dict[str, Any]]] = {
    "visible": lambda value: {"visible": bool(value)},
    "opacity": lambda value: {"alpha": number(value, 0.0, 1.0, "opacity")},
    "contrast": lambda value: {"contrast": number(value, 0.0, 4.0, "contrast")},
    "bias": lambda value: {"bias": number(value, 0.0, 1.0, "bias")},
    "invert": lambda value: {"invert": bool(value)},
    "nan_color": lambda value: {"nan_color": colormaps.rgba(value)},
    "interpolation": lambda value: {"interpolation": one_of(value, ("nearest", "smooth"), "interpolation")},
    "blend": lambda value: {"blend": one_of(value, ("normal", "add"), "blend")},
}

OPTIONS = (*_ALONE, *TOGETHER)


def checked(options: dict[str, Any]) -> dict[str, Any]:
    """The state's values for those options that stand alone.

    Raises
    ------
    InputError
        For an option, a name or a number that cannot be used.
    """
    values: dict[str, Any] = {}
    for name, value in options.items():
        if name not in OPTIONS:
            raise InputError(f"A layer has no option {str(name)[:40]!r}; it has {', '.join(OPTIONS)}.")
        if name in _ALONE:
            values.update(_ALONE[name](value))
    return values
