"""Stretches: how a level between the cuts, 0 to 1, becomes brightness, 0 to 1. The formulas are astropy's.

`STRETCHES` names them, with their one parameter where they have one; `brightness` evaluates one.
``histeq`` and ``spline`` have a curve instead of a formula: points joined by straight lines, made by
`equalised` from a sample of the image and by `splined` from a few knots. No image is touched in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import visualization
from scipy.interpolate import PchipInterpolator

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "KNOTS",
    "STRETCHES",
    "Stretch",
    "as_astropy",
    "brightness",
    "equalised",
    "followed",
    "knots",
    "parameters",
    "parse",
    "splined",
]

Curve = tuple[tuple[float, float], ...]

KNOTS: Curve = ((0.0, 0.0), (0.1, 0.05), (0.2, 0.3), (0.7, 0.9), (1.0, 1.0))
"""The spline's knots to begin with: dark sky, steep rise, soft top."""
FOLLOWED = 33  # knots of a spline that stands in for a stretch without a formula here
POINTS = 129  # of a curve: the straight pieces between them are below a step of an 8-bit display


@dataclass(frozen=True, slots=True)
class Stretch:
    """A kind of stretch.

    Attributes
    ----------
    label : str
        Its name for people.
    parameter : str or None
        What its parameter does; None without one.
    default, low, high : float
        Of the parameter ``a``: its value unless told, and its range, ends included.
    """

    label: str
    parameter: str | None = None
    default: float = 0.0
    low: float = 0.0
    high: float = 0.0


STRETCHES: dict[str, Stretch] = {
    "arcsinh": Stretch("Arcsinh", "Level where linear turns to logarithmic", 0.1, 1e-4, 1.0),
    "linear": Stretch("Linear"),
    "log": Stretch("Logarithmic", "Range of the logarithm", 1000.0, 1.0, 1e6),
    "sqrt": Stretch("Square Root"),
    "sinh": Stretch("Sinh", "Level where linear turns to exponential", 1 / 3, 0.01, 1.0),
    "power": Stretch("Power", "Exponent", 2.0, 0.05, 20.0),
    "histeq": Stretch("Histogram equalisation"),
    "spline": Stretch("Spline"),
}

_FORMULAS = {
    "arcsinh": visualization.AsinhStretch,
    "log": visualization.LogStretch,
    "sinh": visualization.SinhStretch,
    "power": visualization.PowerStretch,
}
_PLAIN = {"linear": visualization.LinearStretch, "sqrt": visualization.SqrtStretch}
_CLASSES = {kind: name for name, kind in (*_FORMULAS.items(), *_PLAIN.items())}
_CLASSES[visualization.SquaredStretch] = "power"  # whose exponent is 2 unless told


def parse(value: Any) -> tuple[str, dict[str, float]]:
    """The name of a stretch and its parameters, from a name, a label, or an astropy class or instance.

    An astropy stretch that has no name here is a ``spline``, whose knots `followed` gives.

    Raises
    ------
    InputError
        If it is none of these; the message lists the names.
    """
    if isinstance(value, visualization.BaseStretch):
        return _parse_instance(value)
    if isinstance(value, type) and value in _CLASSES:
        return _CLASSES[value], {}
    if isinstance(value, str):
        for name, stretch in STRETCHES.items():
            if value.lower() in (name, stretch.label.lower()):
                return name, {}
    raise InputError(f"There is no stretch {str(value)[:60]!r}; use one of {', '.join(STRETCHES)}.")


def _parse_instance(value: visualization.BaseStretch) -> tuple[str, dict[str, float]]:
    kind = type(value)
    tilted = kind is visualization.LinearStretch and (value.slope, value.intercept) != (1, 0)
    if kind not in _CLASSES or tilted:
        return "spline", {}
    name = _CLASSES[kind]
    if name not in _FORMULAS:
        return name, {}
    numbers = vars(value)  # astropy calls the same parameter a, exp and power
    return name, parameters(
        name, {"a": next(numbers[key] for key in ("a", "exp", "power") if key in numbers)}
    )


def parameters(name: str, given: Mapping[str, Any]) -> dict[str, float]:
    """The parameters of a stretch, checked.

    Raises
    ------
    InputError
        For a parameter it does not have, or one out of range.
    """
    stretch = STRETCHES[name]
    unknown = [key for key in given if key != "a" or stretch.parameter is None]
    if unknown:
        has = "one parameter, 'a'" if stretch.parameter else "no parameter"
        raise InputError(f"The stretch {name} has no parameter {unknown[0]!r}; it has {has}.")
    for value in given.values():
        number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else np.nan
        if not stretch.low <= number <= stretch.high:
            raise InputError(
                f"The parameter of the stretch {name} is {value!r}; "
                f"it must be a number from {stretch.low:g} to {stretch.high:g}."
            )
    return {key: float(value) for key, value in given.items()}


def brightness(
    level: ArrayLike,
    name: str,
    parameters: Mapping[str, float] | None = None,
    curve: Sequence[tuple[float, float]] | None = None,
) -> NDArray[np.float64]:
    """The brightness at some levels.

    Parameters
    ----------
    level : array_like
        Between the cuts, 0 to 1; what lies outside is clipped.
    name : str
        One of `STRETCHES`.
    parameters : mapping, optional
        ``{"a": value}`` for a stretch that has a parameter. Default: its own.
    curve : sequence of (float, float), optional
        Of ``histeq`` and ``spline``. Default: the straight line, and `KNOTS`.
    """
    level = np.clip(np.asarray(level, dtype=np.float64), 0.0, 1.0)
    if name in _FORMULAS:
        a = (parameters or {}).get("a", STRETCHES[name].default)
        return np.asarray(_FORMULAS[name](a)(level), dtype=np.float64)
    if name in _PLAIN:
        return np.asarray(_PLAIN[name]()(level), dtype=np.float64)
    if curve is None:
        curve = splined(KNOTS) if name == "spline" else ((0.0, 0.0), (1.0, 1.0))
    x, y = np.asarray(curve, dtype=np.float64).T
    return np.interp(level, x, y)


def knots(points: Any) -> Curve:
    """Knots of a spline, checked and in order: at least two of (level, brightness), all from 0 to 1.

    The first stands at level 0 and the last at level 1.

    Raises
    ------
    InputError
        If they are not that.
    """
    try:
        found = np.asarray(points, dtype=float)
    except (TypeError, ValueError):
        found = np.empty(0)
    good = found.ndim == 2 and found.shape[1:] == (2,) and len(found) >= 2
    if good:
        found = found[np.argsort(found[:, 0])]
        inside = bool(((found >= 0) & (found <= 1)).all())
        good = inside and found[0, 0] == 0 and found[-1, 0] == 1 and bool((np.diff(found[:, 0]) > 1e-6).all())
    if not good:
        raise InputError(
            "Knots are two or more pairs (level, brightness) from 0 to 1, no two at one level, "
            "the first at level 0 and the last at level 1."
        )
    return tuple((float(x), float(y)) for x, y in found)


class _Curved(visualization.BaseStretch):
    """A stretch given by a curve, by astropy's interface."""

    def __init__(self, curve: Sequence[tuple[float, float]]) -> None:
        self.curve = tuple(curve)

    def __call__(self, values: Any, clip: bool = True, out: Any = None) -> Any:
        level = np.clip(values, 0.0, 1.0) if clip else np.asarray(values)
        found = np.interp(level, *np.asarray(self.curve, dtype=np.float64).T)
        if out is None:
            return found
        out[...] = found
        return out


def as_astropy(
    name: str, parameters: Mapping[str, float], curve: Sequence[tuple[float, float]] | None = None
) -> visualization.BaseStretch:
    """A stretch as an astropy object."""
    if name in _FORMULAS:
        return _FORMULAS[name](parameters.get("a", STRETCHES[name].default))
    return _PLAIN[name]() if name in _PLAIN else _Curved(curve or splined(KNOTS))


def followed(stretch: visualization.BaseStretch) -> Curve:
    """Knots of a spline that follows any other astropy stretch."""
    level = np.linspace(0.0, 1.0, FOLLOWED) ** 2  # closer where stretches are steep
    with np.errstate(all="ignore"):
        found = np.nan_to_num(np.clip(np.asarray(stretch(level.copy()), dtype=np.float64), 0.0, 1.0))
    return knots(np.stack([level, found], axis=1))


def splined(points: Sequence[tuple[float, float]]) -> Curve:
    """The curve through knots: smooth, and nowhere higher or lower than the knots beside it."""
    x, y = np.asarray(points, dtype=np.float64).T
    at = np.union1d(np.linspace(0.0, 1.0, POINTS), x)
    return tuple(zip(at.tolist(), PchipInterpolator(x, y)(at).tolist(), strict=True))


def equalised(values: NDArray[np.float64], cuts: tuple[float, float]) -> Curve:
    """The curve that gives each brightness between the cuts to equally many of the sampled values.

    Parameters
    ----------
    values : ndarray
        A sample of the image, finite.
    cuts : (float, float)
        Lower and upper cut; values outside do not count.
    """
    low, high = cuts
    inside = np.sort(values[(values >= low) & (values <= high)])
    if inside.size < 2 or not low < high:
        return ((0.0, 0.0), (1.0, 1.0))
    # levels at equal shares of the pixels; where many share one value, the share of those up to it
    share = np.linspace(0.0, 1.0, POINTS)
    level = (np.quantile(inside, share) - low) / (high - low)
    level, last = np.unique(np.clip(level, 0.0, 1.0), return_index=True)
    last = np.append(last[1:] - 1, POINTS - 1)
    x = np.concatenate([[0.0], level[(level > 0) & (level < 1)], [1.0]])
    y = np.interp(x, level, share[last])
    y[0], y[-1] = (0.0 if level[0] > 0 or last[0] == 0 else y[0]), 1.0
    return tuple(zip(x.tolist(), y.tolist(), strict=True))
