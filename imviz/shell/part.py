"""What every piece of the window shares: a template beside its module, and one guard around the browser.

Whatever the browser asks for (a click, a changed field) arrives in a `Part`. Exceptions end here as a
sentence on the screen, because a traceback in a kernel's log is seen by nobody. No layout in here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ipyvuetify.VuetifyTemplate import VuetifyTemplate

from imviz.errors import ImvizError
from imviz.viewer.page.lifetime import keep_weakly

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Part", "Tell"]

Tell = Callable[[str, str], None]
"""Shows a sentence to the user: its text, and ``'info'`` or ``'error'``."""

logger = logging.getLogger(__name__)


class Part(VuetifyTemplate):
    """A widget made from a ``.vue`` file.

    Methods called ``vue_<name>(data)`` are what the template can call as ``<name>(data)``.

    Parameters
    ----------
    template : Path
        The ``.vue`` file.
    tell : callable
        Called with a sentence and ``'error'`` when something the browser asked for fails.
    text : str, optional
        The template, if it is not as in the file.
    **traits
        Initial values of the widget's traits.
    """

    def __init__(self, template: Path, tell: Tell, text: str | None = None, **traits: Any) -> None:
        self.template_file = str(template)
        self._tell = tell
        if text is not None:
            traits["template"] = text
        super().__init__(layout=None, **traits)

    def open(self) -> None:
        """Begin to be a widget, one that goes with whoever holds it."""
        super().open()
        keep_weakly(self)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take changed values from the browser."""
        self._guarded(lambda: super(Part, self).set_state(sync_data))

    def _handle_event(self, _: Any, content: dict[str, Any], __: Any) -> None:
        """Run the method a template calls. Only those: ipyvue would also import and make any class."""
        name = str(content.get("event"))
        if name in self.events:
            self._guarded(lambda: self._call(name, content.get("data")))

    def _call(self, name: str, data: Any) -> None:
        getattr(self, f"vue_{name}")(data)

    def _guarded(self, call: Callable[[], Any]) -> bool:
        """Run `call`; whether it went well. What it raises is told, and logged if nobody foresaw it."""
        try:
            call()
        except ImvizError as error:
            self._tell(str(error), "error")
        except Exception as error:  # the browser's end of the program: say it, keep running
            logger.exception("Unexpected error in %s", type(self).__name__)
            self._tell(f"Unexpected {type(error).__name__}: {error}", "error")
        else:
            return True
        return False
