"""Which regions are selected: one that is meant, or several that are handled together.

`selected_region` is what a plugin measures and what a drawn shape is combined with; it is always the last of
`selected_regions`. Either may be observed; whoever selects says `select` or sets `selected_region`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from echo import CallbackProperty, HasCallbackProperties, delay_callback

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

__all__ = ["Selection"]


class Selection(HasCallbackProperties):
    """The selected regions, by label."""

    selected_region = CallbackProperty(None, docstring="Label of the highlighted region, or None.")
    selected_regions = CallbackProperty((), docstring="Labels of all regions selected, the last one last.")

    def __init__(self) -> None:
        super().__init__()
        self.add_callback("selected_region", self._follow, priority=100)  # before anyone reads the tuple

    def select(self, labels: Iterable[str]) -> None:
        """Select some regions, and no others."""
        labels = tuple(labels)
        with delay_callback(self, "selected_region", "selected_regions"):
            self.selected_regions = labels
            self.selected_region = labels[-1] if labels else None

    def keep_selected(self, there: Container[str]) -> None:
        """Forget those that are not there any more."""
        kept = tuple(label for label in self.selected_regions if label in there)
        if kept != self.selected_regions:
            self.select(kept)

    def _follow(self, label: str | None) -> None:
        if label != (self.selected_regions[-1] if self.selected_regions else None):
            self.selected_regions = () if label is None else (label,)
