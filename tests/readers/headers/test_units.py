"""What BUNIT means, in the spellings that files have."""

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits

from imviz.readers import load
from imviz.readers.headers.units import parse_unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("MJy/sr", u.MJy / u.sr),
        ("ELECTRONS/S", u.electron / u.s),
        ("electrons/s", u.electron / u.s),
        ("ELECTRONS", u.electron),
        ("electron", u.electron),
        ("e-/s", u.electron / u.s),
        ("COUNTS", u.ct),
        ("counts / sec", u.ct / u.s),
        ("ADU", u.adu),
        ("adu", u.adu),
        ("DN", u.DN),
        ("DN/s", u.DN / u.s),
        ("JY/BEAM", u.Jy / u.beam),
        ("Jy/beam", u.Jy / u.beam),
        ("nanomaggy", u.nmgy),
        ("uJy", u.uJy),
        ("erg/s/cm^2/Angstrom", u.erg / u.s / u.cm**2 / u.AA),
        ("erg/s/cm2/A", u.erg / u.s / u.cm**2 / u.AA),
        ("10**-20 erg s-1 cm-2 Hz-1", 1e-20 * u.erg / u.s / u.cm**2 / u.Hz),
        ("mag", u.mag),
        ("mag/arcsec2", u.mag / u.arcsec**2),
        (" K ", u.K),
        ("mJy/sr", u.mJy / u.sr),
        ("mJY/beam", u.mJy / u.beam),
        ("UJY", u.uJy),
        ("pJy", 1e-12 * u.Jy),
        ("PJy", 1e15 * u.Jy),
        ("mW", u.mW),
        ("MW", u.MW),
        ("MJy/ster", u.MJy / u.sr),
        ("ergs/s/cm2/Hz", u.erg / u.s / u.cm**2 / u.Hz),
        ("ergs s-1 cm-2 A-1", u.erg / u.s / u.cm**2 / u.AA),
        ("cts", u.ct),
        ("counts s-1", u.ct / u.s),
        ("count s**-1", u.ct / u.s),
        ("counts.s-1", u.ct / u.s),
        ("photons", u.ph),
        ("Photons/s/cm2/keV", u.ph / u.s / u.cm**2 / u.keV),
        ("e-", u.electron),
        ("e/s", u.electron / u.s),
        ("electrons/sec", u.electron / u.s),
        ("electrons s-1 pixel-1", u.electron / u.s / u.pix),
        ("DN s-1", u.DN / u.s),
        ("1e-17 erg/(s cm2 Angstrom)", 1e-17 * u.erg / u.s / u.cm**2 / u.AA),
        ("10**(-20)*erg/s/cm**2/Angstrom", 1e-20 * u.erg / u.s / u.cm**2 / u.AA),
        ("W/m^2/sr", u.W / u.m**2 / u.sr),
        ("W.m-2.sr-1", u.W / u.m**2 / u.sr),
        ("\u00b5Jy/arcsec^2", u.uJy / u.arcsec**2),
        ("K.km/s", u.K * u.km / u.s),
        ("Jy beam-1 km s-1", u.Jy / u.beam * u.km / u.s),
        ("KM/S", u.km / u.s),
        ("Jy/px", u.Jy / u.pix),
    ],
)
def test_spelling(text, unit):
    parsed, note = parse_unit(text)
    assert parsed == unit
    assert note is None


def test_a_megajansky_all_in_capitals_is_read_and_said():
    unit, note = parse_unit("MJY/SR")
    assert unit == u.MJy / u.sr
    assert "megajansky" in note


@pytest.mark.parametrize("text", ["mjy/sr", "mjy", "MJY/BEAM", "MJY", "PJY/BEAM", "pjy"])
def test_a_prefix_that_its_case_does_not_tell_is_not_guessed(text):
    unit, note = parse_unit(text)
    assert unit is None
    assert text in note
    assert f"{text[0].lower()}Jy" in note
    assert f"{text[0].upper()}Jy" in note


@pytest.mark.parametrize("text", ["k", "mk", "uk", "k km/s", "mk.km/s", "k/beam"])
def test_a_kelvin_without_its_capital_is_no_kayser(text):
    unit, note = parse_unit(text)
    assert unit is None
    assert "K (kelvin)" in note


@pytest.mark.parametrize("text", ["K", "mK", "uK", "kK", "kJy", "K km/s"])
def test_a_kelvin_is_one(text):
    assert parse_unit(text) == (u.Unit(text), None)


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("Jy/beam.km/s", "(Jy/beam) km/s", "Jy/(beam km)/s"),
        ("Jy/beam*km/s", "(Jy/beam) km/s", "Jy/(beam km)/s"),
        ("Jy/beam km/s", "(Jy/beam) km/s", "Jy/(beam km)/s"),
        ("erg/s cm2", "(erg/s) cm2", "erg/(s cm2)"),
        ("10**-17 erg/s.cm2", "(10^-17 erg/s) cm2", "10^-17 erg/(s cm2)"),
        ("W/m2 sr", "(W/m2) sr", "W/(m2 sr)"),
        ("1/s cm2", "(1/s) cm2", "1/(s cm2)"),
    ],
)
def test_of_two_readings_neither_is_taken_and_both_are_told(text, one, other):
    unit, note = parse_unit(text)
    assert unit is None
    assert f"{one} or {other}" in note


def test_what_astropy_doubts_is_a_note(monkeypatch):
    import warnings

    from imviz.readers.headers import units

    def doubtful(*_, **__):
        warnings.warn("the year is a strange one", u.UnitsWarning, stacklevel=1)
        return u.Jy

    monkeypatch.setattr(units.u, "Unit", doubtful)
    assert parse_unit("Jy yr") == (
        u.Jy,
        "unit 'Jy yr' is read as Jy, with a doubt: the year is a strange one",
    )


@pytest.mark.parametrize("text", [None, "", "  ", "none", "UNITLESS", "N/A"])
def test_no_unit_needs_no_note(text):
    assert parse_unit(text) == (None, None)


@pytest.mark.parametrize(
    "text", ["furlongs", "ADU/frame", "<script>", "1/0", "m**1e999", "((((", 5, 2.5, True]
)
def test_what_nobody_knows_is_noted(text):
    unit, note = parse_unit(text)
    assert unit is None
    assert str(text) in note


def test_an_unknown_unit_is_kept_as_text(write, pixels):
    path = write("f.fits", fits.PrimaryHDU(pixels, fits.Header([("BUNIT", "furlongs")])))
    image = load(path)[0].image
    assert image.unit is None
    assert image.meta["BUNIT"] == "furlongs"
    assert "furlongs" in image.meta["imviz_notes"][0]
    assert np.isfinite(image.data).all()
