"""Choices of which there may be thousands: the page has a few at a time, and asks for others by typing.

A field whose layout mentions ``<name>_search`` (an autocomplete's ``search-input``) is joined here and not by
echo, which sends every choice at every change. So a region more costs a chooser no more than the first.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from traitlets import Int, List, TraitType, Unicode

from imviz.plugin import Choice, Several

if TYPE_CHECKING:
    from imviz.plugin import Plugin
    from imviz.shell.part import Part

__all__ = ["OFFERED", "Chooser", "nearest"]

OFFERED = 20
"""Choices the page has at a time, besides those selected."""


class Chooser:
    """Joins one field of a plugin, a `Choice` or `Several`, to its panel.

    Parameters
    ----------
    plugin : Plugin
        Has the field.
    name : str
        The field.
    """

    def __init__(self, plugin: Plugin, name: str) -> None:
        self._plugin, self._name = plugin, name
        self._single = isinstance(getattr(type(plugin), name), Choice)
        self._value = f"{name}_selected" if self._single else name
        self._part: Any = None
        self._busy = False

    @property
    def traits(self) -> dict[str, TraitType[Any, Any]]:
        """What the panel needs: the value, the choices offered, what is typed."""
        value: TraitType[Any, Any] = Int(None, allow_none=True) if self._single else List()
        found = {self._value: value, f"{self._name}_items": List()}
        found[f"{self._name}_search"] = Unicode(None, allow_none=True)
        return {name: trait.tag(sync=True) for name, trait in found.items()}

    def join(self, part: Part) -> None:
        """Follow the field, and the page."""
        self._part = part
        self._plugin.add_callback(self._name, self._show)
        if not self._single:
            self._plugin.add_callback(f"{self._name}_items", self._show)
        part.observe(self._show, f"{self._name}_search")
        part.observe(self._choose, self._value)
        self._show()

    def _choices(self) -> tuple[str, ...]:
        kind = getattr(type(self._plugin), self._name)
        if isinstance(kind, Several):
            return tuple(getattr(self._plugin, f"{self._name}_items"))
        return tuple(kind.get_choices(self._plugin))

    def _show(self, *_: Any) -> None:
        """Offer the first choices that have in them what is typed, and those selected."""
        choices, value = self._choices(), getattr(self._plugin, self._name)
        chosen = ([str(value)] if value else []) if self._single else list(value)
        typed = (getattr(self._part, f"{self._name}_search") or "").strip()
        is_value = self._single and typed in chosen  # which the field has in it
        sought = "" if is_value else typed.lower()
        found = list(islice((label for label in choices if sought in label.lower()), OFFERED))
        offered = found + [label for label in chosen if label not in found]
        self._busy = True
        try:
            with self._part.hold_sync():
                if self._single:
                    items = [{"text": label, "value": choices.index(label)} for label in offered]
                    setattr(self._part, f"{self._name}_items", items)
                    setattr(self._part, self._value, choices.index(chosen[0]) if chosen else None)
                else:
                    setattr(self._part, f"{self._name}_items", offered)
                    setattr(self._part, self._value, chosen)
        finally:
            self._busy = False

    def _choose(self, change: Any) -> None:
        """Take what the page has selected."""
        if self._busy or change["new"] is None:
            return
        value: Any = change["new"]
        if self._single:
            choices = self._choices()
            value = choices[value] if 0 <= value < len(choices) else None
        setattr(self._plugin, self._name, value)
        self._show()


def nearest(labels: tuple[str, ...], chosen: str | None) -> list[str]:
    """The `OFFERED` labels around the chosen one; the first without one."""
    middle = labels.index(chosen) if chosen in labels else 0
    first = max(0, min(middle - OFFERED // 2, len(labels) - OFFERED))
    return list(labels[first : first + OFFERED])
