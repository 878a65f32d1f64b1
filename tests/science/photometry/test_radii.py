import numpy as np
import pytest
from astropy import units as u
from astropy.modeling.models import Gaussian2D
from astropy.nddata import NDData, StdDevUncertainty
from astropy.wcs import WCS
from regions import CirclePixelRegion, EllipsePixelRegion, PixCoord, RectanglePixelRegion
from scipy.integrate import quad

from imviz.errors import InputError
from imviz.science.calibration.magnitudes import ZeroPoint, magnitudes, st_minus_ab
from imviz.science.photometry.annuli import Annulus
from imviz.science.photometry.apertures import Box, area_of
from imviz.science.photometry.excluded import flag_lines
from imviz.science.photometry.measurement import Recipe, measure, measure_many
from imviz.science.photometry.radii import (
    aperture_correction,
    at_radii,
    best_radius,
    corrected_fwhm,
    truncation,
)
from imviz.science.sky.distortion import outline_to_image, pixel_areas
from imviz.science.sources.profiles import curve_of_growth

Y, X = np.mgrid[:81, :91]
SIGMA = 3.0
STAR = Gaussian2D(1000, 45.2, 40.7, SIGMA, SIGMA)(X, Y)
CIRCLE = CirclePixelRegion(PixCoord(45.2, 40.7), 20)


def test_several_radii_are_what_each_alone_would_be():
    image = NDData(STAR + 10, uncertainty=StdDevUncertainty(np.full(STAR.shape, 2.0)))
    recipe = Recipe(background=Annulus(25, 8))
    m = measure(image, CIRCLE, recipe)
    table = at_radii(image, m, [3, 5, 20])
    for row in table:
        one = measure(
            image,
            CirclePixelRegion(CIRCLE.center, row["radius"].value),
            Recipe(background=m.background.value),
        )
        assert row["sum"] == pytest.approx(one.values["sum"], rel=1e-12)
        assert row["area"].value == pytest.approx(one.values["sum_aper_area"].value, rel=1e-12)
    assert table["sum_err"][2] == m.values["sum_err"]
    with pytest.raises(InputError, match="above 0"):
        at_radii(image, m, [3, -1])


def test_the_best_radius_is_where_theory_has_it():
    # sky-limited: S/N of a Gaussian is largest at 1.585 sigma
    image = NDData(STAR, uncertainty=StdDevUncertainty(np.full(STAR.shape, 50.0)))
    small = CirclePixelRegion(CIRCLE.center, 10)
    growth = curve_of_growth(image, small, measure(image, small))
    assert best_radius(growth) == pytest.approx(1.585 * SIGMA, rel=0.03)
    assert np.isnan(best_radius(curve_of_growth(NDData(STAR), small, measure(NDData(STAR), small))))


def test_the_aperture_correction_is_the_light_outside():
    growth = curve_of_growth(NDData(STAR), CIRCLE, measure(NDData(STAR), CIRCLE))
    inside = 1 - np.exp(-(6.0**2) / 2 / SIGMA**2)
    assert aperture_correction(growth, 6.0) == pytest.approx(2.5 * np.log10(inside), abs=0.01)
    assert np.isnan(aperture_correction(growth, 21.0))


@pytest.mark.parametrize("k", [1.0, 2.0, 3.0, 6.0])
def test_truncated_moments_follow_their_integral_and_are_undone(k):
    weight = quad(lambda r: r * np.exp(-(r**2) / 2), 0, k)[0]
    second = quad(lambda r: r**3 * np.exp(-(r**2) / 2), 0, k)[0]
    assert truncation(k) == pytest.approx(second / weight / 2, rel=1e-9)
    true = 2 * np.sqrt(2 * np.log(2)) * SIGMA
    fwhm, reliable = corrected_fwhm(true * np.sqrt(truncation(k)), k * SIGMA)
    assert fwhm == pytest.approx(true, rel=1e-6)
    assert reliable == (k == 6)


def test_a_flat_source_has_no_width():
    assert np.isnan(corrected_fwhm(2 * np.sqrt(2 * np.log(2)) * 10, 20)[0])


def test_st_and_ab_magnitudes_are_one_at_the_wavelength_they_are_defined_to_be():
    flux = 1e-15 * u.erg / u.s / u.cm**2 / u.AA
    st = flux.to_value(u.STmag)
    for pivot in (4000.0, 5475.4, 16000.0):
        ab = flux.to(u.Jy, u.spectral_density(pivot * u.AA)).to_value(u.ABmag)
        assert st - ab == pytest.approx(st_minus_ab(pivot), abs=5e-4)


def test_magnitudes_are_by_their_definitions():
    image = NDData(np.full((40, 40), 2.0), unit=u.Jy, uncertainty=StdDevUncertainty(np.full((40, 40), 0.1)))
    m = measure(image, CirclePixelRegion(PixCoord(20, 20), 5), Recipe(pixel_area=0.25))
    known = ZeroPoint(pivot=5500.0, ab_minus_vega=0.9)
    found = {one.system: one for one in magnitudes(m, known)}
    total = np.pi * 25 * 2
    ab = (total * u.Jy).to_value(u.ABmag)
    assert found["instrumental"].value == pytest.approx(-2.5 * np.log10(total), abs=1e-10)
    assert found["AB"].value == pytest.approx(ab, abs=1e-3)
    assert found["Vega"].value == pytest.approx(found["AB"].value - 0.9, abs=1e-12)
    area = np.pi * 25 * 0.25
    assert found["AB surface brightness"].value == pytest.approx(found["AB"].value + 2.5 * np.log10(area))
    assert found["AB"].err == pytest.approx(2.5 / np.log(10) * m.values["sum_err"].value / total)


def test_a_tilted_sky_is_a_plane_and_leaves_no_bias():
    rng = np.random.default_rng(3)
    tilted = STAR + 100 + 0.7 * X - 0.4 * Y + rng.normal(0, 0.1, STAR.shape)
    recipe = Recipe(background=Annulus(22, 10), background_estimator="plane", sigma_clip=4)
    m = measure(NDData(tilted), CIRCLE, recipe)
    assert m.values["sum"] == pytest.approx(1000 * 2 * np.pi * SIGMA**2, rel=1e-3)
    assert m.background.slope == pytest.approx((0.7, -0.4), abs=1e-3)
    assert m.centroid == pytest.approx((45.2, 40.7), abs=0.01)
    many = measure_many(NDData(tilted), [CIRCLE], recipe)
    assert many.sum[0] == pytest.approx(m.values["sum"], rel=1e-12)
    assert many.xcentroid[0] == pytest.approx(m.centroid[0], rel=1e-12)


def test_a_plane_of_too_few_pixels_is_refused():
    with pytest.raises(InputError, match="plane"):
        measure(
            NDData(STAR),
            CIRCLE,
            Recipe(background=RectanglePixelRegion(PixCoord(70, 70), 9, 1), background_estimator="plane"),
        )


def test_excluded_pixels_are_counted_and_said_in_words():
    data = STAR.copy()
    data[40, 45], data[41, 45], data[50, 45] = 1e6, 1e6, np.nan
    mask = np.zeros(data.shape, dtype=bool)
    mask[30, 45] = True
    row = measure(NDData(data, mask=mask), CIRCLE, Recipe(saturation=5e5)).values
    assert (row["n_masked"], row["n_saturated"], row["n_non_finite"]) == (4, 2, 1)
    assert row["area_fraction"] == pytest.approx(1 - 4 / (np.pi * 400), rel=1e-9)
    told = flag_lines(row)
    assert "2 saturated pixels in the aperture were left out" in told
    assert "1 masked pixel in the aperture was left out" in told
    assert told[-1] == "0.3 % of the aperture is missing"


def test_half_an_aperture_off_the_image_is_half_missing():
    row = measure(NDData(np.ones((60, 60))), CirclePixelRegion(PixCoord(-0.5, 30), 10)).values
    assert row["area_fraction"] == pytest.approx(0.5, abs=1e-12)
    assert "50.0 % of the aperture is missing" in flag_lines(row)
    assert area_of(CIRCLE & CirclePixelRegion(PixCoord(45.2, 40.7), 10)) == pytest.approx(
        np.pi * 100, rel=1e-3
    )


def sky(scale, distorted=False):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = [150, 2], [50, 50], [-scale / 3600, scale / 3600]
    if distorted:
        wcs.wcs.ctype = ["RA---TAN-SIP", "DEC--TAN-SIP"]
        from astropy.wcs import Sip

        a = np.zeros((3, 3))
        a[2, 0] = 1e-3
        wcs.sip = Sip(a, a.T.copy(), None, None, (50, 50))
    wcs.wcs.set()
    return wcs


def test_an_outline_keeps_its_area_and_place_where_nothing_is_distorted():
    for region in (CIRCLE, EllipsePixelRegion(PixCoord(45, 40), 20, 8, 30 * u.deg)):
        there = outline_to_image(region, sky(0.5), sky(0.25))
        assert there.area == pytest.approx(4 * region.area, rel=1e-6)


def test_a_distorted_outline_is_where_the_whole_wcs_has_each_of_its_points():
    plain, bent = sky(0.5), sky(0.5, distorted=True)
    circle = CirclePixelRegion(PixCoord(70, 60), 15)
    there = outline_to_image(circle, plain, bent)
    back = plain.world_to_pixel(bent.pixel_to_world(there.vertices.x, there.vertices.y))
    assert np.hypot(back[0] - 70, back[1] - 60) == pytest.approx(15, rel=1e-4)
    assert (
        np.ptp(
            np.hypot(there.vertices.x - there.vertices.x.mean(), there.vertices.y - there.vertices.y.mean())
        )
        > 0.2
    )


def test_pixel_areas_follow_the_distortion():
    areas = pixel_areas(sky(0.5, distorted=True), Box(40, 40, 31, 31))
    assert areas[9, 9] == pytest.approx(0.25, rel=0.02)
    assert areas[30, 30] == pytest.approx(0.25 * (1 + 2e-3 * 21) ** 2, rel=5e-3)
