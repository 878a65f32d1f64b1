"""What the axes of a WCS are: their types, units and reference frame, in the standard's words.

Headers spell them in many ways; each spelling that is known is read as what its writer meant, and told in a
note where that was not certain. Spheres that are not the sky (the Sun, a planet, the horizon) keep their
angles: `Axes.sphere` names them, and `imviz.science.sky.spheres` shows them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from astropy import units as u

from imviz.readers.wcs.cards import CardsError
from imviz.readers.wcs.distortions import distortions

if TYPE_CHECKING:
    from imviz.readers.wcs.cards import Cards

__all__ = ["framed"]

_CODES = frozenset(
    {
        *(
            "AZP",
            "SZP",
            "TAN",
            "STG",
            "SIN",
            "ARC",
            "ZPN",
            "ZEA",
            "AIR",
            "CYP",
            "CEA",
            "CAR",
            "MER",
            "COP",
            "COE",
        ),
        *("COD", "COO", "SFL", "PAR", "MOL", "AIT", "BON", "PCO", "TSC", "CSC", "QSC", "HPX", "XPH"),
        *("NCP", "GLS", "TPV", "TPD", "TPU", "DSS", "TNX", "ZPX", "TAB"),
    }
)
_TYPE = re.compile(r"([A-Z0-9_]+?)-+([A-Z]{3})(-SIP)?$")
_STANDARD = re.compile(r"(RA--|DEC-|.LON|.LAT|..LN|..LT)$")
_ON_SKY = ("RA--", "DEC-", "GLON", "GLAT", "ELON", "ELAT", "SLON", "SLAT")
_LATITUDES = ("DEC", "LAT", "LT", "ALT", "EL", "Y")
_SOLAR = {"SOLARX": "HPLN-TAN", "SOLAR_X": "HPLN-TAN", "SOLAR-X": "HPLN-TAN"} | {
    "SOLARY": "HPLT-TAN",
    "SOLAR_Y": "HPLT-TAN",
    "SOLAR-Y": "HPLT-TAN",
}
_UNITS = {
    **dict.fromkeys(("", "deg", "degree", "degrees", "degs", "dd"), "deg"),
    **dict.fromkeys(("arcsec", "arcsecs", "arcsecond", "arcseconds", "asec", '"'), "arcsec"),
    **dict.fromkeys(("arcmin", "arcmins", "arcminute", "arcminutes", "amin", "'"), "arcmin"),
    **dict.fromkeys(("rad", "radian", "radians"), "rad"),
    **dict.fromkeys(("mas", "milliarcsec"), "mas"),
}
_FRAMES = {
    **dict.fromkeys(("ICRS", "FK5", "FK4", "FK4-NO-E"), None),  # the standard's own: nothing to say
    **dict.fromkeys(
        ("ICRF", "ICRF1", "ICRF2", "ICRF3", "GAIA", "GAIA-CRF2", "GAIA-CRF3", "GAIADR2", "GAIADR3"), "ICRS"
    ),
    **dict.fromkeys(
        ("J2000", "J2000.0", "FK5/J2000", "FK5 J2000", "FK5J2000", "FK5 (J2000)", "2000", "2000.0"), "FK5"
    ),
    **dict.fromkeys(("B1950", "B1950.0", "FK4/B1950", "FK4 B1950", "FK4 (B1950)", "1950", "1950.0"), "FK4"),
}
APPARENT = "GAPPT"
_MOST_DEGREES, _MOST_PIXELS = 1e9, 1e12  # beyond which a double tells no milliarcsecond, no part of a pixel
_TURN, _QUARTER = 360.0, 90.0 * (1 + 1e-9)


def framed(cards: Cards, notes: list[str]) -> tuple[Cards, tuple[str, str] | None]:
    """Cards whose types, units and frame wcslib and astropy know.

    Parameters
    ----------
    cards
        Of two axes, as `imviz.readers.wcs.cards.picked` gives them; ``CTYPE1`` and ``CTYPE2`` may be absent.
    notes
        Gets a sentence for each doubt.

    Returns
    -------
    cards, sphere
        And the names of the two angles where they are not right ascension and declination, nor galactic,
        ecliptic or supergalactic coordinates; else `None`.
    """
    cards = dict(cards)
    if "CTYPE1" not in cards and "CTYPE2" not in cards:
        return cards, None
    names = [_type(cards, axis, notes) for axis in (1, 2)]
    if not all(names):
        return cards, None  # not both angles on a sphere
    for axis in (1, 2):
        _unit(cards, axis, notes)
        _doubt_reference(cards, axis, notes)
        absent = [key for key in (f"CRPIX{axis}", f"CRVAL{axis}") if key not in cards]
        notes += [f"the header has no {key}, which is taken as 0" for key in absent]
    distortions(cards, notes)
    if all(name in _ON_SKY for name in names):
        apparent = _frame(cards, names[0] in ("RA--", "DEC-"), names, notes)
        return cards, ("RA (apparent)", "Dec (apparent)") if apparent else None
    sphere = _sphere(cards, names)
    if sphere is not None:
        for key in ("RADESYS", "RADECSYS", "EQUINOX", "EPOCH"):
            cards.pop(key, None)
        notes.append(f"{' and '.join(sphere)} are angles on another sphere than the sky, shown as they are")
    return cards, sphere


def _doubt_reference(cards: Cards, axis: int, notes: list[str]) -> None:
    """Tell of a reference that leaves a double no digits for the image, and of more than a turn."""
    for key, most in ((f"CRVAL{axis}", _MOST_DEGREES), (f"CRPIX{axis}", _MOST_PIXELS)):
        value = cards.get(key, 0.0)
        if abs(value) > most:
            notes.append(f"{key} = {value:g} leaves no digits for places in the image: they mean nothing")
    angle = cards.get(f"CRVAL{axis}", 0.0)
    latitude = re.match(r"DEC|.LAT|..LT", cards[f"CTYPE{axis}"]) is not None
    if latitude and abs(angle) > _QUARTER and cards[f"CUNIT{axis}"] == "deg":
        raise CardsError(f"CRVAL{axis} = {angle:g} is beyond a pole: no latitude")
    if _TURN < abs(angle) <= _MOST_DEGREES and str(cards.get(f"CUNIT{axis}", "deg")) == "deg":
        notes.append(f"CRVAL{axis} = {angle:g} is more than a turn; taken as {angle % _TURN:g} degrees")


def _type(cards: Cards, axis: int, notes: list[str]) -> str:
    """The first four letters of an axis' type, which is put right; '' for no angle on a sphere."""
    key = f"CTYPE{axis}"
    given = str(cards.get(key, ""))
    text = _SOLAR.get(given.upper(), given.upper())
    match = _TYPE.match(text)
    if match is None or match[2] not in _CODES:
        cards[key] = text
        return text.ljust(4, "-") if re.fullmatch(r"RA|DEC|.LON|.LAT|[A-Z]{2}L[NT]", text) else ""
    code = match[2]
    if code in ("TNX", "ZPX"):
        notes.append(
            f"the distortion of {key} = {given!r} (cards WAT…) is not applied; positions are without it"
        )
        code = "TAN"
    name = match[1].ljust(4, "-")
    cards[key] = f"{name}-{code}{match[3] or ''}"
    if cards[key] != given and code == match[2]:
        notes.append(f"{key} = {given!r} is read as {cards[key]}")
    return name


def _unit(cards: Cards, axis: int, notes: list[str]) -> None:
    key = f"CUNIT{axis}"
    given = str(cards.get(key, ""))
    if given.lower() == "sine latitude" and "CEA" in cards[f"CTYPE{axis}"]:
        notes.append(f"{key} = {given!r}: CDELT{axis} is taken as the sine of the latitude in the middle")
        cards[f"CDELT{axis}"] = cards.get(f"CDELT{axis}", 1.0) * 57.29577951308232
        known: str | None = "deg"
    else:
        known = _UNITS.get(given.strip(" '").lower() or "")
    if known is None and _is_unit(given):
        raise CardsError(f"{key} = {given!r:.40} is no unit of an angle")
    if known is None:
        notes.append(f"{key} = {given!r:.40} is not known as a unit of angles; taken as degrees")
    cards[key] = known or "deg"


def _is_unit(text: str) -> bool:
    """Whether a unit is known at all; none of the angles that are taken is left here."""
    try:
        u.Unit(text)
    except (ValueError, TypeError):
        return False
    return True


# ---- which sky


def _frame(cards: Cards, equatorial: bool, names: list[str], notes: list[str]) -> bool:
    """RADESYS and EQUINOX as the standard has them; whether positions are apparent ones of a date."""
    old, given = cards.pop("RADECSYS", None), cards.pop("RADESYS", None)
    if old and given and str(old).upper() != str(given).upper():
        notes.append(f"RADESYS = {given!r} and RADECSYS = {old!r} differ; RADESYS is used")
    given = str(given or old or "").strip()
    equinox = _equinox(cards, equatorial and given.upper() != "ICRS", notes)
    if not equatorial:  # RADESYS has no say in galactic coordinates, though astropy would let it
        if equinox is not None and names[0] in ("ELON", "ELAT"):
            cards["EQUINOX"] = equinox
        return False
    frame = _known_frame(given, equinox, notes)
    if frame in ("ICRS", APPARENT):
        if frame == "ICRS" and equinox not in (None, 2000.0):
            notes.append(f"RADESYS = 'ICRS' has no equinox; EQUINOX = {equinox:g} is not used")
        equinox = None
    if (
        not frame and "-" not in cards["CTYPE1"]
    ):  # astropy knows the standard's default with a projection only
        notes.append("CTYPE names no projection: RA and Dec are taken as linear in x and y")
        frame = "ICRS" if equinox is None else "FK5" if equinox >= 1984 else "FK4"
    if frame:
        cards["RADESYS"] = "ICRS" if frame == APPARENT else frame
    if equinox is not None:
        cards["EQUINOX"] = equinox
    return frame == APPARENT


def _known_frame(given: str, equinox: float | None, notes: list[str]) -> str:
    """The frame that RADESYS means; '' leaves it to the equinox."""
    word = given.upper()
    if word == APPARENT:
        notes.append(
            "RADESYS = 'GAPPT': apparent positions of a date, shown as they are; no place on the ICRS sky"
        )
        return APPARENT
    if word in _FRAMES:
        meant = _FRAMES[word]
        if meant is not None:
            notes.append(f"RADESYS = {given!r} is not the FITS standard's; taken as {meant}")
        frame = meant or word
    elif not word:
        frame = ""
    else:
        usual = "ICRS" if equinox is None else f"FK{5 if equinox >= 1984 else 4} of equinox {equinox:g}"
        notes.append(f"RADESYS = {given!r:.40} is not known; taken as {usual}")
        frame = ""
    if frame.startswith("FK4") and equinox is not None and equinox >= 1984:
        notes.append(f"{frame} with an equinox of {equinox:g} is unusual: is it FK5?")
    return frame


def _equinox(cards: Cards, matters: bool, notes: list[str]) -> float | None:
    """The year of the coordinates, from EQUINOX, else EPOCH."""
    key = "EQUINOX" if "EQUINOX" in cards else "EPOCH"
    given: Any = cards.pop(key, None)
    cards.pop("EPOCH", None)
    if given is None or isinstance(given, bool):
        return None
    match = re.fullmatch(r"\s*[JB]?\s*(\d{4}(?:\.\d*)?)(?:[ED]\+?0+)?\s*", str(given).upper())
    year = float(match[1]) if match else None
    if year is None or not 1800 <= year <= 2200:
        if matters:
            notes.append(f"{key} = {given!r:.40} is no year; left out")
        return None
    if isinstance(given, str) and matters:
        notes.append(f"{key} = {given!r} is text; read as {year:g}")
    if matters and year not in (1950.0, 2000.0):
        notes.append(f"positions are precessed from {key} = {year:g}; is that the date of the observation?")
    elif matters and key == "EPOCH" and year != 2000.0:
        notes.append(f"EPOCH = {year:g} is taken as the equinox")
    return year


# ---- other spheres


def _sphere(cards: Cards, names: list[str]) -> tuple[str, str] | None:
    """The names of two angles of another sphere, which go by a name that wcslib has a place for."""
    bare = [name.rstrip("-") for name in names]
    if all(_STANDARD.match(name) for name in names) and names[0][:2] != names[1][:2] and "RA--" in names:
        return None  # RA beside another's latitude: wcslib says what is wrong
    if not all(_STANDARD.match(name) for name in names) or "DEC-" in names:
        is_latitude = [name.endswith(_LATITUDES) for name in bare]
        first = 1 if is_latitude == [True, False] else 0
        for n, axis in enumerate((1, 2)):
            new = "XXLN" if n == first else "XXLT"
            cards[f"CTYPE{axis}"] = new + cards[f"CTYPE{axis}"][4:]
    return bare[0], bare[1]
