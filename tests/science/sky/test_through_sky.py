"""Many regions through the sky together: as one by one, in a few calls of the WCS."""

import operator

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from hypothesis import given, settings
from hypothesis import strategies as st
from regions import (
    CircleSkyRegion,
    CompoundSkyRegion,
    EllipsePixelRegion,
    EllipseSkyRegion,
    LineSkyRegion,
    PixCoord,
    PointSkyRegion,
    PolygonSkyRegion,
    RectangleAnnulusSkyRegion,
)

from imviz.errors import InputError
from imviz.science.sky import geometry, through_sky

from ..fields import wcs
from .test_geometry import gwcs_of, sip

ULP = 5e-9  # pixels of 0.1 arcsec: a right ascension of 150 degrees has no more digits


def sky_shapes(w, frame="icrs", seed=1):
    """One of each kind, in the field of a WCS, in some frame."""
    rng = np.random.default_rng(seed)
    at = w.pixel_to_world(*rng.uniform(10, 190, (2, 12))).transform_to(frame)
    tilted = 3 * u.arcsec, 1.2 * u.arcsec, 25 * u.deg
    annulus = 1 * u.arcsec, 3 * u.arcsec, 0.5 * u.arcsec, 2 * u.arcsec, -70 * u.deg
    circle, ellipse = CircleSkyRegion(at[0], 1 * u.arcsec), EllipseSkyRegion(at[1], *tilted)
    return [
        circle,
        ellipse,
        RectangleAnnulusSkyRegion(at[2], *annulus),
        PolygonSkyRegion(at[3:7]),
        PointSkyRegion(at[7]),
        LineSkyRegion(at[8], at[9]),
        CompoundSkyRegion(circle, CompoundSkyRegion(ellipse, circle, operator.xor), operator.or_),
    ]


def leaves(region):
    if hasattr(region, "region1"):
        return [*leaves(region.region1), *leaves(region.region2)]
    return [region]


def assert_same(one, other, within):
    """Two regions in pixels, every number of them."""
    assert type(one) is type(other)
    for here, there in zip(leaves(one), leaves(other), strict=True):
        for name in here._params:
            a, b = getattr(here, name), getattr(there, name)
            if isinstance(a, PixCoord):
                np.testing.assert_allclose(np.array(a.xy), np.array(b.xy), atol=within, rtol=0)
            else:
                least = np.degrees(within) if name == "angle" else within  # of a length of 1
                assert u.Quantity(a).value == pytest.approx(u.Quantity(b).value, rel=within, abs=least)


@pytest.mark.parametrize("make", [wcs, sip, lambda: gwcs_of(wcs(angle=40, mirrored=True))])
def test_together_they_come_where_each_comes_alone(make):
    w = make()
    frames = ("icrs", "galactic", "fk5", SkyCoord(0, 0, unit="deg", frame="fk4", equinox="B1975"))
    shapes = [shape for n, frame in enumerate(frames) for shape in sky_shapes(w, frame, n)]
    for shape, placed in zip(shapes, through_sky.sky_to_pixel(shapes, w), strict=True):
        assert_same(placed, geometry.sky_to_pixel(shape, w), ULP)
    pixels = [geometry.sky_to_pixel(shape, w) for shape in shapes]
    other = wcs(angle=-30, scale=0.21, mirrored=True)
    for shape, placed in zip(pixels, through_sky.to_image(pixels, w, other), strict=True):
        assert_same(placed, geometry.to_image(shape, w, other), ULP)


@pytest.mark.parametrize("make", [wcs, sip, lambda: gwcs_of(wcs(angle=40, mirrored=True))])
@given(x=st.floats(5, 195), y=st.floats(5, 195), size=st.floats(0.2, 40), angle=st.floats(0, 359))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_from_pixels_to_the_sky_and_back_nothing_moves(make, x, y, size, angle):
    w = make()
    shape = EllipsePixelRegion(PixCoord(x, y), size, size / 3, angle * u.deg)
    (back,) = through_sky.sky_to_pixel(through_sky.pixel_to_sky([shape], w), w)
    turn = (back.angle - shape.angle).to_value("deg")
    assert abs((turn + 180) % 360 - 180) < 1e-6
    assert_same(EllipsePixelRegion(back.center, back.width, back.height, shape.angle), shape, 1e-6)


def test_one_without_a_place_spares_the_others():
    w = wcs()
    far = CircleSkyRegion(SkyCoord(330, -2, unit="deg"), 1 * u.arcsec)
    shapes = [*sky_shapes(w)[:2], far, far | sky_shapes(w)[0], *sky_shapes(w)[2:]]
    found = through_sky.sky_to_pixel(shapes, w)
    refused = [n for n, one in enumerate(found) if isinstance(one, InputError)]
    assert refused == [2, 3]
    assert "no position on the image" in str(found[2])


def test_a_thousand_ask_the_wcs_as_often_as_one(monkeypatch):
    w, calls = sip(), []
    for name in ("pixel_to_world", "world_to_pixel"):
        ask = getattr(type(w), name)
        monkeypatch.setattr(type(w), name, lambda *args, ask=ask: calls.append(1) or ask(*args))
    at = wcs().pixel_to_world(*np.random.default_rng(2).uniform(10, 190, (2, 1000)))
    counts = []
    for n in (1, 1000):
        calls.clear()
        through_sky.sky_to_pixel([CircleSkyRegion(at[k], 1 * u.arcsec) for k in range(n)], w)
        counts.append(len(calls))
    assert counts[0] == counts[1] <= 7
