"""What GAIN, RDNOISE and SATURATE mean, by who wrote the file: one table of headers that people have."""

import astropy.units as u
import numpy as np
import pytest

from imviz.science.calibration.cards import Cards
from imviz.science.calibration.header import autofill
from imviz.science.calibration.writers import capture_program

NINA = {"SWCREATE": "N.I.N.A. 3.0", "GAIN": 139, "EXPTIME": 60.0}
IRAF = {"GAIN": 2.0, "RDNOISE": 6.0, "NCOMBINE": 9}


def filled(meta, unit=u.adu, **comments):
    return autofill({**meta, "imviz_comments": comments}, unit, None)


@pytest.mark.parametrize(
    ("meta", "unit", "gain"),
    [
        ({**NINA, "EGAIN": 0.25}, None, 0.25),
        ({"GAIN": 1.4, "EGAIN": 1.4}, u.adu, 1.4),
        ({"GAIN": 100, "EGAIN": 0.9, "INSTRUME": "QHY600M"}, u.adu, 0.9),
        (NINA, None, None),
        ({"GAIN": 120, "INSTRUME": "ZWO ASI1600MM"}, None, None),
        ({"GAIN": 30, "CREATOR": "Sequence Generator Pro v4"}, u.adu, None),
        ({"GAIN": 1, "PROGRAM": "TheSkyX"}, None, None),
        ({"GAIN": 200, "SWCREATE": "SharpCap v4.0"}, None, None),
        ({"GAIN": 200, "CREATOR": "ZWO ASIAIR Plus"}, None, None),
        ({"GAIN": 5, "BAYERPAT": "RGGB", "XPIXSZ": 3.76}, None, None),
        ({"GAIN": 1.5, "EGAIN": 1.5, "SWCREATE": "MaxIm DL 6"}, None, 1.5),
        ({"EGAIN": 0.8, "PROGRAM": "PixInsight 1.8", "BITPIX": -32}, None, None),
        ({"EGAIN": 0.8, "PROGRAM": "Siril 1.2", "BITPIX": 16}, None, 0.8),
        ({"GAIN": 2.0}, None, 2.0),
        ({"GAIN": 2.0, "BUNIT": "furlongs"}, None, None),
        ({"GAIN": 2.0}, u.Jy, None),
        ({"GAIN": 2.0}, u.adu / u.s, None),
        ({"GAIN": 2.0, "EXPTIME": 30.0}, u.adu / u.s, 60.0),
        ({"GAIN": "2.5"}, u.adu, 2.5),
        ({"GAIN1": 2.0, "GAIN2": 2.2, "GAIN3": 2.4}, u.adu, 2.2),
        ({"ADCGAIN": 5.4}, u.ct, 5.4),  # NICMOS
        ({"INSTRUME": "WFPC2", "ATODGAIN": 7.0, "DETECTOR": 3}, None, 6.90),
        ({"INSTRUME": "STIS", "ATODGAIN": 4.0}, u.ct, 4.0),
        (IRAF, u.adu, 18.0),
        ({**IRAF, "COMBINE": "median"}, u.adu, 12.0),
        ({**IRAF, "COMBINE": "sum"}, u.adu, 2.0),
        ({**IRAF, "TELESCOP": "HST"}, u.adu, 2.0),
        (IRAF, u.electron, 9.0),
        ({**IRAF, "EXPTIME": 10.0}, u.adu / u.s, 20.0),
    ],
)
def test_the_gain_is_electrons_per_adu_or_none(meta, unit, gain):
    assert filled(meta, unit).gain == pytest.approx(gain)


@pytest.mark.parametrize(
    ("meta", "unit", "told"),
    [
        ({**NINA, "EGAIN": 0.25}, None, "GAIN = 139 is something else"),
        ({"GAIN": 0.0}, u.adu, r"GAIN = 0\.0 is not a number above 0: no gain"),
        ({"EGAIN": -0.5}, u.adu, r"EGAIN = -0\.5 is not a number above 0"),
        ({"GAIN": "high"}, None, "GAIN = high is not a number above 0"),
        ({**NINA, "EGAIN": 0.0}, None, r"no gain; EGAIN = 0\.0 is none, either"),
        ({"GAIN": 99, "SWCREATE": "NINA 3"}, None, r"as N\.I\.N\.A\. writes it"),
        ({"GAIN": 99, "CREATOR": "AstroDMx Capture"}, None, "as AstroDMx writes it"),
        ({"GAIN": 99, "SOFTWARE": "StellarMate OS"}, None, "as StellarMate writes it"),
        ({"EGAIN": 0.0, "GAIN": 1.5}, u.adu, r"EGAIN = 0\.0 is passed over"),
        ({"EGAIN": "?", "GAIN": np.nan, "EPADU": 2.0}, u.adu, r"EGAIN = \? and GAIN = nan are passed over"),
        ({"EGAIN": -1, "GAIN1": 1.0, "GAIN2": 2.0}, u.adu, "EGAIN = -1 is passed over"),
        (NINA, None, r"GAIN = 139 is a setting of the camera, as N\.I\.N\.A\. writes it"),
        ({"GAIN": 2.0}, None, "names no unit"),
        ({"GAIN": 139}, u.adu, "perhaps a setting"),
        ({"EGAIN": 0.8, "PROGRAM": "PixInsight 1.8", "BITPIX": -32}, None, "PixInsight has rescaled"),
        (IRAF, u.adu, "times 9 frames combined, taken as their mean"),
        ({**IRAF, "EXPTIME": 10.0}, u.adu / u.s, "that of all 9 frames"),
    ],
)
def test_a_doubtful_gain_says_so_beside_the_value_and_on_the_image(meta, unit, told):
    import re

    found = filled(meta, unit)
    assert re.search(told, found.sources["gain"])
    assert re.search(told, " ".join(found.notes))


def test_a_cards_comment_decides():
    assert filled({"GAIN": 0.5}, GAIN="ADU per electron").gain == 2.0
    assert filled({"GAIN": 3.0, "SWCREATE": "SharpCap"}, GAIN="[e-/ADU]").gain == 3.0
    assert "turned round" in filled({"GAIN": 0.5}, GAIN="[ADU/e-]").sources["gain"]


@pytest.mark.parametrize(
    ("meta", "noise"),
    [
        ({"READNSE": 5.0}, 5.0),
        ({"ENOISE": 5.0}, 5.0),
        ({"RON": 5.0}, 5.0),
        ({"RO_NOISE": 5.0}, 5.0),
        ({"RNOISE": 5.0}, 5.0),
        ({"EREADN": 5.0}, 5.0),
        ({"RONOISE": 9.1}, 9.1),
        ({"RDNOISA": 3.0, "RDNOISB": 4.0}, np.sqrt(12.5)),
        ({"RDNOIS01": 3.0, "RDNOIS02": 4.0}, np.sqrt(12.5)),
        ({"READNSEA": 3.0, "READNSEB": 3.0, "READNSEC": 3.0, "READNSED": 3.0}, 3.0),
        (IRAF, 18.0),
        ({"ESO DET OUT1 RON": 2.5}, 2.5),
    ],
)
def test_read_noise_goes_by_many_names(meta, noise):
    assert filled(meta).read_noise == pytest.approx(noise)


def test_the_noise_of_averaged_frames_is_that_of_their_mean():
    """Monte Carlo: n frames of gain g and read noise r averaged, against g and r of the header."""
    rng = np.random.default_rng(3)
    sky, n = 40.0, 9
    frames = (rng.poisson(sky, (n, 40_000)) + rng.normal(0, 6.0, (n, 40_000))) / 2.0
    found = filled(IRAF)
    predicted = np.sqrt(sky / 2 * found.gain + found.read_noise**2) / found.gain
    assert frames.mean(axis=0).std() == pytest.approx(predicted, rel=0.02)


def test_read_noise_in_adu_is_brought_to_electrons():
    found = filled({"GAIN": 2.0, "RDNOISE": 3.0}, RDNOISE="[ADU] of the amplifier")
    assert found.read_noise == 6.0
    assert "in ADU" in found.sources["read_noise"]
    assert filled({"RDNOISE": 3.0}, RDNOISE="ADU").read_noise is None


@pytest.mark.parametrize(
    ("meta", "unit", "level"),
    [
        ({"SATURATE": 65_000.0}, u.adu, 65_000.0),
        ({"SATURATE": 65_000.0, "ZEROCOR": "Jan 3 with zero", "OVSCMEAN": 1200.0}, u.adu, 63_800.0),
        ({"SATURATE": 65_000.0, "BIASSUB": True, "BIASLVL": 1200.0}, u.adu, 63_800.0),
        ({"SATURATE": 65_000.0, "BIASSUB": False, "BIASLVL": 1200.0}, u.adu, 65_000.0),
        ({"SATURATE": 65_000.0, "BLEVCORR": "OMIT", "BIASLVL": 1200.0}, u.adu, 65_000.0),
        ({"SATURATE": 65_000.0, "PEDESTAL": 100}, u.adu, 64_900.0),
        ({"SATURATE": 65_000.0, "PEDESTAL": -100}, u.adu, 65_100.0),
        ({"SATURATE": 65_000.0, "EXPTIME": 10.0}, u.adu / u.s, 6500.0),
        ({"SATURATE": 65_000.0, "PROGRAM": "Siril", "BITPIX": -32}, None, None),
        ({"SATURATE": 65_000.0}, u.mJy, None),
        ({"SATURATA": 42_059.0, "SATURATB": 42_605.0}, u.adu, 42_059.0),
    ],
)
def test_saturation_is_in_the_scale_of_the_pixels(meta, unit, level):
    assert filled(meta, unit).saturation == level


def test_saturation_of_adu_in_an_image_of_electrons_goes_by_the_gain():
    found = filled({"SATURATE": 60_000.0, "GAIN": 1.5}, u.electron, SATURATE="[ADU]")
    assert found.saturation == 90_000.0
    assert "does not say" in filled({"SATURATE": 60_000.0}, u.electron).sources["saturation"]


def test_a_bias_whose_level_is_not_told_is_a_doubt():
    found = filled({"SATURATE": 65_000.0, "ZEROCOR": "Zero correction done"})
    assert found.saturation == 65_000.0
    assert "lower by its level" in found.sources["saturation"]


@pytest.mark.parametrize(
    ("cards", "program"),
    [
        *(
            ({"SWCREATE": f"{name} 3.1"}, name)
            for name in ("APT", "INDI", "PRISM", "Voyager", "SGP", "ASIStudio")
        ),
        ({"CREATOR": "SGPro"}, "SGP"),
        ({"SOFTWARE": "Astro Photography Tool v.4"}, "Astro Photography Tool"),
        ({"PROGRAM": "TheSkyX Version 10.5"}, "TheSky"),
        ({"ORIGIN": "KStars/Ekos"}, "Ekos"),
        ({"HISTORY": "begun\nwritten by FireCapture v2.7"}, "FireCapture"),
        ({"HISTORY": "SharpCap 4.1 live stack"}, "SharpCap"),
        ({"HISTORY": "StarNet, then DeepSkyStacker 5.1"}, "DeepSkyStacker"),
        ({"ORIGIN": "INDIANA UNIVERSITY"}, ""),
        ({"ORIGIN": "Captain's log"}, ""),
        ({"SOFTWARE": "sgpipe 2"}, ""),
        ({"HISTORY": "objective prism spectra of a dwarf galaxy, voyager archive, indi"}, ""),
    ],
)
def test_who_wrote_the_file_is_told_by_words_not_by_letters(cards, program):
    assert capture_program(Cards(cards)) == program


def test_pixels_that_were_rescaled_have_no_gain_wherever_the_program_is_named():
    for cards in ({"HISTORY": "Siril 1.2: stack"}, {"CREATOR": "PixInsight 1.8"}, {"HISTORY": "x\nASTAP"}):
        assert filled({"GAIN": 1.5, "BITPIX": -32, **cards}, None).gain is None
        assert filled({"GAIN": 1.5, "BITPIX": -32}, None).gain == 1.5
