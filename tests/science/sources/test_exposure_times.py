"""Every common form of a time in a header, and what each leaves in doubt; the middle is 2020-05-31T06:00."""

import pytest
from astropy.time import Time

from imviz.science.sources.exposure_times import exposure_time

MIDDLE = 59000.25  # MJD, UTC
LEAP = 37.0  # TAI - UTC at that date
START = {"EXPTIME": 7200.0}
FORMS = {
    "ISO date": {"DATE-OBS": "2020-05-31T05:00:00.000", **START},
    "ISO date with Z": {"DATE-OBS": "2020-05-31T05:00:00Z", **START},
    "ISO date with an offset": {"DATE-OBS": "2020-05-31T07:00:00+02:00", **START},
    "ISO date with a negative offset": {"DATE-OBS": "2020-05-30T22:00:00-07:00", **START},
    "blank instead of T": {"DATE-OBS": "2020-05-31 05:00:00", **START},
    "slashes": {"DATE-OBS": "2020/05/31", "UT": "05:00:00", **START},
    "UT": {"DATE-OBS": "2020-05-31", "UT": "05:00:00.0", **START},
    "UTSTART": {"DATE-OBS": "2020-05-31", "UTSTART": "05:00:00", **START},
    "TIME-OBS": {"DATE-OBS": "2020-05-31", "TIME-OBS": "05:00:00", **START},
    "UTC-OBS": {"DATE-OBS": "2020-05-31", "UTC-OBS": "05:00:00", **START},
    "UT with blanks": {"DATE-OBS": "2020-05-31", "UT": "05 00 00", **START},
    "UT in hours": {"DATE-OBS": "2020-05-31", "UT": 5.0, **START},
    "UTC in seconds": {"DATE-OBS": "2020-05-31", "UTC": 18000.0, **START},
    "UTSTART and UTEND": {"DATE-OBS": "2020-05-31", "UTSTART": "05:00:00", "UTEND": "07:00:00"},
    "over midnight": {"DATE-OBS": "2020-05-30", "UTSTART": "23:00:00", "UTEND": "13:00:00"},
    "the end has a date too": {"DATE-OBS": "2020-05-31T05:00:00", "DATE-END": "2020-05-31T07:00:00"},
    "DATE-BEG and DATE-END": {"DATE-BEG": "2020-05-31T05:00:00", "DATE-END": "2020-05-31T07:00:00"},
    "DATE-AVG": {"DATE-OBS": "2020-05-31T05:00:00", "DATE-AVG": "2020-05-31T06:00:00", **START},
    "MJD-OBS": {"MJD-OBS": 59000.25 - 1 / 24, **START},
    "MJD-OBS of whole days beside DATE-OBS": {"MJD-OBS": 59000, "DATE-OBS": "2020-05-31T05:00:00", **START},
    "MJD-OBS of whole days as a float": {
        "MJD-OBS": 59000.0,
        "DATE-OBS": "2020-05-31",
        "UT": "05:00:00",
        **START,
    },
    "MJD-BEG and MJD-END": {"MJD-BEG": 59000.25 - 1 / 24, "MJD-END": 59000.25 + 1 / 24},
    "MJD-AVG": {"MJD-AVG": 59000.25, **START},
    "MJD": {"MJD": 59000.25 - 1 / 24, **START},
    "MJD as a text": {"MJD-OBS": f"{59000.25 - 1 / 24:.10f}", **START},
    "JD": {"JD": 2459000.75 - 1 / 24, **START},
    "JD of the middle, AstroImageJ": {"JD_UTC": 2459000.75, "JD_SOBS": 2459000.75 - 1 / 24, **START},
    "MJD card that holds a JD": {"MJD-OBS": 2459000.75 - 1 / 24, **START},
    "EXPSTART and EXPEND": {"EXPSTART": 59000.25 - 1 / 24, "EXPEND": 59000.25 + 1 / 24, "EXPTIME": 100.0},
    "UNIX seconds": {"UNIXTIME": 1590904800 - 3600, **START},
    "UNIX milliseconds": {"TIMESTAMP": (1590904800 - 3600) * 1000, **START},
    "ZTF": {"OBSMJD": 59000.25 - 1 / 24, "OBSJD": 2459000.75 - 1 / 24, **START},
    "WISE": {"MJD_OBS": 59000.25, "TELESCOP": "WISE", "EXPTIME": 8.8},
    "elapsed": {"TSTART": 21600 - 3600.0, "TSTOP": 21600 + 3600.0, "MJDREFI": 59000, "MJDREFF": 0.0},
    "TELAPSE, not the time exposed": {"DATE-OBS": "2020-05-31T05:00:00", "EXPTIME": 60, "TELAPSE": 7200},
    "the comment says middle": {
        "DATE-OBS": "2020-05-31T06:00:00",
        "EXPTIME": 7200.0,
        "imviz_comments": {"DATE-OBS": "UT of mid-exposure"},
    },
    "the comment says end": {
        "DATE-OBS": "2020-05-31T07:00:00",
        "EXPTIME": 7200.0,
        "imviz_comments": {"DATE-OBS": "UT at the end of the exposure"},
    },
    "local time with its zone": {
        "DATE-OBS": "2020-05-31T07:00:00",
        "TIMESYS": "LOCAL",
        "TIMEZONE": 2.0,
        **START,
    },
    "a zone by name": {"DATE-OBS": "2020-05-30T22:00:00", "TIMESYS": "PDT", **START},
    "in the primary header": {"primary_header": {"DATE-OBS": "2020-05-31T05:00:00", **START}},
    "GPS": {"MJD-AVG": MIDDLE + (LEAP - 19) / 86400, "TIMESYS": "GPS"},
    "TAI": {"MJD-AVG": MIDDLE + LEAP / 86400, "TIMESYS": "TAI"},
    "TT": {"MJD-AVG": MIDDLE + (LEAP + 32.184) / 86400, "TIMESYS": "TT"},
}


@pytest.mark.parametrize("form", FORMS)
def test_the_middle_of_an_exposure_in_every_form(form):
    found = exposure_time(FORMS[form])
    assert found.middle is not None, found
    assert abs((found.middle.utc - Time(MIDDLE, format="mjd")).sec) < 1e-3, found
    assert found.source


DOUBTS = {
    "no length": ({"DATE-OBS": "2020-05-31T06:00:00"}, "no exposure time"),
    "no time of day": ({"DATE-OBS": "2020-05-31", "EXPTIME": 60.0}, "without a time of day"),
    "an old date": ({"DATE-OBS": "31/12/99"}, "without a time of day"),
    "two cards": ({"MJD-OBS": 59000.2, "DATE-OBS": "2020-05-31T06:00:00", "EXPTIME": 60}, "s apart"),
    "the middle": ({"MJD-OBS": 59000.25, "DATE-OBS": "2020-05-31T05:00:00", **START}, "taken for the middle"),
    "a system nobody knows": ({"DATE-OBS": "2020-05-31T06:00:00", "TIMESYS": "SOL"}, "not known"),
    "local, but where": ({"DATE-OBS": "2020-05-31T06:00:00", "TIMESYS": "LOCAL"}, "not known"),
    "UT1": ({"DATE-OBS": "2020-05-31T06:00:00", "TIMESYS": "UT1"}, "taken for UTC"),
    "an end before": ({"DATE-OBS": "2020-05-31T06:00:00", "DATE-END": "2020-05-30T07:00:00"}, "is no end"),
    "nothing": ({}, "tells no time"),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_what_a_header_leaves_in_doubt_is_told(doubt):
    header, words = DOUBTS[doubt]
    assert any(words in one for one in exposure_time(header).doubts), exposure_time(header)


def test_a_half_exposure_between_two_cards_is_the_middle():
    header = {"MJD-OBS": 59000.25, "DATE-OBS": "2020-05-31T05:00:00", **START}
    assert exposure_time(header).middle.mjd == pytest.approx(59000.25, abs=1e-8)


@pytest.mark.parametrize(
    "header",
    [
        {"BJD_TDB": 2459000.755},
        {"BJD": 2459000.755},
        {"TSTART": 2000.75, "TSTOP": 2000.76, "BJDREFI": 2457000, "BJDREFF": 0.0, "TELESCOP": "TESS"},
    ],
)
def test_a_header_s_own_bjd_is_taken(header):
    assert exposure_time(header).bjd_tdb == pytest.approx(2459000.755)


@pytest.mark.parametrize(
    "header",
    [
        {"DATE-OBS": "2020-02-31T05:00:00"},
        {"MJD-OBS": True},
        {"JD": -1.0},
        {"UT": "25:00:00"},
        {"MJD": "soon"},
        None,
    ],
)
def test_what_is_no_time_is_none(header):
    assert exposure_time(header).middle is None


HEADERS = [
    ({"MJD-AVG": 59000.25}, 59000.25),
    ({"EXPMID": 59000.25}, 59000.25),
    ({"DATE-AVG": "2020-05-31T06:00:00"}, 59000.25),
    ({"EXPSTART": 59000.0, "EXPEND": 59000.5}, 59000.25),
    ({"MJD-OBS": 59000.0, "EXPTIME": 43200.0}, 59000.25),
    ({"DATE-OBS": "2020-05-31T00:00:00", "EXPTIME": 43200}, 59000.25),
    ({"DATE-OBS": "2020-05-31", "TIME-OBS": "05:00:00", "EXPTIME": 7200}, 59000.25),
    ({"DATE-BEG": "2020-05-31T06:00:00"}, 59000.25),
]


@pytest.mark.parametrize(("header", "mjd"), HEADERS)
def test_the_middle_of_an_exposure(header, mjd):
    assert exposure_time(header).middle.mjd == pytest.approx(mjd, abs=1e-9)


def test_the_header_s_time_scale_is_used():
    assert exposure_time({"MJD-AVG": 59000.0, "TIMESYS": "TDB"}).middle.scale == "tdb"
    assert exposure_time({"MJD-AVG": 59000.0}).middle.scale == "utc"


@pytest.mark.parametrize("header", [{}, {"DATE-OBS": "31/12/99"}, {"MJD-OBS": "soon"}, None])
def test_a_header_without_a_time_gives_none(header):
    assert exposure_time(header).middle is None
