"""The celestial WCS of an image, or why it has none.

Every keyword that goes into the transformation is checked for type and range first, since one text
where a number belongs can end the whole process inside astropy. An image whose WCS is broken or not
celestial opens all the same, without it, and says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.wcs import WCS

from imviz.readers.headers import card_values
from imviz.readers.quiet import DAMAGED, quiet

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from astropy.io import fits

__all__ = ["celestial_wcs", "leading_back", "usable_wcs"]

_NUMBER = re.compile(
    r"(CRPIX\d+|CRVAL\d+|CDELT\d+|CROTA\d+|CD\d+_\d+|PC\d+_\d+|PV\d+_\d+|WCSAXES"
    r"|(A|B|AP|BP)_(\d+_\d+|DMAX)|LONPOLE|LATPOLE|AMD[XY]\d+|PPO\d+)$"
)
_ORDER = re.compile(r"(A|B|AP|BP)_ORDER$")
_TEXT = re.compile(r"(CTYPE|CUNIT)\d+$")
_LOOKUP = re.compile(r"(CPDIS\d+|CQDIS\d+|D2IMDIS\d+|D2IMERR\d+|AXISCORR)$")
_MAX_SIP_ORDER = 9
_MAX_AXES = 9


def celestial_wcs(
    header: fits.Header,
    shape: tuple[int, ...],
    kept: tuple[int, int],
    hdulist: Callable[[], AbstractContextManager[fits.HDUList]] | None = None,
) -> tuple[WCS | None, str | None]:
    """The WCS of an image's two axes.

    Parameters
    ----------
    header
        Of the image's extension.
    shape
        As stored, numpy's order.
    kept
        Which of those axes the image is made of.
    hdulist
        Opens the file's other extensions, for distortion look-up tables.

    Returns
    -------
    wcs, note
        APE 14 WCS with the image's shape, or `None` and a sentence; ``(None, None)`` where the header
        says nothing of a WCS.
    """
    if (fault := _fault(header)) is not None:
        return None, f"{fault}; loaded without WCS"
    values = dict(reversed(list(card_values(header))))  # of a repeated keyword the first, as astropy does
    types = [str(values.get(f"CTYPE{len(shape) - axis}", "")) for axis in kept[::-1]]
    if not any(types) and "AMDX1" not in values:  # of a digitized plate, its own solution: no CTYPE
        return None, None
    try:
        with quiet():
            wcs = _build(header, hdulist)
            if wcs.naxis != 2 or len(shape) != 2:
                wcs = wcs.sub([len(shape) - axis for axis in kept[::-1]])
            fault = _unusable(wcs, types, (shape[kept[0]], shape[kept[1]]))
    except DAMAGED as error:
        return None, f"WCS cannot be used ({_first_words(error)}); loaded without WCS"
    if fault is not None:
        return None, f"{fault}; loaded without WCS"
    wcs.array_shape = (shape[kept[0]], shape[kept[1]])
    return wcs, None


def usable_wcs(wcs: Any, shape: tuple[int, ...]) -> tuple[Any, str | None]:
    """A WCS that came with an object, or `None` and a sentence if it cannot give sky positions.

    Parameters
    ----------
    wcs
        Any APE 14 WCS, or `None`. Only astropy's own, when celestial, is looked into; a GWCS that does not
        lead back is given a numerical inverse.
    shape
        Of the image, (ny, nx).
    """
    if not isinstance(wcs, WCS):
        return leading_back(wcs, shape), None
    try:
        with quiet():
            fault = _unusable(wcs, [], (shape[0], shape[1])) if wcs.has_celestial else None
            wcs.low_level_wcs.world_axis_object_classes  # noqa: B018 - raises for a matrix of zeros
    except DAMAGED as error:
        fault = f"WCS cannot be used ({_first_words(error)})"
    return (wcs, None) if fault is None else (None, f"{fault}; loaded without WCS")


def leading_back(wcs: Any, shape: tuple[int, ...]) -> Any:
    """A GWCS with a way from the sky to pixels, a numerical one if it has none; others as they are."""
    if not type(wcs).__module__.startswith("gwcs."):
        return wcs
    from imviz.science.sky.geometry import has_celestial
    from imviz.science.sky.numerical_inverse import with_inverse

    with quiet():
        return with_inverse(wcs, shape) if has_celestial(wcs) else wcs


def _fault(header: fits.Header) -> str | None:
    """The first WCS keyword whose value cannot be what it must be."""
    for key, value in card_values(header):
        shown = (
            f"WCS keyword {key} = {str(value)[:40]!r}"
            if isinstance(value, str)
            else f"WCS keyword {key} = {value}"
        )
        if _NUMBER.match(key) and (why := _number_fault(key, value)):
            return f"{shown} {why}"
        if _ORDER.match(key) and not (_is_number(value) and value in range(_MAX_SIP_ORDER + 1)):
            return f"{shown} is not a whole number from 0 to {_MAX_SIP_ORDER}"
        if _TEXT.match(key) and not isinstance(value, str):
            return f"{shown} is not text"
    return None


def _number_fault(key: str, value: object) -> str | None:
    """Why a value is no usable number."""
    if not _is_number(value):
        return "is not a number"
    if not np.isfinite(value) or abs(value) > 1e30:  # type: ignore[call-overload,arg-type]
        return "is out of range"
    if key == "WCSAXES" and value not in range(1, _MAX_AXES + 1):
        return f"is not a whole number from 1 to {_MAX_AXES}"
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _build(header: fits.Header, hdulist: Callable[[], AbstractContextManager[fits.HDUList]] | None) -> WCS:
    """Astropy's WCS, with look-up tables where the header speaks of them."""
    if hdulist is not None and any(_needs_tables(*card) for card in card_values(header)):
        with hdulist() as hdus:
            return WCS(header, hdus)
    return WCS(header)


def _needs_tables(key: str, value: object) -> bool:
    """Whether a card says that other extensions take part in the transformation."""
    return bool(_LOOKUP.match(key) or (_TEXT.match(key) and str(value).strip().endswith("-TAB")))


def _unusable(wcs: WCS, types: list[str], shape: tuple[int, int]) -> str | None:
    """Why a WCS that astropy has accepted still gives no sky positions."""
    if not wcs.has_celestial:
        return f"WCS axes {', '.join(t.strip() or 'none' for t in types)} are not celestial"
    ny, nx = shape
    x, y = np.array([(nx - 1) / 2, 0, nx - 1, 0, nx - 1]), np.array([(ny - 1) / 2, 0, 0, ny - 1, ny - 1])
    longitude, latitude = wcs.all_pix2world(x, y, 0)
    if not (np.isfinite(longitude) & np.isfinite(latitude)).any():
        return "WCS gives no sky position at the image's centre and corners"
    scale: Any = np.linalg.det(wcs.pixel_scale_matrix)
    if not 1e-30 < abs(scale) < 360**2:  # square degrees; a NaN in the matrix is 1e108 to wcslib
        return "WCS gives pixels of no possible size"
    return None


def _first_words(error: Exception) -> str:
    """The first line of an astropy message; wcslib's begin with the name of a C function."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    useful = [line for line in lines if not re.match(r"ERROR \d+ in|WCSLIB", line)]
    return (useful or lines or [error.__class__.__name__])[0][:90].rstrip(".")
