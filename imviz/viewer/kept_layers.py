"""How a viewer shows an image, remembered while the image is gone, so that undo brings back what was seen.

It holds numbers, no pixels and nothing of glue's: an image that is removed is let go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imviz.science.display.look import Look
    from imviz.view.limits import Limits
    from imviz.viewer.wired_view import WiredView

__all__ = ["KeptLayer", "KeptLayers"]


@dataclass(frozen=True, slots=True)
class KeptLayer:
    """How one image was shown.

    Attributes
    ----------
    place : int
        In the order that images are drawn in.
    look : Look
        How it looked.
    limits : Limits or None
        Where the view looked, if the view was in this image's pixels.
    fitted : bool
        Whether it showed everything.
    """

    place: int
    look: Look
    limits: Limits | None
    fitted: bool


class KeptLayers:
    """Answers for one viewer when the document asks how an image is shown, and shows it again.

    Parameters
    ----------
    viewer : WiredView
        The viewer.
    """

    def __init__(self, viewer: WiredView) -> None:
        self._viewer = viewer
        viewer.document.shown_by.append(self)

    def close(self) -> None:
        """Answer no more."""
        self._viewer.document.shown_by.remove(self)

    @property
    def name(self) -> str:
        """The viewer's name."""
        return str(self._viewer.name)

    def keep(self, label: str) -> KeptLayer | None:
        """How an image about to be removed is shown; None if it is not."""
        viewer = self._viewer
        labels = [state.layer.label for state in viewer.layers_shown.states]
        if label not in labels:
            return None
        limits = viewer.limits if viewer.reference_image == label else None
        look = viewer.layers_shown.look(label)
        return KeptLayer(labels.index(label), look, limits, viewer.navigation.fitted)

    def bring_back(self, label: str, kept: KeptLayer | None) -> None:
        """Show an image that has come back as it was."""
        if kept is None:
            return
        viewer, layers = self._viewer, self._viewer.layers_shown
        viewer.add_image(label, like=kept.look)
        layers.move(label, kept.place - [state.layer.label for state in layers.states].index(label))
        if kept.limits is not None:
            viewer.state.reference_data = viewer.document.data(label)
            viewer.navigation.show(kept.limits, fitted=kept.fitted)
