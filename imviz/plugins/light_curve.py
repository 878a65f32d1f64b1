"""The light curve of a star over several images, against comparison stars.

Regions drawn on any image are the apertures; the alignment says where they lie on the others, and they
can follow their star by its centroid. Each star is measured with its own annulus by
`imviz.science.photometry.measurement`; `imviz.science.sources.light_curve` makes the curve. No row joins the
session's table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.time import Time
from echo import CallbackProperty
from regions import PixCoord

from imviz.errors import InputError
from imviz.plugin import Choice, Held, Number, Plot, Plugin, Series, Several, Viewers, action
from imviz.science.calibration.header import autofill
from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.photometry.nearest_sky import CLIP, default_annulus
from imviz.science.results.files import write_table
from imviz.science.sources.light_curve import comparison_scatter, light_curve, mid_exposure

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from astropy.table import QTable
    from regions import PixelRegion

    from imviz.session import Session

__all__ = ["LightCurve"]

MOVES = 3  # times a region follows its centroid; it has settled by then


class LightCurve(Plugin):
    """Follow one star's brightness over a series of images.

    Pick the images, the target's region and one or more comparison stars; press Calculate.
    """

    name = "Light Curve"
    icon = "mdi-chart-timeline-variant"
    images = Several(doc="The images of the series; they are put in the order of their times.")
    target = Choice(doc="The region of the star to follow.")
    comparisons = Several(doc="The regions of the comparison stars.")
    annulus_width = Number(
        doc="Width of each star's background annulus, pixels; None: as wide as Aperture Photometry's.",
        units=(u.pix,),
    )
    follow_centroid = CallbackProperty(True, docstring="Whether each region follows its star's centroid.")
    can_calculate = CallbackProperty(False, docstring="Whether images, a target and a comparison are chosen.")
    guidance = CallbackProperty("", docstring="What to do next, or ''.")
    stars = CallbackProperty((), docstring="How steady each comparison star is, as texts.")
    plot = Held("The light curve.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._curve: QTable | None = None
        for news in ("images", "regions"):
            session.add_callback(news, self._follow)
        for field in ("images", "target", "comparisons"):
            self.add_callback(field, self._guide)
        self._follow()

    @property
    def curve(self) -> QTable | None:
        """The last light curve (a copy), or None: see `imviz.science.sources.light_curve.light_curve`."""
        return None if self._curve is None else self._curve.copy()

    @action
    def calculate(self) -> Generator[float, None, None]:
        """Measure every star on every image and draw the curve."""
        return self._calculating()

    def calculate_light_curve(
        self,
        images: Sequence[str] | None = None,
        target: str | None = None,
        comparisons: Sequence[str] | None = None,
    ) -> QTable:
        """Measure a light curve now.

        Parameters
        ----------
        images, target, comparisons : optional
            Labels of images and regions, which become the plugin's choice. Default: those chosen.

        Returns
        -------
        QTable
            In the order of time: ``image``, ``time`` (where every header tells it), ``rel_flux``,
            ``rel_flux_err``, ``normalized``, ``normalized_err``, ``comparison_sum``, ``usable``, and
            ``flux_0`` (the target), ``flux_1`` … with their ``_err``, in the images' unit.

        Raises
        ------
        InputError
            If something is not chosen, or a star cannot be measured on an image; it is named.
        """
        for name, value in (("images", images), ("target", target), ("comparisons", comparisons)):
            if value is not None:
                setattr(self, name, value)
        for _ in self._calculating():
            pass
        curve = self.curve
        assert curve is not None  # noqa: S101  else it has raised
        return curve

    def export_table(self, filename: str | None = None, overwrite: bool = False) -> QTable | None:
        """The last light curve (a copy), also written to `filename` (.ecsv, .csv, .fits, .vot)."""
        if filename is not None:
            if self._curve is None:
                raise InputError("There is no light curve to write yet; calculate one first.")
            write_table(self._curve, filename, overwrite=overwrite)
        return self.curve

    def _calculating(self) -> Generator[float, None, None]:
        if self.guidance:
            raise InputError(self.guidance)
        images, stars = self._in_time(), [str(self.target), *self.comparisons]
        rows: list[list[tuple[u.Quantity, u.Quantity]]] = []
        for number, image in enumerate(images):
            yield number / len(images)
            rows.append([self._measure(star, image) for star in stars])
        flux, err = (_in_one_unit(rows, part) for part in (0, 1))
        times = self._times(images)
        curve = light_curve(flux.value, err.value, times)
        curve.add_column(images, index=0, name="image")
        for n in range(len(stars)):
            curve[f"flux_{n}"], curve[f"flux_{n}_err"] = flux[:, n], err[:, n]
        self._curve = curve
        self._show(curve, comparison_scatter(flux.value))

    def _in_time(self) -> list[str]:
        times = self._times(list(self.images))
        return list(self.images) if times is None else [self.images[n] for n in np.argsort(times.mjd)]

    def _times(self, images: list[str]) -> Time | None:
        """Times of the images, in UTC; None where one does not tell."""
        times = [mid_exposure(self._session.image(image).meta) for image in images]
        told = [time.utc.mjd for time in times if time is not None]
        return Time(told, format="mjd", scale="utc") if len(told) == len(images) else None

    def _measure(self, star: str, image: str) -> tuple[u.Quantity, u.Quantity]:
        """Flux of a star on an image, and its error."""
        data = self._session.image(image)
        try:
            region = self._session.region(star, on=image)
            filled = autofill(data.meta, data.unit, data.wcs)
            recipe = Recipe(
                background=default_annulus(region, width=self.annulus_width or None),
                sigma_clip=CLIP,
                gain=filled.gain,
                read_noise=filled.read_noise,
                saturation=filled.saturation,
            )
            measured = measure(data, region, recipe, image_label=image, region_label=star)
            for _ in range(MOVES if self.follow_centroid else 0):
                region = _moved(region, measured.centroid)
                measured = measure(data, region, recipe, image_label=image, region_label=star)
        except InputError as error:
            raise InputError(f"{star} on {image}: {error}"[:240]) from error
        flux, err = measured.values["sum"], measured.values["sum_err"]
        return u.Quantity(flux), u.Quantity(np.nan, u.Quantity(flux).unit) if err is None else u.Quantity(err)

    def _follow(self, *_: Any) -> None:
        """Offer the images and regions there are now."""
        new = [label for label in self._session.images if label not in self.images_items]
        kept = [*self.images, *new]
        type(self).images.set_choices(self, list(self._session.images))
        self.images = [label for label in kept if label in self._session.images]
        labels = list(self._session.regions)
        type(self).target.set_choices(self, labels)
        type(self).comparisons.set_choices(self, labels)
        self._guide()

    def _guide(self, *_: Any) -> None:
        self.guidance = self._missing()
        self.can_calculate = not self.guidance

    def _missing(self) -> str:
        if len(self.images) < 2:
            return "A light curve needs two images or more; open them and pick them here."
        if not self.target:
            return "Draw a circle over the star to follow, and one over a comparison star."
        others = [star for star in self.comparisons if star != self.target]
        if not others or len(others) != len(self.comparisons):
            return "Pick one or more comparison stars; the target itself is none."
        return ""

    def _show(self, curve: QTable, scatter: np.ndarray) -> None:
        self.stars = tuple(
            {"function": star, "result": "alone" if np.isnan(value) else f"{100 * value:.3g} % scatter"}
            for star, value in zip(self.comparisons, scatter, strict=True)
        )
        if "time" in curve.colnames:
            start = np.floor(curve["time"][0].mjd)
            x, label = curve["time"].mjd - start, f"MJD − {start:g}"
        else:
            x, label = np.arange(1.0, len(curve) + 1), "image (no times in the headers)"
        points = Series(
            x, np.asarray(curve["normalized"]), "scatter", "", np.asarray(curve["normalized_err"])
        )
        self.plot = Plot((points,), label, "relative flux", f"Light curve of {self.target}")
        bad = int(np.count_nonzero(~curve["usable"]))
        self.say(f"{bad} of {len(curve)} images gave no usable flux." if bad else "")


def _moved(region: PixelRegion, centroid: tuple[float, float]) -> PixelRegion:
    """The region about the centroid, if that is inside it."""
    x, y = centroid
    if hasattr(region, "center") and np.isfinite([x, y]).all() and region.contains(PixCoord(x, y)):
        return region.copy(center=PixCoord(x, y))
    return region


def _in_one_unit(rows: list[list[tuple[u.Quantity, u.Quantity]]], part: int) -> u.Quantity:
    """Fluxes (0) or errors (1), shape (n_images, n_stars), in the first one's unit."""
    unit = rows[0][0][0].unit
    try:
        return u.Quantity([[star[part].to_value(unit) for star in row] for row in rows], unit)
    except u.UnitConversionError as error:
        raise InputError(f"The images' units do not fit each other: {error}."[:240]) from error
