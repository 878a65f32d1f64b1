"""What the panel shows of the last measurement, and whether it is still of the settings there are.

A row's numbers are said to be of the settings before, until these come back; live ones are measured again.
Where only another plot or fit is asked for, it is made of what was measured. Texts and plots are `report`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echo import delay_callback

from imviz.errors import InputError
from imviz.plugins.aperture_photometry import report
from imviz.plugins.aperture_photometry.fields import MANUAL, MODEL_NAME, OPTIONS
from imviz.plugins.aperture_photometry.followup import Findings, Wanted, find, sizes_in
from imviz.science.calibration.magnitudes import ZeroPoint
from imviz.science.regions.text import numbers_of
from imviz.science.results import reports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from astropy.nddata import NDData
    from regions import PixelRegion

    from imviz.plugins.aperture_photometry.bench import Bench
    from imviz.plugins.aperture_photometry.fields import PhotometryFields
    from imviz.science.photometry.measurement import Measurement

__all__ = ["Display", "wanted"]

FOLLOWED_UP = (
    *("fit_available", "current_plot_type", "fit_radial_profile", "fit_model", "fit_source"),
    *("radii", "empirical", "pivot_wavelength", "ab_minus_vega"),
)
"""Fields by which more, or something else, is worked out of what was measured."""


class Display:
    """Shows measurements in the fields of a panel.

    Parameters
    ----------
    fields : PhotometryFields
        The panel.
    bench : Bench
        What measures again while numbers are live.
    """

    def __init__(self, fields: PhotometryFields, bench: Bench) -> None:
        self._fields, self._bench = fields, bench
        self._last: tuple[NDData, Measurement] | None = None
        self._settings: tuple[Any, ...] = ()
        self._wanted: Wanted | None = None
        for field in FOLLOWED_UP:
            fields.add_callback(field, self.settle)

    def show(self, data: NDData, measured: Measurement, findings: Findings) -> None:
        """Show a measurement; it is of the settings there are now."""
        fields, models = self._fields, self._bench.session.fitted_models
        models.pop(MODEL_NAME, None)
        fit, scale = findings.fit, report.scale_of(data, measured)
        if fit and fit.model:
            models[MODEL_NAME] = fit.model
        with delay_callback(fields, "results", "statistics", "fit_results", "details"):
            fields.results = reports.results(measured.values, scale)
            fields.shown_of = report.name_of(measured)
            fields.statistics = reports.lines(measured.values, reports.STATISTICS)
            fields.fit_results = tuple(reports.fit_lines(fit, findings.unit, scale))
            fields.details = (
                *report.sections(data, measured, findings),
                {"title": "More statistics", "lines": list(fields.statistics)},
            )
        fields.plot = report.plot_of(findings, scale)
        self._last = data, measured
        self._settings, self._wanted = self._now()
        fields.is_stale = False

    def show_again(
        self, image: str, region: str, options: Mapping[str, Any], outline: PixelRegion | None
    ) -> None:
        """Show one of many measurements, whose row is kept already: see `Bench.measured`."""
        data, m = self._bench.measured(image, region, options, outline)
        self._fields.is_live = False
        self.show(data, m, find(data, m, wanted(self._fields)))

    def settle(self, *_: Any) -> None:
        """A setting has changed, or the hand has let go: measure again, or say what is stale."""
        fields = self._fields
        if self._last is None and not fields.is_live:
            return
        try:
            now, asked = self._now()
            if fields.is_live and fields.can_calculate:
                if (now, asked) != (self._settings, self._wanted):
                    self._settings, self._wanted = now, asked
                    data, measured = self._bench.measured(str(fields.dataset), str(fields.aperture), {})
                    self.show(data, measured, find(data, measured, asked))
                return
            fields.is_stale = now != self._settings
            if self._last is not None and asked != self._wanted and not fields.is_stale:
                self._wanted = asked
                data, measured = self._last
                self.show(data, measured, find(data, measured, asked))
        except InputError as error:
            fields.say(str(error), "error")

    def _now(self) -> tuple[tuple[Any, ...], Wanted]:
        """All by which the numbers would be others, and what else is to be worked out."""
        fields = self._fields
        image, region = str(fields.dataset), str(fields.aperture)
        outline: tuple[Any, ...] = ()
        if fields.can_calculate:
            outline = numbers_of(self._bench.session.region(region, on=image))
        typed = fields.background == MANUAL
        names = [name for name in OPTIONS if typed or name != "background_value"]
        values = (repr(getattr(fields, name)) for name in names)
        return (image, region, outline, *values), wanted(fields)


def wanted(fields: PhotometryFields) -> Wanted:
    """What a panel asks to be worked out beside the row."""
    return Wanted(
        plot=str(fields.current_plot_type),
        fit=fields.fit_radial_profile and fields.fit_available,
        model=str(fields.fit_model),
        source=fields.fit_source,
        sizes=sizes_in(fields.radii),
        empirical=fields.empirical,
        zero_point=ZeroPoint(pivot=fields.pivot_wavelength, ab_minus_vega=fields.ab_minus_vega),
    )
