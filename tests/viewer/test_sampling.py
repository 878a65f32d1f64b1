from __future__ import annotations

import numpy as np
import pytest
from astropy.wcs.utils import pixel_to_pixel
from viewer.conftest import tangent

from imviz.viewer.sampling import nearest, positions


@pytest.mark.parametrize("scale", [0.2, 5, 60])
@pytest.mark.parametrize("shape", [(600, 800), (1, 7), (33, 1)])
def test_a_position_is_within_a_tenth_of_a_pixel_of_the_exact_one(scale, shape):
    here, there = tangent(500, 400, scale=scale), tangent(300, 350, scale=scale / 1.3, angle=33)
    asked = []

    def transform(x, y):
        asked.append(x.size)
        return pixel_to_pixel(here, there, x, y)

    x, y = positions((-100, 900, shape[0]), (-200, 1200, shape[1]), transform)
    exact_x, exact_y = pixel_to_pixel(
        here, there, *np.meshgrid(np.linspace(-200, 1200, shape[1]), np.linspace(-100, 900, shape[0]))
    )
    assert np.hypot(x - exact_x, y - exact_y).max() < 0.1
    assert sum(asked) < max(x.size / 4, 200)


def test_a_strong_distortion_makes_the_mesh_finer():
    def transform(x, y):
        return x + 3 * np.sin(x / 7), y

    x, _ = positions((0, 99, 100), (0, 99, 100), transform)
    grid = np.arange(100.0)
    assert np.abs(x - (grid + 3 * np.sin(grid / 7))).max() < 0.11


def test_the_nearest_pixel_and_nothing_outside():
    values = np.arange(6.0).reshape(2, 3)
    x = np.array([[-0.5, 0.5, 2.4, 2.5, np.nan]])
    assert nearest(values, x, np.zeros_like(x)).tolist()[0][:3] == [0, 1, 2]
    assert np.isnan(nearest(values, x, np.zeros_like(x))[0, 3:]).all()
