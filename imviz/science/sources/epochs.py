"""The times, barycentric dates and air masses of a series of exposures, with what there is to doubt in words.

Joins what headers tell of time (`exposure_times`) and place (`imviz.science.sky.sites`) to what follows for
one star (`imviz.science.sky.barycentre`). A header's own BJD or air mass comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import FK5, ICRS, SkyCoord
from astropy.time import Time

from imviz.science.calibration.cards import Cards
from imviz.science.sky.barycentre import airmass, bjd_tdb
from imviz.science.sky.sites import site_of
from imviz.science.sources.exposure_times import ExposureTime, exposure_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from imviz.science.sky.sites import Site

    Floats = NDArray[np.float64]

__all__ = ["Epochs", "epochs", "position_of"]

_AIR_MASSES = ("AIRMASS", "AIRMASS0", "AMSTART", "SECZ", "AM")
_POSITIONS = (
    *(("RA_TARG", "DEC_TARG"), ("OBJCTRA", "OBJCTDEC"), ("RA_OBJ", "DEC_OBJ"), ("TARG_RA", "TARG_DEC")),
    *(("RA", "DEC"), ("RA_OBS", "DEC_OBS"), ("TELRA", "TELDEC"), ("OBJRA", "OBJDEC")),
)


@dataclass(frozen=True, slots=True)
class Epochs:
    """Of each exposure: ``times`` in UTC (`None` where one does not tell), ``bjd_tdb`` [day] and ``airmass``.

    The last two are NaN where they are not known; ``notes`` say by what all this is, and what is in doubt.
    """

    times: Time | None
    bjd_tdb: Floats
    airmass: Floats
    notes: tuple[str, ...] = ()


def epochs(metas: Sequence[Any], sky: SkyCoord | None, site: Site | None = None) -> Epochs:
    """Times of a series.

    Parameters
    ----------
    metas : sequence of mapping
        The header of each exposure.
    sky : SkyCoord, optional
        Where the star is; default: where the first header that tells one says the telescope looked.
    site : Site, optional
        Where the telescope stood; default: what each header says, else the Earth's centre.
    """
    told = [exposure_time(meta) for meta in metas]
    times = _all_times(told)
    place = (
        next((found for meta in metas if (found := position_of(meta)) is not None), None)
        if sky is None
        else sky
    )
    notes = _doubts(told, len(metas))
    dates = np.array([np.nan if one.bjd_tdb is None else one.bjd_tdb for one in told])
    masses = np.array([_airmass_of(meta) for meta in metas])
    own = int(np.isfinite(dates).sum())
    if own:
        notes.append(f"BJD is the header's own in {own} of {len(metas)} images")
    sites = [(site, "") if site is not None else site_of(meta) for meta in metas]
    if place is None and own < len(metas):
        notes.append("no BJD or air mass: no image tells where on the sky the target is")
    elif times is not None or any(one.middle is not None for one in told):
        _fill(dates, masses, told, sites, place)
        if own < len(metas):
            notes += _said_of(sites)
    return Epochs(times, dates, masses, tuple(dict.fromkeys(notes)))


def _fill(
    dates: Floats,
    masses: Floats,
    told: Sequence[ExposureTime],
    sites: Sequence[tuple[Site | None, str]],
    sky: SkyCoord | None,
) -> None:
    """Compute, in place, what no header has told."""
    for n, (one, (site, _)) in enumerate(zip(told, sites, strict=True)):
        if one.middle is None or sky is None:
            continue
        moment = Time([one.middle])
        if np.isnan(dates[n]):
            dates[n] = bjd_tdb(moment, sky, site)[0]
        if np.isnan(masses[n]) and site is not None:
            masses[n] = airmass(moment, sky, site)[0]


def _said_of(sites: Sequence[tuple[Site | None, str]]) -> list[str]:
    names = dict.fromkeys(site.name for site, _ in sites if site is not None)
    notes = [f"BJD is of the site {', '.join(names)}"] if names else []
    return notes + [note for _, note in sites if note]


def _all_times(told: Sequence[ExposureTime]) -> Time | None:
    moments = [one.middle.utc for one in told if one.middle is not None]
    if len(moments) < len(told) or not moments:
        return None
    return Time([one.jd1 for one in moments], [one.jd2 for one in moments], format="jd", scale="utc").copy(
        "isot"
    )


def _doubts(told: Sequence[ExposureTime], n: int) -> list[str]:
    """What the times are by, and each doubt once, with how many images it is of."""
    notes = [f"times: {source}" for source in dict.fromkeys(one.source for one in told if one.source)]
    counts: dict[str, int] = {}
    for doubt in (doubt for one in told for doubt in one.doubts):
        counts[doubt] = counts.get(doubt, 0) + 1
    return notes + [doubt if m == n else f"{doubt} ({m} of {n} images)" for doubt, m in counts.items()]


def _airmass_of(meta: Any) -> float:
    cards = Cards(meta)
    found = (cards.number(name) for name in _AIR_MASSES)
    return next((value for value in found if value is not None and 1 <= value < 40), np.nan)


def position_of(meta: Any) -> SkyCoord | None:
    """Where a header says that the telescope looked: sexagesimal texts are hours, numbers degrees."""
    cards = Cards(meta)
    equinox = cards.number("EQUINOX")
    frame = FK5(equinox=f"J{equinox}") if equinox is not None and abs(equinox - 2000) > 0.01 else ICRS()
    for names in _POSITIONS:
        lon, lat = (cards.find(name) for name in names)
        if lon is None or lat is None or isinstance(lon, bool):
            continue
        in_hours = isinstance(lon, str) and len(lon.strip().replace(":", " ").split()) > 1
        try:
            unit = u.hourangle if in_hours else u.deg
            return SkyCoord(_plain(lon), _plain(lat), unit=(unit, u.deg), frame=frame).icrs
        except ValueError:  # a word, or a declination of 100 degrees
            continue
    return None


def _plain(value: Any) -> Any:
    return value.strip().replace(" ", ":") if isinstance(value, str) else float(value)
