"""What was opened before, across sessions: a short list in the user's own Jupyter configuration.

Only the user can read the file. An address with a query, or with a name and password, is never written: these
may be secrets, and without them it would not open; it is offered for the session only. A file that is damaged
or cannot be written costs the list, never the opening. Whether an entry may be opened is the dialog's to say.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_dir

from imviz.errors import ImvizError
from imviz.readers.remote.download import may_hold_secret
from imviz.science.safe_files import writing

__all__ = ["MOST", "Recent"]

MOST = 8
"""Sources that are offered again."""
LONGEST = 4096


class Recent:
    """The sources opened last, the latest first.

    Parameters
    ----------
    path : Path, optional
        The file. Default: ``imviz/recent.json`` in Jupyter's configuration folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or Path(jupyter_config_dir()) / "imviz" / "recent.json"
        self._own: list[str] = []  # of this session

    @property
    def entries(self) -> list[str]:
        """Sources of this session, then of those before."""
        return list(dict.fromkeys([*self._own, *self._read()[1]]))[:MOST]

    @property
    def kept(self) -> bool:
        """Whether the list is kept across sessions; setting it to False empties the file."""
        return self._read()[0]

    @kept.setter
    def kept(self, keep: bool) -> None:
        self._write(keep, self._read()[1] if keep else [])

    def add(self, source: str) -> None:
        """Put a source first."""
        self._own = [source, *(one for one in self._own if one != source)][:MOST]
        keep, stored = self._read()  # again: another session may have written meanwhile
        if keep and not may_hold_secret(source) and len(source) <= LONGEST:
            self._write(keep, [source, *(one for one in stored if one != source)][:MOST])

    def clear(self) -> None:
        """Forget all of them."""
        self._own = []
        self._write(self._read()[0], [])

    def _read(self) -> tuple[bool, list[str]]:
        """Whether sources are kept, and those that are; a file that makes no sense holds none."""
        content: Any = None
        with suppress(OSError, ValueError, RecursionError):
            content = json.loads(self._path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            return True, []
        stored = content.get("recent")
        texts = stored if isinstance(stored, list) else []
        sound = [one for one in texts if isinstance(one, str) and one.isprintable() and len(one) <= LONGEST]
        return content.get("keep") is not False, [one for one in sound if not may_hold_secret(one)][:MOST]

    def _write(self, keep: bool, stored: list[str]) -> None:
        """Replace the file at once, readable by its owner only; where nothing can be written, do without."""
        text = json.dumps({"keep": keep, "recent": stored}, indent=1)
        with suppress(OSError, ImvizError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with writing(self._path, overwrite=True, private=True) as temporary:
                temporary.write_text(text, encoding="utf-8")
