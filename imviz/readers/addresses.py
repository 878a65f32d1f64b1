"""What a user writes to name a file, extensions and a plane: ``"a.fits[SCI,2]"``, ``"cube.fits[SCI,1][3]"``.

A name that exists on disk is taken literally, brackets, commas and all; only otherwise is an ending
in brackets read as extensions, and only then a comma as "several files".
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from glob import glob
from pathlib import Path
from typing import Literal, TypeAlias, TypeGuard

from imviz.errors import InputError, MissingFileError

__all__ = [
    "Address",
    "Extension",
    "Plane",
    "Selection",
    "parse_ext",
    "parse_path",
    "parse_plane",
    "split_brackets",
]

Extension: TypeAlias = int | tuple[str, int | None]
"""An index in the file, or a name with its version (`None`: the first of that name)."""
Selection: TypeAlias = tuple[Extension, ...] | Literal["*"] | None
"""Extensions in order; ``"*"``: every image; `None`: the one a user would expect."""

Plane: TypeAlias = tuple[int, ...] | None
"""An index for each axis in front of an image's last two; `None`: the image has no such axes."""

_BRACKET = re.compile(r"^(?P<path>.+)\[(?P<ext>[^\[\]]+)\]$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """A file and what is asked of it; `selection` and `plane` are `None` when the name had no brackets."""

    path: Path
    selection: Selection
    plane: Plane = None


def parse_path(source: str | os.PathLike[str]) -> list[Address]:
    """Read a file name as a user or a shell writes it.

    Returns
    -------
    list of Address
        More than one only for names joined by commas, all of which exist, or with ``*`` or ``?``.
    """
    text = os.fspath(source)
    if not text.strip():
        raise InputError("The file name is empty; name a FITS, PNG, JPEG, TIFF or .npy file.")
    whole = _address(text)
    if re.search(r"[*?]", str(whole.path)) and not _exists(whole.path):
        return _matches(whole)
    pieces = [piece.strip() for piece in re.split(r",(?![^\[]*\])", text)]
    if not _exists(whole.path) and len(pieces) > 1 and all(pieces):
        several = [_address(piece) for piece in pieces]
        if all(_exists(address.path) for address in several):
            return several
    return [whole]


def split_brackets(text: str) -> tuple[str, Selection, Plane]:
    """An address on the network without the extension and the plane that may stand in brackets behind it."""
    match = _BRACKET.match(text)
    if match is None:
        return text, None, None
    before, inner = match["path"], match["ext"].strip()
    extension = _BRACKET.match(before)
    if extension is None or not re.fullmatch(r"\d+(\s*,\s*\d+)*", inner):
        return before, parse_ext(inner), None
    plane = parse_plane(tuple(int(number) for number in inner.split(",")))
    return extension["path"], parse_ext(extension["ext"].strip()), plane


def _matches(pattern: Address) -> list[Address]:
    """The files that a name with ``*`` or ``?`` stands for, sorted."""
    found = sorted(glob(str(pattern.path))) if "\0" not in str(pattern.path) else []
    files = [Path(name) for name in found if not os.path.isdir(name)]
    if not files:
        raise MissingFileError(f"No file matches {str(pattern.path)[-120:]!r}; check the name and folder.")
    return [replace(pattern, path=file) for file in files]


def parse_ext(ext: object) -> Selection:
    """Read an ``ext=`` argument.

    Parameters
    ----------
    ext
        `None`, an index, a name, ``(name, version)``, a text such as ``"SCI,2"`` or ``"*"``, a list
        of these, or a tuple of names: ``("SCI", "DQ")`` is two, ``("SCI", 2)`` one.

    Raises
    ------
    InputError
        For anything else.
    """
    if ext is None:
        return None
    if isinstance(ext, str) and ext == "*":
        return "*"
    if isinstance(ext, list) or _are_names(ext):
        if not ext:
            raise InputError("ext=[] selects nothing; give an extension such as 1, 'SCI' or ('SCI', 2).")
        return tuple(_one(item) for item in ext)
    return (_one(ext),)


def parse_plane(plane: object) -> Plane:
    """Read a ``plane=`` argument: an index from 0, or one for each axis in front of the image's two.

    Raises
    ------
    InputError
        For anything else.
    """
    if plane is None:
        return None
    items = plane if isinstance(plane, tuple) else (plane,)
    if items and all(_is_index(item) for item in items):
        return tuple(int(item) for item in items)
    raise InputError(f"plane={str(plane)[:60]!r} is not an index; give a whole number such as 0, or (0, 3).")


def _address(text: str) -> Address:
    """A name with, perhaps, extensions in brackets at its end."""
    path = _place(text)
    match = _BRACKET.match(text)
    if match is None or _exists(path):
        return Address(path, None)
    before, inner = _place(match["path"]), match["ext"].strip()
    extension = _BRACKET.match(match["path"])
    if extension is None or _exists(before) or not re.fullmatch(r"\d+(\s*,\s*\d+)*", inner):
        return Address(before, parse_ext(inner))
    plane = parse_plane(tuple(int(number) for number in inner.split(",")))
    return Address(_place(extension["path"]), parse_ext(extension["ext"].strip()), plane)


def _place(text: str) -> Path:
    """A path as a shell reads it; ``~name`` that is nobody's home is a file of that name."""
    path = Path(text)
    try:
        return path if _exists(path) else path.expanduser()
    except RuntimeError:
        return path


def _exists(path: Path) -> bool:
    """Whether something is there, for any text a user can write."""
    return os.path.lexists(path) if "\0" not in str(path) else False


def _one(item: object) -> Extension:
    """One extension in any of its spellings."""
    if isinstance(item, str):
        name, comma, version = (piece.strip() for piece in item.partition(","))
        if not comma:
            return int(name) if re.fullmatch(r"\d+", name) else (name.upper(), None)
        if re.fullmatch(r"\d+", version):
            return name.upper(), int(version)
    elif isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str):
        if _is_index(item[1]):
            return item[0].upper(), int(item[1])
    elif _is_index(item):
        return int(item)  # type: ignore[call-overload]
    raise InputError(
        f"ext={str(item)[:60]!r} names no extension; give an index as 1, a name as 'SCI', ('SCI', 2) or '*'."
    )


def _are_names(ext: object) -> TypeGuard[tuple[str, ...]]:
    """Whether it is a tuple of names, and not a name with its version."""
    return isinstance(ext, tuple) and len(ext) > 0 and all(isinstance(item, str) for item in ext)


def _is_index(value: object) -> bool:
    """Whether a value counts extensions: a whole number, not negative."""
    return hasattr(value, "__index__") and not isinstance(value, bool) and int(value) >= 0
