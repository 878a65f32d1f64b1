"""What lies under the mouse, in two lines: pixel and value, then the sky (in degrees too, where wide).

A widget of its own, so that a mouse move redraws two lines and not the whole bar.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from traitlets import List, Unicode

from imviz.shell.part import Part, Tell

if TYPE_CHECKING:
    from imviz.viewer import Readout

__all__ = ["Cursor"]


class Cursor(Part):
    """What the readout says of the pixel under the mouse; empty when there is none."""

    lines = List(Unicode()).tag(sync=True)

    def __init__(self, tell: Tell) -> None:
        super().__init__(Path(__file__).with_suffix(".vue"), tell)

    def show(self, readout: Readout | None) -> None:
        """Show a readout, or nothing."""
        self.lines = list(readout.lines) if readout is not None else []
