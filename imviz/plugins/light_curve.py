"""The light curve of a star over several images, against comparison stars.

Regions drawn on any image are the apertures; the alignment says where they lie on the others, and they
can follow their star by its centroid. Each star is measured with its own annulus by
`imviz.science.photometry.measurement`; `imviz.science.sources.light_curve` makes the curve, and
`imviz.science.sky.barycentre` brings its times to the barycentre. No row joins the session's table; the curve
has one of its own. Nothing is asked of a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from echo import CallbackProperty
from regions import PixCoord

from imviz.errors import InputError
from imviz.plugin import Choice, Held, Number, Plot, Plugin, Series, Several, Viewers, action
from imviz.science.photometry.flags import Flag, decode_flags
from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.photometry.nearest_sky import CLIP, default_annulus
from imviz.science.photometry.noise_audit import filled_in
from imviz.science.results.files import write_table
from imviz.science.results.readable import with_error
from imviz.science.sky.geometry import has_celestial
from imviz.science.sky.sites import site_named
from imviz.science.sources.epochs import Epochs, epochs
from imviz.science.sources.exposure_times import exposure_time
from imviz.science.sources.light_curve import SPOILING, comparison_scatter, light_curve

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from astropy.coordinates import SkyCoord
    from astropy.table import QTable
    from regions import PixelRegion

    from imviz.session import Session

__all__ = ["LightCurve"]

MOVES = 3  # times a region follows its centroid; it has settled by then
COLUMNS = (
    *("image", "time", "bjd_tdb", "airmass", "normalized", "normalized_err", "rel_flux", "rel_flux_err"),
    *("comparison_sum", "usable", "flags"),
)
_FORMATS = {"bjd_tdb": ".6f", "airmass": ".3f", "comparison_sum": ".4f"}


@dataclass(frozen=True, slots=True)
class Star:
    """One star on one image: its flux, the error and the flags; NaN where it could not be measured."""

    flux: u.Quantity
    err: u.Quantity
    flags: int


class CurvePages:
    """A light curve as texts, any run of its rows at a time."""

    title = "Light curve"

    def __init__(self, curve: QTable) -> None:
        self._curve = curve
        self._of_error = {name: f"{name}_err" for name in COLUMNS if f"{name}_err" in curve.colnames}
        errors = set(self._of_error.values())
        self.columns = [name for name in COLUMNS if name in curve.colnames and name not in errors]
        self.n_rows = len(curve)

    def rows(self, start: int, stop: int) -> list[dict[str, str]]:
        """Rows ``start`` to ``stop`` (excluded)."""
        return [{name: self._text(name, row) for name in self.columns} for row in self._curve[start:stop]]

    def _text(self, name: str, row: Any) -> str:
        value = row[name]
        if name == "flags":
            return "; ".join(decode_flags(int(value)))
        if name == "time":
            return str(value.to_value("iso", subfmt="date_hms")[:21])
        if name in ("image", "usable"):
            return str(value) if name == "image" else "yes" if value else "no"
        number = float(getattr(value, "value", value))
        if name in self._of_error:
            return with_error(number, float(row[self._of_error[name]]))
        return format(number, _FORMATS.get(name, ".5f")) if np.isfinite(number) else "—"


class LightCurve(Plugin):
    """Follow one star's brightness over a series of images.

    Pick the images, the target's region and one or more comparison stars; press Calculate.
    """

    name = "Light Curve"
    icon = "mdi-chart-timeline-variant"
    images = Several(of="images", joining=True, doc="The images of the series, in any order.")
    target = Choice(of="regions", doc="The region of the star to follow.")
    comparisons = Several(of="regions", doc="The regions of the comparison stars.")
    annulus_width = Number(
        doc="Width of each star's background annulus, pixels; None: as wide as Aperture Photometry's.",
        units=(u.pix,),
    )
    follow_centroid = CallbackProperty(True, docstring="Whether each region follows its star's centroid.")
    site = CallbackProperty(
        "",
        docstring="Where the telescope stood, for BJD and air mass: an observatory, or 'latitude, longitude, "
        "height' in degrees, east positive, and metres. Empty: as the headers say.",
    )
    can_calculate = CallbackProperty(False, docstring="Whether images, a target and a comparison are chosen.")
    guidance = CallbackProperty("", docstring="What to do next, or ''.")
    stars = CallbackProperty((), docstring="How steady each comparison star is, as texts.")
    notes = CallbackProperty((), docstring="What times, BJD and air mass are by, and what is in doubt.")
    n_exposures = CallbackProperty(0, docstring="How many exposures the last curve has.")
    plot = Held("The light curve.")
    table = Held("The light curve, an exposure a row.")

    def __init__(self, session: Session, viewers: Viewers | None = None) -> None:
        super().__init__(session, viewers)
        self._curve: QTable | None = None
        for field in ("images", "target", "comparisons"):
            self.add_callback(field, self._guide)
        self._guide()

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
            In the order of time: ``image``, ``time`` (UTC of the middle, where every header tells it),
            ``bjd_tdb``, ``airmass``, ``rel_flux``, ``rel_flux_err``, ``normalized``, ``normalized_err``,
            ``comparison_sum``, ``usable``, ``flags``, and ``flux_0`` (the target), ``flux_1`` … with their
            ``_err``, in the images' unit. Its ``meta`` has the ``notes``.

        Raises
        ------
        InputError
            If something is not chosen, the site is not known, or a star cannot be measured on any image.
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
        site = site_named(str(self.site))
        images, stars = self._in_time(), [str(self.target), *self.comparisons]
        rows: list[list[Star | str]] = []
        for number, image in enumerate(images):
            yield number / len(images)
            rows.append([self._measure(star, image) for star in stars])
        points = _complete(rows, stars)
        flux, err = (_in_one_unit(points, part) for part in ("flux", "err"))
        flags = [[star.flags for star in row] for row in points]
        metas = [self._session.image(image).meta for image in images]
        when = epochs(metas, self._position(images), site)
        more = {"bjd_tdb": when.bjd_tdb, "airmass": when.airmass}
        more = {name: values for name, values in more.items() if np.isfinite(values).any()}
        curve = light_curve(flux.value, err.value, when.times, flags=flags, **more)
        curve.add_column(images, index=0, name="image")
        for n in range(len(stars)):
            curve[f"flux_{n}"], curve[f"flux_{n}_err"] = flux[:, n], err[:, n]
        curve.meta["notes"] = list(when.notes)
        self._curve = curve
        good = flux.value[np.asarray(curve["usable"])]
        self._show(curve, when, comparison_scatter(good if len(good) > 1 else flux.value))

    def _in_time(self) -> list[str]:
        """The images in the order of their times, if all tell one, else as they were chosen."""
        images = list(self.images)
        told = [exposure_time(self._session.image(image).meta) for image in images]
        days = [one.bjd_tdb if one.middle is None else one.middle.utc.jd for one in told]
        if None in days:
            return images
        return [images[n] for n in np.argsort(np.array(days, dtype=float), kind="stable")]

    def _position(self, images: Sequence[str]) -> SkyCoord | None:
        """Where the target is on the sky, by the first image that tells."""
        for image in images:
            wcs = self._session.image(image).wcs
            if has_celestial(wcs):
                center = getattr(self._session.region(str(self.target), on=image), "center", None)
                if center is not None:
                    return wcs.pixel_to_world(center.x, center.y)
        return None

    def _measure(self, star: str, image: str) -> Star | str:
        """A star on an image, or why it cannot be measured there."""
        data = self._session.image(image)
        try:
            region = self._session.region(star, on=image)
            filled = filled_in(data)
            recipe = Recipe(
                background=default_annulus(region, width=self.annulus_width or None),
                sigma_clip=CLIP,
                gain=filled.gain,
                read_noise=filled.read_noise,
                dark=filled.dark,
                saturation=filled.saturation,
            )
            measured = measure(data, region, recipe, image_label=image, region_label=star)
            for _ in range(MOVES if self.follow_centroid else 0):
                region = _moved(region, measured.centroid)
                measured = measure(data, region, recipe, image_label=image, region_label=star)
        except InputError as error:
            return f"{star} on {image}: {error}"[:240]
        flux, err = u.Quantity(measured.values["sum"]), measured.values["sum_err"]
        err = u.Quantity(np.nan, flux.unit) if err is None else u.Quantity(err)
        return Star(flux, err, int(measured.values["flags"]))

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
            return "Pick one or more comparison stars, other than the target."
        return ""

    def _show(self, curve: QTable, when: Epochs, scatter: np.ndarray) -> None:
        self.stars = tuple(
            {"function": star, "result": _steadiness(float(value), int(np.sum(curve["usable"])))}
            for star, value in zip(self.comparisons, scatter, strict=True)
        )
        self.plot = Plot(
            _series(curve), _time_axis(curve)[1], "relative flux", f"Light curve of {self.target}"
        )
        self.table, self.n_exposures, self.notes = CurvePages(curve), len(curve), when.notes
        spoiled = curve[~np.asarray(curve["usable"])]
        told = [f"{row['image']} ({_why(int(row['flags']))})" for row in spoiled[:3]]
        more = ", …" if len(spoiled) > len(told) else ""
        n = len(spoiled)
        self.say(f"{n} of {len(curve)} images gave no usable flux: {', '.join(told)}{more}." if n else "")


def _steadiness(scatter: float, n: int) -> str:
    """The relative scatter of a comparison star over ``n`` exposures, with its standard error."""
    if np.isnan(scatter):
        return "alone"
    err = 100 * scatter / np.sqrt(2 * (n - 1)) if n > 1 else float("nan")
    return f"{with_error(100 * scatter, err)} % scatter"


def _why(flags: int) -> str:
    reasons = decode_flags(flags & int(SPOILING))
    return reasons[0] if reasons else "no comparison flux"


def _time_axis(curve: QTable) -> tuple[np.ndarray, str]:
    """Values and label of x: BJD where every exposure has one, else MJD, else the number."""
    for name, label in (("bjd_tdb", "BJD (TDB)"), ("time", "MJD (UTC)")):
        if name in curve.colnames:
            days = curve[name].mjd if name == "time" else curve[name].value
            if np.isfinite(days).all():
                start = np.floor(days.min())
                return days - start, f"{label} − {start:.0f}"
    return np.arange(1.0, len(curve) + 1), "image (no times in the headers)"


def _series(curve: QTable) -> tuple[Series, ...]:
    """What can be used, and beside it what cannot, as far as that lies near it: a dip stays to be seen."""
    x, usable = _time_axis(curve)[0], np.asarray(curve["usable"])
    y, err = np.asarray(curve["normalized"]), np.asarray(curve["normalized_err"])
    points = Series(x[usable], y[usable], "scatter", "", err[usable])
    spoiled = ~usable & np.isfinite(y)
    if usable.any():
        low, high = y[usable].min(), y[usable].max()
        spoiled &= (y >= low - (high - low)) & (y <= high + (high - low))
    return (points, Series(x[spoiled], y[spoiled], "doubt", "not usable")) if spoiled.any() else (points,)


def _complete(rows: list[list[Star | str]], stars: Sequence[str]) -> list[list[Star]]:
    """Rows with NaN for a star that could not be measured; an error where one never could."""
    for n in range(len(stars)):
        column = [row[n] for row in rows]
        if all(isinstance(one, str) for one in column):
            raise InputError(str(column[0]))
    unit = next(star.flux.unit for row in rows for star in row if isinstance(star, Star))
    missing = Flag.PARTIAL_OVERLAP | Flag.NO_USABLE_PIXEL | Flag.NO_PIXEL_CENTER
    none = Star(u.Quantity(np.nan, unit), u.Quantity(np.nan, unit), int(missing))
    return [[none if isinstance(star, str) else star for star in row] for row in rows]


def _moved(region: PixelRegion, centroid: tuple[float, float]) -> PixelRegion:
    """The region about the centroid, if that is inside it."""
    x, y = centroid
    if hasattr(region, "center") and np.isfinite([x, y]).all() and region.contains(PixCoord(x, y)):
        return region.copy(center=PixCoord(x, y))
    return region


def _in_one_unit(rows: list[list[Star]], part: str) -> u.Quantity:
    """Fluxes or errors (``part``), shape (n_images, n_stars), in the first one's unit."""
    unit = rows[0][0].flux.unit
    try:
        return u.Quantity([[getattr(star, part).to_value(unit) for star in row] for row in rows], unit)
    except u.UnitConversionError as error:
        raise InputError(f"The images' units do not fit each other: {error}."[:240]) from error
