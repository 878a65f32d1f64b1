"""Where a table of sources says they are: on the sky or in pixels, found by column type, UCD, name and unit.

Catalogs come from everywhere and call the same thing by fifty names. Nothing is guessed beyond names that
mean one thing; whoever knows better says which columns to take. FITS counts pixels from 1, imviz from 0:
columns of programs known to count from 1 are shifted, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import Latitude, Longitude, SkyCoord

from imviz.errors import InputError

if TYPE_CHECKING:
    from astropy.table import Table
    from numpy.typing import NDArray

__all__ = ["Positions", "column_choices", "find_positions"]

SKY_NAMES = ("coord", "sky_centroid", "sky_center", "skycoord", "sky_coord")
SKY_PAIRS = (
    ("ra", "dec"),
    ("raj2000", "dej2000"),
    ("_raj2000", "_dej2000"),
    ("ra_icrs", "de_icrs"),
    ("alpha_j2000", "delta_j2000"),
    ("alphawin_j2000", "deltawin_j2000"),
    ("ra_deg", "dec_deg"),
    ("radeg", "decdeg"),
    ("ra_j2000", "dec_j2000"),
    ("ramean", "decmean"),
    ("right ascension", "declination"),
    ("right_ascension", "declination"),
)
PIXEL_PAIRS = (
    ("x", "y"),
    ("xcentroid", "ycentroid"),
    ("x_centroid", "y_centroid"),
    ("xcenter", "ycenter"),
    ("x_center", "y_center"),
    ("x_fit", "y_fit"),
    ("pixel_x", "pixel_y"),
    ("x_pix", "y_pix"),
)
FITS_PAIRS = (("x_image", "y_image"), ("xwin_image", "ywin_image"), ("xpeak_image", "ypeak_image"))
UCDS = (
    ("pos.eq.ra;meta.main", "pos.eq.dec;meta.main"),
    ("pos.eq.ra", "pos.eq.dec"),
    ("POS_EQ_RA_MAIN", "POS_EQ_DEC_MAIN"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Where sources are.

    Attributes
    ----------
    columns : tuple of str
        The columns they were taken from.
    sky : SkyCoord or None
        On the sky.
    x, y : ndarray or None
        In pixels, counted from 0, where they are not on the sky.
    note : str
        What was assumed, in a sentence, or ''.
    """

    columns: tuple[str, ...]
    sky: SkyCoord | None = None
    x: NDArray[np.float64] | None = None
    y: NDArray[np.float64] | None = None
    note: str = ""


def find_positions(table: Table, columns: tuple[str, ...] | None = None) -> Positions:
    """The positions in a table of sources.

    Parameters
    ----------
    table : Table
        With a `~astropy.coordinates.SkyCoord` column, or two columns of angles or of pixels.
    columns : tuple of str, optional
        One SkyCoord column, or two; those with a unit of angle, or with a name of a sky coordinate, are
        on the sky. Default: found by type, UCD and name, the sky first.

    Raises
    ------
    InputError
        If there are none; the message says what columns there are.
    """
    if columns is not None:
        for name in columns:
            if name not in table.colnames:
                raise InputError(f"The table has no column {name!r}; it has {_list(table)}.")
        return _from(table, tuple(columns))
    names = {name.lower(): name for name in reversed(table.colnames)}
    coords = [name for name in table.colnames if isinstance(table[name], SkyCoord)]
    named = [names[name] for name in SKY_NAMES if names.get(name) in coords]
    if coords:
        return _from(table, (([*named, *coords])[0],))
    ucds = {str(_ucd(table[name])).lower(): name for name in reversed(table.colnames)}
    pairs = [(ucds[a.lower()], ucds[b.lower()]) for a, b in UCDS if a.lower() in ucds and b.lower() in ucds]
    known = (*SKY_PAIRS, *PIXEL_PAIRS, *FITS_PAIRS)
    pairs += [(names[a], names[b]) for a, b in known if a in names and b in names]
    if not pairs:
        raise InputError(
            f"The table has no columns of positions imviz knows (ra and dec, x and y); it has {_list(table)}."
        )
    return _from(table, pairs[0])


def column_choices(table: Table) -> list[str]:
    """The columns that could hold a position."""

    def could(name: str) -> bool:
        column = table[name]
        return isinstance(column, SkyCoord) or (column.ndim == 1 and column.dtype.kind in "iufUSO")

    return [name for name in table.colnames if could(name)]


def _from(table: Table, columns: tuple[str, ...]) -> Positions:
    first = table[columns[0]]
    if isinstance(first, SkyCoord):
        return Positions(columns[:1], sky=first.ravel())
    if len(columns) != 2:
        raise InputError(f"Positions are one SkyCoord column or two columns, not {', '.join(columns)}.")
    a, b = (table[name] for name in columns)
    lower = (columns[0].lower(), columns[1].lower())
    angular = [
        getattr(column, "unit", None) is not None and column.unit.is_equivalent(u.deg) for column in (a, b)
    ]
    on_sky = all(angular) or lower in SKY_PAIRS or _is_text(a) or _is_main_ucd(a)
    if on_sky:
        return Positions(columns, sky=_sky(a, b, columns))
    shift = 1.0 if lower in FITS_PAIRS else 0.0
    x, y = (_plain(column, name) - shift for column, name in zip((a, b), columns, strict=True))
    note = f"{columns[0]} and {columns[1]} count pixels from 1: they were shifted by one." if shift else ""
    return Positions(columns, x=x, y=y, note=note)


def _sky(a: Any, b: Any, columns: tuple[str, ...]) -> SkyCoord:
    unit_a = getattr(a, "unit", None) or (u.hourangle if _is_text(a) else u.deg)
    unit_b = getattr(b, "unit", None) or u.deg
    try:
        if _is_text(a):
            ra, dec = Longitude([str(v) for v in a], unit=unit_a), Latitude([str(v) for v in b], unit=unit_b)
        else:
            ra = Longitude(_plain(a, columns[0]), unit=unit_a)
            dec = Latitude(_plain(b, columns[1]), unit=unit_b)
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{columns[0]} and {columns[1]} are not angles on the sky: {str(error).splitlines()[0]}."[:240]
        ) from error
    return SkyCoord(ra, dec)


def _plain(column: Any, name: str) -> NDArray[np.float64]:
    try:
        values: Any = np.ma.asarray(getattr(column, "value", column), dtype=float)
    except (TypeError, ValueError):
        raise InputError(
            f"The column {name!r} does not hold numbers; choose another for positions."
        ) from None
    return np.asarray(np.ma.filled(values, np.nan)).reshape(-1)


def _ucd(column: Any) -> str:
    meta = getattr(getattr(column, "info", None), "meta", None) or {}
    return str(meta.get("ucd", ""))


def _is_main_ucd(column: Any) -> bool:
    return _ucd(column).lower().startswith(("pos.eq.ra", "pos_eq_ra"))


def _is_text(column: Any) -> bool:
    return getattr(column, "dtype", np.dtype(float)).kind in "USO"


def _list(table: Table) -> str:
    return ", ".join(table.colnames[:12]) + ("…" if len(table.colnames) > 12 else "")
