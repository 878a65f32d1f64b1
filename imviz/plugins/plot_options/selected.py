"""The layers that Plot Options is about: those selected, in the viewers selected.

Until the user selects some, it is the top-most one. What the layers have is shown by the parts that
`changed` calls, and changed by `linked`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.science.display.cuts import cuts_name
from imviz.session.weak_calls import weak_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.plugin import Viewers
    from imviz.session import Session
    from imviz.view import View
    from imviz.view.controls import LayerInfo

    Changed = Callable[..., None]

__all__ = ["Quiet", "SelectedLayers"]


class Quiet:
    """While it lasts, fields follow what is there and change nothing; it may begin again within itself."""

    def __init__(self) -> None:
        self._depth = 0

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1

    def __bool__(self) -> bool:
        return self._depth > 0


class SelectedLayers:
    """Which layers are selected, in step with the viewers.

    Parameters
    ----------
    fields
        The plugin's fields ``viewer``, ``layer``, whether several of each may be selected, ``default_cuts``.
    session : Session
        Whose images they are.
    viewers : Viewers
        Those that can be selected.
    changed, moved : callable
        Called when layers or selection are others, and when a viewer looks elsewhere.

    Attributes
    ----------
    quiet : Quiet
        While it lasts nothing is followed.
    """

    def __init__(
        self, fields: Any, session: Session, viewers: Viewers, changed: Changed, moved: Changed
    ) -> None:
        self._fields, self._session, self._viewers = fields, session, viewers
        self._changed, self._moved = changed, moved
        self._picked = False  # whether the user has selected layers
        self._followed: dict[str, View] = {}
        self.quiet = Quiet()
        for field in ("viewer", "layer"):
            fields.add_callback(field, weak_call(self._choose, field), echo_old=True)
        fields.add_callback("default_cuts", self._set_default_cuts)
        viewers.add_callback("names", self.follow_viewers)

    @property
    def viewers(self) -> list[View]:
        """The selected viewers."""
        return [self._viewers[name] for name in self._fields.viewer]

    def pairs(self) -> list[tuple[View, LayerInfo]]:
        """The selected layers, those of the first viewer first, each viewer's top-most last."""
        labels, images = self._fields.layer, self._session.images
        return [
            (viewer, info)
            for viewer in self.viewers
            for info in viewer.controls.layers
            if info.label in labels and info.label in images
        ]

    def top(self) -> LayerInfo | None:
        """The top-most visible one, or the last."""
        infos = [info for _, info in self.pairs()]
        return next((info for info in reversed(infos) if info.visible), infos[-1] if infos else None)

    def offer(self) -> None:
        """Offer the viewers there are, and the images in those selected."""
        fields, kind = self._fields, type(self._fields)
        kind.viewer.set_choices(fields, self._viewers.names)
        if not fields.viewer and self._viewers.names:
            fields.viewer = self._viewers.names[:1]
        labels = [info.label for viewer in self.viewers for info in viewer.controls.layers]
        kind.layer.set_choices(fields, list(dict.fromkeys(labels)))
        self._picked = self._picked and bool(fields.layer)
        if not self._picked and labels:
            tops = (viewer.controls.top for viewer in self.viewers)
            fields.layer = next(filter(None, tops), fields.layer_items[-1])

    def follow_viewers(self, *_: Any) -> None:
        """Listen to the viewers there are now."""
        gone = {name for name in self._followed if name not in self._viewers.names}
        for name in gone:
            self._followed.pop(name).controls.remove_callback("layers", self._changed)
        for name in self._viewers.names:
            if name not in self._followed:
                viewer = self._followed[name] = self._viewers[name]
                viewer.layers_shown.default_cuts = cuts_name(self._fields.default_cuts)
                viewer.controls.add_callback("layers", self._changed)
                for edge in ("x_min", "y_min"):
                    viewer.frame.state.add_callback(edge, self._moved)
        self._changed()

    def _choose(self, field: str, old: Any, new: Any) -> None:
        """Another selection: where only one may be selected, the newest."""
        if self.quiet:
            return
        self._picked = self._picked or field == "layer"
        if not getattr(self._fields, f"{field}_multiselect") and len(new) > 1:
            newest = [one for one in new if one not in old] or list(new[:1])
            setattr(self._fields, field, newest[-1:])
            return
        self._changed()

    def _set_default_cuts(self, value: str) -> None:
        for viewer in self._followed.values():
            viewer.layers_shown.default_cuts = cuts_name(value)
