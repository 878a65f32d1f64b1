"""Images whose first row is their top, turned so that they stand as they do for who wrote them.

FITS counts rows from the bottom; capture programs that count from the top say so (ROWORDER). Only on request
are such images turned, since pixel coordinates change: y then counts from the file's last row, which is told.
Pixels stay on disk; errors, quality and WCS are turned with them, and the sky of each pixel stays what it
was. What a WCS cannot follow (tables of distortion, a GWCS), or coordinates that other cards tie to the rows
of the file, leaves an image as it is, with a note.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.nddata import NDData
from astropy.wcs import WCS, Sip

from imviz.errors import InputError
from imviz.readers.headers.conventions import from_the_top
from imviz.readers.pixels.deferred import DeferredArray
from imviz.readers.pixels.lazy import LazyArray
from imviz.readers.quality.quality import Quality
from imviz.science.sky.spheres import Sphere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from imviz.readers.loaded import Loaded
    from imviz.readers.pixels.lazy import Index

__all__ = ["ROW_ORDERS", "by_row_order", "turned_wcs"]

ROW_ORDERS = ("file", "header")
"""Rows as they lie in the file, the first at the bottom; or as ROWORDER says."""

_TIED = ("LTV2", "LTM2_2", "CRPIX2P", "CRVAL2P", "CDELT2P")  # physical coordinates, by the file's rows
_CLOSE = 1e-9  # degrees that a turned WCS may differ by


def by_row_order(found: list[Loaded], row_order: str) -> list[Loaded]:
    """Images as `load` gives them, those from the top turned if ``row_order`` is ``"header"``.

    Raises
    ------
    InputError
        For another word than one of `ROW_ORDERS`.
    """
    if row_order not in ROW_ORDERS:
        raise InputError(
            f"row_order={row_order!r:.60} is not known; use {' or '.join(map(repr, ROW_ORDERS))}."
        )
    return found if row_order == "file" else [_turned(one) for one in found]


def _turned(one: Loaded) -> Loaded:
    again = one.again
    renew = None if again is None else lambda plane: _turned(again(plane))
    source = None if one.source is None else replace(one.source, row_order="header")
    one = replace(one, source=source)
    if not from_the_top(_header(one.image)):
        return replace(one, again=renew)
    return replace(one, image=_turned_image(one.image), again=renew)


def _header(image: NDData) -> dict[str, Any]:
    """The image's cards, and the file's where it has none of its own."""
    meta = dict(image.meta or {})
    return {**meta.get("primary_header", {}), **meta}


def _turned_image(image: NDData) -> NDData:
    meta = dict(image.meta)
    order = _header(image)["ROWORDER"]
    notes = [note for note in meta.get("imviz_notes", ()) if not note.startswith("ROWORDER = ")]
    why = next((f"{key} counts by the file's rows" for key in _TIED if key in meta), "")
    wcs = None if why else turned_wcs(image.wcs, image.data.shape)
    if not why and image.wcs is not None and wcs is None:
        why = "its WCS cannot be turned"
    if why:
        meta["imviz_notes"] = [f"rows are not turned as ROWORDER = {order!r} says: {why}", *notes]
        return NDData(image, meta=meta)
    told = f"rows are turned as ROWORDER = {order!r} says: y counts from the file's last row"
    meta["imviz_notes"] = [told, *notes]
    uncertainty = image.uncertainty
    if uncertainty is not None:
        uncertainty = type(uncertainty)(_flipped(uncertainty.array), unit=uncertainty.unit, copy=False)
    mask = None if image.mask is None else _flipped(image.mask)
    if isinstance(quality := meta.get("imviz_quality"), Quality):
        values = quality.values
        meta["imviz_quality"] = Quality(
            image.data.shape, lambda: np.asarray(values)[::-1], quality.flags, quality.title
        )
        mask = meta["imviz_quality"].mask
    return NDData(
        _flipped(image.data), uncertainty=uncertainty, mask=mask, wcs=wcs, meta=meta, unit=image.unit
    )


def turned_wcs(wcs: Any, shape: tuple[int, ...]) -> Any | None:
    """The WCS of an image whose rows are in the other order; `None` where there is none, or it cannot be.

    Parameters
    ----------
    wcs
        Of the image as it was.
    shape
        (ny, nx).
    """
    if isinstance(wcs, Sphere):
        fits = turned_wcs(wcs.fits, shape)
        return None if fits is None else Sphere(fits, wcs.names)
    if not isinstance(wcs, WCS):
        return None
    new = wcs.deepcopy()
    new.wcs.crpix = [wcs.wcs.crpix[0], shape[0] + 1 - wcs.wcs.crpix[1]]
    sign = np.array([1.0, -1.0])
    if wcs.wcs.has_cd():
        new.wcs.cd = wcs.wcs.cd * sign
    else:
        new.wcs.pc = wcs.wcs.get_pc() * sign
    if wcs.sip is not None:
        new.sip = _turned_sip(wcs.sip, new.wcs.crpix)
    new.wcs.set()
    x, y = (
        axis.ravel() for axis in np.meshgrid(np.linspace(0, shape[1] - 1, 4), np.linspace(0, shape[0] - 1, 4))
    )
    here, there = wcs.all_pix2world(x, y, 0), new.all_pix2world(x, shape[0] - 1 - y, 0)
    apart = np.abs((np.subtract(here, there) + 180) % 360 - 180)
    return new if not np.nanmax(apart, initial=0.0) > _CLOSE else None


def _turned_sip(sip: Sip, crpix: Any) -> Sip:
    """The same distortion in rows that run the other way: v and what is added to it change their signs."""

    def along(table: Any, sign: float) -> Any:
        return None if table is None else table * sign * (-1.0) ** np.arange(table.shape[1])

    return Sip(along(sip.a, 1), along(sip.b, -1), along(sip.ap, 1), along(sip.bp, -1), crpix)


def _flipped(array: Any) -> Any:
    """An array with its rows in the other order, on disk where it is."""
    if isinstance(array, LazyArray):
        return TurnedArray(array)
    if isinstance(array, DeferredArray):
        return DeferredArray(array.shape, lambda: np.asarray(array)[::-1])
    return array[::-1] if getattr(array, "ndim", 0) == 2 else array


class TurnedArray(LazyArray):
    """A 2-D array that is read where it is looked at, its rows in the other order.

    Parameters
    ----------
    array
        The same, rows as they are.
    """

    def __init__(self, array: LazyArray) -> None:
        super().__init__(array.shape, array.dtype)
        self._array = array

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._array!r}>"

    def _check(self) -> None:
        self._array._check()

    def _rows(self, rows: range) -> range:
        """Where rows lie in the array behind, ascending."""
        last = self.shape[0] - 1
        return range(last - rows[-1], last - rows[0] + 1, rows.step)

    def _pieces(self, rows: range, columns: range) -> Iterator[tuple[Any, NDArray[Any]]]:
        values = np.empty((len(rows), len(columns)), self.dtype)
        for where, block in self._array._pieces(self._rows(rows), columns):
            values[where] = block
        yield np.s_[:, :], values[::-1]

    def _scattered(self, rows: Index, columns: Index) -> NDArray[Any]:
        return self._array._scattered(self.shape[0] - 1 - rows, columns)

    def _plane(self, index: int) -> LazyArray:
        raise IndexError(f"{self!r} is one plane; it has no plane {index}")

    def _reshaped(self, shape: tuple[int, ...]) -> LazyArray:
        if tuple(n for n in shape if n > 1) != tuple(n for n in self.shape if n > 1):
            raise ValueError(f"{self!r} is read in its own shape only")
        return self
