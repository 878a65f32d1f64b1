"""The celestial WCS of an image, with what is doubtful about it, or why it has none.

The cards that make it are picked, checked and put in the standard's words (`cards`, `frames`);
astropy builds it from these alone. What was mended, and whatever astropy and wcslib say meanwhile, become the
image's notes. An image whose WCS is broken or not celestial opens all the same, without it, and says so.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.wcs import WCS

from imviz.readers.headers.cards import card_values
from imviz.readers.quiet import damaged, heard, quiet
from imviz.readers.wcs.cards import CardsError, matrix, picked, types, written
from imviz.readers.wcs.frames import framed
from imviz.readers.wcs.iraf_distortions import left_out
from imviz.science.sky.geometry import has_celestial
from imviz.science.sky.spheres import Sphere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from astropy.io import fits

__all__ = ["WITHOUT", "celestial_wcs", "leading_back", "noted", "usable_wcs"]

_LOOKUP = re.compile(r"(CPDIS\d+|CQDIS\d+|D2IMDIS\d+|D2IMERR\d+|D2IMARR|AXISCORR)$")
WITHOUT = "loaded without WCS"
"""How a note ends that says why a WCS that is there is not used."""

_POINTING = (("OBJCTRA", "OBJCTDEC"), ("RA", "DEC"))
_LONGEST = 220
_AT_MOST = 4  # remarks of a library


def celestial_wcs(
    header: fits.Header,
    shape: tuple[int, ...],
    kept: tuple[int, int],
    hdulist: Callable[[], AbstractContextManager[fits.HDUList]] | None = None,
) -> tuple[Any | None, list[str]]:
    """The WCS of an image's two axes.

    Parameters
    ----------
    header
        Of the image's extension.
    shape
        As stored, numpy's order.
    kept
        Which of those axes the image is made of.
    hdulist
        Opens the file's other extensions, for distortion look-up tables.

    Returns
    -------
    wcs, notes
        APE 14 WCS with the image's shape: of the sky, or of the two angles of another sphere
        (`imviz.science.sky.spheres.Sphere`); or `None`. The notes say what is doubtful, or why there is none;
        there are none where the header says nothing of a WCS.
    """
    found = list(card_values(header))
    values = dict(reversed(found))  # of a repeated keyword the first, as astropy does
    first, second = (len(shape) - axis for axis in kept[::-1])
    size = (shape[kept[0]], shape[kept[1]])
    letters = [letter for letter in ("", *ascii_uppercase) if any(types(values, (first, second), letter))]
    if not letters and "AMDX1" not in values:  # of a digitized plate, its own solution: no CTYPE
        return None, _untold(values, (first, second))
    refused = ""
    for letter in letters or [""]:
        notes: list[str] = []
        try:
            with noted(notes):
                wcs = _built(found, (first, second), letter, size, hdulist, notes)
        except CardsError as error:
            refused = refused or str(error)
            continue
        if letter:
            why = f": {refused}" if refused else ""
            notes.insert(0, f"positions are by the header's second WCS, {letter}{why}"[:_LONGEST])
        return wcs, notes
    return None, [f"{refused[: _LONGEST - 20]}; {WITHOUT}"]


def usable_wcs(wcs: Any, shape: tuple[int, ...]) -> tuple[Any, str | None]:
    """A WCS that came with an object, with a sentence if it is doubtful; or `None`, and why.

    Parameters
    ----------
    wcs
        Any APE 14 WCS, or `None`. Only astropy's own, when celestial, is looked into: one of a sphere that is
        not the sky becomes a `Sphere`. A GWCS that does not lead back is given a numerical inverse.
    shape
        Of the image, (ny, nx).
    """
    if not isinstance(wcs, WCS):
        return leading_back(wcs, shape), None
    fault = doubt = None
    try:
        with quiet():
            if wcs.has_celestial:
                fault = _unusable(wcs, [], (shape[0], shape[1]))
                wcs, doubt = (wcs, None) if fault or has_celestial(wcs) else _of_another_frame(wcs)
            else:
                wcs.low_level_wcs.world_axis_object_classes  # noqa: B018 - raises for a matrix of zeros
    except damaged() as error:
        fault = f"WCS cannot be used ({_first_words(error)})"
    return (wcs, doubt) if fault is None else (None, f"{fault}; {WITHOUT}")


def _of_another_frame(wcs: WCS) -> tuple[Any, str]:
    """A celestial WCS object that astropy knows no frame for: by the frame that is meant, or its angles."""
    notes: list[str] = []
    names = _names(wcs)
    cards: dict[str, Any] = dict(zip(("CTYPE1", "CTYPE2"), map(str, wcs.wcs.ctype), strict=True))
    cards |= {"RADESYS": wcs.wcs.radesys} if wcs.wcs.radesys else {}
    cards |= {} if np.isnan(wcs.wcs.equinox) else {"EQUINOX": float(wcs.wcs.equinox)}
    cards, sphere = framed(cards | dict.fromkeys(("CRPIX1", "CRPIX2", "CRVAL1", "CRVAL2"), 0.0), notes)
    if sphere is not None:
        return Sphere(wcs, names if "(" not in sphere[0] else sphere), "; ".join(notes)
    known = wcs.deepcopy()
    known.wcs.radesys = cards.get("RADESYS", "")
    known.wcs.set()
    return (known, "; ".join(notes)) if has_celestial(known) else (Sphere(wcs, names), "; ".join(notes))


def leading_back(wcs: Any, shape: tuple[int, ...]) -> Any:
    """A GWCS with a way from the sky to pixels, a numerical one if it has none; others as they are."""
    if not type(wcs).__module__.startswith("gwcs."):
        return wcs
    from imviz.science.sky.numerical_inverse import with_inverse

    with quiet():
        return with_inverse(wcs, shape) if has_celestial(wcs) else wcs


@contextmanager
def noted(notes: list[str]) -> Iterator[None]:
    """What libraries say meanwhile is added to an image's notes, in short."""
    said: list[str] = []
    try:
        with heard() as said:
            yield
    finally:
        notes += [f"WCS: {_said(one)}" for one in said[:_AT_MOST]]
        if len(said) > _AT_MOST:
            notes.append(f"WCS: {len(said) - _AT_MOST} more remarks of astropy's")


def _built(
    found: list[tuple[str, Any]],
    axes: tuple[int, int],
    letter: str,
    shape: tuple[int, int],
    hdulist: Callable[[], AbstractContextManager[fits.HDUList]] | None,
    notes: list[str],
) -> Any:
    """One of a header's descriptions as a WCS; `CardsError` says why it cannot be."""
    cards = picked(found, axes, letter, notes)
    given = [str(cards.get(f"CTYPE{n}", "")) for n in (1, 2)]
    cards, sphere = framed(cards, notes)
    if any(kind.upper().endswith(("TNX", "ZPX")) for kind in given):
        notes += filter(None, [left_out(found, axes)])
    header = written(matrix(cards, notes), shape)
    try:
        if hdulist is not None and any(_needs_tables(*card) for card in cards.items()):
            with hdulist() as hdus:
                wcs = WCS(header, hdus)
        else:
            wcs = WCS(header)
        fault = _unusable(wcs, given, shape)
        if fault is None:
            _say_bending(wcs, shape, notes)
    except damaged() as error:
        raise CardsError(f"WCS cannot be used ({_first_words(error)})") from None
    if fault is not None:
        raise CardsError(fault)
    wcs.array_shape = shape
    return wcs if sphere is None else Sphere(wcs, sphere)


def _untold(values: dict[str, Any], axes: tuple[int, int]) -> list[str]:
    """What to say of a header without types of axes."""
    keys = [key for axis in axes for key in (f"CRVAL{axis}", f"CD{axis}_{axis}") if key in values]
    if len(keys) > 1 and any(values[key] not in (0, 1) for key in keys):
        return [f"the header has {', '.join(keys)} but no CTYPE that says what they mean; {WITHOUT}"]
    for pair in _POINTING:
        if all(values.get(key) not in (None, "", 0) for key in pair):
            return [
                f"no WCS: {' and '.join(pair)} say where the telescope pointed, not where each pixel lies"
            ]
    return []


def _needs_tables(key: str, value: object) -> bool:
    """Whether a card says that other extensions take part in the transformation."""
    return bool(_LOOKUP.match(key) or (key.startswith("CTYPE") and str(value).endswith("-TAB")))


def _say_bending(wcs: WCS, shape: tuple[int, int], notes: list[str]) -> None:
    """How far the SIP coefficients that are in doubt move the image's corners."""
    for n, note in enumerate(notes):
        if note.startswith("SIP coefficients are applied") and wcs.sip is not None:
            x, y = (
                np.array([0.0, shape[1] - 1, 0, shape[1] - 1]),
                np.array([0.0, 0, shape[0] - 1, shape[0] - 1]),
            )
            bent = wcs.pix2foc(x, y, 0)
            moved = float(np.hypot(bent[0] - x, bent[1] - y).max())
            notes[n] = f"{note} (they move the corners by up to {moved:.3g} pixels)"


def _unusable(wcs: WCS, given: list[str], shape: tuple[int, int]) -> str | None:
    """Why a WCS that astropy has accepted still gives no positions."""
    if not wcs.has_celestial:
        return f"WCS axes {', '.join(t or 'none' for t in given)} are not celestial"
    ny, nx = shape
    x, y = np.array([(nx - 1) / 2, 0, nx - 1, 0, nx - 1]), np.array([(ny - 1) / 2, 0, 0, ny - 1, ny - 1])
    longitude, latitude = wcs.all_pix2world(x, y, 0)
    if not (np.isfinite(longitude) & np.isfinite(latitude)).any():
        return "WCS gives no sky position at the image's centre and corners"
    scale: Any = np.linalg.det(wcs.pixel_scale_matrix)
    if not 1e-30 < abs(scale) < 360**2:  # square degrees; a NaN in the matrix is 1e108 to wcslib
        return "WCS gives pixels of no possible size"
    return None


def _names(wcs: WCS) -> tuple[str, str]:
    first, second = (str(name)[:4].rstrip("-") for name in wcs.wcs.ctype)
    return first, second


def _said(text: str) -> str:
    """A library's remark, cut to one line; of wcslib's repairs, what they changed."""
    if text == "'celfix' made the change 'Success'.":
        return "an old name of its projection is read as the standard's"
    text = re.sub(r"^'(\w+)' made the change '(.*)'\.?$", r"\1: \2", text).rstrip(".")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _first_words(error: Exception) -> str:
    """The first line of an astropy message; wcslib's begin with the name of a C function."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    useful = [line for line in lines if not re.match(r"ERROR \d+ in|WCSLIB", line)]
    return (useful or lines or [error.__class__.__name__])[0][:90].rstrip(".")
