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
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.utils import get_voila_labextensions_path

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
    """Trades the token in the address for a cookie, then leads to the session's page.

    The page it answers with looks like the one that follows and loads it: unlike a redirect, this
    brings the cookie along even when the user came from a file or a link, and the token stays out
    of the session's address.
    """

    def initialize(self, theme: str) -> None:
        """Remember the colours."""
        self._theme = theme

    @allow_unauthenticated
    def get(self) -> None:
        """Let the holder of the token in."""
        if self.current_user is None:
            raise HTTPError(
                403, "Please use the address that imviz printed in the terminal: it ends in a token."
            )
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.finish(self.render_template("entrance.html", theme=self._theme))


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


def routes(theme: str, config: Any) -> list[tuple[str, type[JupyterHandler], dict[str, Any]]]:
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
    }
    static = [str(STATIC), *collect_static_paths(_ASSETS, "lab", prune=True)]
    return [
        (r"/", FrontDoor, {"theme": theme}),
        (r"/session", TornadoVoilaHandler, session),
        (r"/voila/static/(.*)", PageFiles, {"path": static}),
        (r"/voila/labextensions/(.*)", PageFiles, {"path": get_voila_labextensions_path()}),
        (r"/voila/api/shutdown/(.*)", VoilaShutdownKernelHandler, {}),
    ]
