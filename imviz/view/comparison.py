"""Two images of one viewer compared by fading or by a divider; drawn and moved in the browser.

While it lasts, these two are seen whatever else is visible; the layers themselves are not changed, so that
ending it shows what was seen before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from imviz.errors import InputError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from imviz.view.frame import ViewFrame
    from imviz.view.layers import Layers

__all__ = ["COMPARISONS", "Comparison", "Share"]

COMPARISONS = ("fade", "swipe")


@dataclass(frozen=True, slots=True)
class Share:
    """How one image is drawn: its opacity (None: its own), between which parts of the picture's width."""

    label: str
    opacity: float | None = None
    between: tuple[float, float] = (0.0, 1.0)


class Compared(Protocol):
    """What draws the two: how, which, and where the divider or slider is."""

    mode: Any
    left: Any
    right: Any
    at: Any

    def hold_sync(self) -> AbstractContextManager[Any]:
        """Tell what is set inside in one message."""


class Comparison:
    """Compares two images of one viewer.

    Attributes
    ----------
    mode : {'', 'fade', 'swipe'}
        How, or '' while nothing is compared.
    images : tuple of str
        The image on the left (or first) and the one on the right (or last).
    at : float
        Where the divider is, 0 at the left edge to 1; how much of the second image is seen.
    """

    def __init__(self, frame: ViewFrame, layers: Layers, page: Compared) -> None:
        self._frame, self._layers, self._page = frame, layers, page

    @property
    def mode(self) -> str:
        """How: 'fade' or 'swipe'; '' while nothing is compared."""
        return str(self._page.mode)

    @property
    def images(self) -> tuple[str, str]:
        """The image on the left (or first), and the one on the right (or last)."""
        return str(self._page.left), str(self._page.right)

    @property
    def at(self) -> float:
        """Where the divider or slider is, 0 to 1."""
        return float(self._page.at)

    def start(
        self, mode: str | None, left: str | None = None, right: str | None = None, at: float = 0.5
    ) -> None:
        """Compare by 'fade' or 'swipe', or (None) no more.

        Parameters
        ----------
        mode : {'fade', 'swipe'} or None
            How.
        left, right : str, optional
            Labels of two images of the viewer. Default: the top-most visible one on the left, the next of
            the others on the right.
        at : float
            Where to begin, 0 to 1.

        Raises
        ------
        InputError
            If there are no two images to compare, or a name or number cannot be used.
        """
        if not mode:
            self.stop()
            return
        if mode not in COMPARISONS:
            raise InputError(f"Images are compared by 'fade' or 'swipe', not {str(mode)[:60]!r}.")
        labels = [layer.label for layer in self._frame.controls.layers]
        if len(labels) < 2:
            raise InputError(f"Viewer {self._frame.name} needs two images to compare; add another one.")
        left, right = self._pair(labels, left, right)
        if not (isinstance(at, int | float) and 0 <= at <= 1):
            raise InputError(f"A comparison begins at a number from 0 to 1, not {at!r}.")
        with self._page.hold_sync():
            self._page.left, self._page.right = left, right
            self._page.at, self._page.mode = float(at), mode
        self._frame.controls.comparison = mode

    def stop(self) -> None:
        """Compare no more."""
        self._page.mode = ""
        self._frame.controls.comparison = ""

    def shares(self) -> list[Share]:
        """How the two are drawn, the lower first, as in the browser; empty while nothing is compared."""
        left, right = self.images
        if self.mode == "swipe":
            return [Share(left, 1.0, (0.0, self.at)), Share(right, 1.0, (self.at, 1.0))]
        return [Share(left, 1.0), Share(right, self.at)] if self.mode else []

    def sync(self) -> None:
        """Stop if one of the two images has gone."""
        labels = {layer.label for layer in self._frame.controls.layers}
        if self.mode and not labels >= set(self.images):
            self.stop()

    def _pair(self, labels: list[str], left: Any, right: Any) -> tuple[str, str]:
        for label in (left, right):
            if label is not None:
                self._layers.state(label)  # an error if the viewer does not have it
        if left is None:
            top = self._frame.controls.top or labels[-1]
            left = top if top != right else next(label for label in reversed(labels) if label != right)
        if right is None:
            here = labels.index(left)
            right = labels[(here + 1) % len(labels)]
        if left == right:
            raise InputError(f"{left!r} cannot be compared with itself; name two images.")
        return str(left), str(right)
