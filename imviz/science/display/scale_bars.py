"""The length of a scale bar: the longest round number that fits, with its unit. As `legends.js` does it."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

from imviz.errors import InputError

__all__ = ["ScaleBar", "scale_bar"]

_SIXTIETHS = (1, 2, 3, 5, 10, 15, 20, 30)
_UNITS = ((3600.0, "°"), (60.0, "′"), (1.0, "″"))


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A bar: how many pixels of the view it is long, and what stands on it."""

    pixels: float
    label: str


def scale_bar(most: float, arcsec_per_pixel: float | None = None) -> ScaleBar:
    """The bar that is at most `most` pixels of the view long; in pixels where a pixel's size is not known."""
    if not most > 0 or (arcsec_per_pixel is not None and not arcsec_per_pixel > 0):
        raise InputError(f"A scale bar needs positive sizes, not {most!r} and {arcsec_per_pixel!r}.")
    if arcsec_per_pixel is None:
        number = _decimal(most)
        return ScaleBar(number, f"{number:g} pix")
    size = most * arcsec_per_pixel
    for unit, mark in _UNITS:
        if size >= unit:
            number = _decimal(size / unit) if unit == 3600 else _sixtieth(size / unit)
            return ScaleBar(number * unit / arcsec_per_pixel, f"{number:g}{mark}")
    number = _decimal(size)
    return ScaleBar(number / arcsec_per_pixel, f"{number:g}″")


def _decimal(most: float) -> float:
    """1, 2 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(most) + 1e-12)
    return next(n for n in (5, 2, 1) if n * power <= most * (1 + 1e-12)) * power


def _sixtieth(most: float) -> float:
    return float(max(n for n in _SIXTIETHS if n <= most * (1 + 1e-12)))
