"""Catalogs and markers of one document: light tables of sources, with where they are and how they look.

Positions are in pixels of one image or on the sky; viewers place them through whatever alignment there is. A
catalog of an image that is taken out moves to another image it lies on, and back when the image is brought
back. Each change is a step of the history. Nothing is drawn here, and no table is changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.wcs.utils import pixel_to_pixel
from echo import HasCallbackProperties

from imviz.errors import InputError, UnknownNameError
from imviz.session.history import Step
from imviz.session.news import News

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from astropy.coordinates import SkyCoord
    from astropy.table import Table

    from imviz.session.interface import Document
    from imviz.session.region_placement import Ground

    Kept = Mapping[tuple[str | None, str], "Catalog"]

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
        Positions in pixels of `ground`, where they are not on the sky.
    ground : Ground or None
        That image as regions know it: it stays the same when the image is renamed, or removed and brought
        back. None: whatever image the view is in pixels of.
    style : dict
        How they are drawn, as the options of `imviz.plugin.Points`.
    """

    table: Table
    sky: SkyCoord | None = None
    x: np.ndarray = field(default_factory=lambda: np.empty(0))
    y: np.ndarray = field(default_factory=lambda: np.empty(0))
    ground: Ground | None = None
    style: dict[str, Any] = field(default_factory=dict)

    @property
    def image(self) -> str | None:
        """Label of the image they are in pixels of."""
        return None if self.ground is None else self.ground.label

    def __len__(self) -> int:
        return len(self.x) if self.sky is None else len(self.sky)


class Catalogs(HasCallbackProperties):
    """The catalogs of a session, each of one viewer or of all.

    Parameters
    ----------
    session : Document
        The document.
    """

    revision: Any = News(0, docstring="Rises with each catalog added, changed or removed.")

    def __init__(self, session: Document) -> None:
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
            code = f"# {name!r}: a catalog of {len(catalog)} sources, added from a table"
            self._do(f"Mark {name}", {**self._catalogs, (viewer, name): catalog}, lambda: code)

    def items(self) -> tuple[tuple[str | None, str, Catalog], ...]:
        """All catalogs, each behind its viewer and its name."""
        return tuple((viewer, name, catalog) for (viewer, name), catalog in self._catalogs.items())

    def replace_all(self, catalogs: Kept) -> None:
        """Have other catalogs, by viewer and name, instead of all these, as one change."""
        with self._session.lock:
            self._do("Replace catalogs", dict(catalogs), lambda: "")

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
        every = {
            f"catalog {name}": catalog for (where, name), catalog in self._catalogs.items() if where is None
        }
        own = {
            f"markers {name}": catalog for (where, name), catalog in self._catalogs.items() if where == viewer
        }
        return every | own

    def remove(self, name: str, viewer: str | None = None) -> None:
        """Forget a catalog."""
        with self._session.lock:
            self.get(name, viewer)
            left = {key: catalog for key, catalog in self._catalogs.items() if key != (viewer, name)}
            code = f"session.catalogs.remove({name!r}, {viewer!r})"
            self._do(f"Remove {name}", left, lambda: code)

    def clear(self, viewer: str | None) -> None:
        """Forget all catalogs of one viewer only (or, with None, of those shown in all)."""
        with self._session.lock:
            left = {key: catalog for key, catalog in self._catalogs.items() if key[0] != viewer}
            if len(left) != len(self._catalogs):
                code = f"session.catalogs.clear({viewer!r})"
                self._do("Remove all markers", left, lambda: code)

    def close(self, viewer: str) -> None:
        """Let go of what a viewer that is closed showed alone; a viewer cannot be brought back, nor these."""
        self._apply({key: catalog for key, catalog in self._catalogs.items() if key[0] != viewer})

    def amiss(self, error: Exception) -> None:
        """Say what an observer could not do."""
        self._session.amiss(error)

    def leave(self, ground: Ground) -> Kept:
        """Move catalogs in pixels of an image about to go to those of another; returns all as they were."""
        before = dict(self._catalogs)
        grounds = (self._session.ground(label) for label in self._session.images)
        heir = next((other for other in grounds if other is not ground), None)
        moved = {key: self._moved(catalog, ground, heir) for key, catalog in before.items()}
        if any(moved[key] is not catalog for key, catalog in before.items()):
            self._apply(moved)
        return before

    def come_back(self, kept: Kept) -> None:
        """Have the catalogs as they were when an image left that has come back."""
        if kept != self._catalogs:
            self._apply(kept)

    def _do(self, title: str, after: Kept, code: Callable[[], str]) -> None:
        before = dict(self._catalogs)
        step = Step(title, lambda: self._apply(after), lambda: self._apply(before), code)
        self._session.history.do(step)

    def _apply(self, catalogs: Kept) -> None:
        self._catalogs = dict(catalogs)
        self.revision += 1

    def _moved(self, catalog: Catalog, ground: Ground, heir: Ground | None) -> Catalog:
        """A catalog in pixels of one image, in those of another; any other catalog as it is."""
        if catalog.ground is not ground:
            return catalog
        if heir is None:
            return replace(catalog, ground=None)
        sky = self._session.sky_between(ground.label, heir.label)
        x, y = catalog.x, catalog.y
        if sky is not None and np.size(x):  # astropy cannot bring no sources anywhere
            x, y = pixel_to_pixel(*sky, x, y)
        return replace(catalog, x=np.asarray(x, float), y=np.asarray(y, float), ground=heir)
