"""Brightness along the row and the column of a position, and along a cut at any angle and width.

`imviz.science.sources.line_profiles` reads the pixels; the plugin says of which images, shows the plots, and
draws the position and the cut on the picture. Key ``l`` over a picture takes the position under the cursor,
key ``k`` one end of the cut after the other. Nothing of it is part of the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from echo import CallbackProperty

from imviz.errors import InputError
from imviz.plugin import Choice, Held, Number, Paths, Plot, Plugin, Points, Series, Viewers, action
from imviz.science.results.files import write_table
from imviz.science.sky.geometry import has_celestial
from imviz.science.sources.line_profiles import (
    LineProfile,
    column_profile,
    cut_on_another,
    cut_profile,
    profile_along,
    row_profile,
)

if TYPE_CHECKING:
    from astropy.table import QTable

    from imviz.session import Session
    from imviz.view import KeyPress, View

__all__ = ["LineProfiles"]

PIXELS, ARCSEC = "Pixels", "Arcsec"
POINT, CUT = "profile position", "profile cut"  # what is drawn on the picture
COLOUR = "#ffb300"


class LineProfiles(Plugin):
    """Plot values along a row, a column and any other line."""

    name = "Image Profiles (XY)"
    icon = "mdi-chart-bell-curve"
    viewer = Choice(of="viewers", doc="The viewer whose top image is read.")
    x = Number(doc="Column, in pixels of the viewer's top image; 0 is the first.")
    y = Number(doc="Row, in pixels of the viewer's top image; 0 is the first.")
    only_seen = CallbackProperty(True, docstring="Whether rows and columns end where the view does.")
    all_images = CallbackProperty(False, docstring="Whether all visible images are plotted, not the top one.")
    x1, y1 = Number(doc="Where the cut begins, pixels."), Number(doc="Where the cut begins, pixels.")
    x2, y2 = Number(doc="Where the cut ends, pixels."), Number(doc="Where the cut ends, pixels.")
    width = Number(1.0, doc="Width that the cut is averaged over, pixels.")
    distance_unit = Choice([PIXELS, ARCSEC], doc="What the distance along the cut is shown in.")
    can_plot = CallbackProperty(False, docstring="Whether a viewer shows an image.")
    row_plot = Held("Values along the row.")
    column_plot = Held("Values along the column.")
    cut_plot = Held("Values along the cut.")
    has_row = CallbackProperty(False, docstring="Whether row and column have been plotted.")
    has_cut = CallbackProperty(False, docstring="Whether a cut has been plotted.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._found: dict[str, dict[str, LineProfile]] = {}
        self._half_cut: KeyPress | None = None
        self._viewers.add_callback("names", self._follow)
        self._viewers.add_callback("key", self._on_key)
        session.add_callback("images", self._follow)
        self.add_callback("active", self._draw)
        self.add_callback("distance_unit", self._show_cut)
        self._follow()

    @action
    def plot(self, x: float | None = None, y: float | None = None) -> dict[str, QTable]:
        """Plot the row and the column at a position.

        Parameters
        ----------
        x, y : float, optional
            In pixels of the top image, 0-indexed. Default: those the plugin has.

        Returns
        -------
        dict of QTable
            ``row`` and ``column`` of the top image.
        """
        self.x, self.y = (self.x if x is None else x), (self.y if y is None else y)
        if self.x is None or self.y is None:
            raise InputError("Give x and y, or press L over a position of the picture.")
        viewer, top = self._top()
        labels = self._labels(viewer)
        profiles = {
            which: {label: self._straight(viewer, top, label, along) for label in labels}
            for which, along in (("row", "x"), ("column", "y"))
        }
        self._found |= profiles
        at_x, at_y = int(np.floor(self.x + 0.5)), int(np.floor(self.y + 0.5))
        self.row_plot = _plot(self._found["row"], "x", f"Row y = {at_y}")
        self.column_plot = _plot(self._found["column"], "y", f"Column x = {at_x}")
        self.has_row = True
        self._draw()
        self.say("")
        return {
            name: self._found[name][top].table(self._session.image(top).wcs) for name in ("row", "column")
        }

    @action
    def cut(
        self,
        start: tuple[float, float] | None = None,
        end: tuple[float, float] | None = None,
        width: float | None = None,
    ) -> QTable:
        """Plot a cut from one position to another.

        Parameters
        ----------
        start, end : (float, float), optional
            x, y in pixels of the top image. Default: those the plugin has.
        width : float, optional
            Pixels to average over, across the cut.

        Returns
        -------
        QTable
            x, y, distance, separation on the sky (with a WCS), pixel_value and (where known) error.
        """
        if start is not None:
            self.x1, self.y1 = start
        if end is not None:
            self.x2, self.y2 = end
        if width is not None:
            self.width = width
        ends = (self.x1, self.y1), (self.x2, self.y2)
        if any(value is None for value in (*ends[0], *ends[1], self.width)):
            raise InputError("Give both ends and the width, or press K over each end on the picture.")
        viewer, top = self._top()
        labels = self._labels(viewer)
        self._found["cut"] = {label: self._cut_of(viewer, top, label) for label in labels}
        self._show_cut()
        self.has_cut = True
        self._draw()
        self.say("")
        return self._found["cut"][top].table(self._session.image(top).wcs)

    @action
    def clear(self) -> None:
        """Take plots and lines away."""
        self._found, self._half_cut = {}, None
        self.has_row = self.has_cut = False
        self._draw()
        self.say("")

    def export_table(
        self, which: str = "cut", filename: str | None = None, overwrite: bool = False
    ) -> QTable:
        """The values of the ``"row"``, ``"column"`` or ``"cut"`` of the top image, also written to a file."""
        if which not in self._found:
            raise InputError(f"There is no {which!r} yet; there is: {', '.join(self._found) or 'nothing'}.")
        label, profile = list(self._found[which].items())[-1]
        wcs = self._session.image(label).wcs if label in self._session.images else None
        table = profile.table(wcs)
        if filename is not None:
            write_table(table, filename, overwrite=overwrite)
        return table

    # ---- reading

    def _top(self) -> tuple[View, str]:
        if not self.viewer:
            raise InputError("There is no viewer to read a profile in; add one first.")
        viewer = self._viewers[str(self.viewer)]
        top = viewer.controls.top
        if top is None:
            raise InputError(f"Viewer {viewer.name} shows no image; show one first.")
        return viewer, top

    def _labels(self, viewer: View) -> list[str]:
        shown = [layer.label for layer in viewer.controls.layers if layer.visible]
        return shown if self.all_images else shown[-1:]

    def _straight(self, viewer: View, top: str, label: str, along: str) -> LineProfile:
        """The row (along x) or column (along y) of the top image, read off any image that lies on it."""
        between = self._seen(viewer, top, along)
        reader, at = (row_profile, self.y) if along == "x" else (column_profile, self.x)
        transform = viewer.frame.transform(top, label)
        if transform is None:
            return reader(self._session.image(label), float(at), between)
        line = reader(self._session.image(top), float(at), between)
        profile = profile_along(self._session.image(label), *transform(line.x, line.y))
        return LineProfile(
            line.x, line.y, line.distance, profile.value, profile.error, profile.error_from, profile.unit
        )

    def _seen(self, viewer: View, label: str, along: str) -> tuple[float, float] | None:
        limits = viewer.limits
        if not self.only_seen or limits is None:
            return None
        corners = [
            viewer.frame.from_reference(label, x, y)
            for x in (limits.x_min, limits.x_max)
            for y in (limits.y_min, limits.y_max)
        ]
        values = np.array(corners)[:, 0 if along == "x" else 1]
        return (float(values.min()), float(values.max())) if np.isfinite(values).all() else None

    def _cut_of(self, viewer: View, top: str, label: str) -> LineProfile:
        ends = (float(self.x1), float(self.y1)), (float(self.x2), float(self.y2))
        image, width = self._session.image(label), float(self.width)
        transform = viewer.frame.transform(top, label)
        if transform is None:
            return cut_profile(image, *ends, width)
        return cut_on_another(image, transform, ends, width)

    # ---- showing

    def _show_cut(self, *_: Any) -> None:
        profiles = self._found.get("cut", {})
        if not profiles:
            return
        top = self._top()[1]
        wcs = self._session.image(top).wcs
        on_sky = self.distance_unit == ARCSEC and has_celestial(wcs)
        if self.distance_unit == ARCSEC and not on_sky:
            self.say(f"{top} does not tell where on the sky it is; the distance is in pixels.")
        series = []
        for label, one in profiles.items():
            x = one.on_sky(wcs) if on_sky else one.distance
            series.append(Series(one.distance if x is None else x, one.value, "trace", label, one.error))
        wide = f", width {self.width:g}" if self.width and self.width > 1 else ""
        title = f"Cut ({self.x1:.1f}, {self.y1:.1f}) – ({self.x2:.1f}, {self.y2:.1f}){wide}"
        label = "distance (arcsec)" if on_sky else "distance (pixels)"
        self.cut_plot = Plot(
            tuple(series), label, _value_label({one.unit for one in profiles.values()}), title
        )

    def _draw(self, *_: Any) -> None:
        """Mark the position and the cut on the picture while the panel is open."""
        for name in self._viewers:
            viewer = self._viewers[name]
            top = viewer.controls.top
            viewer.vectors.remove(POINT)
            viewer.vectors.remove(CUT)
            if not self.active or name != self.viewer or top is None:
                continue
            if "row" in self._found:
                point = Points([self.x], [self.y], image=top, marker="plus", size=16, color=COLOUR)
                viewer.vectors.set(POINT, point)
            if "cut" in self._found or self._half_cut is not None:
                viewer.vectors.set(CUT, self._line(top))

    def _line(self, top: str) -> Paths:
        if self._half_cut is not None:
            return _cross(self._half_cut.x, self._half_cut.y, top)
        ends = np.array([[self.x1, self.y1], [self.x2, self.y2]], dtype=float)
        return _cut_line(ends, float(self.width or 1), top)

    def _on_key(self, press: KeyPress | None) -> None:
        if press is None or press.key.lower() not in ("l", "k"):
            return
        self.viewer = press.viewer
        self.active = True
        if press.key.lower() == "l":
            self.x, self.y = float(np.floor(press.x + 0.5)), float(np.floor(press.y + 0.5))
            self._guarded(self.plot)
        elif self._half_cut is None or self._half_cut.viewer != press.viewer:
            self._half_cut = press
            self.say("One end of the cut is set; press K over the other.")
            self._draw()
        else:
            self.x1, self.y1 = self._half_cut.x, self._half_cut.y
            self.x2, self.y2 = press.x, press.y
            self._half_cut = None
            self._guarded(self.cut)

    def _guarded(self, function: Any) -> None:
        """Do what a key asked for; what cannot be done is said in the panel."""
        try:
            function()
        except InputError as error:
            self.say(str(error), "error")
            self._draw()

    def _follow(self, *_: Any) -> None:
        """See whether there is a picture to read."""
        self.can_plot = bool(self.viewer) and bool(self._session.images)


def _value_label(units: set[str]) -> str:
    return f"value ({units.copy().pop()})" if len(units) == 1 and units != {""} else "value"


def _plot(profiles: dict[str, LineProfile], along: str, title: str) -> Plot:
    """The rows or columns of some images."""
    series = [
        Series(getattr(one, along), one.value, "trace", label, one.error) for label, one in profiles.items()
    ]
    units = {profile.unit for profile in profiles.values()}
    return Plot(tuple(series), f"{along} (pixels)", _value_label(units), title)


def _cross(x: float, y: float, image: str) -> Paths:
    """One end of a cut that has no other yet."""
    strokes = [[[x - 4, y], [x + 4, y]], [[x, y - 4], [x, y + 4]]]
    return Paths(strokes, image=image, color=COLOUR, width=2)


def _cut_line(ends: np.ndarray, width: float, image: str) -> Paths:
    """The cut on the picture, with its edges if it is wide."""
    a, b = ends
    across = width / 2 * np.array([-(b - a)[1], (b - a)[0]]) / np.hypot(*(b - a))
    edges = [[a + across, b + across], [a - across, b - across]] if width > 1 else []
    return Paths([[a, (a + b) / 2, b], *edges], image=image, color=COLOUR, labels=["cut", *[""] * len(edges)])
