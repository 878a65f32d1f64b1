"""The demo field is what it says it is: positions, fluxes, widths, errors, mask, units."""

import numpy as np
import pytest
import sep
from astropy import units as u
from astropy.modeling import fitting, models
from astropy.stats import gaussian_sigma_to_fwhm

from imviz.demo import demo_field, demo_stars, write_demo
from imviz.readers import load


@pytest.fixture(scope="module")
def field():
    return demo_field()


def isolated(field, exposure):
    """The exposure's image, with its isolated star's row."""
    return field[exposure - 1].image, demo_stars(exposure)[0]


def test_two_exposures_with_labels_units_wcs_errors_and_masks(field):
    assert [label for label, _ in field] == ["demo[SCI,1]", "demo-2[SCI,1]"]
    for _, image in field:
        assert image.data.dtype == np.float32
        assert image.unit == u.MJy / u.sr
        assert image.wcs.has_celestial
        assert image.uncertainty.array.shape == image.mask.shape == image.data.shape
        assert np.isnan(image.data).sum() > 20
        assert np.isfinite(image.data[~image.mask]).all()


def test_it_is_the_same_at_every_call(field):
    for (_, first), (_, second) in zip(field, demo_field(), strict=True):
        np.testing.assert_array_equal(first.data, second.data)


def test_the_isolated_star_is_where_it_is_documented():
    star = demo_stars()[0]
    assert (star["x"].value, star["y"].value) == (250.3, 640.8)
    assert star["mag"].value == pytest.approx(22.4)


@pytest.mark.parametrize("exposure", [1, 2])
def test_the_isolated_star_is_at_its_sky_position(field, exposure):
    image, star = isolated(field, exposure)
    x, y = image.wcs.world_to_pixel(star["sky"])
    assert (float(x), float(y)) == pytest.approx((star["x"].value, star["y"].value), abs=1e-6)


def test_both_exposures_show_one_star_at_one_position():
    first, second = demo_stars(1)[0], demo_stars(2)[0]
    assert first["sky"].separation(second["sky"]) < 1e-6 * u.arcsec
    assert first["flux_density"].to_value(u.uJy) == pytest.approx(second["flux_density"].to_value(u.uJy))


@pytest.mark.parametrize("exposure", [1, 2])
def test_a_star_has_its_flux(field, exposure):
    """Sum within three FWHM (9e-12 of the light is outside), sky from around it, against the truth."""
    image, star = isolated(field, exposure)
    centre, reach = (star["x"].value, star["y"].value), 3 * star["fwhm"].value
    pixels, error = (
        np.ascontiguousarray(part, dtype=float) for part in (image.data, image.uncertainty.array)
    )
    (total,), (total_error,), _ = sep.sum_circle(
        pixels, [centre[0]], [centre[1]], reach, err=error, mask=image.mask, subpix=0
    )
    y, x = np.indices(image.data.shape)
    distance = np.hypot(x - centre[0], y - centre[1])
    sky = np.median(image.data[(distance > 1.5 * reach) & (distance < 2.2 * reach) & ~image.mask])
    flux = total - sky * np.pi * reach**2
    assert abs(flux - star["flux"].value) < 4 * total_error
    assert flux == pytest.approx(star["flux"].value, rel=5e-3)


@pytest.mark.parametrize("exposure", [1, 2])
def test_a_radial_gaussian_has_the_stars_width_within_one_percent(field, exposure):
    image, star = isolated(field, exposure)
    y, x = np.indices(image.data.shape)
    r = np.hypot(x - star["x"].value, y - star["y"].value)
    inside = r < 3 * star["fwhm"].value
    sky = np.median(image.data[(r > 30) & (r < 45) & ~image.mask])
    guess = models.Gaussian1D(amplitude=image.data[inside].max(), stddev=2, fixed={"mean": True})
    fit = fitting.TRFLSQFitter()(guess, r[inside], image.data[inside] - sky)
    assert fit.stddev.value * gaussian_sigma_to_fwhm == pytest.approx(star["fwhm"].value, rel=0.01)


def test_errors_are_the_scatter_of_the_pixels(field):
    """Differences of neighbours on blank sky, divided by their error, scatter by one."""
    for _, image in field:
        corner = np.s_[-160:-20, 380:440] if image.data.shape[0] == 900 else np.s_[-60:-10, 330:400]
        data, error = image.data[corner].astype(float), image.uncertainty.array[corner]
        good = ~(image.mask[corner][:, 1:] | image.mask[corner][:, :-1])
        pull = np.diff(data, axis=1) / np.hypot(error[:, 1:], error[:, :-1])
        mad = 1.4826 * np.median(np.abs(pull[good] - np.median(pull[good])))
        assert mad == pytest.approx(1, abs=5 / np.sqrt(2 * good.sum()) + 0.02)


def test_a_pixel_area_turns_the_flux_into_the_stars_magnitude(field):
    image, star = isolated(field, 1)
    flux = star["flux"] * image.meta["PIXAR_SR"] * u.sr
    assert flux.to_value(u.ABmag) == pytest.approx(star["mag"].value, abs=1e-6)
    assert image.meta["primary_header"]["TELESCOP"] == "JWST"


def test_the_written_file_loads_as_the_image_it_was(field, tmp_path):
    for exposure, name in ((1, "demo.fits"), (2, "demo-2.fits")):
        label, image = field[exposure - 1]
        (loaded,) = load(write_demo(tmp_path / name, exposure))
        assert loaded.label == label
        np.testing.assert_array_equal(loaded.image.data, image.data)
        np.testing.assert_array_equal(loaded.image.uncertainty.array, image.uncertainty.array)
        np.testing.assert_array_equal(np.asarray(loaded.image.mask), image.mask)
        assert loaded.image.unit == image.unit
        sky, expected = (i.wcs.pixel_to_world(3, 4) for i in (loaded.image, image))
        assert sky.separation(expected) < 1e-6 * u.arcsec
