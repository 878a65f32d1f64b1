"""A value that was found in a header: where, and what is doubtful about it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Found"]


@dataclass(frozen=True, slots=True)
class Found:
    """A value, the sentence that says where it was found, and the doubts that go with it.

    Without a value, ``doubts`` say why something that looks like one is not taken.
    """

    value: float | None
    source: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """Source and doubts in one line."""
        return "; ".join(part for part in (self.source, *self.doubts) if part)
