"""What a tab's kernel does first: open the window, load what the command line named, show it.

This is the whole program of the notebook behind the page. A file that cannot be read does not
cost the user the others: its sentence is shown over the window. What is *not* here: the server.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from IPython.display import display

from imviz.errors import ImvizError
from imviz.readers.files.places import confined
from imviz.server.opening import Opening

if TYPE_CHECKING:
    from imviz.app import Imviz

__all__ = ["MESSAGES_MIME", "start"]

MESSAGES_MIME = "application/vnd.imviz.messages+json"
"""Output type that the page shows as a notice: a list of sentences."""


_open: list[Imviz] = []


def start() -> Imviz:
    """Open the window that the environment asks for, or show the one that is open, over the whole page.

    Returns
    -------
    Imviz
        The session's viewer.
    """
    if _open:
        _open[0].show(height="100vh")
        return _open[0]
    from imviz.app import Imviz  # three seconds of imports: only in a kernel

    opening = Opening.from_environment()
    imviz = Imviz()
    if opening.root is not None:
        imviz.confine(opening.root)
    refused = _open_files(imviz, opening)
    if opening.demo:
        imviz.load_demo()
    imviz.show(height="100vh")
    _open.append(imviz)
    if refused:
        display({MESSAGES_MIME: refused}, raw=True)
    return imviz


def _open_files(imviz: Imviz, opening: Opening) -> list[str]:
    """Open a session's file, then images; what could not be had, in sentences."""
    from imviz.session.archive import is_session_file

    refused: list[str] = []
    for path in filter(is_session_file, opening.files):
        try:
            with confined(None if opening.root is None else Path(opening.root)):
                refused += imviz.app.files.open(path)
        except ImvizError as error:
            refused.append(str(error))
    try:
        with imviz.batch_load():  # one message holds the notes of all
            for path in (path for path in opening.files if not is_session_file(path)):
                try:
                    imviz.load_data(path)
                except ImvizError as error:
                    refused.append(str(error))
    except ImvizError as error:
        refused.append(str(error))
    return refused
