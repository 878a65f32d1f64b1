"""The error that was used against the sky's own scatter: told, flagged, scaled where asked for."""

import json

import astropy.units as u
import numpy as np
import pytest
from astropy.nddata import InverseVariance, NDData, StdDevUncertainty, VarianceUncertainty

from imviz.science.bulk.rows import measure_rows
from imviz.science.calibration.magnitudes import limit_of
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.measurement import Flag, Recipe, decode_flags, measure, measure_many

from ..fields import circle, star, value

GAIN, READ_NOISE, SKY = 1.5, 4.0, 300.0
RING = Annulus(8, 6)
GRID = [circle(x + 0.3, y - 0.2, 5.0) for x in range(20, 280, 32) for y in range(20, 280, 32)]


def exposure(seed=1, shape=(300, 300), stars=0.0):
    """Counts of a detector: photons of sky and stars, read noise."""
    rng = np.random.default_rng(seed)
    return (rng.poisson((SKY + stars) * GAIN, shape) + rng.normal(0, READ_NOISE, shape)) / GAIN


def recipe(**options):
    return Recipe(background=RING, gain=GAIN, read_noise=READ_NOISE, **options)


def test_an_error_that_the_sky_confirms_is_not_doubted():
    flags = measure_many(NDData(exposure()), GRID, recipe()).flags
    assert not (flags & Flag.ERROR_DISAGREES).any()
    assert measure(NDData(exposure()), GRID[0], recipe()).sky_check == ""


def test_a_subtracted_sky_is_told_flagged_and_made_good():
    m = measure(NDData(exposure() - SKY), GRID[9], recipe())
    true, told = np.hypot(np.sqrt(SKY / GAIN), READ_NOISE / GAIN), READ_NOISE / GAIN
    assert m.values["flags"] & Flag.ERROR_DISAGREES
    assert (
        f"scatters {true / told:.1g}" in m.sky_check
        or "times more than gain and read noise say" in m.sky_check
    )
    assert m.sky_check.endswith("Was sky subtracted from this image?")
    assert any("scatter" in sentence for sentence in decode_flags(m.values["flags"]))
    scaled = measure(NDData(exposure() - SKY), GRID[9], recipe(scale_errors=True))
    whole = measure(NDData(exposure()), GRID[9], recipe())
    assert value(scaled.values["sum_err"]) == pytest.approx(value(whole.values["sum_err"]), rel=0.1)
    assert not scaled.values["flags"] & Flag.ERROR_DISAGREES
    assert scaled.error_source == "ccd, scaled to the sky"
    assert json.loads(scaled.values["recipe"])["scale_errors"] is True
    assert Recipe.from_json(scaled.values["recipe"]) == scaled.recipe


def test_pulls_on_a_sky_subtracted_frame_are_1_once_scaled():
    stars = sum(star(r.center.x, r.center.y, 1.5, 4000.0, (300, 300)) for r in GRID)
    truth = measure_many(NDData(stars), GRID, Recipe(background=RING)).sum
    pulls = {True: [], None: []}
    for seed in range(8):
        img = NDData(exposure(seed, stars=stars) - SKY)
        for scale, found in pulls.items():
            m = measure_many(img, GRID, recipe(scale_errors=scale))
            found.append((m.sum - truth) / m.sum_err)
    assert np.std(pulls[None]) > 1.5
    assert np.std(pulls[True]) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("wrong", [0.5, 1.4])
@pytest.mark.parametrize("kind", [StdDevUncertainty, VarianceUncertainty, InverseVariance])
def test_an_uncertainty_of_any_kind_that_is_off_is_told_and_scaled(kind, wrong):
    data = np.random.default_rng(2).normal(10.0, 3.0, (300, 300))
    power = {StdDevUncertainty: 1, VarianceUncertainty: 2, InverseVariance: -2}[kind]
    img = NDData(data, uncertainty=kind(np.full(data.shape, (3.0 / wrong) ** power)), unit=u.Jy)
    m = measure(img, GRID[9], Recipe(background=RING))
    assert m.values["flags"] & Flag.ERROR_DISAGREES
    assert ("too small" in m.sky_check) == (wrong > 1)
    assert "the image's uncertainty says" in m.sky_check
    many = measure_many(img, GRID, Recipe(background=RING, scale_errors=True))
    assert np.std(many.sum / many.sum_err) == pytest.approx(1.0, abs=0.3)
    right = NDData(data, uncertainty=StdDevUncertainty(np.full(data.shape, 3.0)), unit=u.Jy)
    assert not measure(right, GRID[9], Recipe(background=RING)).values["flags"]


def test_a_wrong_gain_is_scaled_as_a_whole():
    m = measure(NDData(exposure()), GRID[9], Recipe(background=RING, gain=30.0, scale_errors=True))
    true = measure(NDData(exposure()), GRID[9], recipe())
    assert value(m.values["sum_err"]) == pytest.approx(value(true.values["sum_err"]), rel=0.1)
    assert (
        "is the gain another"
        in measure(NDData(exposure()), GRID[9], Recipe(background=RING, gain=30.0)).sky_check
    )


@pytest.mark.parametrize("options", [{}, {"gain": 1.5}, {"background": 3.0, "gain": 1.5}])
def test_nothing_is_checked_without_a_sky_or_by_its_own_scatter(options):
    m = measure(NDData(exposure()), GRID[9], Recipe(**{"background": RING, **options}, scale_errors=True))
    assert not m.values["flags"] & Flag.ERROR_DISAGREES


@pytest.mark.parametrize("scale", [None, True])
@pytest.mark.parametrize("with_uncertainty", [False, True])
@pytest.mark.parametrize("clip", [None, 2.5])
@pytest.mark.parametrize("whole", [False, True])
def test_many_at_once_are_the_same(scale, with_uncertainty, clip, whole):
    data = exposure() - SKY
    data = np.rint(data / 10) if whole else data
    uncertainty = StdDevUncertainty(np.full(data.shape, 2.0)) if with_uncertainty else None
    img, options = NDData(data, uncertainty=uncertainty), recipe(scale_errors=scale, sigma_clip=clip)
    rows = measure_rows(img, GRID[:12], options)
    for n, region in enumerate(GRID[:12]):
        one = measure(img, region, options).values
        for name in ("sum", "sum_err", "background", "background_err", "background_std"):
            assert rows.columns[name][n] == pytest.approx(one[name], rel=1e-12), name
        assert rows.columns["flags"][n] == one["flags"]
        assert json.loads(rows.columns["recipe"][n]) == json.loads(one["recipe"])


def test_a_sum_that_is_not_positive_says_so():
    m = measure(NDData(np.full((60, 60), -1.0)), circle(30, 30, 5), Recipe(zero_point=25.0))
    assert m.values["flags"] == Flag.NOT_POSITIVE
    assert "no magnitude" in m.flags[0]


@pytest.mark.parametrize(
    ("total", "words"),
    [
        (-200.0, "Nothing is detected"),
        (100.0, "Nothing is detected"),
        (350.0, "The source is hardly"),
    ],
)
def test_a_faint_source_has_an_upper_limit_in_words(total, words):
    data = np.full((60, 60), 10.0)
    data[30, 30] += total
    img = NDData(data, unit=u.ct, uncertainty=StdDevUncertainty(np.full(data.shape, 10.0)))
    m = measure(img, circle(30, 30, 5), Recipe(background=10.0, zero_point=25.0))
    err = 10 * np.sqrt(np.sum(m.patch.weights**2))
    limit = limit_of(m)
    assert limit.sum == pytest.approx(max(total, 0) + 3 * err)
    assert limit.magnitude == pytest.approx(25 - 2.5 * np.log10(limit.sum))
    sentence = limit.in_words()
    assert sentence.startswith(words)
    assert f"S/N {total / err:.1f}" in sentence
    assert sentence.endswith(f"fainter than {limit.magnitude:.2f} mag (AB).")


def test_a_bright_source_and_one_without_error_have_none():
    img = NDData(exposure() + star(150, 150, 2.0, 1e6, (300, 300)))
    assert limit_of(measure(img, circle(150, 150, 5), recipe())) is None
    assert limit_of(measure(img, circle(50, 150, 5), Recipe(background=SKY))) is None


def test_a_limit_follows_the_flux_scaling_where_there_is_no_zero_point():
    img = NDData(np.full((60, 60), -0.1), unit=u.Jy, uncertainty=StdDevUncertainty(np.ones((60, 60))))
    limit = limit_of(measure(img, circle(30, 30, 5), Recipe(flux_scaling=3631 * u.Jy)))
    assert limit.magnitude == pytest.approx((limit.sum * u.Jy).to_value(u.ABmag), abs=1e-3)
