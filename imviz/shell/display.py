"""Where in Jupyter the window is shown: in the cell, beside the notebook, or in a window of its own.

Only decides the place; what is shown is `window`. Outside of Jupyter nothing can be shown, and the
error says so.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from IPython import get_ipython
from IPython.display import display

from imviz.errors import InputError, MissingExtraError, NotInJupyterError

if TYPE_CHECKING:
    from imviz.shell.window import Window

__all__ = ["PLACES", "show"]

PLACES = {
    "inline": ("",),
    "sidecar": ("right", "tab-before", "tab-after", "split-right", "split-left", "split-top", "split-bottom"),
    "popout": ("window", "tab"),
}


def show(
    window: Window, loc: str = "inline", title: str | None = None, height: int | str | None = None
) -> None:
    """Show `window` at `loc`, ``"place"`` or ``"place:anchor"`` of `PLACES`.

    Raises
    ------
    InputError
        If there is no such place.
    MissingExtraError
        If the place needs a package that is not installed.
    NotInJupyterError
        Outside of Jupyter; a `RuntimeError`.
    """
    place, _, anchor = loc.partition(":")
    if place not in PLACES or (anchor and anchor not in PLACES[place]):
        offers = ", ".join(f"{name}:{one}" if one else name for name, all_ in PLACES.items() for one in all_)
        raise InputError(f"There is no place {loc!r} to show the window; use one of: {offers}.")
    if not hasattr(get_ipython(), "kernel"):
        raise NotInJupyterError(
            "Not in Jupyter, so there is nowhere to show the window; run `imviz FILE` instead."
        )
    if height is not None:
        window.set_height(height)
    anchor = anchor or PLACES[place][0]
    if place == "inline":
        display(window)
    elif place == "sidecar":
        sidecar = _extra("sidecar").Sidecar(anchor=anchor, title=title or "Imviz")
        sidecar.window = window  # which lives as long as it, whatever becomes of the cell
        with sidecar:
            display(window)
    else:
        button = _extra("ipypopout").PopoutButton(window)
        button.open_window() if anchor == "window" else button.open_tab()


def _extra(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtraError(
            f"Showing imviz there needs {name}: pip install 'imviz[sidecar]', then restart the kernel."
        ) from error
