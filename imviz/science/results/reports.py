"""A measured row in words: what a panel lists, a table shows page by page, and a warning says.

Only texts are made here, from rows that `photometry` and `results` made; nothing is computed and
nothing knows how a text gets on a screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.time import Time
from astropy.units import Quantity

from imviz.science.photometry.excluded import flag_lines
from imviz.science.photometry.flags import decode_flags
from imviz.science.results.readable import ABSENT, alike, beside_arcsec, readable, unit_text, with_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imviz.science.results.table import Results
    from imviz.science.sources.profiles import GaussianFit, MoffatFit

__all__ = ["ABSENT", "STATISTICS", "RowPages", "fit_lines", "lines", "results", "text", "warning"]

STATISTICS = {
    "min": "min",
    "max": "max",
    "mean": "mean",
    "median": "median",
    "mode": "mode",
    "std": "std",
    "mad_std": "MAD std",
    "var": "variance",
    "biweight_location": "biweight location",
    "biweight_midvariance": "biweight midvariance",
    "semimajor_sigma": "semimajor σ",
    "semiminor_sigma": "semiminor σ",
    "orientation": "orientation",
    "eccentricity": "eccentricity",
}
TABLE_COLUMNS = (
    *("id", "data_label", "subset_label", "xcentroid", "ycentroid", "sky_centroid", "background", "sum"),
    *("sum_err", "snr", "aperture_sum_mag", "sum_aper_area", "fwhm", "semimajor_sigma", "semiminor_sigma"),
    *("orientation", "eccentricity", "min", "max", "mean", "median", "std", "aperture_sum_counts"),
    *("flags", "timestamp"),
)
COUNTS = ("n_masked", "n_saturated", "n_non_finite", "area_fraction")  # which the flags' text tells
BEYOND_NOISE = 1e10  # S/N; no sum of pixels is known so well
SAME_MAGNITUDE = 5e-4  # two that are not told apart
DECIMALS = {"xcentroid": 2, "ycentroid": 2, "sum_aper_area": 2, "aperture_sum_mag": 3, "orientation": 1}
DIGITS = {"sum_err": 3, "snr": 4, "fwhm": 4, "semimajor_sigma": 4, "semiminor_sigma": 4, "eccentricity": 3}


def text(value: Any, name: str = "") -> str:
    """One value of the column `name` as a short text; `ABSENT` for None, masked and undefined places."""
    if _is_absent(value) or (name == "aperture_sum_mag" and np.isnan(getattr(value, "value", value))):
        return ABSENT  # a sum that is not positive has no magnitude
    if name == "flags":
        return "; ".join(decode_flags(int(value)))
    match value:
        case SkyCoord():
            return value.to_string("hmsdms", precision=3)
        case Time():
            return value.to_value("iso", subfmt="date_hms")[:19]
        case Quantity():
            return f"{_number(value.value, name)} {unit_text(value.unit)}".rstrip()
    return _number(value, name)


def _is_absent(value: Any) -> bool:
    if isinstance(value, SkyCoord):
        return not np.isfinite(value.spherical.lon.deg)
    return value is None or value is np.ma.masked or bool(np.any(getattr(value, "mask", False)))


def _number(value: Any, name: str) -> str:
    if isinstance(value, str | int | np.integer):
        return str(value)
    return f"{value:.{DECIMALS[name]}f}" if name in DECIMALS else f"{value:.{DIGITS.get(name, 6)}g}"


def results(row: Mapping[str, Any], scale: float = float("nan")) -> tuple[dict[str, str], ...]:
    """What matters most of a row, as ``{"function": name, "result": text}``, without what is absent.

    Parameters
    ----------
    row : mapping
        A measurement's values.
    scale : float
        Arcseconds per pixel at the source; NaN where it is not known.
    """
    found = [(label, _place(row, name)) for name, label in _PLACES.items()]
    found += [
        ("sum", readable(row["sum"], row["sum_err"])),
        *_magnitudes(row),
        ("signal to noise", _snr(row)),
        ("counts", readable(row["aperture_sum_counts"], row["aperture_sum_counts_err"])),
        ("background", readable(row["background"], row["background_err"] if _is_measured(row) else None)),
        ("background by", str(row["background_method"])),
        ("aperture area", _area(row, scale)),
        ("FWHM (moments)", beside_arcsec(row["fwhm"].value, scale=scale)),
    ]
    if row["sum_err"] is None:
        found.append(("sum error", "none, without uncertainty, gain or measured background"))
    return _shown(found)


def _snr(row: Mapping[str, Any]) -> str:
    """None where the error is 0 or that of rounding, as of pixels without noise."""
    snr = row["snr"]
    if snr is not None and not np.isfinite(snr) and row["sum_err"] == 0:
        return "none: the pixels scatter by nothing, so the error is 0"
    if snr is not None and np.isfinite(snr) and abs(snr) > BEYOND_NOISE:
        return "none: the pixels scatter by nothing but rounding, so the error tells nothing"
    return ABSENT if snr is None or np.isnan(snr) else text(snr, "snr")


_PLACES = {"xcentroid": "x centroid", "ycentroid": "y centroid", "sky_centroid": "sky centroid"}


def _place(row: Mapping[str, Any], name: str) -> str:
    value = row[name]
    if name != "sky_centroid" and not np.isfinite(getattr(value, "value", value)):
        return "none: the values add up to nothing"
    return text(value, name)


def _is_measured(row: Mapping[str, Any]) -> bool:
    return row["background_std"] is not None


def _magnitudes(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """AB, and that by the flux scaling where it is another, which has the same error."""
    ab, scaled = row["mag_ab"], row["aperture_sum_mag"]
    snr = row["snr"]
    err = None if snr is None or not snr > 0 else 2.5 / np.log(10) / snr
    found = [("AB magnitude", _mag(ab, row["mag_ab_err"]))]
    if ab is None or scaled is None or not abs(float((scaled - ab).value)) < SAME_MAGNITUDE:
        found.append(("magnitude", _mag(scaled, err)))
    return found


def _mag(value: Any, err: Any) -> str:
    if value is None or not np.isfinite(value):
        return ABSENT  # a sum that is not positive has no magnitude
    number = float(value.value)
    known = None if err is None else float(getattr(err, "value", err))
    return (
        f"{number:.3f} mag" if known is None or not np.isfinite(known) else with_error(number, known, "mag")
    )


def _area(row: Mapping[str, Any], scale: float) -> str:
    area = float(row["sum_aper_area"].value)
    on_sky = "" if not np.isfinite(scale) else f" ({area * scale**2:.4g} arcsec²)"
    return f"{area:.2f} pix²{on_sky}"


def lines(row: Mapping[str, Any], columns: Mapping[str, str]) -> tuple[dict[str, str], ...]:
    """Values of a row as ``{"function": name, "result": text}``, without those that are absent.

    Parameters
    ----------
    row : mapping
        A measurement's values.
    columns : mapping
        Column to the name it is shown under, as `STATISTICS`.
    """
    together = [name for name in columns if name not in {*DECIMALS, *DIGITS}]
    texts = dict(zip(together, alike([row[name] for name in together]), strict=True))
    return _shown([(label, texts.get(name) or text(row[name], name)) for name, label in columns.items()])


def _shown(found: list[tuple[str, str]]) -> tuple[dict[str, str], ...]:
    return tuple({"function": label, "result": result} for label, result in found if result != ABSENT)


def fit_lines(
    fit: GaussianFit | MoffatFit | None, unit: Any = "", scale: float = float("nan")
) -> list[dict[str, str]]:
    """A fitted profile's parameters as in `results`, the amplitude in ``unit``; empty without a fit."""
    if fit is None or fit.model is None:
        return []
    found = [
        ("FWHM", beside_arcsec(fit.fwhm, fit.fwhm_err, scale)),
        ("amplitude", readable(fit.amplitude, fit.amplitude_err, unit)),
    ]
    alpha = getattr(fit, "alpha", None)
    if alpha is not None:
        found.append(("alpha", with_error(alpha, fit.alpha_err)))  # type: ignore[union-attr]
    return list(_shown(found))


def warning(row: Mapping[str, Any]) -> str:
    """What was unusual in a measured row, as a sentence; '' if nothing was."""
    found = "; ".join(flag_lines(row))
    return f"{found[0].upper()}{found[1:]}." if found else ""


class RowPages:
    """All rows of a session's results as texts, any run of them at a time; newest table last.

    Parameters
    ----------
    results : Results
        The session's rows.
    position : callable, optional
        Which of the results' rows is shown at a place. Default: as they were measured.
    """

    columns = TABLE_COLUMNS

    def __init__(self, results: Results, position: Callable[[int], int] = int) -> None:
        self._results, self._position = results, position

    @property
    def n_rows(self) -> int:
        """How many rows there are, over all tables."""
        return len(self._results)

    def rows(self, start: int, stop: int) -> list[dict[str, str]]:
        """The rows at places ``start`` to ``stop`` (excluded), each a text per column."""
        return [self._row(self._position(place)) for place in range(start, min(stop, self.n_rows))]

    def _row(self, position: int) -> dict[str, str]:
        row = self._results.some(position, (*self.columns, *COUNTS))
        texts = {name: text(row.get(name), name) for name in self.columns if name != "flags"}
        return {**texts, "flags": "; ".join(flag_lines(row)) if "flags" in row else ABSENT}
