"""Times at the solar system's barycentre, and air masses, without a network or tables of Earth's rotation.

BJD_TDB as of Eastman, Siverd & Gaudi (2010, PASP 122, 935): TDB of the exposure plus the time that light
needs from the observer's plane to the barycentre's. The Earth is ERFA's ``epv00`` (4.6 km, 15 µs), its
rotation is by UTC for UT1 (0.9 s at most: 1.4 µs); what is left out are the delays in the Sun's field (0.1 ms
at worst) and the pole's motion (30 ns). Good to 0.1 ms. Without a site the observer is at the Earth's centre,
which is at most 21 ms off.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import erfa
import numpy as np

if TYPE_CHECKING:
    from astropy.coordinates import SkyCoord
    from astropy.time import Time
    from numpy.typing import NDArray

    from imviz.science.sky.sites import Site

    Floats = NDArray[np.float64]

__all__ = ["airmass", "bjd_tdb"]

_LIGHT = 299_792_458.0  # m/s
_DAY = 86400.0


def bjd_tdb(times: Time, sky: SkyCoord, site: Site | None = None) -> Floats:
    """Barycentric Julian dates in TDB of light from a far source.

    Parameters
    ----------
    times : Time
        Of the observer, any scale but UT1, shape (n,).
    sky : SkyCoord
        Where the source is; one place.
    site : Site, optional
        Where the observer is; default: the Earth's centre.

    Returns
    -------
    ndarray
        Days, shape (n,); a double holds them to 40 µs.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", erfa.ErfaWarning)  # of years whose leap seconds are not known yet
        tdb, tt, utc = times.tdb, times.tt, times.utc
        _, earth = erfa.epv00(tdb.jd1, tdb.jd2)
        position = np.array(earth["p"]) * erfa.DAU
        if site is not None:
            position = position + _observer(tt, utc, site)
    icrs = sky.icrs
    towards = erfa.s2c(icrs.ra.rad, icrs.dec.rad)
    delay = position @ towards / _LIGHT
    return np.asarray(tdb.jd1 + (tdb.jd2 + delay / _DAY), dtype=float)


def _observer(tt: Time, utc: Time, site: Site) -> Floats:
    """Metres from the Earth's centre, in the axes of the ICRS, (n, 3)."""
    angle = erfa.era00(utc.jd1, utc.jd2)
    x, y, s = erfa.xys06a(tt.jd1, tt.jd2)
    turn = erfa.c2tcio(erfa.c2ixys(x, y, s), angle, np.eye(3))  # celestial to terrestrial
    return np.asarray(np.einsum("...ji,j->...i", turn, np.asarray(site.xyz)), dtype=float)


def airmass(times: Time, sky: SkyCoord, site: Site) -> Floats:
    """Air masses towards a place on the sky: Pickering (2002, DIO 12, 1), by the altitude without refraction.

    Good to 0.01 above 10 degrees; NaN below the horizon and from space.
    """
    longitude, latitude, height = erfa.gc2gd(1, np.asarray(site.xyz))
    if height > 1e5:
        return np.full(times.shape, np.nan)
    icrs = sky.icrs
    nothing: tuple[Any, ...] = (0.0, 0.0, 0.0, 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", erfa.ErfaWarning)
        utc = times.utc
        place = icrs.ra.rad, icrs.dec.rad, *nothing, utc.jd1, utc.jd2, 0.0
        _, zenith, *_ = erfa.atco13(*place, longitude, latitude, max(height, -400.0), 0, 0, 0, 0, 0, 0.5)
    altitude = 90 - np.degrees(zenith)
    with np.errstate(invalid="ignore"):
        angle = altitude + 244 / (165 + 47 * np.where(altitude > 0, altitude, np.nan) ** 1.1)
    return np.asarray(1 / np.sin(np.radians(angle)), dtype=float)
