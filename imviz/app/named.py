"""A dictionary of what users name: it answers to older names, and says what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from imviz.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Named"]

Entry = TypeVar("Entry")


class Named(dict[str, Entry]):
    """A dictionary that answers to older names too, and says what there is when a name is not in it."""

    def __init__(
        self, what: str, entries: Mapping[str, Entry], older: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(entries)
        self._what, self._older = what, older or {}

    def __missing__(self, name: str) -> Entry:
        if name in self:
            return self[self._older[name]]
        there = ", ".join(self) or "none yet"
        raise UnknownNameError(f"There is no {self._what} {str(name)[:60]!r}; there are: {there}.")

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or super().__contains__(self._older.get(str(name)))

    def get(self, name: str, default: Any = None) -> Any:
        """The entry of a name, old or new; `default` if there is none."""
        return self[name] if name in self else default  # noqa: SIM401 - this is get

    def copy(self) -> Named[Entry]:
        """Another one with the same entries."""
        return Named(self._what, self, self._older)

    def __repr__(self) -> str:
        lines = [f"  {name!r}: {entry!r}," for name, entry in self.items()]
        return "\n".join(["{", *lines, "}"]) if lines else "{}"
