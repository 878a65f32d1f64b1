"""Frames, units and types of a WCS as headers spell them; spheres that are not the sky."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import BarycentricMeanEcliptic, SkyCoord
from astropy.io import fits
from astropy.nddata import CCDData
from astropy.time import Time
from astropy.wcs import WCS

from imviz.readers import load
from imviz.science.sky.geometry import has_celestial
from imviz.science.sky.spheres import Sphere
from imviz.view.readout import SkyStyle, readout

CARDS = {
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CRVAL1": 150.0,
    "CRVAL2": 2.0,
    "CRPIX1": 20.0,
    "CRPIX2": 15.0,
    "CDELT1": -2e-4,
    "CDELT2": 2e-4,
}


@pytest.fixture
def of_cards(write, pixels):
    def make(**cards):
        given = {name: value for name, value in (CARDS | cards).items() if value is not None}
        return load(write("frame.fits", fits.PrimaryHDU(pixels, fits.Header(given))))[0].image

    return make


def said(image):
    return " ".join(image.meta["imviz_notes"])


FK5 = SkyCoord(150, 2, unit="deg", frame="fk5")
FK4 = SkyCoord(150, 2, unit="deg", frame="fk4")
ICRS = SkyCoord(150, 2, unit="deg")
OF_2015 = SkyCoord(150, 2, unit="deg", frame="fk5", equinox=Time(2015.3, format="jyear"))
FRAMES = {
    "nothing": ({}, ICRS, ""),
    "the standard's": ({"RADESYS": "FK5", "EQUINOX": 2000.0}, FK5, ""),
    "lower case": ({"RADESYS": "fk5"}, FK5, ""),
    "the old keyword": ({"RADECSYS": "FK5"}, FK5, ""),
    "two that differ": (
        {"RADECSYS": "FK5", "RADESYS": "ICRS"},
        ICRS,
        "RADESYS = 'ICRS' and RADECSYS = 'FK5' differ",
    ),
    "J2000": ({"RADESYS": "J2000"}, FK5, "RADESYS = 'J2000' is not the FITS standard's; taken as FK5"),
    "B1950": ({"RADESYS": "B1950"}, FK4, "taken as FK4"),
    "ICRF3": ({"RADESYS": "ICRF3"}, ICRS, "taken as ICRS"),
    "another word": ({"RADESYS": "OTHER"}, ICRS, "RADESYS = 'OTHER' is not known; taken as ICRS"),
    "another word and a year": ({"RADESYS": "X", "EQUINOX": 1950.0}, FK4, "taken as FK4 of equinox 1950"),
    "a year in words": ({"EQUINOX": "J2000.0"}, FK5, "EQUINOX = 'J2000.0' is text; read as 2000"),
    "no year": ({"EQUINOX": 0.0}, ICRS, "EQUINOX = 0.0 is no year"),
    "a year in EPOCH": ({"EPOCH": 1950.0}, FK4, "EPOCH = 1950 is taken as the equinox"),
    "a date in EPOCH": ({"EPOCH": 2015.3}, OF_2015, "precessed from EPOCH = 2015.3; is that the date"),
    "ICRS with an equinox": ({"RADESYS": "ICRS", "EQUINOX": 1950.0}, ICRS, "ICRS' has no equinox"),
}


@pytest.mark.parametrize(("cards", "where", "words"), FRAMES.values(), ids=FRAMES)
def test_a_frame_is_read_as_it_is_meant_and_a_doubt_is_told(of_cards, cards, where, words):
    image = of_cards(**cards)
    ra, dec = readout(image, "im", 19, 14).world
    assert SkyCoord(ra, dec, unit="deg").separation(where.icrs).arcsec < 1e-5
    assert words in said(image)
    assert bool(said(image)) == bool(words)


ON_SKY = {
    "galactic": ("GLON-CAR", "GLAT-CAR", "galactic"),
    "supergalactic": ("SLON-CAR", "SLAT-CAR", "supergalactic"),
    "ecliptic": ("ELON-CAR", "ELAT-CAR", BarycentricMeanEcliptic(equinox="J2000")),
}


@pytest.mark.parametrize("extra", [{}, {"RADESYS": "FK5", "EQUINOX": 2000.0}, {"RADESYS": "ICRS"}])
@pytest.mark.parametrize(("first", "second", "frame"), ON_SKY.values(), ids=ON_SKY)
def test_other_coordinates_of_the_sky_lead_to_icrs_whatever_radesys_says(
    of_cards, first, second, frame, extra
):
    image = of_cards(CTYPE1=first, CTYPE2=second, CRVAL2=0.0, **extra)
    ra, dec = readout(image, "im", 19, 14).world
    truth = SkyCoord(150 * u.deg, 0 * u.deg, frame=frame).icrs
    assert SkyCoord(ra, dec, unit="deg").separation(truth).arcsec < 1e-5
    assert said(image) == ""


SPHERES = {
    "the Sun's disc": ("HPLN-TAN", "HPLT-TAN", "HPLN", "HPLT"),
    "the Sun, as before the standard": ("SOLARX", "SOLARY", "HPLN", "HPLT"),
    "the Sun's surface": ("HGLN-CAR", "HGLT-CAR", "HGLN", "HGLT"),
    "the Sun's surface as it turns": ("CRLN-CEA", "CRLT-CEA", "CRLN", "CRLT"),
    "the horizon": ("AZ---TAN", "ALT--TAN", "AZ", "ALT"),
    "the horizon, elevations": ("AZ---ARC", "EL---ARC", "AZ", "EL"),
    "hour angle": ("HA---TAN", "DEC--TAN", "HA", "DEC"),
    "Mars": ("MALN-CAR", "MALT-CAR", "MALN", "MALT"),
    "Jupiter": ("JULN-CAR", "JULT-CAR", "JULN", "JULT"),
    "the Moon": ("SELN-STG", "SELT-STG", "SELN", "SELT"),
    "the Earth": ("TLON-CAR", "TLAT-CAR", "TLON", "TLAT"),
}


@pytest.mark.parametrize(("first", "second", "lon", "lat"), SPHERES.values(), ids=SPHERES)
def test_angles_that_are_not_on_the_sky_are_shown(of_cards, first, second, lon, lat):
    image = of_cards(CTYPE1=first, CTYPE2=second, CRVAL1=30.0, CRVAL2=0.0, CUNIT1="deg", CUNIT2="deg")
    found = readout(image, "im", 24, 14)  # five pixels of 2e-4 degrees west of the reference pixel
    assert found.world is None
    shown = readout(image, "im", 24, 14, SkyStyle(degrees=True)).lines[1]
    names, numbers = shown.split()[::2], [float(one.rstrip("°")) for one in shown.split()[1::2]]
    assert names == [lon, lat]
    assert numbers == pytest.approx([29.999, 0.0], abs=1e-7)
    assert f"{lon} and {lat} are angles on another sphere" in said(image)
    assert not has_celestial(image.wcs)
    assert image.wcs.world_to_pixel(*image.wcs.pixel_to_world(3.0, 4.0)) == pytest.approx((3.0, 4.0))


def test_the_sun_is_told_in_arcseconds_about_its_centre(of_cards):
    sun = {"CTYPE1": "HPLN-TAN", "CTYPE2": "HPLT-TAN", "CUNIT1": "arcsec", "CUNIT2": "arcsec"}
    image = of_cards(**sun, CRVAL1=0.0, CRVAL2=0.0, CDELT1=24.0, CDELT2=24.0)
    assert readout(image, "im", 18, 16).lines[1] == "HPLN -24.000″  HPLT +48.000″"


def test_planets_with_radii_are_no_place_on_the_sky_either(of_cards):
    radii = {"A_RADIUS": 3396190.0, "B_RADIUS": 3396190.0, "C_RADIUS": 3376200.0}
    image = of_cards(CTYPE1="MALN-CAR", CTYPE2="MALT-CAR", CRVAL1=30.0, CRVAL2=0.0, **radii)
    assert isinstance(image.wcs, Sphere)
    assert readout(image, "im", 19, 14).lines[1].startswith("MALN 30d00m00")


def test_apparent_positions_are_shown_as_they_are(of_cards):
    image = of_cards(RADESYS="GAPPT")
    assert readout(image, "im", 19, 14).world is None
    assert readout(image, "im", 19, 14).lines[1].startswith("RA (apparent) 150d")
    assert "GAPPT" in said(image)


UNITS = {
    "degrees": ("degrees", 1.0, ""),
    "DEG": ("DEG", 1.0, ""),
    "ARCSEC": ("ARCSEC", 3600.0, ""),
    "asec": ("asec", 3600.0, ""),
    "radians": ("radian", np.pi / 180, ""),
    "a word": ("foo", 1.0, "CUNIT1 = 'foo' is not known as a unit of angles; taken as degrees"),
}


@pytest.mark.parametrize(("unit", "factor", "words"), UNITS.values(), ids=UNITS)
def test_units_of_angles_are_known_in_the_ways_they_are_written(of_cards, unit, factor, words):
    scaled = {name: CARDS[name] * factor for name in ("CRVAL1", "CRVAL2", "CDELT1", "CDELT2")}
    image = of_cards(CUNIT1=unit, CUNIT2=unit, **scaled)
    assert readout(image, "im", 19, 14).world == pytest.approx((150.0, 2.0), abs=1e-9)
    assert words in said(image)


@pytest.mark.parametrize("unit", ["m", "pixel", "Hz", "s"])
def test_a_unit_of_something_else_is_refused_with_a_sentence(of_cards, unit):
    image = of_cards(CUNIT1=unit)
    assert image.wcs is None
    assert f"CUNIT1 = '{unit}' is no unit of an angle; loaded without WCS" in said(image)


TYPES = {
    "lower case": ("ra---tan", "dec--tan", "'ra---tan' is read as RA---TAN"),
    "a dash too few": ("RA--TAN", "DEC-TAN", "'RA--TAN' is read as RA---TAN"),
    "IRAF's TNX": (
        "RA---TNX",
        "DEC--TNX",
        "the distortion of CTYPE1 = 'RA---TNX' (cards WAT…) is not applied",
    ),
    "TPV without coefficients": ("RA---TPV", "DEC--TPV", "no PV coefficients; read as TAN"),
    "no projection": ("RA", "DEC", "linear in x and y"),
}


@pytest.mark.parametrize(("first", "second", "words"), TYPES.values(), ids=TYPES)
def test_types_of_axes_are_known_in_the_ways_they_are_written(of_cards, first, second, words):
    image = of_cards(CTYPE1=first, CTYPE2=second)
    assert readout(image, "im", 19, 14).world == pytest.approx((150.0, 2.0), abs=1e-9)
    assert words in said(image)


def test_a_synoptic_map_in_the_sine_of_latitude_has_latitudes(of_cards):
    """The middle row of a cylindrical equal-area map is the equator; a step of 0.01 is asin(0.01)."""
    cea = {"CTYPE1": "CRLN-CEA", "CTYPE2": "CRLT-CEA", "CUNIT1": "deg", "CUNIT2": "Sine Latitude"}
    image = of_cards(**cea, CRVAL1=180.0, CRVAL2=0.0, CDELT1=-1.0, CDELT2=0.01)
    _, latitude = image.wcs.pixel_to_world_values(19, 24)
    assert latitude == pytest.approx(np.degrees(np.arcsin(0.1)), abs=1e-9)


@pytest.mark.parametrize(("name", "where"), [("J2000", FK5), ("B1950", FK4), ("OTHER", ICRS)])
def test_a_wcs_object_of_an_odd_frame_is_read_as_it_is_meant(pixels, name, where):
    wcs = WCS(fits.Header(CARDS | {"RADESYS": name}))
    image = load(CCDData(pixels, wcs=wcs, unit="adu"))[0].image
    ra, dec = readout(image, "im", 19, 14).world
    assert SkyCoord(ra, dec, unit="deg").separation(where.icrs).arcsec < 1e-5
    assert f"RADESYS = '{name}'" in said(image)
    assert wcs.wcs.radesys == name  # the caller's stays as it was


def test_a_wcs_object_of_the_sun_shows_its_angles(pixels):
    sun = {"CTYPE1": "HPLN-TAN", "CTYPE2": "HPLT-TAN", "CRVAL1": 0.0, "CRVAL2": 0.0}
    image = load(CCDData(pixels, wcs=WCS(fits.Header(CARDS | sun)), unit="adu"))[0].image
    assert readout(image, "im", 19, 14).lines[1] == "HPLN +0.000″  HPLT +0.000″"
    assert "another sphere" in said(image)


@pytest.mark.parametrize("told", [True, False])
def test_the_size_of_irafs_distortion_is_among_the_notes(of_cards, told):
    lng, lat = (f'{name} = "3. 1. 1. 0. -1. 1. -1. 1. 1E-3"' for name in ("lngcor", "latcor"))
    texts = {"WAT1_001": f"wtype=tnx axtype=ra {lng}", "WAT2_001": f"wtype=tnx axtype=dec {lat}"}
    image = of_cards(CTYPE1="RA---TNX", CTYPE2="DEC--TNX", **(texts if told else {}))
    assert ("positions are off by up to 5.1 arcsec" in said(image)) == told


@pytest.mark.parametrize("beyond", [95.0, -120.0, 400.0, 1e16])
@pytest.mark.parametrize(
    "kind", [("RA---TAN", "DEC--TAN"), ("GLON-CAR", "GLAT-CAR"), ("HPLN-TAN", "HPLT-TAN")]
)
def test_a_latitude_beyond_a_pole_is_refused_by_name(of_cards, kind, beyond):
    image = of_cards(CTYPE1=kind[0], CTYPE2=kind[1], CRVAL2=beyond)
    assert image.wcs is None
    assert f"CRVAL2 = {beyond:g} is beyond a pole: no latitude; loaded without WCS" in said(image)


@pytest.mark.parametrize("pole", [90.0, -90.0])
def test_a_pole_is_a_latitude(of_cards, pole):
    assert of_cards(CRVAL2=pole).wcs is not None
