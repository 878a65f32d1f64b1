"""What is under the cursor: pixel, exact value, place on the sky. One pure function, one record.

The value is the pixel's own, never the displayed one; a pixel's index is ``floor(x + 0.5)`` because
pixel n spans n - 0.5 to n + 0.5. Nothing here knows of a mouse or a widget.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.coordinates import Angle, SkyCoord
from astropy.wcs.wcsapi.high_level_api import values_to_high_level_objects

from imviz.errors import InputError
from imviz.science.display.digits import exact
from imviz.science.results.readable import unit_text
from imviz.science.sky.geometry import has_celestial
from imviz.science.sky.spheres import angles_at

if TYPE_CHECKING:
    from astropy.nddata import NDData
    from astropy.wcs.wcsapi import BaseHighLevelWCS

__all__ = ["SKY_FRAMES", "Readout", "SkyStyle", "readout", "sky_at"]

SKY_FRAMES = {"icrs": "ICRS", "fk5": "FK5", "galactic": "Galactic", "barycentricmeanecliptic": "Ecliptic"}
"""astropy's name of each frame positions can be told in, and ours."""
SOLAR = ("HPLN", "HPLT")


@dataclass(frozen=True, slots=True)
class SkyStyle:
    """How positions are told.

    Attributes
    ----------
    frame : str
        One of `SKY_FRAMES`.
    degrees : bool
        Whether in decimal degrees, not in hours or degrees, minutes and seconds.
    fits : bool
        Whether the pixel is told from 1 beside it, as FITS counts.
    every : bool
        Whether every visible image is read, not only the one on top.
    """

    frame: str = "icrs"
    degrees: bool = False
    fits: bool = False
    every: bool = False

    def __post_init__(self) -> None:
        if self.frame not in SKY_FRAMES:
            raise InputError(f"There is no sky frame {self.frame!r:.60}; use: {', '.join(SKY_FRAMES)}.")


@dataclass(frozen=True, slots=True)
class Readout:
    """What is under the cursor.

    Attributes
    ----------
    image : str
        Label of the image read.
    x, y : float
        Position in that image's pixels, 0-indexed, integers at pixel centres.
    value : int, float or None
        The pixel's exact value; None outside the image.
    unit : str
        Unit of the value, '' if it has none.
    world : (float, float) or None
        ICRS right ascension and declination in degrees; None where the image does not tell, or not reliably.
    lines : (str, str, str)
        The same in words, ready to be shown: pixel and value, sky, sky in degrees ('' if there is none). On
        the Sun, a planet or the horizon, the two angles that the image has there.
    """

    image: str
    x: float
    y: float
    value: int | float | None
    unit: str
    world: tuple[float, float] | None
    lines: tuple[str, str, str]


def readout(image: NDData, label: str, x: float, y: float, style: SkyStyle | None = None) -> Readout:
    """Read `image` at a position.

    Parameters
    ----------
    image : NDData
        2-D image.
    label : str
        Its name.
    x, y : float
        Position in its pixels.
    style : SkyStyle, optional
        How it is told.

    Returns
    -------
    Readout
        With no value outside the image, and no sky without a celestial WCS or where it does not
        converge.
    """
    column, row = floor(x + 0.5), floor(y + 0.5)
    n_rows, n_columns = image.data.shape
    inside = 0 <= column < n_columns and 0 <= row < n_rows
    pixel_value = image.data[row, column] if inside else None
    unit = "" if image.unit is None else str(image.unit)
    masked = inside and image.mask is not None and bool(np.asarray(image.mask[row, column]))
    style = style or SkyStyle()
    pixel = f"x {x:.1f}  y {y:.1f}" + (f"  (FITS {x + 1:.1f}, {y + 1:.1f})" if style.fits else "")
    amount = "" if pixel_value is None else f"   {exact(pixel_value)} {unit_text(image.unit)}".rstrip()
    sky = _sky(image.wcs, x, y)
    beyond = _beyond(image.wcs, x, y) if sky is None else None
    place, other = _in_words(sky if beyond is None else beyond, style)
    if not place and image.wcs is not None and not has_celestial(image.wcs):
        place, other = _angles_in_words(image.wcs, x, y, style)
    return Readout(
        image=label,
        x=float(x),
        y=float(y),
        value=None if pixel_value is None else pixel_value.item(),
        unit=unit,
        world=None if sky is None else (float(sky.ra.deg), float(sky.dec.deg)),
        lines=(
            pixel + amount + ("  (masked)" if masked else ""),
            place if beyond is None else f"{place}  (unreliable)",
            other,
        ),
    )


def sky_at(image: NDData, label: str, x: float, y: float) -> SkyCoord:
    """The sky under a pixel.

    Raises
    ------
    InputError
        If the image has no celestial WCS, or it fails there.
    """
    sky = _sky(image.wcs, x, y)
    if sky is None:
        raise InputError(f"{label} does not say where on the sky pixel ({x:g}, {y:g}) lies; give pixels.")
    return sky


def _sky(wcs: BaseHighLevelWCS | None, x: float, y: float) -> SkyCoord | None:
    if wcs is None or not has_celestial(wcs):
        return None
    try:
        sky = wcs.pixel_to_world(x, y)
    except ValueError:  # a distortion that does not converge there
        return None
    return _finite(sky)


def _beyond(wcs: Any, x: float, y: float) -> SkyCoord | None:
    """What a WCS says outside the pixels it vouches for (a GWCS outside its bounding box)."""
    if getattr(wcs, "bounding_box", None) is None or not has_celestial(wcs):
        return None
    try:
        values = wcs(x, y, with_bounding_box=False)
        (sky,) = values_to_high_level_objects(*values, low_level_wcs=wcs)
    except ValueError:
        return None
    return _finite(sky)


def _finite(sky: Any) -> SkyCoord | None:
    """A position in ICRS, if it is one."""
    if not isinstance(sky, SkyCoord):
        return None
    sky = sky.icrs if sky.is_transformable_to("icrs") else None
    return sky if sky is not None and isfinite(sky.ra.deg) and isfinite(sky.dec.deg) else None


def _angles_in_words(wcs: Any, x: float, y: float, style: SkyStyle) -> tuple[str, str]:
    """Two angles on another sphere than the sky, sexagesimal and in degrees or the other way round."""
    found = angles_at(wcs, x, y)
    if found is None:
        return "", ""
    small = all(name in SOLAR for name, _ in found)  # on the Sun's disc, as everybody says it
    named = [f"{name} {value * 3600:+.3f}″" if small else f"{name} {_dms(value)}" for name, value in found]
    degrees = [f"{value:+.7f}" if small or n else f"{value:.7f}" for n, (_, value) in enumerate(found)]
    words, other = "  ".join(named), f"({', '.join(degrees)})°"
    if style.degrees:
        both = zip((name for name, _ in found), degrees, strict=True)
        return "  ".join(f"{name} {value}°" for name, value in both), f"({', '.join(named)})"
    return words, other


def _dms(degrees: float) -> str:
    return str(
        Angle(degrees, "deg").to_string("deg", sep="dms", precision=2, pad=True, alwayssign=degrees < 0)
    )


def _in_words(sky: SkyCoord | None, style: SkyStyle) -> tuple[str, str]:
    """The position as asked for, and the other way: sexagesimal and degrees, or degrees and sexagesimal."""
    if sky is None:
        return "", ""
    place = sky.transform_to(style.frame).spherical
    equatorial = style.frame in ("icrs", "fk5")
    names = {"galactic": ("l", "b"), "icrs": ("RA", "Dec"), "fk5": ("RA", "Dec")}.get(style.frame, ("λ", "β"))
    unit, sep = ("hour", "hms") if equatorial else ("deg", "dms")
    across = place.lon.to_string(unit, sep=sep, precision=4 if equatorial else 3, pad=True)
    up = place.lat.to_string("deg", sep="dms", precision=3, pad=True, alwayssign=True)
    told = "" if style.frame == "icrs" else f"{SKY_FRAMES[style.frame]} "
    if style.degrees:
        words = f"{told}{names[0]} {place.lon.deg:.7f}°  {names[1]} {place.lat.deg:+.7f}°"
        return words, f"({across}, {up})"
    return f"{told}{names[0]} {across}  {names[1]} {up}", f"({place.lon.deg:.7f}, {place.lat.deg:+.7f})°"
