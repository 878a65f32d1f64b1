"""The paragraph for a paper: each option that had an effect by name, and nothing that was not done."""

import json

import astropy.units as u
import numpy as np
import pytest
from astropy.nddata import NDData, StdDevUncertainty
from regions import CircleAnnulusPixelRegion, CirclePixelRegion, EllipsePixelRegion, PixCoord

from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.photometry.provenance import VERSIONED, versions
from imviz.science.results.methods import methods_paragraph

DATA = np.random.default_rng(1).normal(100, 5, (120, 130))
CIRCLE = CirclePixelRegion(PixCoord(60.3, 55.1), 11.2)
RING = Annulus(20, 10)
WORDS = {
    "annulus": ("Annulus", {"background": RING}, "annulus of 20 to 30 pixels"),
    "clipping": ("clip", {"background": RING, "sigma_clip": 2.5}, "clipped at 2.5 sigma"),
    "estimator": ("Bertin", {"background": RING, "background_estimator": "sextractor"}, "SExtractor"),
    "a plane": ("plane", {"background": RING, "background_estimator": "plane"}, "a plane fitted"),
    "neighbours": ("Neighbours", {"background": RING, "mask_sources": 5.0}, "segmentation at 5 sigma"),
    "a value": ("per pixel was subtracted", {"background": 90.0}, "A background of 90.0 per pixel"),
    "another region": ("beside", {"background": CirclePixelRegion(PixCoord(20, 20), 8)}, "radius 8 pixels"),
    "gain": ("CCD equation", {"gain": 2.5}, "gain 2.5"),
    "read noise": ("read noise", {"gain": 2.5, "read_noise": 3.0}, "read noise 3 electrons"),
    "dark": ("already subtracted", {"gain": 2.5, "dark": 7.0}, "7 electrons already subtracted"),
    "digitization": ("digitisation", {"gain": 2.5, "digitization": 1.0}, "digitisation step of 1"),
    "saturation": ("saturated", {"saturation": 5e4}, "Pixels at 50000 or more count as saturated"),
    "counts": ("conversion factor", {"counts_factor": 2.0}, "conversion factor of 2 per count"),
    "flux scaling": ("flux scaling", {"flux_scaling": 3.0}, "flux scaling of 3"),
    "zero point": ("zero point", {"zero_point": 25.0}, "zero point of 25 mag"),
    "centroid": ("moved onto its source", {"recentred": "windowed"}, "windowed centroid"),
    "distortion": ("distortion", {"follow_distortion": True}, "through the whole WCS"),
}


def told(image=None, region=CIRCLE, **recipe):
    image = NDData(DATA, unit=u.ct) if image is None else image
    return methods_paragraph(measure(image, region, Recipe(**recipe)).values)


@pytest.mark.parametrize("option", WORDS)
def test_an_option_is_named_where_it_had_an_effect_and_nowhere_else(option):
    word, recipe, sentence = WORDS[option]
    assert sentence in told(**recipe)
    assert word not in told()


def test_nothing_that_was_not_done_is_named():
    assert "No background was subtracted." in told()
    assert "No errors were estimated." in told()
    for word in (
        "magnitude",
        "zero point",
        "centroid",
        "masked",
        "left out",
        "steradian",
        "NaN",
        "off the image",
    ):
        assert word not in told(), word


def test_pixels_that_were_left_out_are_counted():
    data = DATA.copy()
    data[55, 60] = np.nan
    mask = np.zeros(DATA.shape, dtype=bool)
    mask[50, 60] = mask[51, 60] = True
    text = told(NDData(data, unit=u.ct, mask=mask))
    assert "1 NaN or infinite pixel " in text
    assert "2 masked pixels " in text
    assert "off the image" in told(region=CirclePixelRegion(PixCoord(3, 55), 11))


def test_steradians_and_the_image_s_errors_are_named():
    image = NDData(DATA, unit=u.MJy / u.sr, uncertainty=StdDevUncertainty(np.full(DATA.shape, 5.0)))
    text = told(image, pixel_area=0.04)
    assert "solid angle" in text
    assert "the image's own uncertainties" in text
    assert "CCD equation" not in text


@pytest.mark.parametrize(
    ("region", "words"),
    [
        (EllipsePixelRegion(PixCoord(60, 55), 30, 14, 30 * u.deg), "elliptical aperture of 30 by 14 pixels"),
        (CircleAnnulusPixelRegion(PixCoord(60, 55), 4, 9), "circular annulus of 4 to 9 pixels"),
    ],
)
def test_the_aperture_has_its_size(region, words):
    assert words in told(region=region)


def test_the_versions_are_those_that_the_row_was_measured_with():
    row = dict(measure(NDData(DATA), CIRCLE).values)
    for name in VERSIONED:
        assert f"{name} {versions()[name]}" in methods_paragraph(row)
    row["recipe"] = row["recipe"].replace(f'"photutils":"{versions()["photutils"]}"', '"photutils":"2.9"')
    assert "photutils 2.9" in methods_paragraph(row)
    notes = json.loads(row["recipe"])
    del notes["made_of"]
    row["recipe"] = json.dumps(notes)  # of an earlier imviz, which did not say
    assert "photutils (Bradley" in methods_paragraph(row)
