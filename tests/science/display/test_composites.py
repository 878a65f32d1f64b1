"""Lupton's colour pictures: hue kept at any brightness."""

import numpy as np
import pytest

from imviz.errors import InputError
from imviz.science.display.composites import lupton


def test_each_pixel_has_the_hue_of_its_values():
    rng = np.random.default_rng(3)
    images = rng.uniform(0.5, 30, (3, 20, 30))
    minimum, stretch, q = 0.4, 5.0, 8.0
    picture = lupton(*images, minimum=minimum, stretch=stretch, Q=q)
    assert picture.shape == (20, 30, 3)
    below = (picture.max(axis=-1) > 60) & (picture.max(axis=-1) < 250)
    assert below.sum() > 100
    ratio = picture[below].astype(float) / picture[below].max(axis=-1, keepdims=True)
    truth = np.moveaxis(images - minimum, 0, -1)[below]
    np.testing.assert_allclose(ratio, truth / truth.max(axis=-1, keepdims=True), atol=1.5 / 60)


def test_a_bright_star_keeps_its_colour():
    star = np.zeros((5, 5))
    star[2, 2], star[1, 1] = 1e5, 50.0
    picture = lupton(star, star / 2, star / 4, minimum=0, stretch=10)
    for pixel in (picture[2, 2], picture[1, 1]):
        assert pixel / pixel[0] == pytest.approx([1, 0.5, 0.25], abs=0.02)


def test_pixels_without_value_are_black_and_the_rest_is_as_before():
    image = np.arange(100.0).reshape(10, 10)
    holed = image.copy()
    holed[3, 3] = np.nan
    whole = lupton(image, image, image, minimum=0, stretch=50)
    picture = lupton(holed, holed, holed, minimum=0, stretch=50)
    assert picture[3, 3].tolist() == [0, 0, 0]
    whole[3, 3] = 0
    assert (picture == whole).all()


@pytest.mark.parametrize(
    ("shapes", "options"),
    [(((2, 3), (2, 3), (3, 2)), {}), (((2, 3),) * 3, {"Q": 0}), (((2, 3),) * 3, {"stretch": -1})],
)
def test_images_of_other_shapes_and_senseless_numbers_are_refused(shapes, options):
    with pytest.raises(InputError):
        lupton(*(np.ones(shape) for shape in shapes), **options)
