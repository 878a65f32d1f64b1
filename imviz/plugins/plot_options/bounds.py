"""Where the selected viewers look, as numbers that older notebooks read and set."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from imviz.plugins.plot_options.selected import SelectedLayers
    from imviz.view.limits import Limits

__all__ = ["ViewBounds"]


class ViewBounds:
    """Centre and size of what the selected viewers show.

    Parameters
    ----------
    layers : SelectedLayers
        Whose viewers they are.
    """

    def __init__(self, layers: SelectedLayers) -> None:
        self._layers = layers

    @property
    def zoom_center_x(self) -> float:
        """x of the middle of the first selected viewer; setting it moves all selected."""
        return self._limits().centre[0]

    @zoom_center_x.setter
    def zoom_center_x(self, value: float) -> None:
        self._move(lambda shown: shown.centred_on(_finite(value), shown.centre[1]))

    @property
    def zoom_center_y(self) -> float:
        """y of the middle of the first selected viewer; setting it moves all selected."""
        return self._limits().centre[1]

    @zoom_center_y.setter
    def zoom_center_y(self, value: float) -> None:
        self._move(lambda shown: shown.centred_on(shown.centre[0], _finite(value)))

    @property
    def zoom_radius(self) -> float:
        """Half the shorter side of the first selected viewer, in pixels; setting it zooms all selected."""
        shown = self._limits()
        return min(shown.width, shown.height) / 2

    @zoom_radius.setter
    def zoom_radius(self, value: float) -> None:
        if not _finite(value) > 0:
            raise InputError(f"The zoom radius must be a positive number of pixels, not {value!r}.")
        self._move(lambda shown: shown.scaled(2 * float(value) / min(shown.width, shown.height)))

    def _limits(self) -> Limits:
        if not self._layers.viewers:
            raise InputError("No viewer is selected; select one.")
        return self._layers.viewers[0].navigation.shown()

    def _move(self, moved: Callable[[Limits], Limits]) -> None:
        for viewer in self._layers.viewers:
            viewer.navigation.show(moved(viewer.navigation.shown()))


def _finite(value: Any) -> float:
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else np.nan
    if not np.isfinite(number):
        raise InputError(f"A position must be a finite number, not {str(value)[:60]!r}.")
    return number
