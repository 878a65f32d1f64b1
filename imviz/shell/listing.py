"""What a folder offers to open: sub-folders and files that may hold an image. Nothing is opened here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.errors import InputError, MissingFileError
from imviz.readers.chunked.zarr_store import is_store

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["listing", "size_text"]

PACKED = ("", ".gz", ".bz2", ".xz", ".fz")
SUFFIXES = (
    *(kind + packed for kind in (".fits", ".fit", ".fts") for packed in PACKED),
    *(".asdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".npy", ".h5", ".hdf5", ".hdf", ".imviz"),
)
MAX_ENTRIES = 1000
"""Most entries shown of one folder; a path beyond them can still be typed."""


def listing(folder: Path) -> list[dict[str, Any]]:
    """What a user can choose in `folder`: sub-folders first, then image files, each by name.

    Returns
    -------
    list of dict
        ``name``, ``folder`` (bool) and ``size`` (text, empty for folders). Hidden entries are left out.

    Raises
    ------
    InputError
        If the folder cannot be read.
    """
    try:
        found = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except FileNotFoundError:
        raise MissingFileError(
            f"There is no folder {str(folder)!r}; type the path of one that exists."
        ) from None
    except OSError as error:
        raise InputError(f"Cannot list {str(folder)!r} ({error.strerror}); choose another folder.") from None
    folders = sorted((path for path in found if path.is_dir() and not is_store(path)), key=_by_name)
    files = sorted((path for path in found if _is_image(path)), key=_by_name)
    entries = [{"name": path.name, "folder": True, "size": ""} for path in folders]
    entries += [{"name": path.name, "folder": False, "size": _size(path)} for path in files]
    return entries[:MAX_ENTRIES]


def size_text(size: float) -> str:
    """Bytes in words, such as ``2 kB``."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _by_name(path: Path) -> str:
    return path.name.casefold()


def _is_image(path: Path) -> bool:
    return is_store(path) if path.is_dir() else path.name.lower().endswith(SUFFIXES)


def _size(path: Path) -> str:
    try:
        return "" if path.is_dir() else size_text(path.stat().st_size)
    except OSError:  # a broken link, or gone since it was listed
        return ""
