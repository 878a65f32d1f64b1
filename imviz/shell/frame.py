"""The frame round one viewer: its toolbar, its layer menu, and the element its figure lives in.

It shows what the viewer's controls say and passes clicks to the viewer; it keeps nothing itself.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipywidgets import Widget, widget_serialization
from traitlets import Bool, Dict, Instance, List, Unicode

from imviz.shell.part import Part, Tell
from imviz.viewer import TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.session import Session
    from imviz.viewer import ImageViewer

__all__ = ["Frame"]


class Frame(Part):
    """One viewer, framed.

    Parameters
    ----------
    session : Session
        The document, for the images that could be added.
    viewer : ImageViewer
        What is framed.
    tell : callable
        Where errors go.
    on_open, on_close : callable
        Ask for a file; close this viewer. Without `on_close` it cannot be closed.
    """

    name = Unicode().tag(sync=True)
    tools = List(Dict()).tag(sync=True)
    tool = Unicode().tag(sync=True)
    layers = List(Dict()).tag(sync=True)
    others = List(Unicode()).tag(sync=True)
    colormaps = List(Unicode()).tag(sync=True)
    stretches = List(Unicode()).tag(sync=True)
    autocuts = List(Unicode()).tag(sync=True)
    closable = Bool().tag(sync=True)
    widgets_shown = List(Instance(Widget)).tag(sync=True, **widget_serialization)

    def __init__(
        self,
        session: Session,
        viewer: ImageViewer,
        tell: Tell,
        on_open: Callable[[], Any],
        on_close: Callable[[], Any] | None = None,
    ) -> None:
        self._session, self._on_open, self._on_close = session, on_open, on_close
        self.viewer = viewer
        super().__init__(
            Path(__file__).with_suffix(".vue"),
            tell,
            name=viewer.name,
            tools=[asdict(tool) for tool in TOOLS],
            colormaps=[str(name) for name in viewer.colormap_options],
            stretches=list(viewer.stretch_options),
            autocuts=list(viewer.autocut_options),
            closable=on_close is not None,
            widgets_shown=list(viewer.widgets),
        )
        viewer.controls.add_callback("tool", self._pull)
        viewer.controls.add_callback("layers", self._pull)
        session.add_callback("images", self._pull)
        self._pull()

    def vue_choose_tool(self, tool: str) -> None:
        """Make a tool the active one."""
        self.viewer.controls.tool = tool

    def vue_home(self, _: Any) -> None:
        """Show the whole image."""
        self.viewer.home()

    def vue_blink(self, _: Any) -> None:
        """Show the next image only."""
        self.viewer.blink_once()

    def vue_add(self, label: str) -> None:
        """Show another image of the session here too."""
        self.viewer.add_image(label)

    def vue_remove(self, label: str) -> None:
        """Take an image out of this viewer; it stays in the session."""
        self.viewer.remove_image(label)

    def vue_set_visible(self, change: dict[str, Any]) -> None:
        """Show or hide a layer: ``{label, visible}``."""
        self.viewer.set_visible(change["label"], bool(change["visible"]))

    def vue_set_layer(self, change: dict[str, Any]) -> None:
        """Change how a layer looks: ``label`` and one of opacity, colormap, stretch, cuts."""
        label = change.pop("label")
        if isinstance(change.get("cuts"), list):
            low, high = (float(limit) for limit in change["cuts"])
            change["cuts"] = (low, high)
        self.viewer.set_layer(label, **change)

    def vue_open(self, _: Any) -> None:
        """Ask for a file."""
        self._on_open()

    def vue_close(self, _: Any) -> None:
        """Close this viewer."""
        if self._on_close is not None:
            self._on_close()

    def _pull(self, *_: Any) -> None:
        """Show the viewer's state as it is now, the top-most layer first."""
        layers = [asdict(layer) for layer in reversed(self.viewer.controls.layers)]
        shown = {layer["label"] for layer in layers}
        with self.hold_sync():
            self.tool = self.viewer.controls.tool
            self.layers = layers
            self.others = [label for label in self._session.images if label not in shown]
