"""Two tables of measurements, matched source by source: on the sky where both have it, else by pixels.

A pair is mutual: each is the other's nearest. So no row is used twice, and a crowded field gives fewer
pairs rather than wrong ones. Nothing is measured again and no row of either table is changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import QTable, hstack
from scipy.spatial import cKDTree

from imviz.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.intp]

__all__ = ["cross_match"]

_SKY = ("sky_centroid", "sky_center", "coord")
_PIXELS = (("xcentroid", "ycentroid"), ("xcenter", "ycenter"), ("x", "y"))


def cross_match(first: QTable, second: QTable, radius: u.Quantity) -> QTable:
    """The rows of two tables that are the same source.

    Parameters
    ----------
    first, second : QTable
        Results of `imviz` or any tables with a `~astropy.coordinates.SkyCoord` column (``sky_centroid``,
        ``sky_center``, ``coord``) or pixel columns (``xcentroid``, ``ycentroid``; ``xcenter``,
        ``ycenter``; ``x``, ``y``).
    radius : Quantity
        Farthest two may be apart: an angle, or pixels for tables without a sky.

    Returns
    -------
    QTable
        One row a pair, in the order of ``first``: its columns with ``_1``, then those of ``second`` with
        ``_2``, then ``separation`` and, where both have ``sum`` in units that fit, ``flux_ratio``
        (second over first, dimensionless).

    Raises
    ------
    InputError
        The radius is no angle (no length in pixels), or a table has no positions of that kind.
    """
    radius = u.Quantity(radius)
    if not (radius.isscalar and np.isfinite(radius.value) and radius.value > 0):
        raise InputError(f"Match within a positive radius, as 0.5 * u.arcsec; not {radius}.")
    if radius.unit.is_equivalent(u.deg):
        one, two, separation = _on_the_sky(_sky(first), _sky(second))
    elif radius.unit.is_equivalent(u.pix):
        one, two, separation = _in_pixels(_pixels(first), _pixels(second))
    else:
        raise InputError(f"Match within an angle or a number of pixels, not within {radius}.")
    near = separation <= radius
    one, two, separation = one[near], two[near], separation[near]
    pairs = hstack([_named(first[one], "_1"), _named(second[two], "_2")], join_type="exact")
    pairs["separation"] = separation.to(radius.unit)
    _add_ratio(pairs)
    return pairs


def _sky(table: QTable) -> SkyCoord:
    for name in _SKY:
        if name in table.colnames and isinstance(table[name], SkyCoord):
            return table[name]
    raise InputError(f"A table to match on the sky needs a SkyCoord column: {', '.join(_SKY)}.")


def _pixels(table: QTable) -> NDArray[np.float64]:
    for names in _PIXELS:
        if set(names) <= set(table.colnames):
            return np.column_stack([_plain(table[name]) for name in names])
    offered = "; ".join(f"{x}, {y}" for x, y in _PIXELS)
    raise InputError(f"A table to match by pixels needs columns of positions: {offered}.")


def _plain(column: Any) -> NDArray[np.float64]:
    values: Any = np.ma.filled(np.ma.asarray(getattr(column, "value", column), dtype=float), np.nan)
    return np.asarray(values, dtype=float)


def _on_the_sky(first: SkyCoord, second: SkyCoord) -> tuple[Integers, Integers, u.Quantity]:
    usable_1, usable_2 = (np.flatnonzero(_finite(sky)) for sky in (first, second))
    if not (usable_1.size and usable_2.size):
        return _nothing(u.deg)
    there, apart, _ = first[usable_1].match_to_catalog_sky(second[usable_2])
    back, _, _ = second[usable_2].match_to_catalog_sky(first[usable_1])
    mutual = back[there] == np.arange(usable_1.size)
    return usable_1[mutual], usable_2[there[mutual]], apart[mutual]


def _finite(sky: SkyCoord) -> NDArray[np.bool_]:
    parts = (np.ma.filled(np.ma.asarray(axis.deg), np.nan) for axis in (sky.spherical.lon, sky.spherical.lat))
    lon, lat = parts
    mask = np.zeros(sky.shape, dtype=bool) | getattr(sky.spherical.lon, "mask", False)
    return np.asarray(np.isfinite(lon) & np.isfinite(lat) & ~mask)


def _in_pixels(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[Integers, Integers, u.Quantity]:
    usable_1, usable_2 = (np.flatnonzero(np.isfinite(points).all(axis=1)) for points in (first, second))
    if not (usable_1.size and usable_2.size):
        return _nothing(u.pix)
    apart, there = cKDTree(second[usable_2]).query(first[usable_1])
    _, back = cKDTree(first[usable_1]).query(second[usable_2])
    mutual = back[there] == np.arange(usable_1.size)
    return usable_1[mutual], usable_2[there[mutual]], apart[mutual] * u.pix


def _nothing(unit: u.UnitBase) -> tuple[Integers, Integers, u.Quantity]:
    none = np.empty(0, dtype=np.intp)
    return none, none, np.empty(0) * unit


def _named(table: QTable, ending: str) -> QTable:
    renamed = table.copy(copy_data=False)
    for name in table.colnames:
        renamed.rename_column(name, name + ending)
    return renamed


def _add_ratio(pairs: QTable) -> None:
    if not {"sum_1", "sum_2"} <= set(pairs.colnames):
        return
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            pairs["flux_ratio"] = u.Quantity(pairs["sum_2"] / pairs["sum_1"]).to(u.dimensionless_unscaled)
    except (
        u.UnitConversionError,
        TypeError,
    ):  # counts against Jy: no ratio, both sums stand beside each other
        return
