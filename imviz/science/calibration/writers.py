"""Who wrote a file, and so what its keywords mean: programs that capture or stack images for amateurs.

They write the camera's dial into ``GAIN`` (0 to some hundreds, no unit) and, where the driver knows it, the
electrons per ADU into ``EGAIN`` (N.I.N.A., "FITS"; SBFITSEXT 1.0, SBIG and MaxIm DL). Observatories write
electrons per ADU into ``GAIN``. A header of neither kind is an observatory's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imviz.science.calibration.cards import Cards

__all__ = ["capture_program", "rescaling_program"]

_CARDS = ("SWCREATE", "CREATOR", "PROGRAM", "SOFTWARE", "SOFTNAME", "SWMODIFY", "ORIGIN")
_CAPTURING = (
    *("N.I.N.A", "NINA", "AstroDMx", "StellarMate", "CCDAutoPilot", "oaCapture", "SharpCap", "MaxIm"),
    *("ASIAIR", "ASIStudio", "ASICap", "ASIImg", "Ekos", "KStars", "INDI", "CCDciel", "FireCapture"),
    *("Astro Photography Tool", "APT", "Sequence Generator", "SGPro", "SGP", "Voyager", "TheSky"),
    *("CCDSoft", "CCDOPS", "CCDCommander", "PRISM", "Nebulosity", "Artemis", "ToupSky", "AstroArt"),
    *("AltairCapture", "EZCAP", "Stellina", "Seestar", "DWARF", "PHD2", "BackyardEOS", "BackyardNIKON"),
    *("ACP", "ZWO"),
)
_RESCALING = ("PixInsight", "Siril", "ASTAP", "DeepSkyStacker", "AstroPixelProcessor", "Astro Pixel")
_ALSO_WORDS = {"INDI", "PRISM", "Voyager", "Artemis", "DWARF", "ACP", "APT", "Nebulosity", "ZWO"}
"""Programs whose names a sentence in HISTORY may have otherwise: "objective prism", "dwarf galaxy"."""
_SHORT = 5  # letters of a name that may begin another word, as INDI does Indiana


def _patterns(names: tuple[str, ...]) -> dict[str, re.Pattern[str]]:
    """How each name is found among words in capitals; a long one may go on, as TheSkyX does."""
    return {
        name: re.compile(
            rf"(?<![A-Z0-9]){re.escape(name.upper())}" + (r"(?![A-Z])" if len(name) <= _SHORT else "")
        )
        for name in names
    }


_WRITES_A_DIAL = _patterns((*_CAPTURING, *_RESCALING))
_IN_HISTORY = {name: found for name, found in _WRITES_A_DIAL.items() if name not in _ALSO_WORDS}
_RESCALES = _patterns(_RESCALING)
_CALLED = {"N.I.N.A": "N.I.N.A.", "NINA": "N.I.N.A.", "SGPro": "SGP"}
_CAMERAS = ("ZWO", "ASI1", "ASI2", "ASI5", "ASI6", "QHY", "TOUPTEK", "ALTAIR", "PLAYERONE", "PLAYER ONE")
_OF_CAPTURE = ("BAYERPAT", "SET-TEMP", "XPIXSZ", "USBLIMIT", "CVF", "ISOSPEED", "READOUTM")
"""Keywords of the amateurs' conventions that no observatory writes beside a GAIN."""


def capture_program(header: Cards) -> str:
    """What wrote a file by the amateurs' conventions: a program's name, a camera's, or ''."""
    for name in (*_CARDS, "HISTORY"):
        told = header.word(name)
        known = _IN_HISTORY if name == "HISTORY" else _WRITES_A_DIAL
        program = next((program for program, found in known.items() if told and found.search(told)), "")
        if program:
            return _CALLED.get(program, program)
    camera = header.word("INSTRUME")
    if camera.startswith(_CAMERAS):
        return f"the program of {camera}"
    found = [name for name in _OF_CAPTURE if header.find(name) is not None]
    return f"a capture program ({', '.join(found[:2])})" if len(found) > 1 else ""


def rescaling_program(header: Cards) -> str:
    """The program that has put the pixels in a range of its own (0 to 1), or ''."""
    bits = header.find("BITPIX")
    if not isinstance(bits, int) or bits > 0:
        return ""
    for name in (*_CARDS, "HISTORY"):
        told = header.word(name)
        called = next((program for program, found in _RESCALES.items() if told and found.search(told)), "")
        if called:
            return called
    return ""
