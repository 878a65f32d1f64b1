"""Any plugin's panel: its ``.vue`` layout joined to its fields, its actions to the layout's buttons.

The plugin is a model that knows nothing of this. A field the layout mentions is synchronised by echo,
in both directions, a choice by a `Chooser`; a `Held` field ``x`` becomes a widget under the name ``x_view``
once it holds something; a method marked as an action can be called by its name. What a plugin *is* stands in
`imviz.plugin`; nothing here knows any one of them.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Generator
from numbers import Real
from pathlib import Path
from typing import Any as AnyValue

from echo import delay_callback
from echo.vue import autoconnect_callbacks_to_vue
from ipywidgets import Widget, widget_serialization
from traitlets import Any, Bool

from imviz.errors import InputError
from imviz.plugin import Choice, Held, Histogram, Pages, Plot, Plugin, Several
from imviz.session.weak_calls import weak_call
from imviz.shell.choosers import Chooser
from imviz.shell.hints import with_hints
from imviz.shell.histogram import HistogramView
from imviz.shell.idioms import spelled_out
from imviz.shell.part import Part
from imviz.shell.plots import PlotView
from imviz.shell.steps import Steps
from imviz.shell.table import Table

__all__ = ["Panel", "layout_file", "layout_text"]

PART = re.compile(r"""[ \t]*<imviz-part src="([\w/]+\.vue)"></imviz-part>\n""")
BODY = re.compile(r"<template>\n(.*)</template>\s*", re.DOTALL)
DIGITS = 10
"""Significant digits of a number in a text field; the plugin keeps all of them."""


class Panel(Part):
    """The panel of one plugin.

    Parameters
    ----------
    plugin : Plugin
        Its class must have a ``.vue`` file beside its module, of the same name.
    """

    api_hints = Bool(False).tag(sync=True)
    _adding = False

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin
        layout = layout_file(type(plugin))
        text = layout_text(layout)
        super().__init__(layout, plugin.say, text=with_hints(text, plugin.fields()))
        self.events = [*plugin.actions(), "cancel"]
        self._work: Steps | None = None
        fields, held = _shown(type(plugin), text)
        views = {f"{name}_view": Any(None).tag(sync=True, **widget_serialization) for name in held}
        chosen = _chosen(type(plugin), text)
        choosers = {name: Chooser(plugin, name, searched) for name, searched in chosen.items()}
        own = {name: trait for chooser in choosers.values() for name, trait in chooser.traits.items()}
        plain = [name for name in fields if name not in own]
        self.add_traits(**{name: Any() for name in plain}, **own, **views)  # at once: each call makes a class
        extras = dict.fromkeys(plain, ("any", _plain, None))
        autoconnect_callbacks_to_vue(plugin, self, template=text, extras=extras, skip=set(choosers))
        with self.hold_sync():
            for chooser in choosers.values():
                chooser.join(self)
        for name in held:
            plugin.add_callback(f"{name}_revision", weak_call(self._pull, name))
            self._pull(name)

    def close(self) -> None:
        """Close the panel with its plots and tables."""
        for name in self.trait_names():
            view = getattr(self, name) if name.endswith("_view") else None
            if isinstance(view, Widget):
                view.close()
        super().close()

    def add_traits(self, **traits: AnyValue) -> None:
        """Have more fields, and tell the page of all of them in one message."""
        self._adding = True
        try:
            super().add_traits(**traits)
        finally:
            self._adding = False
        self.send_state([name for name in traits if name in self.keys])

    def send_state(self, key: AnyValue = None) -> None:
        """Send fields to the page; while some are added, each would be a message."""
        if not self._adding:
            super().send_state(key)

    def set_state(self, sync_data: dict[str, AnyValue]) -> None:
        """Take changed fields from the browser; what the plugin refuses goes back to what it was."""
        if not self._guarded(lambda: super(Part, self).set_state(sync_data)):
            for name in filter(self._plugin.is_callback_property, sync_data):
                setattr(self, name, _plain(getattr(self._plugin, name)))

    def _call(self, name: str, data: AnyValue) -> None:
        """Run an action of the plugin, which is busy meanwhile; long work goes on a step at a time.

        An action that needs an argument gets what the layout calls it with: what was done, as "this row was
        ticked". A list that the page has worked out of an older one would lose what was done in between.
        """
        if name == "cancel":
            if self._work is not None:
                self._work.cancel()
            return
        if self._work is not None:
            raise InputError(f"{self._plugin.name} is at work; wait for it or cancel it.")
        self._plugin.busy = True
        try:
            act = getattr(self._plugin, name)
            result: AnyValue = act(data) if _needs_argument(act) else act()
            if isinstance(result, Generator):
                self._work = Steps(self._guarded, result, self._show_progress)
                self._work.start()
        finally:
            self._plugin.busy = self._work is not None

    def _show_progress(self, progress: float | None) -> None:
        """Show how far the work is; None when it has ended."""
        with delay_callback(self._plugin, "busy", "progress"):
            self._plugin.progress = progress
            self._plugin.busy = progress is not None
        if progress is None:
            self._work = None

    def _pull(self, name: str, *_: AnyValue) -> None:
        """Show what a held field holds now."""
        value, view = getattr(self._plugin, name), getattr(self, f"{name}_view")
        if view is not None and value is not None:
            view.show(value)
        elif value is not None:
            setattr(self, f"{name}_view", self._view_of(name, value))

    def _view_of(self, name: str, value: Plot | Histogram | Pages) -> Widget:
        if isinstance(value, Plot):
            return PlotView(value)
        if isinstance(value, Histogram):
            drag = getattr(self._plugin, f"drag_{name}")
            return HistogramView(value, lambda change: self._guarded(lambda: drag(**change)))
        verbs = ("export", "clear", "remove")
        return Table(value, *(getattr(self._plugin, f"{verb}_{name}", None) for verb in verbs))


def layout_file(plugin: type[Plugin]) -> Path:
    """The ``.vue`` file of a plugin: beside the module of its class, or of the nearest base that has one.

    Raises
    ------
    InputError
        If there is none.
    """
    for kind in plugin.__mro__[: plugin.__mro__.index(Plugin)]:
        path = Path(inspect.getfile(kind)).with_suffix(".vue")
        if path.is_file():
            return path
    raise InputError(
        f"{plugin.__name__} has no panel; put a .vue layout beside its module, of the same name."
    )


def layout_text(layout: Path) -> str:
    """A layout with its parts in their places, and its idioms spelled out (`imviz.shell.idioms`).

    A part is a ``.vue`` file of its own, its path from the layout's folder; it uses the same fields:
    ``<imviz-part src="parts/errors.vue"></imviz-part>``.

    Raises
    ------
    InputError
        If there is no such file, it is no template, or a tag is no idiom.
    """

    def body(match: re.Match[str]) -> str:
        path = layout.parent / match[1]
        inside = BODY.fullmatch(path.read_text(encoding="utf-8")) if path.is_file() else None
        if inside is None:
            raise InputError(f"{layout.name} names the part {match[1]!r}, which is no template beside it.")
        return inside[1]

    return spelled_out(PART.sub(body, layout.read_text(encoding="utf-8")))


def _shown(plugin: type[Plugin], layout: str) -> tuple[list[str], list[str]]:
    """The plain fields and the held fields that a layout mentions; of choices see `_chosen`."""
    mentioned = set(re.findall(r"\w+", layout))
    fields = plugin.fields().items()
    held = [name for name, field in fields if isinstance(field, Held) and f"{name}_view" in mentioned]
    plain = [name for name, field in fields if not isinstance(field, Held | Choice) and name in mentioned]
    return plain, held


def _chosen(plugin: type[Plugin], layout: str) -> dict[str, bool]:
    """The choices that a `Chooser` joins to the layout, each with whether one can search in it."""
    searches = {}
    for name, field in plugin.fields().items():
        searched = f"{name}_search" in layout
        single = isinstance(field, Choice) and f"{name}_selected" in layout
        if single or (searched and isinstance(field, Several)):
            searches[name] = searched
    return searches


def _needs_argument(act: Callable[..., AnyValue]) -> bool:
    """Whether an action cannot be run without being told something."""
    given = inspect.signature(act).parameters.values()
    return any(one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD for one in given)


def _plain(value: AnyValue) -> AnyValue:
    """A field's value for the browser: quantities without their unit, non-finite numbers absent."""
    value = getattr(value, "value", value)
    if isinstance(value, Real) and not isinstance(value, bool | int):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return list(value) if isinstance(value, tuple) else value
