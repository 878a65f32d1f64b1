"""Keys over the image that measure where the cursor is, as users of IRAF's imexamine know them.

They work while the panel's switch is on, and then come before any other use of the same key. Photometry
uses the panel's own options, with the panel's code, so its numbers are the panel's: the aperture is the
chosen circle's size about the star near the cursor. Each key adds a line to the log; plots go to the panel's.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.plugin import Plot, Series
from imviz.plugins.aperture_photometry.fields import GROWTH, RAW
from imviz.plugins.aperture_photometry.followup import Findings, Wanted, find
from imviz.science.display.digits import exact
from imviz.science.photometry import measurement
from imviz.science.photometry.apertures import half_size
from imviz.science.photometry.radii import corrected_fwhm
from imviz.science.results import reports
from imviz.science.results.readable import axis_of, readable, unit_text, with_error
from imviz.science.sky.geometry import has_celestial
from imviz.science.sources import examine
from imviz.science.sources.centroids import recentred
from imviz.science.sources.profiles import radial_profile_raw
from imviz.science.sources.widths import half_maximum_width

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imviz.plugin import Viewers
    from imviz.plugins.aperture_photometry.bench import Bench
    from imviz.plugins.aperture_photometry.display import Display
    from imviz.plugins.aperture_photometry.fields import PhotometryFields
    from imviz.view import KeyPress

__all__ = ["KEYS", "Imexam"]

KEYS = {
    "a": "aperture photometry, into the table",
    "r": "radial profile with its fit",
    ",": "the same as a, with a Gaussian, without the table",
    ".": "the same as r, with a Moffat",
    "j": "Gaussian along the row",
    "k": "Gaussian along the column",
    "l": "plot of the row",
    "c": "plot of the column",
    "e": "contours",
    "s": "surface",
    "h": "histogram",
    "m": "statistics",
    "z": "pixel values",
    "x": "coordinates",
    "v": "a first and a second v: cut between them",
}
RADIUS = 5.0  # pixels, as IRAF's, where no aperture is chosen
PLOTTED = 10  # pixels to either side in contours, surface and histogram: 21 x 21 as IRAF's
FITTED, AVERAGED = (
    15,
    5,
)  # pixels to either side in fits of rows and columns, and how many of those are averaged
SAMPLED = 2  # pixels to either side in statistics: 5 x 5 as IRAF's
PRINTED = 5  # the same in printed values: 11 x 11, so that the cursor's is in the middle
MAG_ZERO = 25.0  # IRAF's, where the image has no zero point
LONGEST = 200  # lines of the log


class Imexam:
    """Answers keys.

    Parameters
    ----------
    fields : PhotometryFields
        The panel with the switch, the log and the plot.
    viewers : Viewers
        Where keys are pressed.
    bench : Bench
        What measures.
    display : Display
        What shows a measurement.
    """

    def __init__(self, fields: PhotometryFields, viewers: Viewers, bench: Bench, display: Display) -> None:
        self._fields, self._bench, self._display = fields, bench, display
        self._mark: tuple[str, float, float] | None = None
        viewers.add_callback("exam", self._on_key)
        self._viewers = viewers
        fields.add_callback("imexam", self._switch)

    def _switch(self, on: bool) -> None:
        self._viewers.examining = KEYS if on else {}

    def __call__(self, key: str, x: float, y: float, image: str | None = None) -> str:
        """Do what a key does at a place, in pixels of an image (default: the chosen one); its line.

        Raises
        ------
        InputError
            No such key, or nothing to be measured there.
        """
        label = str(image or self._fields.dataset)
        if key not in KEYS:
            raise InputError(f"imexam has no key {key[:20]!r}; it has {' '.join(KEYS)}.")
        if not label:
            raise InputError("Open an image first.")
        actions: dict[str, Callable[[str, float, float], str]] = {
            "a": self._aperture,
            "r": self._radial,
            ",": partial(self._aperture, keep=False),
            ".": partial(self._radial, model="Moffat"),
            "j": partial(self._fit, axis="row"),
            "k": partial(self._fit, axis="column"),
            "l": partial(self._cut, axis="row"),
            "c": partial(self._cut, axis="column"),
            "e": self._contour,
            "s": self._surface,
            "h": self._histogram,
            "m": self._statistics,
            "z": self._values,
            "x": self._coordinates,
            "v": self._vector,
        }
        line = actions[key](label, x, y)
        self._fields.log = (*self._fields.log, *line.split("\n"))[-LONGEST:]
        return line

    def _on_key(self, press: KeyPress | None) -> None:
        if press is None or press.key not in KEYS:
            return
        try:
            self(press.key, press.x, press.y, press.image)
        except InputError as error:
            self._fields.say(str(error), "error")
        else:
            if self._fields.message_kind == "error":
                self._fields.say("")

    def _image(self, label: str) -> Any:
        return self._bench.session.image(label)

    def _plot(self, series: list[Series], x_label: str, y_label: str, title: str) -> None:
        self._fields.plot = Plot(tuple(series), x_label, y_label, title)

    def _plot_values(self, series: list[Series], x_label: str, label: str, title: str) -> None:
        """With values of an image on the upright axis, in a prefix that can be read."""
        axis = axis_of(np.concatenate([one.y for one in series]), self._image(label).unit)
        scaled = [replace(one, y=one.y * axis.factor) for one in series]
        self._plot(scaled, x_label, axis.label(), title)

    # ---- photometry

    def _measured(self, label: str, x: float, y: float) -> measurement.Measurement:
        """The source near a place, in a circle of the chosen aperture's size, by the panel's options."""
        fields, radius = self._fields, RADIUS
        if fields.aperture:
            radius = half_size(self._bench.session.region(str(fields.aperture), on=label))
        circle = CirclePixelRegion(PixCoord(x, y), radius)
        data, outline, recipe = self._bench.prepared(label, "", {}, circle)
        method, shift = str(fields.centroid_method), fields.centroid_max_shift
        reach = None if shift is None else shift + radius
        moved, _ = recentred(data, outline, recipe, method, max_shift=reach)
        data, outline, recipe = self._bench.prepared(label, "", {}, moved)
        return measurement.measure(data, outline, recipe, image_label=label, region_label="imexam")

    def _aperture(self, label: str, x: float, y: float, *, keep: bool = True) -> str:
        m = self._measured(label, x, y)
        findings = find(self._image(label), m, Wanted(plot=GROWTH))  # may raise: before the row
        if keep:
            self._bench.session.add_row(m.values)
        self._display.show(self._image(label), m, findings)
        return self._photometry_line(m, findings)

    def _radial(self, label: str, x: float, y: float, model: str = "Gaussian") -> str:
        m = self._measured(label, x, y)
        findings = find(self._image(label), m, Wanted(plot=RAW, fit=True, model=model))
        self._display.show(self._image(label), m, findings)
        fit = findings.fit
        if fit is None or fit.model is None:
            return self._photometry_line(m, findings) + (f"  [{fit.message}]" if fit else "")
        return f"{self._photometry_line(m, findings)} {model} fwhm {with_error(fit.fwhm, fit.fwhm_err)}"

    def _photometry_line(self, m: measurement.Measurement, findings: Findings) -> str:
        """Place, radius, magnitude, sum, sky, peak and shape, under IRAF's names."""
        v, radius = m.values, half_size(m.region)
        fwhm, _ = corrected_fwhm(float(v["fwhm"].value), radius)
        ellipticity = 1 - float(v["semiminor_sigma"] / v["semimajor_sigma"])
        direct = half_maximum_width(radial_profile_raw(m))
        warning = reports.warning(v)
        return (
            f"x {v['xcentroid'].value:.2f} y {v['ycentroid'].value:.2f} r {radius:.2f} "
            f"mag {_magnitude(v)} flux {readable(v['sum'], v['sum_err'])} "
            f"sky {readable(v['background'], v['background_err'])} peak {readable(v['max'])} "
            f"e {ellipticity:.2f} pa {v['orientation'].value:.1f} "
            f"fwhm {fwhm:.2f} enclosed {_enclosed(findings):.2f} direct {direct:.2f}"
            + (f"  [{warning}]" if warning else "")
        )

    # ---- cuts

    def _cut(self, label: str, x: float, y: float, axis: str) -> str:
        cut = examine.cut_along(self._image(label), x, y, axis)
        at = y if axis == "row" else x
        other = "x (pix)" if axis == "row" else "y (pix)"
        self._plot_values([Series(cut.x, cut.y, "trace")], other, label, f"{axis.title()} {at:.0f}")
        return f"{axis} {np.floor(at + 0.5):.0f} of {label}"

    def _fit(self, label: str, x: float, y: float, axis: str) -> str:
        cut = examine.cut_along(self._image(label), x, y, axis, FITTED, average=AVERAGED)
        fit, unit = examine.fit_cut(cut), self._image(label).unit
        series = [Series(cut.x, cut.y), Series(fit.x, fit.y, "line", "Gaussian fit")]
        other = "x (pix)" if axis == "row" else "y (pix)"
        self._plot_values(series, other, label, f"Gaussian along the {axis}")
        return (
            f"{axis}: center {with_error(fit.center, fit.center_err)} "
            f"fwhm {with_error(fit.fwhm, fit.fwhm_err)} peak {readable(fit.peak, unit=unit)} "
            f"level {readable(fit.level, unit=unit)}"
        ) + self._trouble(
            label, fit.center if axis == "row" else x, y if axis == "row" else fit.center, SAMPLED
        )

    def _vector(self, label: str, x: float, y: float) -> str:
        if self._mark is None or self._mark[0] != label:
            self._mark = (label, x, y)
            return f"vector from ({x:.1f}, {y:.1f}); press v at its end"
        start, self._mark = self._mark[1:], None
        cut = examine.vector(self._image(label), start, (x, y))
        self._plot_values([Series(cut.x, cut.y, "trace")], "Distance (pix)", label, "Vector")
        return f"vector ({start[0]:.1f}, {start[1]:.1f}) to ({x:.1f}, {y:.1f}), {cut.x[-1]:.1f} pix"

    # ---- surroundings

    def _statistics(self, label: str, x: float, y: float) -> str:
        numbers = examine.statistics(self._image(label), x, y, SAMPLED)
        n_pixels, scatter = int(numbers.pop("npix")), numbers["stddev"]
        axis = axis_of(list(numbers.values()), self._image(label).unit)
        errors = {"mean": scatter / np.sqrt(n_pixels)}
        lines = [
            f"{name} {with_error(value * axis.factor, errors.get(name, np.nan) * axis.factor)}"
            for name, value in numbers.items()
        ]
        told = f"npix {n_pixels} {' '.join(lines)} {axis.unit}".rstrip()
        return told + self._trouble(label, x, y, SAMPLED)

    def _values(self, label: str, x: float, y: float) -> str:
        values, box = examine.around(self._image(label), x, y, PRINTED)
        axis = axis_of(values, self._image(label).unit)
        columns = range(box.x0, box.x0 + box.nx)
        lines = [f"y \\ x {' '.join(f'{column:>9d}' for column in columns)} {axis.unit}".rstrip()]
        lines += [  # the top of the page is up
            f"{box.y0 + row:>5d} "
            + " ".join(f"{with_error(value):>9}" for value in values[row] * axis.factor)
            for row in range(box.ny - 1, -1, -1)
        ]
        return "\n".join(lines)

    def _coordinates(self, label: str, x: float, y: float) -> str:
        image = self._image(label)
        value, err = examine.pixel(image, x, y)
        told = (
            f"{exact(value)} {unit_text(image.unit)}" if np.isnan(err) else readable(value, err, image.unit)
        )
        where = f"x {x:.2f} y {y:.2f} value {told}".rstrip()
        if not has_celestial(image.wcs):
            return where
        return f"{where} {image.wcs.pixel_to_world(x, y).to_string('hmsdms', precision=3)}"

    def _histogram(self, label: str, x: float, y: float) -> str:
        values, _ = examine.around(self._image(label), x, y, PLOTTED)
        values = values[np.isfinite(values)]
        counts, edges = np.histogram(values, bins=min(50, max(int(np.sqrt(values.size)), 1)))
        steps = np.repeat(edges, 2), np.concatenate([[0], np.repeat(counts, 2), [0]]).astype(float)
        self._plot([Series(*steps, "trace")], self._unit(label) or "Value", "Pixels", "Histogram")
        return f"histogram of {values.size} pixels about ({x:.1f}, {y:.1f})"

    def _contour(self, label: str, x: float, y: float) -> str:
        lines = examine.contours(self._image(label), x, y, PLOTTED)
        series = [Series(line[:, 0], line[:, 1], "trace") for line in lines[:40]]
        self._plot(series, "x (pix)", "y (pix)", "Contours")
        return f"{len(lines)} contours about ({x:.1f}, {y:.1f})"

    def _surface(self, label: str, x: float, y: float) -> str:
        """Rows one behind the other, each a little higher: what is in front hides nothing."""
        values, box = examine.around(self._image(label), x, y, PLOTTED)
        step = float(np.nanmax(values) - np.nanmin(values)) / max(box.ny, 1)
        columns = box.x0 + np.arange(box.nx, dtype=float)
        series = [
            Series(columns + 0.3 * row, values[row] + step * row, "trace") for row in range(0, box.ny, 2)
        ]
        self._plot_values(series, "x (pix)", label, "Surface")
        return f"surface about ({x:.1f}, {y:.1f})"

    def _unit(self, label: str) -> str:
        return str(self._image(label).unit or "")

    def _trouble(self, label: str, x: float, y: float, half: int) -> str:
        """What is wrong with pixels about a place, in words; '' if nothing is."""
        values, _ = examine.around(self._image(label), x, y, half)
        saturation = self._bench.values(label, {})["saturation"]
        missing = (2 * half + 1) ** 2 - int(np.count_nonzero(np.isfinite(values)))
        full = 0 if saturation is None else int(np.count_nonzero(values >= saturation))
        counts = [(full, "saturated"), (missing, "off the image, masked or NaN")]
        told = [f"{n} {'pixel is' if n == 1 else 'pixels are'} {what}" for n, what in counts if n]
        return f"  [{'; '.join(told)}]" if told else ""


def _magnitude(values: Mapping[str, Any]) -> str:
    """By the zero point there is; without one by IRAF's, which is said."""
    snr = values["snr"]
    err = float("nan") if snr is None or not snr > 0 else 2.5 / np.log(10) / float(snr)
    for name, system in (("mag_ab", "AB "), ("aperture_sum_mag", "")):
        if values[name] is not None:
            number = float(values[name].value)
            return reports.ABSENT if np.isnan(number) else f"{system}{with_error(number, err)}"
    total = float(getattr(values["sum"], "value", values["sum"]))
    if not total > 0:
        return reports.ABSENT
    return f"{with_error(MAG_ZERO - 2.5 * np.log10(total), err)} (zero point {MAG_ZERO:g})"


def _enclosed(findings: Findings) -> float:
    """FWHM [pix] by enclosed light: twice the radius that holds half of it, as a Gaussian's is."""
    marks = {} if findings.growth is None else dict(findings.growth.marks)
    return 2 * marks.get("EE50", float("nan"))
