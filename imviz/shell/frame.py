"""The frame round one viewer: its toolbar, and the element its figure lives in.

It shows what the viewer's controls say and passes clicks to the viewer; it keeps nothing itself.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipywidgets import Widget, widget_serialization
from traitlets import Bool, Dict, Instance, Int, List, Unicode

from imviz.shell.identity import ids, label_of
from imviz.shell.layer_menu import LayerMenu
from imviz.shell.part import Part, Tell
from imviz.view import TOOLS

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
        The document, for the layer menu and for the images an empty viewer offers.
    viewer : ImageViewer
        What is framed.
    tell : callable
        Where errors go.
    on_open, on_close : callable
        Ask for a file; close this viewer. Without `on_close` it cannot be closed.
    """

    name = Unicode().tag(sync=True)
    tools = List(Dict()).tag(sync=True)
    tool = Unicode(help="Set by the page, too, before the kernel hears of it.").tag(sync=True)
    n_images = Int().tag(sync=True)
    menu = Instance(Widget).tag(sync=True, **widget_serialization)
    closable = Bool().tag(sync=True)
    others = List(Dict()).tag(sync=True)
    comparison = Unicode().tag(sync=True)
    matched = Unicode().tag(sync=True)
    compass = Bool().tag(sync=True)
    alone = Bool(True).tag(sync=True)
    planes = List(Dict()).tag(sync=True)
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
            menu=LayerMenu(session, viewer, tell),
            closable=on_close is not None,
            widgets_shown=list(viewer.widgets),
        )
        viewer.controls.add_callback("tool", self._pull)
        for field in ("layers", "comparison", "matched", "compass"):
            viewer.controls.add_callback(field, self._pull)
        session.add_callback("images", self._pull)
        session.add_callback("revision", self._pull_planes)
        self._pull()

    def close(self) -> None:
        """Close the frame and its menu; the viewer is left to the caller."""
        self._session.remove_callback("images", self._pull)
        self._session.remove_callback("revision", self._pull_planes)
        self.menu.close()
        super().close()

    def vue_choose_tool(self, tool: str) -> None:
        """Make a tool the active one."""
        self.viewer.controls.tool = tool

    def vue_home(self, _: Any) -> None:
        """Show the whole image."""
        self.viewer.home()

    def vue_blink(self, _: Any) -> None:
        """Show the next image only."""
        self.viewer.blink_once()

    def vue_back(self, _: Any) -> None:
        """Show what was shown before the last move."""
        self.viewer.previous_view()

    def vue_compare(self, mode: str) -> None:
        """Compare two images by fading or by a divider; what is on already ends."""
        self.viewer.compare(None if mode == self.comparison else mode)

    def vue_match(self, by: str) -> None:
        """Move together with the other viewers; what is on already ends."""
        if self.viewer.matching is not None:
            self.viewer.matching.start(None if by == self.matched else by, lead=self.viewer.name)

    def vue_toggle_compass(self, _: Any) -> None:
        """Show the compass, or take it away."""
        self.viewer.controls.compass = not self.viewer.controls.compass

    def vue_open(self, _: Any) -> None:
        """Ask for a file."""
        self._on_open()

    def vue_add(self, image: str) -> None:
        """Show an image of the session, by its id."""
        self.viewer.add_image(label_of(self._session, image))

    def vue_close(self, _: Any) -> None:
        """Close this viewer."""
        if self._on_close is not None:
            self._on_close()

    def vue_plane(self, chosen: list[int]) -> None:
        """Show another plane along one axis of the cube on top."""
        label, origins = self._top(), self._session.origins
        if label is not None:
            axis, index = int(chosen[0]), int(chosen[1])
            plane = list(origins.plane(label))
            plane[axis] = index
            origins.show_plane(label, tuple(plane))

    def _top(self) -> str | None:
        """The visible image on top."""
        shown = [layer.label for layer in self.viewer.controls.layers if layer.visible]
        return shown[-1] if shown and shown[-1] in self._session.images else None

    def _pull_planes(self, *_: Any) -> None:
        label, origins = self._top(), self._session.origins
        many = () if label is None else origins.planes(label)
        at = () if label is None else origins.plane(label)
        self.planes = [{"n": n, "at": k, "label": label} for n, k in zip(many, at, strict=True)]

    def _pull(self, *_: Any) -> None:
        """Show the viewer's state as it is now."""
        with self.hold_sync():
            self.tool = self.viewer.controls.tool
            self.n_images = len(self.viewer.controls.layers)
            known = ids(self._session)
            self.others = [{"id": known[one], "label": one} for one in self._session.images if one in known]
            self.comparison, self.matched = self.viewer.controls.comparison, self.viewer.controls.matched
            self.compass = bool(self.viewer.controls.compass)
            self._pull_planes()
