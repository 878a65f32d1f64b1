"""The labels images go by before anyone names them: ``stem[SCI,1]`` for FITS, bare for arrays.

And how names are shortened for a message.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from pathlib import Path

__all__ = ["ARRAY", "NDDATA", "UNKNOWN_HDU", "extension_labels", "free_label", "short", "stem"]

ARRAY = "Array"
NDDATA = "NDData"
UNKNOWN_HDU = "Unknown HDU object"
_NO_LETTERS = re.compile("[\ud800-\udfff]")


def stem(path: Path) -> str:
    """A file's name without its last suffix (``x.fits.gz`` → ``x.fits``), as text that can be written.

    Bytes of a name that are no letters, as names of other times and systems have, are each told as �.
    """
    return _NO_LETTERS.sub("\ufffd", path.stem or path.name)


def short(text: str, limit: int = 80) -> str:
    """A name cut in the middle, so that a message stays one line."""
    half = limit // 2 - 1
    return text if len(text) <= limit else f"{text[:half]}…{text[-half:]}"


def free_label(label: str, taken: Container[str]) -> str:
    """``label``, or where it is taken the first of ``label (2)``, ``label (3)`` … that is free."""
    names = (label if n == 1 else f"{label} ({n})" for n in count(1))
    return next(name for name in names if name not in taken)


def extension_labels(
    base: str, extensions: Iterable[tuple[int, str, int]], *, in_tree: bool = False
) -> list[str]:
    """``base[NAME,VERSION]`` for each (index, name, version).

    With `in_tree` (JWST's FITS files, which hold an ASDF tree) the arrays go by their names in the tree:
    ``base[DATA]``, ``base[ERR]``, ``base[DQ]``. An extension without a name, or with one that an earlier
    extension has taken, goes by its index.
    """
    labels: list[str] = []
    for index, name, version in extensions:
        tree_name = "DATA" if name == "SCI" else name
        label = f"{base}[{tree_name}]" if in_tree else f"{base}[{name},{version}]"
        labels.append(label if name and label not in labels else f"{base}[{index}]")
    return labels
