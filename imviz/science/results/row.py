"""The columns of a photometry table, in order, and the one-row table of one measurement.

Adding up rows is `imviz.science.results.table`' business; what the numbers mean is
`imviz.science.photometry.measurement`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.table import QTable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COLUMNS", "EXTRA_COLUMNS", "SHAPE_UNITS", "make_row"]

COLUMNS = (
    "id",
    "xcentroid",
    "ycentroid",
    "sky_centroid",
    "background",
    "sum",
    "sum_aper_area",
    "pixarea_tot",
    "aperture_sum_counts",
    "aperture_sum_counts_err",
    "counts_fac",
    "aperture_sum_mag",
    "flux_scaling",
    "min",
    "max",
    "mean",
    "median",
    "mode",
    "std",
    "mad_std",
    "var",
    "biweight_location",
    "biweight_midvariance",
    "fwhm",
    "semimajor_sigma",
    "semiminor_sigma",
    "orientation",
    "eccentricity",
    "data_label",
    "subset_label",
    "timestamp",
)

EXTRA_COLUMNS = (
    "sum_err",
    "snr",
    "flags",
    "n_masked",
    "n_saturated",
    "n_non_finite",
    "area_fraction",
    "background_err",
    "background_std",
    "background_method",
    "zero_point",
    "zero_point_err",
    "mag_ab",
    "mag_ab_err",
    "xcenter",
    "ycenter",
    "sky_center",
    "aperture",
    "recipe",
    "pixel_hash",
    "seal",
)

SHAPE_UNITS = {
    "fwhm": u.pix,
    "semimajor_sigma": u.pix,
    "semiminor_sigma": u.pix,
    "orientation": u.deg,
    "eccentricity": u.dimensionless_unscaled,
}


def make_row(values: Mapping[str, Any]) -> QTable:
    """A one-row table; a value of `None` gives a column of objects that holds `None`."""
    columns = {}
    for name in (*COLUMNS, *EXTRA_COLUMNS):
        value = values[name]
        if value is None:
            columns[name] = np.array([None], dtype=object)
        elif hasattr(value, "reshape") and hasattr(value, "shape"):  # Quantity, SkyCoord, Time
            columns[name] = value.reshape(1)
        else:
            columns[name] = np.array([value])
    return QTable(columns, copy=False)
