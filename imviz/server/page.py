"""What the browser gets: the front door, the session's page and the files it is made of.

The page is voila's rendering of a one-cell notebook, in our own template. The notebook lives in
memory; the server has no other document, so there is no file browser to close.

What is *not* here: who may ask (`access`) and what runs in the kernel (`session`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import FileFindHandler, JupyterHandler
from jupyter_server.services.contents.manager import AsyncContentsManager
from tornado.web import HTTPError, authenticated
from traitlets import Instance
from voila.configuration import VoilaConfiguration
from voila.paths import collect_static_paths, collect_template_paths
from voila.tornado.handler import TornadoVoilaHandler
from voila.utils import get_voila_labextensions_path

from imviz.server.sessions import SessionKernels, SessionRecord, Sessions

__all__ = ["NOTEBOOK", "SESSION_CODE", "OneNotebook", "routes", "session_notebook"]

NOTEBOOK = "imviz.ipynb"
SESSION_CODE = "from imviz.server.session import start\nimviz = start()"
TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"

# Only what our widgets are made of: others in the environment cost start-up time and are code we do not know.
_LAB_EXTENSIONS = [
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
    "bqplot",
    "bqplot-image-gl",
    "bqplot-linlog",
    "jupyter-vue",
    "jupyter-vuetify",
]
_ASSETS = ("voila", "nbconvert")


def session_notebook(code: str = SESSION_CODE) -> nbformat.NotebookNode:
    """Make the notebook behind the page: one cell that does everything."""
    v4 = nbformat.v4
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Imviz", "language": "python"},
        "title": "Imviz",
    }
    return v4.new_notebook(cells=[v4.new_code_cell(code)], metadata=metadata)


class OneNotebook(AsyncContentsManager):
    """Contents that hold the session notebook, read-only, and nothing else."""

    notebook = Instance(nbformat.NotebookNode).tag(config=True)

    def get_extra_handlers(self) -> list[Any]:
        """Serve no files."""
        return []

    async def get(self, path: str, *_options: Any, **_more: Any) -> dict[str, Any]:
        """Give a fresh copy of the notebook: voila executes it in place."""
        if path.strip("/") != NOTEBOOK:
            raise HTTPError(404, f"{path} does not exist")
        now = datetime.now(UTC)
        notebook = nbformat.from_dict(self.notebook)
        model = {
            "name": NOTEBOOK,
            "path": NOTEBOOK,
            "type": "notebook",
            "format": "json",
            "content": notebook,
        }
        return {**model, "writable": False, "created": now, "last_modified": now, "mimetype": None}


class FrontDoor(JupyterHandler):
    """Trades the token in the address for a cookie, then leads to a session's page.

    The page it answers with looks like the one that follows and loads it: unlike a redirect, this
    brings the cookie along even when the user came from a file or a link, and the token stays out
    of the session's address. Where sessions wait for a page, it asks which one is wanted.
    """

    def initialize(self, theme: str, sessions: Sessions) -> None:
        """Remember the colours, and the sessions there are."""
        self._theme, self._sessions = theme, sessions

    @allow_unauthenticated
    def get(self) -> None:
        """Let the holder of the token in."""
        if self.current_user is None:
            raise HTTPError(
                403, "Please use the address that imviz printed in the terminal: it ends in a token."
            )
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        waiting = self._sessions.waiting()
        self.finish(self.render_template("entrance.html", theme=self._theme, sessions=waiting))


class SessionPage(TornadoVoilaHandler):
    """A session's page: of a new session, or of one that is there, whose window is shown again."""

    def initialize(self, sessions: Sessions, **options: Any) -> None:
        """Remember the sessions there are."""
        super().initialize(**options)
        self._sessions = sessions
        self._there: SessionRecord | None = None

    @property
    def kernel_manager(self) -> Any:
        """Start a kernel, or give the one that is there."""
        return SessionKernels(super().kernel_manager, self._sessions, self._there)

    @authenticated
    async def get(self, kernel: str = "") -> None:
        """Send the page in pieces."""
        if kernel:
            self._there = self._sessions.get(kernel)
            if self._there is None or await self._sessions.death(self._there):
                raise HTTPError(
                    404, "This session has ended. Use the address that imviz printed to start a new one."
                )
            self._sessions.stay(self._there)
        await super().get()


class SessionHandler(JupyterHandler):
    """What concerns one session, by the kernel in the address."""

    def initialize(self, sessions: Sessions) -> None:
        """Remember the sessions there are."""
        self._sessions = sessions

    def _session(self, kernel: str) -> SessionRecord:
        record = self._sessions.get(kernel)
        if record is None:
            raise HTTPError(404, "This session has ended.")
        return record


class SessionState(SessionHandler):
    """Tells a page how its session is; the page asks every few seconds."""

    @authenticated
    async def get(self, kernel: str) -> None:
        """Give its number and, where its process has ended, why."""
        record = self._session(kernel)
        self.finish({"number": record.number, "death": await self._sessions.death(record)})


class SessionEvents(SessionHandler):
    """Hears what a page does with its session: ``touched``, ``left``, ``end``."""

    @authenticated
    async def post(self, kernel: str, event: str = "left") -> None:
        """Note it."""
        record = self._session(kernel)
        if event == "touched":
            record.touched = True
        elif event == "left":
            self._sessions.leave(record)
        else:
            await self._sessions.end(record)
        self.set_status(204)
        self.finish()


class PageFiles(FileFindHandler):
    """Static files, for those who came in by the front door."""

    @authenticated
    def get(self, path: str, include_body: bool = True) -> Any:  # type: ignore[override]
        """Send a file."""
        return super().get(path, include_body)

    @authenticated
    def head(self, path: str) -> Any:  # type: ignore[override]
        """Send a file's headers."""
        return super().head(path)


def routes(
    theme: str, config: Any, sessions: Sessions
) -> list[tuple[str, type[JupyterHandler], dict[str, Any]]]:
    """List every address of the page: (pattern, handler, its arguments).

    They are voila's own handlers. Its server extension is not loaded, because it would also read
    ``voila.py`` and ``voila.json`` from the folder imviz is started in, and serve that folder.
    """
    voila = VoilaConfiguration(
        config=config,
        theme=theme,
        template="lab",
        allow_template_override="NO",
        allow_theme_override="NO",
        extension_allowlist=_LAB_EXTENSIONS,
        show_tracebacks=True,  # our template shows the sentence only
        http_keep_alive_timeout=3600,  # its sign of life is an inline script, which the page forbids
    )
    session = {
        "config": config,
        "template_paths": [str(TEMPLATES), *collect_template_paths(_ASSETS, "lab")],
        "voila_configuration": voila,
        "notebook_path": NOTEBOOK,
        "sessions": sessions,
    }
    static = [str(STATIC), *collect_static_paths(_ASSETS, "lab", prune=True)]
    return [
        (r"/", FrontDoor, {"theme": theme, "sessions": sessions}),
        (r"/session", SessionPage, session),
        (r"/session/([\w-]+)", SessionPage, session),
        (r"/session/([\w-]+)/state", SessionState, {"sessions": sessions}),
        (r"/session/([\w-]+)/(touched|end)", SessionEvents, {"sessions": sessions}),
        (r"/voila/static/(.*)", PageFiles, {"path": static}),
        (r"/voila/labextensions/(.*)", PageFiles, {"path": get_voila_labextensions_path()}),
        # voila's own word for a page that closes
        (r"/voila/api/shutdown/([\w-]+)", SessionEvents, {"sessions": sessions}),
    ]
