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

from imviz.errors import InputError
from imviz.plugin import Plugin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

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
    names = set(taken)
    plugins: list[type[Plugin]] = []
    faults: list[str] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            kind = _loaded(point, names)
        except InputError as error:
            faults.append(f"The plugin {point.name!r} ({point.value}) is left out: {error}.")
        else:
            names.add(kind.name)
            plugins.append(kind)
    return plugins, faults


def _loaded(point: EntryPoint, names: Collection[str]) -> type[Plugin]:
    """What an entry point names, if it is a plugin that is not there yet."""
    try:
        kind = point.load()
    except UNUSABLE as error:
        raise InputError(f"{type(error).__name__}: {error}"[:160]) from error
    if not (isinstance(kind, type) and issubclass(kind, Plugin) and kind.name):
        raise InputError("it is no subclass of imviz.plugin.Plugin with a name")
    if kind.name in names:
        raise InputError(f"there is a plugin {kind.name!r} already")
    return kind
