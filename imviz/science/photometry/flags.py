"""What was unusual in a measurement, as bits: one declaration feeds the column, the decoder and the docs.

Trouble in the data becomes a flag, never an exception and never a silent number. What cannot be
measured at all (an aperture off the image, units that do not fit) is an `InputError` elsewhere.
"""

from __future__ import annotations

from enum import IntFlag

__all__ = ["Flag", "decode_flags"]


class Flag(IntFlag):
    """The bits of the ``flags`` column."""

    PARTIAL_OVERLAP = 1
    MASKED_PIXELS = 2
    NON_FINITE_PIXELS = 4
    SATURATED_PIXELS = 8
    NO_USABLE_PIXEL = 16
    NO_PIXEL_CENTER = 32
    CENTROID_OUTSIDE = 64
    INVALID_ERROR = 128
    BACKGROUND_INCOMPLETE = 256
    BACKGROUND_OVERLAP = 512
    ERROR_DISAGREES = 1024
    BACKGROUND_FALLBACK = 2048
    NOT_POSITIVE = 4096
    DOUBTFUL_UNIT = 8192
    NONLINEAR_PIXELS = 16384
    CORRELATED_NOISE = 32768


_SENTENCES = {
    Flag.PARTIAL_OVERLAP: "part of the aperture is off the image",
    Flag.MASKED_PIXELS: "masked pixels inside the aperture were excluded",
    Flag.NON_FINITE_PIXELS: "NaN or infinite pixels inside the aperture were excluded",
    Flag.SATURATED_PIXELS: "saturated pixels inside the aperture were excluded",
    Flag.NO_USABLE_PIXEL: "no usable pixel inside the aperture",
    Flag.NO_PIXEL_CENTER: "no usable pixel has its center inside the aperture",
    Flag.CENTROID_OUTSIDE: "the centroid is undefined or outside the aperture",
    Flag.INVALID_ERROR: "an uncertainty inside the aperture is invalid, so sum_err is too",
    Flag.BACKGROUND_INCOMPLETE: "part of the background region is unusable or off the image",
    Flag.BACKGROUND_OVERLAP: "the background region shares pixels with the aperture",
    Flag.ERROR_DISAGREES: "the sky's scatter is not what uncertainty or gain say, so sum_err is off",
    Flag.BACKGROUND_FALLBACK: "the annulus has too few usable pixels; background_method says what was taken",
    Flag.NOT_POSITIVE: "the sum is not above 0, so it has no magnitude; its upper limit does",
    Flag.DOUBTFUL_UNIT: "the sum is no flux yet: per beam or solid angle, a temperature, or of unknown unit",
    Flag.NONLINEAR_PIXELS: "the pixels are not linear in flux, so their sum is not either",
    Flag.CORRELATED_NOISE: "a beam covers several pixels, whose noise is one: sum_err is too small; "
    "empty apertures around tell the true one",
}


def decode_flags(flags: int) -> tuple[str, ...]:
    """Sentences for the bits set in ``flags`` (0 gives an empty tuple), lowest bit first."""
    return tuple(sentence for flag, sentence in _SENTENCES.items() if int(flags) & flag)
