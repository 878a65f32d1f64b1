"""The dialog that asks for a file on the machine the kernel runs on: a path to type, a list to click.

It lists and hands over the chosen path; what can be loaded, and loading it, is the caller's business.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Bool, Dict, List, Unicode

from imviz.errors import InputError, MissingFileError
from imviz.shell.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["OpenDialog", "listing"]

SUFFIXES = (
    ".fits",
    ".fit",
    ".fts",
    ".fits.gz",
    ".fit.gz",
    ".fits.fz",
    ".fits.bz2",
    ".asdf",
    ".png",
    ".jpg",
    ".jpeg",
)
MAX_ENTRIES = 1000
"""Most entries shown of one folder; a path beyond them can still be typed."""


class OpenDialog(Part):
    """The dialog; made when it is first asked for.

    Parameters
    ----------
    on_open : callable
        Given the chosen path. What it raises is shown in the dialog, which then stays open.
    folder : Path, optional
        Where to begin. Default: the kernel's working directory.
    """

    shown = Bool().tag(sync=True)
    folder = Unicode().tag(sync=True)
    path = Unicode().tag(sync=True)
    entries = List(Dict()).tag(sync=True)
    problem = Unicode().tag(sync=True)
    busy = Bool().tag(sync=True)

    def __init__(self, on_open: Callable[[str], Any], folder: Path | None = None) -> None:
        super().__init__(Path(__file__).with_suffix(".vue"), self._say)
        self._on_open = on_open
        self._folder = (folder or Path.cwd()).absolute()

    def show(self) -> None:
        """Open the dialog, with the folder as it is now."""
        self.problem, self.shown = "", True
        self._guarded(lambda: self._go(self._folder))

    def vue_choose(self, name: str) -> None:
        """Enter a folder (".." for the one above) or open a file of this folder."""
        self.vue_open(str(self._folder.parent if name == ".." else self._folder / name))

    def vue_open(self, text: str) -> None:
        """Open what was typed: a folder is entered, anything else is loaded."""
        self.problem = ""
        if not text.strip():
            raise InputError("Type a path, or choose a file from the list.")
        path = Path(text.strip()).expanduser()
        if path.is_dir():
            self._go(path)
            return
        self.path, self.busy = str(path), True
        try:
            self._on_open(str(path))
        finally:
            self.busy = False
        self.shown = False

    def _go(self, folder: Path) -> None:
        entries = listing(folder)
        self._folder = folder.resolve()
        with self.hold_sync():
            self.folder, self.path, self.entries = str(self._folder), "", entries

    def _say(self, text: str, _: str) -> None:
        self.problem = text


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
    folders = sorted((path for path in found if path.is_dir()), key=_by_name)
    files = sorted((path for path in found if _is_image(path)), key=_by_name)
    entries = [{"name": path.name, "folder": True, "size": ""} for path in folders]
    entries += [{"name": path.name, "folder": False, "size": _size(path)} for path in files]
    return entries[:MAX_ENTRIES]


def _by_name(path: Path) -> str:
    return path.name.casefold()


def _is_image(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES) and not path.is_dir()


def _size(path: Path) -> str:
    try:
        size = float(path.stat().st_size)
    except OSError:  # a broken link, or gone since it was listed
        return ""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
