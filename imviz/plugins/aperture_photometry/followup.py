"""What is worked out of a measurement beyond its row: profile, fits, growth, magnitudes, several radii.

`find` does as much as is asked for; `told` makes texts and plots of it. Nothing here knows the panel.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imviz.errors import InputError
from imviz.plugins.aperture_photometry.fields import GROWTH, RADIAL
from imviz.science.calibration.magnitudes import Magnitude, ZeroPoint, magnitudes
from imviz.science.photometry.empirical import EmpiricalError, empirical_error
from imviz.science.photometry.radii import at_radii
from imviz.science.sources import profiles
from imviz.science.sources.source_fits import SourceFit, fit_source

if TYPE_CHECKING:
    from astropy.nddata import NDData
    from astropy.table import QTable
    from astropy.units import UnitBase

    from imviz.science.photometry.measurement import Measurement

__all__ = ["Findings", "Wanted", "find", "sizes_in"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to work out: a kind of plot, whether and what to fit, sizes, the empirical error, zero points."""

    plot: str = GROWTH
    fit: bool = False
    model: str = "Gaussian"
    source: bool = False
    sizes: tuple[float, ...] = ()
    empirical: bool = False
    zero_point: ZeroPoint = field(default_factory=ZeroPoint)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was worked out; what was not asked for is `None` or empty.

    ``notes`` are sentences to show, ``unit`` that of the profile's values. There is no profile of an aperture
    whose pixels are too many to be held.
    """

    profile: profiles.Profile | None
    growth: profiles.Profile | None = None
    fit: profiles.GaussianFit | profiles.MoffatFit | None = None
    source: SourceFit | None = None
    magnitudes: tuple[Magnitude, ...] = ()
    radii: QTable | None = None
    empirical: EmpiricalError | None = None
    notes: tuple[str, ...] = ()
    unit: UnitBase | None = None


def find(image: NDData, m: Measurement, wanted: Wanted, *, quick: bool = False) -> Findings:
    """Work out what is ``wanted``; with ``quick`` only the plot and its fit, for a moving hand."""
    if m.held is None:
        return Findings(None, magnitudes=tuple(magnitudes(m, wanted.zero_point)), notes=(m.not_held,))
    growth = profiles.curve_of_growth(image, m.region, m) if wanted.plot == GROWTH or not quick else None
    profile = growth
    if wanted.plot != GROWTH or growth is None:
        make = profiles.radial_profile if wanted.plot == RADIAL else profiles.radial_profile_raw
        profile = make(m)
    assert profile is not None  # noqa: S101  one of the two branches has set it
    unit = m.calibration.sum_unit if profile.kind == "growth" else m.calibration.unit
    fit, notes = None, []
    if wanted.fit and wanted.plot != GROWTH:
        fitting = profiles.fit_gaussian if wanted.model == "Gaussian" else profiles.fit_moffat
        fit = fitting(profile, m)
        notes.append(fit.message)
    if quick:
        return Findings(profile, growth, fit, notes=tuple(notes), unit=unit)
    source = fit_source(m, wanted.model) if wanted.source else None
    empirical = None
    if wanted.empirical:
        try:
            empirical = empirical_error(image, m.region, m.recipe)
            notes.append(empirical.note)
        except InputError as error:
            notes.append(str(error))
    return Findings(
        profile,
        growth,
        fit,
        source,
        tuple(magnitudes(m, wanted.zero_point)),
        at_radii(image, m, wanted.sizes) if wanted.sizes else None,
        empirical,
        (*notes, source.message if source else ""),
        unit,
    )


def sizes_in(text: str) -> tuple[float, ...]:
    """Numbers in a text as '3, 5, 8' or '3 5 8'."""
    try:
        return tuple(float(word) for word in text.replace(",", " ").replace(";", " ").split())
    except ValueError as error:
        raise InputError(f"Radii are numbers as '3, 5, 8', not {text[:60]!r}.") from error
