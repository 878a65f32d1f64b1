"""Markers and catalogs over the picture, by the names notebooks use.

They are kept in the session's catalogs and drawn as vector layers; here a table becomes a catalog, and a
change of the session's catalogs a change of the layers. Names are each view's own.
"""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import QTable, Table
from matplotlib.colors import is_color_like, to_hex

from imviz.errors import InputError, NoSkyError, UnknownNameError
from imviz.science.sky.geometry import has_celestial
from imviz.session.catalogs import Catalog
from imviz.view.vectors import Points

if TYPE_CHECKING:
    from imviz.view.frame import ViewFrame
    from imviz.view.vector_layers import VectorLayers

__all__ = ["CatalogLayers"]

DEFAULT_NAME = "default-marker-name"
ALL = "all"
DEFAULT_MARKER = {"color": "red", "alpha": 1.0, "markersize": 5}


class CatalogLayers:
    """The session's catalogs over one view, and its own markers among them.

    Parameters
    ----------
    frame : ViewFrame
        Its document keeps them.
    vectors : VectorLayers
        They are drawn as these.
    """

    def __init__(self, frame: ViewFrame, vectors: VectorLayers) -> None:
        self._frame, self._vectors = frame, vectors
        self._catalogs = frame.document.catalogs
        self._marker: dict[str, Any] = dict(DEFAULT_MARKER)
        self._drawn: dict[str, Catalog] = {}
        self._catalogs.add_callback("revision", self._draw_catalogs)
        self._draw_catalogs()

    def close(self) -> None:
        """Leave the session; the view's own markers go with it."""
        self._catalogs.remove_callback("revision", self._draw_catalogs)
        self._catalogs.close(self._frame.name)

    @property
    def marker(self) -> dict[str, Any]:
        """How the next markers look: ``color``, ``alpha``, ``markersize`` and ``fill``."""
        return dict(self._marker)

    @marker.setter
    def marker(self, value: dict[str, Any]) -> None:
        self._marker = {**DEFAULT_MARKER, **_checked_marker(value)}

    def add_markers(
        self,
        table: Any,
        x_colname: str = "x",
        y_colname: str = "y",
        skycoord_colname: str = "coord",
        use_skycoord: bool = False,
        marker_name: str | None = None,
    ) -> None:
        """Mark the sources of a table, as `marker` says; markers of the same name are replaced.

        Parameters
        ----------
        table : Table
            A row a source.
        x_colname, y_colname : str
            Columns of positions in pixels of the reference image, counted from 0.
        skycoord_colname : str
            The column of `~astropy.coordinates.SkyCoord` that is taken with `use_skycoord`.
        use_skycoord : bool
            Whether positions are on the sky.
        marker_name : str, optional
            Default: "default-marker-name". "all" is reserved.

        Raises
        ------
        InputError
            For a reserved name, or a column that is not there or holds something else.
        NoSkyError
            For the sky on an image without a celestial WCS.
        """
        name = DEFAULT_NAME if marker_name is None else marker_name
        if name == ALL:
            raise InputError("The marker name 'all' is reserved; choose another.")
        reference = self._frame.reference_image
        if reference is None:
            raise InputError(f"Viewer {self._frame.name} shows no image to mark; add one first.")
        table = table if isinstance(table, Table) else QTable(table)
        image = self._frame.document.image(reference)
        style = _style(self._marker)
        if use_skycoord:
            if not has_celestial(image.wcs):
                raise NoSkyError(
                    f"{reference} has no celestial WCS; give pixels, or show an image that has one."
                )
            sky = _column(table, skycoord_colname)
            if not isinstance(sky, SkyCoord):
                raise InputError(
                    f"The column {skycoord_colname!r} does not hold SkyCoord; name the one that does."
                )
            catalog = Catalog(table.copy(), sky=sky.ravel(), style=style)
        else:
            points = Points(_plain(_column(table, x_colname)), _plain(_column(table, y_colname)))
            ground = self._frame.document.ground(reference)
            catalog = Catalog(table.copy(), x=points.x, y=points.y, ground=ground, style=style)
        self._catalogs.add(name, catalog, self._frame.name)

    def remove_markers(self, marker_name: str | list[str] | None = None) -> None:
        """Remove the markers of a name, or of several, or 'all'; an unknown name is only said."""
        if marker_name == ALL:
            self.reset_markers()
            return
        names = [DEFAULT_NAME] if marker_name is None else marker_name
        for name in [names] if isinstance(names, str) else names:
            try:
                self._catalogs.remove(name, self._frame.name)
            except UnknownNameError as error:
                self._frame.say(str(error))

    def reset_markers(self) -> None:
        """Remove all markers of this viewer; other viewers keep theirs."""
        self._catalogs.clear(self._frame.name)

    def get_marker_names(self) -> list[str]:
        """Names of this viewer's markers."""
        return list(self._catalogs.names(self._frame.name))

    def _draw_catalogs(self, *_: Any) -> None:
        """Draw what has come or changed since the last time, and no more what has gone."""
        there = (None, *self._frame.document.images)
        every = self._catalogs.shown_in(self._frame.name)
        shown = {name: catalog for name, catalog in every.items() if catalog.image in there}
        for name in self._drawn.keys() - shown.keys():
            self._vectors.remove(name)
        for name, catalog in shown.items():
            if self._drawn.get(name) is not catalog:
                where = {"sky": catalog.sky} if catalog.sky is not None else {"x": catalog.x, "y": catalog.y}
                self._vectors.set(name, Points(**where, image=catalog.image, **catalog.style))
        self._drawn = shown


def _checked_marker(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(
            f"A marker is a dictionary of {', '.join((*DEFAULT_MARKER, 'fill'))}; not {value!r}."
        )
    checks = {
        "color": (is_color_like, "a colour matplotlib knows"),
        "alpha": (lambda v: _is_number(v) and 0 <= v <= 1, "a number from 0 to 1"),
        "markersize": (lambda v: _is_number(v) and v > 0, "a positive number of screen pixels"),
        "fill": (lambda v: isinstance(v, bool | np.bool_), "True or False"),
    }
    for key, given in value.items():
        if key not in checks:
            raise UnknownNameError(f"A marker has no {str(key)[:40]!r}; it has {', '.join(checks)}.")
        right, wanted = checks[key]
        if not right(given):
            raise InputError(f"A marker's {key} must be {wanted}, not {given!r}."[:240])
    return dict(value)


def _style(marker: dict[str, Any]) -> dict[str, Any]:
    return {
        "color": to_hex(marker["color"]),
        "alpha": float(marker["alpha"]),
        "size": float(marker["markersize"]) + 3.0,  # its inside, as older notebooks mean it, and the line
        "fill": bool(marker.get("fill", False)),
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _column(table: Table, name: str) -> Any:
    if name not in table.colnames:
        raise UnknownNameError(f"The table has no column {name!r}; it has {', '.join(table.colnames)}."[:240])
    return table[name]


def _plain(column: Any) -> Any:
    return getattr(column, "value", column)
