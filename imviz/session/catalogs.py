"""Catalogs and markers of one document: light tables of sources, with where they are and how they look.

Positions are in pixels of one image or on the sky; viewers place them through whatever alignment there is. A
catalog of an image that is taken out moves, as regions do, to another image it lies on. Nothing is drawn
here, and no table is changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.wcs.utils import pixel_to_pixel
from echo import CallbackProperty, HasCallbackProperties

from imviz.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from astropy.coordinates import SkyCoord
    from astropy.table import Table
    from glue.core import Data

    from imviz.session.document import Session

__all__ = ["Catalog", "Catalogs"]


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """Sources, where they are, and how they look.

    Attributes
    ----------
    table : Table
        All that is known of them, a row each.
    sky : SkyCoord or None
        Positions on the sky.
    x, y : ndarray
        Positions in pixels of `data`'s image, where they are not on the sky.
    data : Data or None
        glue's data of that image: it stays the same when the image is renamed. None: whatever image the
        view is in pixels of.
    style : dict
        How they are drawn, as the options of `imviz.plugin.Points`.
    """

    table: Table
    sky: SkyCoord | None = None
    x: np.ndarray = field(default_factory=lambda: np.empty(0))
    y: np.ndarray = field(default_factory=lambda: np.empty(0))
    data: Data | None = None
    style: dict[str, Any] = field(default_factory=dict)

    @property
    def image(self) -> str | None:
        """Label of the image they are in pixels of."""
        return None if self.data is None else self.data.label

    def __len__(self) -> int:
        return len(self.x) if self.sky is None else len(self.sky)


class Catalogs(HasCallbackProperties):
    """The catalogs of a session, each of one viewer or of all.

    Parameters
    ----------
    session : Session
        The document.
    """

    revision = CallbackProperty(0, docstring="Rises with each catalog added, changed or removed.")

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._catalogs: dict[tuple[str | None, str], Catalog] = {}

    def add(self, name: str, catalog: Catalog, viewer: str | None = None) -> None:
        """Keep a catalog under a name, instead of the one that has it there.

        Parameters
        ----------
        name : str
            Its name; each viewer has names of its own.
        catalog : Catalog
            The sources.
        viewer : str, optional
            The viewer it is shown in. Default: all.
        """
        if not (isinstance(name, str) and name.strip()):
            raise InputError(f"A catalog cannot be called {str(name)[:60]!r}; give it a name.")
        with self._session.lock:
            self._catalogs[viewer, name] = catalog
            self.revision += 1

    def get(self, name: str, viewer: str | None = None) -> Catalog:
        """One catalog.

        Raises
        ------
        UnknownNameError
            If there is none of that name; the message lists those there are.
        """
        if (viewer, name) not in self._catalogs:
            there = ", ".join(self.names(viewer)) or "none"
            raise UnknownNameError(f"There are no markers or catalog {str(name)[:60]!r}; there is: {there}.")
        return self._catalogs[viewer, name]

    def names(self, viewer: str | None = None) -> tuple[str, ...]:
        """Names of the catalogs of one viewer only, or of those shown in all."""
        return tuple(name for where, name in self._catalogs if where == viewer)

    def shown_in(self, viewer: str) -> dict[str, Catalog]:
        """What a viewer shows: those of all viewers, then its own, by a name that tells them apart."""
        every = {f"catalog {name}": found for (where, name), found in self._catalogs.items() if where is None}
        own = {f"markers {name}": found for (where, name), found in self._catalogs.items() if where == viewer}
        return every | own

    def remove(self, name: str, viewer: str | None = None) -> None:
        """Forget a catalog."""
        with self._session.lock:
            self.get(name, viewer)
            del self._catalogs[viewer, name]
            self.revision += 1

    def clear(self, viewer: str | None) -> None:
        """Forget all catalogs of one viewer only (or, with None, of those shown in all)."""
        with self._session.lock:
            kept = {key: found for key, found in self._catalogs.items() if key[0] != viewer}
            if len(kept) != len(self._catalogs):
                self._catalogs = kept
                self.revision += 1

    def leave(self, data: Data) -> None:
        """Move the catalogs in pixels of an image about to go to those of another, as regions move."""
        heir: Any = next((other for other in self._session.glue.data_collection if other is not data), None)
        for key, catalog in list(self._catalogs.items()):
            if catalog.data is data:
                self._catalogs[key] = (
                    replace(catalog, data=None) if heir is None else self._moved(catalog, data, heir)
                )
                self.revision += 1

    def _moved(self, catalog: Catalog, data: Any, heir: Any) -> Catalog:
        """A catalog in pixels of one image, in those of another."""
        sky = self._session.sky_between(data.label, heir.label)
        x, y = (catalog.x, catalog.y) if sky is None else pixel_to_pixel(*sky, catalog.x, catalog.y)
        return replace(catalog, x=np.asarray(x, float), y=np.asarray(y, float), data=heir)
