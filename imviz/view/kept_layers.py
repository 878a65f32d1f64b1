"""How a view shows an image, remembered while the image is gone, so that undo brings back what was seen.

It holds numbers, no pixels and nothing of glue's: an image that is removed is let go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.science.display.look import Look
    from imviz.view.frame import ViewFrame
    from imviz.view.layers import Layers
    from imviz.view.limits import Limits
    from imviz.view.navigation import Navigation

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
    """Answers for one view when the document asks how an image is shown, and shows it again.

    Parameters
    ----------
    frame : ViewFrame
        It knows the document.
    layers : Layers
        They know how images are shown.
    navigation : Navigation
        It knows where the view looks.
    add : callable
        Shows an image: `View.add_image`.
    """

    def __init__(
        self, frame: ViewFrame, layers: Layers, navigation: Navigation, add: Callable[..., None]
    ) -> None:
        self._frame, self._layers, self._navigation, self._add = frame, layers, navigation, add
        frame.document.shown_by.append(self)

    def close(self) -> None:
        """Answer no more."""
        self._frame.document.shown_by.remove(self)

    @property
    def name(self) -> str:
        """The view's name."""
        return self._frame.name

    def keep(self, label: str) -> KeptLayer | None:
        """How an image about to be removed is shown; None if it is not."""
        labels = [state.layer.label for state in self._layers.states]
        if label not in labels:
            return None
        limits = self._frame.limits if self._frame.reference_image == label else None
        return KeptLayer(labels.index(label), self._layers.look(label), limits, self._navigation.fitted)

    def bring_back(self, label: str, kept: KeptLayer | None) -> None:
        """Show an image that has come back as it was."""
        if kept is None:
            return
        self._add(label, like=kept.look)
        here = [state.layer.label for state in self._layers.states].index(label)
        self._layers.move(label, kept.place - here)
        if kept.limits is not None:
            self._frame.state.reference_data = self._frame.document.data(label)
            self._navigation.show(kept.limits, fitted=kept.fitted)
