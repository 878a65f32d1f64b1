"""Catalogs over the image: from a file, a table, or a service asked for what is in view.

The sources are kept in the session's catalogs and drawn by every viewer; the table here and the points there
are one selection: choose rows and the points stand out, click a point and its row is shown. Files and
services are read by `imviz.readers`; nothing is measured.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import QTable, Table
from echo import CallbackProperty

from imviz.errors import ImvizError, InputError
from imviz.plugin import Choice, LinkedSources, Number, Viewers, action
from imviz.readers.catalogs.files import as_catalog, read_catalog
from imviz.readers.catalogs.services import SERVICES, cone_search
from imviz.science.sky.geometry import has_celestial
from imviz.science.sources.source_columns import column_choices, find_positions
from imviz.session.catalogs import Catalog

if TYPE_CHECKING:
    from collections.abc import Generator

    import astropy.units as u

    from imviz.session import Session

__all__ = ["CatalogSearch"]

FILE = "From File..."
FOUND = "catalog_results"
AUTO = "found by name"
STYLE = {"color": "#ff5252", "alpha": 0.8, "size": 8.0, "pickable": True}
PATIENCE = 0.1  # seconds between two looks whether a service has answered


class CatalogSearch(LinkedSources):
    """Show a catalog's sources over the image."""

    name = "Catalog Search"
    icon = "mdi-table-search"
    layer = f"catalog {FOUND}"
    catalog = Choice((*SERVICES, FILE), doc="Where the sources come from.")
    asks = CallbackProperty("view", docstring="What the catalog must be told: 'view', 'name' or 'file'.")
    vizier_catalog = CallbackProperty("II/246", docstring="VizieR's name of a catalog: II/246 is 2MASS.")
    filename = CallbackProperty("", docstring="The file to read: ECSV, VOTable, FITS or CSV.")
    max_sources = Number(1000, doc="The most sources to ask a service for, the nearest to the centre.")
    x_column = Choice((AUTO,), doc="Column of the right ascension, of SkyCoord, or of x in pixels.")
    y_column = Choice((AUTO,), doc="Column of the declination, or of y in pixels.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._given: QTable | None = None  # the last table, whether or not its positions were found
        session.catalogs.add_callback("revision", self._follow_catalogs)
        for column in ("x_column", "y_column"):
            self.add_callback(column, self._place_again)
        self.add_callback("catalog", self._follow_choice)

    # ---- sources in

    @action
    def find(self) -> Generator[float, None, None]:
        """Ask the service, or read the file; the window stays alive meanwhile."""
        return self._finding()

    def search(self, error_on_fail: bool = False) -> QTable | None:
        """Ask the service, or read the file, and return what was found.

        Parameters
        ----------
        error_on_fail : bool
            Whether what goes wrong is raised; otherwise it is only said, and the result is None.
        """
        try:
            for _ in self._finding():
                pass
        except ImvizError as error:
            if error_on_fail:
                raise
            self.say(str(error), "error")
            return None
        return self.sources

    def import_catalog(self, catalog: str | PathLike[str] | Table) -> None:
        """Show the sources of a file or of a table.

        Raises
        ------
        ReadError
            If the file is no table.
        InputError
            If it has no positions imviz finds; choose `x_column` and `y_column` then.
        """
        if isinstance(catalog, Table):
            self._take(as_catalog(catalog))
            return
        if not isinstance(catalog, str | PathLike):
            raise InputError(f"A catalog is a file's name or a table, not {type(catalog).__name__}.")
        self.catalog, self.filename = FILE, str(catalog)
        self._take(read_catalog(catalog))

    @action
    def clear_table(self) -> None:
        """Forget the sources."""
        self._given = None
        if FOUND in self._session.catalogs.names():
            self._session.catalogs.remove(FOUND)

    # ---- inside

    def _finding(self) -> Generator[float, None, None]:
        self.say("")
        if self.catalog == FILE:
            if not str(self.filename).strip():
                raise InputError("Which file? Give the name of an ECSV, VOTable, FITS or CSV table.")
            self._take(read_catalog(self.filename))
            return
        if self.max_sources is None:
            raise InputError("How many sources at most? 1000 are usual.")
        ask = partial(
            cone_search, str(self.catalog), *self._cone(), int(self.max_sources), self.vizier_catalog
        )
        pool = ThreadPoolExecutor(1, "catalog")
        try:
            answer, waited = pool.submit(ask), 0
            while True:
                try:
                    table, note = answer.result(PATIENCE)
                    break
                except NotYet:
                    waited += 1
                    yield waited / (waited + 50)
        finally:
            pool.shutdown(wait=False)
        if not len(table):
            self.clear_table()
            self.say(f"{self.catalog} knows no source in this view. {note}".strip())
            return
        self._take(table, note)

    def _cone(self) -> tuple[SkyCoord, u.Quantity]:
        """The circle on the sky around what the viewer shows."""
        viewer = self._shown()
        shown = [viewer.reference_image, *(layer.label for layer in viewer.controls.layers)]
        label = next((one for one in shown if one and has_celestial(self._session.image(one).wcs)), None)
        limits = viewer.limits
        if label is None or limits is None:
            raise InputError(
                f"Viewer {self.viewer} shows no image with a celestial WCS; a service needs one."
            )
        xs, ys = (limits.x_min, limits.x_max), (limits.y_min, limits.y_max)
        corners = [viewer.frame.from_reference(label, x, y) for x in xs for y in ys]
        middle = viewer.frame.from_reference(label, *limits.centre)
        sky = self._session.image(label).wcs.pixel_to_world(*np.transpose([middle, *corners]))
        if not np.isfinite(sky.spherical.lon.deg).all():
            raise InputError("A corner of this view is not on the sky; zoom in first.")
        return sky[0], sky[0].separation(sky[1:]).max()

    def _take(self, table: QTable, note: str = "") -> None:
        """Show another table, by the columns whose names tell."""
        self._given = None  # columns chosen for the table before say nothing of this one
        choices = [AUTO, *column_choices(table)]
        for field in (type(self).x_column, type(self).y_column):
            field.set_choices(self, choices)
        self.x_column = self.y_column = AUTO
        self._given = table  # from here on other columns may be chosen, also where no name tells
        self._place(table, note)

    def _place(self, table: QTable, note: str = "") -> None:
        """Put a table's sources into the document, by the columns chosen."""
        chosen = [str(column) for column in (self.x_column, self.y_column) if column and column != AUTO]
        positions = find_positions(table, tuple(dict.fromkeys(chosen)) or None)
        ground = None
        if positions.sky is None:
            label = self._shown().reference_image
            if label is None:
                raise InputError("Positions in pixels need an image to lie on; show one first.")
            ground = self._session.ground(label)
        where = {"sky": positions.sky} if positions.sky is not None else {"x": positions.x, "y": positions.y}
        self._session.catalogs.add(FOUND, Catalog(table, ground=ground, style=dict(STYLE), **where))
        self._show(table)
        self.say(f"{note} {positions.note}".strip())

    def _place_again(self, _: Any) -> None:
        """Other columns were chosen; one of a pair waits for the other."""
        if self._given is None:
            return
        x, y = str(self.x_column), str(self.y_column)
        if (x == AUTO) != (y == AUTO) and not isinstance(self._given[x if y == AUTO else y], SkyCoord):
            self.say("Choose the other column too.")
        else:
            self._place(self._given)

    def _follow_choice(self, catalog: str) -> None:
        self.asks = {FILE: "file", "VizieR": "name"}.get(str(catalog), "view")

    def _follow_catalogs(self, _: Any) -> None:
        """Somebody else may have taken the catalog out."""
        if self._found is not None and FOUND not in self._session.catalogs.names():
            self._show(None)
