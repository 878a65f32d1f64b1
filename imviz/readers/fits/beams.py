"""The beam of the plane that is shown, where each plane of a cube has its own: CASA's table BEAMS.

``CASAMBM = T`` says so in the header; the table has BMAJ and BMIN by CHAN and POL. The beam of an image that
has one for all is in its header, and `imviz.science.calibration.beams` finds it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u

from imviz.readers.quiet import damaged, quiet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imviz.readers.fits.extensions import FitsSource, HDURecord

__all__ = ["beam_of"]


def beam_of(source: FitsSource, record: HDURecord, header: Mapping[str, Any]) -> tuple[float, float] | None:
    """Widths at half maximum [degree] of the beam of an extension's plane; `None` without a table.

    Parameters
    ----------
    source, record
        The file, and its extension with the plane that is meant.
    header
        Keywords of the extension.
    """
    tables = [one.index for one in source.records if one.kind == "table" and one.name == "BEAMS"]
    if header.get("CASAMBM") is not True or not tables:
        return None
    by_stokes_first = str(header.get("CTYPE3", "")).strip().upper() != "STOKES"
    channel = 0 if not record.chosen else record.chosen[-1 if by_stokes_first else 0]
    try:
        with quiet(), source.hdulist() as hdus:
            hdu = hdus[tables[0]]
            row = int(np.flatnonzero(np.asarray(hdu.data["CHAN"]) == channel)[0])
            sizes = [
                float((hdu.data[name][row] * u.Unit(hdu.columns[name].unit or "arcsec")).to_value(u.deg))
                for name in ("BMAJ", "BMIN")
            ]
    except damaged():
        return None
    return sizes[0], sizes[1]
