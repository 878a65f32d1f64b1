"""A plan: each image's own factors, each aperture's own annulus, failures beside the rest."""

import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import NDData
from astropy.wcs import WCS
from regions import CircleAnnulusPixelRegion, CirclePixelRegion, CircleSkyRegion, PixCoord

from imviz.science.photometry.measurement import Recipe, measure
from imviz.science.photometry.plan import Plan


def circle(x, y, r, **meta):
    return CirclePixelRegion(PixCoord(x, y), r, meta=meta)


@pytest.fixture
def image():
    return NDData(np.random.default_rng(3).normal(10, 1, (60, 70)), unit="ct", meta={"MAGZERO": 25.0})


def test_each_aperture_has_an_annulus_of_its_own_size(image):
    regions = [("small", circle(20, 20, 3)), ("large", circle(40, 30, 8.5))]
    found = dict(Plan(annulus=(None, 4.0), options={"sigma_clip": None}).carry_out(image, "i", regions))
    for name, region in regions:
        inner = region.radius + max(3, region.radius / 2)
        ring = CircleAnnulusPixelRegion(region.center, inner, inner + 4)
        pixels = ring.to_mask("center").get_values(image.data)
        assert found[name].values["background"].value == np.median(pixels)


def test_headers_fill_in_what_is_not_given(image):
    given = Plan(options={"zero_point": 20.0}), Plan(), Plan(use_header=False)
    rows = [next(plan.carry_out(image, "i", [("a", circle(20, 20, 3))]))[1] for plan in given]
    total = rows[0].values["sum"].value
    assert rows[0].values["mag_ab"].value == pytest.approx(20 - 2.5 * np.log10(total), abs=1e-12)
    assert rows[1].values["mag_ab"].value == pytest.approx(25 - 2.5 * np.log10(total), abs=1e-12)
    assert rows[2].values["mag_ab"] is None


def test_a_region_for_the_background_may_be_on_the_sky(image):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.cdelt = ["RA---TAN", "DEC--TAN"], [10, 20], [-1e-4, 1e-4]
    wcs.wcs.crpix = [30, 30]
    image = NDData(image.data, wcs=wcs)
    patch = circle(50, 45, 6)
    sky = CircleSkyRegion(wcs.pixel_to_world(50, 45), 6 * 0.36 * u.arcsec)
    rows = [
        next(Plan(background=where).carry_out(image, "i", [("a", circle(20, 20, 3))]))[1]
        for where in (patch, sky)
    ]
    assert rows[0].values["background"] == rows[1].values["background"]
    assert rows[0].values["sum"] == measure(image, circle(20, 20, 3), Recipe(background=patch)).values["sum"]


def test_failures_stand_where_their_rows_would(image):
    regions = [
        ("off", circle(900, 900, 3)),
        ("hole", circle(20, 20, 3, include=False)),
        ("good", circle(20, 20, 3)),
    ]
    found = list(Plan().carry_out(image, "i", regions))
    assert [name for name, _ in found] == ["off", "hole", "good"]
    assert "off lies off the image" in found[0][1]
    assert "exclusion" in found[1][1]
    assert found[2][1].values["subset_label"] == "good"


def test_the_headers_error_goes_with_the_headers_zero_point():
    data = np.random.default_rng(3).normal(10, 1, (60, 70))
    ztf = NDData(data, unit="adu", meta={"INSTRUME": "ZTF/MOSAIC", "MAGZP": 26.2, "MAGZPUNC": 0.003})
    plans = (
        Plan(),
        Plan(options={"zero_point": 26.0}),
        Plan(options={"zero_point": 26.0, "zero_point_err": 0.1}),
        Plan(options={"zero_point_err": 0.1}),
    )
    rows = [next(plan.carry_out(ztf, "i", [("a", circle(20, 20, 3))]))[1].values for plan in plans]
    assert [row["zero_point"].value for row in rows] == [26.2, 26.0, 26.0, 26.2]
    assert [row["zero_point_err"] for row in rows] == [0.003 * u.mag, None, 0.1 * u.mag, 0.1 * u.mag]
