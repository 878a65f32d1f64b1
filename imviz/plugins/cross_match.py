"""Cross-match: which rows of two tables are the same source, and how far apart they are.

The tables are the session's results, a catalog that is shown, or a file; `imviz.science.sources.cross_match`
pairs them. The pairs are a table, marked on the images: rows and marks are one selection. Nothing is
measured, and neither table is changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.table import QTable
from echo import CallbackProperty

from imviz.errors import InputError
from imviz.plugin import Choice, LinkedSources, Number, Viewers, action
from imviz.readers.catalogs.files import read_catalog
from imviz.science.sources.cross_match import cross_match
from imviz.science.sources.source_columns import find_positions
from imviz.session.catalogs import Catalog

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from imviz.session import Session

__all__ = ["CrossMatch"]

RESULTS, FILE = "Results", "From a file"
PAIRS = "matched pairs"
SKY, X, Y = "coord", "x", "y"
STYLE = {"color": "#00e676", "alpha": 0.9, "size": 12.0, "fill": False, "pickable": True}
PIXELS = (("xcentroid", "ycentroid"), (X, Y), ("xcenter", "ycenter"))


class CrossMatch(LinkedSources):
    """Find the sources that two tables have in common.

    Pick two tables and how far apart one source may be in them; press Match.
    """

    name = "Cross-Match"
    icon = "mdi-set-center"
    layer = f"catalog {PAIRS}"
    first = Choice([FILE], doc="The one table: the results, a catalog that is shown, or a file.")
    second = Choice([FILE], doc="The other.")
    first_file = CallbackProperty(
        "", docstring="Path of the one, if it is a file: ECSV, VOTable, FITS or CSV."
    )
    second_file = CallbackProperty("", docstring="Path of the other, if it is a file.")
    asks_first = CallbackProperty(True, docstring="Whether the one is a file.")
    asks_second = CallbackProperty(True, docstring="Whether the other is a file.")
    radius = Number(1.0, doc="The farthest two rows of one source may be apart.")
    radius_unit = Choice(
        ["arcsec", "pix"], doc="What the radius is in: the sky's, or pixels of tables without a sky."
    )

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        session.add_callback("n_rows", self._offer)
        session.catalogs.add_callback("revision", self._offer)
        for field in ("first", "second"):
            self.add_callback(field, self._ask)
        self._offer()

    @action
    def match(self) -> None:
        """Pair the two tables by the values of the panel, and mark the pairs."""
        self.match_tables()

    def match_tables(
        self,
        first: str | PathLike[str] | QTable | None = None,
        second: str | PathLike[str] | QTable | None = None,
        radius: u.Quantity | float | None = None,
    ) -> QTable:
        """Pair two tables now.

        Parameters
        ----------
        first, second : str, path or QTable, optional
            ``"Results"``, the name of a catalog that is shown, a file, or a table. Default: those chosen.
        radius : Quantity or float, optional
            An angle or pixels; a number is in the panel's unit. Default: the panel's.

        Returns
        -------
        QTable
            See `imviz.science.sources.cross_match.cross_match`; empty where nothing is near enough.

        Raises
        ------
        InputError
            A table is not there or has no positions, or the radius is no positive angle or number of pixels.
        """
        if radius is None and self.radius is None:
            raise InputError("A radius is needed; one arcsecond is usual.")
        limit = self.radius if radius is None else radius
        if not isinstance(limit, u.Quantity):
            limit = limit * u.Unit(str(self.radius_unit))
        tables = [
            self._table(str(self.first) if first is None else first, str(self.first_file)),
            self._table(str(self.second) if second is None else second, str(self.second_file)),
        ]
        one, two = (_placed(table, on_the_sky=limit.unit.is_equivalent(u.deg)) for table in tables)
        pairs = cross_match(one, two, limit)
        self._mark(pairs)
        self.say(_summary(pairs, len(one), len(two), limit))
        return pairs.copy()

    @action
    def clear_table(self) -> None:
        """Forget the pairs and their marks."""
        self._mark(None)
        self.say("")

    # ---- inside

    def _table(self, source: Any, filename: str) -> QTable:
        if isinstance(source, QTable):
            return source
        if source == RESULTS and RESULTS in self._names():
            table = self._session.results.table()
            assert table is not None  # noqa: S101  it has rows
            return table
        catalogs = self._session.catalogs
        if source in catalogs.names():
            return _with_places(catalogs.get(source))
        if source == FILE and not filename.strip():
            raise InputError("Give the name of a catalog file, or choose a table that is shown.")
        return read_catalog(filename.strip() if source == FILE else source)

    def _names(self) -> list[str]:
        shown = [name for name in self._session.catalogs.names() if name != PAIRS]
        return [*([RESULTS] if self._session.n_rows else []), *shown]

    def _mark(self, pairs: QTable | None) -> None:
        """Show other pairs; marked where the first table has them."""
        catalogs = self._session.catalogs
        if pairs is None or not len(pairs):
            if PAIRS in catalogs.names():
                catalogs.remove(PAIRS)
        else:
            catalogs.add(PAIRS, Catalog(pairs, style=dict(STYLE), **self._where(pairs)))
        self._show(pairs)

    def _where(self, pairs: QTable) -> dict[str, Any]:
        if f"{SKY}_1" in pairs.colnames:
            return {"sky": pairs[f"{SKY}_1"]}
        label = self._shown().reference_image
        ground = None if label is None else self._session.ground(label)
        return {"x": np.asarray(pairs[f"{X}_1"]), "y": np.asarray(pairs[f"{Y}_1"]), "ground": ground}

    def _offer(self, *_: Any) -> None:
        """Offer the tables there are now."""
        names = self._names()
        for field in (type(self).first, type(self).second):
            field.set_choices(self, [*names, FILE])
        for field, other in (("first", "second"), ("second", "first")):
            free = [name for name in names if name != getattr(self, other)]
            if free and getattr(self, field) == FILE and not getattr(self, f"{field}_file").strip():
                setattr(self, field, free[0])  # nobody has chosen yet
        if self._found is not None and len(self._found) and PAIRS not in self._session.catalogs.names():
            self._show(None)  # somebody else has taken the marks out
        self._ask()

    def _ask(self, *_: Any) -> None:
        self.asks_first, self.asks_second = self.first == FILE, self.second == FILE


def _with_places(catalog: Catalog) -> QTable:
    """The table of a catalog, its positions where the session has them."""
    table = QTable(catalog.table, copy=False)
    places: Mapping[str, Any] = (
        {SKY: catalog.sky} if catalog.sky is not None else {X: catalog.x, Y: catalog.y}
    )
    return _beside(places, table)


def _placed(table: QTable, *, on_the_sky: bool) -> QTable:
    """A table whose positions are in columns of one name, of the kind that is matched by."""
    if not on_the_sky:
        pair = next((pair for pair in PIXELS if set(pair) <= set(table.colnames)), None)
        positions = find_positions(table, pair)
        if positions.sky is not None:
            raise InputError("A table has positions on the sky only; match within an angle.")
        return _beside({X: positions.x, Y: positions.y}, table)
    positions = find_positions(table)
    if positions.sky is None:
        raise InputError("A table has positions in pixels only; match in pixels, of one image for both.")
    return _beside({SKY: positions.sky}, table)


def _beside(places: Mapping[str, Any], table: QTable) -> QTable:
    """Places, then the columns of a table that are none."""
    others = {name: table[name] for name in table.colnames if name not in places}
    return QTable({**places, **others}, copy=False)


def _summary(pairs: QTable, n_first: int, n_second: int, limit: u.Quantity) -> str:
    """How many pairs, how far apart, and what was left over."""
    if not len(pairs):
        return f"No source of the two tables is within {limit:g} of another."
    apart = np.median(pairs["separation"])
    told = f"{len(pairs)} pairs of {n_first} and {n_second} sources; typically {apart:.3g} apart."
    if "flux_ratio" in pairs.colnames:
        told += f" Median ratio of the sums {np.nanmedian(pairs['flux_ratio'].value):.4g} (second to first)."
    return told
