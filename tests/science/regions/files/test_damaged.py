"""Region files with damage anywhere, in every format: read as far as they go or refused, and never worse."""

import operator

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from regions import (
    CirclePixelRegion,
    CircleSkyRegion,
    CompoundPixelRegion,
    EllipseAnnulusPixelRegion,
    EllipseSkyRegion,
    PixCoord,
    PolygonPixelRegion,
    Region,
)

from imviz.errors import ImvizError
from imviz.science.regions.described import Described
from imviz.science.regions.files import FORMATS, read, write

STAR = SkyCoord(150.1, 2.2, unit="deg")
ON_SKY = [
    CircleSkyRegion(STAR, 3 * u.arcsec, meta={"text": "M 31"}, visual={"color": "#ff0000"}),
    EllipseSkyRegion(STAR, 3 * u.arcsec, 2 * u.arcsec, 33 * u.deg, meta={"include": False}),
]
CIRCLE = CirclePixelRegion(PixCoord(3.5, 4), 5)
SHAPES = [
    *ON_SKY,
    CIRCLE,
    PolygonPixelRegion(PixCoord([1.0, 9, 5], [2.0, 3, 8])),
    EllipseAnnulusPixelRegion(PixCoord(9, 8), 2, 4, 1, 3, 20 * u.deg),
    CompoundPixelRegion(CIRCLE, CirclePixelRegion(PixCoord(6, 4), 5), operator.xor),
]

JUNK = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [b"nan", b"1e999", b"-", b"(", b")", b"[[", b"{", b"\n", b"\x00", b"\xff", b'"', b"END", b"0"]
    ),
)
PLACE = st.floats(0, 1)
DAMAGE = st.lists(st.tuples(PLACE, st.sampled_from([0, 1, 3, 40, 2880]), JUNK), min_size=1, max_size=4)


def damaged(content, damage):
    """Bytes with some of them replaced, left out, or put in between."""
    for place, length, junk in damage:
        at = int(place * len(content))
        content = content[:at] + junk + content[at + length :]
    return content


@pytest.mark.parametrize("file_format", FORMATS)
@given(damage=DAMAGE)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_damage_is_refused_by_name_or_spares_the_rest(tmp_path, file_format, damage):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    if not whole.exists():
        write(ON_SKY if file_format == "stcs" else SHAPES, whole, file_format)
    broken.write_bytes(damaged(whole.read_bytes(), damage))
    refusal = ""
    try:
        found, bad = read(broken, file_format)
    except ImvizError as error:
        found, bad, refusal = [], [], str(error)
    assert not refusal or ("broken" in refusal and len(refusal) <= 240)
    assert all(isinstance(region, Region | Described) for region in found)
    assert all(isinstance(reason, str) and reason for _, reason in bad)


@pytest.mark.parametrize("file_format", ["ds9", "crtf", "stcs"])
@given(line=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_a_line_of_anything_costs_no_other_line(tmp_path, file_format, line):
    """What is between two good lines, on one line of its own, is taken or named; the good ones are there."""
    stray = "".join(char for char in line if char.isprintable() and char not in "{}'\"#;\\|")
    path = tmp_path / "mixed"
    write(ON_SKY[:1] if file_format == "stcs" else [CIRCLE], path, file_format, overwrite=True)
    head, _, good = path.read_text(encoding="utf-8").rstrip("\n").rpartition("\n")
    path.write_text(f"{head}\n{good}\n{stray}\n{good}\n".lstrip("\n"), encoding="utf-8")
    try:
        found, _ = read(path, file_format)
    except ImvizError:
        found = []
    same = [region for region in found if type(region) is type(found[0])]
    assert len(same) >= 2, stray
    assert np.isfinite(getattr(same[0].center, "x", 0.0))
