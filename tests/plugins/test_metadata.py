"""The header of an image: all of it, found by a word, as text; and the image in short."""

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.nddata import NDData
from astropy.wcs import WCS

from imviz import Imviz
from imviz.science.display.headers import cards


@pytest.fixture
def plugin(tmp_path):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ("RA---TAN", "DEC--TAN"), (10, 41), (3, 3)
    angle = np.radians(30)
    wcs.wcs.cd = 1e-4 * np.array([[-np.cos(angle), np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    primary = fits.PrimaryHDU()
    primary.header["TELESCOP"] = ("HST", "the telescope")
    science = fits.ImageHDU(np.ones((5, 6), "f4"), wcs.to_header(), name="SCI")
    science.header["BUNIT"] = "electron/s"
    science.header["EVIL"] = ("<b onclick=x>{{1+1}}</b>", "<script>")
    for line in ("first step", "second step"):
        science.header["HISTORY"] = line
    fits.HDUList([primary, science]).writeto(tmp_path / "a.fits")
    imviz = Imviz()
    imviz.load_data(str(tmp_path / "a.fits"))
    found = imviz.plugins["Metadata"]
    found.open_in_tray()
    return found


def test_every_card_is_there_with_its_comment_and_as_text(plugin):
    found = {key: (value, comment) for key, value, comment in plugin.metadata}
    assert found["BUNIT"][0] == "electron/s"
    assert found["EVIL"] == ("<b onclick=x>{{1+1}}</b>", "<script>")
    assert found["CRVAL1"] == ("10.0", "[deg] Coordinate value at reference point")
    assert [value for key, value, _ in plugin.metadata if key == "HISTORY"] == ["first step", "second step"]


def test_the_primary_header_is_beside_it(plugin):
    assert plugin.header.choices == ("This image", "Primary header")
    plugin.header = "Primary header"
    assert ("TELESCOP", "HST", "the telescope") in plugin.metadata


def test_words_are_found_in_key_value_and_comment(plugin):
    plugin.search = "reference POINT crval"
    assert [card[0] for card in plugin.cards_shown] == ["CRVAL1", "CRVAL2"]
    assert plugin.n_cards > 10
    plugin.search = ""
    assert len(plugin.cards_shown) == plugin.n_cards


def test_the_image_in_short(plugin):
    found = dict(plugin.facts)
    assert found["Size"] == "6 × 5 pixels, float32"
    assert found["Unit"] == "electron / s"
    assert found["Pixel"] == "0.36 arcsec"
    assert found["North"] == "330.00° left of up, east left of north"


def test_trees_are_flattened_and_long_values_cut():
    found = dict(card[:2] for card in cards({"meta": {"a": {"b": 3}}, "long": "x" * 5000, "none": None}))
    assert found["meta.a.b"] == "3"
    assert found["none"] == ""
    assert len(found["long"]) < 340
    assert found["long"].endswith("(5000 characters)")


def test_nothing_to_show_is_no_error():
    plugin = Imviz().plugins["Metadata"]
    plugin.open_in_tray()
    assert plugin.metadata == []
    assert plugin.facts == ()


def test_the_verdict_on_the_noise_stands_among_the_facts():
    imviz = Imviz()
    plugin = imviz.plugins["Metadata"]
    noise = np.random.default_rng(1).normal(0.0, 30.0, (200, 200))
    image = NDData(noise, unit=u.ct, meta={"GAIN": 1.0, "RDNOISE": 5.0})
    imviz.load_data(image, data_label="a")
    plugin.active = True
    verdict = dict(plugin.facts)["Noise"]
    assert "times more than gain and read noise say" in verdict
    assert plugin.noise_audit().verdict == verdict
    assert plugin.noise_audit().ratio == pytest.approx(6.0, rel=0.1)
