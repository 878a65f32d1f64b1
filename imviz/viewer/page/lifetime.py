"""How long a widget lives: as long as Python holds what it belongs to, or a notebook's cell shows it.

ipywidgets keeps every widget until it is closed, so a window that a cell has made would live on, with its
images, after the cell is run again. Ours are kept weakly there; who shows one in a cell holds it until that
cell is run again or, where cells have no names, until it is closed. Nothing is displayed here.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any
from weakref import proxy

from IPython import get_ipython
from ipywidgets import Widget
from ipywidgets.widgets import widget as registry

from imviz.session.weak_calls import weak_call

if TYPE_CHECKING:
    from weakref import ref

    from imviz.session import Session

__all__ = ["collect_if_large", "hold_for_cell", "keep_weakly", "let_go"]

LARGE = 2**26
"""Bytes of pixels that are not left to Python's next tidying."""

PASSES = 4
"""What echo keeps for an object is garbage only when the object has gone, and so on."""

_by_cell: dict[str, list[Widget]] = {}


def keep_weakly(*widgets: Widget) -> None:
    """Let widgets go with whoever holds them, their layouts too; each is closed then."""
    for widget in widgets:
        layout = getattr(widget, "layout", None)
        for one in (widget, layout) if isinstance(layout, Widget) else (widget,):
            if one.comm is not None:
                one.comm.on_msg(weak_call(one._handle_msg))
                registry._instances[one.model_id] = proxy(one)


def hold_for_cell(widget: Widget) -> None:
    """Keep a widget until the cell that is running now is run again; outside of Jupyter, nothing shows it."""
    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if shell is None or kernel is None:
        return
    cell = str((kernel.get_parent().get("metadata") or {}).get("cellId") or "")
    if all(widget is not one for one in _by_cell.setdefault(cell, [])):
        _by_cell[cell].append(widget)
    if _cell_runs not in shell.events.callbacks["pre_run_cell"]:
        shell.events.register("pre_run_cell", _cell_runs)


def let_go(widget: Widget) -> None:
    """Hold a widget for no cell any more."""
    for held in _by_cell.values():
        held[:] = [one for one in held if one is not widget]


def collect_if_large(session: ref[Session]) -> None:
    """Free at once what nobody holds any more, if a session that may be of it has large images."""
    if _pixels(session()) > LARGE and not sys.is_finalizing():
        for _ in range(PASSES):
            gc.collect()


def _pixels(session: Session | None) -> int:
    """Bytes of a session's images."""
    images = [] if session is None else [session.image(label) for label in session.images]
    arrays = (array for image in images for array in (image.data, image.mask))
    return sum(int(getattr(array, "nbytes", 0)) for array in arrays)


def _cell_runs(info: Any) -> None:
    """A cell is run: what it showed before is off the page."""
    _by_cell.pop(str(info.cell_id or "no cell"), None)
