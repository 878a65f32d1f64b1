"""Which columns of a table are positions: told by UCD and by name, as a rule and not as a list.

Two columns are a pair if their names differ only by what they are of (``TARGET_RA`` and ``TARGET_DEC``), and
by their units. Names of errors, motions and moments are no positions. Of several pairs the plainest counts;
of equals none does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imviz.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from astropy.table import Table

__all__ = ["Pair", "candidates", "chosen_pair", "frame_named", "kind_of_pair", "ucd_of"]

SKY_STEMS = (
    ("right_ascension", "declination"),
    ("right ascension", "declination"),
    ("rightascension", "declination"),
    ("alpha", "delta"),
    ("ra", "dec"),
    ("ra", "de"),
)
OTHER_STEMS = (
    ("glon", "glat"),
    ("gal_lon", "gal_lat"),
    ("galactic_longitude", "galactic_latitude"),
    ("gal_l", "gal_b"),
    ("elon", "elat"),
    ("ecl_lon", "ecl_lat"),
)
WORLD = ("x_world", "y_world")
PLAIN = (
    *(
        ("coord.ra", "coord.dec"),
        ("sky_centroid.ra", "sky_centroid.dec"),
        ("sky_center.ra", "sky_center.dec"),
    ),
    *(("ra", "dec"), ("raj2000", "dej2000"), ("_raj2000", "_dej2000"), ("ra_icrs", "de_icrs")),
    *(("alpha_j2000", "delta_j2000"), ("alphawin_j2000", "deltawin_j2000"), ("ra_deg", "dec_deg")),
    *(("radeg", "decdeg"), ("radeg", "dedeg"), ("ra_j2000", "dec_j2000"), ("ramean", "decmean")),
    *(
        ("right ascension", "declination"),
        ("right_ascension", "declination"),
        WORLD,
        ("world_ra", "world_dec"),
    ),
)
"""Pairs that are taken before any other."""
PIXELS = (
    *(("x", "y"), ("xcentroid", "ycentroid"), ("x_centroid", "y_centroid"), ("xcenter", "ycenter")),
    *(("x_center", "y_center"), ("x_fit", "y_fit"), ("pixel_x", "pixel_y"), ("x_pix", "y_pix")),
    *(("centerx", "centery"), ("x-center", "y-center"), ("xpos", "ypos"), ("xc", "yc"), ("xpix", "ypix")),
)
FROM_ONE = re.compile(r"[xy](?:win|peak|psf|model|spheroid|disk|growth|avg)?_image(?:_dbl)?|[xy]\(fits\).*")
"""Names that only programs give that count from 1: SExtractor's, and AstroImageJ's in brackets."""
NO_POSITION = re.compile(
    r"(?:^|_)(?:e|err|errors?|sig|sigma|std|stddev|rms|unc|ivar|var|cov|corr|epoch|ep|pm|mu|flag|diff|shift|rate|off)"
    r"(?:_|$)|^(?:pm|err|sig|d_?ra|d_?dec|ep)|error|err$|sigma|pm(?:ra|de)|pm$|offset"
)
UNITS = re.compile(r"\s*[\[(][^\])]*[\])]\s*$|_(?:deg|degrees?|hours?|hrs?|h|hms|dms|rad|radians?)$")
"""What a name says of a unit, at its end."""
UCDS = {
    "": (("pos.eq.ra", "pos.eq.dec"), ("pos_eq_ra", "pos_eq_dec")),
    "galactic": (("pos.galactic.lon", "pos.galactic.lat"), ("pos_gal_lon", "pos_gal_lat")),
    "barycentricmeanecliptic": (("pos.ecliptic.lon", "pos.ecliptic.lat"), ("pos_ec_lon", "pos_ec_lat")),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two columns that are a position.

    Attributes
    ----------
    columns : (str, str)
        Their names.
    on_sky : bool
        Whether they are angles.
    frame : str
        On the sky, where name or UCD tell it; else ''.
    """

    columns: tuple[str, str]
    on_sky: bool
    frame: str = ""


def ucd_of(column: Any) -> str:
    """The UCD of a column in small letters, or ''."""
    meta = getattr(getattr(column, "info", None), "meta", None) or {}
    return str(meta.get("ucd") or meta.get("UCD") or "").lower()


def chosen_pair(table: Table) -> Pair:
    """The columns of positions.

    Raises
    ------
    InputError
        If there are none, or several and none is plainer than the others.
    """
    for equals in candidates(table):
        if len(equals) == 1:
            return equals[0]
        if equals:
            told = "; ".join(" and ".join(pair.columns) for pair in equals[:5])
            raise InputError(
                f"The table has several columns of positions: {told}. Choose which to take."[:240]
            )
    names = ", ".join(table.colnames[:12]) + ("…" if len(table.colnames) > 12 else "")
    raise InputError(
        f"The table has no columns of positions imviz knows (ra and dec, x and y); it has {names}."
    )


def candidates(table: Table) -> Iterator[list[Pair]]:
    """Pairs, those that tell most first; the pairs of one list are as good as each other."""
    names = {name.lower().strip(): name for name in reversed(table.colnames)}
    yield _by_ucd(table, main=True)[:1]
    bare = {UNITS.sub("", name).strip(): whole for name, whole in names.items()} | names
    yield [Pair((bare[a], bare[b]), True) for a, b in PLAIN if a in bare and b in bare][:1]
    yield _by_ucd(table, main=False)[:1]
    yield _by_rule(names, SKY_STEMS)
    yield _by_rule(names, OTHER_STEMS)
    yield [Pair((names[a], names[b]), False) for a, b in PIXELS if a in names and b in names][:1]
    yield [
        Pair((names[a], names["y" + a[1:]]), False)
        for a in sorted(names, key=len)
        if a[:1] == "x" and FROM_ONE.fullmatch(a) and "y" + a[1:] in names
    ][:1]


def kind_of_pair(columns: tuple[str, str]) -> Pair | None:
    """What the names of two columns say: a pair on the sky or in pixels; None if nothing."""
    names = {columns[0].lower().strip(): columns[0], columns[1].lower().strip(): columns[1]}
    lower = tuple(names)
    if lower in PIXELS or all(FROM_ONE.fullmatch(name) for name in lower):
        return Pair(columns, False)
    if lower in PLAIN:
        return Pair(columns, True)
    found = [*_by_rule(names, SKY_STEMS), *_by_rule(names, OTHER_STEMS)]
    return found[0] if found else None


def frame_named(name: str) -> str:
    """The frame that the name of a column, or what is said of it, tells; '' if none."""
    lower = name.lower()
    if re.search(r"b1950|fk4|(?<!\d)1950(?!\d)", lower):
        return "fk4"
    if re.search(r"glon|glat|gal_|galactic", lower):
        return "galactic"
    return "barycentricmeanecliptic" if re.search(r"elon|elat|ecl_", lower) else ""


def _by_ucd(table: Table, *, main: bool) -> list[Pair]:
    ucds = [(ucd_of(table[name]), name) for name in table.colnames]
    found = []
    for frame, pairs in UCDS.items():
        for lon, lat in pairs:
            both = [[name for ucd, name in ucds if _says(ucd, word, main=main)] for word in (lon, lat)]
            found += [Pair((both[0][0], both[1][0]), True, frame)] if all(both) else []
    return found


def _says(ucd: str, word: str, *, main: bool) -> bool:
    """Whether a UCD is of a coordinate, and not of its error or motion."""
    if not ucd.startswith(word):
        return False
    rest = ucd.removeprefix(word)
    return ("main" in rest) if main else rest.strip(";_") == ""


def _by_rule(names: dict[str, str], stems: Sequence[tuple[str, str]]) -> list[Pair]:
    """Columns whose names differ only by what they are of; else, and by their units."""
    ordered = dict(reversed(names.items()))
    return _alike(ordered, stems) or _alike(
        {UNITS.sub("", name).strip(): whole for name, whole in ordered.items()}, stems
    )


def _alike(names: dict[str, str], stems: Sequence[tuple[str, str]]) -> list[Pair]:
    found: dict[str, Pair] = {}
    for lon, lat in stems:
        for name, whole in names.items():
            for match in re.finditer(re.escape(lon), name):
                other = name[: match.start()] + lat + name[match.end() :]
                if other in names and name not in found and _is_position(name, match):
                    columns = (whole, names[other])
                    found[name] = Pair(columns, True, frame_named(f"{name} {other}"))
    return list(found.values())


def _is_position(name: str, match: re.Match[str]) -> bool:
    """Whether a name, and what is left of it without the stem, speaks of a position."""
    rest = f"{name[: match.start()]}_{name[match.end() :]}".strip("_")
    return not NO_POSITION.search(name) and not NO_POSITION.search(rest)
