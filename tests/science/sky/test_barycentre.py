"""BJD in TDB and air mass against astropy's own way, through AltAz and Earth-rotation tables; sites."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers

from imviz.errors import InputError
from imviz.science.sky.barycentre import airmass, bjd_tdb
from imviz.science.sky.sites import SITES, Site, site_named, site_of
from imviz.science.sources.epochs import epochs, position_of

KECK = EarthLocation.from_geodetic(-155.4722 * u.deg, 19.8261 * u.deg, 4160 * u.m)


@pytest.fixture(autouse=True)
def offline():
    with iers.conf.set_temp("auto_download", False):
        yield


def test_the_example_of_astropy_s_documentation_comes_out():
    """https://docs.astropy.org, Time: barycentric and heliocentric light travel time corrections."""
    times = Time([56325.95833333, 56325.978254], format="mjd", scale="utc")
    star = SkyCoord("23:23:08.55", "+18:24:59.3", unit=(u.hourangle, u.deg))
    greenwich = site_named("51.477811, -0.001475, 46")
    delays = bjd_tdb(times, star, greenwich) - times.tdb.jd
    assert delays == pytest.approx([-0.0037715, -0.00377286], abs=1e-8)


@pytest.mark.parametrize(
    "star", [SkyCoord(210, 40, unit="deg"), SkyCoord(83, -69, unit="deg"), SkyCoord(0, 1, unit="deg")]
)
def test_thirty_years_agree_with_astropy_to_a_tenth_of_a_millisecond(star):
    times = Time(np.linspace(50000, 60900, 150), format="mjd", scale="utc")
    delay = times.light_travel_time(star, "barycentric", location=KECK)
    ours = bjd_tdb(times, star, site_named("Mauna Kea"))
    apart = ((times.tdb.jd1 - ours) + times.tdb.jd2 + delay.jd) * 86400
    assert np.abs(apart).max() < 1e-4
    middle = (bjd_tdb(times, star) - ours) * 86400
    assert 1e-3 < np.abs(middle).max() < 0.0215  # what the Earth's centre for the site costs, at most


def test_air_masses_agree_with_astropy_s_altitudes():
    times = Time(58000 + np.linspace(0, 1, 60), format="mjd", scale="utc")
    star = SkyCoord(210, 40, unit="deg")
    altitude = star.transform_to(AltAz(obstime=times, location=KECK)).alt.deg
    ours = airmass(times, star, site_named("Mauna Kea"))
    high = altitude > 30
    assert ours[high] == pytest.approx(1 / np.sin(np.radians(altitude[high])), rel=5e-3)
    assert np.isnan(ours[altitude < -1]).all()


HEADERS = {
    "degrees": {"SITELAT": 33.3563, "SITELONG": -116.865, "SITEELEV": 1706.0},
    "sexagesimal": {"SITELAT": "+33 21 22.7", "SITELONG": "-116 51 54"},
    "by letters": {"LAT-OBS": "33.3563 N", "LONG-OBS": "116.865 W", "ALT-OBS": 1706},
    "0 to 360": {"LATITUDE": 33.3563, "LONGITUD": 243.135},
    "OBSERVAT": {"OBSERVAT": "Palomar"},
    "TELESCOP": {"TELESCOP": "Palomar 48-in (ZTF)"},
    "INSTRUME": {"INSTRUME": "ZTF/MOSAIC"},
    "west positive, known by its name": {"OBS-LAT": 33.3563, "OBS-LONG": 116.865, "OBSERVAT": "Palomar"},
    "OBSGEO": dict(
        zip(("OBSGEO-X", "OBSGEO-Y", "OBSGEO-Z"), Site.at(*SITES["Palomar"], "").xyz, strict=True)
    ),
    "ESO's": {"ESO TEL GEOLAT": 33.3563, "ESO TEL GEOLON": -116.865, "ESO TEL GEOELEV": 1706.0},
}


@pytest.mark.parametrize("form", HEADERS)
def test_the_site_of_a_header(form):
    site, told = site_of(HEADERS[form])
    assert site.distance(Site.at(*SITES["Palomar"], "")) < 2000
    assert ("westwards" in told) == form.startswith("west")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({}, "21 ms"),
        ({"SITELAT": 0.0, "SITELONG": 0.0}, "21 ms"),
        ({"TELESCOP": "JWST"}, "in space"),
        ({"OBSERVAT": "My garden"}, "21 ms"),
    ],
)
def test_no_site_is_said(header, words):
    site, told = site_of(header)
    assert site is None
    assert words in told


def test_a_site_that_a_user_gives():
    assert site_named("") is None
    assert site_named("paranal").name == "Paranal"
    assert site_named("24 37 39 S, 70 24 15 W, 2635 m").distance(site_named("Paranal")) < 1000
    for wrong in ("Atlantis", "95, 10", "1, 2, 3, 4"):
        with pytest.raises(InputError, match="site"):
            site_named(wrong)


def test_a_series_tells_by_what_its_dates_are():
    metas = [{"DATE-OBS": f"2020-05-31T0{n}:00:00", "EXPTIME": 60.0, "OBSERVAT": "ctio"} for n in range(3)]
    found = epochs(metas, SkyCoord(150, -30, unit="deg"))
    assert np.isfinite(found.bjd_tdb).all()
    assert any("Cerro Tololo" in note for note in found.notes)
    assert any("DATE-OBS plus half of EXPTIME" in note for note in found.notes)
    told = epochs([{**meta, "AIRMASS": 1.25} for meta in metas], SkyCoord(150, -30, unit="deg"))
    assert told.airmass.tolist() == [1.25] * 3
    nowhere = epochs(metas, None)
    assert np.isnan(nowhere.bjd_tdb).all()
    assert any("no BJD" in note for note in nowhere.notes)
    by_header = epochs([{**meta, "RA": 150.0, "DEC": -30.0} for meta in metas], None)
    assert by_header.bjd_tdb == pytest.approx(found.bjd_tdb, abs=1e-9)


@pytest.mark.parametrize(
    "header",
    [
        {"RA": 150.5, "DEC": -30.25},
        {"RA": "10:02:00", "DEC": "-30:15:00"},
        {"OBJCTRA": "10 02 00", "OBJCTDEC": "-30 15 00"},
        {"RA": "150.5", "DEC": "-30.25"},
    ],
)
def test_where_a_header_says_the_telescope_looked(header):
    assert position_of(header).separation(SkyCoord(150.5, -30.25, unit="deg")).arcsec < 1e-3
