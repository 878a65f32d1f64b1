"""Regions out of the session, many together: the numbers of one alone, by a handful of calls of the WCS."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData
from astropy.wcs import WCS, Sip
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    CircleSkyRegion,
    EllipsePixelRegion,
    PixCoord,
    PolygonPixelRegion,
)

from imviz.errors import InputError
from imviz.session import Session
from imviz.session.loading import export_regions

SHAPE = 2000, 2000


class Counted(WCS):
    """Counts how often it is asked for places on the sky."""

    calls = 0

    def pixel_to_world_values(self, *axes):
        Counted.calls += 1
        return super().pixel_to_world_values(*axes)


def distorted():
    wcs = Counted(naxis=2)
    wcs.wcs.ctype = ["RA---TAN-SIP", "DEC--TAN-SIP"]
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = [10, 20], [1000, 1000], [-1e-4, 1e-4]
    a, b = np.zeros((2, 3, 3))
    a[2, 0], a[1, 1], b[0, 2] = 1e-6, 2e-6, -1e-6
    wcs.sip = Sip(a, b, None, None, (1000, 1000))
    return wcs


def shapes(n):
    for x, y in np.random.default_rng(n).uniform(100, 1900, (n, 2)):
        at = PixCoord(x, y)
        yield CirclePixelRegion(at, 6)
        yield EllipsePixelRegion(at, 20, 10, 0.4 * u.rad)
        yield CircleAnnulusPixelRegion(at, 5, 9)
        yield PolygonPixelRegion(PixCoord(x + np.array([0, 9, 3]), y + np.array([0, 2, 8])))


@pytest.fixture
def session():
    session = Session()
    session.add_image(NDData(np.zeros(SHAPE), wcs=distorted()), "a")
    session.add_image(NDData(np.zeros(SHAPE)), "no sky")
    return session


def test_many_on_the_sky_are_where_astropy_says_and_cost_a_few_calls(session):
    many = list(shapes(30))
    session.add_regions(many, "a")
    Counted.calls = 0
    found, bad = export_regions(session, frame="sky", image="a")
    assert Counted.calls < 10
    assert bad == []
    assert list(found) == list(session.regions)
    wcs = session.image("a").wcs
    for pixel, sky in zip(many, found.values(), strict=True):
        where = "vertices" if hasattr(pixel, "vertices") else "center"
        true = wcs.pixel_to_world(*getattr(pixel, where).xy)
        assert np.all(getattr(sky, where).separation(true).arcsec < 1e-9)


def test_together_and_alone_are_the_same_numbers(session):
    session.add_regions(list(shapes(5)), "a")
    found, _ = export_regions(session, frame="sky")
    for label, together in found.items():
        alone = export_regions(session, [label], "sky")[0][label]
        assert type(alone) is type(together)
        for name in alone._params:
            one, other = getattr(alone, name), getattr(together, name)
            if isinstance(one, SkyCoord):
                assert np.all(one.separation(other).arcsec < 1e-9)
            else:
                assert u.isclose(one, other, rtol=1e-9)


def test_what_has_no_place_is_told_and_the_others_come_in_order(session):
    session.add_regions([CirclePixelRegion(PixCoord(50, 50), 5)], "no sky", ["plain"])
    sky = CircleSkyRegion(SkyCoord(10, 20, unit="deg"), 3 * u.arcsec)
    session.add_regions([sky, CirclePixelRegion(PixCoord(70, 50), 5)], "a", ["first", "last"])
    found, bad = export_regions(session, ["last", "plain", "first"], "sky")
    assert list(found) == ["last", "first"]
    assert [label for label, _ in bad] == ["plain"]
    assert "celestial" in bad[0][1]
    found, bad = export_regions(session, None, "sky", "no such")
    assert list(found) == ["first"]  # it is on the sky as it is
    assert {label for label, _ in bad} == {"plain", "last"}


def test_what_comes_out_is_the_caller_s_own(session):
    session.add_regions([CirclePixelRegion(PixCoord(50, 50), 5)], "a", ["mine"])
    found, _ = export_regions(session, frame="pixel")
    found["mine"].center.x = 99.0
    found["mine"].meta["text"] = "changed"
    assert session.region("mine").center.x == 50
    assert "text" not in session.region("mine").meta


def test_a_region_outlives_its_image_in_pixels_and_on_the_sky(session):
    session.add_regions([CirclePixelRegion(PixCoord(50, 60), 5)], "a", ["left"])
    wcs = session.image("a").wcs
    for label in ("a", "no sky"):
        session.remove_image(label)
    found, bad = export_regions(session, frame="sky")
    assert bad == []
    assert found["left"].center.separation(wcs.pixel_to_world(50, 60)).arcsec < 1e-9
    assert export_regions(session, frame="pixel")[0]["left"].center.y == 60
    with pytest.raises(InputError, match="no frame"):
        export_regions(session, frame="galactic")
