"""Find the sources of an image, look them over, and make apertures of them.

`imviz.science.sources.detection` searches; the plugin shows what was found as a table and makes circular
regions of it, which any other plugin can measure. A search goes block by block, can be cancelled, and
changes nothing in the document. Where the header publishes aperture corrections, the image's own stars are
held against them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from echo import CallbackProperty
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.plugin import Choice, Held, Number, Plugin, Viewers, action
from imviz.science.photometry.apertures import Box
from imviz.science.results.files import write_table
from imviz.science.results.reports import text
from imviz.science.sources.aperture_corrections import compared, published_corrections
from imviz.science.sources.detection import METHODS, Finder, detecting
from imviz.session.loading import load_regions

if TYPE_CHECKING:
    from collections.abc import Generator

    from astropy.table import QTable

    from imviz.session import Session

__all__ = ["SourceDetection", "SourcePages"]

WHOLE, VIEW = "Whole image", "What is seen"
MANY = 10_000  # regions made at a time; more are a catalog, not apertures to edit
COLUMNS = ("id", "xcentroid", "ycentroid", "sky_centroid", "peak", "flux", "fwhm", "elongation")


class SourcePages:
    """The sources found, as texts, any run of them at a time."""

    title, focus = "Sources", 0

    def __init__(self, table: QTable) -> None:
        self._table = table
        self.columns = tuple(name for name in COLUMNS if name in table.colnames)

    @property
    def n_rows(self) -> int:
        """How many sources there are."""
        return len(self._table)

    def rows(self, start: int, stop: int) -> list[dict[str, str]]:
        """Sources ``start`` to ``stop`` (excluded), each a text per column."""
        chosen = range(start, min(stop, len(self._table)))
        return [{name: text(self._table[name][n], name) for name in self.columns} for n in chosen]


class SourceDetection(Plugin):
    """Find sources and make apertures of them."""

    name = "Source Detection"
    icon = "mdi-star-four-points-outline"
    dataset = Choice(of="images", doc="The image to search.")
    method = Choice(METHODS, doc="'stars': point sources; 'segments': anything above the background.")
    where = Choice(
        [WHOLE, VIEW],
        of="regions",
        doc="What is searched: all, what is seen, or a region's box.",
    )
    fwhm = Number(3.0, doc="Full width at half maximum of a star, pixels.", units=(u.pix,))
    threshold = Number(5.0, doc="Least significance, in standard deviations of the background.")
    radius = Number(doc="Radius of the circles made, pixels; twice the FWHM without one.", units=(u.pix,))
    n_sources = CallbackProperty(0, docstring="How many sources the last search found.")
    can_find = CallbackProperty(False, docstring="Whether there is an image to search.")
    has_corrections = CallbackProperty(
        False, docstring="Whether the header publishes aperture corrections (ZTF's APCOR1 to APCOR6)."
    )
    table = Held("The sources found, brightest first.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._found: QTable | None = None
        self._searched = ""
        self.add_callback("dataset", self._look)
        self._look()

    @property
    def sources(self) -> QTable | None:
        """What the last search found (a copy), or None: see `imviz.science.sources.detection.detecting`."""
        return None if self._found is None else self._found.copy()

    @action
    def find(self) -> Generator[float, None, None]:
        """Search, a block at a time."""
        return self._finding()

    @action
    def make_regions(self) -> None:
        """Make a circle of each source found."""
        self.add_regions()

    @action
    def clear_table(self) -> None:
        """Forget what was found; regions stay."""
        self._found, self.n_sources = None, 0
        self.table = None
        self.say("")

    @action
    def compare_corrections(self) -> list[str]:
        """The header's aperture corrections beside those of this image's own stars, in sentences."""
        if not self.dataset:
            raise InputError("Open an image first: the folder button above, or imviz.load_data(…).")
        said = compared(self._session.image(str(self.dataset)))
        self.say(" ".join(said))
        return said

    def find_sources(
        self,
        dataset: str | None = None,
        *,
        method: str | None = None,
        fwhm: float | None = None,
        threshold: float | None = None,
        where: str | None = None,
    ) -> QTable:
        """Search now.

        Parameters
        ----------
        dataset, method, fwhm, threshold, where : optional
            Become the plugin's values. Default: those it has. `where` is "Whole image", "What is seen" (in
            the first viewer that shows the image) or the label of a region, of which the box is searched.

        Returns
        -------
        QTable
            Brightest first; empty if nothing is above the threshold.

        Raises
        ------
        InputError
            For a choice or a number that cannot be used.
        """
        given = {"dataset": dataset, "method": method, "fwhm": fwhm, "threshold": threshold, "where": where}
        for name, value in given.items():
            if value is not None:
                setattr(self, name, value)
        for _ in self._finding():
            pass
        assert self._found is not None  # noqa: S101  else it has raised
        return self._found.copy()

    def add_regions(self, radius: float | u.Quantity | None = None) -> list[str]:
        """Make a circular region of each source found, and return their labels.

        Parameters
        ----------
        radius : float or Quantity, optional
            In pixels, or an angle for an image with pixels of known size. Default: the plugin's `radius`,
            else twice its `fwhm`.

        Raises
        ------
        InputError
            If nothing was found yet, or too many were.
        """
        sources = self._found
        if sources is None or not len(sources):
            raise InputError("No source was found yet; search first, or with a lower threshold.")
        if len(sources) > MANY:
            raise InputError(
                f"{len(sources)} sources are too many to edit; raise the threshold below {MANY}."
            )
        if radius is not None:
            self.radius = radius
        size = self.radius or 2 * self.fwhm
        circles = [
            CirclePixelRegion(PixCoord(float(x), float(y)), float(size))
            for x, y in zip(sources["xcentroid"].value, sources["ycentroid"].value, strict=True)
        ]
        labels, bad = load_regions(self._session, circles, on=self._searched)
        if bad:
            raise InputError(f"{len(bad)} of {len(circles)} circles could not be made: {bad[0][1]}"[:240])
        self.say(f"Made {len(labels)} region{'s' * (len(labels) != 1)}.")
        return labels

    def export_table(self, filename: str | None = None, overwrite: bool = False) -> QTable | None:
        """The sources found (a copy), also written to `filename` (.ecsv, .csv, .fits, .vot)."""
        if filename is not None:
            if self._found is None:
                raise InputError("There is no source to write yet; search first.")
            write_table(self._found, filename, overwrite=overwrite)
        return self.sources

    def _finding(self) -> Generator[float, None, None]:
        if not self.dataset:
            raise InputError("Open an image first: the folder button above, or imviz.load_data(…).")
        label = str(self.dataset)
        if self.fwhm is None or self.threshold is None:
            raise InputError("A search needs a FWHM and a threshold; 3 pixels and 5 sigma are usual.")
        finder = Finder(method=str(self.method), fwhm=float(self.fwhm), threshold=float(self.threshold))
        self.say("")
        sources = yield from detecting(self._session.image(label), finder, self._box(label))
        self._found, self._searched, self.n_sources = sources, label, len(sources)
        self.table = SourcePages(sources)
        if not len(sources):
            self.say(f"Nothing on {label} is {self.threshold:g} sigma above its background.")

    def _box(self, label: str) -> Box | None:
        """The part of the image to search, or None for all."""
        if self.where == WHOLE:
            return None
        shape = self._session.image(label).data.shape
        if self.where == VIEW:
            xs, ys = self._seen(label)
        else:
            box = self._session.region(str(self.where), on=label).bounding_box
            xs, ys = [box.ixmin, box.ixmax - 1], [box.iymin, box.iymax - 1]
        x0, y0 = int(np.floor(min(xs) + 0.5)), int(np.floor(min(ys) + 0.5))
        x1, y1 = int(np.floor(max(xs) + 0.5)) + 1, int(np.floor(max(ys) + 0.5)) + 1
        clipped = Box(x0, y0, x1 - x0, y1 - y0).clip(shape)
        if clipped is None:
            raise InputError(f"{self.where} has no pixel on {label}; search the whole image.")
        return clipped

    def _seen(self, label: str) -> tuple[list[float], list[float]]:
        """Corners, in the image's pixels, of the first view that shows it."""
        for name in self._viewers:
            viewer = self._viewers[name]
            limits = viewer.limits
            if limits is None or all(layer.label != label for layer in viewer.controls.layers):
                continue
            corners = [(x, y) for x in (limits.x_min, limits.x_max) for y in (limits.y_min, limits.y_max)]
            places = np.array([viewer.frame.from_reference(label, x, y) for x, y in corners])
            if np.isfinite(places).all():
                return places[:, 0].tolist(), places[:, 1].tolist()
        raise InputError(f"No viewer shows {label}; show it, or search the whole image.")

    def _look(self, *_: Any) -> None:
        """See what can be done with the chosen image."""
        self.can_find = bool(self.dataset)
        image = self._session.image(str(self.dataset)) if self.dataset else None
        self.has_corrections = image is not None and len(published_corrections(image.meta)) > 1
