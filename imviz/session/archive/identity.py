"""What a file is known by when it is met again: size, time, and sums over its header and some blocks.

A few kilobytes are read, however large the file is. Two files of the same sums are taken for the same,
whatever their names and times; a file that is no plain one (a store of many files) is known by its name
alone.
"""

from __future__ import annotations

import hashlib
import os
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from imviz.readers.files.places import check_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["found_below", "identity", "same_content"]

HEADER = 2**16
BLOCK, BLOCKS = 4096, 16
MOST_LOOKED_AT = 20_000
"""Files and folders below a folder that are looked at when one is searched for."""


def identity(path: Path) -> dict[str, Any] | None:
    """A file's size, time and sums; None where it is no plain file that can be read."""
    check_place(path)
    try:
        return _known(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)))
    except (OSError, ValueError, OverflowError):
        return None


def _known(descriptor: int) -> dict[str, Any] | None:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):  # a folder's is no file that could be opened and closed
        os.close(descriptor)
        return None
    with open(descriptor, "rb") as file:
        header, samples = hashlib.sha256(file.read(HEADER)), hashlib.sha256()
        for n in range(BLOCKS):
            file.seek(n * max(status.st_size - BLOCK, 0) // (BLOCKS - 1))
            samples.update(file.read(BLOCK))
    time = datetime.fromtimestamp(status.st_mtime_ns // 1000 / 1e6, UTC).isoformat(timespec="microseconds")
    sums = {"header": header.hexdigest()[:32], "samples": samples.hexdigest()[:32]}
    return {"size": status.st_size, "time": time} | sums


def same_content(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two files are the same as far as is known of both."""
    if not one or not other:
        return True
    return all(one.get(name) == other.get(name) for name in ("size", "header", "samples"))


def found_below(folder: Path, name: str, known: Mapping[str, Any] | None) -> Path | None:
    """The file of a name, else one of the same content, in a folder or below it; None if there is none."""
    size, alike = (known or {}).get("size"), []
    for path in _files(folder):
        if path.name == name and same_content(known, identity(path)):
            return path
        try:
            if size is not None and path.stat().st_size == size:
                alike.append(path)
        except OSError:
            continue
    return next(
        (path for path in alike if known and same_content(known, identity(path) or {"size": -1})), None
    )


def _files(folder: Path) -> Iterator[Path]:
    """Files below a folder, the nearest first; links to folders are not followed."""
    waiting, seen = [folder], 0
    while waiting:
        try:
            inside = sorted(waiting.pop(0).iterdir())
        except OSError:
            continue
        for path in inside:
            seen += 1
            if seen > MOST_LOOKED_AT:
                return
            if path.is_dir() and not path.is_symlink():
                waiting.append(path)
            else:
                yield path
