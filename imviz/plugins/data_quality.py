"""Quality flags over the image they belong to: which flag where, by name, and what is under the cursor.

The flags come with the image (its DQ extension, or its mask as one flag); names are the mission's
(`imviz.readers.quality.missions`). The coloured veil is worked out beside the event loop for what is seen,
when the view has come to rest. Which flags make a pixel *bad* is not changed here (`Session.origins` does
that).
"""

from __future__ import annotations

from functools import partial
from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np
from echo import CallbackProperty

from imviz.errors import InputError
from imviz.plugin import BackgroundTask, Choice, Number, Plugin, Several, Viewers, action
from imviz.readers.quality.missions import MISSIONS, Flags
from imviz.science.display.colormaps import color as as_color
from imviz.science.display.quality_map import coloured, flag_colours, flags_at, flags_between

if TYPE_CHECKING:
    from imviz.session import Session
    from imviz.view import View

__all__ = ["DataQuality"]

OWN = "The image's own"
MASKED = Flags("mask", {"MASKED": 1})


class DataQuality(Plugin):
    """Show quality flags as colours."""

    kept_elsewhere = frozenset({"flags_filter"})
    name = "Data Quality"
    icon = "mdi-flag-outline"
    science_layer = Choice(doc="The image whose flags are shown.")
    flag_map_definitions = Choice([OWN, *MISSIONS], doc="Whose names the flags have.")
    overlay = CallbackProperty(True, docstring="Whether flags are shown over the image while this is open.")
    dq_layer_opacity = Number(0.9, doc="Opacity of the colours, 0 to 1.")
    flags_filter = Several(doc="The flags that are shown; a pixel with several shows the first.")
    flag = Choice(doc="The flag whose colour is changed.")
    color = CallbackProperty("#ffffff", docstring="Colour of the chosen flag.")
    decoded_flags = CallbackProperty((), docstring="(name, value, colour, shown) of each flag.")
    under_cursor = CallbackProperty("", docstring="The flags of the pixel under the cursor, in words.")
    mission = CallbackProperty("", docstring="Whose flags they are.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._colours: dict[str, str] = {}
        self._names: dict[str, int] = {}
        self._work: dict[str, BackgroundTask[Any]] = {}
        for field in ("images", "alignment"):
            session.add_callback(field, self._follow)
        for what, told in (("rested", self._redraw), ("layers", self._redraw), ("cursor", self._on_cursor)):
            self._viewers.watch(f"controls.{what}", told)
        for field in ("science_layer", "flag_map_definitions"):
            self.add_callback(field, self._take_flags)
        for field in ("active", "overlay", "dq_layer_opacity", "flags_filter"):
            self.add_callback(field, self._redraw_all)
        self.add_callback("flag", self._show_color)
        self.add_callback("color", self._on_color)
        self._follow()

    @action
    def show_all(self) -> None:
        """Show every flag."""
        self.flags_filter = tuple(self._names)

    @action
    def show_none(self) -> None:
        """Show no flag."""
        self.flags_filter = ()

    def set_color(self, flag: str, color: Any) -> None:
        """Give a flag another colour.

        Raises
        ------
        InputError
            If there is no such flag, or it is no colour.
        """
        if flag not in self._names:
            raise InputError(f"There is no flag {flag[:60]!r}; there is: {', '.join(self._names)}."[:240])
        self._colours[flag] = as_color(color)
        self._show_color()
        self._redraw_all()

    @property
    def dq_layer(self) -> str:
        """The image whose flags they are: flags come with an image, as its quality."""
        return str(self.science_layer)

    @property
    def flag_map_definitions_selected(self) -> str:
        """`flag_map_definitions`, as older notebooks call it."""
        return str(self.flag_map_definitions)

    @flag_map_definitions_selected.setter
    def flag_map_definitions_selected(self, value: str) -> None:
        self.flag_map_definitions = value

    def decode(self, x: float, y: float) -> tuple[int, tuple[str, ...]]:
        """The value of the quality image at a pixel, and the names of its flags."""
        values = self._values(str(self.science_layer))
        row, column = floor(y + 0.5), floor(x + 0.5)
        if values is None or not (0 <= row < values.shape[0] and 0 <= column < values.shape[1]):
            raise InputError(f"There is no quality pixel at ({x:g}, {y:g}).")
        value = int(np.asarray(values[row : row + 1, column : column + 1])[0, 0])
        return value, self._flags().decode(value)

    # ---- flags

    def _follow(self, *_: Any) -> None:
        labels = [label for label in self._session.images if self._values(label) is not None]
        type(self).science_layer.set_choices(self, labels)
        self._take_flags()

    def _values(self, label: str) -> Any:
        """The quality image of an image, read where it is looked at; None without one."""
        if label not in self._session.images:
            return None
        image = self._session.image(label)
        quality = image.meta.get("imviz_quality")
        if quality is not None:
            return quality.values
        return image.mask if image.mask is not None and np.ndim(image.mask) == 2 else None

    def _flags(self) -> Flags:
        if str(self.flag_map_definitions) != OWN:
            return MISSIONS[str(self.flag_map_definitions)]
        label = str(self.science_layer)
        quality = self._session.image(label).meta.get("imviz_quality") if label else None
        return MASKED if quality is None else quality.flags

    def _take_flags(self, *_: Any) -> None:
        flags = self._flags()
        names = dict(flags.values) or {f"bit {n}": 1 << n for n in range(32)}
        if names != self._names:
            self._names, self._colours = names, flag_colours(list(names))
            type(self).flags_filter.set_choices(self, list(names))
            type(self).flag.set_choices(self, list(names))
            self.flags_filter = tuple(names)
        self.mission = flags.mission
        self._redraw_all()

    def _show_color(self, *_: Any) -> None:
        self.color = self._colours.get(str(self.flag), "#ffffff")

    def _on_color(self, color: str) -> None:
        if self.flag and self._colours.get(str(self.flag)) != color:
            self.set_color(str(self.flag), color)

    def _on_cursor(self, _: str, readout: Any) -> None:
        if not self.active or readout is None or readout.image != self.science_layer:
            return
        if readout.value is None:
            self.under_cursor = ""
            return
        value, names = self.decode(readout.x, readout.y)
        where = f"x {floor(readout.x + 0.5)}  y {floor(readout.y + 0.5)}"
        self.under_cursor = f"{where}: {value} {', '.join(names) or 'no flag'}"

    # ---- the veil

    def _redraw_all(self, *_: Any) -> None:
        shown = set(self.flags_filter)
        self.decoded_flags = tuple(
            (name, value, self._colours[name], name in shown) for name, value in self._names.items()
        )
        for name in self._viewers:
            self._redraw(name)

    def _redraw(self, name: str, *_: Any) -> None:
        if name not in self._viewers.names:
            return
        viewer, label = self._viewers[name], str(self.science_layer)
        values = self._values(label)
        wanted = self.active and self.overlay and viewer.limits is not None and bool(self.flags_filter)
        if name in self._work:
            self._work[name].cancel()
        if not wanted or values is None or label not in viewer.visible_labels:
            viewer.quality_overlay.clear()
            return
        opacity = min(max(float(self.dq_layer_opacity or 0), 0), 1)
        work = self._work[name] = BackgroundTask(
            partial(_show, viewer, opacity), partial(self.say, kind="error")
        )
        shown = {flag: self._names[flag] for flag in self.flags_filter}
        paint = partial(coloured, shown=shown, colours=dict(self._colours), codes=self._flags().codes)
        work(partial(_painted, viewer, values, viewer.frame.transform(_reference(viewer), label), paint))


def _reference(viewer: View) -> str:
    return str(viewer.controls.reference)


def _painted(viewer: View, values: Any, transform: Any, paint: Any) -> tuple[Any, Any]:
    """The colours of what a viewer shows, and where."""
    shape = viewer.navigation.shape
    shown = viewer.navigation.shown().squared(shape)
    x_edges = np.linspace(shown.x_min, shown.x_max, shape[1] + 1)
    y_edges = np.linspace(shown.y_min, shown.y_max, shape[0] + 1)
    if transform is None:
        flags = flags_between(values, x_edges, y_edges, combine=not paint.keywords["codes"])
    else:
        x, y = np.meshgrid((x_edges[:-1] + x_edges[1:]) / 2, (y_edges[:-1] + y_edges[1:]) / 2)
        flags = flags_at(values, *(np.asarray(one, dtype=float) for one in transform(x, y)))
    return paint(flags), (shown.x_min, shown.x_max, shown.y_min, shown.y_max)


def _show(viewer: View, opacity: float, painted: tuple[Any, Any]) -> None:
    viewer.quality_overlay.show(*painted, opacity)
