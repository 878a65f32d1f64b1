"""Angles as text, in every form astronomers write: held against astropy's own reading of each, one by one."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import Angle
from astropy.table import Column, MaskedColumn, Table

from imviz.science.sources.angles import degrees_of

HOURS = {  # a right ascension, and what astropy is asked for it
    "10:00:00.15": ("10:00:00.15", u.hourangle),
    "10 00 00.15": ("10:00:00.15", u.hourangle),
    "10h00m00.15s": ("10:00:00.15", u.hourangle),
    "10h 00m 00.15s": ("10:00:00.15", u.hourangle),
    "10H00M00.15S": ("10:00:00.15", u.hourangle),
    "10h00m00s.15": ("10:00:00.15", u.hourangle),
    "10hr 0min 0.15sec": ("10:00:00.15", u.hourangle),
    "10:00:00,15": ("10:00:00.15", u.hourangle),
    "10:00.5": ("10:00:30", u.hourangle),
    "10:00": ("10:00:00", u.hourangle),
    "10.5h": ("10.5", u.hourangle),
    "23:59:60.0": ("23:59:59.9999999999", u.hourangle),
    "150.0006": ("150.0006", u.deg),
    "150,0006": ("150.0006", u.deg),
    "+150.0006": ("150.0006", u.deg),
    "1.500006E+02": ("150.0006", u.deg),
    "1.500006D+02": ("150.0006", u.deg),
    "150.0006d": ("150.0006", u.deg),
    "150.0006 deg": ("150.0006", u.deg),
    "150.0006°": ("150.0006", u.deg),
    "150d00m02.16s": ("150:00:02.16", u.deg),
    "150°00′02.16″": ("150:00:02.16", u.deg),
    "\u00a010:00:00.15 ": ("10:00:00.15", u.hourangle),
}
DEGREES = {
    "-00:30:15": "-00:30:15",
    "-00 30 15": "-00:30:15",
    "−00:30:15": "-00:30:15",
    "–00 30 15.5": "-00:30:15.5",
    "-0:0:0.5": "-0:0:0.5",
    "- 01 59 57": "-01:59:57",
    "+01d59m57.75s": "01:59:57.75",
    "01d59'57.75\"": "01:59:57.75",
    "+01°59′57.75″": "01:59:57.75",
    "+01 59.5": "01:59:30",
    "-0.25": "-0.25",
    "−0.25": "-0.25",
    ".5": "0.5",
    "1.": "1",
}


@pytest.mark.parametrize("text", HOURS)
def test_a_right_ascension_is_what_astropy_makes_of_its_unit(text):
    degrees, note = degrees_of(Column([text]), hours=True)
    plain, unit = HOURS[text]
    assert degrees[0] == pytest.approx(Angle(plain, unit).deg, abs=1e-9)
    assert note == ""


@pytest.mark.parametrize("text", DEGREES)
def test_a_declination_keeps_its_sign(text):
    degrees, _ = degrees_of(Column([text]), hours=False)
    assert degrees[0] == pytest.approx(Angle(DEGREES[text], u.deg).deg, abs=1e-12)


BAD = [
    "",
    " ",
    "--",
    "nan",
    "N/A",
    "10:61:00",
    "10:00:61",
    "10:00:00:00",
    "10.5:30:00",
    "10:30.5:10",
    "ten",
    "1-2",
    "10::20",
]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_angle_is_nan_and_costs_no_other(text):
    degrees, _ = degrees_of(Column(["10:00:00", text, "150.5"]), hours=True)
    assert np.isnan(degrees).tolist() == [False, True, False]
    assert degrees[[0, 2]].tolist() == [150.0, 150.5]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("form", ["{}{}:{}:{}", "{}{} {} {}", "{}{}h{}m{}s", "{}{}d{}m{}s"])
def test_many_at_once_are_what_each_is_alone(form, seed):
    rng = np.random.default_rng(seed)
    degrees = rng.integers(0, 24, 500)
    texts = [
        form.format(sign, f"{d:02d}", f"{m:02d}", f"{s:06.3f}")
        for sign, d, m, s in zip(
            rng.choice(["", "-", "+"], 500),
            degrees,
            rng.integers(0, 60, 500),
            rng.uniform(0, 59.9, 500),
            strict=True,
        )
    ]
    found, _ = degrees_of(Column(texts), hours="h" in form)
    unit = u.hourangle if "h" in form else u.deg
    np.testing.assert_allclose(
        found, [Angle(text.lstrip("+"), unit).deg for text in texts], rtol=0, atol=1e-11
    )
    mixed, _ = degrees_of(Column([*texts, "nonsense"]), hours="h" in form)  # not all of one form
    np.testing.assert_array_equal(mixed[:-1], found)


@pytest.mark.parametrize("beyond", ["24:00:01", "150:00:02", "359 59 59"])
def test_beyond_24_they_were_degrees_and_that_is_said(beyond):
    degrees, note = degrees_of(Column(["10:30:00", beyond]), hours=True)
    assert degrees[0] == 10.5
    assert "read as degrees, not hours" in note


@pytest.mark.parametrize(
    ("unit", "text", "wanted"),
    [
        ('"h:m:s"', "10 00 00", 150),
        ("hh:mm:ss", "10:00:00", 150),
        ("hms", "10:00:00", 150),
        ("degrees", "150.5", 150.5),
        ("deg", "150.5", 150.5),
        ("deg", "10:30:00", 10.5),
        ("hourangle", "10.5", 157.5),
        ("h", "10.5", 157.5),
        ("h", "10:30:00", 157.5),
        ("rad", "1.5", np.rad2deg(1.5)),
        ("arcsec", "7200", 2),
        ("no such unit", "10:30:00", 157.5),
    ],
)
def test_a_unit_in_words_counts(unit, text, wanted):
    column = Column([text])
    column.unit = u.Unit(unit, parse_strict="silent")
    assert degrees_of(column, hours=True)[0][0] == pytest.approx(wanted)


def test_bytes_objects_and_masked_cells_are_texts_too():
    assert degrees_of(Column(np.array([b"10:00:00"])), hours=True)[0][0] == 150
    assert degrees_of(Column(["10:00:00", None], dtype=object), hours=True)[0].tolist()[0] == 150
    masked = degrees_of(MaskedColumn(["10:00:00", "11:00:00"], mask=[False, True]), hours=True)[0]
    assert np.isnan(masked).tolist() == [False, True]
    assert degrees_of(Table({"a": [1.5]})["a"], hours=True)[0][0] == 1.5
