"""Apertures at the places of a catalog, on any images: what forced photometry measures.

A place on the sky is found through each image's own WCS; one in pixels is the same pixel of each image or,
aligned by WCS, the same place as on the first. A source without a place on an image keeps the reason instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.table import Table
from regions import CirclePixelRegion, CircleSkyRegion, PixCoord

from imviz.batch import told
from imviz.errors import InputError
from imviz.options import check_options
from imviz.plugins.aperture_photometry.batch import Outcome, Target, measuring
from imviz.plugins.aperture_photometry.fields import OPTIONS
from imviz.readers.catalogs.files import read_catalog
from imviz.science.sky.geometry import has_celestial, pixel_scale
from imviz.science.sky.through_sky import sky_to_pixel, to_image
from imviz.science.sources.source_columns import find_positions

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from os import PathLike

    from regions import PixelRegion

    from imviz.plugins.aperture_photometry.bench import Bench
    from imviz.plugins.aperture_photometry.display import Display
    from imviz.plugins.aperture_photometry.fields import PhotometryFields
    from imviz.science.sources.source_columns import Positions
    from imviz.session import Session

__all__ = ["CatalogPhotometry", "CatalogWork"]

NAMES = ("label", "name", "id", "source_id", "objid", "main_id", "number", "designation")


def _names_in(table: Table) -> list[str]:
    """What a catalog calls its sources, as "id 17"; without a column of names, their numbers from 1."""
    columns = {name.lower(): name for name in reversed(table.colnames)}
    column = next((columns[name] for name in NAMES if name in columns), None)
    if column is None:
        return [f"source {n}" for n in range(1, len(table) + 1)]
    values = np.asarray(table[column])
    texts = [str(value.decode() if isinstance(value, bytes) else value) for value in values.tolist()]
    return texts if values.dtype.kind in "USO" else [f"{column} {text}" for text in texts]


class CatalogWork:
    """Measurements of the sources of a catalog: what is to be measured, and then what came of it.

    Parameters
    ----------
    bench : Bench
        What measures.
    display : Display
        What shows the last one.
    catalog : path or Table
        The sources.
    columns : tuple of str, optional
        The columns of their positions.
    """

    def __init__(
        self,
        bench: Bench,
        display: Display,
        catalog: str | PathLike[str] | Table,
        columns: tuple[str, ...] | None = None,
    ) -> None:
        table = catalog if isinstance(catalog, Table) else read_catalog(catalog)
        self._bench, self._display = bench, display
        self._targets, self._outcome = list[Target](), Outcome()
        self._places, self._names = find_positions(table, columns), _names_in(table)

    def circles(
        self, radius: float | u.Quantity, images: Sequence[str], options: Mapping[str, Any]
    ) -> CatalogWork:
        """Ask for a circle at each place on each image, the first varying slowest.

        Parameters
        ----------
        radius : float or Quantity
            Pixels, or an angle.
        images : sequence of str
            Labels.
        options : mapping
            Options of photometry for all.

        Raises
        ------
        InputError
            For a radius that is no length, and an image that is not there.
        """
        size = u.Quantity(radius)
        angular = size.unit.is_equivalent(u.deg)
        if (not angular and size.unit not in (u.dimensionless_unscaled, u.pix)) or not size.value > 0:
            raise InputError(f"The radius is {radius}; it must be above 0, in pixels or an angle."[:240])
        session = self._bench.session
        for image in images:
            outlines = _circles(session, self._places, size, image, images[0])
            for name, outline in zip(self._names, outlines, strict=True):
                self._targets.append(Target(len(self._targets), image, name, options, outline))
        return self

    def steps(self) -> Generator[float, None, None]:
        """Measure, a step at a time; yields how far it is, 0 to 1. Closed early, it keeps what it has."""
        return measuring(self._bench, self._targets, self._outcome, show_in=self._display)

    @property
    def n(self) -> int:
        """How many measurements were asked for."""
        return len(self._targets)

    @property
    def n_rows(self) -> int:
        """How many rows they have given."""
        return self._outcome.n_rows

    @property
    def failed(self) -> list[tuple[str, str]]:
        """What has failed, as "star 3 on a", with the reason."""
        return self._outcome.named(self._targets)

    @property
    def note(self) -> str:
        """What was assumed, and what became of the table, in sentences."""
        return " ".join(filter(None, dict.fromkeys([*self._outcome.notes, self._places.note])))


class CatalogPhotometry:
    """Measures at the places of catalogs, for a panel and for notebooks.

    Parameters
    ----------
    fields : PhotometryFields
        The panel: its image counts where none is named, and it tells what was assumed.
    bench : Bench
        What measures.
    display : Display
        What shows the last measurement.
    """

    def __init__(self, fields: PhotometryFields, bench: Bench, display: Display) -> None:
        self._fields, self._bench, self._display = fields, bench, display

    def calculate_catalog_photometry(
        self,
        catalog: str | PathLike[str] | Table,
        radius: float | u.Quantity,
        images: Sequence[str] = (),
        *,
        columns: tuple[str, ...] | None = None,
        **options: Any,
    ) -> None:
        """Measure a circle at each place of a catalog: forced photometry. The rows join the table.

        Parameters
        ----------
        catalog : path or Table
            Of sources, in pixels or on the sky: see `imviz.science.sources.source_columns.find_positions`.
        radius : float or Quantity
            Of the circles, pixels or an angle.
        images : sequence of str
            Where to measure. Default: the image chosen in the plugin.
        columns : tuple of str, optional
            The columns of the positions. Default: found by type, UCD and name.
        **options
            As for `calculate_photometry`.

        Raises
        ------
        InputError
            Naming those that failed, after all others were measured and kept.
        """
        work = self.forced(catalog, radius, images, columns=columns, **options)
        for _ in work.steps():
            pass
        self._fields.say(work.note)
        if work.failed:
            raise InputError(told(work.failed, work.n))

    def forced(
        self,
        catalog: str | PathLike[str] | Table,
        radius: float | u.Quantity,
        images: Sequence[str] = (),
        *,
        columns: tuple[str, ...] | None = None,
        **options: Any,
    ) -> CatalogWork:
        """The same as work that is not begun: its ``steps()`` can be watched and ended early."""
        check_options("Photometry", options, OPTIONS)
        where = [images] if isinstance(images, str) else list(images) or [str(self._fields.dataset)]
        return CatalogWork(self._bench, self._display, catalog, columns).circles(radius, where, options)


def _circles(
    session: Session, places: Positions, size: u.Quantity, image: str, first: str
) -> Sequence[PixelRegion | InputError]:
    data = session.image(image)
    on_sky, angular = places.sky is not None, size.unit.is_equivalent(u.deg)
    if (on_sky or angular) and not has_celestial(data.wcs):
        n = len(places.sky) if places.sky is not None else len(_pixels(places)[0])
        reason = f"{image[:80]} has no celestial WCS; a place or radius on the sky needs one."
        return [InputError(reason)] * n
    if places.sky is not None:
        reach = size if angular else 1 * u.arcsec
        found = sky_to_pixel([CircleSkyRegion(sky, reach) for sky in places.sky], data.wcs)
        return found if angular else [_of_radius(one, float(size.value)) for one in found]
    rows, columns = data.data.shape
    scale = pixel_scale(data.wcs, ((columns - 1) / 2, (rows - 1) / 2)) if angular else 1.0
    radius = float(size.to_value(u.arcsec) / scale if angular else size.value)
    circles = [
        CirclePixelRegion(PixCoord(float(x), float(y)), radius) for x, y in zip(*_pixels(places), strict=True)
    ]
    between = None if image == first else session.sky_between(first, image)
    moved = circles if between is None else [_of_radius(one, radius) for one in to_image(circles, *between)]
    return [_finite(one) for one in moved]


def _pixels(places: Positions) -> tuple[np.ndarray, np.ndarray]:
    if places.x is None or places.y is None:
        return np.empty(0), np.empty(0)
    return places.x, places.y


def _of_radius(outline: Any, radius: float) -> Any:
    """A circle of another radius about the same center; an error as it is."""
    return outline if isinstance(outline, InputError) else CirclePixelRegion(outline.center, radius)


def _finite(outline: Any) -> Any:
    if isinstance(outline, InputError) or np.isfinite([outline.center.x, outline.center.y]).all():
        return outline
    return InputError("The source has no position; its coordinates are not finite.")
