"""What lies under the mouse, in two lines: pixel and value, then the sky; more images in a list below.

A widget of its own, so that a mouse move redraws two lines and not the whole bar. How positions are told is
chosen here for all viewers of the window.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Dict, List, Unicode

from imviz.shell.part import Part, Tell
from imviz.view import SKY_FRAMES, SkyStyle

if TYPE_CHECKING:
    from imviz.view import Readout
    from imviz.viewer import ImageViewer

__all__ = ["Cursor"]


class Cursor(Part):
    """What the readout says of the pixel under the mouse; empty when there is none."""

    lines = List(Unicode()).tag(sync=True)
    others = List(Dict()).tag(sync=True)
    told = Dict().tag(sync=True)
    frames = List(Dict()).tag(sync=True)

    def __init__(self, tell: Tell) -> None:
        frames = [{"id": name, "label": label} for name, label in SKY_FRAMES.items()]
        self._style = SkyStyle()
        self._viewers: list[ImageViewer] = []
        super().__init__(Path(__file__).with_suffix(".vue"), tell, frames=frames, told=asdict(self._style))

    def follow(self, viewer: ImageViewer) -> None:
        """Show what is under the mouse in a viewer, told as in the others."""
        self._viewers.append(viewer)
        viewer.controls.sky_style = self._style
        viewer.controls.add_callback("cursors", self._show_others)
        viewer.controls.add_callback("cursor", self.show)

    def leave(self, viewer: ImageViewer) -> None:
        """Follow a viewer no more."""
        self._viewers = [other for other in self._viewers if other is not viewer]
        self.show(None)

    def show(self, readout: Readout | None) -> None:
        """Show a readout, or nothing."""
        self.lines = list(readout.lines) if readout is not None else []

    def tell_sky(self, **changes: Any) -> None:
        """Tell positions otherwise, by the fields of `SkyStyle`."""
        self._style = replace(self._style, **changes)
        self.told = asdict(self._style)
        for viewer in self._viewers:
            viewer.controls.sky_style = self._style

    def vue_tell_sky(self, changes: dict[str, Any]) -> None:
        """Tell positions otherwise."""
        self.tell_sky(**changes)

    def _show_others(self, readouts: tuple[Readout, ...]) -> None:
        self.others = [{"label": one.image, "lines": list(one.lines)} for one in readouts[1:]]
