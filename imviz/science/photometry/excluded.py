"""How many pixels of an aperture do not count, why, and how much of its area that is; in numbers and words.

The bits of `imviz.science.photometry.flags` say that something was unusual; this says how much of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.science.photometry.apertures import area_of, box_of
from imviz.science.photometry.flags import Flag, decode_flags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from regions import PixelRegion

    from imviz.science.photometry.cutout import Cutout

__all__ = ["excluded", "flag_lines"]


def excluded(pieces: Cutout, weights: NDArray[np.float64], region: PixelRegion) -> dict[str, Any]:
    """Counts of unusable pixels under ``weights``, and the usable part of the region's whole area.

    Returns
    -------
    dict
        ``n_masked`` (all unusable pixels on the image), ``n_saturated``, ``n_non_finite`` and
        ``area_fraction`` (0 to 1; NaN where the whole area is not known).
    """
    touched = weights > 0
    area = float(weights.sum()) if pieces.box == box_of(region) else area_of(region)
    usable = float(np.sum(weights[pieces.usable]))
    saturated = 0 if pieces.saturated is None else int(np.count_nonzero(touched & pieces.saturated))
    return {
        "n_masked": int(np.count_nonzero(touched & ~pieces.usable)),
        "n_saturated": saturated,
        "n_non_finite": int(np.count_nonzero(touched & ~pieces.finite)),
        "area_fraction": min(usable / area, 1.0) if area > 0 else float("nan"),
    }


def flag_lines(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The flags of a row in plain language, with counts and the part of the area that is missing.

    Examples
    --------
    >>> flag_lines({"flags": 8, "n_saturated": 2, "n_masked": 2, "n_non_finite": 0, "area_fraction": 0.97})
    ('2 saturated pixels in the aperture were left out', '3.0 % of the aperture is missing')
    """
    flags = int(row["flags"])
    saturated, non_finite = int(row.get("n_saturated") or 0), int(row.get("n_non_finite") or 0)
    counts = {
        Flag.SATURATED_PIXELS: (saturated, "saturated pixel"),
        Flag.NON_FINITE_PIXELS: (non_finite, "NaN or infinite pixel"),
        Flag.MASKED_PIXELS: (int(row.get("n_masked") or 0) - saturated - non_finite, "masked pixel"),
    }
    lines = []
    for flag in (flag for flag in Flag if flags & flag):
        n, what = counts.get(flag, (0, ""))
        if flag == Flag.BACKGROUND_FALLBACK and row.get("background_method"):
            lines.append(f"the annulus has too few usable pixels; {_instead(str(row['background_method']))}")
        elif n > 0:
            lines.append(f"{n} {what}{'s' * (n != 1)} in the aperture {'was' if n == 1 else 'were'} left out")
        else:
            lines.extend(decode_flags(flag))
    fraction = row.get("area_fraction")
    missing = Flag.PARTIAL_OVERLAP | Flag.MASKED_PIXELS | Flag.NON_FINITE_PIXELS | Flag.SATURATED_PIXELS
    if flags & missing and fraction is not None and np.isfinite(fraction) and fraction < 1:
        percent = 100 * (1 - float(fraction))
        lines.append(f"{max(percent, 0.1):.1f} % of the aperture is missing")
    return tuple(lines)


def _instead(method: str) -> str:
    """What was subtracted where the annulus could not be used."""
    if method == "none":
        return "there is no sky near the aperture, and nothing was subtracted"
    return f"instead of it was taken the {method}"
