"""Neighbours kept out of a background."""

import numpy as np
import pytest

from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.measurement import Flag, Recipe, measure
from imviz.science.sources.neighbours import source_mask

from ..fields import circle, image, noise, star, value

NEIGHBOURS = ((120, 80), (100, 62), (83, 90), (100, 100), (115, 65))


def crowded(seed=1):
    return noise(seed=seed) + star(100.3, 80.6, 2.0) + sum(star(x, y, 2.0, 5e4) for x, y in NEIGHBOURS)


def background(recipe, seed=1):
    return measure(image(crowded(seed)), circle(r=8.0), recipe)


def test_masking_neighbours_removes_their_bias():
    plain, masked = Recipe(background=Annulus(14, 10)), Recipe(background=Annulus(14, 10), mask_sources=3.0)
    biased = np.mean([value(background(plain, seed).values["background"]) for seed in range(20)])
    found = np.mean([value(background(masked, seed).values["background"]) for seed in range(20)])
    assert biased - 100 > 1.5
    assert found == pytest.approx(100, abs=0.75)  # 0.15 of the noise: the wings beyond the margin


def test_a_masked_neighbour_is_no_flaw_but_is_told():
    m = background(Recipe(background=Annulus(14, 10), mask_sources=3.0))
    assert m.values["background_method"] == "annulus, median, sources masked"
    assert not m.values["flags"] & Flag.BACKGROUND_INCOMPLETE


def test_without_neighbours_masking_changes_nothing():
    img, ring = image(noise()), Annulus(14, 10)
    plain, masked = (measure(img, circle(), Recipe(background=ring, mask_sources=s)) for s in (None, 5.0))
    assert plain.background.value == masked.background.value
    assert plain.background.n_pixels == masked.background.n_pixels


def test_the_threshold_survives_in_the_recipe():
    recipe = Recipe(background=Annulus(14, 10), mask_sources=2.5)
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_a_cosmic_ray_is_no_source():
    data = noise()
    data[50, 60] = 1e5
    assert not source_mask(data, np.ones(data.shape, dtype=bool)).any()


def test_without_usable_pixels_there_is_no_source():
    assert not source_mask(noise(), np.zeros((180, 200), dtype=bool)).any()


def profiled(kind, fwhm, peak, seed):
    """Five neighbours on a sky of 100 with noise of 1, about a place at (100, 80)."""
    y, x = np.mgrid[:180, :200]
    data = noise(seed=seed, std=1.0)
    for x0, y0 in ((120, 80), (100, 60), (81, 92), (101, 102), (116, 64)):
        squared = (x - x0) ** 2 + (y - y0) ** 2
        if kind == "Gaussian":
            data += peak * np.exp(-4 * np.log(2) * squared / fwhm**2)
        else:
            data += peak * (1 + 4 * (2 ** (1 / 2.5) - 1) * squared / fwhm**2) ** -2.5
    return data


@pytest.mark.parametrize("estimator", ["median", "mean"])
@pytest.mark.parametrize(
    ("kind", "fwhm", "peak"),
    [
        *(("Gaussian", fwhm, peak) for fwhm in (3, 6) for peak in (8, 30, 300, 3000)),
        *(("Moffat", 3, peak) for peak in (8, 30, 300)),
    ],
)
def test_what_is_left_of_neighbours_is_below_three_tenths_of_the_noise(kind, fwhm, peak, estimator):
    recipe = Recipe(background=Annulus(14, 12), background_estimator=estimator, mask_sources=5.0)
    found = [
        measure(
            image(profiled(kind, fwhm, peak, seed)), circle(100.3, 80.6, 8), recipe, quick=True
        ).background
        for seed in range(6)
    ]
    assert np.mean([sky.value for sky in found]) == pytest.approx(100, abs=0.15)
    assert max(abs(sky.value - 100) for sky in found) < 0.3
    assert min(sky.n_pixels for sky in found) > 100
