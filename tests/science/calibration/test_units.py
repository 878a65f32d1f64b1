"""What becomes of units and factors: the contract's table, case by case."""

import astropy.units as u
import numpy as np
import pytest
from astropy.nddata import NDData, StdDevUncertainty
from regions import CirclePixelRegion, PixCoord

from imviz.errors import InputError
from imviz.science.bulk.rows import measure_rows
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.measurement import Recipe, measure

from ..fields import circle, image, noise

AREA = 0.0009  # arcsec²
PIXEL_SR = AREA * (np.pi / 180 / 3600) ** 2
RAW = float(np.sum(measure(image(), circle()).values["sum"]))


def values(unit, **options):
    return measure(image(unit=unit), circle(), Recipe(**options)).values


def test_per_steradian_data_with_a_pixel_area_lose_the_steradian():
    row = values("MJy/sr", pixel_area=AREA)
    assert row["sum"].unit == u.MJy
    assert row["sum"].value == pytest.approx(RAW * PIXEL_SR, rel=1e-12)
    assert row["pixarea_tot"].to_value(u.sr) == pytest.approx(PIXEL_SR, rel=1e-12)


def test_per_square_arcsec_data_lose_the_angle_too():
    row = values("mJy/arcsec2", pixel_area=AREA)
    assert row["sum"].unit == u.mJy
    assert row["sum"].value == pytest.approx(RAW * AREA, rel=1e-12)


def test_a_pixel_area_may_be_a_quantity():
    row = values("MJy/sr", pixel_area=PIXEL_SR * u.sr / u.pix)
    assert row["sum"].value == pytest.approx(RAW * PIXEL_SR, rel=1e-12)


@pytest.mark.parametrize("unit", ["Jy", "ct", None])
def test_a_pixel_area_does_nothing_to_other_data(unit):
    row = values(unit, pixel_area=AREA)
    assert row["pixarea_tot"] is None
    assert getattr(row["sum"], "value", row["sum"]) == RAW
    assert getattr(row["sum"], "unit", None) == (u.Unit(unit) if unit else None)


@pytest.mark.parametrize("not_set", [None, 0, 0.0])
def test_none_and_zero_mean_not_set(not_set):
    row = values("MJy/sr", pixel_area=not_set, counts_factor=not_set, flux_scaling=not_set)
    names = ("pixarea_tot", "aperture_sum_counts", "aperture_sum_counts_err", "counts_fac")
    assert [row[name] for name in (*names, "aperture_sum_mag", "flux_scaling")] == [None] * 6
    assert row["sum"].unit == u.MJy / u.sr


def test_counts_are_the_raw_sum_over_the_factor():
    row = values("MJy/sr", pixel_area=AREA, counts_factor=2.0)
    assert row["aperture_sum_counts"].unit == u.ct
    assert row["aperture_sum_counts"].value == pytest.approx(RAW / 2, rel=1e-12)
    assert row["aperture_sum_counts_err"].value == pytest.approx(np.sqrt(RAW / 2), rel=1e-12)
    assert row["counts_fac"] == 2.0 * u.MJy / u.sr / u.ct


def test_negative_counts_have_no_error():
    m = measure(image(-noise(), unit="Jy"), circle(), Recipe(counts_factor=1.0))
    assert np.isnan(m.values["aperture_sum_counts_err"])


def test_the_magnitude_uses_the_raw_sum_and_the_bare_scaling_in_the_data_unit():
    row = values("MJy/sr", pixel_area=AREA, flux_scaling=10.0)
    assert row["flux_scaling"] == 10.0 * u.MJy / u.sr
    assert row["aperture_sum_mag"].to_value(u.mag) == pytest.approx(-2.5 * np.log10(RAW / 10), rel=1e-12)


def test_3631_jy_gives_a_true_ab_magnitude_of_surface_brightness_data():
    row = values("MJy/sr", pixel_area=AREA, flux_scaling=3631 * u.Jy)
    flux = RAW * PIXEL_SR * 1e6  # Jy
    truth = -2.5 * np.log10(flux / 3631)
    assert row["aperture_sum_mag"].value == pytest.approx(truth, abs=1e-12)
    assert row["mag_ab"].value == pytest.approx(truth, abs=1e-12)
    assert row["flux_scaling"].unit == u.MJy / u.sr


def test_flux_density_data_have_an_ab_magnitude_without_being_asked():
    row = values("uJy")
    assert row["mag_ab"].value == pytest.approx(-2.5 * np.log10(RAW * 1e-6 / 3631), abs=1e-12)
    assert row["mag_ab"].value == pytest.approx((RAW * u.uJy).to_value(u.ABmag), abs=1e-4)  # 3630.78 Jy
    assert row["zero_point"].value == pytest.approx(23.9, abs=1e-4)


def test_a_zero_point_of_zero_is_a_zero_point():
    row = values("ct", zero_point=0.0)
    assert row["mag_ab"].value == pytest.approx(-2.5 * np.log10(RAW), rel=1e-12)
    assert values("ct")["mag_ab"] is None


def test_the_error_of_the_magnitude_is_the_relative_error_of_the_sum():
    row = values("Jy", background=Annulus(20, 10))
    expected = 2.5 / np.log(10) / row["snr"]
    assert row["mag_ab_err"].value == pytest.approx(expected, rel=1e-12) or row["sum"] <= 0


@pytest.mark.parametrize("tiny", [1e-19, 3.631e-20, 1e-300])
def test_tiny_factors_are_factors(tiny):
    row = values("erg/(s cm2 AA)", counts_factor=tiny, flux_scaling=tiny)
    assert row["aperture_sum_counts"].value == pytest.approx(RAW / tiny, rel=1e-12)
    assert row["aperture_sum_mag"].value == pytest.approx(-2.5 * np.log10(RAW / tiny), rel=1e-12)


def test_a_sum_that_is_not_positive_has_no_magnitude():
    m = measure(image(-noise(), unit="Jy"), circle(), Recipe(flux_scaling=1.0))
    assert np.isnan(m.values["aperture_sum_mag"])
    assert np.isnan(m.values["mag_ab"])


def test_a_background_quantity_is_converted_to_the_data_unit():
    row = values("Jy", background=50_000 * u.mJy)
    assert row["background"] == 50 * u.Jy
    assert row["sum"].value == pytest.approx(RAW - 50 * np.pi * 144, rel=1e-10)


@pytest.mark.parametrize(
    ("unit", "options", "names"),
    [
        ("Jy", {"background": 1 * u.ct}, ("ct", "Jy")),
        (None, {"background": 1 * u.Jy}, ("Jy", "no unit")),
        ("ct", {"flux_scaling": 3631 * u.Jy}, ("Jy", "ct")),
        (None, {"flux_scaling": 3631 * u.Jy}, ("Jy", "no unit")),
        ("MJy/sr", {"flux_scaling": 3631 * u.Jy}, ("Jy", "pixel area")),
        ("Jy", {"counts_factor": 2 * u.ct}, ("ct", "Jy / ct")),
        ("MJy/sr", {"pixel_area": 2 * u.Jy}, ("Jy", "arcsec2")),
    ],
)
def test_units_that_do_not_fit_are_refused_and_both_named(unit, options, names):
    with pytest.raises(InputError) as caught:
        values(unit, **options)
    assert all(name in str(caught.value) for name in names)
    assert len(str(caught.value)) <= 240


@pytest.mark.parametrize("name", ["pixel_area", "counts_factor", "flux_scaling", "gain", "read_noise"])
@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf, "1", True])
def test_a_factor_that_is_no_positive_number_is_refused(name, bad):
    with pytest.raises(InputError, match=name.replace("_", " ")):
        Recipe(**{name: bad})


def test_a_recipe_that_cannot_be_read_is_refused():
    for text in ("", "[1]", '{"background": {"region": {"shape": "os"}}}'):
        with pytest.raises(InputError, match=r"recipe|region"):
            Recipe.from_json(text)


def test_the_error_of_the_zero_point_stands_beside_that_of_the_magnitude_and_both_are_true():
    """Monte Carlo: within an image magnitudes scatter by ``mag_ab_err``, from image to image by both."""
    rng = np.random.default_rng(6)
    truth, err, noise, spots = 25.0, 0.03, 4.0, 25
    y, x = np.mgrid[:60, : 30 * spots]
    star = 200 * np.exp(-((x % 30 - 15.2) ** 2 + (y - 30.4) ** 2) / (2 * 2.0**2))
    apertures = [CirclePixelRegion(PixCoord(15.2 + 30 * n, 30.4), 8) for n in range(spots)]
    offsets, scatters = [], []
    for _ in range(60):
        zero_point = truth + err * rng.normal()  # as a calibration would find it
        field = NDData(star + noise * rng.normal(size=star.shape), uncertainty=StdDevUncertainty(noise))
        found = measure_rows(field, apertures, Recipe(zero_point=zero_point, zero_point_err=err)).columns
        offsets.append(np.mean(found["mag_ab"].value))
        scatters.append(np.std(found["mag_ab"].value, ddof=1))
    assert found["zero_point_err"] == err * u.mag
    statistical = found["mag_ab_err"].value.mean()
    assert np.sqrt(np.mean(np.square(scatters))) == pytest.approx(statistical, rel=0.03)
    expected = np.hypot(err, statistical / np.sqrt(spots))
    assert np.std(offsets, ddof=1) == pytest.approx(expected, rel=0.25)  # 60 of them: 9 %
    assert np.std(offsets, ddof=1) > 3 * statistical / np.sqrt(spots)


def test_an_error_of_no_zero_point_is_of_nothing_and_0_is_an_error():
    assert values("ct", zero_point_err=0.1)["zero_point_err"] is None
    assert values("ct", zero_point=25.0)["zero_point_err"] is None
    assert values("ct", zero_point=25.0, zero_point_err=0.0)["zero_point_err"] == 0 * u.mag
    assert values("Jy", zero_point_err=0.1)["zero_point_err"] == 0.1 * u.mag  # of the flux scale
    with pytest.raises(InputError, match=r"zero point err is -0\.1; it must not be negative"):
        Recipe(zero_point_err=-0.1)
