"""Many measurements asked for: every chosen region on every chosen image, or the places of a catalog.

What is measured and how is the form's; the work itself is `many`'s. The panel has the section *Many* for
regions and the plugin Forced Photometry for catalogs; older notebooks choose several by lists.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from echo import CallbackProperty, delay_callback

from imviz import batch
from imviz.errors import InputError
from imviz.options import check_options
from imviz.plugin import Several, action
from imviz.plugins.aperture_photometry.fields import OPTIONS
from imviz.plugins.aperture_photometry.forced import Forced
from imviz.plugins.aperture_photometry.many import Outcome, Target, measuring
from imviz.plugins.aperture_photometry.rows import PhotometryRows

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from os import PathLike

    import astropy.units as u
    from astropy.table import Table

    from imviz.plugin import Viewers
    from imviz.session import Session

__all__ = ["MeasuresMany"]

TOLD = 50
"""Failures listed."""


class MeasuresMany(PhotometryRows):
    """What is measured together. None chosen: all regions, the image of the form."""

    datasets = Several(doc="The images to measure on together; none: the one chosen above.")
    apertures = Several(doc="The regions to measure together; none: all.")
    multiselect = CallbackProperty(
        False, docstring="Whether `calculate_batch_photometry` without options measures those together."
    )
    many_told = CallbackProperty("", docstring="What would be measured, as '12 regions on 3 images'.")
    failures = CallbackProperty((), docstring="What failed of the last many, with the reasons, as texts.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        for field in ("dataset", "background", "datasets", "apertures"):
            self.add_callback(field, self._count)
        self._count()

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("dataset", "aperture") and isinstance(value, list | tuple):
            name, self.multiselect = f"{name}s", True  # as older notebooks choose several
        super().__setattr__(name, value)

    def unpack_batch_options(self, **options: Any) -> list[dict[str, Any]]:
        """Every combination of the options given as lists, the first one varying slowest.

        Without options, and with `multiselect`: each chosen image with each chosen region.
        """
        if not options and self.multiselect:
            return [{"dataset": image, "aperture": region} for image, region in self._pairs()]
        check_options("Photometry", options, ("dataset", "aperture", *OPTIONS))
        return batch.unpack(options)

    @action
    def measure_many(self) -> Generator[float, None, None]:
        """Measure every chosen region on every chosen image, a step at a time."""
        return self._measuring_many()

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
        self.say(work.note)
        if work.failed:
            raise InputError(batch.told(work.failed, work.n))

    def forced(
        self,
        catalog: str | PathLike[str] | Table,
        radius: float | u.Quantity,
        images: Sequence[str] = (),
        *,
        columns: tuple[str, ...] | None = None,
        **options: Any,
    ) -> Forced:
        """The same as work that is not begun: its ``steps()`` can be watched and ended early."""
        check_options("Photometry", options, OPTIONS)
        where = [images] if isinstance(images, str) else list(images) or [str(self.dataset)]
        return Forced(self, catalog, columns).circles(radius, where, options)

    def _measuring_many(self) -> Generator[float, None, None]:
        pairs = self._pairs()
        if not pairs:
            raise InputError(self.guidance or "There is no region to measure; draw one first.")
        targets = [Target(n, image, region, {}) for n, (image, region) in enumerate(pairs)]
        self.say("")
        self.failures, outcome = (), Outcome()
        steps = measuring(self, targets, outcome)
        try:
            yield from steps
        finally:
            steps.close()
            failed = outcome.named(targets)
            self.failures = tuple({"function": name, "result": reason} for name, reason in failed[:TOLD])
            told = [f"{outcome.n_rows} of {len(targets)} measured."]
            told += [f"{len(failed)} failed."] if failed else []
            notes = " ".join(dict.fromkeys([*told, *filter(None, outcome.notes)]))
            self.say(notes, "error" if failed and not outcome.n_rows else "info")

    def _pairs(self) -> list[tuple[str, str]]:
        """Image and region of each measurement, the images varying slowest."""
        return list(product(self._images(), self._regions()))

    def _images(self) -> list[str]:
        return list(self.datasets) or [str(self.dataset)] * bool(self.dataset)

    def _regions(self) -> list[str]:
        """Those chosen, else all but the one that gives the background."""
        return list(self.apertures) or [one for one in self._session.regions if one != self.background]

    def _follow(self, *_: Any) -> None:
        kind = type(self)
        with delay_callback(self, "datasets", "apertures"):
            kind.datasets.set_choices(self, self._session.images)
            kind.apertures.set_choices(self, self._session.regions)
        super()._follow()
        self._count()

    def _count(self, *_: Any) -> None:
        n, m = len(self._regions()), len(self._images())
        told = f"{n} region{'s' * (n != 1)} on {m} image{'s' * (m != 1)}"
        self.many_told = told if n and m else ""
