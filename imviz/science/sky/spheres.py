"""Positions on spheres that are not the sky, as plain angles; and frames of the sky that astropy leaves out.

A map of the Sun, of a planet or of the horizon has longitudes and latitudes, but no right ascension: nothing
can be found there in a catalog, and no region can go from it to another image. Its WCS is wrapped in
`Sphere`, which gives two named angles and no `~astropy.coordinates.SkyCoord`: only what wants angles gets
them. Ecliptic and supergalactic coordinates are of the sky, and galactic ones are so whatever RADESYS says;
astropy's WCS is told in the place it has for that, `WCS_FRAME_MAPPINGS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import BarycentricMeanEcliptic, Galactic, Supergalactic
from astropy.time import Time
from astropy.wcs.utils import WCS_FRAME_MAPPINGS
from astropy.wcs.wcsapi import HighLevelWCSMixin
from astropy.wcs.wcsapi.wrappers import BaseWCSWrapper

if TYPE_CHECKING:
    from astropy.coordinates import BaseCoordinateFrame
    from astropy.io import fits
    from astropy.wcs import WCS

__all__ = ["ON_SKY", "Sphere", "angles_at"]

ON_SKY = frozenset(
    {
        *("icrs", "fk5", "fk4", "fk4noeterms", "galactic", "supergalactic", "gcrs", "hcrs"),
        *(f"{centre}{kind}ecliptic" for centre in ("barycentric", "geocentric") for kind in ("mean", "true")),
        *("heliocentricmeanecliptic", "heliocentrictrueecliptic", "heliocentriceclipticiau76"),
        "custombarycentricecliptic",
    }
)
"""Frames, by astropy's names, from which a direction alone leads to ICRS: no observer, place or table."""


class Sphere(BaseWCSWrapper, HighLevelWCSMixin):
    """A FITS WCS of two angles on a sphere that is not the sky.

    Parameters
    ----------
    wcs : astropy.wcs.WCS
        Two pixel coordinates to longitude and latitude, in either order.
    names : (str, str)
        What the angles are called, in the order of the axes.
    """

    def __init__(self, wcs: WCS, names: tuple[str, str]) -> None:
        super().__init__(wcs)
        self.fits = wcs
        self.names = names

    def pixel_to_world_values(self, *pixel_arrays: Any) -> Any:
        """Both angles in degrees; those about a disc's or a map's middle from -180 to 180."""
        angles = [np.asarray(axis, dtype=float) for axis in self._wcs.pixel_to_world_values(*pixel_arrays)]
        if self.names[self._wcs.wcs.lng] in ("HPLN", "HGLN"):
            angles[self._wcs.wcs.lng] = (angles[self._wcs.wcs.lng] + 180) % 360 - 180
        return tuple(angles)

    def world_to_pixel_values(self, *world_arrays: Any) -> Any:
        """Pixels at angles in degrees."""
        return self._wcs.world_to_pixel_values(*world_arrays)

    @property
    def types(self) -> tuple[str, str]:
        """CTYPE of both axes by the file's own names, where they are names that fit."""
        first, second = (
            f"{name:-<4}{kind[4:]}" if len(name) <= 4 else str(kind)
            for name, kind in zip(self.names, self.fits.wcs.ctype, strict=True)
        )
        return first, second

    @property
    def world_axis_names(self) -> tuple[str, str]:
        """What the angles are called."""
        return self.names

    @property
    def world_axis_object_components(self) -> list[tuple[str, int, str]]:
        """Each axis an object of its own."""
        return [(name, 0, "value") for name in self.names]

    @property
    def world_axis_object_classes(self) -> dict[str, Any]:
        """Quantities in degrees."""
        return {name: (u.Quantity, (), {"unit": u.deg}) for name in self.names}

    def to_header(self, **options: Any) -> fits.Header:
        """As `astropy.wcs.WCS.to_header`."""
        return self.fits.to_header(**options)


def angles_at(wcs: Any, x: float, y: float) -> list[tuple[str, float]] | None:
    """Names of the two angles at a pixel and their values in degrees; `None` where a WCS has no such."""
    low = getattr(wcs, "low_level_wcs", wcs)
    if low is None or low.pixel_n_dim != 2 or low.world_n_dim != 2:
        return None
    try:
        units = [u.Unit(unit).to(u.deg) for unit in low.world_axis_units]
        values = [float(value) for value in low.pixel_to_world_values(x, y)]
    except (u.UnitsError, ValueError):  # no angles; or none there
        return None
    kinds = low.world_axis_physical_types
    names = [
        name or (kind or "").rsplit(".", 1)[-1]
        for name, kind in zip(low.world_axis_names, kinds, strict=True)
    ]
    found = [(name or "angle", value * unit) for name, value, unit in zip(names, values, units, strict=True)]
    return found if all(np.isfinite(value) for _, value in found) else None


def _frame(wcs: WCS) -> BaseCoordinateFrame | None:
    """The frame of coordinates that are not equatorial, for astropy, which would ask RADESYS first."""
    if wcs.wcs.lng < 0 or wcs.wcs.lat < 0:
        return None
    name = wcs.wcs.ctype[wcs.wcs.lng][:4]
    if name in ("GLON", "SLON"):
        return Galactic() if name == "GLON" else Supergalactic()
    if name == "ELON":
        year = 2000.0 if np.isnan(wcs.wcs.equinox) else wcs.wcs.equinox
        return BarycentricMeanEcliptic(equinox=Time(year, format="jyear" if year >= 1984 else "byear"))
    return None


WCS_FRAME_MAPPINGS.insert(0, [_frame])
