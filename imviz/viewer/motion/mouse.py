"""The kernel's end of the hand that moves the view: what `mouse.js` says, and what it is told.

The browser moves the view itself and says where it has come to rest: nothing while the hand moves. It sends
the newest cursor position, one message at a time; each is answered with an acknowledgement when it has been
dealt with, so a busy kernel is never sent a queue. What the messages mean is the viewer's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from traitlets import Bool, Dict, Unicode

from imviz.viewer.page.on_figure import OnFigure
from imviz.viewer.page.scripts import joined

if TYPE_CHECKING:
    from ipywidgets import Widget

    from imviz.view.aim import Aim
    from imviz.view.limits import Limits

__all__ = ["Mouse"]

Handler = Callable[[dict[str, Any]], None]


class Mouse(OnFigure):
    """Pan, zoom, keys and cursor of one figure, in every view of it.

    Parameters
    ----------
    scale_x, scale_y : bqplot.Scale
        The figure's scales.

    Attributes
    ----------
    handlers : mapping of str to callable
        What to do with each type of message: ``view``, ``cursor``, ``tool``, ``blink``, ``key``. A
        handler gets the message. The view sets them.
    """

    _esm = joined("viewer/motion/mouse.js")

    tool = Unicode("pan").tag(sync=True)
    home: Any = Dict(default_value=None, allow_none=True, help="Limits that show everything.").tag(sync=True)
    fitted = Bool(True, help="Whether everything is shown, and shall be after a resize.").tag(
        sync=True, echo_update=False
    )

    aim: Any = Dict(default_value={"n": 0}, help="What is to be shown, and its number: see aim.js.").tag(
        sync=True, echo_update=False
    )
    examining = Dict(help="Keys that go to the kernel first, and what each does (imexam).").tag(sync=True)

    frame = Unicode("", help="Changes when the view's pixels become others.").tag(sync=True)
    match: Any = Dict(help="How the other viewers' pixels lie in this one's: see matching.js.").tag(sync=True)

    def __init__(self, scale_x: Widget, scale_y: Widget) -> None:
        super().__init__(scale_x=scale_x, scale_y=scale_y)
        self.handlers: Mapping[str, Handler] = {}
        self.on_msg(self._hear)

    def previous_view(self) -> None:
        """Show what was shown before, in every browser that shows the figure."""
        self.send({"type": "back"})

    def show_help(self) -> None:
        """Show the list of keys over the figure, or take it away."""
        self.send({"type": "help"})

    def set_home(self, box: Limits | None) -> None:
        """Tell the browser which limits show everything."""
        self.home = None if box is None else {"x": [box.x_min, box.x_max], "y": [box.y_min, box.y_max]}

    def ask(self, aim: Aim) -> None:
        """Ask each page to show something, in its own window."""
        self.aim = {"n": self.aim["n"] + 1, **aim.told()}

    def note(self, aim: Aim) -> None:
        """Remember where the hand has come to, for a page opened anew; those there know it."""
        self.set_state({"aim": {"n": self.aim["n"], **aim.told()}})

    def _hear(self, _: Widget, content: dict[str, Any], __: Any = None) -> None:
        handler = self.handlers.get(content.get("type", ""))
        if handler is None:
            return
        try:
            handler(content)
        finally:
            if "n" in content:
                self.send({"type": "ack", "of": content["type"], "n": content["n"]})
