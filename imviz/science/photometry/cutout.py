"""The piece of an image that a measurement needs, in native float64, with what is usable in it.

The image's data, mask and uncertainty are only ever sliced, so a memory map or a lazy array costs
what the piece costs. Uncertainties of every kind become variances in the image's unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np

from imviz.errors import InputError
from imviz.science.sky.distortion import pixel_areas

if TYPE_CHECKING:
    from astropy.nddata import NDData
    from numpy.typing import NDArray

    from imviz.science.photometry.apertures import Box

__all__ = ["LARGEST", "Cutout", "check_image", "check_size", "cut", "uncertainty_kind", "variance_of"]

LARGEST = 64_000_000
"""Pixels that are cut out at once; a measurement with its profiles takes a hundred bytes for each."""
_VARIANCE_POWER = {"std": 1, "var": 2, "ivar": -2}


@dataclass(frozen=True, slots=True)
class Cutout:
    """Pixels of one `Box`; every array has the shape (ny, nx) of the box.

    ``data`` is native float64 in the image's unit, with unusable pixels set to 0 so that they can be
    multiplied by a weight of 0; ``usable`` says which pixels count; ``variance`` is `None` when the
    image has no uncertainty; ``areas`` are the pixels' own, in units of one, if asked for;
    ``uncertainty`` is the image's own array, of whatever kind, for fingerprints.
    """

    box: Box
    data: NDArray[np.float64]
    usable: NDArray[np.bool_]
    masked: NDArray[np.bool_] | None
    finite: NDArray[np.bool_]
    saturated: NDArray[np.bool_] | None
    variance: NDArray[np.float64] | None
    areas: NDArray[np.float64] | None = None
    uncertainty: NDArray[Any] | None = None


def check_image(image: NDData) -> tuple[int, int]:
    """Shape (ny, nx) of a 2-D numeric image; `InputError` for anything else, or a logarithmic unit."""
    shape = tuple(image.data.shape)
    if len(shape) != 2 or 0 in shape:
        raise InputError(f"Photometry needs a two-dimensional image; this one has shape {shape}.")
    kind = np.dtype(image.data.dtype).kind
    if kind not in "buif":
        raise InputError(f"Photometry needs real numbers; the image's type is {image.data.dtype}.")
    unit, refused = image.unit, (image.meta or {}).get("imviz_refused")
    if unit is not None and _is_logarithmic(unit):
        raise InputError(f"The image is in {unit}, a logarithmic unit; convert to flux first.")
    if refused:
        raise InputError(f"The image's pixels are {refused}, not linear in flux; convert to flux first.")
    return int(shape[0]), int(shape[1])


def _is_logarithmic(unit: Any) -> bool:
    if isinstance(unit, u.function.FunctionUnitBase):
        return True
    return any(base in {u.mag, u.dex, u.dB} for base in unit.bases)


def check_size(nx: int, ny: int) -> None:
    """`InputError` for more pixels than are held at once; many arrays as large are made of them."""
    if nx * ny > LARGEST:
        raise InputError(
            f"The shape covers {nx} x {ny} pixels of the image, more than the {LARGEST / 1e6:.0f} million "
            "that are held at once; Calculate measures it in parts."
        )


def cut(image: NDData, box: Box, saturation: float | None = None, area: float | None = None) -> Cutout:
    """Copy ``box``, which lies inside the image, out of ``image``.

    Pixels that are masked, not finite, or at ``saturation`` (data unit) and above are not usable. With
    ``area`` [arcsec²], the cut-out has the pixels' own areas in units of it.
    """
    check_size(box.nx, box.ny)
    data = np.array(image.data[box.slices], dtype=np.float64)
    finite = np.isfinite(data)
    usable = finite.copy()
    masked = _cut_mask(image.mask, box)
    if masked is not None:
        usable &= ~masked
    saturated = None
    if saturation is not None:
        saturated = finite & (data >= saturation)
        usable &= ~saturated
    data[~usable] = 0.0
    areas = None if area is None else pixel_areas(image.wcs, box) / area
    raw, variance = _cut_uncertainty(image, box)
    return Cutout(box, data, usable, masked, finite, saturated, variance, areas, raw)


def _cut_mask(mask: Any, box: Box) -> NDArray[np.bool_] | None:
    """Non-zero is masked, as everywhere in `~astropy.nddata.NDData`."""
    if mask is None or mask is np.ma.nomask:
        return None
    return np.broadcast_to(_piece(mask, box).astype(bool), (box.ny, box.nx))


def _piece(values: Any, box: Box) -> NDArray[Any]:
    """The box of an array, or a scalar as it is; never touches more of a lazy array."""
    values = values if hasattr(values, "shape") else np.asarray(values)
    return np.asarray(values[box.slices] if values.shape else values)


def _cut_uncertainty(image: NDData, box: Box) -> tuple[NDArray[Any] | None, NDArray[np.float64] | None]:
    """The uncertainties as the image has them, and as variances."""
    kind = uncertainty_kind(image)
    if kind is None:
        return None, None
    raw = _piece(image.uncertainty.array, box)
    shape = box.ny, box.nx
    return np.broadcast_to(raw, shape), np.broadcast_to(variance_of(image, raw), shape)


def uncertainty_kind(image: NDData) -> str | None:
    """``std``, ``var`` or ``ivar``; `None` without an uncertainty that may be interpreted."""
    uncertainty = image.uncertainty
    if uncertainty is None or uncertainty.array is None:
        return None
    kind = uncertainty.uncertainty_type
    return kind if kind in _VARIANCE_POWER else None


def variance_of(image: NDData, values: NDArray[Any]) -> NDArray[np.float64]:
    """Variances [data unit²] of any piece of the array of ``image.uncertainty``; NaN where it is invalid."""
    uncertainty = image.uncertainty
    power = _VARIANCE_POWER[uncertainty.uncertainty_type]
    values = values.astype(np.float64) * _unit_factor(uncertainty.unit, image.unit, power)
    if power == 1:
        values = np.where(values < 0, np.nan, values) ** 2
    elif power == -2:
        with np.errstate(divide="ignore"):
            values = 1.0 / values
    variance: NDArray[np.float64] = np.where(values < 0, np.nan, values)
    return variance


def _unit_factor(unit: Any, image_unit: Any, power: int) -> float:
    """What brings an uncertainty's own unit to the image's unit (squared, or inverse squared)."""
    if unit is None or image_unit is None:
        return 1.0
    try:
        return float(u.Unit(unit).to(image_unit**power))
    except u.UnitConversionError as error:
        raise InputError(
            f"The image's uncertainty is in {unit}, which does not fit data in {image_unit}."
        ) from error
