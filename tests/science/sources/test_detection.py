"""Sources are found where they are, once each; against the known field and against sep."""

import numpy as np
import pytest
import sep
from astropy import units as u
from astropy.nddata import NDData
from scipy.spatial import cKDTree

from imviz.demo import demo_field, demo_stars
from imviz.errors import InputError
from imviz.science.photometry.apertures import Box
from imviz.science.sources import detection
from imviz.science.sources.detection import METHODS, Finder, detect, detecting

FWHM = 4.0
SIGMA = FWHM / 2.3548


def field(shape, x, y, amplitude, noise=1.0, level=100.0):
    """Gaussian stars sampled at pixel centres on flat noise."""
    rng = np.random.default_rng(3)
    data = rng.normal(level, noise, shape)
    for x0, y0, peak in zip(x, y, amplitude, strict=True):
        rows = slice(max(int(y0) - 15, 0), int(y0) + 16)
        columns = slice(max(int(x0) - 15, 0), int(x0) + 16)
        yy, xx = np.mgrid[rows, columns]
        yy, xx = yy[: shape[0] - rows.start], xx[:, : shape[1] - columns.start]
        data[yy, xx] += peak * np.exp(-((xx - x0) ** 2 + (yy - y0) ** 2) / 2 / SIGMA**2)
    return data


def grid(shape, step=60, seed=5):
    """Stars on a shaken grid: never closer than 30 pixels."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[30 : shape[0] - 30 : step, 30 : shape[1] - 30 : step].reshape(2, -1)
    return x + rng.uniform(-14, 14, x.size), y + rng.uniform(-14, 14, y.size)


@pytest.fixture(scope="module")
def wide():
    """A field of several blocks, and where its stars are."""
    shape = (1200, 2200)
    x, y = grid(shape)
    return NDData(field(shape, x, y, np.full(x.size, 60.0)), unit="Jy"), x, y


@pytest.mark.parametrize("method", METHODS)
def test_each_star_is_found_once_and_nothing_else_over_all_blocks(wide, method):
    image, x, y = wide
    found = detect(image, Finder(method=method, fwhm=FWHM, threshold=6))
    distance, nearest = cKDTree(np.column_stack([x, y])).query(
        np.column_stack([found["xcentroid"].value, found["ycentroid"].value])
    )
    assert sorted(nearest) == list(range(x.size))
    assert np.sqrt(np.mean(distance**2)) < 0.1  # Cramér-Rao for a peak of 60 sigma: 0.02


@pytest.mark.parametrize("method", METHODS)
def test_positions_agree_with_sep_s(method):
    shape = (300, 400)
    x, y = grid(shape)
    data = field(shape, x, y, np.full(x.size, 80.0))
    theirs = sep.extract(data - 100.0, 6.0, filter_kernel=None)
    assert len(theirs) == x.size
    found = detect(NDData(data), Finder(method=method, fwhm=FWHM, threshold=6))
    distance, _ = cKDTree(np.column_stack([theirs["x"], theirs["y"]])).query(
        np.column_stack([found["xcentroid"].value, found["ycentroid"].value])
    )
    assert len(found) == len(theirs)
    assert distance.max() < 0.25


@pytest.mark.parametrize("method", METHODS)
def test_noise_alone_holds_no_source(method):
    image = NDData(np.random.default_rng(8).normal(0, 3.0, (600, 700)))
    # 420 000 pixels, filtered: some 30 000 independent ones; one above 5 sigma is a 1 % event
    assert len(detect(image, Finder(method=method, fwhm=FWHM, threshold=5))) <= 2


def test_two_stars_two_widths_apart_are_two():
    data = field((120, 120), [60, 60 + 2.0 * FWHM], [60, 60], [200, 150])
    for method in METHODS:
        assert len(detect(NDData(data), Finder(method=method, fwhm=FWHM, threshold=10))) == 2


def test_the_demo_s_bright_stars_are_found_at_their_places_on_the_sky():
    _, image = demo_field()[0]
    stars = demo_stars(1)
    bright = stars[stars["mag"].value < 23.5]
    found = detect(image, Finder(fwhm=6.0, threshold=5))
    separation = bright["sky"].match_to_catalog_sky(found["sky_centroid"])[1]
    assert np.mean(separation < 0.031 * u.arcsec) > 0.9  # a pixel; some lie on a galaxy or another star
    assert found["peak"].unit == image.unit


def test_masked_and_missing_pixels_hold_no_source():
    data = field((200, 200), [50, 150], [50, 150], [100, 100])
    mask = np.zeros(data.shape, dtype=bool)
    mask[30:70, 30:70] = True
    data[140:160, 140:160] = np.nan
    for method in METHODS:
        assert len(detect(NDData(data, mask=mask), Finder(method=method, fwhm=FWHM))) == 0


def test_a_part_is_searched_alone():
    data = field((200, 200), [50, 150], [50, 150], [100, 100])
    found = detect(NDData(data), Finder(fwhm=FWHM), within=Box(100, 100, 100, 100))
    assert found["xcentroid"].value == pytest.approx([150], abs=0.1)


def test_the_search_tells_how_far_it_is(wide):
    steps = list(detecting(wide[0], Finder(fwhm=FWHM, threshold=6)))
    assert steps == pytest.approx(np.arange(6) / 6)


def test_only_the_block_s_pixels_are_read(wide):
    class Watched:
        def __init__(self, data):
            self.data, self.shape, self.dtype, self.largest = data, data.shape, data.dtype, 0

        def __getitem__(self, key):
            piece = self.data[key]
            self.largest = max(self.largest, piece.size)
            return piece

    image = NDData(np.zeros((2, 2)))
    image._data = watched = Watched(wide[0].data)
    detect(image, Finder(fwhm=FWHM, threshold=6))
    assert 0 < watched.largest <= (detection.BLOCK + 2 * 32) ** 2


@pytest.mark.parametrize(
    "options",
    [{"method": "eyes"}, {"fwhm": 0}, {"fwhm": np.nan}, {"threshold": -1}, {"n_pixels": 0}, {"fwhm": 1e4}],
)
def test_what_cannot_be_searched_for_is_said(options):
    with pytest.raises(InputError):
        Finder(**options)


def test_a_logarithmic_image_is_refused():
    with pytest.raises(InputError, match="logarithmic"):
        detect(NDData(np.ones((50, 50)), unit=u.mag))
