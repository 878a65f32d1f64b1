"""Files from the user's own machine: the browser sends them in pieces, each after the last one's receipt.

They are kept in a temporary file that nobody else can read, and that goes when its images or the process
go. What is done with a file that has come is the caller's business.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from imviz.errors import ImvizError, InputError
from imviz.readers.files.open_file import OpenFile
from imviz.readers.files.storage import Storage, inflated
from imviz.readers.labels import short
from imviz.science.scratch import ScratchFile
from imviz.viewer.page.listening import Listening
from imviz.viewer.page.scripts import joined

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Upload"]

LARGEST = 4 * 10**9
"""Bytes of the largest file that is taken."""


class Upload(Listening):
    """A place to drop a file, and a button to choose one.

    Parameters
    ----------
    on_progress : callable
        Told what is done, bytes so far and in all.
    on_file : callable
        Given a function that makes the file's `~imviz.readers.files.storage.Storage`.
    on_refusal : callable
        Given a sentence.
    """

    _esm = joined("shell/upload.js")

    def __init__(
        self,
        on_progress: Callable[[str, int, int], Any],
        on_file: Callable[[Callable[[], Storage]], Any],
        on_refusal: Callable[[str], Any],
    ) -> None:
        super().__init__()
        self._on_progress, self._on_file, self._on_refusal = on_progress, on_file, on_refusal
        self._file: ScratchFile | None = None
        self._name, self._size, self._done = "", 0, 0
        self.on_msg(self._hear)

    def cancel(self) -> None:
        """Take no more of the file that is coming."""
        self._forget()
        self.send({"type": "stop"})

    def _hear(self, _: Any, content: Any, buffers: Any) -> None:
        """Something from the browser: trust none of it."""
        try:
            kind = content.get("type") if isinstance(content, dict) else None
            if kind == "begin":
                self._begin(content.get("name"), content.get("size"))
            elif kind == "piece" and self._file is not None:
                self._take(self._file, bytes(buffers[0]) if buffers else b"")
            elif kind == "end" and self._file is not None:
                self._end(self._file)
            elif kind == "failed":
                raise InputError(
                    f"{self._name or 'The file'} cannot be read by the browser; choose it again."
                )
        except ImvizError as error:
            self.cancel()
            self._on_refusal(str(error))

    def _begin(self, name: object, size: object) -> None:
        self._forget()
        if not isinstance(name, str) or not isinstance(size, int) or size < 0:
            raise InputError("The browser did not say which file it sends; choose it again.")
        self._name = name.replace("\\", "/").rsplit("/", 1)[-1].replace("\0", "").strip()[-200:] or "upload"
        if size > LARGEST:
            raise InputError(
                f"{short(self._name)} has {size / 1e9:.3g} GB; up to {LARGEST / 1e9:.0f} GB can be sent. "
                "Copy it to where imviz runs and open it there."
            )
        if size == 0:
            raise InputError(f"{short(self._name)} is empty (0 bytes); choose another file.")
        self._file = ScratchFile(short(self._name))
        self._size, self._done = size, 0
        self._on_progress(f"Receiving {short(self._name)}", 0, size)
        self.send({"type": "more"})

    def _take(self, file: ScratchFile, piece: bytes) -> None:
        self._done += len(piece)
        if not piece or self._done > self._size:
            raise InputError(f"{short(self._name)} is not as long as the browser said; choose it again.")
        file.write(piece)
        self._on_progress(f"Receiving {short(self._name)}", self._done, self._size)
        self.send({"type": "more"})

    def _end(self, file: ScratchFile) -> None:
        if self._done != self._size:
            raise InputError(f"{short(self._name)} came without its end; choose it again.")
        file.close()
        held = OpenFile(file.path, self._name, temporary=True)
        storage = Storage(Path(self._name), held.size, held)
        self._file = None
        self._on_file(lambda: inflated(storage))

    def _forget(self) -> None:
        """Delete what has come so far."""
        if self._file is not None:
            self._file.discard()
            self._file = None
