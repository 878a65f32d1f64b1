"""The look of regions, by older notebooks' names: the selected ones', or all.

Regions are the document's, so their look is the same in every viewer, and changing it can be undone.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from imviz.session.weak_calls import weak_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.plugins.plot_options.selected import SelectedLayers
    from imviz.session import Session

__all__ = ["RegionStyle"]

STYLES = ("visible", "color", "opacity")
LOOKED_AT = 200  # regions compared to say whether all look alike


class RegionStyle:
    """Keeps the fields ``subset_…`` and the regions in step.

    Parameters
    ----------
    fields
        The plugin's fields.
    session : Session
        Whose regions they are.
    layers : SelectedLayers
        Says while nothing is followed.
    changed : callable
        Called after regions were changed here, or others are selected.
    """

    def __init__(
        self, fields: Any, session: Session, layers: SelectedLayers, changed: Callable[..., None]
    ) -> None:
        self._fields, self._session, self._layers, self._changed = fields, session, layers, changed
        for name in STYLES:
            fields.add_callback(f"subset_{name}", weak_call(self._push, name))
        session.add_callback("selected_regions", changed)

    def without_regions(self, value: Any) -> Any:
        """The images among some labels; the regions among them become the selected ones."""
        given = [value] if isinstance(value, str) else list(value)
        regions = [label for label in given if label in self._session.region_list]
        if not regions:
            return value
        self._session.select(regions)
        return [label for label in given if label not in regions] or list(self._fields.layer)

    def show(self) -> None:
        """Have the fields say how the regions look."""
        session, fields = self._session, self._fields
        chosen, total = session.selected_regions, len(session.region_list)
        fields.subset_text = f"{len(chosen)} selected" if chosen else f"all {total}" if total else ""
        records = [session.region_list[label] for label in chosen[:LOOKED_AT]]
        records = records or list(islice(session.region_list, LOOKED_AT))
        if not records:
            return
        first = records[0]
        fields.subset_visible, fields.subset_opacity = bool(first.visible), first.opacity
        fields.subset_color = first.color or ""
        differing = (name for name in STYLES if len({getattr(record, name) for record in records}) > 1)
        fields.mixed = (*fields.mixed, *(f"subset_{name}" for name in differing))

    def _push(self, name: str, value: Any) -> None:
        """The user has given the regions another look."""
        labels = self._session.selected_regions or self._session.regions
        if self._layers.quiet or not labels:
            return
        value = getattr(value, "value", value)
        try:
            self._session.region_list.style(labels, **{name: (value or None) if name == "color" else value})
        finally:
            self._changed()
