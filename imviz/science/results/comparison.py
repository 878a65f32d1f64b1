"""Two tables of the same measurements, column by column: where they differ by more than rounding.

Sums over many apertures at once are added up in another order than those over one, so numbers may differ in
their last digits; how far is by what they are sums and quotients of. Texts, flags and counts are the same or
not.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.coordinates.errors import ConvertError
from astropy.time import Time

from imviz.science.results.row import COLUMNS, EXTRA_COLUMNS
from imviz.science.results.seals import SEALED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.table import QTable
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["COMPARED", "differing", "told"]

_FIRST = ("sum", "sum_err")
COMPARED = (
    *_FIRST,
    *(one for one in (*COLUMNS, *EXTRA_COLUMNS) if one not in {*_FIRST, *SEALED, "pixel_hash", "seal"}),
)
"""The columns that a second measurement tells, in the order in which they are told."""

_ROUNDING = 1e-11  # of a number, for converted units and other machines' last digits
_ADDED = 1e-12  # of what a sum's terms would be without their signs
_PLACE = 1e-7  # arcsec
_OF_SUMS = {
    *("sum", "snr", "aperture_sum_counts", "aperture_sum_counts_err"),
    *("aperture_sum_mag", "mag_ab", "mag_ab_err"),
}
_OF_MOMENTS = {
    *("xcentroid", "ycentroid", "orientation"),
    *("fwhm", "semimajor_sigma", "semiminor_sigma", "eccentricity"),
}
_OF_SQUARES = {"var", "biweight_midvariance"}
_OF_THE_SKY = {"background", "background_err", "background_std"}
_OF_PIXELS = {"min", "max", "mean", "median", "mode", "std", "mad_std", "biweight_location"}


def differing(old: QTable, places: Sequence[int], new: QTable, factor: float) -> dict[str, NDArray[np.int_]]:
    """The columns that differ, each with the rows of ``new`` where it does.

    Parameters
    ----------
    old : QTable
        With the rows of ``places``, in the order of ``new``.
    new : QTable
        Measured again.
    factor : float
        What brings raw sums to the unit of ``sum``.
    """
    limits = _Limits(new, factor)
    found = {}
    for name in (name for name in COMPARED if name in old.colnames and name in new.colnames):
        apart = _apart(old[name][list(places)], new[name], limits.of(name))
        if apart.any():
            found[name] = np.flatnonzero(apart)
    return found


def told(before: Any, now: Any) -> str:
    """Two values of a row, as 'before → now', with the digits that tell them apart."""
    texts = [_text(value, ".8g") for value in (before, now)]
    if texts[0] == texts[1]:
        texts = [_text(value, "") for value in (before, now)]
    return " → ".join(texts)


def _text(value: Any, digits: str) -> str:
    if value is None or value is np.ma.masked or bool(np.any(getattr(value, "mask", False))):
        return "none"
    if isinstance(value, SkyCoord):
        return str(value.to_string("decimal", precision=9))
    return format(value, digits) if isinstance(value, float | np.floating | u.Quantity) else str(value)


class _Limits:
    """How far apart two values of a column may be, for each row."""

    def __init__(self, new: QTable, factor: float) -> None:
        self._new = new
        self._pixel = np.fmax(np.abs(self._column("min")), np.abs(self._column("max")))
        self._pixel = np.nan_to_num(self._pixel + np.abs(self._column("background")))
        self._terms = self._pixel * self._column("sum_aper_area")
        with np.errstate(all="ignore"):
            self._quotient = 1 + np.nan_to_num(self._pixel / np.abs(self._column("mean")), posinf=1e30)
            ratio = self._terms * abs(factor) / np.abs(self._column("sum"))
            self._of_sum = _ROUNDING + _ADDED * np.nan_to_num(ratio, posinf=1e30)
        self._more = self._besides()

    def of(self, name: str) -> Floats:
        """Those of a column, in its unit; of places in arcsec."""
        size = np.abs(np.nan_to_num(self._column(name)))
        if name in _OF_SUMS:
            return np.asarray(self._of_sum * np.maximum(size, 1.1 if "mag" in name else 0.0) + 1e-300)
        return np.asarray(_ROUNDING * size + self._more.get(name, 0.0))

    def _besides(self) -> dict[str, Floats]:
        """What rounding adds besides that of the numbers themselves, by column."""
        sizes = {name: np.maximum(np.abs(np.nan_to_num(self._column(name))), 1.0) for name in _OF_MOMENTS}
        more = {name: 1e-9 * self._quotient * size for name, size in sizes.items()}
        for name in ("xcentroid", "ycentroid"):
            more[name] *= _ROUNDING / 1e-9
        more["orientation"] /= np.maximum(np.nan_to_num(self._column("eccentricity")) ** 2, 1e-12)
        scatter = np.nan_to_num(self._column("background_std"))
        return {
            **more,
            **dict.fromkeys(_OF_PIXELS, 5 * _ADDED * self._pixel),
            **dict.fromkeys(_OF_SQUARES, _ADDED * self._pixel**2),
            **dict.fromkeys(_OF_THE_SKY, _ADDED * (self._pixel + scatter)),
            "sky_centroid": _PLACE * self._quotient,
            "sky_center": np.full(len(self._new), _PLACE),
        }

    def _column(self, name: str) -> Floats:
        column = self._new[name]
        if isinstance(column, SkyCoord | Time) or column.dtype.kind in "OUS":
            return np.full(len(self._new), np.nan)
        return _numbers(column)


def _numbers(column: Any) -> Floats:
    """Plain numbers, NaN where there is none."""
    values = getattr(column, "unmasked", np.ma.getdata(column))
    numbers = np.array(getattr(values, "value", values), dtype=float)
    numbers[_absent(column)] = np.nan
    return numbers


def _absent(column: Any) -> NDArray[np.bool_]:
    if isinstance(column, SkyCoord):
        column = column.spherical.lon
    elif getattr(column, "dtype", np.dtype(float)).kind == "O":
        return np.array([value is None or value is np.ma.masked for value in column], dtype=bool)
    return np.broadcast_to(np.asarray(getattr(column, "mask", False), dtype=bool), (len(column),))


def _apart(old: Any, new: Any, limits: Floats) -> NDArray[np.bool_]:
    gone, missing = _absent(old), _absent(new)
    if gone.all() or missing.all():
        return np.asarray(gone != missing)
    return np.asarray((gone != missing) | (_values_apart(old, new, limits) & ~gone & ~missing))


def _values_apart(old: Any, new: Any, limits: Floats) -> NDArray[np.bool_]:
    """Of columns that have values; what cannot be compared is apart."""
    everything = np.ones(len(new), dtype=bool)
    if isinstance(new, SkyCoord) or isinstance(old, SkyCoord):
        both = isinstance(new, SkyCoord) and isinstance(old, SkyCoord)
        return _places_apart(old, new, limits) if both else everything
    if isinstance(new, u.Quantity):
        unit = getattr(old, "unit", None) or u.dimensionless_unscaled
        if not unit.is_equivalent(new.unit):
            return everything
        old = u.Quantity(_numbers(old), unit).to_value(new.unit)
    kinds = {getattr(column, "dtype", np.dtype(object)).kind in "OUS" for column in (old, new)}
    if kinds != {False}:
        return np.array([str(one) != str(other) for one, other in zip(old, new, strict=True)], dtype=bool)
    one, other = _numbers(old), _numbers(new)
    with np.errstate(invalid="ignore"):
        same = (one == other) | (np.isnan(one) & np.isnan(other)) | (np.abs(one - other) <= limits)
    return np.asarray(~same)


def _places_apart(old: SkyCoord, new: SkyCoord, limits: Floats) -> NDArray[np.bool_]:
    """By their distance; a file that kept no frame has the same numbers in another."""
    here, there = new.spherical, old.spherical
    same = np.isnan(here.lon.deg) & np.isnan(there.lon.deg)
    as_numbers = SkyCoord(there.lon, there.lat, frame=new.frame.replicate_without_data())
    close = as_numbers.separation(new).arcsec <= limits
    with suppress(ConvertError):
        close |= old.transform_to(new.frame.replicate_without_data()).separation(new).arcsec <= limits
    return np.asarray(~(same | close))
