"""A Zarr store looked over before anything decodes it: its metadata may name codecs that run code.

Only codecs that turn bytes into numbers are let through; one that unpickles is refused by name.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from imviz.errors import ReadError
from imviz.readers.files.places import check_place
from imviz.readers.labels import short

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["check_store", "is_store", "size_of"]

MARKS = ("zarr.json", ".zarray", ".zgroup")
CODECS = frozenset(
    {
        *("bytes", "blosc", "gzip", "zlib", "zstd", "lz4", "bz2", "lzma", "crc32c", "crc32", "adler32"),
        *("transpose", "sharding_indexed", "shuffle", "delta", "fixedscaleoffset", "astype", "bitround"),
        *("quantize", "packbits", "numcodecs.shuffle", "numcodecs.delta", "numcodecs.zlib", "numcodecs.lz4"),
        *("numcodecs.bz2", "numcodecs.lzma", "numcodecs.blosc", "numcodecs.zstd", "numcodecs.gzip"),
    }
)
MOST_FILES = 20_000
LARGEST = 2**20  # bytes of one piece of metadata


def is_store(path: Path) -> bool:
    """Whether a folder is a Zarr store."""
    return any((path / mark).is_file() for mark in MARKS)


def check_store(path: Path) -> None:
    """Read every piece of metadata in a store.

    Raises
    ------
    ReadError
        One is broken, or names a codec that is not known to be harmless.
    """
    check_place(path)
    for folder, names, files in os.walk(path):
        for name in (*names, *files):
            check_place(os.path.join(folder, name))
    for file in _metadata(path):
        name = f"{short(path.name)}/{short(os.path.relpath(file, path), 60)}"
        for codec in _codecs(_content(file, name)):
            if codec not in CODECS:
                raise ReadError(
                    f"{name} is packed by the codec {codec[:40]!r}, which is not known to be harmless; "
                    "write the array again with zstd or blosc."
                )


def _content(file: str, name: str) -> Any:
    """What a piece of metadata says."""
    if os.path.getsize(file) > LARGEST:
        raise ReadError(f"{name} is larger than 1 MB; the store's metadata is damaged.")
    try:
        with open(file, encoding="utf-8") as text:
            return json.load(text)
    except (ValueError, OSError, RecursionError):
        raise ReadError(f"{name} is not readable metadata; copy the store again.") from None


def size_of(path: Path) -> int:
    """Bytes of a store on disk, as far as it is looked at."""
    return sum(os.path.getsize(file) for file in _files(path))


def _metadata(path: Path) -> Iterator[str]:
    return (file for file in _files(path) if os.path.basename(file) in MARKS)


def _files(path: Path) -> Iterator[str]:
    """The files in a store, links to elsewhere passed over, up to a great number."""
    seen = 0
    for folder, _, names in os.walk(path):
        for name in names:
            file = os.path.join(folder, name)
            if os.path.isfile(file) and not os.path.islink(file):
                seen += 1
                yield file
            if seen > MOST_FILES:
                return


def _codecs(content: Any) -> Iterator[str]:
    """The names of all codecs in a piece of metadata, nested ones too."""
    if not isinstance(content, dict):
        return
    for key in ("compressor", "filters", "codecs", "index_codecs"):
        several = content.get(key)
        for one in several if isinstance(several, list) else [several]:
            if isinstance(one, dict):
                yield str(one.get("id", one.get("name", "")))
                yield from _codecs(one.get("configuration"))
            elif isinstance(one, str):
                yield one
    consolidated = content.get("consolidated_metadata")
    metadata = consolidated.get("metadata") if isinstance(consolidated, dict) else None
    for inner in metadata.values() if isinstance(metadata, dict) else ():
        yield from _codecs(inner)
