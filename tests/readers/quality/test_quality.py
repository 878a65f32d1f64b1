"""Which DQ bits make a pixel bad."""

import numpy as np
import pytest

from imviz.readers.quality.missions import flags_of
from imviz.readers.quality.quality import Quality, bad_pixels


@pytest.mark.parametrize(
    ("primary", "header", "values", "bad"),
    [
        ({"TELESCOP": "JWST"}, {}, [0, 1, 2, 3, 4], [0, 1, 0, 1, 0]),
        ({"TELESCOP": "HST", "INSTRUME": "ACS"}, {}, [0, 16, 64, 80, 4, 256, 20], [0, 0, 0, 0, 1, 1, 1]),
        ({"TELESCOP": "HST", "INSTRUME": "WFC3", "DETECTOR": "UVIS"}, {}, [16, 512, 8192], [0, 1, 1]),
        ({"TELESCOP": "HST", "INSTRUME": "WFC3", "DETECTOR": "IR"}, {}, [512, 2048, 8192, 4], [0, 0, 0, 1]),
        ({"TELESCOP": "HST", "INSTRUME": "WFPC2"}, {}, [1024, 512, 8], [0, 1, 1]),
        ({"TELESCOP": "HST", "INSTRUME": "STIS"}, {}, [0, 16, 1024], [0, 1, 1]),
        ({"INSTRUME": "ZTF/MOSAIC"}, {}, [0, 2, 2048, 2050, 1], [0, 0, 0, 0, 1]),
        ({}, {"MP_BAD": 0, "MP_SAT": 1, "MP_DETECTED": 5}, [1, 2, 32, 33], [1, 1, 0, 1]),
        ({}, {}, [0, 1, 1 << 14], [0, 1, 1]),
    ],
)
@pytest.mark.parametrize("dtype", [">i2", ">i4", "<u4"])
def test_by_mission(primary, header, values, bad, dtype):
    values = np.array([values], dtype=dtype)
    quality = Quality(values.shape, lambda: values, flags_of(primary, header))
    assert np.asarray(quality.mask).tolist() == [[bool(b) for b in bad]]
    mask = bad_pixels(values.shape, lambda: values, quality.bits)
    assert np.asarray(mask).tolist() == np.asarray(quality.mask).tolist()
    assert quality.words


def test_the_highest_bit_of_a_signed_word_counts():
    quality = np.array([[-(2**15), 0]], dtype=">i2")
    assert np.asarray(bad_pixels((1, 2), lambda: quality, -1 ^ 64)).tolist() == [[True, False]]


def test_a_mask_is_read_once_and_behaves_like_an_array():
    reads = []

    def read():
        reads.append(1)
        return np.array([[0, 1], [2, 0]])

    mask = bad_pixels((2, 2), read)
    assert (mask.shape, mask.ndim, mask.size, len(mask), mask.dtype) == ((2, 2), 2, 4, 2, bool)
    assert reads == []
    assert mask[0].tolist() == [False, True]
    assert (~np.asarray(mask)).sum() == 2
    assert np.array(mask, copy=True).tolist() == [[False, True], [True, False]]
    assert reads == [1]
