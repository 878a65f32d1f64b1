"""What BUNIT means, in the spellings that files have."""

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits

from imviz.readers import load
from imviz.readers.units import parse_unit


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
    ],
)
def test_spelling(text, unit):
    parsed, note = parse_unit(text)
    assert parsed == unit
    assert note is None


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
