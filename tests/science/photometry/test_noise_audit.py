"""The noise of whole images against their headers and uncertainties; skies that were subtracted."""

import astropy.units as u
import numpy as np
import pytest
from astropy.nddata import InverseVariance, NDData, StdDevUncertainty

from imviz.science.photometry.measurement import measure_many
from imviz.science.photometry.noise_audit import audit, filled_in
from imviz.science.photometry.plan import Plan

from ..fields import circle, star

GAIN, READ_NOISE, SKY = 1.6, 5.0, 250.0
DETECTOR = {"EGAIN": GAIN, "RDNOISE": READ_NOISE}
GRID = [circle(x + 0.3, y - 0.2, 5.0) for x in range(20, 380, 30) for y in range(20, 380, 30)]


def exposure(seed=1, shape=(400, 400), sky=SKY, stars=0.0):
    rng = np.random.default_rng(seed)
    return (rng.poisson((sky + stars) * GAIN, shape) + rng.normal(0, READ_NOISE, shape)) / GAIN


def image(data, **cards):
    return NDData(data, unit=u.adu, meta={**DETECTOR, **cards})


def test_a_detector_that_is_what_its_header_says_agrees():
    found = audit(image(exposure()))
    assert found.agrees
    assert found.source == "ccd"
    assert found.ratio == pytest.approx(1.0, abs=0.05)
    assert "agree" in found.verdict
    assert audit(image(np.rint(exposure(sky=3.0)))).agrees


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (exposure() - SKY, "Was sky subtracted from this image?"),
        (exposure() * 4, "times more than gain and read noise say"),
        (exposure() / 4, "times less than gain and read noise say"),
    ],
)
def test_one_that_is_not_is_told(data, words):
    found = audit(image(data))
    assert found.agrees is False
    assert words in found.verdict


@pytest.mark.parametrize("wrong", [0.6, 1.0, 1.8])
def test_an_uncertainty_is_checked_as_well(wrong):
    data = np.random.default_rng(2).normal(0, 3.0, (300, 200))
    for uncertainty in (
        StdDevUncertainty(np.full(data.shape, 3 * wrong)),
        InverseVariance(data * 0 + (3 * wrong) ** -2),
    ):
        found = audit(NDData(data, uncertainty=uncertainty))
        assert found.source == "uncertainty"
        assert found.ratio == pytest.approx(1 / wrong, rel=0.05)
        assert found.agrees == (wrong == 1.0)


def test_stars_blank_corners_and_little_images_do_not_spoil_it():
    data = exposure(stars=sum(star(r.center.x, r.center.y, 2.0, 3e4, (400, 400)) for r in GRID[::3]))
    data[:100] = np.nan
    assert audit(image(data)).agrees
    assert audit(image(exposure()[:20, :20])).agrees
    assert audit(image(np.zeros((100, 100)))).agrees is None
    assert "no gain" in audit(NDData(exposure())).verdict
    assert audit(NDData(np.zeros((3, 30, 30)))).agrees is None


def test_only_a_few_cut_outs_are_read():
    class Counting:
        shape, dtype, read = (30_000, 30_000), np.dtype(float), 0

        def __getitem__(self, key):
            rows, columns = key
            size = (rows.stop - rows.start, columns.stop - columns.start)
            self.read += size[0] * size[1]
            return exposure(shape=size)

        def __array__(self, dtype=None, copy=None):
            raise AssertionError("the whole image was read")

    pixels = Counting()
    img = NDData(np.zeros((2, 2)), unit=u.adu, meta=DETECTOR)
    img._data = pixels
    assert audit(img).agrees
    assert pixels.read <= 9 * 48**2


@pytest.mark.parametrize(
    "cards",
    [
        {"SKYLEVEL": SKY},
        {"MDRIZSKY": SKY},
        {"AVSKY": SKY, "SKYSUB": "sky_0031.fits"},
        {"BACKGND": str(SKY)},
        {"SUBSKY": SKY},
        {"SKYSUB": SKY},
        {"BKG": SKY, "BKGSUB": True},
        {"SKYVAL": SKY, "imviz_comments": {"SKYVAL": "sky that was subtracted"}},
    ],
)
def test_a_sky_that_the_header_says_was_subtracted_gives_the_right_error_by_default(cards):
    found = filled_in(image(exposure() - SKY, **cards))
    assert found.dark == pytest.approx(SKY * GAIN)
    assert "subtracted" in found.sources["dark"]
    assert audit(image(exposure() - SKY, **cards)).agrees


@pytest.mark.parametrize(
    ("data", "cards"),
    [
        (exposure(), {"SKYLEVEL": SKY}),
        (exposure(), {"BACKGND": SKY, "BKGSUB": False}),
        (exposure() - SKY, {"SKYLEVEL": SKY * 400}),  # that of a sum of many, or in another unit
        (exposure() - SKY, {"SKYLEVEL": SKY, "EGAIN": 0}),
        (exposure(), {"SKYSUB": "F"}),
    ],
)
def test_one_that_is_in_the_pixels_or_cannot_be_it_adds_nothing(data, cards):
    assert filled_in(image(data, **cards)).dark is None


def test_pulls_on_a_sky_subtracted_frame_are_1_by_default():
    stars = sum(star(r.center.x, r.center.y, 1.5, 3000.0, (400, 400)) for r in GRID)
    pulls = []
    plan = Plan(background=None, annulus=(8.0, 6.0))
    truth = measure_many(
        NDData(stars), GRID[:40], next(plan.carry_out(NDData(stars), "", [("", GRID[0])]))[1].recipe
    )
    for seed in range(5):
        img = image(exposure(seed, stars=stars) - SKY, SKYLEVEL=SKY)
        rows = [m.values for _, m in plan.carry_out(img, "", [("", region) for region in GRID[:40]])]
        pulls += [
            (row["sum"].value - true) / row["sum_err"].value
            for row, true in zip(rows, truth.sum, strict=True)
        ]
    assert np.std(pulls) == pytest.approx(1.0, abs=0.2)
