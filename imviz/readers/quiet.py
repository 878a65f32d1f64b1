"""Astropy's remarks about odd headers, kept off the user's screen.

What matters of them becomes a note with the image or an error; the rest ("the WCS transformation has
more axes…", "keyword is not upper case") would only be noise. Warnings filters are one for the whole
process, so a lock keeps two loading threads from restoring each other's.
"""

from __future__ import annotations

import warnings
import zlib
from contextlib import contextmanager
from threading import RLock
from tokenize import TokenError
from typing import TYPE_CHECKING

from astropy import log
from astropy.io.fits import VerifyError
from astropy.io.fits.hdu.compressed._compression import CfitsioException
from astropy.utils.exceptions import AstropyWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DAMAGED", "quiet"]

_LOCK = RLock()

DAMAGED: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TokenError,
    TypeError,
    ValueError,
    VerifyError,
    CfitsioException,
    zlib.error,
)
"""What astropy, Pillow and numpy raise on damaged content: no common ancestor but `Exception`."""


@contextmanager
def quiet() -> Iterator[None]:
    """Silence astropy's warnings and its log's "INFO" while a file is being parsed."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        before = log.level
        log.setLevel("ERROR")
        try:
            yield
        finally:
            log.setLevel(before)
