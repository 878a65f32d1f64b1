"""The dialog that saves the session: where to, whose pixels go with it, and whether a file there is replaced.

Writing is the host's business; what it refuses is shown here, and the dialog stays open.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from traitlets import Bool, Unicode

from imviz.errors import FileThereError, InputError
from imviz.readers.files.places import check_place, confined
from imviz.science.user_paths import user_path
from imviz.shell.part import Part

__all__ = ["SaveDialog"]

CHOICES = {"arrays": "arrays", "all": "all", "none": None}
FIRST = "session.imviz"


class SaveDialog(Part):
    """The dialog; made when it is first asked for.

    Parameters
    ----------
    files
        Has ``path``, the session's file if it has one, and ``save(path, pixels, overwrite=)``.
    root : Path, optional
        The only folder that may be written to. Default: anywhere.
    """

    shown = Bool().tag(sync=True)
    path = Unicode().tag(sync=True)
    pixels = Unicode("arrays").tag(sync=True)
    problem = Unicode().tag(sync=True)
    there = Bool().tag(sync=True)

    def __init__(self, files: Any, root: Path | None = None) -> None:
        super().__init__(Path(__file__).with_suffix(".vue"), self._say)
        self._files, self._root = files, root

    def save(self) -> None:
        """Save to the session's file; where it has none, open the dialog, with a path to begin with."""
        if self._files.path is not None:
            self._files.save()
            return
        with self.hold_sync():
            self.path = self.path or str((self._root or Path.cwd()).absolute() / FIRST)
            self.problem, self.there, self.shown = "", False, True

    def vue_save(self, path: str) -> None:
        """Save to a file, if there is none yet."""
        self._write(path, overwrite=False)

    def vue_replace(self, path: str) -> None:
        """Save to a file, whether there is one or not."""
        self._write(path, overwrite=True)

    def _write(self, path: str, *, overwrite: bool) -> None:
        self.problem, self.there = "", False
        target = Path(str(path).strip())
        if not target.name or "\0" in str(path):
            raise InputError("Name the file to save the session to, as 'night3.imviz'.")
        target = target if target.is_absolute() or str(target).startswith("~") else self._folder / target
        with confined(self._root):
            check_place(user_path(target))
        try:
            self._files.save(target, CHOICES.get(self.pixels, "arrays"), overwrite=overwrite)
        except FileThereError:
            self.there = True
            raise
        self.path, self.shown = str(target), False

    @property
    def _folder(self) -> Path:
        return (self._root or Path.cwd()).absolute()

    def _say(self, text: str, _: str) -> None:
        self.problem = text
