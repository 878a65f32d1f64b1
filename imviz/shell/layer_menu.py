"""The menu of a viewer's layers: which images it shows, in what order, and how each looks.

It shows what the viewer's controls say and passes changes to the viewer; the viewer checks them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Dict, List, Unicode

from imviz.science.display.stretches import STRETCHES
from imviz.shell.identity import ids, label_of
from imviz.shell.part import Part, Tell

if TYPE_CHECKING:
    from imviz.session import Session
    from imviz.viewer import ImageViewer

__all__ = ["LayerMenu"]


class LayerMenu(Part):
    """The layers of one viewer, and the images of the session that could join them.

    Parameters
    ----------
    session : Session
        The document.
    viewer : ImageViewer
        Whose layers they are.
    tell : callable
        Where errors go.
    """

    viewer = Unicode().tag(sync=True)
    layers = List(Dict()).tag(sync=True)
    others = List(Dict()).tag(sync=True)
    colormaps = List(Unicode()).tag(sync=True)
    stretches = List(Dict()).tag(sync=True)
    autocuts = List(Unicode()).tag(sync=True)

    def __init__(self, session: Session, viewer: ImageViewer, tell: Tell) -> None:
        self._session, self._viewer = session, viewer
        super().__init__(
            Path(__file__).with_suffix(".vue"),
            tell,
            viewer=viewer.name,
            colormaps=[str(name) for name in viewer.colormap_options],
            stretches=[{"id": name, "label": STRETCHES[name].label} for name in viewer.stretch_options],
            autocuts=list(viewer.autocut_options),
        )
        viewer.controls.add_callback("layers", self._pull)
        session.add_callback("images", self._pull)
        self._pull()

    def close(self) -> None:
        """Close the menu; it follows neither viewer nor session any longer."""
        self._viewer.controls.remove_callback("layers", self._pull)
        self._session.remove_callback("images", self._pull)
        super().close()

    def vue_add(self, image: str) -> None:
        """Show another image of the session in this viewer, by its id as all here."""
        self._viewer.add_image(label_of(self._session, image))

    def vue_remove(self, image: str) -> None:
        """Take an image out of this viewer; it stays in the session."""
        self._viewer.remove_image(label_of(self._session, image))

    def vue_discard(self, image: str) -> None:
        """Take an image out of the session, and so out of every viewer."""
        self._session.remove_image(label_of(self._session, image))

    def vue_solo(self, image: str) -> None:
        """Make an image the only visible one."""
        self._viewer.solo(label_of(self._session, image))

    def vue_move(self, change: dict[str, Any]) -> None:
        """Move a layer up or down: ``{image, by}``."""
        self._viewer.move_layer(label_of(self._session, change["image"]), int(change["by"]))

    def vue_rename(self, change: dict[str, Any]) -> None:
        """Give an image another label: ``{image, name}``."""
        self._session.rename_image(label_of(self._session, change["image"]), str(change["name"]).strip())

    def vue_set_visible(self, change: dict[str, Any]) -> None:
        """Show or hide a layer: ``{image, visible}``."""
        self._viewer.set_visible(label_of(self._session, change["image"]), bool(change["visible"]))

    def vue_set_layer(self, change: dict[str, Any]) -> None:
        """Change how a layer looks: ``image`` and one of opacity, colormap, stretch, cuts."""
        label = label_of(self._session, change.pop("image"))
        if isinstance(change.get("cuts"), list):
            change["cuts"] = tuple(change["cuts"])
        self._viewer.set_layer(label, **change)

    def _pull(self, *_: Any) -> None:
        """Show the layers as they are now, the top-most first."""
        known = ids(self._session)
        layers = [
            layer.look.to_dict() | {"label": layer.label, "id": known[layer.label]}
            for layer in reversed(self._viewer.controls.layers)
            if layer.label in known  # or it is of a moment ago
        ]
        shown = {layer["label"] for layer in layers}
        with self.hold_sync():
            self.layers = layers
            self.others = [
                {"id": one, "label": label}
                for label, one in known.items()
                if label in self._session.images and label not in shown
            ]
