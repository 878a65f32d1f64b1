"""How a layer looks, declared once: what may be said of it, how that is checked, and what follows from it.

`Look` is the only list of a layer's properties. What a layer's state keeps and observes, what the browser is
told, what is copied, remembered for undo and written to a file, which options `ImageViewer.set_layer` takes
and which fields Plot Options offers are all made from its fields. So a new property is one line here, one in
the shader that draws it, and one in the panel that offers it. `changed` is the one place where options that
belong together (cuts and their name, a stretch and its curve, a colour and its blending) are put together.
No viewer, no widget and no message is made here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import partial
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.visualization import BaseStretch

from imviz.errors import InputError
from imviz.science.display import colormaps
from imviz.science.display.cuts import auto_cuts, cuts_name, sample
from imviz.science.display.stretches import (
    KNOTS,
    STRETCHES,
    brightness,
    equalised,
    followed,
    knots,
    parameters,
    parse,
    splined,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

__all__ = ["CUSTOM", "Look", "Option", "changed", "option", "options_of", "within", "words"]

CUSTOM = "Custom"
"""Name of cuts that are no automatic ones."""
LEAST_PERCENT = 50  # a bare number below could be a cut, not a percentage

Curve = tuple[tuple[float, float], ...]


# ---- checks


def number(value: Any, name: str, low: float, high: float) -> float:
    """A number in a range, ends included."""
    result = float(value) if isinstance(value, Real) and not isinstance(value, bool) else np.nan
    if not low <= result <= high:
        raise InputError(f"The {name} must be a number from {low:g} to {high:g}, not {str(value)[:60]!r}.")
    return result


def one_of(value: Any, name: str, choices: tuple[str, ...]) -> str:
    """One of some words."""
    if value not in choices:
        raise InputError(f"The {name} is one of {', '.join(choices)}, not {str(value)[:60]!r}.")
    return str(value)


def limits(cuts: Any) -> tuple[float, float]:
    """Cuts given as two numbers, in order."""
    try:
        values = np.asarray(cuts, dtype=float)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.shape != (2,) or not np.isfinite(values).all() or values[0] >= values[1]:
        raise InputError(f"Cuts must be (low, high) with low < high, or a name; not {str(cuts)[:80]!r}.")
    return float(values[0]), float(values[1])


def _points(value: Any) -> Curve | None:
    """Points of a curve, in order, or None: as knots, but several may stand at one level."""
    if value is None:
        return None
    try:
        points = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        points = np.empty(0)
    good = points.ndim == 2 and points.shape[1:] == (2,) and len(points) >= 2
    if not (good and ((points >= 0) & (points <= 1)).all() and (np.diff(points[:, 0]) >= 0).all()):
        raise InputError(f"A curve is pairs (level, brightness) from 0 to 1, not {str(value)[:60]!r}.")
    return tuple((float(x), float(y)) for x, y in points)


def _numbers(value: Any) -> tuple[tuple[str, float], ...]:
    """Parameters of a stretch, in order; which it may have is checked where the stretch is known."""
    try:
        return tuple((str(name), part) for name, part in dict(value).items())
    except (TypeError, ValueError):
        raise InputError(f"A stretch's parameters are {{'a': value}}, not {str(value)[:60]!r}.") from None


# ---- the declaration


@dataclass(frozen=True, slots=True)
class Option:
    """What is known of one property of a look.

    Attributes
    ----------
    check : callable
        Gives the value to keep for one that is given, or raises `InputError`.
    doc : str
        What it is.
    choices : tuple of str
        The words it may be, if it is one of a few.
    drawn : {'layer', 'colours', ''}
        What the browser needs it for: to draw the layer as a whole, to give values their colours, or, as it
        is contained in others, nothing.
    derived : bool
        Whether it follows from others and cannot be set by itself.
    """

    check: Callable[[Any], Any]
    doc: str
    choices: tuple[str, ...] = ()
    drawn: str = "layer"
    derived: bool = False


def option(default: Any, check: Callable[[Any], Any], doc: str, **more: Any) -> Any:
    """A property of a look: a field with its default and all that is known of it (`Option`)."""
    return field(default=default, metadata={"option": Option(check, doc, **more)})


def within(default: float, name: str, low: float, high: float, doc: str, **more: Any) -> Any:
    """A property that is a number in a range."""
    return option(default, partial(number, name=name, low=low, high=high), doc, **more)


def words(name: str, choices: tuple[str, ...], doc: str, **more: Any) -> Any:
    """A property that is one of a few words, the first unless told."""
    return option(choices[0], partial(one_of, name=name, choices=choices), doc, choices=choices, **more)


@dataclass(frozen=True, slots=True)
class Look:
    """How one layer looks, in words and numbers; each property is described where it is declared."""

    visible: bool = option(True, bool, "Whether the layer is drawn.")
    opacity: float = within(1.0, "opacity", 0.0, 1.0, "0 (see-through) to 1.")
    blend: str = words("blend", ("normal", "add"), "'add' adds its light to what lies below.")
    interpolation: str = words("interpolation", ("nearest", "smooth"), "What is seen between pixel centres.")
    cuts: tuple[float, float] = option(
        (0.0, 1.0), limits, "Values shown darkest and brightest.", drawn="colours"
    )
    preset: str = option(
        CUSTOM,
        lambda value: CUSTOM if value == CUSTOM else cuts_name(value),
        "The automatic cuts that the cuts are, or 'Custom'.",
        drawn="",
        derived=True,
    )
    stretch: str = option(
        "linear", lambda value: parse(value)[0], "How levels become brightness.", drawn="colours"
    )
    stretch_parameters: tuple[tuple[str, float], ...] = option(
        (), _numbers, "Of the stretch, where they are not its own.", drawn=""
    )
    knots: tuple[tuple[float, float], ...] = option(
        KNOTS, knots, "Points (level, brightness) that the spline goes through.", drawn=""
    )
    curve: tuple[tuple[float, float], ...] | None = option(
        None, _points, "Of 'spline' and 'histeq': brightness at levels.", drawn="colours", derived=True
    )
    contrast: float = within(
        1.0, "contrast", 0.0, 4.0, "Contrast, 0 to 4; 1 changes nothing.", drawn="colours"
    )
    bias: float = within(0.5, "bias", 0.0, 1.0, "Level in the middle of the colours.", drawn="colours")
    color_mode: str = words(
        "color mode", ("Colormap", "Color"), "By its colormap, or in shades of its colour.", drawn=""
    )
    colormap: str = option(
        "Gray", lambda value: colormaps.name_of(colormaps.find(value)), "Name of its colormap.", drawn=""
    )
    color: str = option("#ffffff", colormaps.color, "Its one colour.", drawn="")
    invert: bool = option(False, bool, "Whether the colours are turned round.", drawn="")
    nan_color: tuple[float, float, float, float] | None = option(
        None, colormaps.rgba, "RGBA of pixels without a value; None: see-through.", drawn="colours"
    )

    # ---- what follows from it

    @property
    def parameter(self) -> float | None:
        """The parameter of the stretch; None if it has none."""
        kind = STRETCHES[self.stretch]
        return float(dict(self.stretch_parameters).get("a", kind.default)) if kind.parameter else None

    @property
    def table(self) -> NDArray[np.uint8]:
        """RGB of brightness 0 to 1, shape (256, 3)."""
        single = self.color_mode == "Color"
        colormap = colormaps.shades(self.color) if single else colormaps.find(self.colormap)
        return colormaps.table(colormap, invert=self.invert)

    def stretched(self, level: Any) -> NDArray[np.float64]:
        """The brightness of some levels by the stretch alone."""
        named = None if self.parameter is None else {"a": self.parameter}
        return brightness(level, self.stretch, named, self.curve)

    def brightness(self, level: Any) -> NDArray[np.float64]:
        """The brightness of some levels between the cuts: contrast and bias, then the stretch."""
        contrasted = np.clip((np.clip(level, 0.0, 1.0) - self.bias) * self.contrast + 0.5, 0.0, 1.0)
        return self.stretched(np.nan_to_num(contrasted))

    def colours(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        """RGB of some values, shape (..., 3); those of NaN mean nothing."""
        low, high = self.cuts
        with np.errstate(invalid="ignore", over="ignore"):
            level = (np.asarray(values, dtype=float) - low) / ((high - low) or np.finfo(float).tiny)
        return self.table[np.minimum(self.brightness(level) * 256, 255).astype(np.uint8)]

    # ---- to and from plain values

    def message(self) -> dict[str, Any]:
        """What the browser needs to draw the layer; apart, under `colours`, to give values their colours.

        The colours' table itself goes beside it: `colormap`, `color`, `color_mode` and `invert` are in there.
        """
        options, values = options_of(self), self.to_dict()
        layer, colours = (
            {name: values[name] for name, one in options.items() if one.drawn == kind}
            for kind in ("layer", "colours")
        )
        return layer | {"colours": colours | {"parameter": self.parameter}}

    def to_dict(self) -> dict[str, Any]:
        """All of it by name, in values that JSON has."""
        values = {name: _plain(getattr(self, name)) for name in options_of(self)}
        return values | {"stretch_parameters": dict(self.stretch_parameters)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Look:
        """A look from what `to_dict` gave; what is not said is as it comes.

        Raises
        ------
        InputError
            For a name that no look has, or a value that cannot be used.
        """
        known = options_of(cls)
        for name in values:
            if name not in known:
                raise InputError(f"A look has no {str(name)[:40]!r}; it has {', '.join(known)}.")
        look = cls(**{name: known[name].check(value) for name, value in values.items()})
        parameters(look.stretch, dict(look.stretch_parameters))
        return look


def _plain(value: Any) -> Any:
    """Tuples as lists, throughout."""
    return [_plain(part) for part in value] if isinstance(value, tuple | list) else value


def options_of(kind: type[Look] | Look) -> dict[str, Option]:
    """What is known of each property of a look, by its name."""
    return {one.name: one.metadata["option"] for one in fields(kind)}


# ---- changes


def changed(look: Look, options: Mapping[str, Any], pixels: Callable[[], Any]) -> Look:
    """A look with some of its options set to other values, and what belongs with them.

    Parameters
    ----------
    look : Look
        As it was.
    options : mapping
        New values by name; `cuts` may also be the name of automatic ones, `stretch` an astropy stretch.
    pixels : callable
        Gives the image's pixels; called only if cuts or a curve are to be found from them.

    Raises
    ------
    InputError
        For an option, a name or a number that cannot be used.
    """
    known = {name: one for name, one in options_of(look).items() if not one.derived}
    for name in options:
        if name not in known:
            raise InputError(f"A layer has no option {str(name)[:40]!r}; it has {', '.join(known)}.")
    values = _cuts(options["cuts"], pixels) if "cuts" in options else {}
    values |= {
        name: known[name].check(value)
        for name, value in options.items()
        if name not in ("cuts", "stretch_parameters")
    }
    mode = values.get("color_mode", look.color_mode)
    if mode != look.color_mode:
        values = {"blend": "add" if mode == "Color" else "normal"} | values
    values |= _stretch(look, options)
    result = replace(look, **values)
    if result.stretch == "histeq" and (result.curve is None or result.cuts != look.cuts):
        result = replace(result, curve=equalised(sample(pixels()), result.cuts))
    return result


def _cuts(cuts: Any, pixels: Callable[[], Any]) -> dict[str, Any]:
    """Cuts and their name, from two numbers or the name of automatic ones."""
    if isinstance(cuts, str) or (isinstance(cuts, Real) and float(cuts) >= LEAST_PERCENT):
        name = cuts_name(cuts)
        return {"cuts": auto_cuts(pixels(), name), "preset": name}
    return {"cuts": limits(cuts), "preset": CUSTOM}


def _stretch(look: Look, options: Mapping[str, Any]) -> dict[str, Any]:
    """Stretch, parameters, knots and curve after some options; nothing if they change none of them."""
    if not {"stretch", "stretch_parameters", "knots"} & set(options):
        return {}
    name, named = parse(options.get("stretch", "spline" if "knots" in options else look.stretch))
    points = knots(options["knots"]) if "knots" in options else look.knots
    if name == "spline" and isinstance(options.get("stretch"), BaseStretch):
        points = followed(options["stretch"])
    if name == look.stretch and "stretch" not in options:
        named = dict(look.stretch_parameters)
    named |= parameters(name, dict(options.get("stretch_parameters") or {}))
    curve = splined(points) if name == "spline" else None
    return {"stretch": name, "stretch_parameters": tuple(named.items()), "knots": points, "curve": curve}
