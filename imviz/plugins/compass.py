"""The compass in the corner of a picture: switched on and off for each viewer.

The viewer works it out and draws it; nothing is computed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import CallbackProperty

from imviz.plugin import Choice, Plugin, Viewers

if TYPE_CHECKING:
    from imviz.session import Session

__all__ = ["Compass"]


class Compass(Plugin):
    """North, east and the axes of the top image, as arrows in a corner of the picture."""

    name = "Compass"
    icon = "mdi-compass-outline"

    viewer = Choice(of="viewers", doc="The viewer it is about.")
    visible = CallbackProperty(False, docstring="Whether that viewer shows the compass.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._viewers.watch("controls.compass", self._show)
        self.add_callback("viewer", self._show)
        self.add_callback("visible", self._on_visible)
        self.add_callback("active", self._on_active)
        self._show()

    @property
    def data_label(self) -> str:
        """The image whose north, east and axes are shown; '' if the viewer shows none."""
        return (self._viewers[self.viewer].controls.top or "") if self.viewer else ""

    def _on_active(self, active: bool) -> None:
        """Opening the panel is asking for the compass."""
        if active and self.viewer:
            self.visible = True

    def _on_visible(self, visible: bool) -> None:
        if self.viewer:
            self._viewers[self.viewer].controls.compass = bool(visible)

    def _show(self, *_: Any) -> None:
        """Show what the chosen viewer has."""
        self.visible = bool(self.viewer and self._viewers[self.viewer].controls.compass)
