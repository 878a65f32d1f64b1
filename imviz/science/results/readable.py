"""Numbers as a person writes them: with their error, in a prefix one would say, with a unit one can read.

A value is given to two digits of its error. A flux of 1.05517e-11 MJy is 10.55 µJy; what has no prefix that
anyone uses (``erg Å⁻¹ s⁻¹ cm⁻²``) gets a power of ten instead. Only texts and factors of axes are made here:
tables, and what Python is given, keep their units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ABSENT", "Axis", "alike", "axis_of", "beside_arcsec", "readable", "unit_text", "with_error"]

ABSENT = "—"
DIGITS = 5
"""Significant digits of a number that has no error."""
LARGEST_PLAIN, SMALLEST_PLAIN = 1e7, 1e-4
"""Between them a number is written out; beyond, as a power of ten."""
MOST_DIGITS = 15
"""Significant digits that a double can keep."""

PREFIXED = (u.Jy, u.W, u.V, u.K, u.eV, u.J, u.Hz)
"""Units that people put prefixes to. Nobody counts in kilo-electrons or writes millierg."""
PREFIXES = (
    *((1e-15, "f"), (1e-12, "p"), (1e-9, "n"), (1e-6, "u"), (1e-3, "m")),
    *((1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G")),
)
KEPT = (0.1, 1e4)
"""A number of this size stays in the unit it has: 0.35 MJy/sr is not 350 kJy/sr."""

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Axis:
    """How an axis is drawn: numbers times ``factor`` are in ``unit``, a text that may begin with 10ⁿ."""

    factor: float = 1.0
    unit: str = ""

    def label(self, name: str = "") -> str:
        """What stands at the axis: "Sum (µJy)", or the unit alone; "Value" where there is none."""
        if name and self.unit:
            return f"{name} ({self.unit})"
        return name or self.unit or "Value"


def readable(value: Any, err: Any = None, unit: Any = None) -> str:
    """A value, with its error where it has one, in the prefix a person would use.

    Parameters
    ----------
    value, err : float, Quantity or None
        A bare number is in ``unit``, an error that is a quantity in any unit that fits. An error that is
        `None`, masked or NaN is not shown.
    unit : Unit or str, optional
        Of bare numbers. A text is written as it stands, without a prefix.

    Returns
    -------
    str
        "10.553 ± 0.024 µJy"; `ABSENT` for what is `None`, masked or NaN.

    Examples
    --------
    >>> from astropy import units as u
    >>> readable(1.05517e-11 * u.MJy, 2.4e-14 * u.MJy)
    '10.552 ± 0.024 µJy'
    >>> readable(-3.2e-19, 1.14e-18, u.Unit("erg s-1 cm-2 AA-1"))
    '(-0.3 ± 1.1) × 10⁻¹⁸ erg Å⁻¹ s⁻¹ cm⁻²'
    """
    number, own = _split(value, unit)
    error = _error(err, own)
    size = max((abs(x) for x in (number, error) if np.isfinite(x)), default=0.0)
    factor, own = _prefixed(size, own)
    return with_error(number * factor, error * factor, unit_text(own))


def alike(values: Sequence[Any]) -> list[str]:
    """Values that are read together: those of one unit in one prefix, the one for the largest of them."""
    split = [_split(value, None) for value in values]
    sizes: dict[str, float] = {}
    for number, unit in split:
        if np.isfinite(number):
            sizes[str(unit)] = max(sizes.get(str(unit), 0.0), abs(number))
    found = []
    for number, unit in split:
        factor, own = _prefixed(sizes.get(str(unit), 0.0), unit)
        found.append(with_error(number * factor, unit=unit_text(own)))
    return found


def with_error(value: float, err: float = float("nan"), unit: str = "") -> str:
    """As `readable`, in a unit that stays: a number to two digits of its error.

    Without an error (NaN) it has `DIGITS` significant digits; an error of 0 is written, an infinite one too.
    """
    if np.isnan(value):
        return ABSENT
    size = max((abs(x) for x in (value, err) if np.isfinite(x)), default=0.0)
    power = 0 if SMALLEST_PLAIN <= size < LARGEST_PLAIN or not size else _exponent(size)
    text = _pair(value * 10.0**-power, err * 10.0**-power)  # which may not be exact: only for texts
    if power:
        text = f"({text})" if "±" in text else text
        text = f"{text} × 10{str(power).translate(_RAISED)}"
    return f"{text} {unit}".rstrip()


def axis_of(values: Any, unit: Any = None) -> Axis:
    """How values [``unit``] are drawn: in the prefix, or to the power of ten, of the largest of them."""
    found = np.abs(np.asarray(values, dtype=float))
    size = float(np.max(found, where=np.isfinite(found), initial=0.0))
    factor, own = _prefixed(size, unit)
    text, size = unit_text(own), size * factor
    if not size or SMALLEST_PLAIN <= size < LARGEST_PLAIN:
        return Axis(factor, text)
    power = _exponent(size)
    return Axis(factor * 10.0**-power, f"10{str(power).translate(_RAISED)} {text}".rstrip())


def beside_arcsec(pixels: float, err: float = float("nan"), scale: float = float("nan")) -> str:
    """A length [pix] with the same in arcseconds, where a pixel's ``scale`` [arcsec] is known."""
    if np.isnan(pixels):
        return ABSENT
    known = np.isfinite(err)
    text = with_error(pixels, err) if known else f"{pixels:.4g}"
    if not np.isfinite(scale):
        return f"{text} pix"
    on_sky = with_error(pixels * scale, err * scale) if known else f"{pixels * scale:.4g}"
    return f"{text} pix ({on_sky}″)"


def unit_text(unit: Any) -> str:
    """A unit as it is written by hand: ``MJy/sr``, ``e⁻/s``, ``erg Å⁻¹ s⁻¹ cm⁻²``; a text as it is."""
    if unit is None or isinstance(unit, str):
        return unit or ""
    if isinstance(unit, u.UnrecognizedUnit) or not isinstance(unit, u.UnitBase):
        return str(unit)
    below = [power for power in unit.powers if power < 0]
    simple = len(below) == 1 and len(unit.powers) > 1
    text = unit.to_string("unicode", fraction="inline" if simple else False)
    return str(text).replace(" / ", "/").replace("μ", "µ")


def _split(value: Any, unit: Any) -> tuple[float, Any]:
    """The number, NaN where there is none, and its unit."""
    if value is None or value is np.ma.masked or bool(np.any(getattr(value, "mask", False))):
        return float("nan"), unit
    if isinstance(value, u.Quantity):
        return float(value.value), value.unit
    return float(value), unit


def _error(err: Any, unit: Any) -> float:
    if isinstance(err, u.Quantity) and isinstance(unit, u.UnitBase):
        err = err.to_value(unit)
    return abs(_split(err, unit)[0])


def _pair(value: float, err: float) -> str:
    """A number of a size that can be written out, to two digits of its error if it has one."""
    if not (np.isfinite(value) and np.isfinite(err) and err):
        return _plain(value) if np.isnan(err) else f"{_plain(value)} ± {_plain(err)}"
    decimals = 1 - _exponent(err)
    if round(err, decimals) >= 10.0 ** (2 - decimals):  # 0.0996 is 0.10
        decimals -= 1
    if value and decimals + _exponent(abs(value)) >= MOST_DIGITS:  # the error is below what a double keeps
        return f"{value:.{MOST_DIGITS}g} ± {err:.2g}"
    return f"{_fixed(value, decimals)} ± {_fixed(err, decimals)}"


def _prefixed(size: float, unit: Any) -> tuple[float, Any]:
    """What numbers of about this size are to be multiplied by, and the unit they are then in."""
    if not isinstance(unit, u.UnitBase) or isinstance(unit, u.UnrecognizedUnit):
        return 1.0, unit
    scale = float(unit.scale)  # as of 10**-20 erg s-1 cm-2 AA-1, which becomes a power of ten of the number
    if scale != 1.0:
        unit, size = _composed(unit.bases, unit.powers), size * scale
    if not size or KEPT[0] <= size < KEPT[1]:
        return scale, unit
    for n, (base, power) in enumerate(zip(unit.bases, unit.powers, strict=True)):
        root = next((one for one in PREFIXED if power == 1 and _is_of(base, one)), None)
        if root is None:
            continue
        own = float(base.to(root))
        fitting = [(at, sign) for at, sign in PREFIXES if size * own >= at * (1 - 1e-9)]
        at, sign = fitting[-1] if fitting else PREFIXES[0]
        bases = [*unit.bases[:n], u.Unit(f"{sign}{root.to_string()}"), *unit.bases[n + 1 :]]
        return scale * own / at, _composed(bases, unit.powers)
    return scale, unit


def _composed(bases: Any, powers: Any) -> u.UnitBase:
    if list(powers) == [1]:
        return bases[0]
    return u.CompositeUnit(1, list(bases), list(powers))


def _is_of(base: u.UnitBase, root: u.UnitBase) -> bool:
    """Whether a unit is another, or that with a prefix."""
    return bool(base == root or (isinstance(base, u.PrefixUnit) and base.represents.bases == [root]))


def _exponent(size: float) -> int:
    """The power of ten at or below a size; of the very largest and smallest, one that a double can hold."""
    return int(np.clip(np.floor(np.log10(size) + 1e-12), -300, 300))


def _fixed(value: float, decimals: int) -> str:
    if not np.isfinite(value):
        return "inf" if value > 0 else "-inf"
    text = f"{round(value, decimals):.{max(decimals, 0)}f}"
    return text.removeprefix("-") if not float(text) else text  # no -0.0


def _plain(value: float) -> str:
    if not np.isfinite(value):
        return "inf" if value > 0 else "-inf"
    text = f"{value:.{DIGITS}g}"
    return text if "e" not in text else f"{value:.0f}"
