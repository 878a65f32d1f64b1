"""How far off positions are without the distortion of IRAF's TNX and ZPX, cards ``WAT1_001`` and so on.

It is not applied: neither wcslib nor astropy knows it. What is computed is its largest size over the area
that it was fitted to, so that a user can tell whether it matters. The surfaces are those of IRAF's
``gsurfit`` (Chebyshev, Legendre or plain polynomials of the tangent plane's coordinates in degrees); ZPX has
a radial polynomial, that of ZPN, besides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.polynomial import chebyshev, legendre, polynomial

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["left_out"]

_CARD = 68  # letters of a card's text; blanks at its end are cut off, and belong to the whole
_SURFACE = re.compile(r"(?:lng|lat)cor\s*=\s*\"([^\"]*)\"")
_RADIAL = re.compile(r"projp(\d)\s*=\s*([-+0-9.eEdD]+)")
_MOST = 20  # terms along an axis
_STEPS = 41
_EVALUATED = {1: chebyshev.chebval2d, 2: legendre.legval2d, 3: polynomial.polyval2d}
_NO_CROSS_TERMS, _HALF = 0, 2


def left_out(found: Iterable[tuple[str, Any]], axes: tuple[int, int]) -> str:
    """By how much positions are off without the distortion, as a sentence; '' where the cards do not tell.

    Parameters
    ----------
    found
        Keywords and values as they stand in the header.
    axes
        The axes of the file that are shown, counted from 1.
    """
    values = dict(found)
    texts = [_whole(values, axis) for axis in axes]
    try:
        surfaces = [_Surface(match[1]) for text in texts if (match := _SURFACE.search(text))]
        radial = {int(n): _number(value) for n, value in _RADIAL.findall(" ".join(texts))}
        sizes = [one.largest() for one in surfaces]
        reach = max((one.reach for one in surfaces), default=0.0)
        most = float(np.hypot.reduce(sizes)) + _radial_part(radial, reach)
    except (ValueError, OverflowError):
        return ""
    if not surfaces or not np.isfinite(most):
        return ""
    return f"without the distortion in WAT{axes[0]} and WAT{axes[1]} positions are off by {_in_words(most)}"


def _whole(values: dict[str, Any], axis: int) -> str:
    """The text that the cards of one axis make up."""
    names = sorted(name for name in values if re.fullmatch(rf"WAT{axis}_\d{{3}}", name))
    return "".join(str(values[name]).ljust(_CARD) for name in names)


def _number(text: str) -> float:
    return float(text.upper().replace("D", "E"))


def _in_words(degrees: float) -> str:
    if degrees * 3600 < 0.001:  # a milliarcsecond
        return "less than 0.001 arcsec"
    amount = f"{degrees * 3600:.2g} arcsec" if degrees < 1 / 36 else f"{degrees:.2g} degrees"
    return f"up to {amount}, over the area that it was fitted to"


class _Surface:
    """One of IRAF's surfaces: a kind, the orders, the bounds it was fitted in, and its coefficients."""

    def __init__(self, text: str) -> None:
        numbers = [_number(one) for one in text.split()]
        if len(numbers) < 9:  # eight, and a coefficient
            raise ValueError(text)
        self._kind, across, up, cross = map(int, numbers[:4])
        self._bounds = numbers[4:8]
        orders_are_usual = 0 < across <= _MOST and 0 < up <= _MOST
        if self._kind not in _EVALUATED or not orders_are_usual:
            raise ValueError(text)
        self._terms = np.zeros((across, up))
        places = [(i, j) for j in range(up) for i in range(_terms_in_row(j, across, up, cross))]
        for place, value in zip(places, numbers[8:], strict=True):
            self._terms[place] = value

    @property
    def reach(self) -> float:
        """Degrees from the tangent point to the farthest corner."""
        left, right, low, high = np.abs(self._bounds)
        return float(np.hypot(max(left, right), max(low, high)))

    def largest(self) -> float:
        """The largest value in the bounds, in degrees, either sign."""
        left, right, low, high = self._bounds
        spans = (left, right), (low, high)
        if self._kind != 3:  # Chebyshev's and Legendre's are from -1 to 1
            spans = (-1.0, 1.0), (-1.0, 1.0)
        x, y = np.meshgrid(*(np.linspace(*span, _STEPS) for span in spans))
        values: NDArray[np.floating[Any]] = _EVALUATED[self._kind](x, y, self._terms)
        return float(np.max(np.abs(values)))


def _terms_in_row(row: int, across: int, up: int, cross: int) -> int:
    """How many powers of x stand beside a power of y."""
    if row == 0:
        return across
    if cross == _NO_CROSS_TERMS:
        return 1
    return across if cross != _HALF else max(0, min(across, max(across, up) - row))


def _radial_part(powers: dict[int, float], reach: float) -> float:
    """Degrees between ZPN's radius, by its polynomial of the distance from the pole, and that of TAN."""
    if not any(powers.values()):
        return 0.0
    angle = np.linspace(0, min(np.radians(reach) * 1.5, 1.5), 20_000)
    radius = polynomial.polyval(angle, [powers.get(n, 0.0) for n in range(10)])
    inside = radius <= np.radians(reach)
    return float(np.degrees(np.max(np.abs(angle - np.arctan(radius))[inside], initial=0.0)))
