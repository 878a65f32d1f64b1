"""Forced photometry: the sources of a catalog, measured on any images where the catalog says they are.

The catalog is a file, or one that is shown (found sources, markers). Background, errors and magnitudes are
those of Aperture Photometry, whose table takes the rows; this plugin only says where, and tells what failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.table import QTable
from echo import CallbackProperty

from imviz.errors import InputError
from imviz.plugin import Choice, Number, Plugin, Several, Viewers, action
from imviz.readers.catalogs.files import read_catalog

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from astropy.table import Table

    from imviz.session import Session

__all__ = ["ForcedPhotometry"]

FILE = "From a file"
PIXELS, ARCSEC = "pix", "arcsec"
TOLD = 50  # failures listed
MEASURER = "Aperture Photometry"


class ForcedPhotometry(Plugin):
    """Measure the sources of a catalog where it says they are.

    Pick the catalog, the radius and the images; press Measure.
    """

    name = "Forced Photometry"
    icon = "mdi-target-variant"
    catalog = Choice([FILE], of="catalogs", doc="The sources: of a file, or of a catalog that is shown.")
    filename = CallbackProperty("", docstring="Path of the file: ECSV, VOTable, FITS or CSV.")
    from_file = CallbackProperty(True, docstring="Whether the catalog is a file.")
    radius = Number(5.0, doc="Radius of the circles.")
    radius_unit = Choice([PIXELS, ARCSEC], doc="What the radius is in.")
    images = Several(of="images", joining=True, doc="The images to measure on.")
    can_measure = CallbackProperty(False, docstring="Whether a catalog and an image are chosen.")
    guidance = CallbackProperty("", docstring="What to do next, or ''.")
    failures = CallbackProperty((), docstring="What failed in the last run, with the reasons, as texts.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._measurer: Any = None
        for field in ("catalog", "filename", "images"):
            self.add_callback(field, self._guide)
        self._guide()

    def meet(self, plugins: Mapping[str, Plugin]) -> None:
        """Learn who measures."""
        self._measurer = plugins.get(MEASURER)

    @action
    def measure(self) -> Generator[float, None, None]:
        """Measure all sources on all images, a step at a time."""
        return self._measuring()

    def _measuring(self) -> Generator[float, None, None]:
        if self.guidance:
            raise InputError(self.guidance)
        if self._measurer is None:
            raise InputError(f"Forced photometry needs the plugin {MEASURER}; it is not there.")
        if self.radius is None:
            raise InputError("A radius is needed; 5 pixels are usual.")
        self.say("")
        self.failures = ()
        size = self.radius * (u.arcsec if self.radius_unit == ARCSEC else u.pix)
        work = self._measurer.forced(self._table(), size, list(self.images))
        steps = work.steps()
        try:
            yield from steps
        finally:
            steps.close()
            failed = work.failed
            self.failures = tuple({"function": name, "result": reason} for name, reason in failed[:TOLD])
            rows = f"{work.n_rows} of {work.n} measured; the rows are in {MEASURER}."
            more = f" {len(failed)} failed." if failed else ""
            self.say(f"{rows}{more} {work.note}".strip(), "error" if failed and not work.n_rows else "info")

    def _table(self) -> Table:
        """The chosen catalog, with positions that are found in it."""
        if self.from_file:
            return read_catalog(str(self.filename).strip())
        chosen = self._session.catalogs.get(str(self.catalog))
        table = QTable(chosen.table, copy=False)
        where: dict[str, Any] = {"coord": chosen.sky} if chosen.sky is not None else {}
        if chosen.sky is None:
            where = {"x": np.asarray(chosen.x), "y": np.asarray(chosen.y)}
        kept = {name: table[name] for name in table.colnames if name.lower() not in _POSITIONS}
        return QTable({**where, **kept})

    def _guide(self, *_: Any) -> None:
        self.from_file = self.catalog == FILE
        self.guidance = self._missing()
        self.can_measure = not self.guidance

    def _missing(self) -> str:
        if not self._session.images:
            return "Open an image first: the folder button above, or imviz.load_data(…)."
        if self.from_file and not str(self.filename).strip():
            return "Give the name of a catalog file, or choose one that is shown."
        return "" if self.images else "Pick the images to measure on."


_POSITIONS = ("coord", "x", "y", "sky_centroid", "sky_center", "skycoord", "sky_coord")
