"""Pixels that are not linear in flux, by what their header says: made linear where it says how, else named.

Pan-STARRS' stacks hold asinh of the flux (BSOFTEN, BOFFSET): linear = BOFFSET + BSOFTEN (e^(v/a) - e^(-v/a)),
a = 2.5 log10(e) (Pan-STARRS wiki, "asinh compression"). Logarithms, square roots, magnitudes and companded
values are refused by photometry, by name, since sums of them mean nothing; sums of photographic densities
are flagged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.readers.pixels.lazy import LazyArray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from imviz.readers.pixels.lazy import Index

__all__ = ["ChangedArray", "linear", "told_nonlinear"]

_ALPHA = 2.5 * np.log10(np.e)
_WORDS = {
    r"asinh|arc?sinh|luptitudes?": "asinh of the flux",
    r"log(10|e|arithmic)?|ln|lg|dex|db": "a logarithm",
    r"mags?|magnitudes?": "magnitudes",
    r"sqrt|square[ _-]?root": "a square root",
    r"compand(ed|ing)?|lut|look-?up ?table|mu-?law": "companded",
    r"gamma": "bent by a gamma",
    r"^(photographic )?densit(y|ies)$": "a photographic density",
}
_SCALE_CARDS = (
    "BSTRETCH",
    "STRETCH",
    "SCALING",
    "DATASCAL",
    "IMSCALE",
    "TRANSFER",
    "PIXFUNC",
    "ENCODING",
    "BTYPE",
)
_SWITCHES = {
    "COMPAND": "companded",
    "COMPANDD": "companded",
    "SQRTSCAL": "a square root",
    "LOGSCALE": "a logarithm",
}
_PLATE = ("PLTLABEL", "PPO3", "AMDX1")  # digitized sky surveys


class ChangedArray(LazyArray):
    """A read-only array whose values are another's, changed one by one where they are looked at.

    Parameters
    ----------
    base
        The other, of two axes or more.
    change
        Gives new values for old ones, of the same shape.
    dtype
        Of the new values.
    """

    def __init__(
        self, base: LazyArray, change: Callable[[NDArray[Any]], NDArray[Any]], dtype: np.dtype[Any]
    ) -> None:
        super().__init__(base.shape, dtype)
        self._base, self._change = base, change

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._base!r}>"

    def _check(self) -> None:
        self._base._check()

    def _pieces(self, rows: range, columns: range) -> Iterator[tuple[Any, NDArray[Any]]]:
        for where, block in self._base._pieces(rows, columns):
            yield where, self._change(block)

    def _plane(self, index: int) -> LazyArray:
        return ChangedArray(self._base._plane(index), self._change, self.dtype)

    def _reshaped(self, shape: tuple[int, ...]) -> LazyArray:
        return ChangedArray(self._base.reshape(shape), self._change, self.dtype)

    def _scattered(self, rows: Index, columns: Index) -> NDArray[Any]:
        return self._change(self._base._scattered(rows, columns))


def linear(pixels: Any, header: Mapping[str, Any], notes: list[str]) -> tuple[Any, dict[str, str]]:
    """An image's pixels, linear in flux if its header says how, and what is to be known if they are not.

    Parameters
    ----------
    pixels
        An array, perhaps one on disk.
    header
        Keywords of the image.
    notes
        Gets a sentence about pixels that are, or were, not linear.

    Returns
    -------
    pixels
        The same, or changed where they are looked at.
    marks
        For the image's ``meta``: ``imviz_refused`` what the pixels are that no sum is made of,
        ``imviz_nonlinear`` what they are where sums are flagged.
    """
    soften, offset = header.get("BSOFTEN"), header.get("BOFFSET")
    if _is_number(soften) and _is_number(offset) and float(soften or 0) > 0:
        notes.append(
            f"pixels are stored as asinh of the flux (BSOFTEN = {soften:g}, BOFFSET = {offset:g}); "
            "they are made linear where they are shown and measured"
        )
        return _unfolded(pixels, float(soften or 0), float(offset or 0)), {}
    what, card = _nonlinear(header)
    if not what:
        return pixels, {}
    if what == "a photographic density":
        notes.append(f"pixels are {what} ({card}), not linear in flux; sums of them are flagged")
        return pixels, {"imviz_nonlinear": what}
    notes.append(f"pixels are {what} ({card}), not linear in flux; no sums are made of them")
    return pixels, {"imviz_refused": f"{what} ({card})"}


def told_nonlinear(header: Mapping[str, Any], notes: list[str]) -> dict[str, str]:
    """What a header says of pixels that someone has had in hand since: flagged, as they may be linear now.

    Parameters
    ----------
    header
        Keywords that came with an array in memory.
    notes
        Gets a sentence about pixels that may not be linear.

    Returns
    -------
    dict
        For the image's ``meta``, as of `linear`.
    """
    what, card = _nonlinear(header)
    if not what:
        return {}
    notes.append(f"pixels are {what} by the header ({card}); unless they were made linear, sums mean nothing")
    return {"imviz_nonlinear": what}


def _unfolded(pixels: Any, soften: float, offset: float) -> Any:
    def change(values: NDArray[Any]) -> NDArray[Any]:
        with np.errstate(over="ignore"):  # what overflows is infinite, and left out as such
            return np.asarray(offset + 2 * soften * np.sinh(values.astype(np.float64) / _ALPHA))

    return ChangedArray(pixels, change, np.dtype("f8")) if isinstance(pixels, LazyArray) else change(pixels)


def _nonlinear(header: Mapping[str, Any]) -> tuple[str, str]:
    """What the pixels are, and the card that says so; two times '' where none does."""
    if "BSOFTEN" in header or "BOFFSET" in header:
        return "asinh of the flux", "BSOFTEN, BOFFSET"
    for name, what in _SWITCHES.items():
        if header.get(name) is True:
            return what, name
    for name in ("BUNIT", *_SCALE_CARDS):
        told = header.get(name)
        for words, what in _WORDS.items():
            if isinstance(told, str) and re.search(rf"(?i)(?<![a-z])({words})(?![a-z])", told.strip()):
                return what, f"{name} = {told.strip()!r:.40}"
    plate = next((name for name in _PLATE if name in header), "")
    if plate and not header.get("BUNIT"):
        return "a photographic density", plate
    return "", ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))
