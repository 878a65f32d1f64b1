"""Aperture photometry: measure a region of an image, see its profile, keep the row.

The plugin gathers what a measurement needs (image, aperture, background, factors; filled in from the
header where it tells), calls `imviz.science`, and hands the row to the session. All arithmetic is in
the science floor; the panel's layout is in ``aperture_photometry.vue``. The notebook's
`calculate_photometry` and the panel's button are one code path, so they give the same row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.units import Quantity
from echo import CallbackProperty, delay_callback

from imviz import batch
from imviz.errors import ImvizError, InputError
from imviz.plugin import Choice, Guide, Held, Number, Plot, Plugin, Series, Viewers, action
from imviz.science import background as backgrounds
from imviz.science import photometry, profiles, reports
from imviz.science.header import AutoFill, autofill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.modeling.models import Gaussian1D
    from astropy.nddata import NDData
    from astropy.table import QTable
    from regions import PixelRegion

    from imviz.session import Session

__all__ = ["AperturePhotometry"]

MANUAL, ANNULUS = "Manual", "Annulus"
GROWTH, RADIAL, RAW = "Curve of Growth", "Radial Profile", "Radial Profile (Raw)"
MODEL_NAME = "phot_radial_profile"
SOURCES = {"pixel_area": "pixel_area_source", "counts_factor": "counts_source", "flux_scaling": "flux_source"}
OPTIONS = ("background", "background_value", "annulus_inner_radius", "annulus_width", *SOURCES)
TYPED = "typed here"
AREAS = (u.arcsec**2, u.arcsec**2 / u.pix**2, u.arcsec**2 / u.pix)


class PhotometryForm(Plugin):
    """What a measurement needs: image, aperture, background and factors, kept up with the session.

    The plugin's fields. Factors come from the chosen image's header until they are typed by hand; the
    annulus stays just outside the aperture until its inner radius is.
    """

    dataset = Choice(doc="The image to measure.")
    aperture = Choice(doc="The region to measure it in.")
    background = Choice(
        [MANUAL, ANNULUS], doc="What is subtracted: a typed value, an annulus's or a region's median."
    )
    background_value = Number(0.0, doc="Background per pixel, in the image's unit.", units="background_unit")
    background_unit = CallbackProperty("", docstring="Unit of the background.")
    background_editable = CallbackProperty(True, docstring="Whether the background is typed by hand.")
    show_annulus = CallbackProperty(False, docstring="Whether the background is an annulus.")
    annulus_inner_radius = Number(doc="Inner radius of the annulus, pixels.", units=(u.pix,))
    annulus_width = Number(10.0, doc="Width of the annulus, pixels.", units=(u.pix,))
    pixel_area = Number(doc="Area of a pixel, arcsec²; for data per steradian.", units=AREAS)
    pixel_area_source = CallbackProperty("", docstring="Where the pixel area comes from.")
    counts_factor = Number(doc="Data unit per count.", units="counts_unit")
    counts_unit = CallbackProperty("", docstring="Unit of the counts conversion factor.")
    counts_source = CallbackProperty("", docstring="Where the counts conversion factor comes from.")
    flux_scaling = Number(doc="Flux of magnitude 0, in the flux unit.")
    flux_unit = CallbackProperty("", docstring="Unit of the flux scaling.")
    flux_source = CallbackProperty("", docstring="Where the flux scaling comes from.")
    current_plot_type = Choice([GROWTH, RADIAL, RAW], doc="What the plot shows.")
    fit_available = CallbackProperty(False, docstring="Whether this plot can be fitted.")
    fit_radial_profile = CallbackProperty(False, docstring="Whether to fit a Gaussian to the radial profile.")
    can_calculate = CallbackProperty(False, docstring="Whether an image and an aperture are chosen.")
    guidance = CallbackProperty("", docstring="What to do next, or ''.")
    results = CallbackProperty((), docstring="What matters most of the last row, as texts.")
    statistics = CallbackProperty((), docstring="The rest of the last row, as texts.")
    fit_results = CallbackProperty((), docstring="The fit's parameters, as texts.")
    plot = Held("The last profile or growth curve.")
    table = Held("All rows measured so far.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._filled = AutoFill()
        self._default_radius: float | None = None
        self.table = reports.RowPages(session.results)
        for news in ("images", "regions", "revision"):  # in whatever order they come
            session.add_callback(news, self._follow)
        session.add_callback("selected_region", self._follow_selection)
        session.add_callback("n_rows", self._follow_rows)
        self.add_callback("dataset", self._fill_from_header)
        self.add_callback("flux_scaling", self._keep_flux_unit, echo_old=True, priority=1)
        for factor in SOURCES:
            self.add_callback(factor, self._name_sources)
        for field in ("aperture", "background", "annulus_inner_radius", "annulus_width", "active"):
            self.add_callback(field, self._refresh)
        self.add_callback("current_plot_type", self._follow_plot_type)
        self._follow()

    @property
    def _fits(self) -> bool:
        return self.fit_radial_profile and self.fit_available

    def _values(self, image: str, given: dict[str, Any]) -> dict[str, Any]:
        """The plugin's options, with those of this call, for this image."""
        _check_names(given, OPTIONS)
        values = {name: getattr(self, name) for name in OPTIONS}
        if image != self.dataset:  # another image: its own header, save for what was typed here
            filled = self._autofill(image)
            values |= {
                name: getattr(filled, name) for name in SOURCES if getattr(self, SOURCES[name]) != TYPED
            }
        if values["annulus_inner_radius"] == self._default_radius:
            values["annulus_inner_radius"] = None  # each aperture its own
        values |= {name: value for name, value in given.items() if value is not None}
        if given.get("background_value") is not None and values["background"] != MANUAL:
            raise InputError(
                f"A background value needs background='{MANUAL}', not {str(values['background'])!r}."
            )
        return values

    def _autofill(self, image: str) -> AutoFill:
        data = self._session.image(image)
        return autofill(data.meta, data.unit, data.wcs)

    def _follow(self, *_: Any) -> None:
        """Offer the images and regions there are now."""
        labels = list(self._session.regions)
        with delay_callback(self, "dataset", "aperture", "background"):  # no news before all is right
            type(self).dataset.set_choices(self, list(self._session.images))
            if self.background not in (MANUAL, ANNULUS, *labels):
                gone, self.background, self.background_value = str(self.background), MANUAL, 0.0
                self.say(f"{gone}, the background region, was deleted; the background is now 0.")
            type(self).aperture.set_choices(self, labels)
            type(self).background.set_choices(self, [MANUAL, ANNULUS, *labels])
        self._refresh()

    def _follow_selection(self, label: str | None) -> None:
        if label and label != self.background:
            self._follow()
            seen = self._session.seen_image or self._session.region_image(label)
            with delay_callback(self, "dataset", "aperture"):
                self.aperture, self.dataset = label, seen if seen in self._session.images else self.dataset

    def _follow_rows(self, _: int) -> None:
        self.table = reports.RowPages(self._session.results)

    def _follow_plot_type(self, kind: str) -> None:
        self.fit_available = kind != GROWTH

    def _fill_from_header(self, *_: Any) -> None:
        """Take factors and units of the chosen image; a value typed by hand stays, and says so."""
        if not self.dataset:
            return
        unit = self._session.image(self.dataset).unit
        filled, before = self._autofill(self.dataset), self._filled
        self._filled = filled
        with delay_callback(self, *SOURCES):
            for name in SOURCES:
                if getattr(self, name) in (None, getattr(before, name)):
                    setattr(self, name, getattr(filled, name))
        self.background_unit = str(unit or "")
        self.counts_unit = str(unit / u.ct) if isinstance(unit, u.UnitBase) else ""
        self._keep_flux_unit(None, self.flux_scaling)
        self._name_sources()
        self._refresh()

    def _keep_flux_unit(self, old: Any, new: Any) -> None:
        """A number typed over a quantity is in its unit, the one the panel shows."""
        if isinstance(old, Quantity) and new is not None and not isinstance(new, Quantity):
            self.flux_scaling = Quantity(new, old.unit)
        else:
            self.flux_unit = str(new.unit) if isinstance(new, Quantity) else self.background_unit

    def _name_sources(self, *_: Any) -> None:
        for name, source in SOURCES.items():
            value, filled = getattr(self, name), getattr(self._filled, name)
            told = self._filled.sources.get(name, "") if value == filled else TYPED
            setattr(self, source, told if value is not None else "")

    def _refresh(self, *_: Any) -> None:
        """Guidance, background and the outlines on the image, for the present choices."""
        self.guidance = _guidance(self.dataset, self.aperture)
        self.can_calculate = not self.guidance
        self.background_editable = self.background == MANUAL
        self.show_annulus = self.background == ANNULUS
        if not self.can_calculate:
            self.guides = ()
            return
        sky = None
        try:
            outline = self._session.region(self.aperture, on=self.dataset)
            self._follow_aperture_size(outline)
            values = self._values(self.dataset, {})
            chosen = _background(self._session, values, self.dataset, self.aperture)
            sky = backgrounds.region_of(chosen, outline)
            if sky is not None:
                self.background_value = backgrounds.estimate(self._session.image(self.dataset), sky).value
        except InputError as error:
            self.say(str(error), "error")
        else:
            if self.message_kind == "error":
                self.say("")
        shown = self.active and sky is not None
        self.guides = (Guide(self.dataset, sky, "background"),) if shown else ()

    def _follow_aperture_size(self, outline: PixelRegion) -> None:
        """Keep the annulus just outside the aperture until its inner radius is typed."""
        if self.annulus_inner_radius in (None, self._default_radius):
            self._default_radius = backgrounds.default_inner_radius(outline)
            self.annulus_inner_radius = self._default_radius


class AperturePhotometry(PhotometryForm):
    """Measure a region of an image.

    Pick an image and an aperture, say what background to subtract, press Calculate. Each measurement
    adds a row to the session's table; nothing is ever dropped from it.
    """

    name = "Aperture Photometry"

    @action
    def calculate(self) -> None:
        """Measure with the values of the panel, add the row, draw the plot."""
        self.calculate_photometry()

    @action
    def clear_table(self) -> None:
        """Forget all rows measured so far."""
        self._session.clear_results()

    def calculate_photometry(
        self,
        dataset: str | None = None,
        aperture: str | None = None,
        *,
        add_to_table: bool = True,
        update_plots: bool = True,
        **options: Any,
    ) -> tuple[QTable, Gaussian1D | None]:
        """Measure one region of one image.

        Parameters
        ----------
        dataset, aperture : str, optional
            Image and region. Default: those chosen in the plugin.
        add_to_table, update_plots : bool
            Whether the row joins the session's table; whether the panel shows it (and fits, if asked).
        **options
            `background` ("Manual", "Annulus" or a region), `background_value`,
            `annulus_inner_radius`, `annulus_width` (pixels), `pixel_area` (arcsec²),
            `counts_factor` (data unit per count), `flux_scaling` (number or Quantity): each for this
            call only. Default: the plugin's value; for another image, that image's header.

        Returns
        -------
        row : QTable
            One row.
        model : Gaussian1D or None
            The fitted radial profile, if one was asked for and found.

        Raises
        ------
        InputError
            If a choice is unknown or nothing can be measured with these values.
        """
        image, region = str(dataset or self.dataset), str(aperture or self.aperture)
        if not image or not region:
            raise InputError(self.guidance)
        values = self._values(image, options)
        outline = self._session.region(region, on=image)
        recipe = photometry.Recipe(
            background=_background(self._session, values, image, region),
            **{name: values[name] for name in SOURCES},
        )
        data = self._session.image(image)
        measured = photometry.measure(data, outline, recipe, image_label=image, region_label=region)
        notes = [reports.warning(measured.values)]
        if add_to_table:
            notes.append(self._session.add_row(measured.values))
        fit = None
        if update_plots:
            profile = _profile(self.current_plot_type, measured, data)
            fit = profiles.fit_gaussian(profile, measured) if self._fits else None
            notes.append(fit.message if fit else "")
            self._show(measured, profile, fit)
        self.say(" ".join(note for note in notes if note))
        return measured.row, fit.model if fit else None

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
            items (see `unpack_batch_options`). The dicts are not changed.
        add_to_table, update_plots, full_exceptions : bool
            Whether the rows join the session's table; the panel shows the last one; the first failure
            ends it all.

        Raises
        ------
        InputError
            Naming those that failed, after all others were measured and kept.
        """
        jobs, failures = batch.unpack_all(options), []
        with delay_callback(self._session, "n_rows"):  # the table is shown once, at the end
            for number, job in enumerate(jobs):
                shown = update_plots and number == len(jobs) - 1
                try:
                    self.calculate_photometry(**job, add_to_table=add_to_table, update_plots=shown)
                except ImvizError as error:
                    if full_exceptions:
                        raise
                    failures.append((number, str(error)))
        if failures:
            raise InputError(batch.told(failures, len(jobs)))

    def unpack_batch_options(self, **options: Any) -> list[dict[str, Any]]:
        """Every combination of the options given as lists, the first one varying slowest."""
        _check_names(options, ("dataset", "aperture", *OPTIONS))
        return batch.unpack(options)

    def export_table(self, filename: str | None = None, overwrite: bool = False) -> QTable | None:
        """The table so far (a copy), also written to `filename` (.ecsv, .csv, .fits, .vot)."""
        if filename is not None:
            self._session.results.write(filename, overwrite=overwrite)
        return self._session.results.table()

    @property
    def fitted_models(self) -> dict[str, Any]:
        """The session's fitted models; the last fitted profile is ``"phot_radial_profile"``."""
        return self._session.fitted_models

    @property
    def tables(self) -> list[QTable]:
        """All tables of the session, oldest first; a new one begins when a row's units do not fit."""
        return self._session.results.tables

    def _show(
        self, measured: photometry.Measurement, profile: profiles.Profile, fit: profiles.GaussianFit | None
    ) -> None:
        self.fitted_models.pop(MODEL_NAME, None)
        if fit and fit.model:
            self.fitted_models[MODEL_NAME] = fit.model
        self.results, self.statistics = (tuple(part) for part in reports.lines(measured.values))
        self.fit_results = tuple(reports.fit_lines(fit, profile.unit))
        self.plot = _plot(profile, fit)


def _check_names(options: dict[str, Any], names: tuple[str, ...]) -> None:
    unknown = [name for name in options if name not in names]
    if unknown:
        raise InputError(f"Photometry has no option {unknown[0]!r}; it has: {', '.join(names)}.")


def _guidance(dataset: str, aperture: str) -> str:
    if not dataset:
        return "Open an image first: the folder button above, or imviz.load_data(…)."
    return "" if aperture else "Pick ○ in the viewer's toolbar and drag over a star."


def _background(
    session: Session, values: dict[str, Any], image: str, region: str
) -> float | Quantity | backgrounds.Annulus | PixelRegion:
    """What the recipe is to subtract: a value, an annulus or a region in the image's pixels."""
    name = str(values["background"])
    if name == MANUAL:
        return values["background_value"] if values["background_value"] is not None else 0.0
    if name == ANNULUS:
        inner = values["annulus_inner_radius"]
        if inner is None:
            inner = backgrounds.default_inner_radius(session.region(region, on=image))
        return backgrounds.Annulus(inner, values["annulus_width"])
    if name == region:
        raise InputError(f"{name!r} is the aperture itself; choose another region as its background.")
    return session.region(name, on=image)


def _profile(kind: str, measured: photometry.Measurement, image: NDData) -> profiles.Profile:
    if kind == GROWTH:
        return profiles.curve_of_growth(image, measured.region, measured)
    return profiles.radial_profile(measured) if kind == RADIAL else profiles.radial_profile_raw(measured)


def _plot(profile: profiles.Profile, fit: profiles.GaussianFit | None) -> Plot:
    series = [Series(profile.x, profile.y, "scatter", "data", profile.y_err)]
    if fit and fit.model:
        x = np.linspace(0, profile.x.max(), 200)
        series.append(Series(x, fit.model(x), "line", "Gaussian fit"))
    return Plot(tuple(series), profile.x_label, profile.y_label, profile.title)
