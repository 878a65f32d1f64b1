"""Aperture photometry: measure a region of an image, see its profile, keep the row.

The plugin builds its parts and joins them: the form and its settings, the bench that measures, what shows a
measurement, the rows under it, batches, keys and the hand. All arithmetic is in the science floor; the
panel's layout is in ``aperture_photometry.vue``. The notebook's `calculate_photometry` and the panel's
button are one code path, so they give the same row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.delegation import answered_by, told_by
from imviz.errors import InputError
from imviz.options import in_order_of
from imviz.plugin import Viewers, action
from imviz.plugins.aperture_photometry import report
from imviz.plugins.aperture_photometry.batch import RegionBatch
from imviz.plugins.aperture_photometry.bench import Bench
from imviz.plugins.aperture_photometry.catalog import CatalogPhotometry
from imviz.plugins.aperture_photometry.display import Display, wanted
from imviz.plugins.aperture_photometry.fields import MANUAL, OPTIONS, PhotometryFields
from imviz.plugins.aperture_photometry.followup import find, sizes_in
from imviz.plugins.aperture_photometry.form import Form
from imviz.plugins.aperture_photometry.imexam import Imexam
from imviz.plugins.aperture_photometry.live import Live
from imviz.plugins.aperture_photometry.rows import Rows
from imviz.plugins.aperture_photometry.settings import Settings
from imviz.science.photometry.radii import at_radii
from imviz.science.sources.centroids import recentred

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from astropy.modeling.models import Gaussian1D, Moffat1D
    from astropy.table import QTable

    from imviz.session import Session

__all__ = ["AperturePhotometry"]

IN_ORDER = ("background", "background_value", "pixel_area", "counts_factor", "flux_scaling")
"""Options that older notebooks may give by place."""
REFRESHING = ("aperture", "active", *(name for name in OPTIONS if name != "background_value"))
"""Fields by which guidance, background or guides are others."""


class AperturePhotometry(PhotometryFields):
    """Measure a region of an image.

    Pick an image and an aperture, say what background to subtract, press Calculate. Each measurement
    adds a row to the session's table; nothing is ever dropped from it.
    """

    name = "Aperture Photometry"
    icon = "mdi-bullseye"

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._settings = Settings(self, session)
        self._bench = Bench(session, self._settings)
        self._display = Display(self, self._bench)
        self._form = Form(self, session, self._settings)
        self._rows = Rows(self, session, self._draw_guides)
        self._regions = RegionBatch(self, self._bench, self._display)
        self._catalogs = CatalogPhotometry(self, self._bench, self._display)
        self._keys = Imexam(self, self._viewers, self._bench, self._display)
        self._live = Live(self, self._bench)
        self._viewers.add_callback("live", self._live.hear)
        for news in ("images", "regions", "revision"):  # in whatever order they come
            session.add_callback(news, self._follow)
        session.add_callback("selected_region", self._follow_selection)
        self.add_callback("dataset", self._fill_from_header)
        for field in REFRESHING:
            self.add_callback(field, self._refresh)
        self._follow()

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("dataset", "aperture") and isinstance(value, list | tuple):
            name, self.multiselect = f"{name}s", True  # as older notebooks choose several
        super().__setattr__(name, value)
        if name == "background_value":
            self._settings.typed_background = self.background_value
            self.background = MANUAL
            self._refresh()

    def from_dict(self, fields: Mapping[str, Any]) -> None:
        """Set fields by name; beside a background that is measured, its value is none that was typed."""
        measured = fields.get("background", MANUAL) != MANUAL
        super().from_dict({n: v for n, v in fields.items() if not (measured and n == "background_value")})

    @property
    def kept_elsewhere(self) -> frozenset[str]:  # type: ignore[override]
        """A background's value where it was measured, and not typed."""
        return frozenset() if self.background == MANUAL else frozenset({"background_value"})

    # ---- one measurement

    @action
    def calculate(self) -> None:
        """Measure with the values of the panel, add the row, draw the plot."""
        if self.recentre_first:
            self.recentre()
        self.calculate_photometry()

    def calculate_photometry(
        self,
        dataset: str | None = None,
        aperture: str | None = None,
        *older: Any,
        add_to_table: bool = True,
        update_plots: bool = True,
        **options: Any,
    ) -> tuple[QTable, Gaussian1D | Moffat1D | None]:
        """Measure one region of one image.

        Parameters
        ----------
        dataset, aperture : str, optional
            Image and region. Default: those chosen in the plugin.
        add_to_table, update_plots : bool
            Whether the row joins the session's table; whether the panel shows it (and fits, if asked).
        *older
            `background`, `background_value`, `pixel_area`, `counts_factor` and `flux_scaling`, in this order.
        **options
            `background` ("Manual", "Annulus" or a region), `background_value`,
            `annulus_inner_radius`, `annulus_width` (pixels), `pixel_area` (arcsec²),
            `counts_factor` (data unit per count), `flux_scaling` (number or Quantity), and the other
            fields of the sections Background, Errors and Magnitudes by their names: each for this
            call only. Default: the plugin's value; for another image, that image's header. A zero
            point given so has the error given with it, or none.

        Returns
        -------
        row : QTable
            One row.
        model : Gaussian1D, Moffat1D or None
            The fitted radial profile, if one was asked for and found.

        Raises
        ------
        InputError
            If a choice is unknown or nothing can be measured with these values.
        """
        options |= in_order_of("calculate_photometry", IN_ORDER, older)
        image, region = str(dataset or self.dataset), str(aperture or self.aperture)
        if not image or not region:
            raise InputError(self.guidance)
        data, measured = self._bench.measured(image, region, options)
        findings = find(data, measured, wanted(self)) if update_plots else None  # may raise: before the row
        notes = report.doubts(measured)
        if add_to_table:
            notes.append(self._session.add_row(measured.values))
        model = None
        if findings is not None:
            notes.extend(findings.notes)
            self.is_live = False
            self._display.show(data, measured, findings)
            model = findings.fit.model if findings.fit else None
        self.say(" ".join(note for note in notes if note))
        return measured.row, model

    @action
    def recentre(self) -> None:
        """Move the aperture onto its source, by the chosen method, not further than allowed."""
        if self.guidance:
            raise InputError(self.guidance)
        image, region = str(self.dataset), str(self.aperture)
        data, outline, recipe = self._bench.prepared(image, region, {"follow_distortion": False})
        limit = self.centroid_max_shift
        moved, center = recentred(data, outline, recipe, str(self.centroid_method), max_shift=limit)
        self._session.update_region(region, moved, on=image)
        error = f" ± {np.hypot(center.x_err, center.y_err):.2g}" if np.isfinite(center.x_err) else ""
        self.say(f"The aperture is centred on ({center.x:.3f}, {center.y:.3f}){error} pix.")

    def measure_radii(self, radii: Sequence[float] | None = None) -> QTable:
        """Sums of the chosen source in several sizes at once, pixels; default: those of `radii`.

        Returns
        -------
        QTable
            ``radius``, ``sum``, ``sum_err``, ``area``, ``snr``, ``mag_ab``.
        """
        if self.guidance:
            raise InputError(self.guidance)
        data, measured = self._bench.measured(str(self.dataset), str(self.aperture), {})
        return at_radii(data, measured, radii or sizes_in(self.radii))

    @property
    def examine(self) -> Imexam:
        """What imexam's keys do, by hand: ``examine("a", x, y)``; `KEYS` there says which there are."""
        return self._keys

    @property
    def fitted_models(self) -> dict[str, Any]:
        """The session's fitted models; the last fitted profile is ``"phot_radial_profile"``."""
        return self._session.fitted_models

    # ---- many: of regions, of a catalog

    calculate_batch_photometry = answered_by("_regions", RegionBatch.calculate_batch_photometry)
    unpack_batch_options = answered_by("_regions", RegionBatch.unpack_batch_options)
    measure_many = answered_by("_regions", RegionBatch.measure_many)
    calculate_catalog_photometry = answered_by("_catalogs", CatalogPhotometry.calculate_catalog_photometry)
    forced = answered_by("_catalogs", CatalogPhotometry.forced)

    # ---- the rows

    clear_table = answered_by("_rows", Rows.clear_table)
    remove_table = answered_by("_rows", Rows.remove_table)
    selected_rows = told_by("_rows", Rows.selected_rows)
    select_rows = answered_by("_rows", Rows.select_rows)
    remove_rows = answered_by("_rows", Rows.remove_rows)
    sort_rows = answered_by("_rows", Rows.sort_rows)
    export_table = answered_by("_rows", Rows.export_table)
    tables = told_by("_rows", Rows.tables)
    write_python = answered_by("_rows", Rows.write_python)
    write_methods = answered_by("_rows", Rows.write_methods)
    as_python = answered_by("_rows", Rows.as_python)
    methods_paragraph = answered_by("_rows", Rows.methods_paragraph)
    verify = answered_by("_rows", Rows.verify)

    # ---- inside

    def _follow(self, *_: Any) -> None:
        """Offer what there is now."""
        self._form.offer()
        self._refresh()
        self._regions.count()

    def _follow_selection(self, label: str | None) -> None:
        if label and label != self.background:
            self._follow()
            self._form.select(label)

    def _fill_from_header(self, *_: Any) -> None:
        if self.dataset:
            self._settings.fill_from_header()
            self._refresh()

    def _refresh(self, *_: Any) -> None:
        self._form.refresh()
        self._draw_guides()
        self._display.settle()

    def _draw_guides(self) -> None:
        """Outline, with the background, apertures of selected rows that no region shows."""
        self.guides = (*self._form.guides, *self._rows.outlines())
