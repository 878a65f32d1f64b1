"""Where an observer was: by the header's coordinates, by an observatory's name, or as a user gives it.

Names are looked up in the short table here, never in a network. Coordinates and a name that is known must
agree: some headers count longitudes westwards, which shows. What cannot be told is `None`, with a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import erfa
import numpy as np
from astropy import units as u
from astropy.coordinates import Angle

from imviz.errors import InputError
from imviz.science.calibration.cards import Cards

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SITES", "Site", "site_named", "site_of"]

SITES: Mapping[str, tuple[float, float, float]] = {
    "Apache Point": (-105.8203, 32.7803, 2788),
    "Calar Alto": (-2.5468, 37.2236, 2168),
    "Cerro Tololo": (-70.8150, -30.1652, 2215),
    "Cerro Pachon": (-70.7366, -30.2407, 2722),
    "Haleakala": (-156.2569, 20.7075, 3055),
    "Kitt Peak": (-111.6003, 31.9634, 2120),
    "La Palma": (-17.8792, 28.7606, 2327),
    "La Silla": (-70.7300, -29.2567, 2400),
    "Las Campanas": (-70.6926, -29.0146, 2380),
    "Lick": (-121.6430, 37.3414, 1283),
    "Lowell": (-111.5364, 35.0969, 2204),
    "Mauna Kea": (-155.4722, 19.8261, 4160),
    "McDonald": (-104.0217, 30.6717, 2075),
    "Mount Graham": (-109.8892, 32.7016, 3191),
    "Mount Hopkins": (-110.8850, 31.6883, 2608),
    "Mount Laguna": (-116.4269, 32.8400, 1859),
    "Mount Wilson": (-118.0617, 34.2167, 1742),
    "Palomar": (-116.8650, 33.3563, 1706),
    "Paranal": (-70.4032, -24.6276, 2635),
    "Pic du Midi": (0.1423, 42.9367, 2877),
    "San Pedro Martir": (-115.4637, 31.0442, 2830),
    "Siding Spring": (149.0661, -31.2770, 1164),
    "Sutherland": (20.8107, -32.3760, 1798),
    "Teide": (-16.5097, 28.3003, 2390),
    "Xinglong": (117.5772, 40.3958, 950),
}
"""Observatories: east longitude and latitude [deg], height [m]; good to 2 km, which light crosses in 7 µs."""

_ALIASES = {
    "Apache Point": ("apo", "sdss", "2.5m", "apachepoint", "arc3.5"),
    "Calar Alto": ("caha", "calaralto"),
    "Cerro Tololo": ("ctio", "cerrotololo", "blanco", "decam", "smarts"),
    "Cerro Pachon": ("geminisouth", "gemini-s", "geminis", "soar", "lsst", "rubin", "cerropachon", "cp"),
    "Haleakala": ("haleakala", "ps1", "ps2", "pan-starrs", "panstarrs", "atlas-hko", "ogg"),
    "Kitt Peak": ("kpno", "kittpeak", "mayall", "wiyn", "kp09m", "bok"),
    "La Palma": ("lapalma", "orm", "roquedelosmuchachos", "wht", "int", "not", "gtc", "tng", "liverpool"),
    "La Silla": ("lasilla", "eso-la-silla", "ntt", "eso-ntt", "mpi-2.2", "eso-3p6"),
    "Las Campanas": ("lascampanas", "lco-magellan", "magellan", "baade", "clay", "swope", "dupont"),
    "Lick": ("lick", "shane", "nickel", "kait"),
    "Lowell": ("lowell", "dct", "ldt", "andersonmesa"),
    "Mauna Kea": (
        *("maunakea", "mko", "cfht", "gemininorth", "gemini-n", "geminin", "subaru", "keck", "ukirt", "uh88"),
        *("irtf", "uh2.2"),
    ),
    "McDonald": ("mcdonald", "mcd", "het", "elp"),
    "Mount Graham": ("mgo", "mtgraham", "lbt", "mountgraham", "vatt"),
    "Mount Hopkins": ("mmt", "flwo", "whipple", "mthopkins", "mounthopkins", "fred lawrence whipple"),
    "Mount Laguna": ("mtlaguna", "mountlaguna", "mlo"),
    "Mount Wilson": ("mtwilson", "mountwilson", "mwo"),
    "Palomar": ("palomar", "ztf", "p48", "p60", "p200", "ptf", "hale"),
    "Paranal": ("paranal", "eso-paranal", "vlt", "eso-vlt", "vista", "vst", "ngts", "cerroparanal"),
    "Pic du Midi": ("picdumidi", "pic"),
    "San Pedro Martir": ("spm", "sanpedromartir", "oan-spm"),
    "Siding Spring": ("sidingspring", "sso", "aat", "aao", "skymapper", "coj"),
    "Sutherland": ("saao", "sutherland", "salt", "cpt"),
    "Teide": ("teide", "izana", "tenerife", "ot", "tfn"),
    "Xinglong": ("xinglong", "beijing xinglong"),
}
_IN_SPACE = {
    "HST": "25 ms",
    "HUBBLE": "25 ms",
    "SWIFT": "23 ms",
    "XMM": "0.5 s",
    "CHANDRA": "0.5 s",
    "TESS": "1.2 s",
    "JWST": "5 s",
    "EUCLID": "5 s",
    "ROMAN": "5 s",
    "GAIA": "5 s",
    "SPITZER": "many minutes",
    "KEPLER": "many minutes",
    "WISE": "23 ms",
    "GALEX": "23 ms",
    "CHEOPS": "23 ms",
}
_LATITUDES = (
    *("SITELAT", "LAT-OBS", "OBS-LAT", "LATITUDE", "GEOLAT", "OBSLAT", "TELLAT", "LAT_OBS", "SITE-LAT"),
    *("ESO TEL GEOLAT", "HIERARCH ESO TEL GEOLAT", "GEOLATIT", "LATITUD", "OBSGEO-B", "LAT"),
)
_LONGITUDES = (
    *("SITELONG", "SITELON", "LONG-OBS", "LON-OBS", "OBS-LONG", "LONGITUD", "GEOLON", "OBSLONG", "OBSLON"),
    *("TELLONG", "LONG_OBS", "SITE-LON", "ESO TEL GEOLON", "HIERARCH ESO TEL GEOLON", "GEOLONGI"),
    *("OBSGEO-L", "LONG", "LON"),
)
_HEIGHTS = (
    *("SITEELEV", "ALT-OBS", "OBS-ELEV", "HEIGHT", "ALTITUDE", "GEOELEV", "OBSALT", "ALT_OBS", "ELEVATIO"),
    *("ESO TEL GEOELEV", "HIERARCH ESO TEL GEOELEV", "OBSGEO-H", "SITEALT"),
)
_NAMES = ("OBSERVAT", "SITENAME", "OBSNAME", "SITE", "SITEID", "ORIGIN", "TELESCOP", "INSTRUME")
_NEAR = 100e3  # metres within which coordinates are those of an observatory


@dataclass(frozen=True, slots=True)
class Site:
    """A place: ``xyz`` [m] from the Earth's centre (ITRS), and what it was known by."""

    xyz: tuple[float, float, float]
    name: str

    @classmethod
    def at(cls, longitude: float, latitude: float, height: float, name: str) -> Site:
        """East longitude and geodetic latitude [deg] and height [m], WGS 84."""
        return cls(tuple(erfa.gd2gc(1, np.radians(longitude), np.radians(latitude), height).tolist()), name)

    def distance(self, other: Site) -> float:
        """Metres, straight through."""
        return float(np.linalg.norm(np.subtract(self.xyz, other.xyz)))


def site_named(text: str) -> Site | None:
    """A site as a user gives it: an observatory's name, or ``latitude, longitude, height`` [deg, deg, m].

    Latitude and east longitude may be decimal or sexagesimal degrees, or end with N, S, E or W; the height
    may be left out. `None` for an empty text.

    Raises
    ------
    InputError
        It is neither.
    """
    text = text.strip()
    if not text:
        return None
    parts = [part.strip() for part in re.split(r"[,;]", text)]
    if len(parts) in {2, 3}:
        latitude, longitude = _degrees(parts[0]), _degrees(parts[1])
        height = _degrees(parts[2].lower().removesuffix("m")) if len(parts) == 3 else 0.0
        if latitude is not None and longitude is not None and height is not None and abs(latitude) <= 90:
            return Site.at(longitude, latitude, height, text)
    name = _known(text)
    if name is None:
        known = ", ".join(SITES)
        raise InputError(
            f"The site {text[:40]!r} is neither 'latitude, longitude, height' nor known: {known}."[:480]
        )
    return Site.at(*SITES[name], name)


def site_of(meta: Any) -> tuple[Site | None, str]:
    """The site that a header tells, and what there is to be said of it ('' for nothing)."""
    cards = Cards(meta)
    named = _named(cards)
    told = _by_coordinates(cards)
    if told is None:
        if named is not None:
            return named, ""
        telescope = cards.word("TELESCOP", "telescope", "meta.telescope")
        space = next((limit for name, limit in _IN_SPACE.items() if telescope.startswith(name)), "")
        if space:
            return (
                None,
                f"{telescope.title()} is in space: the Earth's centre stands for it, up to {space} off",
            )
        return None, "the header tells no site: the Earth's centre stands for it, up to 21 ms off"
    if named is None or told.distance(named) < _NEAR or np.linalg.norm(told.xyz) > 1e7:
        return told, ""
    mirrored = Site((told.xyz[0], -told.xyz[1], told.xyz[2]), told.name)
    if mirrored.distance(named) < _NEAR:
        return (
            mirrored,
            f"the longitude of {told.name} counts westwards, by {named.name}; it was turned round",
        )
    words = f"{told.name} is {told.distance(named) / 1000:.0f} km from {named.name}; the coordinates are used"
    return told, words


def _by_coordinates(cards: Cards) -> Site | None:
    vector = [_plain(cards.find(f"OBSGEO-{axis}")) for axis in "XYZ"]
    if None not in vector and np.linalg.norm(np.array(vector, dtype=float)) > 6e6:
        x, y, z = (float(value or 0.0) for value in vector)
        return Site((x, y, z), "OBSGEO-X, -Y, -Z")
    latitude, longitude = _first(cards, _LATITUDES), _first(cards, _LONGITUDES)
    if latitude is None or longitude is None or abs(latitude[0]) > 90 or abs(longitude[0]) > 360:
        return None
    if latitude[0] == 0 and longitude[0] == 0:  # a form that nobody filled in
        return None
    height = _first(cards, _HEIGHTS)
    metres = height[0] if height is not None and -500 < height[0] < 9000 else 0.0
    return Site.at(longitude[0], latitude[0], metres, f"{latitude[1]}, {longitude[1]}")


def _first(cards: Cards, names: tuple[str, ...]) -> tuple[float, str] | None:
    for name in names:
        value = _degrees(cards.find(name))
        if value is not None:
            return value, name
    return None


def _plain(value: Any) -> float | None:
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return float(value) if is_number and np.isfinite(value) else None


def _degrees(value: Any) -> float | None:
    """A number, or a text in decimal or sexagesimal degrees, with N, S, E or W at either end."""
    if not isinstance(value, str):
        return _plain(value)
    text = value.strip().upper().replace("°", " ").replace("'", " ").replace('"', " ")
    sign = -1.0 if re.search(r"^[SW]|[SW]$", text) else 1.0
    text = text.strip("NSEW ")
    try:
        return sign * float(text)
    except ValueError:
        pass
    if not re.fullmatch(r"[+-]?\d{1,3}[ :]+\d{1,2}(?:[ :]+\d{1,2}(?:\.\d*)?)?", text):
        return None
    return sign * float(Angle(text.replace(":", " "), u.deg).deg)


def _named(cards: Cards) -> Site | None:
    for name in _NAMES:
        value = cards.find(name)
        known = _known(value) if isinstance(value, str) else None
        if known is not None:
            return Site.at(*SITES[known], f"{known} ({name})")
    return None


def _known(text: str) -> str | None:
    """The observatory of a name: its own, an alias, or a text that holds one of them."""
    plain = re.sub(r"[^a-z0-9.]+", "", text.lower())
    words = set(re.split(r"[^a-z0-9.]+", text.lower()))
    for name, aliases in _ALIASES.items():
        own = re.sub(r"[^a-z0-9]+", "", name.lower())
        short = {re.sub(r"[^a-z0-9.]+", "", alias) for alias in aliases}
        if plain == own or plain in short or words & {alias for alias in short if len(alias) > 2}:
            return name
        if any(len(alias) > 5 and alias in plain for alias in {own, *short}):
            return name
    return None
