"""Sources around a place on the sky, from the services astronomers use: Gaia, SDSS and VizieR's catalogs.

astroquery (the extra ``catalogs``) asks them; it is imported when the first question is asked. Any failure
on the way becomes a sentence. Nothing is cached here, and no other host is spoken to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.table import QTable

from imviz.errors import InputError, MissingExtraError, ReadError
from imviz.readers.quiet import quiet

if TYPE_CHECKING:
    from collections.abc import Callable

    from astropy.coordinates import SkyCoord

__all__ = ["SERVICES", "cone_search"]

SDSS_RELEASE = 17
SDSS_RADIUS = 3 * u.arcmin  # the service's own limit
GAIA_TABLE = "gaiadr3.gaia_source"


def cone_search(
    service: str, center: SkyCoord, radius: u.Quantity, max_sources: int, catalog: str = ""
) -> tuple[QTable, str]:
    """The sources within a radius, nearest first.

    Parameters
    ----------
    service : str
        One of `SERVICES`.
    center : SkyCoord
        The middle.
    radius : Quantity
        How far, an angle.
    max_sources : int
        The most to return.
    catalog : str, optional
        VizieR's name of a catalog, as "II/246" (2MASS) or "I/355/gaiadr3".

    Returns
    -------
    table : QTable
        Its own columns. Empty if there is no source.
    note : str
        What was left out, in a sentence, or ''.

    Raises
    ------
    InputError
        For an unknown service or a catalog VizieR does not have.
    MissingExtraError
        Without astroquery.
    ReadError
        If the service cannot be reached or does not understand.
    """
    if service not in SERVICES:
        raise InputError(f"There is no service {service!r}; use one of {', '.join(SERVICES)}.")
    if max_sources < 1:
        raise InputError(f"The most sources to ask for is {max_sources}; it must be 1 or more.")
    try:
        import astroquery  # noqa: F401
    except ImportError:
        raise MissingExtraError(
            "Asking a catalog service needs astroquery: pip install 'imviz[catalogs]'. Files work without."
        ) from None
    try:
        with quiet():
            table, note = SERVICES[service](center.icrs, radius, max_sources, catalog)
    except InputError:
        raise
    except _failures() as error:
        raise ReadError(
            f"{service} could not be asked: {_reason(error)}. Try again later, or load a file."
        ) from error
    if len(table) >= max_sources:
        note = f"{note} Only the first {max_sources} were asked for.".strip()
    return QTable(table[:max_sources]), note


def _reason(error: Exception) -> str:
    """Why a service could not be asked, in few words."""
    from requests import ConnectionError as Unconnected

    if isinstance(error, Unconnected):  # it tells of its own pools and retries
        return "no connection to it"
    return (str(error).splitlines() or [type(error).__name__])[0][:110]


def _failures() -> tuple[type[Exception], ...]:
    """What goes wrong on the network, or in what comes back."""
    from astroquery.exceptions import RemoteServiceError, TableParseError
    from astroquery.exceptions import TimeoutError as SlowError
    from requests import RequestException

    return (
        RemoteServiceError,
        TableParseError,
        SlowError,
        RequestException,
        OSError,
        ValueError,
        KeyError,
        IndexError,
    )


def _gaia(center: SkyCoord, radius: u.Quantity, most: int, _: str) -> tuple[Any, str]:
    from astroquery.gaia import Gaia

    here = f"{center.ra.deg:.10f}, {center.dec.deg:.10f}"
    cone = f"CIRCLE({here}, {radius.to_value(u.deg):.10f})"
    columns = "source_id, ra, dec, parallax, pmra, pmdec, phot_g_mean_mag, bp_rp"
    query = (
        f"SELECT TOP {int(most)} {columns}, DISTANCE(POINT({here}), POINT(ra, dec)) AS separation "  # noqa: S608
        f"FROM {GAIA_TABLE} WHERE 1 = CONTAINS(POINT(ra, dec), {cone}) ORDER BY separation"
    )
    return Gaia.launch_job(query).get_results(), ""


def _sdss(center: SkyCoord, radius: u.Quantity, most: int, _: str) -> tuple[Any, str]:
    from astroquery.sdss import SDSS

    note = ""
    if radius > SDSS_RADIUS:
        radius, note = SDSS_RADIUS, f"SDSS answers within {SDSS_RADIUS:g} of the centre at most."
    fields = ["ra", "dec", "objID", "type", "u", "g", "r", "i", "z"]
    found = SDSS.query_region(
        center, radius=radius, photoobj_fields=fields, data_release=SDSS_RELEASE, cache=False
    )
    return _nearest(QTable() if found is None else found, center, most), note


def _vizier(center: SkyCoord, radius: u.Quantity, most: int, catalog: str) -> tuple[Any, str]:
    from astroquery.vizier import Vizier

    if not catalog.strip():
        raise InputError("VizieR has thousands of catalogs; say which, as 'II/246' for 2MASS.")
    found = Vizier(row_limit=most, columns=["*", "+_r"]).query_region(
        center, radius=radius, catalog=catalog, cache=False
    )
    return (found[0] if len(found) else QTable()), ""


SERVICES: dict[str, Callable[[SkyCoord, u.Quantity, int, str], tuple[Any, str]]] = {
    "SDSS": _sdss,
    "Gaia": _gaia,
    "VizieR": _vizier,
}


def _nearest(table: Any, center: SkyCoord, most: int) -> Any:
    """The rows nearest to a place, in order of distance."""
    if not len(table):
        return table
    ra, dec = np.deg2rad(np.asarray(table["ra"], float)), np.deg2rad(np.asarray(table["dec"], float))
    cosine = np.sin(dec) * np.sin(center.dec.rad) + np.cos(dec) * np.cos(center.dec.rad) * np.cos(
        ra - center.ra.rad
    )
    return table[np.argsort(-cosine, kind="stable")[:most]]
