"""Distorted fields: apertures that keep their shape on the sky, and pixels that count by their own area.

The image is strongly distorted: the area of a pixel doubles over it. The truths are simple: a
constant surface brightness gives sum / (area on the sky) = constant, wherever the aperture lies.
"""

import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import NDData, StdDevUncertainty
from astropy.wcs import WCS, Sip
from hypothesis import given, settings
from hypothesis import strategies as st
from regions import CirclePixelRegion, CircleSkyRegion, EllipseSkyRegion, PixCoord

from imviz.errors import InputError
from imviz.science.photometry.apertures import Box
from imviz.science.photometry.measurement import Recipe, measure, measure_many
from imviz.science.photometry.plan import Plan
from imviz.science.photometry.radii import at_radii
from imviz.science.sky.distortion import pixel_areas, sky_outline, true_outline
from imviz.science.sky.geometry import sky_to_pixel
from imviz.science.sources.profiles import curve_of_growth

from ..fields import verify_row

SHAPE = 300, 320
SCALE = 0.5  # arcsec per pixel at the reference point
BRIGHTNESS = 7.0  # per arcsec²
R = 9.0  # arcsec


def sip(strength=8e-4):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN-SIP", "DEC--TAN-SIP"]
    wcs.wcs.crval, wcs.wcs.crpix = [150.0, 40.0], [160.0, 150.0]
    wcs.wcs.cd = SCALE / 3600 * np.array([[-0.9, 0.4], [0.4, 0.9]]) / np.hypot(0.9, 0.4)
    a, b = np.zeros((3, 3)), np.zeros((3, 3))
    a[2, 0], a[1, 1], b[0, 2], b[2, 0] = strength, 0.4 * strength, 0.7 * strength, -0.3 * strength
    wcs.sip = Sip(a, b, None, None, wcs.wcs.crpix)
    wcs.wcs.set()
    return wcs


BENT = sip()
AREAS = pixel_areas(BENT, Box(0, 0, SHAPE[1], SHAPE[0]))  # arcsec²
COUNTED = NDData(BRIGHTNESS * AREAS, wcs=BENT)  # what a detector counts: larger pixels hold more
FLATTENED = NDData(np.full(SHAPE, BRIGHTNESS * SCALE**2), wcs=BENT)  # what a flat field makes of it
PLACES = st.tuples(st.floats(60, 260), st.floats(60, 240))


def shape_at(place, kind="circle"):
    center = BENT.pixel_to_world(*place)
    if kind == "circle":
        return CircleSkyRegion(center, R * u.arcsec)
    return EllipseSkyRegion(center, 2 * R * u.arcsec, R * u.arcsec, 33 * u.deg)


def test_the_field_is_strongly_distorted():
    inside = AREAS[60:240, 60:260]
    assert inside.max() / inside.min() > 1.5


@settings(max_examples=40, deadline=None)
@given(PLACES)
def test_a_bent_circle_holds_the_same_of_a_constant_sky_wherever_it_lies(place):
    truth = BRIGHTNESS * np.pi * R**2
    region = sky_outline(shape_at(place), BENT)
    assert measure(COUNTED, region).values["sum"] == pytest.approx(truth, rel=2e-5)
    with_map = measure(FLATTENED, region, Recipe(pixel_area_map=True)).values["sum"]
    assert with_map == pytest.approx(truth, rel=2e-5)


def test_without_them_it_does_not():
    truth = BRIGHTNESS * np.pi * R**2
    region = shape_at((250, 220))
    no_map = measure(FLATTENED, sky_outline(region, BENT)).values["sum"]
    assert abs(no_map / truth - 1) > 0.1
    stiff = measure(COUNTED, sky_to_pixel(region, BENT)).values["sum"]
    bent = measure(COUNTED, sky_outline(region, BENT)).values["sum"]
    assert abs(stiff / truth - 1) > 20 * abs(bent / truth - 1)


def test_each_point_of_a_bent_outline_is_at_the_radius_on_the_sky():
    place = (240.0, 90.0)
    corners = sky_outline(shape_at(place), BENT).vertices
    away = BENT.pixel_to_world(corners.x, corners.y).separation(BENT.pixel_to_world(*place))
    np.testing.assert_allclose(away.arcsec, R, rtol=2e-4)  # the polygon is as much larger as its area needs


@pytest.mark.parametrize("kind", ["circle", "ellipse"])
def test_a_region_placed_on_the_image_and_bent_is_the_sky_region_bent(kind):
    region = shape_at((230, 200), kind)
    once, twice = sky_outline(region, BENT), true_outline(sky_to_pixel(region, BENT), BENT)
    np.testing.assert_allclose(once.vertices.xy, twice.vertices.xy, atol=2e-3)


def test_per_steradian_each_pixel_has_its_own_solid_angle():
    image = NDData(np.full(SHAPE, BRIGHTNESS), unit=u.MJy / u.sr, wcs=BENT)
    region = sky_outline(shape_at((245, 215)), BENT)
    row = measure(image, region, Recipe(pixel_area=SCALE**2, pixel_area_map=True)).values
    truth = (BRIGHTNESS * u.MJy / u.sr * np.pi * (R * u.arcsec) ** 2).to(u.MJy)
    assert row["sum"].to_value(u.MJy) == pytest.approx(truth.value, rel=2e-5)
    assert row["sum_aper_area"].value == pytest.approx(region.area, rel=1e-12)


def test_the_error_follows_the_areas():
    rng, sigma = np.random.default_rng(8), 0.3
    region = CirclePixelRegion(PixCoord(240, 210), 6)
    recipe = Recipe(pixel_area_map=True)
    image = NDData(FLATTENED.data, wcs=BENT, uncertainty=StdDevUncertainty(np.full(SHAPE, sigma)))
    told = measure(image, region, recipe).values["sum_err"]
    cut = np.s_[200:221, 230:251]
    sums = []
    for _ in range(1500):
        data = FLATTENED.data.copy()
        data[cut] += rng.normal(0, sigma, data[cut].shape)
        sums.append(measure(NDData(data, wcs=BENT), region, recipe, quick=True).values["sum"])
    assert told == pytest.approx(np.std(sums), rel=4 / np.sqrt(2 * 1500))


def test_growth_and_several_radii_count_by_area_too():
    region, recipe = CirclePixelRegion(PixCoord(240, 210), 8), Recipe(pixel_area_map=True)
    m = measure(FLATTENED, region, recipe)
    weighted = NDData(FLATTENED.data * AREAS / SCALE**2, wcs=BENT)
    plain = measure(weighted, region)
    assert m.values["sum"] == pytest.approx(plain.values["sum"], rel=1e-6)  # its area at the reference point
    growth = curve_of_growth(FLATTENED, region, m)
    assert growth.y[-1] == m.values["sum"]
    radii = at_radii(FLATTENED, m, [4.0, 8.0])
    assert radii["sum"][1] == pytest.approx(m.values["sum"], rel=1e-12)
    assert radii["sum"][0] == pytest.approx(at_radii(weighted, plain, [4.0])["sum"][0], rel=1e-6)


def test_the_receipt_keeps_both_and_verifies():
    found = Plan(background=0.0, options={"pixel_area_map": True}, follow_distortion=True).carry_out(
        FLATTENED, "i", [("a", shape_at((230, 200)))]
    )
    row = dict(next(found)[1].values)
    recipe = Recipe.from_json(row["recipe"])
    assert recipe.pixel_area_map is True
    assert row["aperture"].startswith("image;polygon(")
    assert verify_row(row, lambda _: FLATTENED).same
    other = NDData(FLATTENED.data, wcs=sip(9e-4))
    assert any(change.startswith("sum ") for change in verify_row(row, lambda _: other).changes)


def test_what_has_no_sky_or_is_many_is_refused_in_words():
    region, recipe = CirclePixelRegion(PixCoord(50, 50), 5), Recipe(pixel_area_map=True)
    with pytest.raises(InputError, match="celestial WCS"):
        measure(NDData(np.ones(SHAPE)), region, recipe)
    with pytest.raises(InputError, match="one by one"):
        measure_many(FLATTENED, [region], recipe)
