"""Astropy's remarks about odd headers: kept off the console, and heard where they are a note's worth.

While a WCS is built everything that the library says, warning or log, is collected for the image's notes
(`heard`). Elsewhere ("keyword is not upper case") it would only be noise (`quiet`). Warnings filters are
one for the whole process, so a lock keeps two loading threads from restoring each other's.
"""

from __future__ import annotations

import logging
import sys
import traceback
import warnings
import zlib
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from tokenize import TokenError
from typing import TYPE_CHECKING

from astropy import log
from astropy.io.fits import VerifyError
from astropy.io.fits.hdu.compressed._compression import CfitsioException
from astropy.utils.exceptions import AstropyWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DAMAGED", "damaged", "heard", "quiet"]

_LOCK = RLock()
_PACKAGE = Path(__file__).parents[1]

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
"""What astropy, Pillow and numpy raise on damaged content: no common ancestor but `Exception`.

Caught through `damaged`, save around other people's objects, whose C code leaves no line of theirs to see.
"""


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


@contextmanager
def heard() -> Iterator[list[str]]:
    """As `quiet`, and what was said is in the list that this gives, each remark once, as it came.

    Warnings of other kinds than a library's about its input (a deprecation, say) go their usual way.
    """
    said: list[str] = []
    ear = _Ear(said)
    with _LOCK:
        before, log.handlers[:], log.propagate = (log.handlers[:], log.propagate), [ear], False
        level = log.level
        log.setLevel("INFO")
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                yield said
        finally:
            log.handlers[:], log.propagate = before
            log.setLevel(level)
    for one in caught:
        if issubclass(one.category, (AstropyWarning, UserWarning, RuntimeWarning)):
            ear.note(str(one.message))
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


class _Ear(logging.Handler):
    """Writes a logger's records into a list."""

    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        self.note(record.getMessage())

    def note(self, text: str) -> None:
        """Add a remark, unless it has been made."""
        text = " ".join(text.split())
        if text and text not in self.said:
            self.said.append(text)


def damaged(*also: type[Exception]) -> tuple[type[Exception], ...]:
    """What damaged content raises, to be caught around what reads it: ``except damaged() as error``.

    Python asks when an error is on its way. Between what libraries raise on damaged content there are names
    that do not exist, attributes that are not there and arguments that do not fit: when one of these comes
    from a line of this package, and not from a library's, it is a mistake of ours, which no sentence about
    the file may hide. Then nothing is caught, and it goes on.
    """
    error = sys.exception()
    if isinstance(error, (AssertionError, AttributeError, NameError, TypeError)):
        *_, (frame, _line) = traceback.walk_tb(error.__traceback__)
        if _PACKAGE in Path(frame.f_code.co_filename).parents:
            return ()
    return (*DAMAGED, *also)
