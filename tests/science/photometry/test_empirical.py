"""Empty apertures against correlated noise with injected stars."""

import re

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from imviz.errors import InputError
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.empirical import empirical_error
from imviz.science.photometry.measurement import Recipe, measure, measure_many
from imviz.science.sources.neighbours import source_mask

from ..fields import circle, ellipse, image, noise, star, value

SHAPE = (300, 310)
GRID = [(x + 0.2, y - 0.3) for x in range(55, 270, 40) for y in range(50, 260, 40)]
STARS = sum(star(x, y, 1.5, 3e3, SHAPE) for x, y in GRID)
REGIONS = [circle(x, y, 4.0) for x, y in GRID]


def correlated(seed):
    return gaussian_filter(noise(SHAPE, seed, 100.0, 50.0), 1.2)


@pytest.mark.parametrize("background", [100.0, Annulus(8, 4)])
def test_pulls_of_injected_stars_have_a_scatter_of_1(background):
    recipe = Recipe(background=background)
    truth = measure_many(image(STARS), REGIONS, recipe).sum
    if background == 100.0:
        truth = truth + 100.0 * measure_many(image(STARS), REGIONS, recipe).area
    pulls = []
    for seed in range(60):
        img = image(correlated(seed) + STARS)
        error = empirical_error(img, REGIONS[17], recipe).err
        pulls.append((measure_many(img, REGIONS, recipe).sum - truth) / error)
    assert np.std(pulls) == pytest.approx(1.0, abs=0.05)
    assert abs(np.mean(pulls)) < 0.1


def test_on_white_noise_it_is_the_sum_over_independent_pixels():
    img = image(noise(SHAPE, 5, 100.0, 5.0))
    region = ellipse(150.4, 150.1, 12, 7, 30)
    weights = measure(img, region).patch.weights
    found = empirical_error(img, region, Recipe(background=100.0), n_places=400)
    assert found.err == pytest.approx(5 * np.sqrt(np.sum(weights**2)), rel=0.1)


def test_correlated_noise_is_seen_where_independent_pixels_are_blind():
    img = image(correlated(3))
    recipe = Recipe(background=Annulus(12, 6))
    independent = value(measure(img, circle(150, 150, 4.0), recipe).values["sum_err"])
    assert empirical_error(img, circle(150, 150, 4.0), recipe).err > 2 * independent


def test_places_avoid_sources_masks_and_each_other():
    data, mask = correlated(1) + STARS, np.zeros(SHAPE, dtype=bool)
    mask[:, :140] = True
    found = empirical_error(image(data, mask=mask), REGIONS[17], Recipe(background=100.0))
    assert (found.centers[:, 0] - 4 > 139).all()
    apart = np.hypot(*(found.centers[:, None] - found.centers).T) + 1e9 * np.eye(len(found.centers))
    assert apart.min() >= 8
    to_stars = np.hypot(*(found.centers[:, None] - np.array(GRID)).T)
    assert to_stars.min() > 4


def test_the_same_call_gives_the_same_places():
    img = image(correlated(1))
    first, second = (empirical_error(img, circle(150, 150, 4)) for _ in range(2))
    assert first.err == second.err
    assert np.array_equal(first.centers, second.centers)


def test_an_image_without_room_is_refused():
    with pytest.raises(InputError, match="places around the circle"):
        empirical_error(image(noise((40, 40))), circle(20, 20, 10))


def test_sources_are_masked_and_noise_is_not():
    data = noise((180, 200)) + star(60.0, 50.0)
    found = source_mask(data, np.ones(data.shape, dtype=bool))
    y, x = np.nonzero(found)
    assert found[50, 60]
    assert np.hypot(x - 60, y - 50).max() < 22  # its wings are seen, smoothed, to 5 sigmas of the star


def drizzled(seed, std=10.0, n=4):
    """`n` exposures, each a fraction of a pixel off, drizzled onto one grid (pixfrac 1) and averaged."""
    rng = np.random.default_rng(seed)
    total = np.zeros(SHAPE)
    for _ in range(n):
        (x, y), raw = rng.uniform(0, 1, 2), rng.normal(0, std, (SHAPE[0] + 1, SHAPE[1] + 1))
        across = (1 - x) * raw[:, :-1] + x * raw[:, 1:]
        total += (1 - y) * across[:-1] + y * across[1:]
    return total / n


def lanczos(seed, std=10.0):
    """Noise resampled a third of a pixel off with Lanczos' kernel of three lobes, as SWarp does."""
    taps = np.arange(-2, 4) - 0.37
    kernel = np.sinc(taps) * np.sinc(taps / 3)
    kernel /= kernel.sum()
    raw = noise((SHAPE[0] + 5, SHAPE[1] + 5), seed, 0.0, std)
    rows = sum(k * raw[i : i + SHAPE[0]] for i, k in enumerate(kernel))
    return sum(k * rows[:, i : i + SHAPE[1]] for i, k in enumerate(kernel))


def faint(seed, level):
    """Sources that nothing finds, 400 of them, on a tilted sky."""
    rng = np.random.default_rng(seed)
    places = np.zeros(SHAPE)
    places[rng.integers(0, SHAPE[0], 400), rng.integers(0, SHAPE[1], 400)] = rng.exponential(level, 400)
    return gaussian_filter(places, 1.5) + 0.002 * level * np.arange(SHAPE[1])


@pytest.mark.parametrize("kind", [drizzled, lanczos])
@pytest.mark.parametrize("crowded", [False, True])
def test_it_is_true_on_resampled_noise_with_faint_sources_and_a_gradient(kind, crowded):
    recipe = Recipe(background=Annulus(7, 4), sigma_clip=3.0)
    true, told = [], []
    for seed in range(12):
        data = kind(seed) + (faint(seed, 6 * kind(seed).std()) if crowded else 0.0)
        true.append(measure_many(image(data), REGIONS, recipe).sum)
        told.append(empirical_error(image(data), REGIONS[17], recipe).err)
    assert np.mean(told) == pytest.approx(np.std(true), rel=0.1)


@pytest.mark.parametrize("slope", [0.0, 0.3])
@pytest.mark.parametrize("kind", [drizzled, lanczos])
def test_sources_that_are_left_out_are_told_with_what_they_would_make_of_it(kind, slope):
    def field(seed, level):
        rng, data = np.random.default_rng(seed + 1000), kind(seed)
        places = np.zeros(SHAPE)
        places[rng.integers(0, 300, 400), rng.integers(0, 310, 400)] = rng.exponential(
            level * data.std(), 400
        )
        return image(data + gaussian_filter(places, 1.5) + slope * data.std() * np.arange(SHAPE[1]))

    recipe = Recipe(background=Annulus(7, 4), sigma_clip=3.0)
    notes = [empirical_error(field(seed, 6), REGIONS[17], recipe).note for seed in range(6)]
    assert sum("hold sources" in note for note in notes) <= 1
    crowded = [empirical_error(field(seed, 40), REGIONS[17], recipe) for seed in range(6)]
    factors = []
    for found in crowded:
        told = re.search(r"(\d+) of (\d+) places.* scatter ([\d.]+) times", found.note)
        held, everywhere, factor = told.groups()
        assert int(everywhere) - int(held) == found.sums.size
        factors.append(float(factor) * found.err)
    true = np.std([measure_many(field(seed, 40), REGIONS, recipe).sum for seed in range(6)])
    if slope == 0:  # a ring on a slope catches sources, too
        assert np.mean(factors) == pytest.approx(true, rel=0.25)


def test_of_few_places_it_is_unbiased_and_says_how_far_it_is_to_be_trusted():
    free = np.zeros(SHAPE, dtype=bool)
    free[128:173, 128:173] = True  # room for 24 places beside the aperture
    errors = []
    for seed in range(80):
        img = image(noise(SHAPE, seed, 0.0, 5.0), mask=~free)
        found = empirical_error(img, circle(150, 150, 4.0), n_places=12)
        errors.append(found.err)
    assert np.mean(errors) == pytest.approx(5 * np.sqrt(np.pi * 16), rel=0.08)
    assert "only 12 places are empty" in found.note.lower()
    assert found.uncertainty == pytest.approx(np.std(errors) / np.mean(errors), rel=0.35)


def test_noise_that_is_not_the_same_everywhere_is_told():
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    data = noise(SHAPE, 2, 0.0, 1.0) * np.where(np.hypot(x - 150, y - 150) < 35, 1.0, 6.0)
    assert "not the same everywhere" in empirical_error(image(data), circle(150, 150, 4.0)).note
    assert empirical_error(image(correlated(1)), circle(150, 150, 4.0)).note == ""


@pytest.mark.parametrize(
    "data",
    [
        np.zeros(SHAPE),
        np.full(SHAPE, 0.1),  # whose sums differ by rounding
        np.full(SHAPE, -1e30),
        star(150.2, 149.7, 1.5, 3e3, SHAPE) + 100.0,
        np.where(np.arange(SHAPE[1]) < 190, 0.0, noise(SHAPE, 1, 0.0, 1.0)),  # padding about the aperture
    ],
)
@pytest.mark.parametrize("background", [0.0, Annulus(8, 4)])
def test_places_that_are_all_alike_give_an_error_that_says_it_tells_nothing(data, background):
    found = empirical_error(image(data), circle(150, 150, 4.0), Recipe(background=background), n_places=30)
    assert found.err <= 1e-10 * np.abs(data).max()
    assert "all the same" in found.note


def test_real_noise_on_a_high_level_is_not_taken_for_rounding():
    found = empirical_error(image(noise(SHAPE, 1, 1e9, 1.0)), circle(150, 150, 4.0), Recipe(background=1e9))
    assert found.err == pytest.approx(np.sqrt(np.pi * 16), rel=0.25)
    assert "all the same" not in found.note
