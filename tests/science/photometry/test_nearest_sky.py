"""The ring of sky that is the default, and what is taken where there is none."""

import numpy as np
import pytest
from astropy.nddata import NDData

from imviz.errors import InputError
from imviz.science.bulk.rows import measure_rows
from imviz.science.photometry.annuli import Annulus, annulus_region
from imviz.science.photometry.apertures import area_of
from imviz.science.photometry.measurement import Flag, Recipe, measure
from imviz.science.photometry.nearest_sky import (
    FEWEST,
    default_annulus,
    default_inner_radius,
    default_width,
    sky_for,
)
from imviz.science.results.methods import methods_paragraph
from imviz.science.results.reports import warning

from ..fields import circle, ellipse, image, noise, polygon, rectangle, verify_row

RECIPE = Recipe(background=Annulus(8.0, 10.0), sigma_clip=3.0)


@pytest.mark.parametrize(
    ("aperture", "inner", "width"),
    [
        (circle(r=2), 5, 10),  # a gap of 3 pixels at least
        (circle(r=12), 18, 12),
        (circle(r=400), 450, 50),  # and of 50 at most
        (ellipse(), 22.5, 15),
        (rectangle(width=8, height=20), 15, 10),
    ],
)
def test_the_ring_s_size_follows_the_aperture(aperture, inner, width):
    assert (default_inner_radius(aperture), default_width(aperture)) == (inner, width)
    assert default_annulus(aperture) == Annulus(inner, width)
    assert default_annulus(aperture, 99.0) == Annulus(99.0, width)
    assert default_annulus(aperture, width=3.0) == Annulus(inner, 3.0)


@pytest.mark.parametrize("radius", [1, 3, 10, 25, 50])
def test_the_ring_has_four_times_the_aperture_s_pixels(radius):
    ring = default_annulus(circle(r=radius))
    assert (
        area_of(annulus_region(circle(r=radius), ring.inner_radius, ring.width)) >= 3.99 * np.pi * radius**2
    )


def test_the_gap_keeps_a_star_s_wings_out_of_the_sky():
    """Of a Moffat of β = 2.5 in an aperture of radius 2 FWHM: 0.33 % goes with the sky, by the formula."""
    fwhm, beta = 6.0, 2.5
    alpha = fwhm / (2 * np.sqrt(2 ** (1 / beta) - 1))
    y, x = np.mgrid[:201, :201] - 100.0
    data = (1 + (x**2 + y**2) / alpha**2) ** -beta
    aperture = circle(100, 100, 2 * fwhm)
    raw = measure(image(data), aperture, Recipe()).values["sum"]
    less = measure(image(data), aperture, Recipe(background=default_annulus(aperture))).values["sum"]
    assert 1 - less / raw == pytest.approx(0.0033, abs=0.0003)


def test_a_complete_ring_is_what_was_asked_for():
    found = sky_for(image(noise()), circle(), RECIPE)
    assert not found.fallback
    assert found.method == "annulus, median, 3 sigma clipped"


HOLE = noise()  # around a source, whose own pixels are there
RADIUS = np.hypot(*(np.mgrid[:180, :200] - np.array([90, 100])[:, None, None]))
HOLE[(RADIUS > 6) & (RADIUS < 40)] = np.nan
PLANE = Recipe(background=Annulus(8.0, 10.0), background_estimator="plane")
FAR = Recipe(background=Annulus(30.0, 9.0))
SQUARE = polygon((2, 2), (16, 2), (16, 16), (2, 16))
MASKED = NDData(noise(), mask=RADIUS > 4)
TINY = NDData(np.full((5, 5), 3.0))


@pytest.mark.parametrize(
    ("data", "region", "recipe"),
    [
        (image(HOLE), circle(100, 90, 5), RECIPE),  # the ring, and more, is not there
        (image(noise()), circle(100, 90, 5), Recipe(background=Annulus(900.0, 5.0))),  # typed, off the image
        (NDData(noise()[:13, :13]), circle(6, 6, 5), RECIPE),  # only the image's corners
        (NDData(noise()[:20, :20]), SQUARE, FAR),
        (image(HOLE), circle(100, 90, 5), PLANE),
    ],
)
def test_without_a_usable_ring_the_nearest_sky_is_taken_and_said(data, region, recipe):
    found = sky_for(data, region, recipe)
    assert found.fallback
    assert found.n_pixels >= 1
    assert found.value == pytest.approx(100, abs=5)
    assert found.method.startswith("nearest sky, ")
    m = measure(data, region, recipe)
    assert Flag(m.values["flags"]) & Flag.BACKGROUND_FALLBACK
    assert "few usable pixels; instead of it was taken the nearest sky" in warning(m.values)
    assert verify_row(dict(m.values), lambda _: data).same
    assert "the background of the nearest sky" in methods_paragraph(m.values)


@pytest.mark.parametrize(
    ("data", "region"), [(MASKED, circle(100, 90, 5)), (TINY, circle(2, 2, 6)), (TINY, circle(2, 2, 3))]
)
def test_without_any_sky_nothing_is_subtracted_and_said(data, region):
    m = measure(data, region, RECIPE)
    assert m.values["background"] == 0
    assert m.values["background_method"] == "none"
    assert Flag(m.values["flags"]) & Flag.BACKGROUND_FALLBACK
    assert "nothing was subtracted" in warning(m.values)
    assert "no background was subtracted" in methods_paragraph(m.values)


def test_a_few_pixels_of_an_incomplete_ring_are_too_few():
    """The scatter, and so the error, of a median of one or two pixels would be 0."""
    data = np.full((100, 100), np.nan)
    data[45:56, 45:56] = 100.0
    data[50, 60:64] = 300.0  # four pixels of the ring
    data[50, 70:95] = 101.0
    found = sky_for(NDData(data), circle(50, 50, 5), RECIPE)
    assert found.fallback
    assert found.n_pixels >= FEWEST


@pytest.mark.parametrize("estimator", ["median", "biweight"])  # in arrays, and one by one
def test_many_at_once_fall_back_as_one_alone(estimator):
    recipe = Recipe(background=Annulus(8.0, 10.0), background_estimator=estimator)
    regions = [circle(170, 90, 5), circle(100, 90, 5), circle(138.5, 90, 5), circle(20, 20, 5)]
    many = measure_rows(image(HOLE), regions, recipe)
    ones = [measure(image(HOLE), region, recipe).values for region in regions]
    assert many.columns["background_method"] == [one["background_method"] for one in ones]
    assert many.columns["flags"].tolist() == [one["flags"] for one in ones]
    np.testing.assert_allclose(many.columns["background"], [one["background"] for one in ones], rtol=1e-12)


def test_other_backgrounds_without_a_pixel_stay_errors():
    with pytest.raises(InputError, match="lies off the image"):
        sky_for(image(noise()), circle(), Recipe(background=circle(500, 500, 3)))
    with pytest.raises(InputError, match="must be above 0"):
        sky_for(image(noise()), circle(), Recipe(background=Annulus(0.0, 5.0)))
