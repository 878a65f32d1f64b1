"""Many apertures at once: the numbers of one at a time, and of sep."""

import astropy.units as u
import numpy as np
import pytest
import sep
from astropy.nddata import InverseVariance, StdDevUncertainty
from hypothesis import given, settings
from hypothesis import strategies as st

from imviz.errors import InputError
from imviz.science.bulk.ellipses import Ellipses
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.measurement import Recipe, decode_flags, measure, measure_many

from ..fields import circle, ellipse, image, noise, rectangle, star, value


def field(rng):
    """Noise with a star, and every kind of bad pixel."""
    data = noise() + star(60, 60)
    data[rng.integers(0, 180, 60), rng.integers(0, 200, 60)] = np.nan
    data[rng.integers(0, 180, 60), rng.integers(0, 200, 60)] = 1e6
    return data


def apertures(rng, n=150):
    """Circles and ellipses of all sizes, some over the edge, some on the pixel grid."""
    found = []
    for i in range(n):
        x, y = rng.uniform(-5, 205), rng.uniform(-5, 185)
        if i % 5 == 0:
            x, y = round(x), round(y)
        r = rng.choice([0.3, 1.0, 2.5, 5.0, 7.3, 20.0])
        found.append(
            circle(x, y, r) if i % 2 else ellipse(x, y, 2 * r, r * rng.uniform(0.3, 2), rng.uniform(0, 360))
        )
    return found


def scene(seed, keywords, *, masked):
    """An image with some pixels missing, some too bright, some masked if asked for; and apertures on it."""
    rng = np.random.default_rng(seed)
    mask = rng.random((180, 200)) < 0.01 if masked else None
    return image(field(rng), mask=mask, **keywords), apertures(rng)


SIGMA = np.random.default_rng(3).uniform(4, 6, (180, 200))
SIGMA[50:53] = np.nan
KINDS = {
    "nothing": (Recipe(), {}),
    "saturation and background": (Recipe(background=99.0, saturation=1e5), {}),
    "uncertainty": (Recipe(), {"uncertainty": StdDevUncertainty(SIGMA)}),
    "inverse variance in another unit": (
        Recipe(),
        {"unit": "Jy", "uncertainty": InverseVariance(SIGMA**-2, unit=u.mJy**-2)},
    ),
    "ccd equation": (Recipe(gain=1.5, read_noise=4.0, digitization=1.0, background=90.0), {}),
    "background region": (Recipe(background=circle(150, 40, 20)), {}),
    "annuli of medians, saturated": (Recipe(background=Annulus(22.0, 6.0), saturation=1e5), {}),
    "annuli of means": (
        Recipe(background=Annulus(7.0, 5.0), background_estimator="mean", saturation=1e5),
        {},
    ),
    "annuli of modes": (Recipe(background=Annulus(8.0, 4.0), background_estimator="mode"), {}),
    "annuli clipped, saturated": (Recipe(background=Annulus(22.0, 6.0), sigma_clip=3.0, saturation=1e5), {}),
    "annuli of biweights, clipped": (
        Recipe(background=Annulus(7.0, 5.0), background_estimator="biweight", sigma_clip=2.0),
        {},
    ),
    "annulus, per steradian": (
        Recipe(background=Annulus(22.0, 6.0), pixel_area=0.01, sigma_clip=3.0),
        {"unit": "MJy/sr"},
    ),
}


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_each_number_is_that_of_one_at_a_time(kind, masked):
    recipe, keywords = KINDS[kind]
    img, regions = scene(11, keywords, masked=masked)
    many = measure_many(img, regions, recipe)
    for i, region in enumerate(regions):
        try:
            m = measure(img, region, recipe)
        except InputError:
            assert many.off_image[i]
            continue
        one = m.values
        rounding = 1e-12 * 5.0 * one["sum_aper_area"].value * m.calibration.sum_factor  # sums may cancel
        expected = {
            "sum": value(one["sum"]),
            "sum_err": np.nan if one["sum_err"] is None else value(one["sum_err"]),
            "area": one["sum_aper_area"].value,
            "background": value(one["background"]),
        }
        for name, number in expected.items():
            limit = rounding if name == "sum" else 0.0
            found = getattr(many, name)[i]
            assert found == pytest.approx(number, rel=1e-12, abs=limit, nan_ok=True), (name, region)
        for name in ("xcentroid", "ycentroid"):
            assert getattr(many, name)[i] == pytest.approx(one[name].value, rel=1e-9, nan_ok=True), (
                name,
                region,
            )
        assert many.n_masked[i] == one["n_masked"]
        assert many.flags[i] == one["flags"], (
            decode_flags(many.flags[i]),
            decode_flags(one["flags"]),
            region,
        )


def test_circles_and_ellipses_agree_with_sep_exact():
    rng = np.random.default_rng(4)
    data = noise((300, 320))
    x, y, r = rng.uniform(30, 290, 500), rng.uniform(30, 270, 500), rng.uniform(0.5, 20, 500)
    theirs, _, _ = sep.sum_circle(data, x, y, r, subpix=0)
    many = measure_many(image(data), [circle(*each) for each in zip(x, y, r, strict=True)], Recipe())
    assert many.sum == pytest.approx(theirs, rel=1e-7)
    theirs, _, _ = sep.sum_ellipse(data, x, y, r, r / 2, 0.7, subpix=0)
    regions = [ellipse(*each, 2 * r_, r_, np.degrees(0.7)) for *each, r_ in zip(x, y, r, strict=True)]
    assert measure_many(image(data), regions, Recipe()).sum == pytest.approx(theirs, rel=1e-7)


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.floats(0.05, 30), st.floats(0.05, 30), st.floats(-7, 7))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_the_coverage_of_an_ellipse_adds_up_to_pi_a_b(x, y, a, b, angle):
    one = Ellipses(*(np.array([number]) for number in (x, y, a, b, angle)))
    offsets = np.arange(-33.0, 34.0)[None]
    weights = one.coverage(offsets - x, offsets - y)
    assert weights.sum() == pytest.approx(np.pi * a * b, rel=1e-11)
    assert (weights >= 0).all()
    assert (weights <= 1).all()


def test_an_aperture_off_the_image_does_not_stop_the_others():
    many = measure_many(
        image(np.ones((180, 200))), [circle(), circle(-900, 1e30, 3), circle(50, 50, 2)], Recipe()
    )
    assert many.off_image.tolist() == [False, True, False]
    assert many.sum[[0, 2]] == pytest.approx([np.pi * 144, np.pi * 4])
    assert np.isnan(many.sum[1])
    assert "no usable pixel inside the aperture" in decode_flags(many.flags[1])


def test_the_order_of_the_regions_is_that_of_the_results():
    regions = apertures(np.random.default_rng(2), 60)
    forth, back = (measure_many(image(), order, Recipe()) for order in (regions, regions[::-1]))
    assert np.array_equal(forth.sum, back.sum[::-1], equal_nan=True)


def test_all_types_of_pixels_give_the_same_sums():
    data = np.round(noise() * 8).astype(np.int16)
    expected = measure_many(image(data.astype(float)), [circle()], Recipe()).sum
    for kind in (">f8", ">f4", "<f4", ">i2", "<i4", "<u2"):
        assert measure_many(image(data.astype(kind)), [circle()], Recipe()).sum == expected


def test_the_table_has_units_and_the_columns_of_a_single_row():
    table = measure_many(image(unit="Jy"), [circle(), ellipse()], Recipe()).table()
    assert table["sum"].unit == u.Jy
    assert table["id"].tolist() == [1, 2]
    assert set(table.colnames) <= set(measure(image(unit="Jy"), circle()).row.colnames)


def test_no_region_gives_no_row():
    assert len(measure_many(image(), [], Recipe())) == 0


def test_another_shape_is_refused_by_name():
    with pytest.raises(InputError, match="Region 1 is a RectanglePixelRegion"):
        measure_many(image(), [circle(), rectangle()], Recipe())
