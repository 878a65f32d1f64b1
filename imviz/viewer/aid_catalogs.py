"""Catalogs of a viewer by the names of ``astro-image-display-api``: tables kept, and drawn as points.

A catalog is kept as the table it came as, with the missing one of pixel and sky positions filled in where
a WCS tells it. Drawing is the business of `viewer.vectors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.table import Table

from imviz.errors import InputError, WrongTypeError
from imviz.science.sky.geometry import has_celestial
from imviz.view.vectors import Points

if TYPE_CHECKING:
    from imviz.view.view import View

__all__ = ["CatalogDisplay"]

DEFAULT_LABEL = "Catalog"
STYLE: dict[str, Any] = {"shape": "circle", "color": "red", "size": 5.0}
SHAPES = {"circle": "circle", "square": "square", "crosshair": "x", "plus": "plus", "diamond": "diamond"}
COLUMNS = ("x", "y", "coord")  # what the position columns are called inside


@dataclass(slots=True)
class Catalog:
    """A table with its style, the image its pixels are of, and whether it is drawn by its sky positions."""

    table: Table
    style: dict[str, Any]
    image: str | None
    on_sky: bool


class CatalogDisplay:
    """The catalogs of one viewer by the standard's names.

    Parameters
    ----------
    view : View
        The view.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._catalogs: dict[str, Catalog] = {}

    def load_catalog(  # noqa: PLR0913, PLR0917 - the standard's parameters
        self,
        table: Table,
        x_colname: str = "x",
        y_colname: str = "y",
        skycoord_colname: str = "coord",
        use_skycoord: bool = False,
        catalog_label: str | None = None,
        catalog_style: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        """Keep a table under a label and draw its positions, in the place of the one with that label."""
        kept = table.copy()
        has_pixels = {x_colname, y_colname} <= set(kept.colnames)
        has_sky = skycoord_colname in kept.colnames
        image = self._image_of_catalog(needed=not has_pixels if has_sky else use_skycoord)
        wcs = None if image is None else self._view.document.image(image).wcs
        wcs = wcs if has_celestial(wcs) else None
        if not has_pixels:
            if not use_skycoord and (wcs is None or not has_sky):
                raise InputError(
                    "Cannot use pixel coordinates without pixel columns, or sky coordinates and a WCS."
                )
            x, y = (None, None) if wcs is None or not has_sky else wcs.world_to_pixel(kept[skycoord_colname])
            kept[x_colname], kept[y_colname] = x, y
        if not has_sky:
            if use_skycoord and (wcs is None or not has_pixels):
                raise InputError("Cannot use sky coordinates without a column of them, or pixels and a WCS.")
            sky = None if wcs is None else wcs.pixel_to_world(kept[x_colname], kept[y_colname])
            kept[skycoord_colname] = sky
        kept.rename_columns([x_colname, y_colname, skycoord_colname], list(COLUMNS))
        label = DEFAULT_LABEL if catalog_label is None else catalog_label
        before = self._catalogs.get(label)
        style = dict(catalog_style or (before.style if before else STYLE))
        self._draw(label, Catalog(kept, STYLE | style, image, use_skycoord))

    def get_catalog(
        self,
        x_colname: str = "x",
        y_colname: str = "y",
        skycoord_colname: str = "coord",
        catalog_label: str | None = None,
        **options: Any,
    ) -> Table:
        """A copy of a catalog's table, with its position columns by these names; empty if there is none."""
        names = [x_colname, y_colname, skycoord_colname]
        if catalog_label is None and not self._catalogs:
            return Table(names=names)
        table = self._catalogs[self._catalog(catalog_label)].table.copy()
        table.rename_columns(list(COLUMNS), names)
        return table

    @property
    def catalog_labels(self) -> tuple[str, ...]:
        """Labels of the catalogs."""
        return tuple(self._catalogs)

    def set_catalog_style(
        self,
        catalog_label: str | None = None,
        shape: str = "circle",
        color: str = "red",
        size: float = 5.0,
        **options: Any,
    ) -> None:
        """Draw a catalog in another way: circle, square, crosshair, plus or diamond, of a colour and size.

        Of other options, ``alpha``, ``fill`` and ``width`` are used; all are kept.
        """
        if not self._catalogs:
            raise InputError("Must load a catalog before setting a catalog style.")
        label = self._catalog(catalog_label)
        old = self._catalogs[label]
        style = {"shape": shape, "color": color, "size": size, **options}
        self._draw(label, Catalog(old.table, style, old.image, old.on_sky))

    def get_catalog_style(self, catalog_label: str | None = None, **options: Any) -> dict[str, Any]:
        """How a catalog is drawn, with its label; without any catalog, how one would be."""
        if catalog_label is None and not self._catalogs:
            return STYLE | {"catalog_label": None}
        label = self._catalog(catalog_label)
        return self._catalogs[label].style | {"catalog_label": label}

    def remove_catalog(self, catalog_label: str | None = None, **options: Any) -> None:
        """Forget a catalog; ``"*"`` means all."""
        if isinstance(catalog_label, list | tuple):
            raise WrongTypeError(
                "Cannot remove multiple catalogs from a list; give one label, or '*' for all."
            )
        labels = list(self._catalogs) if catalog_label == "*" else [self._catalog(catalog_label)]
        for label in labels:
            del self._catalogs[label]
            self._view.vectors.remove(_layer(label))

    # ---- inside

    def _catalog(self, label: str | None) -> str:
        """The label of the catalog that is meant."""
        labels = self.catalog_labels
        if label is None and len(labels) > 1:
            raise InputError(f"Multiple catalog labels defined; say which: {', '.join(labels)}."[:240])
        if label is None and not labels:
            raise InputError("No catalog is loaded; load one first.")
        if label is not None and label not in labels:
            offered = ", ".join(labels) or "none"
            raise InputError(f"Catalog label {str(label)[:60]!r} not found; there is: {offered}."[:240])
        return labels[0] if label is None else label

    def _image_of_catalog(self, *, needed: bool) -> str | None:
        """The image whose pixels and WCS a new catalog has: the only one, or the only one visible."""
        loaded, visible = self._view.labels, self._view.visible_labels
        for labels in (loaded, visible):
            if len(labels) == 1:
                return labels[0]
        if loaded and needed:
            raise InputError(
                "Multiple image labels defined: whose WCS the catalog needs is not clear; show one only."
            )
        return self._view.top_label

    def _draw(self, label: str, catalog: Catalog) -> None:
        """Draw a catalog, then keep it: what cannot be drawn is not kept."""
        style, table = catalog.style, catalog.table
        if style["shape"] not in SHAPES:
            raise InputError(f"There is no shape {style['shape']!r}; use one of {', '.join(SHAPES)}.")
        look: dict[str, Any] = {name: style[name] for name in ("alpha", "fill", "width") if name in style}
        look |= {"marker": SHAPES[style["shape"]], "color": style["color"], "size": style["size"]}
        if catalog.on_sky:
            points = Points(sky=table["coord"], **look)
        else:
            x, y = (np.asarray(table[name], dtype=float) for name in ("x", "y"))
            points = Points(x, y, image=catalog.image, **look)
        self._view.vectors.set(_layer(label), points)
        self._catalogs[label] = catalog


def _layer(label: str) -> str:
    return f"catalog {label}"
