"""Aperture photometry: measure a region of an image, see its profile, keep the row.

The plugin gathers what a measurement needs (image, aperture, background, factors; filled in from the
header where it tells), calls `imviz.science`, and hands the row to the session. All arithmetic is in
the science floor; the panel's layout is in ``aperture_photometry.vue``. The notebook's
`calculate_photometry` and the panel's button are one code path, so they give the same row.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from echo import delay_callback
from regions import PixelRegion

from imviz import batch
from imviz.errors import InputError
from imviz.options import in_order_of
from imviz.plugin import Viewers, action
from imviz.plugins.aperture_photometry import told
from imviz.plugins.aperture_photometry.fields import MODEL_NAME
from imviz.plugins.aperture_photometry.findings import Findings, Wanted, find, sizes_in
from imviz.plugins.aperture_photometry.following import Following
from imviz.plugins.aperture_photometry.imexam import Imexam
from imviz.plugins.aperture_photometry.many import Outcome, Target, jobs_of, measuring
from imviz.plugins.aperture_photometry.recipes import choose_background, followed, recipe_of
from imviz.plugins.aperture_photometry.together import MeasuresMany
from imviz.science.calibration.magnitudes import ZeroPoint
from imviz.science.photometry import measurement
from imviz.science.photometry.radii import at_radii
from imviz.science.results import reports
from imviz.science.sources.centroids import recentred

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.modeling.models import Gaussian1D, Moffat1D
    from astropy.nddata import NDData
    from astropy.table import QTable

    from imviz.session import Session

__all__ = ["AperturePhotometry"]

DRAWN = (
    *("fit_available", "current_plot_type", "fit_radial_profile", "fit_model", "fit_source"),
    *("radii", "empirical", "pivot_wavelength", "ab_minus_vega"),
)
"""Fields by which more, or something else, is worked out of what was measured."""

IN_ORDER = ("background", "background_value", "pixel_area", "counts_factor", "flux_scaling")
"""Options that older notebooks may give by place."""


class AperturePhotometry(MeasuresMany):
    """Measure a region of an image.

    Pick an image and an aperture, say what background to subtract, press Calculate. Each measurement
    adds a row to the session's table; nothing is ever dropped from it.
    """

    name = "Aperture Photometry"
    icon = "mdi-bullseye"

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        self._following = Following(self)
        super().__init__(session, viewers)
        for field in DRAWN:
            self.add_callback(field, self._following.settle)
        self._viewers.add_callback("live", self._following.hear)
        self._keys = Imexam(self)

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
        data, outline, recipe = self._prepared(image, region, options)
        measured = measurement.measure(data, outline, recipe, image_label=image, region_label=region)
        findings = find(data, measured, self._wanted()) if update_plots else None  # may raise: before the row
        notes = told.doubts(measured)
        if add_to_table:
            notes.append(self._session.add_row(measured.values))
        model = None
        if findings is not None:
            notes.extend(findings.notes)
            self.is_live = False
            self._show(data, measured, findings)
            model = findings.fit.model if findings.fit else None
        self.say(" ".join(note for note in notes if note))
        return measured.row, model

    def calculate_batch_photometry(
        self,
        options: Sequence[dict[str, Any]] = (),
        add_to_table: bool = True,
        update_plots: bool = True,
        full_exceptions: bool = False,
    ) -> None:
        """Measure many regions on many images.

        Parameters
        ----------
        options : list of dict
            Each the keywords of one `calculate_photometry`; a list as a value stands for each of its
            items (see `unpack_batch_options`). The dicts are not changed. Default, with `multiselect`:
            each chosen image with each chosen region.
        add_to_table, update_plots, full_exceptions : bool
            Whether the rows join the session's table; the panel shows the last one; the first failure
            ends it all.

        Raises
        ------
        InputError
            Naming those that failed, after all others were measured and kept.
        """
        chosen = self.unpack_batch_options() if self.multiselect and not options else options
        jobs, outcome = batch.unpack_all(chosen), Outcome()
        targets = jobs_of(jobs, str(self.dataset), str(self.aperture))
        work = measuring(self, targets, outcome, add_to_table=add_to_table, show=update_plots)
        with closing(work):
            for _ in work:
                if full_exceptions and outcome.failures:
                    break
        failures = sorted(outcome.failures)
        if full_exceptions and failures:
            raise InputError(failures[0][1])
        notes = " ".join(dict.fromkeys(note for note in (self.message, *outcome.notes) if note))
        self.say(notes)
        if failures:
            raise InputError(batch.told(failures, len(jobs)))

    @property
    def examine(self) -> Imexam:
        """What imexam's keys do, by hand: ``examine("a", x, y)``; `KEYS` there says which there are."""
        return self._keys

    @property
    def fitted_models(self) -> dict[str, Any]:
        """The session's fitted models; the last fitted profile is ``"phot_radial_profile"``."""
        return self._session.fitted_models

    @action
    def recentre(self) -> None:
        """Move the aperture onto its source, by the chosen method, not further than allowed."""
        if self.guidance:
            raise InputError(self.guidance)
        image, region = str(self.dataset), str(self.aperture)
        data, outline, recipe = self._prepared(image, region, {"follow_distortion": False})
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
        data, outline, recipe = self._prepared(str(self.dataset), str(self.aperture), {})
        return at_radii(data, measurement.measure(data, outline, recipe), radii or sizes_in(self.radii))

    def _prepared(
        self, image: str, region: str, options: dict[str, Any], outline: PixelRegion | None = None
    ) -> tuple[NDData, PixelRegion, measurement.Recipe]:
        """Pixels, outline and recipe of one measurement; the outline may be one still in the hand."""
        values = self._values(image, options)
        if outline is None:
            outline = self._session.region(region, on=image)
        recipe = recipe_of(values, choose_background(self._session, values, image, region, outline))
        bent = followed(self._session, values["follow_distortion"], image, region, outline)
        if bent is not outline:
            recipe = replace(recipe, follow_distortion=True)
        return self._session.image(image), bent, recipe

    def _wanted(self) -> Wanted:
        return Wanted(
            plot=str(self.current_plot_type),
            fit=self.fit_radial_profile and self.fit_available,
            model=str(self.fit_model),
            source=self.fit_source,
            sizes=sizes_in(self.radii),
            empirical=self.empirical,
            zero_point=ZeroPoint(pivot=self.pivot_wavelength, ab_minus_vega=self.ab_minus_vega),
        )

    def _show(self, data: NDData, measured: measurement.Measurement, findings: Findings) -> None:
        """Show a measurement in the panel."""
        self.fitted_models.pop(MODEL_NAME, None)
        fit, scale = findings.fit, told.scale_of(data, measured)
        if fit and fit.model:
            self.fitted_models[MODEL_NAME] = fit.model
        with delay_callback(self, "results", "statistics", "fit_results", "details"):
            self.results = reports.results(measured.values, scale)
            self.shown_of = told.name_of(measured)
            self.statistics = reports.lines(measured.values, reports.STATISTICS)
            self.fit_results = tuple(reports.fit_lines(fit, findings.unit, scale))
            self.details = (
                *told.sections(data, measured, findings),
                {"title": "More statistics", "lines": list(self.statistics)},
            )
        self.plot = told.plot_of(findings, scale)
        self._following.keep(data, measured)

    def _show_last(self, targets: Sequence[Target], outcome: Outcome) -> None:
        failed = {number for number, _ in outcome.failures}
        measured = [target for target in targets if target.number not in failed]
        if not measured:
            return
        last = measured[-1]
        outline = last.outline if isinstance(last.outline, PixelRegion) else None
        data, outline, recipe = self._prepared(last.image, last.label, dict(last.options), outline)
        m = measurement.measure(data, outline, recipe, image_label=last.image, region_label=last.label)
        self.is_live = False
        self._show(data, m, find(data, m, self._wanted()))

    def _refresh(self, *_: Any) -> None:
        super()._refresh()
        self._following.settle()
