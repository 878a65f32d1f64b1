"""A rectangle of an image as a FITS file of its own, whose WCS says the same sky for the same pixel.

FITS WCS with or without SIP are shifted exactly. A GWCS is fitted by a FITS WCS with SIP to a tenth of a
pixel over the rectangle, and the file says so; what cannot be written faithfully (tables of distortion, a
GWCS that SIP cannot follow) is refused by name. Errors and quality flags are cut out too.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

from imviz.errors import InputError
from imviz.science.sky.geometry import has_celestial
from imviz.science.sky.spheres import Sphere

if TYPE_CHECKING:
    from collections.abc import Mapping

    from astropy.nddata import NDData

    from imviz.science.photometry.apertures import Box

__all__ = ["section"]

GWCS_ACCURACY = 0.1  # pixels
_ERRORS = {"std": "ERR", "var": "VAR", "ivar": "IVAR"}
_OURS = {  # cards that describe the whole image, its storage or its WCS
    *("SIMPLE", "XTENSION", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "NAXIS3", "NAXIS4", "EXTEND", "PCOUNT"),
    *("GCOUNT", "GROUPS", "TFIELDS", "BSCALE", "BZERO", "BLANK", "CHECKSUM", "DATASUM", "COMMENT", "HISTORY"),
    *("EXTNAME", "EXTVER", "BUNIT", "WCSAXES", "LONPOLE", "LATPOLE", "RADESYS", "EQUINOX", "SPECSYS"),
    *("DATAMIN", "DATAMAX", "LTV1", "LTV2", "ORIGIN_X", "ORIGIN_Y", "", "END"),
}
_WCS_CARDS = ("CRPIX", "CRVAL", "CDELT", "CTYPE", "CUNIT", "CROTA", "CNAME", "LTM")
_WCS_NUMBERED = ("CD", "PC", "PV", "PS", "A_", "B_", "AP_", "BP_", "DP", "DQ")


def section(image: NDData, box: Box, label: str = "") -> fits.HDUList:
    """The pixels of `box`, with errors, quality and WCS.

    Parameters
    ----------
    image : NDData
        Only the box is read.
    box : Box
        Inside the image.
    label : str
        What the image is called, for the history.

    Returns
    -------
    HDUList
        An empty primary, ``SCI``, and where the image has them ``ERR`` (or ``VAR``, ``IVAR``) and ``DQ``.
        ``LTV1``, ``LTV2`` tell the shift: pixel of the section = pixel of the image + LTV.

    Raises
    ------
    InputError
        For a WCS that a FITS header cannot say.
    """
    wcs, notes = _shifted(image.wcs, box)
    header = _kept(image.meta or {})
    header.update(wcs)
    header["LTV1"], header["LTV2"] = -float(box.x0), -float(box.y0)
    if image.unit is not None:
        header["BUNIT"] = str(image.unit)
    for note in (f"imviz: x {box.x0}..{box.x0 + box.nx - 1}, y {box.y0}..{box.y0 + box.ny - 1} of", *notes):
        header["HISTORY"] = note
    if label:
        header["HISTORY"] = label.encode("ascii", "replace").decode()
    planes = [fits.PrimaryHDU(), fits.ImageHDU(_native(image.data, box), header, name="SCI")]
    uncertainty = image.uncertainty
    if uncertainty is not None and uncertainty.uncertainty_type in _ERRORS:
        name = _ERRORS[uncertainty.uncertainty_type]
        plane = fits.ImageHDU(_native(uncertainty.array, box), wcs, name=name)
        unit = uncertainty.unit
        if unit is not None:
            plane.header["BUNIT"] = str(unit)
        planes.append(plane)
    flags = _flags(image, box)
    if flags is not None:
        planes.append(fits.ImageHDU(flags, wcs, name="DQ"))
    return fits.HDUList(planes)


def _native(values: Any, box: Box) -> Any:
    piece = np.asarray(values[box.slices] if np.ndim(values) else np.full((box.ny, box.nx), values))
    if piece.dtype == bool:
        return piece.astype(np.uint8)
    if piece.dtype == np.float16:
        return piece.astype(np.float32)
    if piece.dtype.kind == "f" and piece.dtype.itemsize > 8:
        return piece.astype(np.float64)
    return np.ascontiguousarray(piece)


def _flags(image: NDData, box: Box) -> Any:
    """The quality image where there is one, else the mask as 0 and 1; None without either."""
    quality = (image.meta or {}).get("imviz_quality")
    if quality is not None:
        return _native(quality.values, box)
    if image.mask is None or image.mask is np.ma.nomask:
        return None
    return _native(image.mask, box)


def _kept(meta: Mapping[str, Any]) -> fits.Header:
    """The cards worth keeping: those of the image's header that a rectangle of it still obeys."""
    header = fits.Header()
    for key, value in meta.items():
        name = str(key).upper()
        plain = isinstance(value, str | bool | int | float) and len(name) <= 8
        numbered = name.startswith(_WCS_NUMBERED) and any(sign.isdigit() for sign in name)
        if not plain or name in _OURS or name.startswith(_WCS_CARDS) or numbered:
            continue
        if isinstance(value, float) and not np.isfinite(value):
            continue
        text = isinstance(value, str)
        if text and (len(value) > 68 or not value.isascii() or not value.isprintable()):
            continue
        if all(sign.isalnum() or sign in "-_" for sign in name) and name.isascii():
            header[name] = value
    return header


def _shifted(wcs: Any, box: Box) -> tuple[fits.Header, list[str]]:
    if wcs is None:
        return fits.Header(), []
    notes: list[str] = []
    if isinstance(wcs, Sphere):
        header, notes = _shifted(wcs.fits, box)
        header.update({f"CTYPE{axis}": kind for axis, kind in enumerate(wcs.types, 1)})
        return header, notes
    if not isinstance(wcs, WCS):
        wcs, notes = _fitted(wcs, box), [f"WCS: SIP fitted to a GWCS, within {GWCS_ACCURACY} pixel"]
    tables = [name for name in ("cpdis1", "cpdis2", "det2im1", "det2im2") if getattr(wcs, name) is not None]
    if tables:
        raise InputError(
            f"The image's WCS has tables of distortion ({', '.join(tables)}), which a cut-out cannot carry; "
            "export the whole image's file instead."
        )
    if wcs.pixel_n_dim != 2:
        if not wcs.has_celestial:
            return fits.Header(), ["WCS: left out, it is not one of two axes"]
        wcs = wcs.celestial
    cut = wcs.slice((slice(box.y0, box.y0 + box.ny), slice(box.x0, box.x0 + box.nx)))
    return cut.to_header(relax=True), notes


def _fitted(wcs: Any, box: Box) -> WCS:
    """A FITS WCS with SIP that stands for a GWCS over a box."""
    fit = getattr(wcs, "to_fits_sip", None)
    if fit is None or not has_celestial(wcs):
        raise InputError(
            f"The image's WCS is a {type(wcs).__name__}, which a FITS header cannot say; export without it."
        )
    x0, x1, y0, y1 = box.edges
    try:
        with warnings.catch_warnings():  # gwcs solves in a precision that newer releases of scipy deprecate
            warnings.simplefilter("ignore", DeprecationWarning)
            header = fit(bounding_box=((x0, x1), (y0, y1)), max_pix_error=GWCS_ACCURACY)
    except (ValueError, RuntimeError, NotImplementedError) as error:
        raise InputError(
            f"No FITS WCS follows this GWCS within {GWCS_ACCURACY} pixel ({error}); cut out less."[:240]
        ) from None
    fitted = WCS(header)
    x, y = (np.linspace(low + 0.5, high - 0.5, 7) for low, high in ((x0, x1), (y0, y1)))
    x, y = (grid.ravel() for grid in np.meshgrid(x, y))
    there, here = fitted.pixel_to_world(x, y), wcs.pixel_to_world(x, y)
    scale = here[0].separation(wcs.pixel_to_world(x[0] + 1, y[0])).deg
    worst = float(there.separation(here.transform_to(there.frame)).deg.max() / scale)
    if not worst <= 2 * GWCS_ACCURACY:
        raise InputError(f"No FITS WCS follows this GWCS better than {worst:.2g} pixel; cut out less.")
    return fitted
