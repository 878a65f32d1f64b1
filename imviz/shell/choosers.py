"""Choices on the page, which are told by their label: what a line says is what it chooses.

By its place in the list, a line drawn before an image or a region above it went would choose another one.
What is no longer there is refused in words, and the field shows again what is chosen.

Of choices there may be thousands: a field whose layout mentions ``<name>_search`` (an autocomplete's
``search-input``) has a few of them on the page at a time, and asks for others by typing. So a region more
costs a chooser no more than the first.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from traitlets import List, TraitType, Unicode

from imviz.errors import InputError
from imviz.plugin import Choice, Several

if TYPE_CHECKING:
    from imviz.plugin import Plugin
    from imviz.shell.part import Part

__all__ = ["OFFERED", "Chooser", "nearest"]

OFFERED = 20
"""Choices of a field with a search that the page has at a time, apart from those selected."""


class Chooser:
    """Joins one field of a plugin, a `Choice` or `Several`, to its panel.

    Parameters
    ----------
    plugin : Plugin
        Has the field.
    name : str
        The field.
    searched : bool
        Whether one types to see more choices than a few; otherwise all are offered.
    """

    def __init__(self, plugin: Plugin, name: str, searched: bool) -> None:
        self._plugin, self._name, self._searched = plugin, name, searched
        self._single = isinstance(getattr(type(plugin), name), Choice)
        self._value = f"{name}_selected" if self._single else name
        self._part: Any = None
        self._busy = False

    @property
    def traits(self) -> dict[str, TraitType[Any, Any]]:
        """What the panel needs: the value, the choices offered, what is typed."""
        value: TraitType[Any, Any] = Unicode(None, allow_none=True) if self._single else List()
        kinds = {self._value: value, f"{self._name}_items": List()}
        if self._searched:
            kinds[f"{self._name}_search"] = Unicode(None, allow_none=True)
        return {name: trait.tag(sync=True) for name, trait in kinds.items()}

    def join(self, part: Part) -> None:
        """Follow the field, and the page."""
        self._part = part
        self._plugin.add_callback(self._name, self._show)
        if not self._single:
            self._plugin.add_callback(f"{self._name}_items", self._show)
        if self._searched:
            part.observe(self._show, f"{self._name}_search")
        part.observe(self._choose, self._value)
        self._show()

    def _choices(self) -> tuple[str, ...]:
        kind = getattr(type(self._plugin), self._name)
        if isinstance(kind, Several):
            return tuple(getattr(self._plugin, f"{self._name}_items"))
        return tuple(kind.get_choices(self._plugin))

    def _show(self, *_: Any) -> None:
        """Offer the choices, and show which is selected."""
        choices, value = self._choices(), getattr(self._plugin, self._name)
        chosen = ([str(value)] if value else []) if self._single else list(value)
        offered = self._sought(choices, chosen) if self._searched else list(choices)
        self._busy = True
        try:
            with self._part.hold_sync():
                setattr(self._part, f"{self._name}_items", offered)
                setattr(self._part, self._value, next(iter(chosen), None) if self._single else chosen)
        finally:
            self._busy = False

    def _sought(self, choices: tuple[str, ...], chosen: list[str]) -> list[str]:
        """The first choices that have in them what is typed, and those selected."""
        typed = (getattr(self._part, f"{self._name}_search") or "").strip()
        is_value = self._single and typed in chosen  # which the field has in it
        sought = "" if is_value else typed.lower()
        matching = list(islice((label for label in choices if sought in label.lower()), OFFERED))
        return matching + [label for label in chosen if label not in matching]

    def _choose(self, change: Any) -> None:
        """Take what the page has selected."""
        value = change["new"]
        if self._busy or value is None:
            return
        try:
            gone = [label for label in ([value] if self._single else value) if label not in self._choices()]
            if gone:  # asked of the field, it might be found in other case: another image
                raise InputError(f"{gone[0]!r} was removed or renamed meanwhile; choose again.")
            setattr(self._plugin, self._name, value)
        finally:
            self._show()


def nearest(labels: tuple[str, ...], chosen: str | None) -> list[str]:
    """The `OFFERED` labels around the chosen one; the first without one."""
    middle = labels.index(chosen) if chosen in labels else 0
    first = max(0, min(middle - OFFERED // 2, len(labels) - OFFERED))
    return list(labels[first : first + OFFERED])
