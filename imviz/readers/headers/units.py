"""What a header's BUNIT means.

Words that pipelines write for a unit (``cts``, ``ergs``, ``ster``) are put in astropy's own, and the FITS
standard's grammar reads the rest. The case of a letter that may be an SI prefix is never changed: m and M
are a factor of a thousand million apart. Where a text has two readings (``Jy/beam.km/s``: is the velocity
above or below the line?) neither is taken. A unit that nobody knows, or that has two readings, is kept as
text and said in a note, never guessed and never an error; so is what astropy warns of while it reads one.
"""

from __future__ import annotations

import re
import warnings

from astropy import units as u

from imviz.readers.quiet import damaged, quiet

__all__ = ["parse_unit"]

_WORDS = {
    **dict.fromkeys(("ct", "cts", "cnt", "cnts", "count", "counts"), "ct"),
    **dict.fromkeys(("adu", "adus"), "adu"),
    **dict.fromkeys(("dn", "dns"), "DN"),
    **dict.fromkeys(("e-", "electron", "electrons", "elec", "elecs"), "electron"),
    **dict.fromkeys(("ph", "phot", "photon", "photons"), "photon"),
    **dict.fromkeys(("nmgy", "nanomaggy", "nanomaggies", "nanomaggys"), "nmgy"),
    **dict.fromkeys(("mgy", "maggy", "maggies"), "mgy"),
    **dict.fromkeys(("erg", "ergs"), "erg"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("sr", "ster", "sterad", "steradian", "steradians"), "sr"),
    **dict.fromkeys(("jy", "jansky", "janskys", "janskies"), "Jy"),
    **dict.fromkeys(("ujy", "microjansky", "microjanskys"), "uJy"),
    **dict.fromkeys(("njy", "nanojansky", "nanojanskys"), "nJy"),
    **dict.fromkeys(("millijansky", "millijanskys"), "mJy"),
    **dict.fromkeys(("megajansky", "megajanskys"), "MJy"),
    **dict.fromkeys(("kjy", "kilojansky", "kilojanskys"), "kJy"),
    **dict.fromkeys(("beam", "beams"), "beam"),
    **dict.fromkeys(("pix", "px", "pixel", "pixels"), "pix"),
    **dict.fromkeys(("ang", "angs", "angstrom", "angstroms"), "Angstrom"),
    **dict.fromkeys(("arcsec", "arcsecs", "arcsecond", "arcseconds", "asec"), "arcsec"),
    **dict.fromkeys(("micron", "microns"), "micron"),
    **dict.fromkeys(("mag", "mags", "magnitude", "magnitudes"), "mag"),
    **dict.fromkeys(("k", "kelvin", "kelvins"), "K"),
    **{word: word for word in ("cm", "km", "nm", "um")},
    "hz": "Hz",
}
"""By the word in small letters: none of them is another unit in capitals that pixels could have."""

_AS_WRITTEN = {"cps": "ct / s", "CPS": "ct / s", "e": "electron", "M": "M", "k": "k"}
_PREFIXED_JANSKY = re.compile(r"[yzafpnumcdhkMGTPEZY]J[yY]$")
_DIMENSIONLESS = {"", "NONE", "UNITLESS", "DIMENSIONLESS", "N/A", "UNKNOWN"}
_WORD = re.compile(r"(?<!\w)(?<!\d\.)(e-(?=$|[\s/*.)])|[A-Za-zÅ]+)", re.IGNORECASE)
_CAPITAL_MJY = re.compile(r"MJY\s*/\s*S(R|TER|TERADIAN)$")
_ONLY_STYLE = ("deprecated", "discouraged", "multiple slashes")
"""What astropy complains of in units whose meaning is not in doubt."""


def parse_unit(text: object) -> tuple[u.UnitBase | None, str | None]:
    """The unit a BUNIT value stands for, and a note if it stands for none, or not without a doubt.

    Parameters
    ----------
    text
        The value of the keyword; anything but text is no unit.

    Returns
    -------
    unit, note
        ``(None, None)`` where the header names no unit.
    """
    if not isinstance(text, str):
        note = None if text is None else f"BUNIT = {text!r} is not a unit; pixel values have none"
        return None, note
    written = text.strip()
    if re.sub(r"\s+", "", written).upper() in _DIMENSIONLESS:
        return None, None
    unit, doubt = _meant(written)
    if unit is None:
        doubt = f"{doubt}; kept as text, pixel values have no unit"
    return unit, f"unit {written!r} {doubt}" if doubt else None


def _meant(text: str) -> tuple[u.UnitBase | None, str]:
    """The unit of a text that names one, and what is to be said of it."""
    if (readings := _two_readings(text)) is not None:
        return None, f"can be read as {readings}"
    if (letter := _lost_prefix(text)) is not None:
        return None, f"does not tell by its letters whether {letter} is meant"
    unit, warned = _read(_spelled(text))
    if unit is None:
        return None, "is not known"
    if _CAPITAL_MJY.match(text):
        return unit, "is all in capitals; read as megajansky per steradian"
    return unit, f"is read as {unit}, with a doubt: {warned}" if warned else ""


def _read(text: str) -> tuple[u.UnitBase | None, str]:
    """A unit by the FITS standard's grammar, else by astropy's own, and what astropy warned of."""
    for grammar in ("fits", "generic"):
        try:
            with quiet(), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                unit = u.Unit(text, format=grammar)
        except damaged():
            continue
        said = [str(one.message).splitlines()[0].rstrip(".") for one in caught]
        return unit, "; ".join(one for one in said if not any(word in one for word in _ONLY_STYLE))[:160]
    return None, ""


def _spelled(text: str) -> str:
    """The text with its words in astropy's spelling; what is no word of ours stays as it is."""
    capitals = text == text.upper()
    flux = re.search(r"(?i)\b(ergs?|ph(ot(on)?s?)?|cts?|counts?|W|[a-z]?Jy)\b", text) is not None

    def word(match: re.Match[str]) -> str:
        found = match[0]
        if found in _AS_WRITTEN:
            return "m" if found == "M" and capitals else _AS_WRITTEN[found]
        if found in {"Å", "AA"} or (found == "A" and flux):
            return "Angstrom"  # no pipeline measures erg per ampere
        if _PREFIXED_JANSKY.match(found):
            return found[:-1] + "y"
        return _WORDS.get(found.lower(), found)

    tidy = re.sub(r"\s*([/*])\s*", r"\1", re.sub("[µμ]", "u", text))
    return _WORD.sub(word, re.sub(r"\s*(\*\*|\^)\s*", "**", tidy))


def _two_readings(text: str) -> str | None:
    """Both readings of a text with a product behind a slash (``a/b c``), in words; else `None`.

    Whether what follows ``b`` is above or below the line, programs do not agree. Brackets settle it.
    """
    flat = re.sub(r"\s*(\*\*|\^)\s*", "^", text.strip())
    while "(" in flat:
        shorter = re.sub(r"\^?\([^()]*\)", lambda inside: "_" * len(inside[0]), flat)
        if shorter == flat:
            return None  # brackets that do not close: for the parser to refuse
        flat = shorter
    flat = re.sub(r"\s*([/*])\s*", r"\1", flat)
    pieces = flat.split("/")
    for place, part in enumerate(pieces[1:], start=1):
        factors = re.split(r"[*\s]+|(?<!\d)\.|\.(?!\d)", part, maxsplit=1)
        if len(factors) > 1 and all(factors):
            above, after = "/".join(pieces[:place]) or "1", "".join(f"/{one}" for one in pieces[place + 1 :])
            first, other = factors
            return f"({above}/{first}) {other}{after} or {above}/({first} {other}){after}"
    return None


def _lost_prefix(text: str) -> str | None:
    """Which units a jansky or kelvin in the wrong case may be; `None` where the letters tell."""
    for word in re.findall(r"[A-Za-z]+", text):
        if re.fullmatch(r"[mun]?k", word):  # astropy's k is the kayser, one per centimetre
            return f"{word[:-1]}K (kelvin) or {word} (kayser)"
        if re.fullmatch(r"[mpzy]jy", word):
            return f"{word[0]}Jy or {word[0].upper()}Jy"
        if re.fullmatch(r"[MPZY]JY", word) and not _CAPITAL_MJY.match(text):
            return f"{word[0]}Jy or {word[0].lower()}Jy"
    return None
