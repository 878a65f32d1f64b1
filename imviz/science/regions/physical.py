"""DS9's physical coordinates: pixels of the frame that an image was cut or binned from.

A file tells where its pixels lie there by a WCS named PHYSICAL (``WCSNAMEP``, ``CRPIX1P`` …: X-ray software),
or by ``LTV`` and ``LTM`` (IRAF's *logical* transformation); without them physical coordinates are the image's
own. Frames that are turned or stretched are refused, not guessed.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["physical_frame"]

LOGICAL = ("LTV1", "LTV2", "LTM1_1", "LTM2_2", "LTM1_2", "LTM2_1")


def physical_frame(header: Mapping[str, Any]) -> tuple[float, NDArray[np.float64]]:
    """How physical coordinates become an image's: position in the image = scale × physical + shift.

    Parameters
    ----------
    header : mapping
        The image's.

    Returns
    -------
    scale : float
        Of both axes.
    shift : ndarray
        Of x and y; positions on both sides count from 1.

    Raises
    ------
    InputError
        If the image was turned or stretched against that frame.
    """
    key = _letter(header)
    scales, shift, turned = _by_letter(header, key) if key else _by_logical(header)
    if turned or not scales[0] > 0 or not np.isclose(scales[0], scales[1], rtol=1e-9, atol=0):
        words = f"CRPIX1{key} …" if key else "LTM"
        raise InputError(
            f"The image's {words} keywords turn or stretch it; give the region in image coordinates."
        )
    return float(scales[0]), shift


def _letter(header: Mapping[str, Any]) -> str:
    """The letter of the WCS that is the physical frame, or ''."""
    for key in "P" + string.ascii_uppercase:
        if str(header.get(f"WCSNAME{key}", "")).strip().upper() == "PHYSICAL":
            return key
    wanted = [f"{name}{axis}P" for name in ("CRPIX", "CRVAL") for axis in (1, 2)]
    if not any(name in header for name in LOGICAL) and all(name in header for name in wanted):
        return "P" if not str(header.get("CTYPE1P", "")).strip().endswith("TAN") else ""
    return ""


def _by_letter(header: Mapping[str, Any], key: str) -> tuple[list[float], NDArray[np.float64], bool]:
    """physical = CRVAL + CDELT × (image - CRPIX); a matrix of the same letter counts too."""
    scales, shifts = [], []
    for axis in (1, 2):
        step = _number(header, f"CDELT{axis}{key}", 1.0) * _number(header, f"PC{axis}_{axis}{key}", 1.0)
        step = _number(header, f"CD{axis}_{axis}{key}", step)
        scales.append(1 / step if step else 0.0)
        at, there = _number(header, f"CRPIX{axis}{key}", 0.0), _number(header, f"CRVAL{axis}{key}", 0.0)
        shifts.append(at - there * scales[-1])
    turned = any(
        _number(header, f"{name}{axes}{key}", 0.0) for name in ("PC", "CD") for axes in ("1_2", "2_1")
    )
    return scales, np.array(shifts), turned


def _by_logical(header: Mapping[str, Any]) -> tuple[list[float], NDArray[np.float64], bool]:
    """image = LTM × physical + LTV."""
    scales = [_number(header, "LTM1_1", 1.0), _number(header, "LTM2_2", 1.0)]
    turned = bool(_number(header, "LTM1_2", 0.0) or _number(header, "LTM2_1", 0.0))
    return scales, np.array([_number(header, "LTV1", 0.0), _number(header, "LTV2", 0.0)]), turned


def _number(header: Mapping[str, Any], name: str, default: float) -> float:
    """The number of a card; a text with Fortran's exponent is one too."""
    value = header.get(name, default)
    try:
        number = float(value.upper().replace("D", "E") if isinstance(value, str) else value)
    except (TypeError, ValueError, AttributeError):
        return default
    return number if np.isfinite(number) else default
