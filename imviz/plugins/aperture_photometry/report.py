"""Texts and plots of findings, for the panel: sections with a title and lines, and one plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u

from imviz.plugin import Plot, Series
from imviz.science.calibration.magnitudes import limit_of
from imviz.science.photometry.apertures import half_size
from imviz.science.photometry.flags import Flag
from imviz.science.photometry.radii import aperture_correction, best_radius, corrected_fwhm
from imviz.science.results import reports
from imviz.science.results.readable import ABSENT, Axis, axis_of, beside_arcsec, readable
from imviz.science.sky.geometry import has_celestial, pixel_scale
from imviz.science.sources.profiles import radial_profile_raw
from imviz.science.sources.widths import half_maximum_width

if TYPE_CHECKING:
    from astropy.nddata import NDData

    from imviz.plugins.aperture_photometry.followup import Findings
    from imviz.science.photometry.measurement import Measurement
    from imviz.science.sources.profiles import Profile

__all__ = ["doubts", "name_of", "plot_of", "scale_of", "sections"]

Lines = list[dict[str, str]]


def name_of(m: Measurement) -> str:
    """Which region of which image was measured."""
    return f"{m.values['subset_label']} on {m.values['data_label']}"


def plot_of(findings: Findings, scale: float = float("nan")) -> Plot | None:
    """The profile with its errors, its fit if there is one, and its marked radii; `None` without a profile.

    Its values are in the prefix of its unit that one would read them in; the profile's own stay as they are.
    """
    profile, fit = findings.profile, findings.fit
    if profile is None:
        return None
    axis = axis_of(profile.y, findings.unit)
    err = None if profile.y_err is None else profile.y_err * axis.factor
    series = [Series(profile.x, profile.y * axis.factor, "scatter", "data", err)]
    if fit and fit.model:
        x = np.linspace(0, profile.x.max(), 200)
        name = f"{type(fit).__name__.removesuffix('Fit')} fit"
        series.append(Series(x, fit.model(x) * axis.factor, "line", name))
    marks = list(profile.marks)
    if findings.growth is profile:
        best = best_radius(profile)
        marks += [("best S/N", best)] if np.isfinite(best) else []
    return Plot(tuple(series), _x_label(profile, scale), _y_label(profile, axis), profile.title, tuple(marks))


def _x_label(profile: Profile, scale: float) -> str:
    """With what a pixel is on the sky."""
    return profile.x_label if not np.isfinite(scale) else f"{profile.x_label[:-1]} of {scale:.3g}″)"


def _y_label(profile: Profile, axis: Axis) -> str:
    return axis.label("Sum" if profile.kind == "growth" else "")


def doubts(m: Measurement) -> list[str]:
    """What to say of a measurement at once: what was unusual, an error that the sky contradicts, a limit."""
    check, limit = m.sky_check, limit_of(m)
    flags = int(m.values["flags"]) & ~Flag.ERROR_DISAGREES if check else m.values["flags"]
    sentences = [
        reports.warning({**m.values, "flags": flags}),
        check,
        "" if limit is None else limit.in_words(),
    ]
    return [sentence for sentence in sentences if sentence]


def sections(image: NDData, m: Measurement, findings: Findings) -> tuple[Any, ...]:
    """Everything beyond the main results: titles with lines of ``function`` and ``result``."""
    texts = {
        "Size and growth": _growth(image, m, findings),
        "Magnitudes": _magnitudes(m, findings),
        "Errors": _errors(m, findings),
        "Source fit": _source(image, m, findings),
        "Several radii": _radii(findings),
    }
    return tuple({"title": title, "lines": lines} for title, lines in texts.items() if lines)


def _line(name: str, value: float, unit: Any = "", err: float = float("nan")) -> Lines:
    """One line, or none where there is no value."""
    if unit == "mag" and np.isfinite(value) and not np.isfinite(err):
        return _told(name, f"{value:.3f} mag")
    return _told(name, readable(value, err, unit)) if np.isfinite(value) else []


def _length(name: str, pixels: float, scale: float, err: float = float("nan")) -> Lines:
    return _told(name, beside_arcsec(pixels, err, scale))


def _told(name: str, result: str) -> Lines:
    return [] if result == ABSENT else [{"function": name, "result": result}]


def scale_of(image: NDData, m: Measurement) -> float:
    """Arcseconds per pixel at the source; NaN without a celestial WCS."""
    if not has_celestial(image.wcs) or not np.isfinite(m.centroid).all():
        return float("nan")
    return pixel_scale(image.wcs, m.centroid)


def _growth(image: NDData, m: Measurement, findings: Findings) -> Lines:
    lines: Lines = []
    moments, reach, scale = float(m.values["fwhm"].value), half_size(m.region), scale_of(image, m)
    fwhm, reliable = corrected_fwhm(moments, reach)
    name = "FWHM (moments, corrected)" if reliable else "FWHM (moments, small aperture)"
    lines += _length(name, fwhm, scale)
    if m.held is not None:
        lines += _length("FWHM (half maximum)", half_maximum_width(radial_profile_raw(m)), scale)
    growth = findings.growth
    if growth is not None:
        for name, size in growth.marks:
            lines += _length(f"{name} radius", size, scale)
        best = best_radius(growth)
        lines += _length("best S/N radius", best, scale)
        lines += _line("aperture correction from there", aperture_correction(growth, best), "mag")
    return lines


def _magnitudes(m: Measurement, findings: Findings) -> Lines:
    lines: Lines = []
    for magnitude in findings.magnitudes:
        lines += _line(magnitude.system, magnitude.value, magnitude.unit, magnitude.err)
    zero_point, err = m.calibration.zero_point, m.calibration.zero_point_err
    if zero_point is not None and err is not None:
        lines += _line("zero point, its error not included", zero_point, "mag", err)
    limit = limit_of(m)
    if limit is not None:
        value = f"below {limit.sum:.3g} {limit.unit}".rstrip()
        lines.append({"function": f"sum, upper limit at {limit.n_sigma:g}σ", "result": value})
        if np.isfinite(limit.magnitude):
            fainter = f"fainter than {limit.magnitude:.2f} mag"
            name = f"magnitude {limit.system}".rstrip()
            lines.append({"function": f"{name}, limit at {limit.n_sigma:g}σ", "result": fainter})
    return lines


def _errors(m: Measurement, findings: Findings) -> Lines:
    lines: Lines = []
    unit, factor = m.calibration.sum_unit, m.calibration.sum_factor
    if m.values["sum_err"] is not None:
        err = m.values["sum_err"]
        by = (m.error_source or "").replace("ccd", "CCD equation")
        lines.append({"function": "error of the sum by", "result": by})
        lines += _told("error of the sum", _rounded(err))
        sky = float(m.values["sum_aper_area"].value) * m.background.err * factor
        lines += _told("of which the background's", _rounded(sky, unit)) if np.isfinite(sky) else []
    if findings.empirical is not None:
        n = findings.empirical.sums.size
        known_to = f"from {n} empty apertures, known to {findings.empirical.uncertainty:.0%}"
        lines += _line(known_to, findings.empirical.err * factor, unit)
    return lines


def _rounded(err: Any, unit: Any = "") -> str:
    """An error, to three digits: nobody knows it better."""
    number, own = (err.value, err.unit) if isinstance(err, u.Quantity) else (err, unit)
    return readable(float(f"{number:.3g}"), unit=own)


def _source(image: NDData, m: Measurement, findings: Findings) -> Lines:
    fit = findings.source
    if fit is None or fit.model is None:
        return []
    units = {"ellipticity": "", "alpha": "", "angle": "deg", "amplitude": m.calibration.unit}
    names = {"fwhm_major": "FWHM, larger", "fwhm_minor": "FWHM, smaller"}
    lines: Lines = []
    scale = scale_of(image, m)
    for name, value in fit.values.items():
        if name in names:
            lines += _length(names[name], value, scale, fit.errors[name])
        else:
            lines += _line(name, value, units.get(name, "pix"), fit.errors[name])
    return lines


def _radii(findings: Findings) -> Lines:
    if findings.radii is None:
        return []
    lines: Lines = []
    for row in findings.radii:
        mag = f", {row['mag_ab'].value:.3f} mag" if np.isfinite(row["mag_ab"]) else ""
        lines += _told(f"{row['radius'].value:g} pix", f"{readable(row['sum'], row['sum_err'])}{mag}")
    return lines
