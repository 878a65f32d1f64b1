"""Plugins of other packages: found by their entry points in the group ``imviz.plugins``.

A package says in its ``pyproject.toml``

    [project.entry-points."imviz.plugins"]
    mine = "its_module:ItsPlugin"

and its panel stands below imviz's own in every new `Imviz`. One that cannot be loaded is told of and costs
nothing else. Installing a package is trusting it: its code runs, as that of any import.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from imviz.plugin import Plugin

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["GROUP", "installed_plugins"]

GROUP = "imviz.plugins"
UNUSABLE = (
    *(ImportError, SyntaxError, AttributeError, NameError, TypeError, ValueError),
    *(LookupError, ArithmeticError, AssertionError, OSError, RuntimeError),
)


def installed_plugins(taken: Iterable[str] = ()) -> tuple[list[type[Plugin]], list[str]]:
    """The plugins that other packages offer, and why others of them cannot be used.

    Parameters
    ----------
    taken : iterable of str
        Names that plugins have already; another of such a name is not used.

    Returns
    -------
    plugins : list of Plugin classes
        By the names of their entry points.
    faults : list of str
        A sentence for each that was left out.
    """
    names, plugins, faults = set(taken), [], []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        kind, fault = _loaded(point)
        if kind is not None and kind.name in names:
            kind, fault = None, f"there is a plugin {kind.name!r} already"
        if kind is None:
            faults.append(f"The plugin {point.name!r} ({point.value}) is left out: {fault}.")
        else:
            names.add(kind.name)
            plugins.append(kind)
    return plugins, faults


def _loaded(point: EntryPoint) -> tuple[type[Plugin] | None, str]:
    try:
        kind = point.load()
    except UNUSABLE as error:
        return None, f"{type(error).__name__}: {error}"[:160]
    if not (isinstance(kind, type) and issubclass(kind, Plugin) and kind.name):
        return None, "it is no subclass of imviz.plugin.Plugin with a name"
    return kind, ""
