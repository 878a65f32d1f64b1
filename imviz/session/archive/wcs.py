"""A WCS as FITS cards and exact numbers, and back: what a session keeps of where an image lies on the sky.

FITS cards hold too few digits for a region not to move, so the numbers stand beside them. Tables of
distortion and a GWCS have no place in cards: None then, and the image's own file tells when it is there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

from imviz.readers.quiet import DAMAGED, quiet
from imviz.readers.wcs.celestial import celestial_wcs
from imviz.session.archive.schema import mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["from_record", "to_record"]

MOST_CARDS = 1000
LARGEST = 1e15
_CARD = re.compile(
    r"(?:CTYPE|CUNIT|CRVAL|CRPIX|CDELT)[12]$|P[CV][12]_\d{1,2}$|RADESYS$|EQUINOX$|(?:LON|LAT)POLE$|WCSAXES$"
    r"|(?:A|B|AP|BP)_(?:ORDER|\d_\d)$"
)
_EXACT = ("crpix", "crval", "cdelt", "pc")


def to_record(wcs: Any) -> dict[str, Any] | None:
    """Cards and exact numbers of an astropy WCS of two axes; None for any other."""
    if not isinstance(wcs, WCS) or wcs.naxis != 2 or not wcs.has_celestial:
        return None
    if any(table is not None for table in (wcs.cpdis1, wcs.cpdis2, wcs.det2im1, wcs.det2im2)):
        return None
    with quiet():
        header = wcs.to_header(relax=True)
    cards = {str(name): header[name] for name in header if _CARD.match(str(name))}
    own = wcs.wcs
    unit = own.cdelt if not own.has_cd() else np.ones(2)
    exact = {
        "crpix": own.crpix,
        "crval": own.crval,
        "cdelt": unit,
        "pc": own.cd if own.has_cd() else own.get_pc(),
    }
    return {"cards": cards, "exact": {name: np.asarray(value).tolist() for name, value in exact.items()}}


def from_record(record: Any, shape: tuple[int, ...]) -> Any:
    """The WCS of a record, built and checked as that of any file; None where it cannot be."""
    if not isinstance(record, dict):
        return None
    cards = mapping(record, "cards")
    header = fits.Header()
    for name, value in list(cards.items())[:MOST_CARDS]:
        if _CARD.match(name) and isinstance(value, str | int | float):
            try:
                header[name] = value
            except ValueError:
                return None
    wcs, _ = celestial_wcs(header, shape, (0, 1))
    return _with_digits(wcs, mapping(record, "exact")) if isinstance(wcs, WCS) else wcs


def _with_digits(wcs: WCS, exact: Mapping[str, Any]) -> Any:
    """The same with every digit, where that is the same WCS."""
    new = wcs.deepcopy()
    try:
        for name in _EXACT:
            value = np.asarray(exact[name], dtype=float)
            before = new.wcs.get_pc() if name == "pc" else getattr(new.wcs, name)
            if value.shape != before.shape or not (np.abs(value) < LARGEST).all():
                return wcs
            if not np.allclose(value, before, rtol=1e-7, atol=1e-9):
                return wcs
            setattr(new.wcs, name, value)
        with quiet():
            new.wcs.set()
    except DAMAGED:
        return wcs
    return new
