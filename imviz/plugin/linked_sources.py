"""A plugin whose sources are one selection: rows of its table, and points over the image.

The plugin puts its sources into a vector layer by a name; here the table's rows and the layer's points are
joined both ways. Where the sources come from, and their layer, is the plugin's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from echo import CallbackProperty

from imviz.errors import InputError
from imviz.plugin.fields import Choice, Held
from imviz.plugin.plugin import Plugin, action
from imviz.science.results.files import write_table
from imviz.science.results.reports import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from astropy.table import QTable

    from imviz.plugin.viewers import Viewers
    from imviz.session import Session
    from imviz.view import Picked, View

__all__ = ["LinkedSources", "SourcePages"]


class SourcePages:
    """The sources as texts, any run of them at a time, and which of them are selected."""

    title = "Sources"

    def __init__(self, table: QTable, plugin: LinkedSources) -> None:
        self._table, self._plugin = table, plugin
        self.columns = tuple(str(name) for name in table.colnames)
        self.focus: int | None = 0

    @property
    def n_rows(self) -> int:
        """How many sources there are."""
        return len(self._table)

    @property
    def selected(self) -> frozenset[int]:
        """The rows that are selected."""
        return self._plugin.selected_rows

    def rows(self, start: int, stop: int) -> list[dict[str, str]]:
        """Sources ``start`` to ``stop`` (excluded), each a text per column."""
        chosen = range(start, min(stop, len(self._table)))
        return [{name: text(self._table[name][n], name) for name in self.columns} for n in chosen]

    def choose(self, row: int, more: bool) -> None:
        """Select a row; with `more`, add it to those selected, or take it out if it was."""
        self._plugin.choose([row], more=more)


class LinkedSources(Plugin):
    """A table of sources, linked with the points of a vector layer.

    Attributes
    ----------
    layer : str
        Name of the layer, in every viewer that has it.
    """

    layer: ClassVar[str] = ""
    viewer = Choice(of="viewers", doc="The viewer that is looked at, and zoomed.")
    n_sources = CallbackProperty(0, docstring="How many sources there are.")
    n_selected = CallbackProperty(0, docstring="How many of them are selected.")
    table = Held("The sources.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._found: QTable | None = None
        self._chosen: frozenset[int] = frozenset()
        self._viewers.watch("vectors.picked", self._pick)

    @property
    def sources(self) -> QTable | None:
        """All sources (a copy), or None."""
        return None if self._found is None else self._found.copy()

    def export_table(self, filename: str | None = None, overwrite: bool = False) -> QTable | None:
        """All sources (a copy), also written to `filename` (.ecsv, .csv, .fits, .vot)."""
        if filename is not None:
            write_table(self._sources(), filename, overwrite=overwrite)
        return self.sources

    @property
    def selected_rows(self) -> frozenset[int]:
        """Numbers of the rows selected."""
        return self._chosen

    @property
    def table_selected(self) -> QTable | None:
        """The selected sources (a copy), or None."""
        return None if self._found is None else self._found[sorted(self._chosen)]

    def select_rows(self, rows: int | slice | Iterable[int]) -> None:
        """Select some rows, by number, and no others."""
        n = len(self._sources())
        if isinstance(rows, slice):
            rows = range(n)[rows]
        numbers = [rows] if isinstance(rows, int | np.integer) else list(rows)
        wrong = [row for row in numbers if not -n <= int(row) < n]
        if wrong:
            raise InputError(f"There is no row {wrong[0]}; the catalog has {n}, numbered from 0.")
        self._choose(frozenset(int(row) % n for row in numbers))

    @action
    def select_all(self) -> None:
        """Select all sources."""
        self._choose(frozenset(range(self.n_sources)))

    @action
    def select_none(self) -> None:
        """Select no source."""
        self._choose(frozenset())

    @action
    def zoom(self) -> None:
        """Show the selected sources."""
        self.zoom_to_selected()

    def zoom_to_selected(
        self, padding: float = 0.02, return_bounding_box: bool = False
    ) -> tuple[float, float, float, float] | None:
        """Show the selected sources in the plugin's viewer.

        Parameters
        ----------
        padding : float
            Room on each side, as a part of the image's longer side.
        return_bounding_box : bool
            Whether to return ``x_min, x_max, y_min, y_max`` of what is shown, in the view's pixels.
        """
        if not self._chosen:
            raise InputError("No source is selected; select rows of the table, or points, first.")
        viewer = self._shown()
        x, y = (axis[sorted(self._chosen)] for axis in viewer.vectors.positions(self.layer))
        there = np.isfinite(x) & np.isfinite(y)
        reference = viewer.reference_image
        if not there.any() or viewer.limits is None or reference is None:
            raise InputError("The selected sources do not lie in this view; show an image they lie on.")
        room = padding * max(self._session.image(reference).data.shape)
        x, y = x[there], y[there]
        edges = {
            "x_min": x.min() - room,
            "x_max": x.max() + room,
            "y_min": y.min() - room,
            "y_max": y.max() + room,
        }
        limits = replace(viewer.limits, **{name: float(edge) for name, edge in edges.items()})
        viewer.navigation.show(limits)
        return (limits.x_min, limits.x_max, limits.y_min, limits.y_max) if return_bounding_box else None

    def choose(self, rows: Iterable[int], *, more: bool, focus: bool = False) -> None:
        """Select rows; with `more`, add them to those selected, or take them out if all were."""
        rows = frozenset(rows)
        chosen = rows if not more else self._chosen - rows if rows <= self._chosen else self._chosen | rows
        self._choose(chosen, min(rows) if focus and rows else None)

    # ---- inside

    def _show(self, table: QTable | None) -> None:
        """Show other sources, none of them selected."""
        self._found, self._chosen = table, frozenset()
        self.n_sources, self.n_selected = 0 if table is None else len(table), 0
        self.table = None if table is None else SourcePages(table, self)

    def _shown(self) -> View:
        if not self.viewer:
            raise InputError("There is no viewer; add one first.")
        return self._viewers[str(self.viewer)]

    def _sources(self) -> QTable:
        if self._found is None:
            raise InputError(f"{self.name} has no sources yet; search, or give it some, first.")
        return self._found

    def _choose(self, rows: frozenset[int], focus: int | None = None) -> None:
        self._chosen, self.n_selected = rows, len(rows)
        for viewer in map(self._viewers.__getitem__, self._viewers):
            if self.layer in viewer.vectors.names:
                viewer.vectors.select(self.layer, sorted(rows))
        if self.table is not None:
            self.table.focus = focus
            self.table = self.table

    def _pick(self, _: str, pick: Picked | None) -> None:
        """Points were clicked in a viewer."""
        if pick is not None and pick.layer == self.layer:
            self.choose(pick.indices, more=pick.more, focus=True)
