"""Positions noted by hand, with what is there; and distances between two of them.

Key ``m`` over a picture adds a row for the position under the cursor, key ``d`` pressed twice measures the
way between. `imviz.science.sky.places` reads; here are the two tables, and the marks drawn on every viewer
that shows the image, while the panel is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.table import QTable
from echo import CallbackProperty

from imviz.errors import InputError
from imviz.plugin import Held, Paths, Plugin, Points, Viewers, action
from imviz.science.results.files import write_table
from imviz.science.results.reports import text
from imviz.science.sky.places import Place, between, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imviz.session import Session
    from imviz.view import KeyPress

__all__ = ["Markers", "Rows"]

MARKS, LINES = "markers", "distances"
COLOUR, LINE = "#c75109", "#ffb300"
COLUMNS = (
    *("pixel_x", "pixel_y", "pixel:unreliable", "world_ra", "world_dec", "world:unreliable"),
    *("value", "value:unit", "value:unreliable", "viewer", "data_label"),
)
MEASURED = (
    *("Start RA", "Start Dec", "End RA", "End Dec", "Separation (arcsec)", "Distance (pix)"),
    *("Position Angle (deg)", "Start X", "End X", "Start Y", "End Y", "Δx", "Δy", "Viewer", "Data Label"),
)
ANGLES = ("world_ra", "world_dec", "Start RA", "Start Dec", "End RA", "End Dec")  # degrees
DIGITS = {"Separation (arcsec)": ".4f", "Distance (pix)": ".2f", "Position Angle (deg)": ".2f"}


class Rows:
    """Rows of values as texts, any run of them at a time."""

    def __init__(self, columns: Sequence[str], rows: list[dict[str, Any]], title: str) -> None:
        self.columns, self._found, self.title = columns, rows, title

    @property
    def n_rows(self) -> int:
        """How many there are."""
        return len(self._found)

    def rows(self, start: int, stop: int) -> list[dict[str, str]]:
        """Rows ``start`` to ``stop`` (excluded)."""
        return [{name: _text(name, row[name]) for name in self.columns} for row in self._found[start:stop]]


class Markers(Plugin):
    """Note positions and measure distances."""

    name = "Markers"
    icon = "mdi-map-marker-outline"
    n_markers = CallbackProperty(0, docstring="How many positions have been noted.")
    n_distances = CallbackProperty(0, docstring="How many distances have been measured.")
    snap = CallbackProperty(False, docstring="Whether a distance begins and ends at the nearest marker.")
    last_distance = CallbackProperty("", docstring="The last distance, in words.")
    table = Held("The positions.")
    measurements_table = Held("The distances.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._rows: list[dict[str, Any]] = []
        self._measured: list[dict[str, Any]] = []
        self._start: tuple[str, str, Place] | None = None
        self._viewers.add_callback("key", self._on_key)
        self._viewers.add_callback("names", self._draw)
        session.add_callback("images", self._draw)
        self.add_callback("active", self._draw)

    # ---- positions

    def add_marker(self, x: float, y: float, image: str | None = None, viewer: str = "") -> dict[str, Any]:
        """Note a position and return its row.

        Parameters
        ----------
        x, y : float
            In the pixels of `image`.
        image : str, optional
            Default: the first image.
        viewer : str, optional
            Where it was seen.
        """
        label = self._label(image)
        here = self._place(label, x, y)
        unit = self._session.image(label).unit
        row = dict(
            zip(
                COLUMNS,
                (
                    *(here.x, here.y, not here.on_image),
                    *(here.ra, here.dec, here.extrapolated),
                    *(here.value, "" if unit is None else str(unit), here.value is None or here.masked),
                    *(viewer, label),
                ),
                strict=True,
            )
        )
        self._rows.append(row)
        self._refresh()
        return dict(row)

    def export_table(self, filename: str | None = None, overwrite: bool = False) -> QTable | None:
        """The positions as a table (a copy; None without any), also written to `filename`."""
        return _export(COLUMNS, self._rows, filename, overwrite, "marker: press M over the picture")

    @action
    def clear_table(self) -> None:
        """Forget all positions."""
        self._rows = []
        self._refresh()

    # ---- distances

    def measure_distance(
        self, start: tuple[float, float], end: tuple[float, float], image: str | None = None, viewer: str = ""
    ) -> dict[str, Any]:
        """Measure from one position to another, x and y in the pixels of `image`; returns the row."""
        label = self._label(image)
        a, b = self._place(label, *start), self._place(label, *end)
        way = between(a, b)
        values = (
            *(a.ra, a.dec, b.ra, b.dec, way.arcsec, way.pixels, way.position_angle),
            *(a.x, b.x, a.y, b.y, b.x - a.x, b.y - a.y, viewer, label),
        )
        row = dict(zip(MEASURED, values, strict=True))
        self._measured.append(row)
        self.last_distance = _in_words(row)
        self._refresh()
        return dict(row)

    def export_measurements_table(
        self, filename: str | None = None, overwrite: bool = False
    ) -> QTable | None:
        """The distances as a table (a copy; None without any), also written to `filename`."""
        return _export(MEASURED, self._measured, filename, overwrite, "distance: press D over two positions")

    @action
    def clear_measurements_table(self) -> None:
        """Forget all distances."""
        self._measured, self._start, self.last_distance = [], None, ""
        self._refresh()

    # ---- inside

    def _label(self, image: str | None) -> str:
        if image is None and not self._session.images:
            raise InputError("There is no image to mark; load one first.")
        label = self._session.images[0] if image is None else image
        self._session.image(label)
        return label

    def _place(self, label: str, x: float, y: float) -> Place:
        if not (np.isfinite(x) and np.isfinite(y)):
            raise InputError(f"A position needs two finite numbers, not ({x}, {y}).")
        return place(self._session.image(label), x, y)

    def _on_key(self, press: KeyPress | None) -> None:
        if press is None or press.key.lower() not in ("m", "d"):
            return
        try:
            if press.key.lower() == "m":
                self.add_marker(press.x, press.y, press.image, press.viewer)
                self.say("")
            else:
                self._end_of_distance(press)
        except InputError as error:
            self.say(str(error), "error")
        self.active = True

    def _end_of_distance(self, press: KeyPress) -> None:
        x, y = self._nearest(press) if self.snap else (press.x, press.y)
        first, self._start = self._start, None
        if first is not None and first[:2] == (press.viewer, press.image):
            start = first[2]
            self.measure_distance((start.x, start.y), (x, y), press.image, press.viewer)
            self.say("")
        else:
            self._start = press.viewer, press.image, self._place(press.image, x, y)
            self.say("One end is set; press D over the other.")
        self._draw()

    def _nearest(self, press: KeyPress) -> tuple[float, float]:
        """The nearest marker on the image."""
        marks = [(row["pixel_x"], row["pixel_y"]) for row in self._rows if row["data_label"] == press.image]
        if not marks:
            return press.x, press.y
        return min(marks, key=lambda mark: np.hypot(mark[0] - press.x, mark[1] - press.y))

    def _refresh(self) -> None:
        self.n_markers, self.n_distances = len(self._rows), len(self._measured)
        self.table = Rows(COLUMNS, self._rows, "Positions")
        self.measurements_table = Rows(MEASURED, self._measured, "Distances")
        self._draw()

    def _draw(self, *_: Any) -> None:
        """Marks and lines, one layer for each image, while the panel is open."""
        images = self._session.images
        for name in self._viewers:
            vectors = self._viewers[name].vectors
            for layer in [layer for layer in vectors.names if layer.startswith((f"{MARKS}:", f"{LINES}:"))]:
                vectors.remove(layer)
            for label in images if self.active else ():
                points, lines = self._marks(label), self._lines(label)
                if points is not None:
                    vectors.set(f"{MARKS}:{label}", points)
                if lines is not None:
                    vectors.set(f"{LINES}:{label}", lines)

    def _marks(self, label: str) -> Points | None:
        rows = [(n, row) for n, row in enumerate(self._rows, 1) if row["data_label"] == label]
        x, y = [row["pixel_x"] for _, row in rows], [row["pixel_y"] for _, row in rows]
        if self._start is not None and self._start[1] == label:
            x, y = [*x, self._start[2].x], [*y, self._start[2].y]
        if not x:
            return None
        labels = [str(n) for n, _ in rows] + [""] * (len(x) - len(rows))
        return Points(x, y, image=label, marker="plus", size=14, width=2, color=COLOUR, labels=labels)

    def _lines(self, label: str) -> Paths | None:
        rows = [row for row in self._measured if row["Data Label"] == label]
        if not rows:
            return None
        ends = np.array([[[row[f"{end} X"], row[f"{end} Y"]] for end in ("Start", "End")] for row in rows])
        lines = [[a, (a + b) / 2, b] for a, b in ends]  # the middle is where the label stands
        return Paths(lines, image=label, color=LINE, width=1.5, labels=[_in_words(row) for row in rows])


def _in_words(row: dict[str, Any]) -> str:
    """A distance, short enough to stand on its line."""
    pixels = f"{row['Distance (pix)']:.2f} pix"
    if row["Separation (arcsec)"] is None:
        return pixels
    arcsec = row["Separation (arcsec)"]
    size = (
        f"{arcsec:.3f}″"
        if arcsec < 100
        else f"{arcsec / 60:.3f}′"
        if arcsec < 6000
        else f"{arcsec / 3600:.4f}°"
    )
    return f"{size}, {pixels}, PA {row['Position Angle (deg)']:.1f}°"


def _text(name: str, value: Any) -> str:
    if name in DIGITS and value is not None:
        return format(value, DIGITS[name])
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.7f}" if name in ANGLES and value is not None else text(value, name)


def _export(
    columns: Sequence[str], rows: list[dict[str, Any]], filename: str | None, overwrite: bool, first: str
) -> QTable | None:
    """Rows as a table with units; numbers that are absent are NaN."""
    if not rows:
        if filename is not None:
            raise InputError(f"There is no {first}.")
        return None
    table = QTable()
    for name in columns:
        values = [row[name] for row in rows]
        words = isinstance(values[0], str | bool)
        table[name] = values if words else np.array([np.nan if value is None else value for value in values])
        if name in ANGLES:
            table[name] = table[name] * u.deg
    if filename is not None:
        write_table(table, filename, overwrite=overwrite)
    return table
