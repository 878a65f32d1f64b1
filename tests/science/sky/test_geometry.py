"""Regions through the sky: parity, angle, scale, distortion, composites."""

import operator

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS, Sip
from photutils.aperture import CircularAperture, EllipticalAnnulus, SkyEllipticalAperture
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    CircleSkyRegion,
    CompoundPixelRegion,
    EllipseSkyRegion,
    PixCoord,
    PointSkyRegion,
    PolygonSkyRegion,
    RectangleSkyRegion,
)

from imviz.errors import InputError
from imviz.science.sky.geometry import from_aperture, has_celestial, sky_positions, sky_to_pixel, to_image

from ..fields import circle, ellipse, polygon, rectangle, wcs


def sip(scale=0.1, angle=20.0):
    result = wcs(scale=scale, angle=angle)
    result.wcs.ctype = "RA---TAN-SIP", "DEC--TAN-SIP"
    a, b = np.zeros((3, 3)), np.zeros((3, 3))
    a[2, 0], a[1, 1], b[0, 2], b[1, 1] = 3e-5, -2e-5, 2e-5, 1e-5
    result.sip = Sip(a, b, None, None, result.wcs.crpix)
    return result


def gwcs_of(tan):
    """A GWCS with the same sky as a TAN WCS."""
    import gwcs
    from astropy.coordinates import ICRS
    from astropy.modeling import models as m
    from gwcs import coordinate_frames as cf

    crpix, cd = tan.wcs.crpix - 1, tan.wcs.cd
    transform = (
        m.Shift(-crpix[0]) & m.Shift(-crpix[1])
        | m.AffineTransformation2D(matrix=cd)
        | m.Pix2Sky_TAN()
        | m.RotateNative2Celestial(tan.wcs.crval[0], tan.wcs.crval[1], 180)
    )
    sky = cf.CelestialFrame(axes_order=(0, 1), reference_frame=ICRS(), unit=(u.deg, u.deg))
    detector = cf.Frame2D(name="detector", axes_order=(0, 1), unit=(u.pix, u.pix))
    return gwcs.WCS([(detector, transform), (sky, None)])


def position_angle(region, w):
    """East of north of an ellipse's width axis, by its two ends on the sky."""
    half = region.width / 2
    dx, dy = half * np.cos(region.angle), half * np.sin(region.angle)
    ends = w.pixel_to_world(
        [region.center.x, region.center.x + dx.value], [region.center.y, region.center.y + dy.value]
    )
    return ends[0].position_angle(ends[1]).deg % 180


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("angle", [0.0, 37.0, 90.0, 180.0, -120.0])
@pytest.mark.parametrize("tilt", [0.0, 33.0, 110.0])
def test_a_tilted_ellipse_keeps_its_position_angle(mirrored, angle, tilt):
    first, second = wcs(), wcs(angle=angle, scale=0.25, mirrored=mirrored)
    region = ellipse(angle=tilt)
    there = to_image(region, first, second)
    difference = position_angle(there, second) - position_angle(region, first)
    assert (difference + 90) % 180 - 90 == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("mirrored", [False, True])
def test_sizes_scale_by_the_ratio_of_pixel_scales(mirrored):
    first, second = wcs(scale=0.1), wcs(scale=0.25, angle=50, mirrored=mirrored)
    assert to_image(circle(), first, second).radius == pytest.approx(12 / 2.5, rel=1e-6)
    there = to_image(rectangle(), first, second)
    assert (there.width, there.height) == pytest.approx((12.0, 5.6), rel=1e-6)
    ring = to_image(CircleAnnulusPixelRegion(PixCoord(90, 80), 5, 9), first, second)
    assert (ring.inner_radius, ring.outer_radius) == pytest.approx((2, 3.6), rel=1e-6)


def test_the_center_stays_on_the_same_sky_position():
    first, second = wcs(), wcs(angle=70, scale=0.05, mirrored=True)
    there = to_image(circle(), first, second)
    separation = first.pixel_to_world(100.3, 80.6).separation(second.pixel_to_world(*there.center.xy))
    assert separation < 1e-7 * u.arcsec


@pytest.mark.parametrize("make", [sip, lambda: gwcs_of(wcs(angle=40, mirrored=True))])
@pytest.mark.parametrize("region", [circle(), ellipse(), rectangle(), polygon((90, 80), (110, 82), (95, 99))])
def test_there_and_back_is_the_same_region(make, region):
    first, second = wcs(), make()
    back = to_image(to_image(region, first, second), second, first)
    for name in region._params:
        old, new = getattr(region, name), getattr(back, name)
        if isinstance(old, PixCoord):
            assert np.asarray(new.xy) == pytest.approx(np.asarray(old.xy), abs=1e-6)
        else:
            assert u.Quantity(new).value == pytest.approx(u.Quantity(old).value, rel=1e-6)


def test_distortion_is_followed_at_the_center():
    first, second = wcs(), sip()
    there = to_image(circle(180, 160, 5), first, second)
    x, y = there.center.xy
    one = [second.pixel_to_world(x + dx, y + dy) for dx, dy in ((0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5))]
    east, north = zip(*(first.world_to_pixel(sky) for sky in one), strict=True)
    matrix = np.array([[east[0] - east[1], east[2] - east[3]], [north[0] - north[1], north[2] - north[3]]])
    assert there.radius == pytest.approx(5 / np.sqrt(abs(np.linalg.det(matrix))), rel=1e-6)
    assert abs(there.radius - 5) > 0.01


def test_a_gwcs_and_the_same_fits_wcs_agree():
    tan = wcs(angle=25)
    target = wcs(angle=80, scale=0.3)
    there, theirs = to_image(ellipse(), tan, target), to_image(ellipse(), gwcs_of(tan), target)
    assert np.asarray(there.center.xy) == pytest.approx(np.asarray(theirs.center.xy), abs=1e-6)
    assert there.angle.value == pytest.approx(theirs.angle.value, abs=1e-6)


def test_frames_of_different_epoch_are_joined():
    first, second = wcs(), wcs()
    second.wcs.radesys, second.wcs.equinox = "FK5", 1975.0
    center = first.pixel_to_world(100.3, 80.6).transform_to(
        SkyCoord(0, 0, unit="deg", frame="fk5", equinox="J1975")
    )
    second.wcs.crval = center.ra.deg, center.dec.deg
    there = to_image(ellipse(), first, second)
    assert np.asarray(there.center.xy) == pytest.approx(np.asarray(second.world_to_pixel(center)), abs=1e-6)
    difference = position_angle(there, second) - position_angle(ellipse(), first)
    turn = (
        center.icrs.position_angle(center.directional_offset_by(0 * u.deg, 1 * u.arcsec).icrs)
        .wrap_at("180d")
        .deg
    )
    assert difference == pytest.approx(-turn, abs=0.01)


def test_composites_go_part_by_part():
    first, second = wcs(), wcs(scale=0.2)
    inner = CompoundPixelRegion(circle(r=4), ellipse(), operator.and_)
    there = to_image(CompoundPixelRegion(inner, circle(r=8), operator.xor), first, second)
    assert there.operator is operator.xor
    assert there.region1.region1.radius == pytest.approx(2, rel=1e-6)
    assert there.region2.radius == pytest.approx(4, rel=1e-6)


def test_onto_the_same_wcs_nothing_changes_and_it_is_a_copy():
    w, region = wcs(), circle()
    there = to_image(region, w, w)
    assert there == region
    assert there is not region


def test_without_a_celestial_wcs_it_is_refused():
    for pair in ((None, wcs()), (wcs(), WCS(naxis=2))):
        with pytest.raises(InputError, match="celestial WCS"):
            to_image(circle(), *pair)


def test_a_position_the_other_image_cannot_have_is_refused():
    behind = wcs(crval=(330.0, -2.0))
    with pytest.raises(InputError, match="no position on the image"):
        to_image(circle(), wcs(), behind)


def test_only_a_two_dimensional_celestial_wcs_is_celestial():
    assert has_celestial(wcs())
    assert has_celestial(gwcs_of(wcs()))
    assert not has_celestial(None)
    assert not has_celestial(WCS(naxis=2))
    assert not has_celestial(WCS(naxis=3))
    assert sky_positions(None, (1, 2), (3, 4)) == [None, None]


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", [0.0, 65.0])
def test_sky_regions_land_where_regions_puts_them(mirrored, turn):
    w = wcs(angle=turn, mirrored=mirrored)
    center = w.pixel_to_world(80.2, 90.4)
    sizes = (3 * u.arcsec, 1.2 * u.arcsec, 25 * u.deg)
    for sky in (
        CircleSkyRegion(center, 1 * u.arcsec),
        EllipseSkyRegion(center, *sizes),
        RectangleSkyRegion(center, *sizes),
    ):
        ours, theirs = sky_to_pixel(sky, w), sky.to_pixel(w)
        assert type(ours) is type(theirs)
        assert np.asarray(ours.center.xy) == pytest.approx(np.asarray(theirs.center.xy), abs=1e-6)
        for name in set(ours._params) - {"center", "angle"}:
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), rel=1e-6)
        if hasattr(ours, "angle"):
            difference = (ours.angle - theirs.angle).to_value("deg")
            assert (difference + 90) % 180 - 90 == pytest.approx(0, abs=1e-4)


def test_sky_polygons_points_and_composites_are_placed():
    w = wcs()
    corners = w.pixel_to_world([10, 50, 30], [20, 20, 60])
    placed = sky_to_pixel(PolygonSkyRegion(corners), w)
    assert placed.vertices.x == pytest.approx([10, 50, 30], abs=1e-6)
    assert sky_to_pixel(PointSkyRegion(corners[0]), w).center.x == pytest.approx(10, abs=1e-6)
    both = CircleSkyRegion(corners[0], 1 * u.arcsec) & CircleSkyRegion(corners[1], 1 * u.arcsec)
    assert sky_to_pixel(both, w).region2.center.x == pytest.approx(50, abs=1e-6)


def test_photutils_apertures_become_regions_one_for_each_position():
    assert from_aperture(CircularAperture((3, 4), 5)) == [CirclePixelRegion(PixCoord(3, 4), 5)]
    assert len(from_aperture(EllipticalAnnulus([(3, 4), (5, 6)], 2, 4, 3, theta=0.2))) == 2
    with pytest.raises(InputError, match="not a photutils aperture"):
        from_aperture("circle")


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_tilted_sky_aperture_of_photutils_keeps_its_position_angle(mirrored):
    w = wcs(angle=30, mirrored=mirrored)
    aperture = SkyEllipticalAperture(w.pixel_to_world(90, 80), 3 * u.arcsec, 1 * u.arcsec, theta=40 * u.deg)
    region = sky_to_pixel(from_aperture(aperture)[0], w)
    assert position_angle(region, w) == pytest.approx(40, abs=0.01)
