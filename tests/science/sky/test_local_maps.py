"""Shapes on pixels that are not square, or sheared: their outlines and areas on the sphere are the truth."""

import operator

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData
from astropy.wcs import WCS
from photutils.aperture import EllipticalAperture, aperture_photometry
from regions import (
    CircleAnnulusSkyRegion,
    CirclePixelRegion,
    CircleSkyRegion,
    EllipseAnnulusSkyRegion,
    EllipsePixelRegion,
    EllipseSkyRegion,
    PixCoord,
    PolygonPixelRegion,
    RectangleAnnulusSkyRegion,
    RectanglePixelRegion,
    RectangleSkyRegion,
)

from imviz.science.photometry.apertures import Box, area_of, center_of, centers_inside, coverage
from imviz.science.photometry.measurement import measure
from imviz.science.sky.distortion import pixel_areas, true_outline
from imviz.science.sky.geometry import far_from, pixel_to_sky, sky_to_pixel, to_image
from imviz.science.sources.profiles import curve_of_growth

from ..fields import wcs

BOX = Box(0, 0, 200, 180)
STRETCHES = {
    "square": [[1, 0], [0, 1]],
    "1:1.1": [[1, 0], [0, 1.1]],
    "1:1.6": [[1, 0], [0, 1.6]],
    "sheared": [[1, 0.4], [0, 1]],
    "turned, sheared, mirrored": [[-0.5, 0.8], [1.1, 0.3]],
}


def stretched(name):
    """TAN of 0.1 arcsec, its pixels stretched and sheared."""
    result = wcs()
    result.wcs.cd = result.wcs.cd @ np.array(STRETCHES[name], dtype=float)
    result.wcs.set()
    return result


def plate_carree(latitude=60.0):
    """An all-sky map, far from its equator: a degree of longitude is half of one of latitude."""
    result = WCS(naxis=2)
    result.wcs.ctype = "RA---CAR", "DEC--CAR"
    result.wcs.crval, result.wcs.crpix = (30.0, 0.0), (100.0, 90.0 - latitude * 3600 / 5)
    result.wcs.cdelt = -5 / 3600, 5 / 3600
    result.wcs.set()
    return result


def offsets(w, center):
    """East and north [arcsec] of each pixel's center from a position."""
    y, x = np.mgrid[: BOX.ny, : BOX.nx]
    lon, lat = center.spherical_offsets_to(w.pixel_to_world(x, y))
    return lon.arcsec, lat.arcsec


def in_ellipse(east, north, a, b, angle):
    """As `regions` has it, an angle of 0 to the west and 90 degrees north."""
    along = -east * np.cos(angle) + north * np.sin(angle)
    across = east * np.sin(angle) + north * np.cos(angle)
    return (along / a) ** 2 + (across / b) ** 2 < 1


def in_box(east, north, width, height, angle):
    along = -east * np.cos(angle) + north * np.sin(angle)
    across = east * np.sin(angle) + north * np.cos(angle)
    return (abs(along) < width / 2) & (abs(across) < height / 2)


TILT = np.radians(25)
SHAPES = {
    "circle": (
        lambda c: CircleSkyRegion(c, 4 * u.arcsec),
        lambda e, n: in_ellipse(e, n, 4, 4, 0),
        np.pi * 16,
    ),
    "ellipse": (
        lambda c: EllipseSkyRegion(c, 10 * u.arcsec, 4 * u.arcsec, 25 * u.deg),
        lambda e, n: in_ellipse(e, n, 5, 2, TILT),
        np.pi * 10,
    ),
    "rectangle": (
        lambda c: RectangleSkyRegion(c, 9 * u.arcsec, 4 * u.arcsec, 25 * u.deg),
        lambda e, n: in_box(e, n, 9, 4, TILT),
        36,
    ),
    "ring": (
        lambda c: CircleAnnulusSkyRegion(c, 2 * u.arcsec, 5 * u.arcsec),
        lambda e, n: in_ellipse(e, n, 5, 5, 0) & ~in_ellipse(e, n, 2, 2, 0),
        np.pi * 21,
    ),
    "ring of two ellipses": (
        lambda c: EllipseAnnulusSkyRegion(
            c, 4 * u.arcsec, 10 * u.arcsec, 1 * u.arcsec, 6 * u.arcsec, 25 * u.deg
        ),
        lambda e, n: in_ellipse(e, n, 5, 3, TILT) & ~in_ellipse(e, n, 2, 0.5, TILT),
        np.pi * 14,
    ),
    "frame": (
        lambda c: RectangleAnnulusSkyRegion(
            c, 4 * u.arcsec, 9 * u.arcsec, 2 * u.arcsec, 6 * u.arcsec, 25 * u.deg
        ),
        lambda e, n: in_box(e, n, 9, 6, TILT) & ~in_box(e, n, 4, 2, TILT),
        46,
    ),
}
CENTER = (98.3, 91.6)


@pytest.mark.parametrize("stretch", STRETCHES)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_sky_region_is_on_any_pixels_what_it_is_on_the_sky(shape, stretch):
    w, (make, inside, area) = stretched(stretch), SHAPES[shape]
    center = w.pixel_to_world(*CENTER)
    region = sky_to_pixel(make(center), w)
    found = centers_inside(region, BOX)
    # within a few pixels that lie on the outline itself
    assert np.count_nonzero(found ^ inside(*offsets(w, center))) <= 3
    assert np.sum(coverage(region, BOX) * pixel_areas(w, BOX)) == pytest.approx(area, rel=2e-4)
    assert center_of(region) == pytest.approx(CENTER, abs=0.51)


@pytest.mark.parametrize("stretch", STRETCHES)
@pytest.mark.parametrize("shape", SHAPES)
def test_drawn_on_such_an_image_it_is_the_same_on_another(shape, stretch):
    here, there = stretched(stretch), wcs(angle=35, scale=0.17)
    center = here.pixel_to_world(*CENTER)
    drawn = sky_to_pixel(SHAPES[shape][0](center), here)
    by_way_of_the_sky = sky_to_pixel(pixel_to_sky(drawn, here), here)
    assert np.count_nonzero(centers_inside(by_way_of_the_sky, BOX) ^ centers_inside(drawn, BOX)) == 0
    region = to_image(drawn, here, there)
    found = centers_inside(region, BOX)
    assert np.count_nonzero(found ^ SHAPES[shape][1](*offsets(there, center))) <= 3


def test_a_circle_is_an_ellipse_there_and_a_circle_again_elsewhere():
    here, there = stretched("1:1.6"), wcs()
    region = sky_to_pixel(CircleSkyRegion(here.pixel_to_world(*CENTER), 4 * u.arcsec), here)
    assert isinstance(region, EllipsePixelRegion)
    assert sorted((region.width, region.height)) == pytest.approx([50, 80], rel=1e-5)
    back = to_image(region, here, there)
    assert isinstance(back, CirclePixelRegion)
    assert back.radius == pytest.approx(40, rel=1e-5)
    assert isinstance(pixel_to_sky(region, here), CircleSkyRegion)


def test_a_rectangle_along_the_stretch_stays_one_and_a_tilted_one_is_a_parallelogram():
    here = stretched("1:1.6")
    center = here.pixel_to_world(*CENTER)
    along = sky_to_pixel(RectangleSkyRegion(center, 9 * u.arcsec, 4 * u.arcsec, 0 * u.deg), here)
    assert isinstance(along, RectanglePixelRegion)
    assert (along.width, along.height) == pytest.approx((90, 25), rel=1e-5)
    assert isinstance(
        sky_to_pixel(RectangleSkyRegion(center, 9 * u.arcsec, 4 * u.arcsec, 25 * u.deg), here),
        PolygonPixelRegion,
    )


def test_nearly_square_pixels_keep_shapes_and_areas():
    here = wcs()
    here.wcs.cd = here.wcs.cd @ np.diag([1, 1.004])
    here.wcs.set()
    region = sky_to_pixel(CircleSkyRegion(here.pixel_to_world(*CENTER), 4 * u.arcsec), here)
    assert isinstance(region, CirclePixelRegion)
    assert region.area == pytest.approx(np.pi * 1600 / 1.004, rel=1e-5)


def test_far_from_a_projections_center_the_cap_has_its_solid_angle():
    w = plate_carree()
    region = sky_to_pixel(CircleSkyRegion(w.pixel_to_world(*CENTER), 3 * u.arcmin), w)
    assert region.width / region.height == pytest.approx(2, rel=2e-3) or region.height / region.width > 1.99
    solid = 2 * np.pi * (1 - np.cos(np.radians(3 / 60))) * np.degrees(3600) ** 2
    assert np.sum(coverage(region, BOX) * pixel_areas(w, BOX)) == pytest.approx(solid, rel=1e-3)
    bent = true_outline(region, w)
    assert np.sum(coverage(bent, BOX) * pixel_areas(w, BOX)) == pytest.approx(solid, rel=2e-5)
    assert area_of(bent) == pytest.approx(area_of(region), rel=1e-3)


def test_composites_go_part_by_part_and_keep_their_meta():
    w = stretched("sheared")
    center = w.pixel_to_world(*CENTER)
    box = RectangleSkyRegion(center, 9 * u.arcsec, 4 * u.arcsec, 25 * u.deg, meta={"text": "slit"})
    found = sky_to_pixel(box | CircleSkyRegion(center, 3 * u.arcsec), w)
    assert found.operator is operator.or_
    assert isinstance(found.region1, PolygonPixelRegion)
    assert found.region1.meta["text"] == "slit"
    assert isinstance(found.region2, EllipsePixelRegion)


def test_sum_and_growth_are_of_the_ellipse_as_photutils_has_it():
    w = stretched("1:1.6")
    data = np.random.default_rng(3).normal(10, 1, (BOX.ny, BOX.nx))
    image = NDData(data, wcs=w)
    region = sky_to_pixel(CircleSkyRegion(w.pixel_to_world(*CENTER), 4 * u.arcsec), w)
    m = measure(image, region)
    theirs = EllipticalAperture(
        (region.center.x, region.center.y), region.width / 2, region.height / 2, theta=region.angle
    )
    assert m.values["sum"] == pytest.approx(aperture_photometry(data, theirs)["aperture_sum"][0], rel=1e-9)
    growth = curve_of_growth(image, region, m)
    assert growth.y[-1] == m.values["sum"]
    assert growth.y == pytest.approx(growth.y[-1] * (np.arange(1, 11) / 10) ** 2, rel=0.05)


def test_a_region_that_reaches_an_image_along_its_fine_pixels_is_not_beside_it():
    w = stretched("square")
    w.wcs.cd = w.wcs.cd @ np.diag([1.0, 0.1])
    w.wcs.set()
    above = w.pixel_to_world(100, 400)  # 2.2 arcsec above the upper edge
    regions = [CircleSkyRegion(above, 3 * u.arcsec), CircleSkyRegion(above, 1 * u.arcsec)]
    assert far_from(w, (180, 200), regions).tolist() == [False, True]
    assert sky_to_pixel(regions[0], w).bounding_box.iymin < 180


def test_a_point_of_many_degrees_of_rectangle_keeps_its_corners():
    w = plate_carree()
    center = SkyCoord(30, 60, unit="deg")
    region = sky_to_pixel(RectangleSkyRegion(center, 6 * u.arcmin, 2 * u.arcmin, 30 * u.deg), w)
    corners = w.pixel_to_world(region.vertices.x, region.vertices.y)
    assert center.separation(corners).arcmin == pytest.approx(np.hypot(3, 1), rel=1e-6)
    assert isinstance(region.vertices, PixCoord)
