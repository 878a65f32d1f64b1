"""One reading for several cut-outs: the same values, and no more of the disk than the regions need."""

import numpy as np
import pytest
from astropy.nddata import NDData, StdDevUncertainty
from regions import CirclePixelRegion, PixCoord

from imviz.science.photometry.annuli import Annulus, annulus_region
from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.photometry.nearby import nearby
from imviz.science.sources.profiles import curve_of_growth


class OnDisk:
    """An array that can only be sliced and counts how often it is."""

    def __init__(self, values):
        self.values, self.reads = values, 0
        self.shape, self.dtype = values.shape, values.dtype

    def __getitem__(self, key):
        self.reads += 1
        return self.values[key]

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("all of it was read")


@pytest.fixture
def arrays():
    rng = np.random.default_rng(5)
    return rng.normal(50, 3, (80, 90)), rng.uniform(2, 4, (80, 90)), rng.random((80, 90)) < 0.02


@pytest.mark.parametrize("place", [(40, 35), (3, 77), (88.5, 0.2)])
def test_the_row_is_the_same_for_one_reading_of_each_array(arrays, place):
    plain = NDData(arrays[0], uncertainty=StdDevUncertainty(arrays[1]), mask=arrays[2], unit="Jy")
    data, err, mask = (OnDisk(values) for values in arrays)
    uncertainty = StdDevUncertainty(np.zeros(1), copy=False)
    uncertainty.array = err
    image = NDData(data, uncertainty=uncertainty, mask=mask, unit="Jy")
    region, recipe = CirclePixelRegion(PixCoord(*place), 8.3), Recipe(background=Annulus(9, 5))
    here = nearby(image, [region, annulus_region(region, 9, 5)])
    m, one = measure(here, region, recipe), measure(plain, region, recipe)
    growth = curve_of_growth(here, region, m)
    assert (data.reads, err.reads, mask.reads) == (1, 1, 1)
    for name in ("sum", "sum_err", "background", "flags", "pixel_hash", "fwhm", "n_masked"):
        assert repr(m.values[name]) == repr(one.values[name]), name
    np.testing.assert_array_equal(growth.y, curve_of_growth(plain, region, one).y)
    np.testing.assert_array_equal(here.data[2:9, 3:8], arrays[0][2:9, 3:8])  # beyond the window, too


def test_what_is_in_memory_or_off_the_image_stays_as_it_is(arrays):
    image = NDData(arrays[0])
    assert nearby(image, [CirclePixelRegion(PixCoord(40, 35), 8)]) is image
    disk = NDData(OnDisk(arrays[0]))
    assert nearby(disk, [CirclePixelRegion(PixCoord(400, 35), 8)]) is disk
