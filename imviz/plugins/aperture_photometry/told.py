"""Texts and plots of findings, for the panel: sections with a title and lines, and one plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imviz.plugin import Plot, Series
from imviz.science.calibration.magnitudes import upper_limit
from imviz.science.photometry.apertures import half_size
from imviz.science.photometry.radii import aperture_correction, best_radius, corrected_fwhm
from imviz.science.results.reports import text
from imviz.science.sky.geometry import has_celestial, pixel_scale
from imviz.science.sources.profiles import radial_profile_raw
from imviz.science.sources.widths import half_maximum_width

if TYPE_CHECKING:
    from astropy.nddata import NDData

    from imviz.plugins.aperture_photometry.findings import Findings
    from imviz.science.photometry.measurement import Measurement
    from imviz.science.sources.profiles import GaussianFit, MoffatFit, Profile

__all__ = ["plot_of", "sections"]

Lines = list[dict[str, str]]


def plot_of(profile: Profile, fit: GaussianFit | MoffatFit | None, findings: Findings | None = None) -> Plot:
    """A profile with its errors, its fit if there is one, and its marked radii."""
    series = [Series(profile.x, profile.y, "scatter", "data", profile.y_err)]
    if fit and fit.model:
        x = np.linspace(0, profile.x.max(), 200)
        series.append(Series(x, fit.model(x), "line", f"{type(fit).__name__.removesuffix('Fit')} fit"))
    marks = list(profile.marks)
    if findings is not None and findings.growth is profile:
        best = best_radius(profile)
        marks += [("best S/N", best)] if np.isfinite(best) else []
    return Plot(tuple(series), profile.x_label, profile.y_label, profile.title, tuple(marks))


def sections(image: NDData, m: Measurement, findings: Findings) -> tuple[Any, ...]:
    """Everything besides the main results: titles with lines of ``function`` and ``result``."""
    found = {
        "Size and growth": _growth(image, m, findings),
        "Magnitudes": _magnitudes(m, findings),
        "Errors": _errors(m, findings),
        "Source fit": _source(image, m, findings),
        "Several radii": _radii(findings),
    }
    return tuple({"title": title, "lines": lines} for title, lines in found.items() if lines)


def _line(name: str, value: float, unit: str = "", err: float = float("nan")) -> Lines:
    """One line, or none where there is no value."""
    if not np.isfinite(value):
        return []
    error = f" ± {err:.2g}" if np.isfinite(err) else ""
    return [{"function": name, "result": f"{value:.5g}{error} {unit}".rstrip()}]


def _scale(image: NDData, m: Measurement) -> float:
    if not has_celestial(image.wcs) or not np.isfinite(m.centroid).all():
        return float("nan")
    return pixel_scale(image.wcs, m.centroid)


def _growth(image: NDData, m: Measurement, findings: Findings) -> Lines:
    lines: Lines = []
    moments, reach, scale = float(m.values["fwhm"].value), half_size(m.region), _scale(image, m)
    fwhm, reliable = corrected_fwhm(moments, reach)
    lines += _line("FWHM (moments, corrected)", fwhm, "pix" if reliable else "pix (small aperture)")
    direct = half_maximum_width(radial_profile_raw(m))
    lines += _line("FWHM (half maximum)", direct, "pix")
    lines += _line("FWHM (half maximum)", direct * scale, "arcsec")
    growth = findings.growth
    if growth is not None:
        for name, size in growth.marks:
            lines += _line(f"{name} radius", size, "pix")
            lines += _line(f"{name} radius", size * scale, "arcsec")
        best = best_radius(growth)
        lines += _line("best S/N radius", best, "pix")
        lines += _line("correction from there", aperture_correction(growth, best), "mag")
    return lines


def _magnitudes(m: Measurement, findings: Findings) -> Lines:
    lines: Lines = []
    for magnitude in findings.magnitudes:
        lines += _line(magnitude.system, magnitude.value, magnitude.unit, magnitude.err)
    zero_point, err = m.calibration.zero_point, m.calibration.zero_point_err
    if zero_point is not None and err is not None:
        lines += _line("zero point, its error besides", zero_point, "mag", err)
    snr = m.values["snr"]
    limit, magnitude_limit = upper_limit(m)
    if lines and (snr is None or not snr > 5):
        lines += _line("3σ upper limit of the sum", limit, str(m.calibration.sum_unit or ""))
        lines += _line("3σ lower limit (AB)", magnitude_limit, "mag")
    return lines


def _errors(m: Measurement, findings: Findings) -> Lines:
    lines: Lines = []
    unit, factor = str(m.calibration.sum_unit or ""), m.calibration.sum_factor
    if m.values["sum_err"] is not None:
        err = m.values["sum_err"]
        lines.append({"function": "sum error by", "result": m.error_source or ""})
        lines.append({"function": "sum error", "result": text(err, "sum_err")})
        sky = float(m.values["sum_aper_area"].value) * m.background.err * factor
        lines += _line("of it, the background's", sky, unit)
    if findings.empirical is not None:
        n = findings.empirical.sums.size
        lines += _line(f"from {n} empty apertures", findings.empirical.err * factor, unit)
    return lines


def _source(image: NDData, m: Measurement, findings: Findings) -> Lines:
    fit = findings.source
    if fit is None or fit.model is None:
        return []
    units = {"ellipticity": "", "alpha": "", "angle": "deg", "amplitude": str(m.calibration.unit or "")}
    names = {"fwhm_major": "FWHM, larger", "fwhm_minor": "FWHM, smaller"}
    lines: Lines = []
    for name, value in fit.values.items():
        lines += _line(names.get(name, name), value, units.get(name, "pix"), fit.errors[name])
    return lines + _line("FWHM, larger", fit.values["fwhm_major"] * _scale(image, m), "arcsec")


def _radii(findings: Findings) -> Lines:
    if findings.radii is None:
        return []
    lines: Lines = []
    for row in findings.radii:
        err = row["sum_err"]
        error = f" ± {getattr(err, 'value', err):.2g}" if np.isfinite(err) else ""
        mag = f", {row['mag_ab'].value:.3f} mag" if np.isfinite(row["mag_ab"]) else ""
        total = row["sum"]
        unit = getattr(total, "unit", "")
        result = f"{getattr(total, 'value', total):.6g}{error} {unit}{mag}"
        lines.append({"function": f"{row['radius'].value:g} pix", "result": result})
    return lines
