"""Pixels inside a session file: an image's, its mask's and its uncertainty's, as one FITS file, and back.

They are read by the readers that any FITS file passes. What an image is besides its pixels (unit, WCS,
metadata) stands in the session's JSON.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from astropy.io import fits
from astropy.nddata import InverseVariance, NDData, StdDevUncertainty, UnknownUncertainty, VarianceUncertainty
from astropy.units import Unit

from imviz.errors import ReadError
from imviz.readers.sources import load_storage
from imviz.science.scratch import ScratchFile
from imviz.session.archive import wcs
from imviz.session.archive.schema import mapping, plain, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.readers.files.storage import Storage

__all__ = ["about", "image_of", "write_pixels"]

UNCERTAINTIES: dict[str, Any] = {
    kind.__name__: kind
    for kind in (StdDevUncertainty, VarianceUncertainty, InverseVariance, UnknownUncertainty)
}


def write_pixels(image: NDData, file: BinaryIO) -> None:
    """Write an image's pixels as FITS: the image, then MASK and UNCERT if it has them."""
    hdus = [fits.PrimaryHDU(_storable(image.data))]
    if image.mask is not None:
        hdus.append(fits.ImageHDU(np.asarray(image.mask, dtype=np.uint8), name="MASK"))
    if image.uncertainty is not None and image.uncertainty.array is not None:
        hdus.append(fits.ImageHDU(_storable(image.uncertainty.array), name="UNCERT"))
    scratch = ScratchFile("the pixels", ".fits")  # astropy writes to a file of its own only
    try:
        scratch.close()
        fits.HDUList(hdus).writeto(scratch.path, overwrite=True)
        with scratch.path.open("rb") as written:
            shutil.copyfileobj(written, file)
    finally:
        scratch.discard()


def about(image: NDData) -> dict[str, Any]:
    """What an image is besides its pixels, as JSON."""
    meta = {
        str(name): value
        for name, value in dict(image.meta or {}).items()
        if not str(name).startswith("imviz_q")
    }
    found: dict[str, Any] = {"unit": None if image.unit is None else str(image.unit), "meta": plain(meta)}
    if image.uncertainty is not None:
        own = image.uncertainty.unit
        found["uncertainty"] = [type(image.uncertainty).__name__, None if own is None else str(own)]
    return found


def image_of(storage: Storage, record: Mapping[str, Any]) -> NDData:
    """The image whose pixels these are, and whose record `about` gave.

    Raises
    ------
    ReadError
        They are none, or of another shape than the record says.
    """
    found = {_name(one.label): one.image.data for one in load_storage(storage, "*", "pixels", None)}
    data = found.get("PRIMARY")
    if data is None:
        raise ReadError("There are no pixels in it.")
    mask = found.get("MASK")
    kind, own = (record.get("uncertainty") or [None, None])[:2]
    try:
        unit = None if record.get("unit") is None else Unit(text(record, "unit"))
        uncertainty = None
        if kind in UNCERTAINTIES and "UNCERT" in found:
            uncertainty = UNCERTAINTIES[kind](
                found["UNCERT"], unit=None if own is None else Unit(own), copy=False
            )
    except (ValueError, TypeError) as error:
        raise ReadError(f"Its unit cannot be read: {str(error)[:80]}.") from None
    return NDData(
        data,
        mask=None if mask is None else np.asarray(mask) != 0,
        uncertainty=uncertainty,
        unit=unit,
        wcs=wcs.from_record(record.get("wcs"), tuple(data.shape)),
        meta=_meta(record),
    )


def _meta(record: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata as they were; imviz's own notes only if they are sentences."""
    meta = mapping(record, "meta")
    notes = meta.get("imviz_notes", [])
    sound = isinstance(notes, list) and all(isinstance(one, str) for one in notes)
    return {name: value for name, value in meta.items() if sound or name != "imviz_notes"}


def _name(label: str) -> str:
    return label.partition("[")[2].partition(",")[0]


def _storable(pixels: Any) -> Any:
    """Pixels in a type that FITS has."""
    pixels = np.asarray(pixels)
    if pixels.dtype.kind == "f" and pixels.dtype.itemsize not in (4, 8):
        pixels = pixels.astype(np.float32 if pixels.dtype.itemsize < 4 else np.float64)
    return pixels.astype(np.int16) if pixels.dtype == np.int8 else pixels
