"""A header's aperture corrections against the frame's own stars: simulated, with photutils' sums as truth."""

import numpy as np
import pytest
from astropy.nddata import NDData
from photutils.aperture import CircularAperture, aperture_photometry

from imviz.errors import InputError
from imviz.science.calibration.zero_points import ZTF_APERTURES
from imviz.science.sources.aperture_corrections import (
    compared,
    measured_corrections,
    published_corrections,
)

SHAPE = 420, 460


def moffat(x0, y0, shape=SHAPE, alpha=1.6, beta=3.0):
    y, x = np.mgrid[: shape[0], : shape[1]]
    return (beta - 1) / np.pi / alpha**2 * (1 + ((x - x0) ** 2 + (y - y0) ** 2) / alpha**2) ** -beta


def truth():
    """Steps to the largest aperture of many stars without noise, at places all over the pixel."""
    rng = np.random.default_rng(1)
    steps = []
    for dx, dy in rng.uniform(-0.5, 0.5, (40, 2)):
        star = moffat(40 + dx, 40 + dy, (81, 81))
        sums = [
            aperture_photometry(star, CircularAperture((40 + dx, 40 + dy), size / 2))["aperture_sum"][0]
            for size in ZTF_APERTURES
        ]
        steps.append(2.5 * np.log10(np.array(sums) / sums[-1]))
    return np.median(steps, axis=0)


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(5)
    image = np.full(SHAPE, 200.0)
    for x in range(40, 430, 45):
        for y in range(40, 390, 45):
            image += rng.uniform(3e4, 2e5) * moffat(x + rng.uniform(-3, 3), y + rng.uniform(-3, 3))
    return NDData(rng.poisson(image * 6.2) / 6.2)


def cards(steps, whole=-0.02):
    return {f"APCOR{n}": float(step) + whole for n, step in enumerate(steps, 1)}


def test_they_are_what_a_frame_without_noise_has(frame):
    found = measured_corrections(frame, ZTF_APERTURES)
    np.testing.assert_allclose([one.value for one in found], truth(), atol=0.01)
    assert found[0].value < found[1].value < found[-1].value == 0
    assert all(0 < one.err < 0.01 for one in found[:-1])
    assert found[0].n >= 40


def test_the_headers_are_compared_in_words(frame):
    steps = truth()
    right = NDData(frame.data, meta={"INSTRUME": "ZTF/MOSAIC", **cards(steps)})
    said = compared(right)
    assert len(said) == len(ZTF_APERTURES)
    assert all("they agree" in one for one in said[:-1])
    assert "-0.020 mag" in said[-1]
    wrong = compared(NDData(frame.data, meta=cards(steps + np.array([0.1, 0, 0, 0, 0, 0]))))
    assert "they differ by +0." in wrong[0]
    assert "they agree" in wrong[1]


def test_what_cannot_be_compared_is_an_error_in_words(frame):
    with pytest.raises(InputError, match="no aperture corrections"):
        compared(frame)
    empty = NDData(np.random.default_rng(0).normal(100, 5, SHAPE), meta=cards(truth()))
    with pytest.raises(InputError, match="bright, isolated stars"):
        compared(empty)


def test_the_headers_go_by_diameter():
    assert published_corrections({"APCOR1": -0.9, "APCOR6": -0.02}) == {2.0: -0.9, 14.0: -0.02}
    assert published_corrections({}) == {}
