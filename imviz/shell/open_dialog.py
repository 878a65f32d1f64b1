"""The dialog that opens images: files to click, a path or address to type, a place to drop, what to choose.

What can be opened, and opening it, is `imviz.readers`' business; bringing it into the session the
caller's. Files of the machine the kernel runs on are listed from a folder that can be confined.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipywidgets import Widget, widget_serialization
from traitlets import Bool, Dict, Float, Instance, List, Unicode

from imviz.errors import InputError
from imviz.readers.chunked.zarr_store import is_store
from imviz.readers.files.places import check_place, confined, is_inside
from imviz.readers.opened import look_into, look_into_storage
from imviz.readers.remote.download import Download, TooLargeError, is_address
from imviz.readers.row_order import by_row_order
from imviz.science.user_paths import user_path
from imviz.session.archive import is_session_file
from imviz.shell.background import Background
from imviz.shell.listing import listing, size_text
from imviz.shell.part import Part
from imviz.shell.recent import Recent
from imviz.shell.upload import Upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.readers import Loaded
    from imviz.readers.files.storage import Storage
    from imviz.readers.opened import Opened

__all__ = ["OpenDialog"]


class OpenDialog(Part):
    """The dialog; made when it is first asked for.

    Parameters
    ----------
    on_loaded : callable
        Given the images that were chosen. What it raises is shown in the dialog, which then stays open.
    folder : Path, optional
        Where to begin. Default: the kernel's working directory.
    root : Path, optional
        The only folder that files are opened from. Default: anywhere.
    sessions : optional
        Opens the files of sessions: ``prepare(path)`` gives what ``have`` takes, ``find(folder)`` looks for
        ``missing`` images. Default: they are no files to open.
    """

    shown = Bool().tag(sync=True)
    folder = Unicode().tag(sync=True)
    path = Unicode().tag(sync=True)
    entries = List(Dict()).tag(sync=True)
    problem = Unicode().tag(sync=True)
    busy = Unicode().tag(sync=True)
    fraction = Float(-1.0).tag(sync=True)
    source = Unicode().tag(sync=True)
    contents = List(Dict()).tag(sync=True)
    too_large = Unicode().tag(sync=True)
    recent = List(Unicode()).tag(sync=True)
    missing = List(Unicode()).tag(sync=True)
    by_header = Bool().tag(sync=True)
    upload = Instance(Widget).tag(sync=True, **widget_serialization)

    def __init__(
        self,
        on_loaded: Callable[[list[Loaded]], Any],
        folder: Path | None = None,
        root: Path | None = None,
        sessions: Any = None,
    ) -> None:
        self._background = Background(self._show_progress)
        upload = Upload(self._show_progress, self._take_upload, self._refuse_upload)
        super().__init__(Path(__file__).with_suffix(".vue"), self._say, upload=upload)
        self._on_loaded, self._root, self._sessions = on_loaded, root, sessions
        self._folder = (root or folder or Path.cwd()).absolute()
        self._opened: Opened | None = None
        self._address = ""
        self._recent = Recent()

    def show(self) -> None:
        """Open the dialog, with the folder as it is now."""
        with self.hold_sync():
            self.problem, self.too_large, self.contents, self.shown = "", "", [], True
            self.recent = self._offered()
            self.missing = [] if self._sessions is None else list(self._sessions.missing)
        self._guarded(lambda: self._go(self._folder))

    def close(self) -> None:
        """Close the dialog, and end what it is doing."""
        self._background.cancel()
        self.upload.cancel()
        self.upload.close()
        super().close()

    # ---- for the template

    def vue_choose(self, name: str) -> None:
        """Enter a folder (".." for the one above) or open a file of this folder."""
        if self._root is not None and name == ".." and not is_inside(self._folder.parent, self._root):
            raise InputError(f"{self._root} is the only folder that files are opened from.")
        self._open(str(self._folder.parent if name == ".." else self._folder / name))

    def vue_open(self, text: str) -> None:
        """Open what was typed: a folder is entered, anything else is looked into."""
        if not str(text).strip():
            raise InputError("Type a path or an address, or choose a file from the list.")
        self._open(str(text).strip())

    def vue_take(self, exts: list[str]) -> None:
        """Load the chosen images of the file that was looked into."""
        opened = self._opened
        if opened is None or not exts:
            raise InputError("Choose at least one image of the list.")
        self._start(f"Opening {opened.name}", lambda: opened.load([str(one) for one in exts]), self._finish)

    def vue_back(self, _: Any) -> None:
        """Show the list of files again."""
        self.contents, self.problem, self._opened = [], "", None

    def vue_allow(self, _: Any) -> None:
        """Download what was too large to do unasked."""
        self._open(self._address, Download(max_bytes=2**62))

    def vue_find(self, _: Any) -> None:
        """Look for the images that the session misses in this folder."""
        with confined(self._root):
            self._sessions.find(self._folder)
        self.missing = list(self._sessions.missing)
        self.shown = bool(self.missing)

    def vue_forget(self, _: Any) -> None:
        """Forget what was opened before, in this and other sessions."""
        self._recent.clear()
        self.recent = self._offered()

    def vue_cancel(self, _: Any) -> None:
        """End what is going on."""
        self._background.cancel()
        self.upload.cancel()
        if self.busy.startswith("Receiving"):
            self.busy = ""

    # ---- inside

    def _open(self, text: str, download: Download | None = None) -> None:
        self.problem = self.too_large = ""
        path = None if is_address(text) else user_path(text)
        with confined(self._root):
            if path is not None and path.is_dir():
                check_place(path)
            if path is not None and path.is_dir() and _listable(path):
                self._go(path)
                return
        self.path = text if path is None else str(path)
        self._address = self.path
        if self._sessions is not None and path is not None and is_session_file(path):
            self._start(f"Opening {path.name[-60:]}", lambda: self._sessions.prepare(path), self._have)
            return
        self._start(f"Opening {text[-60:]}", lambda: look_into(self._address, download), self._offer)

    def _start(self, what: str, task: Callable[[], Any], then: Callable[[Any], Any]) -> None:
        """Do something long; `then` gets what came of it."""
        if self.busy:
            raise InputError("Something is being opened already; wait for it, or cancel it.")
        with self.hold_sync():
            self.problem, self.busy, self.fraction = "", what, -1.0

        def confined_task() -> Any:
            with confined(self._root):
                return task()

        def end(result: Callable[[], Any]) -> None:
            self._guarded(lambda: self._end(result, then))

        self._background.start(confined_task, end)

    def _end(self, result: Callable[[], Any], then: Callable[[Any], Any]) -> None:
        try:
            answer = result()
        except TooLargeError as error:
            self.too_large = size_text(error.size) if error.size else "of unknown size"
            raise
        finally:
            self.busy = ""
        then(answer)

    def _offer(self, opened: Opened) -> None:
        """Let the user choose among several images; open the only one."""
        self._opened = opened
        if not opened.contents:
            self._start(f"Opening {opened.name}", lambda: opened.load(None), self._finish)
            return
        with self.hold_sync():
            self.source = opened.name
            self.contents = [
                {
                    "ext": one.ext,
                    "title": one.title,
                    "about": f"{' × '.join(map(str, one.shape))}  {one.dtype}",
                    "size": size_text(one.size),
                    "chosen": one.usual,
                }
                for one in opened.contents
            ]

    def _have(self, prepared: Any) -> None:
        """Have a session instead of what is there."""
        self._sessions.have(prepared)
        self._recent.add(self._address)
        self.recent, self.missing = self._offered(), list(self._sessions.missing)
        self.shown = False

    def _finish(self, images: list[Loaded]) -> None:
        self._on_loaded(by_row_order(images, "header" if self.by_header else "file"))
        if self._address:
            self._recent.add(self._address)
            self.recent = self._offered()
        with self.hold_sync():
            self.shown, self.contents, self._opened = False, [], None

    def _offered(self) -> list[str]:
        """What was opened before; of files only those that may be opened, for their names tell something."""
        root = self._root
        return [
            one
            for one in self._recent.entries
            if root is None or is_address(one) or is_inside(Path(one).absolute(), root)
        ]

    def _take_upload(self, make: Callable[[], Storage]) -> None:
        self.busy, self._address = "", ""
        self._guarded(lambda: self._start("Opening", lambda: look_into_storage(make()), self._offer))

    def _refuse_upload(self, sentence: str) -> None:
        with self.hold_sync():
            self.busy, self.problem = "", sentence

    def _show_progress(self, what: str, done: int, total: int | None) -> None:
        with self.hold_sync():
            self.busy = f"{what}: {size_text(done)}" + (f" of {size_text(total)}" if total else "")
            self.fraction = 100 * done / total if total else -1.0

    def _go(self, folder: Path) -> None:
        with confined(self._root):
            check_place(folder)
        entries = listing(folder)
        self._folder = folder.resolve()
        with self.hold_sync():
            self.folder, self.path, self.entries = str(self._folder), "", entries

    def _say(self, text: str, _: str) -> None:
        self.problem = text


def _listable(path: Path) -> bool:
    """Whether a folder is one to look into, rather than an image in the form of a folder."""
    return not is_store(path)
