"""Catalogs and markers as ECSV with where they are and how they look, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import QTable, Table

from imviz.errors import ImvizError, ReadError
from imviz.session.archive.schema import flag, items, mapping, plain, text
from imviz.session.archive.tables import from_lines, to_lines
from imviz.session.catalogs import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imviz.session.region_placement import Ground

__all__ = ["from_records", "to_record"]

FIRST, SECOND = "imviz_1", "imviz_2"
"""Columns of the positions, beside the catalog's own."""


def to_record(
    viewer: str | None, name: str, catalog: Catalog, on: str | None, notes: list[str]
) -> dict[str, Any]:
    """A catalog as JSON; `on` is the key of the image it is in pixels of."""
    lon_lat = None if catalog.sky is None else catalog.sky.spherical
    first = catalog.x if lon_lat is None else lon_lat.lon.deg
    second = catalog.y if lon_lat is None else lon_lat.lat.deg
    places = Table({FIRST: np.asarray(first, float), SECOND: np.asarray(second, float)})
    return {
        "name": name,
        "viewer": viewer,
        "on": on,
        "frame": None if catalog.sky is None else catalog.sky.frame.name,
        "style": plain(catalog.style),
        "quantities": isinstance(catalog.table, QTable),
        "positions": to_lines(places),
        "table": to_lines(catalog.table, notes, f"Catalog {name}"),
    }


def from_records(
    found: Iterable[Mapping[str, Any]], grounds: Mapping[str, Ground], notes: list[str]
) -> dict[tuple[str | None, str], Catalog]:
    """All catalogs, by viewer and name; one that cannot be used is said."""
    made: dict[tuple[str | None, str], Catalog] = {}
    for record in found:
        try:
            viewer = None if record.get("viewer") is None else text(record, "viewer")
            made[viewer, text(record, "name")] = _catalog(record, grounds)
        except ImvizError as error:
            notes.append(f"Catalog {str(record.get('name'))[:60]}: {error}"[:240])
    return made


def _catalog(record: Mapping[str, Any], grounds: Mapping[str, Ground]) -> Catalog:
    kind = QTable if flag(record, "quantities", True) else Table
    places, table = (
        from_lines(items(record, "positions", str), Table),
        from_lines(items(record, "table", str), kind),
    )
    if not {FIRST, SECOND} <= set(places.colnames):
        raise ReadError("It has no positions.")
    if table.colnames and len(table) != len(places):
        raise ReadError(f"It has {len(places)} positions for {len(table)} rows.")
    try:
        first, second = (np.asarray(places[name], dtype=float) for name in (FIRST, SECOND))
        style = mapping(record, "style")
        if record.get("frame") is not None:
            return Catalog(
                table, SkyCoord(first, second, unit="deg", frame=text(record, "frame")), style=style
            )
    except (TypeError, ValueError) as error:
        raise ReadError(f"Its positions cannot be used: {str(error)[:100]}.") from None
    on = record.get("on")
    return Catalog(
        table, x=first, y=second, ground=None if on is None else grounds.get(text(record, "on")), style=style
    )
