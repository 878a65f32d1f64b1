"""The kernel's end of a widget whose code came late to a busy page: it says again how things are.

What is wrong there, and the page's end of the cure, is told in `listening.js`, which each subclass joins to
its own code and calls when it is shown.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import anywidget
from traitlets import Unicode

from imviz.viewer.page.lifetime import keep_weakly

__all__ = ["Listening"]

FIXED = ("_esm", "_css", "_anywidget_id", "own_id")


class Listening(anywidget.AnyWidget):
    """A widget with JavaScript of its own that is told of every change, however late its code was loaded.

    Parameters
    ----------
    **traits
        Initial values.
    """

    own_id = Unicode(help="Its own model's, by which the page finds it.").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        own_id = uuid4().hex
        super().__init__(model_id=own_id, own_id=own_id, **traits)
        self.on_msg(self._hear_deaf)

    def open(self) -> None:
        """Begin to be a widget, one that goes with whoever holds it."""
        super().open()
        keep_weakly(self)

    def _hear_deaf(self, _: Any, content: dict[str, Any], __: Any = None) -> None:
        """Say all again that can have changed: the page has missed an unknown part of it."""
        if content.get("type") == "deaf":
            self.send_state([name for name in self.keys if name not in FIXED])
