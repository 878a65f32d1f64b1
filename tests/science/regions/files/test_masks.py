import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from regions import PixCoord, PolygonPixelRegion
from scipy import ndimage

from imviz.errors import InputError
from imviz.science.regions.files import from_labels, from_mask


def inside(region, shape):
    y, x = np.mgrid[: shape[0], : shape[1]]
    return region.contains(PixCoord(x, y))


@given(mask=arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))).filter(np.any))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_the_outline_contains_the_mask_s_pixels_and_no_others(mask):
    assert np.array_equal(inside(from_mask(mask), mask.shape), mask)


def test_a_solid_shape_is_one_polygon_and_its_area_its_pixels():
    y, x = np.mgrid[:40, :50]
    mask = (x - 20) ** 2 + (y - 15) ** 2 < 100
    region = from_mask(mask)
    assert isinstance(region, PolygonPixelRegion)
    assert region.area == pytest.approx(mask.sum())
    weights = region.to_mask(mode="exact").to_image(mask.shape)
    np.testing.assert_allclose(weights, mask, atol=1e-12)


def test_each_label_is_a_region():
    labels, n = ndimage.label(np.random.default_rng(1).random((60, 70)) > 0.6)
    found = from_labels(labels * 3)
    assert len(found) == n
    for value, region in enumerate(found, 1):
        assert np.array_equal(inside(region, labels.shape), labels == value)


def test_what_is_no_mask_is_refused():
    for mask in (np.zeros((3, 3)), np.ones(3)):
        with pytest.raises(InputError, match="2-D"):
            from_mask(mask)
    with pytest.raises(InputError, match="whole numbers"):
        from_labels(np.ones((3, 3)))
    with pytest.raises(InputError, match="no label above 0"):
        from_labels(-np.ones((3, 3), dtype=int))
